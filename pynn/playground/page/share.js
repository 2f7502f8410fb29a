// Share, save and open: an address with setting, seed and epoch; files of the session and the model; exports and pictures.

import { copyText, download, h, icon } from "./dom.js";
import { t, nameOf, wordOr } from "./words.js";
import { button, copyButton, iconButton, refill } from "./controls.js";
import { base64 } from "./data.js";

export function shareDialog(app) {
  const link = h("div", { class: "stack" }), files = h("div", { class: "row" }), pictures = h("div", { class: "pictures" });
  const said = h("p", { class: "small", role: "status" });
  const dialog = h("dialog", { "aria-labelledby": "pynn-share" });
  const tell = (text) => { said.textContent = text; };

  async function attempt(command, fields) {
    try {
      return await app.ask(command, fields);
    } catch (error) {
      tell(error.message);
      return null;
    }
  }

  async function showLink() {
    refill(link, h("p", { class: "soft" }, t("working")));
    try {
      const { command, fragment } = await app.ask("share");
      const address = `${location.origin}${location.pathname}#${fragment}`, onServer = app.hello.host === "server";
      refill(link, onServer ? line(t("share.address"), address) : null, line(t("share.command"), command));
    } catch (error) {
      refill(link, h("p", { class: "warning" }, error.message));
    }
  }

  function line(name, text) {
    const shown = h("input", { type: "text", value: text, readonly: true, onfocus: () => shown.select() });
    return h("div", { class: "with" }, h("label", { class: "field" }, h("span", { class: "name" }, name), shown), copyButton(() => text, copyText, tell));
  }

  async function save(command, fields) {
    const result = await attempt(command, fields);
    if (!result) return;
    download(result.name, new Blob([result.arrays.file.values], { type: result.mime }));
    tell(t("share.saved", { name: result.name }));
  }

  const code = h("input", { type: "text", placeholder: t("share.code"), "aria-label": t("share.code"), autocomplete: "off", spellcheck: "false" });
  const opened = (done, what) => { if (done) { dialog.close(); app.tell("said", t("share.opened", { name: what })); } };
  const openCode = async () => { if (code.value.trim()) opened(await attempt("open", { code: code.value.trim() }), t("share.code")); };

  /* A session or a model: told apart by its name. */
  const file = h("input", { type: "file", class: "offscreen", tabindex: "-1", "aria-label": t("share.open_file"), onchange: async () => {
    const chosen = file.files[0];
    file.value = "";
    if (!chosen) return;
    const content = await base64(chosen);
    opened(await (chosen.name.endsWith(".npz") ? attempt("open_model", { name: chosen.name, content }) : attempt("open_session", { content })), chosen.name);
  } });

  refill(files, app.hello.choices.exports.map(({ format, label }) => button(wordOr(`export.${format}`, label), () => save("export", { format }), { "data-export": format })));
  refill(pictures, app.hello.choices.pictures.map(({ name, formats }) => h("div", { class: "with" }, h("span", {}, nameOf("picture", name)),
    h("div", { class: "row" }, formats.map((format) => button(format.toUpperCase(), () => save("picture", { name, format }), { "data-picture": `${name}.${format}`, "aria-label": `${nameOf("picture", name)} ${format.toUpperCase()}` }))))));
  const part = (title, ...content) => h("section", { class: "stack" }, h("h3", {}, title), ...content);
  dialog.append(h("div", { class: "stack" },
    h("div", { class: "apart" }, h("h2", { id: "pynn-share" }, t("share.title")), iconButton("close", t("close"), () => dialog.close(), { class: "plain" })),
    part(t("share.link"), h("p", { class: "small soft" }, t("share.link_what")), link),
    part(t("share.save"), files), part(t("share.pictures"), pictures),
    part(t("share.open"), h("div", { class: "row" }, code, button(t("share.open_code"), openCode), h("button", { type: "button", onclick: () => file.click() }, icon("file"), t("share.open_file"))), file,
      h("div", { class: "row" }, button(t("share.reset"), async () => opened(await attempt("reset"), t("share.reset")), { class: "plain" }))),
    said));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  return Object.assign(dialog, { open_: () => { tell(""); dialog.showModal(); showLink(); } });
}
