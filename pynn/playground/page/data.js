// The examples: which set, how many, how noisy; a table of the reader's own; points by hand.

import { h, icon, svg } from "./dom.js";
import { t, nameOf, grouped, percent } from "./words.js";
import { button, choice, iconButton, numberField, radios, refill, slider, tick } from "./controls.js";
import { classColour, valueColour } from "./colours.js";

export function dataPanel(app) {
  const send = app.latest("set");
  const sets = app.hello.choices.data;
  const table = { value: "table", title: t("data.table_long"), content: [icon("file"), nameOf("data", "table")] };
  const tiles = radios(t("data"), "tiles", [...sets.map(({ name }) => ({ value: name, title: nameOf("data", name), content: [thumbnail(name), nameOf("data", name)] })), table],
    app.state.setting.data.name, (name) => (name === "table" ? openTable() : app.set({ data: { name } })));
  const count = h("span", { class: "soft small" }), fields = h("div", { class: "fields" }), hand = h("div", { class: "hand" });
  const file = h("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", class: "offscreen", tabindex: "-1", "aria-label": t("data.table_long"),
    onchange: () => { if (file.files[0]) loadTable(app, file.files[0]); file.value = ""; } });
  const openTable = () => { tiles.show(app.state.setting.data.name); file.click(); };
  let built = null, controls = {};

  function build() {
    const { data } = app.state.setting;
    controls = {};
    const parameters = sets.find(({ name }) => name === data.name)?.parameters ?? [];
    for (const one of parameters) {
      controls[one.name] = one.kind === "int" && one.high <= 20
        ? slider(nameOf("parameter", one.name), { low: one.low, high: one.high, step: 1, value: data[one.name] }, (value) => send({ setting: { data: { [one.name]: value } } }))
        : slider(nameOf("parameter", one.name), { low: one.low, high: one.name === "examples" ? 2000 : one.high, step: one.name === "examples" ? 10 : one.step || 0.01, value: data[one.name], text: one.kind === "int" ? grouped : String },
          (value) => send({ setting: { data: { [one.name]: Math.max(one.low, value) } } }));
    }
    controls.test_share = slider(t("test_share"), { low: 0, high: 0.9, step: 0.05, value: data.test_share, text: (x) => percent(x).replace(".0", "") },
      (value) => send({ setting: { data: { test_share: value } } }));
    controls.seed = numberField(t("data_seed"), data.seed, (seed) => app.set({ data: { seed } }), { whole: true, key: "data-seed" });
    const seed = h("div", { class: "with" }, controls.seed, iconButton("dice", t("new_data"), () => app.set({ data: { seed: Math.floor(Math.random() * 1e6) } })));
    refill(fields, ...(data.name === "table" ? tableFields(app) : []), ...Object.entries(controls).filter(([name]) => name !== "seed").map(([, control]) => control), seed);
  }

  function show() {
    const { data } = app.state.setting, { train, test } = app.state.examples;
    const key = JSON.stringify([data.name, data.standardize, app.state.table]);
    if (key !== built) { built = key; build(); }
    tiles.show(data.name);
    for (const [name, control] of Object.entries(controls)) control.show(data[name]);
    count.textContent = test ? t("train_and_test", { train: grouped(train), test: grouped(test) }) : t("train_only", { train: grouped(train) });
  }
  app.on("state", show);
  show();
  handTools(app, hand);
  return h("section", { class: "card data", "aria-labelledby": "pynn-data" },
    h("header", {}, h("h2", { id: "pynn-data" }, t("data")), count), tiles, file, fields, hand);
}

export async function loadTable(app, file, choose = {}) {
  if (file.size > 6e6) { app.tell("refused", new Error(t("file_too_large", { limit: "6 MB" }))); return; }
  const content = await base64(file);
  const result = await app.tellTo("load_table", { name: file.name, content, ...choose });
  if (result) app.tell("said", t("table_loaded", { name: file.name }));
}

export async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let k = 0; k < bytes.length; k += 0x8000) text += String.fromCharCode(...bytes.subarray(k, k + 0x8000));
  return btoa(text);
}

const isUsed = (table, name) => table.chosen.includes(name);

