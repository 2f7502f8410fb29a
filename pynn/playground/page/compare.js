// The same start trained in several ways, side by side.

import { h } from "./dom.js";
import { t, nameOf, short, percent } from "./words.js";
import { button, choice, field, numberField, refill } from "./controls.js";
import { classColour, paint } from "./colours.js";
import { drawCurves } from "./curves.js";

export function comparePanel(app) {
  const { compare: options } = app.hello.choices;
  const values = h("input", { type: "text", "data-key": "compare-values", autocomplete: "off", spellcheck: "false" });
  const vary = choice(t("compare.vary"), options.map(({ name }) => [name, nameOf("vary", name)]), options[0].name, () => suggest(), "compare-vary");
  const epochs = numberField(t("compare.epochs"), 100, () => true, { whole: true, key: "compare-epochs" });
  const runs = h("div", { class: "runs" }), chart = h("canvas", { class: "chart", role: "img", "aria-label": t("compare.chart") }), status = h("p", { class: "soft" }), range = h("span", { class: "range" });
  const kind = () => options.find(({ name }) => name === vary.select.value);
  const suggest = () => { values.value = kind().suggested.join(", "); };
  let cells = [];

  async function start() {
    const list = values.value.split(",").map((text) => text.trim()).filter(Boolean).map((text) => (kind().kind === "name" ? text : Number(text)));
    app.compare = null;
    if (await app.tellTo("compare", { vary: vary.select.value, values: list, epochs: Number(epochs.input.value) })) status.textContent = t("working");
  }

  function show() {
    const now = app.compare;
    if (!now || !runs.isConnected) return;
    const metric = app.state.names.metric;
    status.textContent = now.done ? t(now.cancelled ? "compare.cancelled" : "compare.done", { epochs: now.epochs }) : t("compare.at", { epoch: now.epoch, epochs: now.epochs });
    stop.hidden = now.done;
    if (cells.length !== now.runs.length) {
      cells = now.runs.map((_, k) => ({ canvas: h("canvas", {}), name: h("span", {}), facts: h("p", { class: "small soft" }), dot: h("i", { class: "dot" }),
        take: button(t("compare.take"), () => app.tellTo("take", { run: k }), { "data-key": `take-${k}` }) }));
      refill(runs, cells.map(({ canvas, name, facts, dot, take }) => h("article", { class: "run" }, canvas, h("div", { class: "name" }, dot, name), facts, take)));
    }
    now.runs.forEach((run, k) => {
      const { canvas, name, facts, dot } = cells[k], map = now.arrays[`surface_${k}`];
      dot.style.color = classColour(k);
      name.textContent = kindText(now.vary, run.value);
      const score = run.train?.[metric];
      facts.textContent = run.status === "diverged" ? t("diverged") : `${t("loss")} ${short(run.train?.loss)} · ${metric === "accuracy" ? percent(score) : short(score)}`;
      facts.classList.toggle("warning", run.status === "diverged");
      if (map) paint(canvas, map, now.kind === "classes" ? app.colours.classes : now.kind === "values" ? app.colours.values : app.colours.surface, now.kind === "classes" ? now.arrays[`leader_${k}`] : null);
    });
    const records = now.runs.map((_, k) => now.arrays[`curves_${k}`]);
    const longest = records.reduce((best, record) => (record && (!best || record.shape[1] > best.shape[1]) ? record : best), null);
    if (longest) {
      const drawn = drawCurves(chart, longest.values.subarray(0, longest.shape[1]), records.map((record, k) => [record?.values.subarray(record.shape[1], 2 * record.shape[1]), classColour(k), []]), null, app.colours, "loss", { axes: true });
      if (drawn) range.textContent = `${short(drawn[0])}\u2009–\u2009${short(drawn[1])}`;
    }
    if (now.done) app.tell("said", status.textContent);
  }

  const stop = button(t("stop"), () => app.tellTo("cancel", { task: "compare" }), { hidden: true, "data-key": "stop-compare" });
  suggest();
  app.on("compare", show);
  app.on("theme", show);
  app.on("tab", (name) => { if (name === "compare") show(); });
  return h("div", { class: "stack" }, h("p", {}, t("compare.what")),
    h("div", { class: "form" }, vary, field(t("compare.values"), values), epochs, h("div", { class: "row" }, button(t("compare.start"), start, { class: "strong", "data-key": "start-compare" }), stop)),
    status, runs, h("p", { class: "small soft" }, t("compare.difference")), h("figure", { class: "curve" }, h("figcaption", { class: "name" }, h("span", {}, t("compare.chart")), range), chart));
}

function kindText(vary, value) {
  const group = { optimizer: "optimizer", initializer: "initializer", activation: "activation" }[vary];
  return group ? nameOf(group, value) : vary === "learning_rate" ? `α = ${value}` : `${nameOf("vary", vary)} ${value}`;
}
