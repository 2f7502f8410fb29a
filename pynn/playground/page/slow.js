// One step, slowly: forward, loss, backward, update, layer by layer; the diagram lights up what is spoken of.

import { copyText, h } from "./dom.js";
import { t } from "./words.js";
import { button, copyButton, refill } from "./controls.js";
import { sectionsOf, textOf } from "./equations.js";

export function slowPanel(app) {
  const box = h("div", { class: "slow" });
  let told = null, at = 0;

  async function begin(example) {
    told = await app.tellTo("slowly", { example });
    at = 0;
    show();
  }

  function light(step) {
    app.lit = step?.layer ? { layer: step.layer, phase: step.phase } : null;
    app.tell("lit");
  }

  function leave() {
    told = null;
    light(null);
    show();
  }

  function move(by) {
    at = Math.max(0, Math.min(told.steps.length - 1, at + by));
    show();
    app.tell("said", `${t(`phase.${told.steps[at].phase}`)}. ${told.steps[at].title}`);
  }

  function show() {
    if (!told) {
      const { example } = app.state.view;
      refill(box, h("p", {}, t("slow.what")), h("div", { class: "row" },
        button(t("slow.batch"), () => begin(null), { class: "strong", "data-key": "slow-batch" }),
        example === null ? h("span", { class: "small soft" }, t("slow.or_choose")) : button(t("slow.example", { example }), () => begin(example), { "data-key": "slow-example" })));
      return;
    }
    const step = told.steps[at];
    light(step);
    const phases = told.steps.map((one, k) => h("li", { class: one.phase === told.steps[k - 1]?.phase ? "" : "first", "data-phase": t(`phase_short.${one.phase}`) }, h("button", { type: "button", class: `phase ${one.phase}`, "aria-current": k === at ? "step" : null, title: one.title,
      "aria-label": `${t(`phase.${one.phase}`)} ${one.title}`, "data-key": `phase-${k}`, onclick: () => { at = k; show(); } }, one.layer ?? "·")));
    const next = h("button", { type: "button", class: "strong", "data-key": "slow-next", onclick: () => (at + 1 < told.steps.length ? move(1) : finish()) },
      at + 1 < told.steps.length ? t("slow.next") : t("slow.finish"));
    const previous = button(t("slow.previous"), () => move(-1), { "data-key": "slow-previous" });
    previous.disabled = at === 0;
    refill(box,
      h("div", { class: "apart" }, h("div", { class: "row" }, previous, next, h("span", { class: "small soft" }, t("slow.place", { at: at + 1, of: told.steps.length }))),
        h("div", { class: "row" }, copyButton(() => textOf(told.title ?? "", told.steps), copyText, (text) => app.tell("said", text)), button(t("slow.leave"), leave, { "data-key": "slow-leave" }))),
      h("ol", { class: "phases" }, phases), told.note && step.phase === "update" ? h("p", { class: "small warning" }, told.note) : null,
      h("div", { class: "equations" }, h("p", { class: "phase-name" }, t(`phase.${step.phase}`)), ...sectionsOf([step])));
  }

  /* The step that was told is done. */
  async function finish() {
    leave();
    await app.tellTo("step", { unit: "batch" });
  }

  app.on("state", () => { if (!told) show(); });
  app.on("tab", (name) => { if (name !== "slow" && app.lit) light(null); else if (name === "slow" && told) light(told.steps[at]); });
  show();
  return box;
}
