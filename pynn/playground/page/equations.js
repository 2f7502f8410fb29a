// The engine's equations: MathML that explain has made, without its style attributes, which the page's policy forbids.

import { h } from "./dom.js";

function parsed(html) {
  const bare = html.replace(/ style="[^"]*"/g, "").replace(/ open="open"/g, "");
  const nodes = [...new DOMParser().parseFromString(bare, "text/html").body.childNodes].map((node) => document.importNode(node, true));
  for (const node of nodes) {
    for (const math of node.querySelectorAll?.("math") ?? []) {
      const box = math.parentElement;
      box.classList.add("formula");
      box.tabIndex = 0;                 // it scrolls: the arrow keys must reach it
      box.setAttribute("role", "group");
    }
  }
  return nodes;
}

/* Sections of explain as elements; a copy of their text is in each. */
export function sectionsOf(sections) {
  return sections.map(({ title, html }) => h("section", {}, h("h3", {}, title), parsed(html)));
}

export const textOf = (title, sections) => [title, ...sections.map((section) => `\n${section.title}\n${section.text}`)].join("\n");
