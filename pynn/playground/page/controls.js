// Controls that are the same in every panel. Each returns its element; `show` of some sets what it shows without an event.

import { h, icon } from "./dom.js";
import { t } from "./words.js";

export function iconButton(name, label, onclick, attributes = {}) {
  return h("button", { type: "button", "aria-label": label, title: label, onclick, ...attributes, class: `square ${attributes.class ?? ""}` }, icon(name));
}

export function button(label, onclick, attributes = {}) {
  return h("button", { type: "button", onclick, ...attributes }, label);
}

/* A name over a control. */
export function field(name, control, value = null) {
  return h("label", { class: "field" }, h("span", { class: "name" }, h("span", {}, name), value), control);
}

/* options: [[value, text], …] */
export function choice(name, options, value, change, key) {
  const select = h("select", { "data-key": key, onchange: () => change(select.value) },
    options.map(([option, text]) => h("option", { value: option }, text)));
  select.value = value;
  return Object.assign(field(name, select), { show: (now) => { select.value = now; }, select });
}

/* A slider with its number; `positions` (optional) are the values that it can take, one a stop. */
export function slider(name, { low, high, step, value, positions = null, text = String }, change) {
  const at = (now) => (positions ? nearest(positions, now) : now);
  const of = (position) => (positions ? positions[position] : Number(position));
  const output = h("output", {}, text(value));
  const input = h("input", { type: "range", min: positions ? 0 : low, max: positions ? positions.length - 1 : high, step: positions ? 1 : step });
  const show = (now) => {
    input.value = at(now);
    output.value = text(now);
    input.setAttribute("aria-valuetext", text(now));
  };
  input.addEventListener("input", () => {
    output.value = text(of(input.value));
    input.setAttribute("aria-valuetext", output.value);
    change(of(input.value));
  });
  show(value);
  return Object.assign(field(name, input, output), { show: (now) => { if (document.activeElement !== input || !input.matches(":active")) show(now); }, input });
}

function nearest(positions, value) {
  let best = 0;
  positions.forEach((position, k) => {
    if (Math.abs(Math.log((position || 1e-9) / (value || 1e-9))) < Math.abs(Math.log((positions[best] || 1e-9) / (value || 1e-9)))) best = k;
  });
  return best;
}

/* A number that is typed. An empty field is null where `empty` says what that means. `change` may return false: not taken. */
export function numberField(name, value, change, { empty = null, key = null, whole = false } = {}) {
  const input = h("input", { type: "text", inputmode: whole ? "numeric" : "decimal", placeholder: empty, "data-key": key, autocomplete: "off", spellcheck: "false" });
  let taken = value;
  const show = (now) => { taken = now; input.value = now ?? ""; input.removeAttribute("aria-invalid"); };
  const commit = async () => {
    const text = input.value.trim().replace(",", ".").replace("−", "-");
    const next = text === "" ? null : Number(text);
    if (next === taken && text !== "") return;
    if (Number.isNaN(next) || (next === null && empty === null)) {
      input.setAttribute("aria-invalid", "true");
      input.setCustomValidity(t("not_a_number"));
      input.reportValidity();
      return;
    }
    if (next !== null || taken !== null) {
      if (await change(next) === null) input.setAttribute("aria-invalid", "true");
      else { taken = next; input.removeAttribute("aria-invalid"); }
    }
  };
  input.addEventListener("input", () => input.setCustomValidity(""));
  input.addEventListener("change", commit);
  input.addEventListener("keydown", (event) => { if (event.key === "Escape") show(taken); });
  show(value);
  const made = name === null ? input : field(name, input);
  return Object.assign(made, { show: (now) => { if (document.activeElement !== input) show(now); else taken = now; }, input });
}

export function tick(name, checked, change) {
  const box = h("input", { type: "checkbox", checked, onchange: () => change(box.checked) });
  return Object.assign(h("label", { class: "tick" }, box, name), { show: (now) => { box.checked = now; }, box });
}

/* Exactly one of several holds; arrow keys move among them, as among radio buttons. */
export function radios(label, className, options, value, change) {
  const group = h("div", { class: className, role: "radiogroup", "aria-label": label });
  const buttons = options.map(({ value: option, content, title }) => h("button", {
    type: "button", role: "radio", title, "data-value": option, onclick: () => pick(option),
  }, content));
  const show = (now) => buttons.forEach((one, k) => {
    const holds = options[k].value === now;
    one.setAttribute("aria-checked", holds);
    one.tabIndex = holds || (k === 0 && !options.some((option) => option.value === now)) ? 0 : -1;
  });
  const pick = (option) => { show(option); change(option); };
  group.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = buttons.indexOf(document.activeElement);
    if (!by || at < 0) return;
    event.preventDefault();
    const next = (at + by + buttons.length) % buttons.length;
    buttons[next].focus();
    pick(options[next].value);
  });
  group.append(...buttons);
  show(value);
  return Object.assign(group, { show });
}

/* Fill a box again; what had the focus keeps it, known by its data-key. */
export function refill(box, ...children) {
  const key = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  box.replaceChildren(...children.flat().filter((child) => child !== null));
  if (key) box.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

export function copyButton(text, copy, announce) {
  const label = h("span", {}, t("copy"));
  return h("button", { type: "button", onclick: async () => {
    const done = await copy(text());
    label.textContent = done ? t("copied") : t("copy_failed");
    announce(label.textContent);
    setTimeout(() => { label.textContent = t("copy"); }, 1500);
  } }, icon("copy"), label);
}
