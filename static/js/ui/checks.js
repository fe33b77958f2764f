// The checks by family: what is to be said in the open, what passed behind a fold.
import { list, phrase, t } from "../i18n.js";
import { checkRow } from "./check-row.js";
import { h, icon, put } from "./h.js";
import { groupsOf, isRemark, markOf, remarksOf, tallyOf } from "./report-view.js";

/** @typedef {import("../types.js").Outcome} Outcome */

export class Checks {
  /** @type {Outcome[]} */
  #outcomes = [];
  #all = false;

  constructor() {
    this.switch = h("div", { class: "segments", role: "group", "aria-label": phrase("files.show") });
    this.openAll = h("button", { class: "button quiet", type: "button", on: { click: () => this.#toggleAll() } }, t("checks.open_all"));
    this.body = h("div", {});
    this.element = h("div", {}, h("div", { class: "filters" }, this.switch, this.openAll), this.body);
  }

  /** @param {Outcome[]} outcomes */
  update(outcomes) {
    this.#outcomes = outcomes;
    this.#all = false;
    this.#show();
  }

  /** Open one check and bring it into view. @param {string} rule */
  reveal(rule) {
    const row = /** @type {HTMLDetailsElement | null} */ (this.body.querySelector(`#check-${CSS.escape(rule)}`));
    if (!row) return;
    row.open = true;
    row.scrollIntoView({ block: "center" });
    /** @type {HTMLElement | null} */ (row.querySelector("summary"))?.focus();
  }

  #show() {
    const tally = tallyOf(this.#outcomes);
    const button = (/** @type {boolean} */ all, /** @type {string} */ label) =>
      h("button", { type: "button", "aria-pressed": String(this.#all === all), on: { click: () => { this.#all = all; this.#show(); } } }, label);
    put(this.switch, button(false, t("checks.remarks", { count: tally.remarks })), button(true, t("checks.all", { count: tally.checks })));
    put(this.body, groupsOf(this.#outcomes).map(({ family, outcomes, tally: part }) => this.#group(family, outcomes, part)));
    this.#opened = false;
    this.openAll.textContent = t("checks.open_all");
  }

  #opened = false;

  /** @param {string} family @param {Outcome[]} outcomes @param {ReturnType<typeof tallyOf>} tally */
  #group(family, outcomes, tally) {
    const quiet = outcomes.filter((outcome) => !isRemark(outcome));
    const counts = list([t("count.passed", { count: tally.passed }), tally.remarks ? t("report.remarks", { count: tally.remarks }) : "", tally.not_applicable ? t("count.not_applicable", { count: tally.not_applicable }) : ""].filter(Boolean));
    return h("section", { class: "group", id: `group-${family}` },
      h("header", {}, h("h3", {}, t(`family.${family}`)), h("p", {}, `${t("report.checks", { count: tally.checks })}: ${counts}`)),
      this.#all ? outcomes.map(checkRow) : [...remarksOf(outcomes).map(checkRow), quiet.length ? passedFold(quiet, tally) : null]);
  }

  #toggleAll() {
    this.#opened = !this.#opened;
    for (const row of /** @type {NodeListOf<HTMLDetailsElement>} */ (this.body.querySelectorAll("details.check:not(.passed)"))) row.open = this.#opened;
    this.openAll.textContent = t(this.#opened ? "checks.close_all" : "checks.open_all");
  }
}

/** @param {Outcome[]} outcomes @param {ReturnType<typeof tallyOf>} tally */
function passedFold(outcomes, tally) {
  const words = list([tally.passed ? t("checks.passed", { count: tally.passed }) : "", tally.not_applicable ? t("checks.not_applicable", { count: tally.not_applicable }) : ""].filter(Boolean));
  return h("details", { class: "passed check" }, h("summary", {}, icon(tally.passed ? "shape-good" : "shape-none", "shape"), words, icon("right")),
    h("ul", {}, outcomes.map((outcome) => {
      const { mark, tone, word } = markOf(outcome);
      return h("li", { class: `tone-${tone}` }, icon(`shape-${mark === "passed" ? "good" : mark}`, "shape"),
        h("span", {}, h("span", { class: "visually-hidden" }, `${t(word)}: `), outcome.state === "not_applicable" ? notApplicable(outcome) : outcome.plain || outcome.title), h("span", { class: "mono" }, outcome.rule));
    })));
}

/** @param {Outcome} outcome */
const notApplicable = (outcome) => (outcome.plain && outcome.plain !== outcome.title ? `${outcome.title}. ${outcome.plain}` : outcome.title);
