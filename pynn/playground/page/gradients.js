// The gradients: the lines coloured by dW instead of W, and all parameters held against central differences.

import { h } from "./dom.js";
import { t, short } from "./words.js";
import { button, refill, tick } from "./controls.js";

const MOST_ROWS = 300;

const nameOfParameter = ({ layer, unit, input }) => (input === 0 ? t("bias_label", { layer, unit }) : t("weight_label", { layer, unit, input }));

export function gradientsPanel(app) {
  const facts = h("p", { class: "soft" }), result = h("div", {});
  const colour = tick(t("gradients.colour"), app.state.view.gradient, (gradient) => app.tellTo("view", { gradient }));
  let epoch = null;                     // that the result is of
  const dim = () => result.classList.toggle("past", epoch !== null && app.frame?.epoch !== epoch);
  const check = button(t("gradients.check"), async () => {
    app.gradients = null;
    epoch = app.frame.epoch;
    dim();
    refill(result, h("p", { class: "soft" }, t("working")));
    if (!await app.tellTo("gradients")) refill(result);
  }, { class: "strong", "data-key": "check-gradients" });

  function showFacts() {
    const { gradient } = app.frame ?? {};
    facts.textContent = gradient ? t(`gradients.of_${gradient.of}`, { examples: gradient.examples, norm: short(gradient.norm), largest: short(gradient.largest) }) : "";
  }

  function showCheck() {
    const found = app.gradients;
    if (!found) return;
    if (!found.done) { refill(result, h("p", { class: "soft" }, t("gradients.checked", { checked: found.checked, parameters: found.parameters }))); return; }
    const rows = [...found.rows].sort((a, b) => b.error - a.error).slice(0, MOST_ROWS);
    const words = t(found.ok ? "gradients.agree" : "gradients.differ", { parameters: found.parameters, error: short(found.max_error), worst: nameOfParameter(found.rows.find(({ name }) => name === found.worst) ?? found.rows[0]), examples: found.examples });
    app.tell("said", words);
    refill(result, h("p", { class: found.ok ? "good" : "warning" }, epoch === null ? "" : `${t("of_epoch", { epoch })} `, words), ...(found.undecided ?? []).slice(0, 5).map((text) => h("p", { class: "small soft" }, text)),
      h("div", { class: "scrolling", tabindex: "0", role: "group", "aria-label": t("gradients.table") }, h("table", { class: "grid" },
        h("thead", {}, h("tr", {}, ["name", "backward", "difference", "error"].map((word) => h("th", { scope: "col" }, t(`gradients.${word}`))))),
        h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, nameOfParameter(row)), [row.backward, row.difference, row.error].map((value, k) => h("td", {}, h("code", {}, k < 2 ? String(value) : short(value))))))))));
  }

  app.on("frame", () => { showFacts(); dim(); });
  app.on("state", () => colour.show(app.state.view.gradient));
  app.on("gradients", showCheck);
  showFacts();
  showCheck();
  return h("div", { class: "stack" }, h("p", {}, t("gradients.what")), h("div", { class: "row spaced" }, colour, check), facts, result);
}
