// The letter box: four fields, the letter as it will be, and three ways to take it along.
import { t } from "../i18n.js";
import { download } from "../save.js";
import { emit, h, icon, put, setText } from "./h.js";
import { letterLines, letterText } from "./letter-text.js";

/** @typedef {import("./letter-text.js").LetterFields} LetterFields */
const FIELDS = /** @type {(keyof LetterFields)[]} */ (["name", "born", "scan", "date"]);

export class Letter {
  /** @param {import("./letter-text.js").DiscFacts} disc @param {import("./letter-text.js").LetterReason} reason */
  constructor(disc, reason) {
    this.disc = disc;
    this.reason = reason;
    /** @type {Map<keyof LetterFields, HTMLInputElement>} */
    this.inputs = new Map(FIELDS.map((field) => [field, h("input", { class: "input", autocomplete: "off", placeholder: t(`letter.example.${field}`), on: { input: () => this.#show() } })]));
    this.text = h("div", { class: "letter" });
    this.note = h("p", { class: "label", role: "status" }, t("letter.stays"));
    this.element = h("section", { class: "letter-box", "aria-labelledby": "letter-title" },
      h("header", {}, h("h2", { id: "letter-title", tabindex: "-1" }, t("letter.title"))),
      h("div", { class: "letter-fields" }, FIELDS.map((field) => h("label", { class: "field" }, h("span", {}, t(`letter.${field}`)), this.inputs.get(field) ?? null))),
      this.text,
      h("div", { class: "button-row" },
        h("button", { class: "button primary", type: "button", on: { click: () => this.#copy() } }, icon("copy"), t("letter.copy")),
        h("button", { class: "button", type: "button", on: { click: () => this.#print() } }, icon("print"), t("action.print")),
        h("button", { class: "button", type: "button", on: { click: () => download(new Blob([this.#plain()], { type: "text/plain;charset=utf-8" }), t("letter.file")) } }, icon("save"), t("action.save"))),
      this.note);
    this.#show();
  }

  #lines() {
    const values = /** @type {LetterFields} */ (Object.fromEntries(FIELDS.map((field) => [field, this.inputs.get(field)?.value ?? ""])));
    return letterLines(values, this.disc, this.reason);
  }

  #plain() {
    return letterText(this.#lines());
  }

  #show() {
    const lines = this.#lines();
    const parts = (/** @type {import("./letter-text.js").Part[]} */ list) => list.map(({ text, blank, strong }) => (blank ? h("span", { class: "blank" }, text) : strong ? h("b", {}, text) : text));
    const items = lines.filter((line) => line.kind === "item");
    put(this.text, lines.map((line) => {
      if (line.kind === "item") return line === items[0] ? h("ul", {}, items.map((item) => h("li", {}, parts(item.parts)))) : null;
      return h("p", { class: line.kind === "technical" ? "tech" : "" }, parts(line.parts));
    }));
  }

  async #copy() {
    const text = this.#plain();
    const done = await toClipboard(text, this.text);
    setText(this.note, t(done ? "letter.copied" : "letter.selected"));
    emit(this.element, "copy-letter", text);
  }

  #print() {
    document.body.classList.add("print-letter");
    addEventListener("afterprint", () => document.body.classList.remove("print-letter"), { once: true });
    print();
  }
}

/** Some pages (file://, old browsers) have no clipboard: then the text is marked, ready for Ctrl+C. @param {string} text @param {Element} shown */
export async function toClipboard(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return document.execCommand("copy");
  }
}
