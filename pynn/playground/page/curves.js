// Loss and accuracy (or R²) over the epochs, for the training and the test set, and the confusion matrix.

import { fitted, h, sizeOfBox } from "./dom.js";
import { t, grouped, percent, short } from "./words.js";
import { refill } from "./controls.js";

export function scores(app) {
  const cells = {}, box = h("table", { class: "scores" });
  const cell = (key) => (cells[key] = h("td", { "data-score": key }, "–"));
  let metric = null;
  function frame(now) {
    if (metric !== app.state.names.metric) {
      metric = app.state.names.metric;
      refill(box, h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, swatch("train"), t("training_set")), h("th", { scope: "col" }, swatch("test"), t("test_set")))),
        h("tbody", {}, ["loss", metric].map((name) => h("tr", {}, h("th", { scope: "row" }, t(name)), cell(`train-${name}`), cell(`test-${name}`)))));
    }
    const text = (name, value) => (name === "accuracy" ? percent(value) : short(value));
    for (const name of ["loss", metric]) {
      cells[`train-${name}`].textContent = text(name, now.metrics.train[name]);
      cells[`test-${name}`].textContent = now.metrics.test ? text(name, now.metrics.test[name]) : "–";
    }
  }
  app.on("frame", frame);
  if (app.frame) frame(app.frame);
  return box;
}

function swatch(of) {
  return h("i", { class: `swatch ${of}` });
}

export function curvesPanel(app) {
  const parts = ["loss", "score"].map((what) => {
    const canvas = h("canvas", { role: "img" }), name = h("span", {}), range = h("span", { class: "range" });
    return { what, canvas, name, range, element: h("figure", { class: "curve" }, h("figcaption", { class: "name" }, name, range), canvas) };
  });
  const log = h("button", { type: "button", class: "log plain", "aria-pressed": Boolean(app.logLoss), title: t("log_scale"), "data-key": "log", onclick: () => {
    app.logLoss = !app.logLoss;
    log.setAttribute("aria-pressed", app.logLoss);
    draw();
  } }, "log");
  parts[0].name.after(log);
  function draw() {
    const { frame, colours } = app, record = frame?.arrays.curves;
    if (!frame) return;
    for (const { what, canvas, name, range } of parts) {
      const metric = what === "loss" ? "loss" : app.state.names.metric;
      name.textContent = t(metric);
      const find = (key) => {
        const row = frame.curves.names.indexOf(key);
        return record && row >= 0 && row < record.shape[0] ? record.values.subarray(row * record.shape[1], (row + 1) * record.shape[1]) : null;
      };
      const drawn = drawCurves(canvas, find("epoch"), [[find(metric), colours.train, []], [find(`val_${metric}`), colours.test, [4, 3]]], frame, colours, metric, { log: what === "loss" && app.logLoss });
      range.textContent = drawn ? `${short(drawn[0])}\u2009–\u2009${short(drawn[1])}` : "";
      canvas.setAttribute("aria-label", t("curve_label", { what: t(metric), epoch: frame.epoch, value: short(frame.metrics.train[metric]) }));
    }
  }
  app.on("frame", draw);
  app.on("theme", draw);
  for (const { canvas } of parts) new ResizeObserver(draw).observe(canvas);
  return h("div", { class: "curves" }, parts.map(({ element }) => element));
}

