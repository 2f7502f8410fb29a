// Tasks that check themselves, and the settings of the lessons.

import { h, icon } from "./dom.js";
import { t, short, wordOr } from "./words.js";
import { button, refill } from "./controls.js";


export function challengesPanel(app) {
  const box = h("div", { class: "cards" }), solved = app.solved ??= new Set();
  let built = null;

  function show() {
    const now = app.frame?.challenge, active = app.state.challenge;
    const key = JSON.stringify([active, now, [...solved]]);
    if (key === built) return;
    built = key;
    refill(box, app.hello.challenges.map(({ name, title, task, words }) => {
      const is = name === active, done = solved.has(name);
      return h("article", { class: `item ${done ? "done" : ""} ${is ? "active" : ""}` }, h("h3", {}, wordOr(`${words}.title`, title)), h("p", {}, wordOr(`${words}.task`, task)),
        is && now ? h("ul", { class: "conditions" }, now.ok.map((one) => h("li", { class: one.done ? "good" : "" }, icon(one.done ? "check" : "minus"),
          h("span", {}, wordOr(one.words, one.text), one.value === null ? "" : ` (${short(one.value)})`)))) : null,
        done ? h("p", { class: "state" }, icon("check"), t("challenge.done")) : null,
        h("div", { class: "row" }, is ? button(t("challenge.leave"), () => app.tellTo("challenge", { name: null }), { "data-key": `challenge-${name}` })
          : button(t("challenge.start"), () => app.tellTo("challenge", { name }), { "data-key": `challenge-${name}` })));
    }));
  }

  app.on("frame", (now) => {
    if (now.challenge?.done && !solved.has(now.challenge.name)) { solved.add(now.challenge.name); app.tell("said", t("challenge.done")); }
    show();
  });
  app.on("state", show);
  show();
  return h("div", { class: "stack" }, h("p", {}, t("challenge.what")), box);
}

export function lessonsPanel(app) {
  const box = h("div", { class: "cards" });
  const show = () => refill(box, app.hello.lessons.map(({ number, title, task, words }) => h("article", { class: `item ${app.state.lesson === number ? "active" : ""}` },
    h("h3", {}, `${number} · ${wordOr(`${words}.title`, title)}`), h("p", {}, wordOr(`${words}.try`, task)),
    h("div", { class: "row" }, button(t("lesson.open"), () => app.tellTo("lesson", { number }), { "data-key": `lesson-${number}` })))));
  let at = app.state.lesson;
  app.on("state", () => { if (app.state.lesson !== at) { at = app.state.lesson; show(); } });
  show();
  return h("div", { class: "stack" }, h("p", {}, t("lesson.what")), box);
}

/* What to try, over the stage, while a lesson or a challenge is on. */
export function banner(app) {
  const box = h("aside", { class: "banner", hidden: true });
  let built = null;
  function show() {
    const { lesson, challenge } = app.state, now = app.frame?.challenge;
    const key = JSON.stringify([lesson, challenge, now?.done, now?.ok]);
    if (key === built) return;
    built = key;
    box.hidden = !lesson && !challenge;
    if (box.hidden) return;
    if (challenge) {
      const one = app.hello.challenges.find(({ name }) => name === challenge);
      box.classList.toggle("done", Boolean(now?.done));
      refill(box, h("b", {}, now?.done ? icon("check") : null, wordOr(`${one.words}.title`, one.title)), h("span", {}, now?.done ? t("challenge.done") : wordOr(`${one.words}.task`, one.task)),
        h("span", { class: "small" }, (now?.ok ?? []).map((part) => h("span", { class: part.done ? "good part" : "part" }, part.done ? "✓ " : "○ ", wordOr(part.words, part.text), part.value === null ? "" : ` (${short(part.value)})`))),
        button(t("challenge.leave"), () => app.tellTo("challenge", { name: null })));
      return;
    }
    const one = app.hello.lessons.find(({ number }) => number === lesson);
    box.classList.remove("done");
    if (one) refill(box, h("b", {}, t("lesson.n", { n: lesson })), h("span", {}, wordOr(`${one.words}.try`, one.task)));
  }
  app.on("state", show);
  app.on("frame", show);
  show();
  return box;
}
