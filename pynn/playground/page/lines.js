// The weights as lines from unit to unit: blue and whole for positive, orange and dashed for negative, wider for larger.

import { fitted } from "./dom.js";

/* Where the units are in the box: asked once for every arrangement, since asking makes the browser lay out the page. */
export function placesOf(canvas, box, units) {
  const origin = box.getBoundingClientRect(), width = box.scrollWidth, height = box.clientHeight;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const columns = units.map((column) => column.map((unit) => {
    const rect = unit.getBoundingClientRect();
    return { left: rect.left - origin.left, right: rect.right - origin.left, middle: rect.top - origin.top + rect.height / 2 };
  }));
  return { width, height, columns };
}

/* Draws all lines and returns them for lineAt: {key, layer, unit, input, x0, y0, x1, y1}. */
export function drawLines(canvas, { width, height, columns }, { theta, offsets, sizes, relative, colours, hovered, chosen, lit }) {
  const context = fitted(canvas, width, height);
  const largest = relative ? theta.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 1e-300) : 1;
  const lines = [];
  context.clearRect(0, 0, width, height);
  context.lineCap = "butt";
  for (let l = 1; l < sizes.length; l += 1) {
    const many = sizes[l] * sizes[l - 1] > 200;
    for (let i = 0; i < sizes[l]; i += 1) {
      for (let j = 0; j < sizes[l - 1]; j += 1) {
        const value = theta[offsets[l - 1].W + i * sizes[l - 1] + j] / largest;
        const size = Math.abs(value), from = columns[l - 1][j], to = columns[l][i];
        const line = { key: `${l}.${i + 1}.${j + 1}`, layer: l, unit: i + 1, input: j + 1, x0: from.right, y0: from.middle, x1: to.left, y1: to.middle };
        lines.push(line);
        const wide = (many ? 3 : 6) * (relative ? size : 1 - Math.exp(-0.8 * size));
        const near = hovered === line.key || (chosen && chosen.layer === l && chosen.unit === i + 1) || (chosen && chosen.layer === l - 1 && chosen.unit === j + 1) || lit?.layer === l;
        if (wide < 0.25 && !near) continue;
        context.strokeStyle = Number.isFinite(value) ? (value < 0 ? colours.negative : colours.positive) : colours.soft;
        context.lineWidth = Math.max(near ? 1.5 : 0.6, wide) + (hovered === line.key ? 2 : 0);
        context.globalAlpha = near ? 1 : (chosen || lit ? 0.3 : Math.min(0.9, 0.35 + size));
        context.setLineDash(value < 0 ? [6, 3] : []);
        const bend = (line.x1 - line.x0) * 0.45;
        context.beginPath();
        context.moveTo(line.x0, line.y0);
        context.bezierCurveTo(line.x0 + bend, line.y0, line.x1 - bend, line.y1, line.x1, line.y1);
        context.stroke();
      }
    }
  }
  context.globalAlpha = 1;
  return lines;
}

/* The line under a point, or null. */
export function lineAt(lines, x, y, reach = 7) {
  let best = null, least = reach * reach;
  for (const line of lines) {
    if (x < line.x0 - reach || x > line.x1 + reach || y < Math.min(line.y0, line.y1) - reach || y > Math.max(line.y0, line.y1) + reach) continue;
    const bend = (line.x1 - line.x0) * 0.45;
    for (let k = 1; k < 24; k += 1) {
      const s = k / 24, r = 1 - s, a = r * r * r, b = 3 * r * r * s, c = 3 * r * s * s, d = s * s * s;
      const px = a * line.x0 + b * (line.x0 + bend) + c * (line.x1 - bend) + d * line.x1, py = (a + b) * line.y0 + (c + d) * line.y1;
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) { least = distance; best = { ...line, x: px, y: py }; }
    }
  }
  return best;
}
