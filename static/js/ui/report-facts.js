// What stands at the head of a report, on the screen and on paper.
import { formatBytes, formatDate, formatMoment, formatPerson, list, t } from "../i18n.js";
import { discHolds, holdsText } from "./catalogue-view.js";
import { tallyOf } from "./report-view.js";

/** @typedef {import("./report-page.js").ReportState} ReportState */

/** Rows of a term and what it is. @param {ReportState} state @returns {[string, string][]} */
export function headFacts({ report, patients, name, checkedAt }) {
  const size = report.files.reduce((sum, file) => sum + (file.size ?? 0), 0);
  const person = patients.length === 1
    ? [formatPerson(patients[0].name) || t("person.no_name"), formatDate(patients[0].birth_date)].filter(Boolean).join(" · ")
    : patients.length ? t("count.people", { count: patients.length }) : t("report.nobody");
  return [[t("report.person"), person], [t("report.disc"), list([name || t("bar.your_disc"), size ? formatBytes(size) : ""].filter(Boolean))],
    [t("report.holds"), holdsText(discHolds(patients))], [t("report.checked"), formatMoment(checkedAt)]];
}

/** "Class C · 55 passed · 4 remarks …" @param {import("../types.js").Report} report */
export function tallyText({ verdict, outcomes }) {
  const tally = tallyOf(outcomes);
  return [t("verdict.class", { class: verdict.class }), t("count.passed", { count: tally.passed }), tally.remarks ? t("report.remarks", { count: tally.remarks }) : "",
    tally.important ? t("count.important", { count: tally.important }) : "", tally.not_applicable ? t("count.not_applicable", { count: tally.not_applicable }) : ""].filter(Boolean).join(" · ");
}
