// The workbench under the first view: one tab for each way to look deeper.

import { h } from "./dom.js";
import { t } from "./words.js";
import { numbersPanel } from "./numbers.js";
import { slowPanel } from "./slow.js";
import { gradientsPanel } from "./gradients.js";
import { whyPanel } from "./why.js";
import { comparePanel } from "./compare.js";
import { landscapePanel } from "./landscape.js";
import { challengesPanel, lessonsPanel } from "./challenges.js";

const TABS = [
  { name: "numbers", build: numbersPanel }, { name: "slow", build: slowPanel }, { name: "gradients", build: gradientsPanel }, { name: "why", build: whyPanel },
  { name: "compare", build: comparePanel }, { name: "landscape", build: landscapePanel }, { name: "challenges", build: challengesPanel }, { name: "lessons", build: lessonsPanel },
];

export function bench(app) {
  const panels = TABS.map(({ name, build }) => ({ name, build, made: null, box: h("div", { class: "panel", role: "tabpanel", id: `pynn-panel-${name}`, "aria-labelledby": `pynn-tab-${name}`, tabindex: "0", hidden: true }) }));
  const tabs = panels.map(({ name }) => h("button", { type: "button", role: "tab", id: `pynn-tab-${name}`, "aria-controls": `pynn-panel-${name}`, "data-key": `tab-${name}`, onclick: () => open(name) }, t(`tab.${name}`)));
  const open = (name) => {
    app.tab = name;
    panels.forEach((panel, k) => {
      const is = panel.name === name;
      tabs[k].setAttribute("aria-selected", is);
      tabs[k].tabIndex = is ? 0 : -1;
      panel.box.hidden = !is;
      if (is && !panel.made) { panel.made = panel.build(app); panel.box.append(panel.made); }
    });
    app.tell("tab", name);
  };
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": t("workbench") }, tabs);
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement), by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : by ? (at + by + tabs.length) % tabs.length : -1;
    if (at < 0 || next < 0) return;
    event.preventDefault();
    tabs[next].focus();
    open(panels[next].name);
  });
  open(app.tab ?? TABS[0].name);
  const section = h("section", { class: "card bench", "aria-label": t("workbench") }, list, panels.map(({ box }) => box));
  app.on("chosen", (chosen) => { if (chosen) { open("numbers"); bringIntoView(section); } });
  return section;
}

/* Scroll so far that the workbench can be read and as much as possible stays of what is above it. */
function bringIntoView(section) {
  const missing = section.getBoundingClientRect().top - (window.innerHeight - 360);
  if (missing > 0) window.scrollBy({ top: missing, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}
