// What the page says, in the reader's language. A name without a word is shown as it is: so the engine's names always have one.

let words = {};
let fallback = {};

export function useWords(chosen, english) {
  words = chosen;
  fallback = english;
}

/* The word of a key, with its {n} filled in from values. */
export function t(key, values = {}) {
  const word = words[key] ?? fallback[key] ?? key;
  return word.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/* A word of which the session itself gives the English. */
export function wordOr(key, english, values = {}) {
  const word = t(key, values);
  return word === key ? english : word;
}

/* The name of one of the engine's choices, such as an activation. */
export function nameOf(kind, name) {
  const key = `${kind}.${name}`;
  return words[key] ?? fallback[key] ?? String(name).replaceAll("_", " ");
}

/* Numbers to be read: short and without a rounding that hides a change; all digits are in the numbers' panel. */
export function short(x) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  const size = Math.abs(x);
  if (size === Infinity) return x < 0 ? "−∞" : "∞";
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return x.toExponential(1).replace("-", "−").replace("e+", "e");
  return String(Number(x.toPrecision(3))).replace("-", "−");
}

/* A number for a small place: two decimals, or two digits of a large one. */
export function tiny(x) {
  const size = Math.abs(x);
  const text = x === 0 ? "0" : size < 99.5 ? x.toFixed(size < 9.95 ? 2 : 0) : Number.isFinite(x) && size < 9999.5 ? String(Math.round(x)) : x.toExponential(0).replace("e+", "e");
  return text.replace("-", "−");
}

export function percent(x) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  const shown = 100 * x;
  return `${shown === 100 ? "100" : Math.min(shown, 99.99).toFixed(shown >= 99.9 ? 2 : 1)} %`;
}

export function grouped(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, "\u2009");
}

export const subscript = (n) => String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
