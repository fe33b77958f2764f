// The drawer's first tab: while reading what was found so far, then what the answer means.
import { formatNumber, t } from "../i18n.js";
import { discHolds } from "./catalogue-view.js";
import { emit, h, icon, put } from "./h.js";
import { packedFiles } from "./packed-files.js";
import { markOf, placesOf, remarksOf, tallyOf } from "./report-view.js";

const FEW = 5;

export class ReportPanel {
  constructor() {
    this.element = h("div", { class: "panel" });
  }

  /** @param {import("../types.js").Catalogue | null} catalogue @param {{done: number, total: number}} reading */
  showReading(catalogue, { done, total }) {
    const counts = catalogue?.counts;
    const holds = discHolds(catalogue?.patients ?? []);
    /** @type {[string, string][]} */
    const rows = [["tally.files_read", total ? t("count.of", { done, total }) : formatNumber(done)]];
    if (catalogue) {
      rows.push(["tally.images", formatNumber(counts?.images ?? holds.images)], ["tally.people", formatNumber(holds.people)],
        ["tally.studies", formatNumber(holds.studies)], ["tally.series", formatNumber(holds.series)]);
      if (holds.documents) rows.push(["tally.documents", formatNumber(holds.documents)]);
      if (counts) rows.push(["tally.other", formatNumber(counts.other)], ["tally.unreadable", formatNumber(counts.unreadable)]);
    }
    put(this.element, h("div", {}, h("h2", {}, t("sofar.title")), tallyList(rows)), h("p", { class: "label" }, t("reading.normal")));
  }

  /** @param {import("../types.js").Report} report */
  showReport(report) {
    const { verdict } = report;
    const tally = tallyOf(report.outcomes);
    const remarks = remarksOf(report.outcomes);
    put(this.element,
      h("div", {}, h("h2", {}, t("report.means")), h("p", { class: "plain" }, verdict.meaning || verdict.summary)),
      verdict.next_steps.length ? h("div", {}, h("h2", {}, t("report.do")), h("ol", { class: "steps small" }, verdict.next_steps.map((step) => h("li", {}, h("p", {}, step))))) : null,
      packedFiles(report),
      remarks.length ? h("div", {},
        h("h2", {}, remarks.length > FEW ? t("report.remarks_some", { n: FEW, total: remarks.length }) : t("report.remarks", { count: remarks.length })),
        h("ul", { class: "remarks" }, remarks.slice(0, FEW).map(remark))) : null,
      h("div", {}, h("h2", {}, t("report.checks", { count: tally.checks })), tallyList([
        ["tally.passed", formatNumber(tally.passed)], ["tally.remarks", formatNumber(tally.remarks)], ["tally.not_applicable", formatNumber(tally.not_applicable)]])),
      h("button", { class: "button wide", type: "button", on: { click: () => emit(this.element, "go", "report") } }, icon("report"), t("action.read_report")));
  }

  /** @param {string} sentence */
  showNothing(sentence) {
    put(this.element, h("p", { class: "plain" }, sentence));
  }
}

/** @param {import("../types.js").Outcome} outcome */
function remark(outcome) {
  const { mark, tone, word } = markOf(outcome);
  const places = placesOf(outcome);
  return h("li", { class: `tone-${tone}` }, icon(`shape-${mark === "passed" ? "good" : mark}`, "shape"), h("span", {}, outcome.plain || outcome.title),
    h("small", {}, [t(word), places ? t("count.places", { count: places }) : "", outcome.rule].filter(Boolean).join(" · ")));
}

/** @param {[string, string][]} rows */
export const tallyList = (rows) => h("dl", { class: "tally" }, rows.map(([key, value]) => h("div", {}, h("dt", {}, t(key)), h("dd", { class: "num" }, value))));
