// The letter box: fields for what the disc does not say, the letters as they will be (editable), three ways to take them along.
// One for each open disc: what was typed stays while the screens around it are drawn anew.
import { currentLanguage, phrase, t } from "../i18n.js";
import { download } from "../save.js";
import { emit, h, icon, put, setText } from "./h.js";
import { fileName, LETTER_FIELDS, lettersText, withValue } from "./letter-text.js";

/** @typedef {import("./letter-text.js").LetterAnswer} LetterAnswer */
/** @typedef {import("./letter-text.js").OpenLetter} OpenLetter */
/** @typedef {typeof LETTER_FIELDS[number]} Field */

export class Letter {
  /** Letters by the language they were asked for. @type {Map<string, OpenLetter[]>} */
  #asked = new Map();
  /** What was typed, by field. @type {Map<Field, string>} */
  #typed = new Map();
  #blank = "";
  #language = "";
  /** @type {string[]} */
  #languages = [];
  /** One for each of the open letters. @type {HTMLTextAreaElement[]} */
  #areas = [];

  constructor() {
    this.fields = h("div", { class: "letter-fields" });
    this.texts = h("div", { class: "letter-texts" });
    this.choice = h("div", { class: "letter-language" });
    this.note = h("p", { class: "label", role: "status" });
    this.found = h("p", { class: "label" });
    this.actions = h("div", { class: "button-row" },
      h("button", { class: "button primary", type: "button", on: { click: () => this.#copy() } }, icon("copy"), phrase("letter.copy")),
      h("button", { class: "button", type: "button", on: { click: () => emit(this.element, "print-letter") } }, icon("print"), phrase("action.print")),
      h("button", { class: "button", type: "button", on: { click: () => this.#save() } }, icon("save"), phrase("action.save")));
    this.element = h("section", { class: "letter-box", "aria-labelledby": "letter-title" },
      h("header", {}, h("h2", { id: "letter-title", tabindex: "-1" }, phrase("letter.title")), this.choice),
      this.found, this.fields, this.texts, this.actions, this.note);
    this.reset();
  }

  /** Another disc: nothing of the one before stays. */
  reset() {
    this.#asked.clear();
    this.#typed.clear();
    this.#languages = [];
    this.#language = currentLanguage();
    this.element.hidden = true;
    put(this.texts);
    setText(this.note, t("letter.stays"));
  }

  /** Ask for the letter, once for each language. */
  ask(language = currentLanguage()) {
    this.#language = language;
    if (this.#asked.has(language)) this.#show();
    else emit(this.element.isConnected ? this.element : document.body, "need-letter", language);
  }

  /** The page speaks another language: so does the letter. What was changed by hand in the one before is kept with it. */
  reword() {
    if (!this.#asked.size) return;
    setText(this.note, t("letter.stays"));
    this.ask();
  }

  /** @param {string} language @param {LetterAnswer} answer */
  set(language, answer) {
    this.#blank = answer.blank;
    this.#languages = answer.languages;
    const letters = answer.letters.map((letter) => [...this.#typed].reduce((sum, [field, value]) => withValue(sum, field, value, answer.blank), letter));
    this.#asked.set(language, letters);
    if (language === this.#language) this.#show();
  }

  /** The letters as they stand now, in the order they are read. @returns {{language: string, text: string}[]} */
  get letters() {
    return this.#open();
  }

  #open() {
    return this.#asked.get(this.#language) ?? [];
  }

  #show() {
    const letters = this.#open();
    this.element.hidden = !letters.length;
    if (!letters.length) return;
    const [first] = letters;
    const filled = LETTER_FIELDS.some((field) => first.values[field] && !this.#typed.has(field));
    setText(this.found, t(filled ? "letter.found" : "letter.nothing_found"));
    put(this.fields, LETTER_FIELDS.map((field) => {
      const input = h("input", { class: "input", autocomplete: "off", placeholder: t(`letter.example.${field}`), on: { input: () => this.#type(field, input.value) } });
      input.value = this.#typed.get(field) ?? first.values[field];
      return h("label", { class: `field field-${field}` }, h("span", {}, t(`letter.${field}`)), input);
    }));
    this.#showLanguages();
    this.#showTexts();
  }

  #showLanguages() {
    if (this.#languages.length < 2) return put(this.choice);
    const select = h("select", { class: "input", "aria-label": t("letter.language"), on: { change: () => this.ask(select.value) } },
      this.#languages.map((code) => h("option", { value: code, lang: code }, languageName(code, code))));
    select.value = this.#language;
    put(this.choice, select);
  }

  #showTexts() {
    const letters = this.#open();
    this.#areas = letters.map((letter, at) => {
      const area = h("textarea", { class: "input letter-text", lang: letter.language, on: { input: () => { this.#open()[at].text = area.value; } } });
      area.value = letter.text;
      return area;
    });
    put(this.texts, letters.map((letter, at) => {
      const words = letters.length > 1 ? t("letter.text_in", { language: languageName(letter.language, currentLanguage()) }) : t("letter.text");
      return h("label", { class: "field" }, h("span", {}, words), this.#areas[at]);
    }));
  }

  /** @param {Field} field @param {string} value */
  #type(field, value) {
    const words = value.trim().replace(/\s+/g, " ");
    this.#typed.set(field, words);
    for (const [language, letters] of this.#asked) this.#asked.set(language, letters.map((letter) => withValue(letter, field, words, this.#blank)));
    this.#open().forEach((letter, at) => { this.#areas[at].value = letter.text; });
  }

  async #copy() {
    const text = lettersText(this.letters);
    const done = await toClipboard(text, this.#areas[0]);
    setText(this.note, t(done ? "letter.copied" : "letter.selected"));
    emit(this.element, "copy-letter", text);
  }

  #save() {
    download(new Blob([lettersText(this.letters)], { type: "text/plain;charset=utf-8" }), fileName("letter", new Date(), "txt"));
  }
}

/** What a language is called, in another one. @param {string} code @param {string} within */
function languageName(code, within) {
  return new Intl.DisplayNames([within], { type: "language" }).of(code) ?? code;
}

/** Some pages (file://, old browsers) have no clipboard: then by the old way, else the text is marked, ready for Ctrl+C.
 * @param {string} text @param {Element} shown */
export async function toClipboard(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const all = h("textarea", { class: "visually-hidden", "aria-hidden": "true", tabindex: "-1" });
    all.value = text;
    document.body.append(all);
    all.select();
    const done = document.execCommand("copy");
    all.remove();
    if (!done && shown instanceof HTMLTextAreaElement) shown.select();
    else if (!done) getSelection()?.selectAllChildren(shown);
    return done;
  }
}
