// The answer of the network over the plane, with the examples on it.

import { fitted, h } from "./dom.js";
import { t, short } from "./words.js";
import { choice, refill, tick } from "./controls.js";
import { paint, valueColour } from "./colours.js";

export function surfacePanel(app) {
  const map = h("canvas", {}), points = h("canvas", {}), marks = h("canvas", {});
  const plane = h("div", { class: "surface", tabindex: "0", role: "img", "aria-label": t("surface_label") }, map, points, marks);
  const scale = h("div", { class: "scale" }), axes = h("div", { class: "row axes" }), shown = h("div", { class: "row shown" });
  const title = h("h2", { id: "pynn-output" }, t("output"));

  function drawMap() {
    const { frame, colours } = app;
    if (!frame?.arrays.surface) return;
    const { kind } = frame.surface;
    map.hidden = app.data?.features.length === 1;        // one feature: the curve is enough
    if (kind === "classes") paint(map, frame.arrays.surface, colours.classes, frame.arrays.leader);
    else paint(map, frame.arrays.surface, kind === "values" ? colours.values : colours.surface);
  }

  /* The examples: drawn when they change, not with every frame. */
  function drawPoints() {
    if (!app.data || !plane.clientWidth) return;
    const width = plane.clientWidth, height = plane.clientHeight, context = fitted(points, width, height);
    context.clearRect(0, 0, width, height);
    drawExamples(context, app, projection(app, width, height));
    drawMarks();
  }

  /* What changes with the network: the border, the wrong ones, and the example that is looked at. */
  function drawMarks() {
    if (!app.data || !points.width) return;
    const ratio = window.devicePixelRatio || 1, width = points.width / ratio, height = points.height / ratio, context = fitted(marks, width, height);
    context.clearRect(0, 0, width, height);
    const to = projection(app, width, height);
    if (app.data.features.length > 1) drawBorder(context, app, to);
    else drawCurve(context, app, to);
    drawWrong(context, app, to);
  }

  function draw() {
    drawMap();
    drawPoints();
  }

  function drawScale() {
    const surface = app.frame?.surface, names = app.classNames;
    if (!surface) return;
    shown.lastChild.hidden = surface.kind === "values";        // no value is wrong, only more or less near
    scale.hidden = surface.kind === "values" && app.data?.features.length === 1;
    const key = JSON.stringify([surface.kind, short(surface.low), short(surface.high), names, app.theme, app.state.names]);
    if (scale.dataset.built === key) return;
    scale.dataset.built = key;
    if (surface.kind === "classes") {
      refill(scale, h("div", { class: "row legend" }, names.map((name, k) => h("span", { class: "small" }, mark(app, k), name))));
      return;
    }
    const bar = h("canvas", { "aria-hidden": "true" });
    paint(bar, { shape: [1, 255], values: Uint8Array.from({ length: 255 }, (_, k) => k) }, surface.kind === "values" ? app.colours.values : app.colours.surface);
    const ends = surface.kind === "values" ? [short(surface.low), short(surface.high)] : [[mark(app, 0), names[0] ?? "0"], [names[1] ?? "1", mark(app, 1)]];
    refill(scale, h("span", {}, ends[0]), bar, h("span", {}, ends[1]));
  }

  plane.addEventListener("click", (event) => {
    const box = plane.getBoundingClientRect();
    pick(app, event.clientX - box.left, event.clientY - box.top, projection(app, box.width, box.height));
  });
  plane.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by || !app.data) return;
    event.preventDefault();
    const index = app.data.arrays.index.values, at = index.indexOf(app.state.view.example);
    app.tellTo("view", { example: index[(at + by + index.length) % index.length] });
  });

  function state() {
    plane.classList.toggle("adding", Boolean(app.hand));
    const { features } = app.state.names, chosen = app.state.view.features, softmax = app.state.network.sizes.at(-1);
    const key = JSON.stringify([features, chosen]);
    if (axes.dataset.built === key) { drawScale(); return; }
    axes.dataset.built = key;
    axes.hidden = features.length < 3 && softmax < 2;
    const pickAxis = (k, value) => {
      const next = [...app.state.view.features], other = 1 - k;
      if (next[other] === value) next[other] = next[k];
      next[k] = value;
      app.tellTo("view", { features: next });
    };
    refill(axes, features.length < 3 ? null : ["x", "y"].map((axis, k) => choice(t(`axis_${axis}`), features.map((name, i) => [i + 1, name]), chosen[k],
      (value) => pickAxis(k, Number(value)), `axis-${axis}`)));
    drawScale();
  }
  refill(shown, ["train", "test", "wrong"].map((what) => tick(t(`show_${what}`), app.shown[what], (on) => { app.shown[what] = on; drawPoints(); })));
  new ResizeObserver(draw).observe(plane);
  app.on("frame", () => { drawMap(); drawMarks(); drawScale(); });
  app.on("data", () => { drawPoints(); });
  app.on("state", () => { state(); drawPoints(); });
  app.on("hand", () => plane.classList.toggle("adding", Boolean(app.hand)));
  app.on("theme", () => { draw(); drawScale(); });
  state();
  return h("div", { class: "surface-part" }, h("header", { class: "apart" }, title, shown), plane, scale, axes);
}

