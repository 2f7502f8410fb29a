// The page: its parts in their places, its language, its theme, and what it says aloud.

import { h, icon, svg } from "./dom.js";
import { App } from "./app.js";
import { t, useWords, wordOr } from "./words.js";
import { iconButton, radios } from "./controls.js";
import { isRunning, narrator, timeline, transport } from "./time.js";
import { dataPanel, loadTable } from "./data.js";
import { trainingPanel } from "./training.js";
import { networkPanel } from "./network.js";
import { surfacePanel } from "./surface.js";
import { confusion, curvesPanel, scores } from "./curves.js";
import { bench } from "./bench.js";
import { banner } from "./challenges.js";
import { shareDialog } from "./share.js";

const remember = (key, value) => { try { localStorage.setItem(`pynn-${key}`, value); } catch { /* a private window forgets */ } };
const recall = (key) => { try { return localStorage.getItem(`pynn-${key}`); } catch { return null; } };

export async function render({ model, el }) {
  const words = model.get?.("words") ?? await wordsOfThePage();
  const root = h("div", { class: "pynn" }), live = h("div", { class: "offscreen", role: "status", "aria-live": "polite" });
  const notices = h("div", { class: "notices", role: "alert" }), app = new App(model);
  el.replaceChildren(root);

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const useTheme = (theme) => {
    root.dataset.theme = theme;
    app.useTheme(theme);
  };
  useTheme(recall("theme") ?? (dark.matches ? "dark" : "light"));
  dark.addEventListener("change", () => { if (!recall("theme")) { useTheme(dark.matches ? "dark" : "light"); build(); } });

  const useLanguage = (language) => {
    useWords(words[language], words.en);
    root.lang = language === "zh" ? "zh-CN" : "en";
    if (!model.get) document.documentElement.lang = root.lang;
    app.language = language;
  };
  useLanguage(recall("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en"));

  const say = (text) => { live.textContent = text; };

  function notice(text, kind = "error") {
    const box = h("div", { class: `notice ${kind}` }, h("span", {}, text), iconButton("close", t("close"), () => box.remove()));
    notices.replaceChildren(box);
    if (kind !== "error") setTimeout(() => box.remove(), 6000);
  }

  /* Without a session nothing can be trained: the transport says so too. */
  function die() {
    root.classList.add("dead");
    for (const control of root.querySelectorAll(".transport button, .timeline input")) control.disabled = true;
  }

  /* All parts, in the language and theme of now, from the last messages. */
  function build() {
    app.forget();
    const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const share = shareDialog(app);
    const languages = radios(t("language"), "segments", [{ value: "en", content: "EN", title: "English" }, { value: "zh", content: "中文", title: "中文" }], app.language,
      (language) => { remember("language", language); useLanguage(language); build(); root.querySelector(`[data-value="${language}"]`)?.focus(); });
    const theme = iconButton(app.theme === "dark" ? "sun" : "moon", t(app.theme === "dark" ? "light" : "dark"), () => {
      const next = app.theme === "dark" ? "light" : "dark";
      remember("theme", next);
      useTheme(next);
      build();
    }, { class: "plain", "data-key": "theme" });
    const sharing = h("button", { type: "button", "data-key": "share", "aria-label": t("share"), onclick: () => share.open_() }, icon("share"), h("span", { class: "long" }, t("share")));
    root.dataset.drop = t("drop_here");
    root.replaceChildren(
      h("div", { class: "top" }, h("header", { class: "bar" }, h("div", { class: "brand" }, logo(), h("h1", {}, "pynn ", h("span", {}, t("playground")))), transport(app), h("div", { class: "tools" }, languages, theme, sharing)),
      timeline(app)),
      h("main", {}, banner(app), trainingPanel(app), h("div", { class: "stage" }, dataPanel(app), networkPanel(app),
        h("section", { class: "card output", "aria-labelledby": "pynn-output" }, surfacePanel(app), scores(app), curvesPanel(app), confusion(app))), bench(app)),
      notices, live, share);
    narrator(app, say);
    app.on("refused", (error) => notice(error.field === "content" ? error.message.replace(/^content[:：]\s*/, "") : error.message));      // the reader knows a file, not this field
    app.on("said", (text) => { say(text); });
    app.on("note", ({ level, code, message }) => notice(wordOr(`note.${code}`, message), level));
    let status = null;
    app.on("frame", (now) => {
      if (now.status === "diverged" && status !== "diverged") notice(now.message ?? t("diverged"));
      status = now.status;
    });
    app.on("end", () => { die(); notice(t("ended")); });
    app.on("lost", ({ status }) => { die(); notice(t(status === 403 ? "no_token" : "ended")); });
    if (focused) root.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  root.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("button, input, select, textarea, summary, dialog, a") || !app.frame) return;
    event.preventDefault();
    app.tellTo(isRunning(app.frame) ? "pause" : "play");
  });
  if (!model.get) document.body.addEventListener("keydown", (event) => { if (event.target === document.body && event.key === " " && app.frame) { event.preventDefault(); app.tellTo(isRunning(app.frame) ? "pause" : "play"); } });
  takeDrops(root, app);

  root.replaceChildren(h("p", { class: "waiting" }, t("waiting")));
  app.on("lost", ({ status }) => root.replaceChildren(h("div", { class: "waiting" }, h("p", {}, t(status === 403 ? "no_token" : "ended")),
    model.code ? h("p", {}, t("open_code"), h("br", {}), h("code", {}, `pynn playground --open ${model.code}`)) : null)));
  const missing = new Set(["hello", "state", "data", "frame"]);
  for (const type of [...missing]) {
    app.on(type, () => {
      missing.delete(type);
      if (missing.size > 0) return;
      build();
      if (model.code) {
        app.tellTo("open", { code: model.code });
        history.replaceState(null, "", location.pathname);      // opened once: a reload goes on with the work of now
      }
    });
  }
  model.send({ command: "hello" });
}

async function wordsOfThePage() {
  const [en, zh] = await Promise.all(["en", "zh"].map(async (language) => (await fetch(`words.${language}.json`)).json()));
  return { en, zh };
}

function logo() {
  return svg("svg", { viewBox: "0 0 28 28", class: "mark", "aria-hidden": "true" },
    svg("circle", { cx: 14, cy: 14, r: 11, fill: "none", stroke: "#e69f00", "stroke-width": 4, "stroke-dasharray": "5.2 1.71" }),
    svg("circle", { cx: 14, cy: 14, r: 5, fill: "#0072b2" }));
}

/* A file dropped anywhere on the page is read as a table. */
function takeDrops(root, app) {
  let inside = 0;
  const files = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  root.addEventListener("dragenter", (event) => { if (files(event)) { inside += 1; root.classList.add("dropping"); } });
  root.addEventListener("dragleave", (event) => { if (files(event)) { inside -= 1; root.classList.toggle("dropping", inside > 0); } });
  root.addEventListener("dragover", (event) => { if (files(event)) event.preventDefault(); });
  root.addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    inside = 0;
    root.classList.remove("dropping");
    if (event.dataTransfer.files[0]) loadTable(app, event.dataTransfer.files[0]);
  });
}
