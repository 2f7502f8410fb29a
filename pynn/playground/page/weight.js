// One weight: its number beside its line, and a field to type another.

import { h } from "./dom.js";
import { t } from "./words.js";
import { numberField } from "./controls.js";

/* The place in θ of a weight (input ≥ 1) or a bias (input 0). */
export function placeOf(network, layer, unit, input) {
  const { W, b } = network.offsets[layer - 1];
  return input === 0 ? b + unit - 1 : W + (unit - 1) * network.sizes[layer - 1] + input - 1;
}

export const symbolOf = (layer, unit, input) => (input === 0 ? `b[${layer}] ${unit}` : `W[${layer}] ${unit},${input}`);

export function numberOf(app, layer, unit, input, name = "parameters") {
  return app.frame.arrays[name]?.values[placeOf(app.state.network, layer, unit, input)];
}

export function weightEditor(app, diagram) {
  const box = h("div", { class: "weight-tip", hidden: true });
  diagram.append(box);
  let opened = null, hinted = null, field = null;

  function place(line) {
    box.hidden = false;
    box.style.left = `${Math.max(4, Math.min(line.x - 60, diagram.scrollWidth - 170))}px`;
    box.style.top = `${Math.max(4, line.y - 46)}px`;
  }

  function close() {
    opened = null;
    field = null;
    box.hidden = true;
  }

  const text = (line) => {
    const value = numberOf(app, line.layer, line.unit, line.input), gradient = numberOf(app, line.layer, line.unit, line.input, "gradient");
    return `${symbolOf(line.layer, line.unit, line.input)} = ${value}${gradient === undefined ? "" : `   d${symbolOf(line.layer, line.unit, line.input)} = ${gradient}`}`;
  };

  return {
    hint(line) {
      if (opened) return;
      hinted = line;
      if (!line) { box.hidden = true; return; }
      box.replaceChildren(h("span", {}, text(line)));
      place(line);
    },
    open(line) {
      if (!line) { close(); return; }
      opened = line;
      field = numberField(null, numberOf(app, line.layer, line.unit, line.input), (value) => app.tellTo("edit", { layer: line.layer, unit: line.unit, input: line.input, value }));
      field.setAttribute("aria-label", t("weight_label", { layer: line.layer, unit: line.unit, input: line.input }));
      field.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
      field.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== field) close(); }, 150));
      box.replaceChildren(h("span", {}, symbolOf(line.layer, line.unit, line.input)), field);
      place(line);
      field.focus();
      field.select();
    },
    refresh() {
      if (opened && field) field.show(numberOf(app, opened.layer, opened.unit, opened.input));
      else if (hinted && !box.hidden) box.firstChild.textContent = text(hinted);
    },
  };
}
