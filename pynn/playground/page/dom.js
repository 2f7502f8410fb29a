// Elements from JavaScript: no HTML text is ever parsed, so nothing that a file or an address says becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/* h("button", {class: "quiet", onclick: f}, "text", child): properties that begin with "on" are listeners, null is left out. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else if (name === "checked") element.checked = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/* Drawings of 20 × 20, stroked in the colour of the text. */
const ICONS = {
  play: "M6 4.2v11.6c0 .6.7 1 1.2.7l9-5.8c.5-.3.5-1 0-1.4l-9-5.8C6.7 3.2 6 3.6 6 4.2z",
  pause: "M6 4h2.5v12H6zM11.5 4H14v12h-2.5z",
  restart: "M4.2 4v4.2h4.2M4.5 8A6.2 6.2 0 1 1 3.8 11",
  back: "M14.5 5L9 10l5.5 5zM6 5v10",
  forward: "M5.5 5L11 10l-5.5 5zM14 5v10",
  batch: "M3 5h5v4H3zM3 11h5v4H3zM12 6l4 4-4 4",
  example: "M6 10m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M12 6l4 4-4 4",
  dice: "M4 4h12v12H4zM7.5 7.5h.01M12.5 7.5h.01M7.5 12.5h.01M12.5 12.5h.01M10 10h.01",
  plus: "M10 5v10M5 10h10",
  minus: "M5 10h10",
  share: "M10 12V3M6.5 6L10 2.8 13.5 6M5 9H3.8v8h12.4V9H15",
  copy: "M7 7h9v9H7zM4 13V4h9",
  close: "M5 5l10 10M15 5L5 15",
  sun: "M10 7a3 3 0 1 0 .01 0zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4",
  moon: "M15.5 12.2A6.5 6.5 0 0 1 7.8 4.5a6.5 6.5 0 1 0 7.7 7.7z",
  more: "M4 6h12M4 10h12M4 14h12",
  check: "M4.5 10.5l3.5 3.5 7.5-8",
  file: "M5 2.8h6.5L15 6.3v10.9H5zM11.5 2.8v3.5H15",
};
const SOLID = new Set(["play", "pause"]);

export function icon(name) {
  const solid = SOLID.has(name);
  return svg("svg", { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true", class: "icon" },
    svg("path", { d: ICONS[name], fill: solid ? "currentColor" : "none", stroke: solid ? "none" : "currentColor",
      "stroke-width": name === "dice" ? 1.6 : 1.7, "stroke-linecap": "round", "stroke-linejoin": "round" }));
}

/* A canvas whose pixels are those of the screen; returns its context, scaled so that one unit is a CSS pixel. */
export function fitted(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const wide = Math.round(width * ratio), high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

const sizes = new WeakMap();
const watcher = new ResizeObserver((entries) => { for (const { target } of entries) sizes.set(target, [target.clientWidth, target.clientHeight]); });

/* The size of an element in CSS pixels, remembered: to ask the browser in every frame would make it lay out the page. */
export function sizeOfBox(element) {
  if (!sizes.has(element)) {
    if (element.clientWidth) sizes.set(element, [element.clientWidth, element.clientHeight]);
    watcher.observe(element);
  }
  return sizes.get(element) ?? [0, 0];
}

export function download(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/* True when the text is on the clipboard; where the browser refuses, a hidden field is copied from. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = h("textarea", { class: "offscreen", value: text });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
