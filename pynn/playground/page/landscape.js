// The loss around θ, over a plane through the path of the training.

import { fitted, h } from "./dom.js";
import { t, short } from "./words.js";
import { button, choice, refill } from "./controls.js";
import { valueColour } from "./colours.js";

export function landscapePanel(app) {
  const canvas = h("canvas", { class: "landscape", role: "img", "aria-label": t("landscape.label") }), status = h("p", { class: "soft" });
  const plane = choice(t("landscape.plane"), ["path", "random"].map((of) => [of, t(`landscape.${of}`)]), "path", () => {}, "landscape-plane");
  const key = h("div", { class: "scale" });
  const start = button(t("landscape.start"), async () => {
    if (await app.tellTo("landscape", { plane: plane.select.value })) status.textContent = t("working");
  }, { class: "strong", "data-key": "start-landscape" });
  const stop = button(t("stop"), () => app.tellTo("cancel", { task: "landscape" }), { hidden: true });

  function show() {
    const now = app.landscape;
    if (!now || !canvas.clientWidth) return;
    const { losses, s, t: t_, path } = now.arrays, n = losses.shape[0];
    stop.hidden = now.done;
    status.textContent = now.done ? t("landscape.done", { low: short(now.levels.low), high: short(now.levels.high) }) : t("landscape.rows", { rows: now.rows, of: n });
    const width = canvas.clientWidth, height = canvas.clientHeight, context = fitted(canvas, width, height), picture = h("canvas", { width: n, height: n });
    context.clearRect(0, 0, width, height);
    const scale = (x) => (now.levels.log ? Math.log(Math.max(x, 1e-300)) : x), low = scale(now.levels.low), high = scale(now.levels.high);
    const ink = picture.getContext("2d");
    let infinite = false;
    for (let row = 0; row < n; row += 1) {
      for (let column = 0; column < n; column += 1) {
        const loss = losses.values[row * n + column];
        if (Number.isNaN(loss) && row >= now.rows) continue;
        if (!Number.isFinite(loss)) infinite = true;
        ink.fillStyle = !Number.isFinite(loss) ? "#9a9a9a" : valueColour((scale(loss) - low) / (high - low || 1));
        ink.fillRect(column, n - 1 - row, 1, 1);
      }
    }
    context.drawImage(picture, 0, 0, width, height);
    const x = (value) => (value - s.values[0]) / (s.values[n - 1] - s.values[0]) * width, y = (value) => height - (value - t_.values[0]) / (t_.values[n - 1] - t_.values[0]) * height;
    drawPath(context, path, x, y);
    if (now.done && infinite) status.textContent += ` ${t("landscape.infinite")}`;
    refill(key, h("span", {}, short(now.levels.low)), bar(), h("span", {}, short(now.levels.high)));
  }

  app.on("landscape", show);
  app.on("tab", (name) => { if (name === "landscape") show(); });
  new ResizeObserver(show).observe(canvas);
  return h("div", { class: "split" }, h("div", { class: "side" }, h("p", {}, t("landscape.what")), plane, h("div", { class: "row" }, start, stop), status, key), canvas);
}

function drawPath(context, path, x, y) {
  const n = path.shape[0];
  for (const [style, width] of [["rgb(0 0 0 / 65%)", 4], ["#ffffff", 1.8]]) {
    context.beginPath();
    for (let k = 0; k < n; k += 1) context.lineTo(x(path.values[2 * k]), y(path.values[2 * k + 1]));
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }
  for (const [k, radius] of [[0, 4], [n - 1, 6]]) {
    if (k < 0) continue;
    context.beginPath();
    context.arc(x(path.values[2 * k]), y(path.values[2 * k + 1]), radius, 0, 7);
    context.fillStyle = k === 0 ? "#000000" : "#e69f00";
    context.fill();
    context.strokeStyle = "#ffffff";
    context.lineWidth = 1.5;
    context.stroke();
  }
}

function bar() {
  const canvas = h("canvas", { width: 100, height: 1, "aria-hidden": "true" }), context = canvas.getContext("2d");
  for (let k = 0; k < 100; k += 1) {
    context.fillStyle = valueColour(k / 99);
    context.fillRect(k, 0, 1, 1);
  }
  return canvas;
}
