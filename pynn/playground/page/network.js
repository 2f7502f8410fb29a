// The network as a picture that can be changed: units with their maps, weights as lines, layers and activations.

import { h, sizeOfBox } from "./dom.js";
import { t, nameOf, subscript, tiny } from "./words.js";
import { choice, iconButton, radios, refill, slider } from "./controls.js";
import { layerOf, paint } from "./colours.js";
import { drawLines, lineAt, placesOf } from "./lines.js";
import { weightEditor } from "./weight.js";

export function networkPanel(app) {
  const canvas = h("canvas", { "aria-hidden": "true" }), columns = h("div", { class: "columns" });
  const diagram = h("div", { class: "diagram", role: "group", "aria-label": t("network_diagram") }, canvas, columns);
  const editor = weightEditor(app, diagram);
  const settings = h("div", { class: "row network-settings" });
  const layers = h("b", {}), parameters = h("span", { class: "soft small" });
  const units = [];                   // units[l][i]: the buttons
  let lines = [], built = null, hovered = null, places = null;

  const add = iconButton("plus", t("add_layer"), () => app.tellTo("add_layer", { after: app.state.network.sizes.length - 2 }), { class: "tiny", "data-key": "add-layer" });
  const less = iconButton("minus", t("remove_layer"), () => app.tellTo("remove_layer", { layer: app.state.network.sizes.length - 2 }), { class: "tiny", "data-key": "remove-layer" });

  /* Units are as large as the longest column and the width allow. */
  function scale() {
    const { sizes } = app.state.network, most = Math.max(...sizes), width = sizeOfBox(diagram)[0] / sizes.length;
    const [size, gap] = [[6, 44, 14], [8, 38, 8], [12, 26, 5], [20, 17, 3], [Infinity, 12, 3]].find(([units_]) => most <= units_).slice(1);
    diagram.style.setProperty("--unit", `${width ? Math.max(10, Math.min(size, Math.round(0.5 * width))) : size}px`);
    diagram.style.setProperty("--gap", `${gap}px`);
    diagram.classList.toggle("tiny-units", most > 12);
    diagram.classList.toggle("small-units", most > 8 || (width > 0 && 0.5 * width < 32));
    places = null;
  }

  function build() {
    const { sizes, activations } = app.state.network, L = sizes.length - 1;
    scale();
    units.length = 0;
    refill(columns, sizes.map((n, l) => h("div", { class: "column" },
      head(l, L, activations[l - 1]),
      h("div", { class: "units" }, units[l] = Array.from({ length: n }, (_, i) => unit(l, i))),
      foot(l, L, n))));
    places = null;
    choose();
  }

  function head(l, L, activation) {
    if (l === 0) return h("div", { class: "head" }, h("span", { class: "name" }, t("input_layer")));
    const name = h("span", { class: "name" }, l === L ? t("output_layer") : t("layer_n", { n: l }));
    if (l === L) return h("div", { class: "head" }, name, h("span", { class: "soft" }, nameOf("activation", activation)));
    const select = h("select", { "aria-label": t("activation_of", { n: l }), "data-key": `activation-${l}`, onchange: () => {
      const activations = [...app.state.setting.network.activations];
      activations[l - 1] = select.value;
      app.set({ network: { activations } });
    } }, app.hello.choices.hidden.map((one) => h("option", { value: one.name }, nameOf("activation", one.name))));
    select.value = activation;
    return h("div", { class: "head" }, name, select);
  }

  function foot(l, L, n) {
    const size = h("span", { class: "maths", title: l === 0 ? t("inputs_n", { n }) : t("units_of", { n: l }) }, String(n));
    if (l === 0 || l === L) return h("div", { class: "foot" }, size);
    const minus = iconButton("minus", t("remove_unit", { n: l }), () => app.tellTo("remove_unit", { layer: l }), { class: "tiny", "data-key": `minus-${l}` });
    const plus = iconButton("plus", t("add_unit", { n: l }), () => app.tellTo("add_unit", { layer: l }), { class: "tiny", "data-key": `plus-${l}` });
    minus.disabled = n <= 1;
    plus.disabled = n >= app.hello.limits.units;
    return h("div", { class: "foot" }, minus, size, plus);
  }

  function unit(l, i) {
    const name = l === 0 ? app.state.names.features[i] : l === app.state.network.sizes.length - 1 ? `ŷ${app.state.network.sizes[l] > 1 ? subscript(i + 1) : ""}` : null;
    const label = l === 0 ? h("span", { class: "label" }, h("span", {}, name.length > 3 ? `x${subscript(i + 1)}` : name.replace(/\d+$/, subscript))) : null;
    const full = l === 0 ? t("input_n", { name }) : t("unit_of_layer", { unit: i + 1, layer: l });
    return h("button", { type: "button", class: `unit ${l === 0 ? "input" : ""}`, "aria-label": l === 0 ? null : full, title: full, tabindex: l === 1 && i === 0 ? 0 : -1,
      "data-key": `unit-${l}-${i + 1}`, "data-layer": l, "data-unit": i + 1,
      onclick: () => app.choose(l, i + 1), onkeydown: (event) => move(event, l, i) }, h("canvas", {}), label, " ", h("span", { class: "value", hidden: true }));
  }

  /* Arrow keys go from unit to unit; one of them is in the order of the Tab key. */
  function move(event, l, i) {
    const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!by) return;
    const column = units[l + by[0]];
    const next = column?.[by[0] ? Math.min(column.length - 1, Math.round(i * (column.length - 1) / Math.max(1, units[l].length - 1))) : i + by[1]];
    if (!next) return;
    event.preventDefault();
    for (const one of units.flat()) one.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  function choose() {
    for (const one of units.flat()) {
      const is = app.chosen && Number(one.dataset.layer) === app.chosen.layer && Number(one.dataset.unit) === app.chosen.unit;
      one.classList.toggle("chosen", Boolean(is));
      one.classList.toggle("lit", Boolean(app.lit && Number(one.dataset.layer) === app.lit.layer));
      if (is) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
    }
    drawAll();
  }

  function drawAll() {
    const { frame, state } = app;
    if (!frame || units.length !== state.network.sizes.length || !sizeOfBox(diagram)[0]) return;
    const values = (state.view.gradient && frame.arrays.gradient) || frame.arrays.parameters;
    if (!values || values.values.length !== state.network.parameters) return;
    places ??= placesOf(canvas, columns, units);
    lines = drawLines(canvas, places, { theta: values.values, offsets: state.network.offsets, sizes: state.network.sizes,
      relative: values === frame.arrays.gradient, colours: app.colours, hovered, chosen: app.chosen, lit: app.lit });
  }

  function frame(now) {
    const maps = now.arrays.units, sizes = app.state.network.sizes;
    const total = sizes.reduce((sum, n) => sum + n, 0);
    if (maps && maps.shape[0] === total && units.flat().length === total) {
      units.flat().forEach((one, k) => {
        paint(one.firstChild, layerOf(maps, k), app.colours.units);
        one.classList.toggle("dead", now.scales[k][0] === 0 && now.scales[k][1] === 0);
      });
    }
    const a = now.arrays.example_a?.values;         // of the example that is looked at
    units.flat().forEach((one, k) => {
      const value = a ? tiny(a[k]) : "";
      if (one.lastChild.textContent === value) return;
      one.lastChild.hidden = !a;
      one.lastChild.textContent = value;
      if (one.dataset.layer !== "0") one.setAttribute("aria-label", a ? `${one.title}, a = ${value}` : one.title);
    });
    drawAll();
    editor.refresh();
  }

  function state() {
    const { network, names } = app.state, key = JSON.stringify([network.sizes, network.activations, names.features]);
    if (key !== built) { built = key; build(); }
    layers.textContent = network.sizes.length - 2;
    less.disabled = network.sizes.length <= 2;
    add.disabled = network.sizes.length - 2 >= app.hello.limits.layers;
    parameters.textContent = `${t("parameters_n", { n: network.parameters })} · ${t("network_hint")}`;
    controls.forEach((control) => control());
    if (app.chosen && !(network.sizes[app.chosen.layer] >= app.chosen.unit)) app.choose(null);
  }

  const controls = networkSettings(app, settings);
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return lineAt(lines, event.clientX - box.left, event.clientY - box.top);
  };
  columns.addEventListener("pointermove", (event) => {
    const found = event.target.closest(".unit, select, .foot") ? null : at(event);
    if (found?.key === hovered) return;
    hovered = found?.key ?? null;
    diagram.classList.toggle("on-line", Boolean(found));
    editor.hint(found);
    drawAll();
  });
  columns.addEventListener("pointerleave", () => { hovered = null; editor.hint(null); drawAll(); });
  columns.addEventListener("click", (event) => { if (!event.target.closest(".unit, select, button")) editor.open(at(event)); });
  new ResizeObserver(() => { scale(); drawAll(); }).observe(diagram);

  app.on("state", state);
  app.on("frame", frame);
  app.on("chosen", choose);
  app.on("lit", choose);
  app.on("theme", () => app.frame && frame(app.frame));
  state();
  if (app.frame) frame(app.frame);
  const shows = radios(t("lines_show"), "segments", [{ value: "W", content: "W", title: t("lines_W") }, { value: "dW", content: "dW", title: t("gradients.colour") }],
    app.state.view.gradient ? "dW" : "W", (what) => app.tellTo("view", { gradient: what === "dW" }));
  app.on("state", () => shows.show(app.state.view.gradient ? "dW" : "W"));
  const key = (word, negative) => h("span", {}, h("i", { class: negative ? "negative" : "" }), t(word));
  return h("section", { class: "card network", "aria-labelledby": "pynn-network" },
    h("header", {}, h("div", { class: "row" }, h("h2", { id: "pynn-network" }, t("network")), parameters),
      h("div", { class: "row" }, h("span", { class: "small soft" }, t("hidden_layers")), less, layers, add)),
    diagram, h("div", { class: "apart key-row" }, h("div", { class: "key" }, shows, key("positive"), key("negative", true)), settings));
}

/* What holds for all layers: how the weights start, dropout, and whether the lines show W or dW. */
function networkSettings(app, box) {
  const initializer = choice(t("initializer"), app.hello.choices.initializers.map((name) => [name, nameOf("initializer", name)]),
    app.state.setting.network.initializer, (name) => app.set({ network: { initializer: name } }), "initializer");
  const send = app.latest("set");
  const dropout = slider(t("dropout"), { low: 0, high: 0.9, step: 0.05, value: app.state.setting.network.dropout[0] ?? 0 },
    (value) => send({ setting: { network: { dropout: value } } }));
  box.append(initializer, dropout);
  return [
    () => initializer.show(app.state.setting.network.initializer),
    () => { dropout.show(app.state.setting.network.dropout[0] ?? 0); dropout.hidden = app.state.network.sizes.length === 2; },
  ];
}
