// Why not? What diagnose finds in the network that is running, and a button where the remedy is a setting.

import { h } from "./dom.js";
import { t, wordOr } from "./words.js";
import { button, refill } from "./controls.js";

export function whyPanel(app) {
  const result = h("div", { class: "findings" });
  let epoch = null;                     // that the findings are of
  async function examine() {
    epoch = app.frame.epoch;
    result.classList.remove("past");
    refill(result, h("p", { class: "soft" }, t("working")));
    const found = await app.tellTo("diagnose");
    if (!found) { refill(result); return; }
    const fixes = new Set();            // a remedy for several layers has one button
    const isNew = (fix) => fix && !fixes.has(JSON.stringify(fix.command)) && fixes.add(JSON.stringify(fix.command));
    const words = found.ok ? t("why.nothing") : t("why.found", { n: found.findings.length });
    app.tell("said", words);
    refill(result, h("p", { class: found.ok ? "good" : "" }, `${t("of_epoch", { epoch })} ${words}`), found.findings.map((one) => h("article", { class: `finding ${one.level ?? ""}` },
      h("h3", {}, t(`finding.${one.kind}`), one.layer ? ` · ${t("layer_n", { n: one.layer })}` : ""),
      h("p", {}, one.numbers), h("p", { class: "soft" }, one.cause), h("p", {}, one.remedy),
      isNew(one.fix) ? h("div", { class: "row" }, button(wordOr(`fix.${one.kind}`, one.fix.label, { value: one.fix.command.setting?.training?.learning_rate }), async () => {
        const { command, ...fields } = one.fix.command;
        if (await app.tellTo(command, fields)) app.tell("said", t("why.done"));
      }, { class: "strong" })) : null)));
  }
  app.on("frame", (now) => result.classList.toggle("past", epoch !== null && now.epoch !== epoch));
  return h("div", { class: "stack" }, h("p", {}, t("why.what")), h("div", { class: "row" }, button(t("why.examine"), examine, { class: "strong", "data-key": "examine" })), result);
}
