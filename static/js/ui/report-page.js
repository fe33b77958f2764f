// The full report: the answer, what it means, where it will open, every check, the profiles, every file, and the part for technicians.
import { phrase, t } from "../i18n.js";
import { download } from "../save.js";
import { Checks } from "./checks.js";
import { FileList } from "./file-list.js";
import { emit, h, icon, put } from "./h.js";
import { fileName } from "./letter-text.js";
import { Menu } from "./menu.js";
import { packedFiles } from "./packed-files.js";
import { reportPaper } from "./paper.js";
import { receiversBody, receiversOf } from "./receivers.js";
import { headFacts, tallyText } from "./report-facts.js";
import { groupsOf, VERDICT_TONE } from "./report-view.js";
import { savedPage } from "./saved-report.js";
import { browserName, technicalRows } from "./technical.js";

/** @typedef {import("../types.js").Report} Report */
/** @typedef {import("../types.js").PatientFacts} PatientFacts */
/** @typedef {import("../types.js").SavedReport} SavedReport */
/** `letter` is the letter box where it stands on this page, null elsewhere.
 * @typedef {{report: Report, patients: PatientFacts[], name: string, complete: boolean, checkedAt: Date, canCopy: boolean, saved: SavedReport | null, letter: HTMLElement | null}} ReportState */

export class ReportPage {
  constructor() {
    this.checks = new Checks();
    this.files = new FileList();
    this.contents = h("nav", { class: "contents", "aria-label": phrase("report.contents") });
    this.report = h("div", { class: "report" });
    this.page = h("div", { class: "doc-page" }, this.contents, this.report);
    this.element = /** @type {HTMLElement} */ (document.getElementById("screen-report"));
    this.element.append(this.page);
    this.technical = h("dl", { class: "technical-rows" });
    /** @type {ReportState | null} */
    this.state = null;
    this.showWaiting();
  }

  /** Nothing to report yet: the disc is still being read. */
  showWaiting() {
    this.state = null;
    put(this.contents, this.#back());
    put(this.report, h("div", { class: "report-head" }, h("h1", {}, t("report.title")), h("p", { class: "plain" }, t("report.after_reading")), h("div", {}, this.#backButton())));
  }

  /** @param {ReportState} state */
  update(state) {
    const { report, letter } = state;
    this.state = state;
    const groups = groupsOf(report.outcomes);
    const receivers = receiversOf(report);
    this.checks.update(report.outcomes);
    this.files.update(report.files);
    put(this.contents, this.#back(), h("hr", {}),
      this.#jump("report-answer", t("report.answer")), this.#jump("report-you", t("report.means_short")),
      letter ? this.#jump("report-letter", t("report.letter")) : null, receivers.length ? this.#jump("report-receivers", t("receivers.title")) : null, h("hr", {}),
      ...groups.map(({ family, tally }) => this.#jump(`group-${family}`, t(`family_short.${family}`), tally.remarks)), h("hr", {}),
      report.profiles.length ? this.#jump("report-profiles", t("profiles.title")) : null, this.#jump("report-files", t("files.title"), report.files.length),
      this.#jump("report-technical", t("technical.title")));
    put(this.report, this.#head(state), this.#answer(state), this.#facts(state), meaning(report), packedFiles(report) ?? "",
      letter ? h("section", { id: "report-letter" }, letter) : null,
      receivers.length ? h("section", { id: "report-receivers" }, h("h2", { class: "head" }, t("receivers.title")), h("p", { class: "lead" }, t("receivers.lead")),
        h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("receivers.title") }, receiversBody(receivers, 2))) : null,
      h("section", { id: "report-checks" }, h("h2", { class: "head" }, t("checks.title", { count: report.outcomes.length })), h("p", { class: "lead" }, t("checks.lead")), this.checks.element),
      report.profiles.length ? profiles(report) : null,
      h("section", { id: "report-files" }, h("h2", { class: "head", tabindex: "-1" }, t("files.title")), this.files.element),
      h("section", { id: "report-technical" }, h("h2", { class: "head" }, t("technical.title")), this.technical),
      h("p", { class: "scope" }, t("report.foot")));
    this.#showTechnical();
  }

  /** What was used to read the disc, and the check sum, once known. @param {SavedReport} saved */
  setSaved(saved) {
    if (!this.state) return;
    this.state = { ...this.state, saved };
    this.#showTechnical();
  }

  /** The document that is printed and saved; null while there is no report. */
  paper() {
    return this.state && reportPaper(this.state, this.#technicalRows());
  }

  #technicalRows() {
    return this.state ? technicalRows(this.state.report, { ...this.state, browser: browserName(navigator.userAgent) }) : [];
  }

  #showTechnical() {
    put(this.technical, this.#technicalRows().map(([term, fact]) => h("div", {}, h("dt", {}, term), h("dd", {}, h("bdi", {}, fact)))));
  }

  #savePage() {
    const paper = this.paper();
    if (paper && this.state) download(new Blob([savedPage(paper, t("paper.title"))], { type: "text/html;charset=utf-8" }), fileName("report", this.state.checkedAt, "html"));
  }

  /** @param {"files"|"broken"|"letter"} place */
  reveal(place) {
    if (place === "letter") return jumpTo("report-letter");
    this.files.show(place === "broken" ? "broken" : "left-out");
    const head = /** @type {HTMLElement | null} */ (this.report.querySelector("#report-files h2"));
    head?.scrollIntoView();
    head?.focus({ preventScroll: true });
  }

  #back() {
    return h("a", { href: "#/disc", class: "back" }, icon("left", "icon s"), h("span", {}, t("action.back_to_scans")));
  }

  #backButton() {
    return h("button", { class: "button", type: "button", on: { click: () => emit(this.element, "go", "disc") } }, t("action.back_to_scans"));
  }

  /** @param {string} id @param {string} text @param {number} [count] */
  #jump(id, text, count) {
    return h("button", { class: "jump", type: "button", on: { click: () => jumpTo(id) } }, text, count ? h("span", { class: "num" }, t("number", { n: count })) : null);
  }

