// One strip, one sentence, at most two actions. Keeps its height from reading to the answer.
import { formatTimeLeft, has, phrase, t } from "../i18n.js";
import { emit, h, icon, put, setText } from "./h.js";
import { VERDICT_TONE } from "./report-view.js";

/** @typedef {import("../types.js").VerdictClass} VerdictClass */

export class VerdictBanner {
  constructor() {
    this.long = h("span", { class: "wide-only" });
    this.short = h("span", { class: "short" });
    this.classNote = h("span", { class: "class" });
    this.more = h("p", {});
    this.picture = h("span", { class: "verdict-picture" });
    this.actions = h("div", { class: "button-row" });
    this.bar = h("div", { class: "progress thin", role: "progressbar", "aria-label": phrase("reading.progress"), "aria-valuemin": "0", "aria-valuemax": "100" }, h("i", {}));
    this.element = h("section", { class: "verdict tone-none", "aria-label": phrase("verdict.label"), tabindex: "-1" },
      this.picture, h("div", {}, h("h1", {}, this.short, this.long, this.classNote), this.more), this.actions, this.bar);
    new ResizeObserver(() => this.#fit()).observe(this.element);
  }

  /** Whole sentences on one line: those that do not fit are left to the drawer and the report. @param {...string} texts */
  #say(...texts) {
    if (this.more.textContent === texts.join(" ")) return;
    put(this.more, texts.map((text, at) => h("span", {}, at ? ` ${text}` : text)));
    requestAnimationFrame(() => this.#fit()); // measuring at once would have the page laid out for it alone
  }

  #fit() {
    const parts = /** @type {HTMLElement[]} */ ([...this.more.children]);
    for (const part of parts) part.hidden = false;
    const line = parseFloat(getComputedStyle(this.more).lineHeight) || 24;
    while (parts.length > 1 && this.more.clientHeight > 1.5 * line) {
      const last = /** @type {HTMLElement} */ (parts.pop());
      last.hidden = true;
    }
  }

  /** @param {{done: number, total: number, secondsLeft?: number, firstImage?: boolean}} reading total is 0 while the files are still being counted */
  showReading({ done, total, secondsLeft = NaN, firstImage = false }) {
    this.#beginReading();
    const begun = done > 0 || total > 0;
    setText(this.short, !begun ? t("reading.progress") : total ? t("reading.short", { done, total }) : t("reading.counting_short", { count: done }));
    setText(this.long, !begun ? t("reading.progress") : total ? t("reading.long", { done, total }) : t("reading.counting", { count: done }));
    const left = formatTimeLeft(secondsLeft);
    this.#say(...[left, firstImage ? t("reading.look") : t("reading.normal")].filter(Boolean));
    this.#setBar(done, total);
  }

  /** The list of files in an archive is being read. @param {{name: string, done: number, total: number}} opening */
  showOpening({ name, done, total }) {
    this.#beginReading();
    setText(this.short, t("opening.short"));
    setText(this.long, t("opening.long", { name }));
    this.#say(t("opening.more"));
    this.#setBar(done, total);
  }

  #beginReading() {
    if (this.element.dataset.state === "reading") return;
    this.#tone("none", "clock");
    this.element.dataset.state = "reading";
    put(this.actions, h("button", { class: "button", type: "button", on: { click: () => emit(this.element, "stop", "reading") } }, icon("stop"), phrase("action.stop")));
    setText(this.classNote, "");
  }

  /** @param {number} done @param {number} total */
  #setBar(done, total) {
    const percent = total ? Math.min(100, (100 * done) / total) : 0;
    this.bar.hidden = false;
    this.bar.style.setProperty("--at", `${percent}%`);
    this.bar.setAttribute("aria-valuenow", String(Math.floor(percent)));
  }

  /** Every file is read; the rules are being applied. */
  showJudging() {
    this.#tone("none", "clock");
    this.element.dataset.state = "judging";
    setText(this.long, t("judging.long"));
    setText(this.short, t("judging.short"));
    this.#say(t("judging.more"));
    setText(this.classNote, "");
    put(this.actions);
    this.bar.style.setProperty("--at", "100%");
  }

  /**
   * @param {import("../types.js").Report} report
   * @param {{complete: boolean, done: number, total: number, chosen: string}} disc `chosen`: a person picked on a disc of several
   */
  showVerdict(report, { complete, done, total, chosen }) {
    const { verdict } = report;
    this.element.dataset.state = "answer";
    this.bar.hidden = true;
    if (!complete) {
      this.#tone("warn", "shape-half");
      setText(this.long, t("stopped.long", { done, total }));
      setText(this.short, t("stopped.short"));
      setText(this.classNote, "");
      this.#say(...sentences(t("stopped.more")));
      this.#setActions(verdict.class, report, true);
      return;
    }
    if (chosen) {
      this.#tone("stop", "shape-H");
      setText(this.long, t("chosen.long", { name: chosen }));
      setText(this.short, t("chosen.short", { name: chosen }));
      setText(this.classNote, t("verdict.class", { class: verdict.class }));
      this.#say(...sentences(t("chosen.more")));
      this.#setActions("A", report, false);
      return;
    }
    this.#tone(VERDICT_TONE[verdict.class] ?? "none", `shape-${verdict.class}`);
    setText(this.long, verdict.title);
    setText(this.short, t(has(`verdict.short.${verdict.variant}`) ? `verdict.short.${verdict.variant}` : `verdict.short.${verdict.class}`));
    setText(this.classNote, t("verdict.class", { class: verdict.class }));
    this.#say(...sentences(verdict.summary));
    this.#setActions(verdict.class, report, false);
  }

  /** @param {VerdictClass} letter @param {import("../types.js").Report} report @param {boolean} stopped */
  #setActions(letter, report, stopped) {
    const full = h("button", { class: "button wide-only", type: "button", on: { click: () => emit(this.element, "go", "report") } }, t("action.full_report"));
    const toReport = letter === "D" || letter === "G";
    // E, F and H are pages of their own; their banner stands only where that page was put aside.
    const aside = letter === "E" || letter === "F" || letter === "H";
    const key = letter === "H" ? "action.H_again" : `action.${letter}`;
    const act = () => (toReport ? emit(this.element, "go-to", letter === "D" ? "files" : "broken") : aside ? emit(this.element, "go-to", "answer") : emit(this.element, "go", "export"));
    const main = stopped
      ? h("button", { class: "button primary", type: "button", on: { click: () => emit(this.element, "retry") } }, t("action.read_again"))
      : h("button", { class: "button primary", type: "button", on: { click: act } }, h("span", { class: "short" }, t(`${key}.short`)), h("span", { class: "wide-only" }, t(key)));
    // on a phone there is room for one button: the report it leads to has the letter, too
    const get = h("button", { class: "button wide-only", type: "button", on: { click: () => emit(this.element, "go-to", "letter") } }, t("action.letter"));
    put(this.actions, toReport && !stopped ? get : full, main);
  }

  /** @param {string} tone @param {string} drawing */
  #tone(tone, drawing) {
    this.element.className = `verdict tone-${tone}`;
    put(this.picture, icon(drawing === "clock" ? "shape-clock" : drawing, "verdict-shape"));
  }
}

/** A text in its sentences. @param {string} text */
export const sentences = (text) => text.split(/(?<=[.!?])\s+|(?<=。)\s*/).filter(Boolean);
