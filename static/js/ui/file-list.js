// Every file that was given, once. Twenty thousand rows scroll smoothly: only those in view exist.
import { phrase, t } from "../i18n.js";
import { FILE_GROUPS, fateOf, groupCounts, pickFiles } from "./file-rows.js";
import { h, icon, put, setText } from "./h.js";
import { lookInside } from "./packed-files.js";

/** @typedef {import("../types.js").FileRow} FileRow */
/** @typedef {import("./file-rows.js").FileGroup} FileGroup */
const COLUMNS = /** @type {const} */ (["path", "kind", "fate", "reason"]);
const SPARE = 8;

export class FileList {
  /** @type {FileRow[]} */
  #files = [];
  /** @type {FileRow[]} */
  #picked = [];
  /** @type {FileGroup} */
  #group = "all";
  /** @type {"path"|"kind"|"reason"} */
  #by = "path";
  #down = false;
  #rowHeight = 44;
  /** Other files were given since they were sorted: that waits until somebody looks at them. */
  #stale = false;
  /** Rows that exist, by their place in the list. @type {Map<number, HTMLElement>} */
  #rows = new Map();

  constructor() {
    this.groups = h("div", { class: "segments", role: "group", "aria-label": phrase("files.show") });
    this.search = h("input", { class: "input", type: "search", autocomplete: "off", spellcheck: "false", "aria-label": phrase("files.search"), placeholder: phrase("files.search"), on: { input: () => this.#pick() } });
    this.head = h("div", { class: "file-head file-row", role: "row" });
    this.spacer = h("div", { class: "file-space", role: "rowgroup" });
    this.scroller = h("div", { class: "file-scroll", tabindex: "0", role: "table", "aria-label": phrase("files.list") }, h("div", { class: "file-headgroup", role: "rowgroup" }, this.head), this.spacer);
    this.table = h("div", { class: "table-wrap file-table" }, this.scroller);
    this.note = h("p", { class: "more-row", role: "status" });
    this.element = h("div", {}, h("div", { class: "filters" }, this.groups, h("div", { class: "file-search" }, this.search)), this.table, this.note);
    this.scroller.addEventListener("scroll", () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.scroller);
  }

  /** @param {FileRow[]} files */
  update(files) {
    this.#files = files;
    this.#group = "all";
    this.search.value = "";
    this.#showGroups();
    this.table.hidden = !files.length;
    this.#stale = true;
    this.#draw();
  }

  /** @param {FileGroup} group */
  show(group) {
    this.#group = group;
    this.#showGroups();
    this.#pick();
  }

  #showGroups() {
    const counts = groupCounts(this.#files);
    put(this.groups, FILE_GROUPS.filter((group) => group === "all" || counts[group] || group === this.#group).map((group) =>
      h("button", { type: "button", "aria-pressed": String(group === this.#group), on: { click: () => this.show(group) } }, t(`files.${group}`, { count: counts[group] }))));
  }

  #pick() {
    this.#stale = false;
    this.#picked = pickFiles(this.#files, { group: this.#group, text: this.search.value, by: this.#by, down: this.#down });
    put(this.head, COLUMNS.map((column) => {
      const sortable = column !== "fate";
      const sorted = this.#by === column;
      return h("span", { role: "columnheader", "aria-sort": sortable ? (sorted ? (this.#down ? "descending" : "ascending") : "none") : null },
        sortable ? h("button", { type: "button", on: { click: () => this.#sort(column) } }, t(`files.column.${column}`), icon(sorted ? (this.#down ? "down" : "up") : "blank", "icon s")) : t(`files.column.${column}`));
    }));
    this.scroller.setAttribute("aria-rowcount", String(this.#picked.length + 1));
    this.scroller.scrollTop = 0;
    this.#forget();
    setText(this.note, this.#picked.length ? t("files.count", { n: this.#picked.length, total: this.#files.length }) : t("files.none"));
    this.table.hidden = !this.#picked.length;
    this.#draw();
  }

  /** @param {"path"|"kind"|"reason"} column */
  #sort(column) {
    this.#down = this.#by === column && !this.#down;
    this.#by = column;
    this.#pick();
    /** @type {HTMLElement | undefined} */ ([...this.head.querySelectorAll("button")].find((b) => b.textContent === t(`files.column.${column}`)))?.focus();
  }

  #forget() {
    this.#rows.clear();
    put(this.spacer);
  }

  #draw() {
    if (this.#stale && this.scroller.clientHeight) {
      this.#pick();
      return;
    }
    const measured = parseFloat(getComputedStyle(this.scroller).getPropertyValue("--row"));
    if (measured && measured !== this.#rowHeight) {
      this.#rowHeight = measured;
      this.#forget();
    }
    this.spacer.style.setProperty("height", `${this.#picked.length * this.#rowHeight}px`);
    if (!this.scroller.clientHeight) return;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / this.#rowHeight) - SPARE);
    const end = first + Math.ceil(this.scroller.clientHeight / this.#rowHeight) + 2 * SPARE;
    for (const [at, row] of this.#rows) {
      if (at >= first && at < end) continue;
      row.remove();
      this.#rows.delete(at);
    }
    for (let at = first; at < Math.min(end, this.#picked.length); at += 1) {
      if (this.#rows.has(at)) continue;
      const row = this.#row(this.#picked[at], at);
      this.#rows.set(at, row);
      this.spacer.append(row);
    }
  }

  /** @param {FileRow} file @param {number} at */
  #row(file, at) {
    const fate = fateOf(file);
    return h("div", { class: "file-row", role: "row", "aria-rowindex": String(at + 2), vars: { "--from": `${at * this.#rowHeight}px` } },
      h("span", { class: "mono", role: "cell", title: file.path }, h("bdi", { dir: "ltr" }, file.path)),
      h("span", { role: "cell", title: [file.signature, file.first_bytes].filter(Boolean).join(" · ") }, kindWord(file)),
      h("span", { role: "cell" }, h("span", { class: `mark tone-${fate.tone}` }, icon(`shape-${fate.shape}`, "shape"), t(fate.word))),
      h("span", { role: "cell", class: "file-why", title: file.reason ?? "" }, file.inside === "closed" ? lookInside(file, "button small") : null, file.reason ?? ""));
  }
}

/** @param {FileRow} file */
const kindWord = (file) => (file.locked ? t("kind.locked") : t(`kind.${file.kind}`));