function mark(app, k) {
  const dot = h("i", { class: "dot" });
  dot.style.color = app.colours.points[k % app.colours.points.length];
  return dot;
}

/* From the plane's coordinates to pixels, and back. */
function projection(app, width, height) {
  const [x0, x1, y0, y1] = app.data.extent;
  return {
    x: (x) => (x - x0) / (x1 - x0) * width, y: (y) => height - (y - y0) / (y1 - y0) * height,
    back: (x, y) => [x0 + x / width * (x1 - x0), y0 + (height - y) / height * (y1 - y0)],
    width, height,
  };
}

/* The line where the probability is one half, by marching squares over the map. */
function drawBorder(context, app, to) {
  const { frame } = app, map = frame?.arrays.surface;
  if (!map || frame.surface.kind !== "probability") return;
  const [high, wide] = map.shape, bytes = map.values, level = 127;
  const x = (column) => column / (wide - 1) * to.width, y = (row) => to.height - row / (high - 1) * to.height;
  context.beginPath();
  for (let row = 0; row < high - 1; row += 1) {
    for (let column = 0; column < wide - 1; column += 1) {
      const k = row * wide + column, corners = [bytes[k], bytes[k + 1], bytes[k + wide + 1], bytes[k + wide]];
      const above = corners.map((byte) => byte > level);
      if (above.every((is) => is === above[0]) || corners.includes(255)) continue;
      const places = [[column, row, column + 1, row], [column + 1, row, column + 1, row + 1], [column + 1, row + 1, column, row + 1], [column, row + 1, column, row]];
      let pen = false;
      places.forEach(([c0, r0, c1, r1], side) => {
        const from = corners[side], until = corners[(side + 1) % 4];
        if (above[side] === above[(side + 1) % 4]) return;
        const part = (level + 0.5 - from) / (until - from), px = x(c0 + (c1 - c0) * part), py = y(r0 + (r1 - r0) * part);
        if (pen) context.lineTo(px, py); else context.moveTo(px, py);
        pen = !pen;
      });
    }
  }
  context.strokeStyle = app.colours.ink;
  context.lineWidth = 1.4;
  context.stroke();
}

/* One feature: the output as a curve over it. */
function drawCurve(context, app, to) {
  const line = app.frame?.arrays.line?.values;
  if (!line) return;
  context.beginPath();
  line.forEach((value, k) => context.lineTo(k / (line.length - 1) * to.width, to.y(value)));
  context.strokeStyle = app.colours.test;
  context.lineWidth = 3;
  context.stroke();
}

