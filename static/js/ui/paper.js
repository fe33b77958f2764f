// The report as a document of its own: what is printed, and what is saved as a page. No control, no script, drawings inside.
import { currentLanguage, formatBytes, list as listed, t } from "../i18n.js";
import { h } from "./h.js";
import { cut, cutPath, printedFiles, printedKinds, printedRemarks, printedRest } from "./paper-view.js";
import { receiversBody, receiversOf } from "./receivers.js";
import { headFacts, tallyText } from "./report-facts.js";
import { VERDICT_TONE } from "./report-view.js";

/** @typedef {import("./report-page.js").ReportState} ReportState */

/** @param {ReportState} state @param {[string, string][]} technical rows of technical.js */
export function reportPaper(state, technical) {
  const { report } = state;
  return h("article", { class: "paper", lang: currentLanguage() },
    h("header", {}, h("h1", {}, t("paper.title")), h("p", { class: "quiet" }, t("report.scope"), " ", t("report.foot")), rows(headFacts(state), "facts")),
    answer(state), meaning(report), receivers(report),
    h("section", { class: "sheet" }, h("h2", {}, t("paper.what")), remarks(report), rest(report)),
    report.profiles.length ? profiles(report) : null,
    files(report),
    h("section", { class: "technical" }, h("h2", {}, t("technical.title")), rows(technical, "facts wide")));
}

/** The letters on paper, each on a sheet of its own. @param {{language: string, text: string}[]} letters */
export function letterPaper(letters) {
  return h("article", { class: "paper letters" }, letters.map(({ language, text }) => h("section", { class: "sheet", lang: language }, text)));
}

/** A drawing with its strokes inside, for a page without the sprite. @param {string} name @param {string} [className] */
export function drawing(name, className = "shape") {
  const symbol = document.getElementById(`i-${name}`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  if (symbol) svg.append(...[...symbol.children].map((child) => child.cloneNode(true)));
  return svg;
}

/** @param {[string, string][]} list @param {string} className */
const rows = (list, className) => h("dl", { class: className }, list.map(([term, fact]) => h("div", {}, h("dt", {}, term), h("dd", {}, h("bdi", {}, fact)))));

/** @param {ReportState} state */
function answer({ report, complete }) {
  const { verdict } = report;
  return h("section", { class: `verdict-box tone-${VERDICT_TONE[verdict.class] ?? "none"}` }, drawing(`shape-${verdict.class}`, "big-shape"),
    h("div", {}, h("h2", {}, verdict.title), h("p", {}, verdict.summary), complete ? null : h("p", {}, t("report.incomplete")), h("p", { class: "quiet" }, tallyText(report))));
}

/** @param {ReportState["report"]} report */
function meaning({ verdict }) {
  return h("div", { class: "two" },
    h("section", {}, h("h2", {}, t("report.means")), h("p", {}, verdict.meaning || verdict.summary)),
    h("section", {}, h("h2", {}, t("report.do")), h("ol", {}, verdict.next_steps.map((step) => h("li", {}, step)))));
}

/** @param {ReportState["report"]} report */
function receivers(report) {
  const list = receiversOf(report);
  return list.length ? h("section", {}, h("h2", {}, t("receivers.title")), h("p", { class: "quiet" }, t("receivers.lead")), receiversBody(list, 1, drawing)) : null;
}

/** @param {ReportState["report"]} report */
function remarks({ outcomes }) {
  const { remarks: list, more } = printedRemarks(outcomes);
  if (!list.length) return h("p", {}, t("paper.no_remarks"));
  return [
    ...list.map((remark) => h("div", { class: `remark tone-${remark.tone}` },
      h("p", { class: "mark" }, drawing(`shape-${remark.mark === "passed" ? "good" : remark.mark}`), t(remark.word)),
      h("div", {}, h("p", {}, remark.plain),
        remark.technical ? h("p", { class: "tech" }, remark.technical) : null,
        remark.places && remark.paths.length ? h("p", { class: "tech" }, t("paper.places", { count: remark.places, paths: listed(remark.paths) })) : null,
        remark.in_copy ? h("p", { class: "tech" }, t("paper.in_copy", { text: remark.in_copy })) : null),
      h("p", { class: "id" }, remark.rule))),
    more ? h("p", { class: "quiet" }, t("paper.more_remarks", { count: more })) : null,
  ];
}

/** @param {ReportState["report"]} report */
function rest({ outcomes }) {
  const list = printedRest(outcomes);
  if (!list.length) return null;
  return h("section", {}, h("h3", {}, t("paper.rest")), h("dl", { class: "facts wide" }, list.map(({ family, passed, not_applicable: apart }) => h("div", {}, h("dt", {}, t(`family.${family}`)),
    h("dd", {}, passed.length ? h("span", {}, t("paper.passed", { rules: listed(passed) })) : null, apart.length ? h("span", {}, t("paper.not_applicable", { rules: listed(apart) })) : null)))));
}

/** @param {ReportState["report"]} report */
function profiles({ profiles: list }) {
  return h("section", {}, h("h2", {}, t("profiles.title")), h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, ["profiles.profile", "profiles.this_disc", "profiles.because"].map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, list.map((profile) => {
      const [tone, shape, word] = profile.met === null ? ["info", "blocked", "profiles.unknown"] : profile.met ? ["good", "good", "profiles.met"] : ["high", "high", "profiles.not_met"];
      return h("tr", {}, h("th", { scope: "row" }, profile.title), h("td", {}, h("span", { class: `mark tone-${tone}` }, drawing(`shape-${shape}`), t(word))), h("td", {}, listed(profile.failing_rules)));
    }))));
}

/** @param {ReportState["report"]} report */
function files({ files: all }) {
  const notable = printedFiles(all);
  const word = (/** @type {import("../types.js").FileRow} */ file) => t(`kind.${file.locked ? "locked" : file.kind}`);
  return h("section", {}, h("h2", {}, t("paper.files")),
    h("table", { class: "grid kinds" },
      h("thead", {}, h("tr", {}, ["paper.kind", "paper.number", "paper.size"].map((key) => h("th", { scope: "col" }, t(key))))),
      h("tbody", {}, printedKinds(all).map(({ kind, count, bytes }) => h("tr", {}, h("th", { scope: "row" }, t(`found.${kind}`)), h("td", {}, t("number", { n: count })), h("td", {}, formatBytes(bytes)))))),
    notable.count ? h("p", { class: "quiet" }, t("paper.notable", { n: notable.files.length, count: notable.count })) : null,
    notable.count ? h("table", { class: "grid notable" }, h("tbody", {}, notable.files.map((file) => h("tr", {},
      h("td", { class: "mono" }, h("bdi", {}, cutPath(file.path))), h("td", {}, word(file)), h("td", {}, cut(file.reason ?? "", 120)))))) : null);
}
