// How it is trained: all that fit has.

import { h } from "./dom.js";
import { t, nameOf } from "./words.js";
import { choice, numberField, refill, tick } from "./controls.js";

export function trainingPanel(app) {
  const main = h("div", { class: "main" }), more = h("div", { class: "more", id: "pynn-more", hidden: true });
  const toggle = h("button", { type: "button", "aria-expanded": "false", "aria-controls": "pynn-more", onclick: () => {
    more.hidden = !more.hidden;
    toggle.setAttribute("aria-expanded", !more.hidden);
  } }, t("more"));
  let built = null, controls = [];

  function build() {
    const { choices } = app.hello, { network, training } = app.state.setting, kind = app.state.kind;
    const named = (group, list) => list.map((one) => [one.name ?? one, nameOf(group, one.name ?? one)]);
    const number = (label, read, write, options = {}) => {
      const control = numberField(label, read(), write, options);
      controls.push(() => control.show(read()));
      return control;
    };
    const pick = (label, options, read, write, key) => {
      const control = choice(label, options, read(), write, key);
      controls.push(() => control.show(read()));
      return control;
    };
    controls = [];
    const now = () => app.state.setting.training, train = (part) => app.set({ training: part });
    const outputs = choices.output.find(({ name }) => name === network.output);
    const fits = choices.output.filter(({ name }) => (kind === "values" ? name === "linear" : name === "softmax" || (name === "sigmoid" && (app.data?.classes ?? 2) <= 2)));
    const optimizer = choices.optimizers.find(({ name }) => name === training.optimizer);
    refill(main,
      number(h("span", {}, t("learning_rate"), " ", h("i", { class: "maths" }, "α")), () => now().learning_rate, (value) => train({ learning_rate: value }), { key: "learning-rate" }),
      pick(t("optimizer"), named("optimizer", choices.optimizers), () => now().optimizer, (name) => train({ optimizer: name }), "optimizer"),
      number(t("batch_size"), () => now().batch_size, (value) => train({ batch_size: value }), { whole: true, empty: t("all_examples"), key: "batch-size" }),
      pick(t("loss"), outputs.losses.map((name) => [name, nameOf("loss", name)]), () => app.state.setting.network.loss, (name) => app.set({ network: { loss: name } }), "loss"),
      number(t("l2"), () => now().l2, (value) => train({ l2: value }), { key: "l2" }),
      pick(t("schedule"), named("schedule", choices.schedules), () => now().schedule.name, (name) => train({ schedule: { name, ...defaults(choices.schedules, name) } }), "schedule"));
    const schedule = choices.schedules.find(({ name }) => name === training.schedule.name);
    refill(more,
      pick(t("output_activation"), named("activation", fits), () => app.state.setting.network.output, (name) => app.set({ network: { output: name } }), "output"),
      number(t("l1"), () => now().l1, (value) => train({ l1: value }), { key: "l1" }),
      number(t("clip_norm"), () => now().clip_norm, (value) => train({ clip_norm: value }), { empty: t("none"), key: "clip" }),
      number(t("seed"), () => app.state.setting.seed, (value) => app.tellTo("seed", { seed: value }), { whole: true, key: "seed" }),
      pick(t("dtype"), ["float64", "float32"].map((name) => [name, name]), () => app.state.setting.network.dtype, (dtype) => app.set({ network: { dtype } }), "dtype"),
      shuffle(now, train),
      schedule.coefficients.map((one) => number(nameOf("coefficient", one.name), () => now().schedule[one.name], (value) => train({ schedule: { ...now().schedule, [one.name]: value } }), { key: `s-${one.name}` })),
      optimizer.coefficients.flatMap((one) => coefficient(one, now, train, number)));
  }

  function shuffle(now, train) {
    const box = tick(t("shuffle"), now().shuffle, (on) => train({ shuffle: on }));
    controls.push(() => box.show(now().shuffle));
    return h("div", { class: "field end" }, h("span", { class: "tick-cell" }, box));
  }

  function coefficient(one, now, train, number) {
    const write = (value) => train({ coefficients: { ...now().coefficients, [one.name]: value } });
    const label = nameOf("coefficient", one.name);
    if (one.kind === "bool") {
      const box = tick(label, now().coefficients[one.name], write);
      controls.push(() => box.show(now().coefficients[one.name]));
      return [h("div", { class: "field end" }, h("span", { class: "tick-cell" }, box))];
    }
    if (one.kind === "pair") {
      return [0, 1].map((k) => number(`${label} ${k + 1}`, () => now().coefficients[one.name][k], (value) => {
        const pair = [...now().coefficients[one.name]];
        pair[k] = value;
        return write(pair);
      }, { key: `c-${one.name}-${k}` }));
    }
    return [number(label, () => now().coefficients[one.name], write, { key: `c-${one.name}` })];
  }

  function show() {
    const { training, network } = app.state.setting;
    const key = JSON.stringify([training.optimizer, training.schedule.name, network.output, app.state.kind, app.data?.classes]);
    if (key !== built) { built = key; build(); }
    for (const control of controls) control();
  }
  app.on("state", show);
  app.on("data", show);
  show();
  return h("section", { class: "card training", "aria-label": t("training") }, main, h("div", { class: "toggle" }, toggle), more);
}

function defaults(schedules, name) {
  return Object.fromEntries(schedules.find((one) => one.name === name).coefficients.map((one) => [one.name, one.default]));
}