/* Which columns of the table are learnt from, and which is predicted. */
function tableFields(app) {
  const { table } = app.state;
  if (!table) return [];
  const usable = table.columns.filter((column) => column.usable || column.name === table.target);
  const pick = (fields) => app.tellTo("set_table", { target: table.target, ...fields });
  const target = choice(t("target"), usable.map(({ name }) => [name, name]), table.target,
    (name) => app.tellTo("set_table", { target: name, features: null }), "table-target");
  const boxes = table.columns.filter(({ name }) => name !== table.target).map(({ name, usable: may, why }) => {
    const box = tick(name, isUsed(table, name), (on) => pick({ features: table.columns.map((column) => column.name)
      .filter((other) => (other === name ? on : isUsed(table, other)) && other !== table.target) }));
    box.box.disabled = !may;
    if (why) box.title = why;
    return box;
  });
  const scale = tick(t("standardize"), app.state.setting.data.standardize, (standardize) => app.set({ data: { standardize } }));
  const about = h("p", { class: "small" }, h("b", {}, table.source), ` · ${t("rows", { n: grouped(table.rows) })}`);
  if (table.columns.length === 0) return [about, scale];
  return [about, target,
    h("details", { class: "columns-of-table" }, h("summary", { class: "small" }, t("features_chosen", { n: table.columns.filter(({ name }) => name !== table.target && isUsed(table, name)).length })), h("div", { class: "boxes" }, boxes)),
    scale, ...table.notes.map((note) => h("p", { class: "small soft" }, note))];
}

/* What a click on the plane does: look at an example, add a point of a class, remove points. */
function handTools(app, box) {
  let built = null;
  const show = () => {
    if (!app.data) return;
    const names = app.classNames, values = app.data.kind === "values";
    const key = JSON.stringify([names, values]);
    if (key === built) return;
    built = key;
    app.hand = null;
    const dot = (k) => { const mark = h("i", { class: "dot" }); mark.style.color = app.colours.points[k % app.colours.points.length]; return mark; };
    const adds = values ? [{ value: "add:", title: t("add_point"), content: [icon("plus")] }]
      : names.map((name, k) => ({ value: `add:${k}`, title: t("add_point_of", { name }), content: [dot(k), name] }));
    const options = [{ value: "look", title: t("look_long"), content: t("look") }, ...adds, { value: "remove", title: t("remove_long"), content: t("remove") }];
    const value = values && app.data.features.length > 1
      ? numberField(t("target_value"), 0, (target) => { app.hand = { kind: "add", target }; }, { key: "hand-value" }) : null;
    const group = radios(t("by_hand"), "segments", options, "look", (what) => {
      const [kind, target] = what.split(":");
      app.hand = kind === "look" ? null : kind === "remove" ? { kind } : { kind, target: values ? Number(value?.input.value || 0) : Number(target) };
      app.tell("hand");
    });
    refill(box, h("span", { class: "small soft" }, t("by_hand")), group, value);
  };
  app.on("data", show);
  show();
}

const circle = (x, y, k) => svg("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 1.7, fill: classColour(k) });
const turn = (n, radius, k, from = 0, to = 2 * Math.PI, x = 15, y = 15) => Array.from({ length: n }, (_, i) => {
  const angle = from + (to - from) * i / n;
  return circle(x + radius * Math.cos(angle), y - radius * Math.sin(angle), k);
});

/* A small drawing of a data set. */
function thumbnail(name) {
  const drawings = {
    circles: () => [...turn(14, 11, 0), ...turn(6, 4.2, 1)],
    moons: () => [...turn(9, 8, 0, 0, 3.5, 11.5, 17), ...turn(9, 8, 1, 3.14, 6.6, 18.5, 13)],
    spirals: () => [0, 1].flatMap((k) => Array.from({ length: 10 }, (_, i) => {
      const angle = 0.5 * i + k * Math.PI, radius = 1.5 + 1.15 * i;
      return circle(15 + radius * Math.cos(angle), 15 - radius * Math.sin(angle), k);
    })),
    xor: () => [[8, 8, 0], [22, 22, 0], [8, 22, 1], [22, 8, 1]].flatMap(([x, y, k]) => turn(4, 3.2, k, 0.4, 6.7, x, y)),
    blobs: () => [[9, 9, 0], [21, 11, 1], [13, 22, 2]].flatMap(([x, y, k]) => turn(5, 3.2, k, 0.4, 6.7, x, y)),
    plane: () => Array.from({ length: 25 }, (_, i) => shade(4 + 5.5 * (i % 5), 4 + 5.5 * Math.floor(i / 5), (i % 5 + 4 - Math.floor(i / 5)) / 8)),
    sine: () => Array.from({ length: 14 }, (_, i) => shade(2.5 + 1.95 * i, 15 - 9 * Math.sin(i * 0.49), 0.5 + 0.45 * Math.sin(i * 0.49))),
  };
  return svg("svg", { viewBox: "0 0 30 30", "aria-hidden": "true" }, drawings[name]?.() ?? []);
}

function shade(x, y, part) {
  return svg("circle", { cx: x, cy: y, r: 1.8, fill: valueColour(part) });
}