function drawExamples(context, app, to) {
  const { data, colours, shown } = app, { points, targets, test } = data.arrays;
  const n = targets.values.length, size = n > 600 ? 2.9 : 3.6;
  const groups = new Map();
  for (let k = 0; k < n; k += 1) {
    const isTest = test.values[k] === 1;
    if (isTest ? !shown.test : !shown.train) continue;
    const key = data.features.length === 1 && data.kind === "values" ? colours.positive : data.kind === "values" ? valueColour((targets.values[k] - data.low) / (data.high - data.low || 1)) : colours.points[targets.values[k] % colours.points.length];
    const name = `${key}|${isTest}|${targets.values[k]}`;
    if (!groups.has(name)) groups.set(name, { key, isTest, odd: data.kind === "classes" && targets.values[k] % 2 === 1, members: [] });
    groups.get(name).members.push(k);
  }
  for (const { key, isTest, odd, members } of groups.values()) {
    const values = data.kind === "values" && data.features.length > 1;
    context.beginPath();
    for (const k of members) shape(context, to.x(points.values[2 * k]), to.y(points.values[2 * k + 1]), isTest ? size + 0.6 : size, odd);
    context.fillStyle = isTest ? (values ? colours.ink : colours.card) : key;
    context.strokeStyle = isTest ? key : values ? colours.card : colours.halo;
    context.lineWidth = values ? 1.4 : isTest ? 1.6 : 0.7;
    context.fill();
    context.stroke();
  }
}

function drawWrong(context, app, to) {
  const { data, frame, colours, shown } = app, { points, test, index } = data.arrays, n = index.values.length;
  const wrong = frame?.arrays.wrong?.values;
  if (wrong && shown.wrong && wrong.length === n) {
    context.beginPath();
    for (let k = 0; k < n; k += 1) {
      if (!wrong[k] || (test.values[k] ? !shown.test : !shown.train)) continue;
      const x = to.x(points.values[2 * k]), y = to.y(points.values[2 * k + 1]);
      context.moveTo(x + 6.5, y);
      context.arc(x, y, 6.5, 0, 7);
    }
    const many = wrong.reduce((sum, is) => sum + is, 0) > 100;
    context.strokeStyle = colours.ink;
    context.globalAlpha = many ? 0.55 : 1;
    context.lineWidth = many ? 0.9 : 1.2;
    context.stroke();
    context.globalAlpha = 1;
  }
  const at = index.values.indexOf(app.state.view.example);
  if (at >= 0) target(context, to.x(points.values[2 * at]), to.y(points.values[2 * at + 1]), colours);
  else if (app.state.view.point) target(context, to.x(app.state.view.point[data.features[0] - 1]), to.y(app.state.view.point[(data.features[1] ?? 1) - 1]), colours);
}

/* Circles for even classes, triangles for odd ones: colour is not the only difference. */
function shape(context, x, y, size, odd) {
  if (odd) {
    context.moveTo(x, y - size * 1.25);
    context.lineTo(x + size * 1.15, y + size * 0.85);
    context.lineTo(x - size * 1.15, y + size * 0.85);
    context.closePath();
  } else {
    context.moveTo(x + size, y);
    context.arc(x, y, size, 0, 7);
  }
}

function target(context, x, y, colours) {
  for (const [style, width] of [[colours.card, 5], [colours.ink, 2.2]]) {
    context.beginPath();
    context.arc(x, y, 9, 0, 7);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 9 * dx, y + 9 * dy);
      context.lineTo(x + 14 * dx, y + 14 * dy);
    }
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }
}

/* A click: add a point, remove one, look at an example, or at the place itself where there is no example. */
function pick(app, px, py, to) {
  const { points, index } = app.data.arrays;
  let best = -1, least = 14 * 14;
  for (let k = 0; k < index.values.length; k += 1) {
    const distance = (to.x(points.values[2 * k]) - px) ** 2 + (to.y(points.values[2 * k + 1]) - py) ** 2;
    if (distance < least) { least = distance; best = k; }
  }
  const [x, y] = to.back(px, py);
  if (app.hand?.kind === "add") app.tellTo("add_points", { points: [[x, y, app.data.features.length > 1 ? app.hand.target : y].slice(0, app.data.features.length > 1 ? 3 : 2)] });
  else if (app.hand?.kind === "remove") { if (best >= 0) app.tellTo("remove_points", { index: [index.values[best]] }); }
  else if (best >= 0) app.tellTo("view", { example: index.values[best] });
  else if (app.data.features.length > 1) {
    const at = [...app.state.view.held];
    at[app.data.features[0] - 1] = x;
    at[app.data.features[1] - 1] = y;
    app.tellTo("view", { x: at });
  }
}
