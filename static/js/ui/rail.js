// Who, which examinations, which series. Rows keep their elements while the catalogue grows, so focus and scrolling stay.
// Above MANY series only the rows in view exist.
import { formatDate, phrase, t } from "../i18n.js";
import { holdsText, studyHolds, studyTitle } from "./catalogue-view.js";
import { arrange, emit, h, icon, setText } from "./h.js";
import { PersonCard } from "./person-card.js";
import { roving } from "./roving.js";
import { SeriesRow } from "./series-row.js";
import { offsetsOf, visibleRange } from "./virtual.js";

/** @typedef {import("../types.js").PatientFacts} PatientFacts */
/** @typedef {import("../types.js").StudyFacts} StudyFacts */
/** @typedef {import("./person-card.js").Answer} Answer */
/** @typedef {{patients: PatientFacts[], current: string, reading: boolean, unread: number, answer: Answer}} RailState */

const MANY = 200;
const ROW = 72;
const HEAD = 64;
const PHONE_ROW = 92;

export class Rail {
  /** @type {Map<string, SeriesRow>} */
  #rows = new Map();
  /** @type {Map<string, {element: HTMLElement, title: HTMLElement, facts: HTMLElement, list: HTMLElement}>} */
  #studies = new Map();
  /** @type {Map<string, import("../types.js").Thumbnail>} */
  #thumbnails = new Map();
  /** @type {RailState} */
  #state = { patients: [], current: "", reading: false, unread: 0, answer: "wait" };
  #growing = "";