  /** @param {ReportState} state */
  #head(state) {
    const save = h("button", { class: "button", type: "button" }, icon("save"), t("action.save"), icon("down", "icon s"));
    new Menu(save, () => [
      { label: t("save.html"), hint: t("save.html_why"), icon: "report", choose: () => this.#savePage() },
      { label: t("save.text"), hint: t("save.text_why"), icon: "document", choose: () => emit(this.element, "save-report", "text") },
      { label: t("save.json"), hint: t("save.json_why"), icon: "details", choose: () => emit(this.element, "save-report", "json") },
    ]);
    return h("div", { class: "report-head" },
      h("div", { class: "row" }, h("h1", {}, t("report.title")), h("div", { class: "button-row" }, save,
        h("button", { class: "button", type: "button", on: { click: () => emit(this.element, "print") } }, icon("print"), t("action.print")))),
      h("p", { class: "scope" }, t("report.scope")));
  }

  /** @param {ReportState} state */
  #facts(state) {
    return h("dl", { class: "facts" }, headFacts(state).map(([term, fact]) => h("div", {}, h("dt", {}, term), h("dd", {}, h("bdi", {}, fact)))));
  }

  /** @param {ReportState} state */
  #answer({ report, complete, canCopy, letter: letterBox }) {
    const { verdict } = report;
    const letter = verdict.class;
    const elsewhere = letter === "E" || letter === "F" || letter === "H";
    const action = elsewhere || canCopy
      ? h("button", { class: "button primary large", type: "button", on: { click: () => emit(this.element, "go", elsewhere ? "disc" : "export") } }, t(letter === "D" || letter === "G" ? "action.make_copy" : `action.${letter}`))
      : null;
    return h("section", { class: `answer tone-${VERDICT_TONE[letter] ?? "none"}`, id: "report-answer", tabindex: "-1" },
      icon(`shape-${letter}`, "answer-shape"), h("h2", {}, verdict.title), h("p", { class: "plain" }, verdict.summary),
      complete ? null : h("p", { class: "plain" }, t("report.incomplete")),
      h("div", { class: "button-row" }, action, letterBox ? h("button", { class: "button large", type: "button", on: { click: () => this.reveal("letter") } }, t("action.letter")) : null,
        h("span", { class: "label" }, tallyText(report))));
  }
}

/** @param {string} id */
function jumpTo(id) {
  const target = document.getElementById(id);
  target?.scrollIntoView({ block: "start" });
  const head = /** @type {HTMLElement | null | undefined} */ (target?.matches("[tabindex]") ? target : target?.querySelector("h2, h3"));
  if (head && !head.hasAttribute("tabindex")) head.tabIndex = -1;
  head?.focus({ preventScroll: true });
}

/** @param {Report} report */
function meaning({ verdict }) {
  return h("div", { class: "two", id: "report-you", tabindex: "-1" },
    h("section", {}, h("h2", { class: "head" }, t("report.means")), h("p", { class: "plain" }, verdict.meaning || verdict.summary)),
    verdict.next_steps.length ? h("section", {}, h("h2", { class: "head" }, t("report.do")), h("ol", { class: "steps" }, verdict.next_steps.map((step) => h("li", {}, h("p", {}, step))))) : null);
}

/** @param {Report} report */
function profiles(report) {
  return h("section", { id: "report-profiles" }, h("h2", { class: "head" }, t("profiles.title")), h("p", { class: "lead" }, t("profiles.lead")),
    h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("profiles.title") }, h("table", { class: "grid" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("profiles.profile")), h("th", { scope: "col" }, t("profiles.this_disc")), h("th", { scope: "col" }, t("profiles.because")))),
      h("tbody", {}, report.profiles.map((profile) => {
        const [tone, shape, word] = profile.met === null ? ["info", "blocked", "profiles.unknown"] : profile.met ? ["good", "good", "profiles.met"] : ["high", "high", "profiles.not_met"];
        return h("tr", {}, h("td", {}, profile.title, profile.reference ? [h("br", {}), h("span", { class: "label" }, profile.reference)] : null),
          h("td", {}, h("span", { class: `mark tone-${tone}` }, icon(`shape-${shape}`, "shape"), t(word))),
          h("td", { class: "mono wrap" }, profile.failing_rules.join(", ")));
      })))));
}
