// The full report: the answer, what it means, every check, the profiles, every file. It prints well, too.
import { formatBytes, formatDate, formatMoment, formatPerson, phrase, t } from "../i18n.js";
import { discHolds, holdsText } from "./catalogue-view.js";
import { Checks } from "./checks.js";
import { FileList } from "./file-list.js";
import { emit, h, icon, put } from "./h.js";
import { Menu } from "./menu.js";
import { groupsOf, tallyOf, VERDICT_TONE } from "./report-view.js";

/** @typedef {import("../types.js").Report} Report */
/** @typedef {import("../types.js").PatientFacts} PatientFacts */
/** @typedef {{report: Report, patients: PatientFacts[], name: string, complete: boolean, checkedAt: Date, canCopy: boolean}} ReportState */

export class ReportPage {
  constructor() {
    this.checks = new Checks();
    this.files = new FileList();
    this.contents = h("nav", { class: "contents", "aria-label": phrase("report.contents") });
    this.report = h("div", { class: "report" });
    this.page = h("div", { class: "doc-page" }, this.contents, this.report);
    this.element = /** @type {HTMLElement} */ (document.getElementById("screen-report"));
    this.element.append(this.page);
    this.showWaiting();
  }

  /** Nothing to report yet: the disc is still being read. */
  showWaiting() {
    put(this.contents, this.#back());
    put(this.report, h("div", { class: "report-head" }, h("h1", {}, t("report.title")), h("p", { class: "plain" }, t("report.after_reading")), h("div", {}, this.#backButton())));
  }

  /** @param {ReportState} state */
  update(state) {
    const { report } = state;
    const groups = groupsOf(report.outcomes);
    this.checks.update(report.outcomes);
    this.files.update(report.files);
    put(this.contents, this.#back(), h("hr", {}),
      this.#jump("report-answer", t("report.answer")), this.#jump("report-you", t("report.means_short")), h("hr", {}),
      ...groups.map(({ family, tally }) => this.#jump(`group-${family}`, t(`family_short.${family}`), tally.remarks)), h("hr", {}),
      report.profiles.length ? this.#jump("report-profiles", t("profiles.title")) : null, this.#jump("report-files", t("files.title"), report.files.length));
    put(this.report, this.#head(state), this.#answer(state), meaning(report),
      h("section", { id: "report-checks" }, h("h2", { class: "head" }, t("checks.title", { count: report.outcomes.length })), h("p", { class: "lead" }, t("checks.lead")), this.checks.element),
      report.profiles.length ? profiles(report) : null,
      h("section", { id: "report-files" }, h("h2", { class: "head", tabindex: "-1" }, t("files.title")), this.files.element),
      h("p", { class: "scope" }, t("report.foot")));
  }

  /** @param {"files"|"broken"} place */
  reveal(place) {
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
  #head({ report, patients, name, checkedAt }) {
    const save = h("button", { class: "button", type: "button" }, icon("save"), t("action.save"), icon("down", "icon s"));
    new Menu(save, () => [
      { label: t("save.text"), hint: t("save.text_why"), icon: "document", choose: () => emit(this.element, "save-report", "text") },
      { label: t("save.json"), hint: t("save.json_why"), icon: "details", choose: () => emit(this.element, "save-report", "json") },
    ]);
    const holds = discHolds(patients);
    const size = report.files.reduce((sum, file) => sum + (file.size ?? 0), 0);
    const person = patients.length === 1 ? [formatPerson(patients[0].name) || t("person.no_name"), formatDate(patients[0].birth_date)].filter(Boolean).join(" · ") : patients.length ? t("count.people", { count: patients.length }) : t("report.nobody");
    /** @type {[string, string][]} */
    const facts = [[t("report.person"), person], [t("report.disc"), [name || t("bar.your_disc"), size ? formatBytes(size) : ""].filter(Boolean).join(", ")], [t("report.holds"), holdsText(holds)], [t("report.checked"), formatMoment(checkedAt)]];
    return h("div", { class: "report-head" },
      h("div", { class: "row" }, h("h1", {}, t("report.title")), h("div", { class: "button-row" }, save,
        h("button", { class: "button", type: "button", on: { click: () => { emit(this.element, "print"); print(); } } }, icon("print"), t("action.print")))),
      h("p", { class: "scope" }, t("report.scope")),
      h("dl", { class: "facts" }, facts.map(([term, fact]) => h("div", {}, h("dt", {}, term), h("dd", {}, h("bdi", {}, fact))))));
  }

  /** @param {ReportState} state */
  #answer({ report, complete, canCopy }) {
    const { verdict } = report;
    const tally = tallyOf(report.outcomes);
    const note = [t("verdict.class", { class: verdict.class }), t("count.passed", { count: tally.passed }), tally.remarks ? t("report.remarks", { count: tally.remarks }) : "",
      tally.important ? t("count.important", { count: tally.important }) : "", tally.not_applicable ? t("count.not_applicable", { count: tally.not_applicable }) : ""].filter(Boolean).join(" · ");
    const letter = verdict.class;
    const elsewhere = letter === "E" || letter === "F" || letter === "H";
    const action = elsewhere || canCopy
      ? h("button", { class: "button primary large", type: "button", on: { click: () => emit(this.element, "go", elsewhere ? "disc" : "export") } }, t(letter === "D" || letter === "G" ? "action.make_copy" : `action.${letter}`))
      : null;
    return h("section", { class: `answer tone-${VERDICT_TONE[letter] ?? "none"}`, id: "report-answer", tabindex: "-1" },
      icon(`shape-${letter}`, "answer-shape"), h("h2", {}, verdict.title), h("p", { class: "plain" }, verdict.summary),
      complete ? null : h("p", { class: "plain" }, t("report.incomplete")),
      h("div", { class: "button-row" }, action, h("span", { class: "label" }, note)));
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
