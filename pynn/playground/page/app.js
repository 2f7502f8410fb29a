// What the panels share: the last messages of the session, commands to it, and what the reader has chosen.

import { read } from "./message.js";
import { tablesOf } from "./colours.js";

const LATEST = new Set(["hello", "state", "data", "frame", "compare", "landscape", "gradients"]);

export class App {
  constructor(model) {
    this.model = model;
    this.listeners = new Map();
    this.waiting = new Map();
    this.asked = 0;
    this.language = "en";
    this.chosen = null;             // {layer, unit}
    this.hand = null;               // {kind: "add", target} or {kind: "remove"}: what a click on the plane does
    this.shown = { train: true, test: true, wrong: true };
    this.useTheme("light");
    model.on("msg:custom", (header, buffers) => this.receive(read(header, buffers)));
  }

  useTheme(theme) {
    this.theme = theme;
    this.colours = tablesOf(theme);
    this.tell("theme");
  }

  on(event, listen) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event).add(listen);
  }

  /* The panels are built again when the language changes: their listeners go first. */
  forget() {
    this.listeners.clear();
  }

  tell(event, value) {
    for (const listen of this.listeners?.get(event) ?? []) {
      try {
        listen(value);
      } catch (error) {
        reportError(error);             // one broken panel must not stop the others
      }
    }
  }

  receive(message) {
    if (message.type === "reply") {
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (!waiting) return;
      if (message.ok) waiting.resolve({ ...message.result, arrays: message.arrays });
      else waiting.reject(Object.assign(new Error(message.error.message), { field: message.error.field }));
      return;
    }
    if (LATEST.has(message.type)) this[message.type] = message;
    const acknowledge = () => message.number && this.model.send({ command: "ack", stream: message.stream, number: message.number });
    if (message.type === "frame") {
      this.show(message, acknowledge);
    } else {
      this.tell(message.type, message);
      acknowledge();
    }
  }

  /* A frame is acknowledged at once, so that the next is made while it is drawn; one that comes before that waits. */
  show(message, acknowledge) {
    if (this.drawing) {
      this.owed = acknowledge;
      return;
    }
    this.drawing = true;
    if (document.hidden) this.owed = acknowledge; else acknowledge();
    requestAnimationFrame(() => {
      this.drawing = false;
      this.tell("frame", this.frame);
      this.owed?.();
      this.owed = null;
    });
  }

  /* A command and the promise of its result; a refusal rejects with the session's sentence. */
  ask(command, fields = {}) {
    this.asked += 1;
    const id = this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.model.send({ command, id, language: this.language, ...fields });
    });
  }

  /* A command whose refusal is told to the reader; the result is null then. */
  async tellTo(command, fields = {}) {
    try {
      return await this.ask(command, fields);
    } catch (error) {
      this.tell("refused", error);
      return null;
    }
  }

  set(setting) {
    return this.tellTo("set", { setting });
  }

  choose(layer, unit) {
    this.chosen = layer === null ? null : { layer, unit };
    this.tell("chosen", this.chosen);
  }

  /* Sends only the last of many commands that come while one is under way: for sliders. */
  latest(command) {
    let busy = false, next = null;
    const go = async (fields) => {
      busy = true;
      await this.tellTo(command, fields);
      busy = false;
      if (next) {
        const fields_ = next;
        next = null;
        go(fields_);
      }
    };
    return (fields) => { if (busy) next = fields; else go(fields); };
  }

  get classNames() {
    const { names, kind } = this.state, count = this.data?.classes ?? 0;
    return kind === "classes" ? Array.from({ length: count }, (_, k) => names.labels?.[k] ?? String(k)) : [];
  }
}
