// Play, pause, steps, the way back: the transport at the top and the timeline under it.

import { h, icon } from "./dom.js";
import { t, grouped, short } from "./words.js";
import { iconButton, slider } from "./controls.js";

const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, null];

export const isRunning = (frame) => frame?.status === "playing" || frame?.status === "going";

export function transport(app) {
  const play = h("button", { type: "button", class: "play strong", "data-key": "play", onclick: () => app.tellTo(isRunning(app.frame) ? "pause" : "play") });
  const step = (unit, mark) => h("button", { type: "button", title: t(`step_${unit}_long`), "aria-label": t(`step_${unit}_long`), "data-step": unit,
    onclick: () => app.tellTo("step", { unit }) }, icon(mark), h("span", {}, t(`step_${unit}`)));
  const back = iconButton("back", t("back_one"), () => app.tellTo("go", { epoch: Math.max(0, app.frame.epoch - (app.frame.batch || app.frame.example ? 0 : 1)) }));
  let running = null;
  const frame = (now) => {
    back.disabled = now.epoch === 0 && now.batch === 0 && now.example === 0;
    if (isRunning(now) === running) return;
    running = isRunning(now);
    play.replaceChildren(icon(running ? "pause" : "play"));
    play.setAttribute("aria-label", t(running ? "pause" : "play"));
    play.title = `${t(running ? "pause" : "play")} (${t("space_key")})`;
  };
  app.on("frame", frame);
  if (app.frame) frame(app.frame);
  return h("div", { class: "transport", role: "group", "aria-label": t("time") },
    iconButton("restart", t("restart"), () => app.tellTo("restart"), { "data-key": "restart" }),
    iconButton("dice", t("another_seed"), () => app.tellTo("seed"), { "data-key": "dice" }),
    back, play,
    h("div", { class: "steps" }, step("epoch", "forward"), step("batch", "batch"), step("example", "example")));
}

export function timeline(app) {
  const epoch = h("b", { "data-epoch": "" }, "0"), within = h("span", {});
  const range = h("input", { type: "range", min: 0, step: 1, value: 0, "aria-label": t("timeline"), "data-key": "timeline" });
  const marks = h("div", { class: "marks", "aria-hidden": "true" });
  const go = app.latest("go");
  let wanted = null, until = 0;               // where the reader has put it; frames on the way there do not move it
  range.addEventListener("input", () => {
    wanted = Number(range.value);
    until = Date.now() + 10000;
    epoch.textContent = grouped(wanted);
    fill();
    go({ epoch: wanted });
  });
  const fill = () => {
    const part = 100 * range.value / Math.max(1, range.max);
    range.style.setProperty("--track", `linear-gradient(to right, var(--ink) ${part}%, var(--line) ${part}%)`);
  };
  const frame = (now) => {
    range.max = Math.max(1, now.furthest);
    range.disabled = now.furthest === 0;
    if (wanted === now.epoch || Date.now() > until) wanted = null;
    if (wanted === null && !range.matches(":active")) range.value = now.epoch;
    range.setAttribute("aria-valuetext", t("epoch_of", { epoch: now.epoch, furthest: now.furthest }));
    epoch.textContent = grouped(now.epoch);
    within.textContent = now.example ? t("at_example", { example: now.example, examples: now.examples, batch: now.batch + 1 })
      : now.batch ? t("at_batch", { batch: now.batch, batches: now.batches }) : "";
    measured.textContent = now.status === "playing" && now.epochs_per_second ? t("epochs_per_second", { n: grouped(Math.round(now.epochs_per_second)) }) : "";
    fill();
  };
  const state = () => {
    const epochs = [...new Set(app.state.events.map((event) => event.epoch))];
    marks.replaceChildren(...epochs.slice(-200).map((at) => {
      const mark = h("i", {});
      mark.style.left = `${100 * at / Math.max(1, app.frame?.furthest ?? 1)}%`;
      return mark;
    }));
    speed.show(app.state.speed);
  };
  const measured = h("span", { class: "measured" });
  const speed = slider(t("speed"), { value: app.state.speed, positions: SPEEDS, text: (n) => (n === null ? t("as_fast") : t("epochs_per_second", { n })) },
    (n) => app.tellTo("speed", { epochs_per_second: n }));
  app.on("frame", frame);
  app.on("state", state);
  state();
  if (app.frame) frame(app.frame);
  return h("section", { class: "timeline", "aria-label": t("timeline") },
    h("div", { class: "now" }, h("span", {}, t("epoch"), " "), epoch, within),
    h("div", { class: "rail" }, marks, range),
    h("div", { class: "speed" }, measured, speed));
}

/* What is said to a screen reader: on a pause or after a step, and at most every five seconds while it runs. */
export function narrator(app, say) {
  let spoken = 0, before = null;
  app.on("frame", (now) => {
    const place = `${now.epoch}.${now.batch}.${now.example}`, status = now.status;
    const changed = before !== null && (before.place !== place || before.status !== status);
    const due = !isRunning(now) || before?.status !== status || Date.now() - spoken > 5000;
    if (changed && due) {
      const metric = app.state.names.metric, { train, test } = now.metrics;
      const words = { epoch: now.epoch, loss: short(train.loss), score: short(train[metric]), metric: t(metric), test: test ? short(test[metric]) : "" };
      const where = now.example ? t("say_example", { example: now.example, examples: now.examples }) : now.batch ? t("say_batch", { batch: now.batch, batches: now.batches }) : "";
      say([now.status === "diverged" ? now.message ?? t("diverged") : t(`status_${status}`), t(test ? "say_frame_test" : "say_frame", words), where].filter(Boolean).join(" "));
      spoken = Date.now();
    }
    before = { place, status };
  });
}
