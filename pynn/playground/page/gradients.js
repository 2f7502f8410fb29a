// The gradients: the lines coloured by dW instead of W, and all parameters held against central differences.

import { h } from "./dom.js";
import { t, short } from "./words.js";
import { button, refill, tick } from "./controls.js";

const MOST_ROWS = 300;

export function gradientsPanel(app) {
  const facts = h("p", { class: "soft" }), result = h("div", {});
  const colour = tick(t("gradients.colour"), app.state.view.gradient, (gradient) => app.tellTo("view", { gradient }));
  const check = button(t("gradients.check"), async () => {
    app.gradients = null;
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
    const words = t(found.ok ? "gradients.agree" : "gradients.differ", { parameters: found.parameters, error: short(found.max_error), worst: found.worst, examples: found.examples });
    app.tell("said", words);
    refill(result, h("p", { class: found.ok ? "good" : "warning" }, words), ...(found.undecided ?? []).slice(0, 5).map((text) => h("p", { class: "small soft" }, text)),
      h("div", { class: "scrolling", tabindex: "0", role: "group", "aria-label": t("gradients.table") }, h("table", { class: "grid" },
        h("thead", {}, h("tr", {}, ["name", "backward", "difference", "error"].map((word) => h("th", { scope: "col" }, t(`gradients.${word}`))))),
        h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, row.name)), [row.backward, row.difference, row.error].map((value, k) => h("td", {}, h("code", {}, k < 2 ? String(value) : short(value))))))))));
  }

  app.on("frame", showFacts);
  app.on("state", () => colour.show(app.state.view.gradient));
  app.on("gradients", showCheck);
  showFacts();
  showCheck();
  return h("div", { class: "stack" }, h("p", {}, t("gradients.what")), h("div", { class: "row spaced" }, colour, check), facts, result);
}