/* Draws the curves; what lies after the present moment is paler. Returns the least and the greatest value. `axes`: with numbers. */
export function drawCurves(canvas, epochs, lines, frame, colours, metric, { log = false, axes = false } = {}) {
  const [width, height] = sizeOfBox(canvas);
  if (!width) return null;
  const context = fitted(canvas, width, height);
  const left = axes ? 48 : 0, under = axes ? 20 : 0;         // room for the numbers
  context.clearRect(0, 0, width, height);
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, 0.5, width - left - 1, height - under - 1);
  if (!epochs || epochs.length === 0) return null;
  let low = Infinity, high = -Infinity;
  for (const [values] of lines) {
    for (const value of values ?? []) {
      if (Number.isFinite(value)) { low = Math.min(low, value); high = Math.max(high, value); }
    }
  }
  if (low > high) return null;
  const scale = (value) => (log ? Math.log(Math.max(value, 1e-300)) : value);
  const bottom = log ? scale(low) : metric === "loss" ? Math.min(0, low) : metric === "accuracy" ? Math.min(0.5, low) : low, top = metric === "accuracy" ? Math.max(1, high) : scale(high);
  const last = Math.max(1, epochs[epochs.length - 1], frame?.furthest ?? 0);
  const x = (epoch) => left + 1 + epoch / last * (width - left - 2), y = (value) => height - under - 4 - (scale(value) - bottom) / (top - bottom || 1) * (height - under - 8);
  if (axes) drawAxes(context, colours, { xs: ticks(0, last, Math.min(6, width / 90)), ys: ticks(bottom, top, 4), x, y, left, right: width, foot: height - under });
  const upto = frame?.curves?.upto ?? epochs.length;
  for (const [values, colour, dashes] of lines) {
    if (!values) continue;
    for (const [from, until, alpha] of [[0, upto, 1], [Math.max(0, upto - 1), epochs.length, 0.28]]) {
      if (until - from < 1) continue;
      context.beginPath();
      let before = left - 1;          // one point a pixel is enough
      for (let k = from; k < until; k += 1) {
        const at = x(epochs[k]);
        if (!Number.isFinite(values[k]) || (at - before < 0.75 && k + 1 < until)) continue;
        context.lineTo(at, y(values[k]));
        before = at;
      }
      if (epochs.length === 1) context.arc(x(epochs[0]), y(values[0]), 2, 0, 7);        // a line through one point is invisible
      context.strokeStyle = colour;
      context.globalAlpha = alpha;
      context.lineWidth = 1.6;
      context.setLineDash(dashes);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
  if (frame && frame.epoch < last) {
    context.fillStyle = colours.soft;
    context.fillRect(x(frame.epoch) - 0.5, 0, 1, height);
  }
  return [low, high];
}

/* A few round numbers from low to high. */
function ticks(low, high, most) {
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((one) => one * power >= rough) * power;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high + 1e-9 * step; k += 1) found.push(k * step);
  return found;
}

function drawAxes(context, colours, { xs, ys, x, y, left, right, foot }) {
  context.fillStyle = colours.soft;
  context.font = "11px system-ui, sans-serif";
  context.strokeStyle = colours.line;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const value of ys) {
    context.fillText(short(value), left - 6, Math.min(y(value), foot - 5));
    context.beginPath();
    context.moveTo(left, Math.round(y(value)) + 0.5);
    context.lineTo(right, Math.round(y(value)) + 0.5);
    context.stroke();
  }
  context.textBaseline = "top";
  for (const epoch of xs.filter(Number.isInteger)) {
    context.textAlign = x(epoch) > right - 20 ? "right" : epoch === 0 ? "left" : "center";
    context.fillText(grouped(epoch), x(epoch), foot + 6);
  }
}

export function confusion(app) {
  const box = h("details", { class: "confusion-part" });
  const table = h("div", { class: "wide" });
  let of = "test";
  function draw() {
    const { frame } = app, matrices = frame?.metrics;
    const matrix = matrices?.[of]?.confusion ?? matrices?.train?.confusion;
    box.hidden = !matrix;
    if (!matrix || !box.open) return;
    const names = app.classNames, largest = Math.max(1, ...matrix.flat());
    refill(table, h("table", { class: "grid confusion" },
      h("caption", { class: "small soft" }, t(matrices[of]?.confusion ? "confusion_test" : "confusion_train")),
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "colgroup", colspan: names.length }, t("predicted"))),
        h("tr", {}, h("th", { scope: "col" }, t("actual")), names.map((name) => h("th", { scope: "col", title: name }, name)))),
      h("tbody", {}, matrix.map((row, i) => h("tr", {}, h("th", { scope: "row", title: names[i] }, names[i] ?? i), row.map((count, j) => {
        const cell = h("td", { class: i === j ? "right" : count ? "not-right" : "" }, grouped(count));
        cell.style.setProperty("--part", `${Math.round(60 * count / largest)}%`);
        return cell;
      }))))));
  }
  app.on("frame", draw);
  box.addEventListener("toggle", draw);
  box.append(h("summary", { class: "small" }, t("confusion")), table);
  return box;
}
