// The drawer's second tab: every field of the image that is shown.
import { phrase, t } from "../i18n.js";
import { h, put, setText } from "./h.js";
import { matchingTags } from "./tag-filter.js";

/** @typedef {import("../types.js").TagRow} TagRow */
const FIRST = 150;

export class DetailsPanel {
  /** @type {TagRow[]} */
  #rows = [];
  #all = false;

  constructor() {
    this.input = h("input", { class: "input", id: "find-tag", type: "search", autocomplete: "off", spellcheck: "false", placeholder: phrase("tags.example"), on: { input: () => { this.#all = false; this.#show(); } } });
    this.body = h("tbody", {});
    this.table = h("table", { class: "tags-table" }, h("caption", { class: "visually-hidden" }, phrase("tags.caption")), this.body);
    this.note = h("p", { class: "label", role: "status" });
    this.allButton = h("button", { class: "button quiet", type: "button", hidden: true, on: { click: () => { this.#all = true; this.#show(); } } });
    this.element = h("div", { class: "panel" },
      h("div", { class: "field" }, h("label", { for: "find-tag" }, phrase("tags.find")), this.input), this.table, this.note, this.allButton);
    this.setTags(null);
  }

  /** @param {TagRow[] | null} rows null: none are known */
  setTags(rows) {
    this.#rows = rows ?? [];
    this.#all = false;
    this.input.disabled = !rows;
    this.#show();
    if (!rows) setText(this.note, t("tags.none"));
  }

  /** The language has changed. */
  reword() {
    if (this.input.disabled) this.setTags(null);
    else this.#show();
  }

  #show() {
    const found = matchingTags(this.#rows, this.input.value);
    const shown = this.#all ? found : found.slice(0, FIRST);
    put(this.body, shown.map((row) => h("tr", { class: Number(row.depth) ? "nested" : "", vars: { "--depth": String(Math.min(6, Number(row.depth))) } },
      h("td", {}, row.name || t("tags.unknown"), h("span", { class: "mono" }, `${row.tag} ${row.vr}`.trim())), h("td", {}, h("bdi", {}, row.value)))));
    setText(this.note, found.length ? t("tags.shown", { n: shown.length, total: found.length }) : this.#rows.length ? t("tags.no_match") : "");
    this.allButton.hidden = shown.length === found.length;
    setText(this.allButton, t("tags.all", { count: found.length }));
  }
}
