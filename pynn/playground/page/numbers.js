// Every number of a unit: its weights to be typed, its sum term by term, and the equations forward and backward, as explain tells them.

import { copyText, h } from "./dom.js";
import { t, nameOf, short, subscript } from "./words.js";
import { button, choice, copyButton, iconButton, numberField, refill } from "./controls.js";
import { sectionsOf, textOf } from "./equations.js";
import { isRunning } from "./time.js";
import { numberOf, symbolOf } from "./weight.js";

const SYMBOLS = { products: "w·x ", slope: "g′(z)", new_w: "new w", new_b: "new b" };

export function numbersPanel(app) {
  const example = h("div", { class: "example-part" }), weights = h("div", { class: "weights-part" }), equations = h("div", { class: "equations", tabindex: "0", role: "region", "aria-label": t("equations") });
  const heading = h("h2", {}), scope = { of: "unit" };
  const all = h("div", { class: "stack" }), digits = h("details", { hidden: true, ontoggle: () => showDigits() }, h("summary", { class: "small" }, t("numbers.digits")), all);
  let told = null, fields = [], shownFor = null, due = 0, busy = false, pending = false;

  const query = () => {
    const { view } = app.state, target = app.pointTarget ?? 0;
    if (view.example !== null) return { example: view.example };
    return view.point ? { x: view.point, y: target } : null;
  };

  /* The numbers of now; while one answer is awaited, one more is remembered. */
  async function ask() {
    if (app.tab !== "numbers") return;
    if (busy) { pending = true; return; }
    const asked = query(), { chosen } = app;
    if (!asked) { told = null; show(); return; }
    const where = !chosen || chosen.layer === 0 || scope.of === "all" ? {} : scope.of === "layer" ? { layer: chosen.layer } : chosen;
    busy = true;
    try {
      told = await app.ask("explain", { ...asked, ...where });
    } catch (error) {
      told = { title: error.message, sections: [], numbers: null };
    }
    busy = false;
    show();
    if (pending) { pending = false; ask(); }
  }

  function show() {
    const { chosen } = app;
    heading.textContent = !chosen ? t("numbers.all") : chosen.layer === 0 ? t("input_n", { name: app.state.names.features[chosen.unit - 1] })
      : `${t("unit_of_layer", chosen)} · ${nameOf("activation", app.state.network.activations[chosen.layer - 1])}`;
    showWeights();
    if (!told) { refill(equations, h("p", {}, t("numbers.choose"))); return; }
    refill(equations, h("div", { class: "apart top-line" }, h("p", { class: "small" }, told.title),
      copyButton(() => textOf(told.title, told.sections), copyText, (text) => app.tell("said", text))), ...sectionsOf(told.sections));
    showDigits();
  }

  /* The same numbers with all their digits. */
  function showDigits() {
    digits.hidden = !told?.numbers;
    if (digits.hidden || !digits.open) return;
    const rows = Object.entries(told.numbers).filter(([, value]) => typeof value !== "string" && value !== null)
      .flatMap(([name, value]) => (Array.isArray(value) ? value.map((one, k) => [`${SYMBOLS[name] ?? name}${subscript(k + 1)}`, one]) : [[SYMBOLS[name] ?? name, value]]));
    refill(all, copyButton(() => rows.map(([name, value]) => `${name} = ${value}`).join("\n"), copyText, (text) => app.tell("said", text)),
      h("table", { class: "grid digits" }, h("tbody", {}, rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row", class: "maths" }, name), h("td", {}, h("code", {}, String(value))))))));
  }

  /* A row for each weight: its field, its input and their product; then bias, z and a. */
  function showWeights() {
    const { chosen, state } = app;
    const key = JSON.stringify([chosen, state.network.sizes]);
    if (!chosen || chosen.layer === 0) { shownFor = null; refill(weights); return; }
    if (key !== shownFor) {
      shownFor = key;
      const inputs = state.network.sizes[chosen.layer - 1];
      fields = Array.from({ length: inputs + 1 }, (_, k) => (k < inputs ? k + 1 : 0)).map((input) => {
        const field = numberField(null, numberOf(app, chosen.layer, chosen.unit, input),
          (value) => app.tellTo("edit", { layer: chosen.layer, unit: chosen.unit, input, value }), { key: `weight-${input}` });
        const name = input === 0 ? t("bias") : chosen.layer === 1 ? state.names.features[input - 1] : t("unit_short", { unit: input });
        field.setAttribute("aria-label", input === 0 ? t("bias_label", chosen) : t("weight_label", { ...chosen, input }));
        return { input, field, x: h("td", {}), product: h("td", {}), name };
      });
      refill(weights, h("table", { class: "weights" },
        h("thead", {}, h("tr", {}, ["numbers.from", "numbers.weight", "numbers.input", "numbers.product"].map((word) => h("th", { scope: "col" }, t(word))))),
        h("tbody", {}, fields.map(({ field, name, x, product, input }) => h("tr", {}, h("th", { scope: "row", title: `${name}: ${symbolOf(chosen.layer, chosen.unit, input)}` }, name), h("td", {}, field), x, product)))),
        h("dl", { class: "sum" }, ["z", "a"].map((letter) => h("div", {}, h("dt", { class: "maths" }, letter), h("dd", { "data-number": letter })))));
    }
    const numbers = told?.numbers;
    for (const { input, field, x, product } of fields) {
      field.show(numberOf(app, chosen.layer, chosen.unit, input));
      x.textContent = numbers && input ? short(numbers.x[input - 1]) : "";
      product.textContent = numbers ? short(input ? numbers.products[input - 1] : numbers.b) : "";
    }
    for (const letter of ["z", "a"]) weights.querySelector(`[data-number="${letter}"]`).textContent = numbers ? String(numbers[letter]) : "–";
  }

  /* The outputs for the example that is looked at. */
  const predicted = () => [...(app.frame.arrays.example_a?.values.slice(-app.state.network.sizes.at(-1)) ?? [])];

  function showExample() {
    const { view, names } = app.state, { selected } = app.frame ?? {}, indices = app.data?.arrays.index.values ?? [];
    const at = indices.indexOf(view.example);
    const go = (by) => app.tellTo("view", { example: indices[(Math.max(0, at) + by + indices.length) % indices.length] });
    const label = view.example !== null ? String(view.example) : view.point ? t("numbers.point") : "–";
    const point = view.point && !(view.example !== null);
    const classes = app.classNames;
    const target = point ? (classes.length
      ? choice(t("numbers.if_target"), classes.map((name, k) => [k, name]), app.pointTarget ?? 0, (k) => { app.pointTarget = Number(k); ask(); }, "point-target")
      : numberField(t("numbers.if_target"), app.pointTarget ?? 0, (value) => { app.pointTarget = value; ask(); }, { key: "point-target" })) : null;
    refill(example,
      h("div", { class: "row" }, h("span", { class: "soft" }, t("example")), iconButton("back", t("previous_example"), () => go(-1), { class: "tiny", "data-key": "previous-example" }),
        h("b", { "data-example": "" }, label), iconButton("forward", t("next_example"), () => go(1), { class: "tiny", "data-key": "next-example" }),
        view.example !== null || view.point ? button(t("clear"), () => app.tellTo("view", { example: null, x: null }), { class: "plain", "data-key": "clear-example" }) : null),
      selected?.targets ? h("p", { class: "small" }, `${names.target ?? "y"} = ${selected.targets.map((value) => classes[value] ?? short(value)).join(", ")} · ŷ = ${predicted().map(short).join(", ")}`, selected.loss === null || selected.loss === undefined ? "" : ` · ${t("loss")} ${short(selected.loss)}`,
        selected.of_batch ? ` · ${t("numbers.of_batch")}` : "") : null, target);
  }

  const scopes = choice(t("numbers.scope"), ["unit", "layer", "all"].map((of) => [of, t(`numbers.scope_${of}`)]), scope.of, (of) => { scope.of = of; ask(); }, "scope");
  let place = null;
  app.on("frame", (now) => {
    if (app.tab !== "numbers") return;
    const moment = JSON.stringify([now.epoch, now.batch, now.example, app.state.view.example, app.state.view.point, now.selected?.index]);
    showExample();
    if (isRunning(now) && Date.now() < due) return;
    due = Date.now() + 700;
    if (moment !== place || !isRunning(now)) { place = moment; ask(); }
  });
  app.on("state", () => { if (app.tab === "numbers") { showExample(); show(); ask(); } });
  app.on("chosen", () => { scope.of = "unit"; scopes.show("unit"); if (app.tab === "numbers") { show(); ask(); } });
  app.on("tab", (name) => { if (name === "numbers") { showExample(); show(); ask(); } });
  showExample();
  show();
  ask();
  return h("div", { class: "split" }, h("div", { class: "side" }, heading, example, weights, scopes, digits), equations);
}