  constructor() {
    this.person = new PersonCard();
    this.studies = h("div", { class: "studies" });
    this.longList = h("ul", { class: "long" });
    this.waiting = h("p", { class: "series waiting", hidden: true }, h("span", { class: "doc" }, icon("shape-clock", "shape")),
      h("span", { class: "series-text" }, h("b", {}, phrase("rail.more")), h("small", {})));
    this.nothing = h("p", { class: "rail-nothing label", hidden: true }, phrase("rail.nothing"));
    this.element = h("nav", { class: "rail", "aria-label": phrase("rail.label"), tabindex: "-1" }, this.person.element, this.studies, this.waiting, this.nothing);
    this.#refresh = roving(this.element, ".series:not(.waiting)", { axis: "both" });
    this.element.addEventListener("scroll", () => this.#window(), { passive: true });
    new ResizeObserver(() => this.#window()).observe(this.element);
    this.watch = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) if (isIntersecting) this.#rowOf(target)?.askForThumbnail(this.element);
    }, { root: this.element, rootMargin: "200px" });
  }

  #refresh = (/** @type {HTMLElement | undefined} */ _wanted = undefined) => {};

  /** @param {RailState} state */
  update(state) {
    this.#state = state;
    const only = state.patients.length === 1 ? state.patients[0] : null;
    this.person.update({ patient: only ?? state.patients[0] ?? null, people: state.patients.length, answer: state.answer });
    this.#growing = state.reading ? (state.patients.at(-1)?.studies.at(-1)?.series.at(-1)?.key ?? "") : "";
    this.#forget();
    if (this.#isLong()) this.#window();
    else this.#all();
    this.waiting.hidden = !state.reading || state.unread <= 0;
    if (!this.waiting.hidden) setText(/** @type {Element} */ (this.waiting.querySelector("small")), t("rail.unread", { count: state.unread }));
    this.nothing.hidden = state.reading || state.patients.length > 0;
  }

  /** @param {string} key @param {import("../types.js").Thumbnail} thumbnail */
  setThumbnail(key, thumbnail) {
    this.#thumbnails.set(key, thumbnail);
    this.#rows.get(key)?.setThumbnail(thumbnail);
  }

  /** @param {string} key */
  thumbnail(key) {
    return this.#thumbnails.get(key);
  }

  /** @param {string} key */
  setCurrent(key) {
    this.update({ ...this.#state, current: key });
    const row = this.#rows.get(key)?.element;
    if (row) {
      row.scrollIntoView({ block: "nearest", inline: "nearest" });
      this.#refresh(row);
    }
  }

  /** Forget everything of the disc before. */
  clear() {
    this.#rows.clear();
    this.#studies.clear();
    this.#thumbnails.clear();
    this.watch.disconnect();
    this.studies.replaceChildren();
    this.element.scrollTo(0, 0);
  }

  #isLong() {
    let count = 0;
    for (const patient of this.#state.patients) for (const study of patient.studies) count += study.series.length;
    return count > MANY;
  }

  #all() {
    const several = this.#state.patients.length > 1;
    const wanted = this.#state.patients.flatMap((patient) => [
      ...patient.studies.map((study) => {
        const part = this.#study(study);
        arrange(part.list, study.series.map((series) => this.#row(series)));
        return part.element;
      })].map((element, at) => {
      element.classList.toggle("new-person", several && at === 0);
      return element;
    }));
    arrange(this.studies, wanted);
    this.#refresh();
  }

  /** @param {StudyFacts} study */
  #study(study) {
    let part = this.#studies.get(study.study_instance_uid);
    if (!part) {
      const title = h("span", {});
      const facts = h("small", {});
      const list = h("ul", {});
      part = { title, facts, list, element: h("section", { class: "study" }, h("h2", {}, title, facts), list) };
      this.#studies.set(study.study_instance_uid, part);
    }
    setText(part.title, studyTitle(study));
    setText(part.facts, [formatDate(study.date), this.#state.reading ? "" : holdsText(studyHolds(study))].filter(Boolean).join(" · "));
    return part;
  }

  /** @param {import("../types.js").SeriesFacts} series @returns {HTMLElement} the list item */
  #row(series) {
    let row = this.#rows.get(series.key);
    if (!row) {
      row = new SeriesRow(series.key);
      this.#rows.set(series.key, row);
      h("li", {}, row.element);
      row.update({ series, current: series.key === this.#state.current });
      const kept = this.#thumbnails.get(series.key);
      if (kept) row.setThumbnail(kept);
      this.watch.observe(row.element);
    }
    row.update({ series, current: series.key === this.#state.current, growing: series.key === this.#growing });
    return /** @type {HTMLElement} */ (row.element.parentElement);
  }

  /** @param {Element} element */
  #rowOf(element) {
    for (const row of this.#rows.values()) if (row.element === element) return row;
    return undefined;
  }

  /** Rows of series that are gone. */
  #forget() {
    const keys = new Set(this.#state.patients.flatMap((p) => p.studies.flatMap((s) => s.series.map((one) => one.key))));
    for (const key of this.#rows.keys()) if (!keys.has(key)) this.#rows.delete(key);
  }

  /** Only the rows in view, placed by hand. */
  #window() {
    if (!this.#isLong()) return;
    const flat = this.#state.patients.flatMap((p) => p.studies.flatMap((study) => [{ study, series: null }, ...study.series.map((series) => ({ study, series }))]));
    const across = getComputedStyle(this.element).flexDirection === "row";
    const shown = across ? flat.filter((one) => one.series) : flat;
    const offsets = offsetsOf(shown.map((one) => (across ? PHONE_ROW : one.series ? ROW : HEAD)));
    const { first, end } = across
      ? visibleRange(offsets, this.element.scrollLeft, this.element.clientWidth)
      : visibleRange(offsets, this.element.scrollTop - this.studies.offsetTop, this.element.clientHeight);
    arrange(this.studies, [this.longList]);
    this.longList.style.setProperty("--long", `${offsets[shown.length]}px`);
    arrange(this.longList, shown.slice(first, end).map((one, at) => {
      const element = one.series ? this.#row(one.series) : this.#head(one.study);
      element.style.setProperty("--from", `${offsets[first + at]}px`);
      return element;
    }));
    this.#refresh();
  }

  /** The heading of a study as a row of its own. @param {StudyFacts} study */
  #head(study) {
    const heading = /** @type {HTMLElement} */ (this.#study(study).title.parentElement);
    if (heading.parentElement?.tagName !== "LI") h("li", { class: "study" }, heading);
    return /** @type {HTMLElement} */ (heading.parentElement);
  }

  /** @param {number} by */
  step(by) {
    const keys = this.#state.patients.flatMap((p) => p.studies.flatMap((s) => s.series.map((one) => one.key)));
    const next = keys[keys.indexOf(this.#state.current) + by];
    if (next !== undefined) emit(this.element, "select-series", next);
  }
}
