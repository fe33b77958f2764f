// Answers that take the whole page: pictures only (E), locked (F), more than one person or contradictory identity (H).
import { formatDate, formatPerson, formatPersonSpoken, list, t } from "../i18n.js";
import { discHolds, holdsText, studyTitle } from "./catalogue-view.js";
import { kindsOf } from "./file-rows.js";
import { emit, h, icon } from "./h.js";
import { packedFiles } from "./packed-files.js";
import { factsOf } from "./person-card.js";
import { VERDICT_TONE, viewersOf } from "./report-view.js";

/** @typedef {import("../types.js").Report} Report */
/** @typedef {import("../types.js").PatientFacts} PatientFacts */

/** @type {Record<string, string>} */
const KIND_DRAWINGS = { picture: "picture", program: "program", document: "document", archive: "archive", dicomdir: "details", unreadable: "unknown", locked: "unknown", dicom: "scans", other: "unknown" };

/** @param {Report} report @param {{patients: PatientFacts[], look: () => void, letter: HTMLElement}} disc @returns {HTMLElement} */
export function answerPage(report, disc) {
  return report.verdict.class === "H" ? peoplePage(report, disc) : askPage(report, disc.letter);
}

/** E and F: the disc cannot be used as it is; here is what to ask for. @param {Report} report @param {HTMLElement} letter */
function askPage(report, letter) {
  const locked = report.verdict.class === "F";
  const kinds = kindsOf(report.files);
  const viewers = viewersOf(report.outcomes);
  const asks = report.complete !== false; // there is no letter as long as not everything was read
  const words = report.verdict.next_steps.map((text) => h("li", {}, h("p", {}, text)));
  const send = step("answer.send_letter", "answer.send_letter_more");
  // The letter stands for the step that asks the hospital: the first one, of a locked disc the second.
  const steps = !asks ? words : locked ? [words[0], step("answer.locked_1", "answer.locked_1_more"), step("answer.locked_letter", "answer.locked_letter_more"), ...words.slice(2)] : [send, ...words.slice(1)];
  const down = h("button", { class: "button primary narrow", type: "button", on: { click: () => showLetter(letter) } }, icon("mail"), t("action.letter"));
  return h("div", { class: asks ? "refusal" : "refusal alone" },
    h("div", { class: "say" },
      head(report),
      packedFiles(report), // before anybody is asked for anything: the images may be in there
      asks ? down : null,
      section(t("report.means"), h("p", { class: "plain" }, report.verdict.meaning || report.verdict.summary)),
      section(t("report.do"), h("ol", { class: "steps" }, steps)),
      kinds.length ? h("section", { class: "found-on" }, h("h2", {}, t("answer.on_disc")), h("ul", { class: "found" }, kinds.map((kind) => foundRow(kind, viewers))),
        h("div", { class: "button-row" }, reportLink())) : h("section", { class: "found-on" }, reportLink())),
    asks ? letter : null);
}

/** On a phone the letter lies below what is said of the disc. @param {HTMLElement} letter */
function showLetter(letter) {
  letter.scrollIntoView({ block: "start" });
  /** @type {HTMLElement | null} */ (letter.querySelector("h2"))?.focus({ preventScroll: true });
}

/** @param {string} key @param {string} more */
const step = (key, more) => h("li", {}, h("p", {}, h("b", {}, t(key)), " ", t(more)));

/** H: facts of each person, no images, one choice. @param {Report} report @param {{patients: PatientFacts[], look: () => void}} disc */
function peoplePage(report, { patients, look }) {
  const several = patients.length > 1;
  const page = h("div", { class: "refusal people" },
    h("div", { class: "say" },
      head(report),
      section(t("report.means"), h("p", { class: "plain" }, report.verdict.meaning || report.verdict.summary)),
      section(t("report.do"), h("ol", { class: "steps" }, report.verdict.next_steps.map((step) => h("li", {}, h("p", {}, step))))),
      h("section", { class: "found-on" }, h("div", { class: "button-row" }, report.complete === false ? null : letterLink(), reportLink()))),
    h("section", { class: "letter-box who", "aria-labelledby": "who-title" },
      h("h2", { id: "who-title", tabindex: "-1" }, t(several ? "people.title" : "people.one_title")),
      h("p", {}, t(several ? "people.lead" : "people.one_lead")),
      h("ul", { class: "people-list" }, patients.map((patient) => personCard(patient, several, look))),
      h("p", { class: "label" }, t(several ? "people.note" : "people.one_note"))));
  return page;
}

/** @param {PatientFacts} patient @param {boolean} several @param {() => void} look */
function personCard(patient, several, look) {
  const holds = discHolds([patient]);
  const name = formatPerson(patient.name);
  const button = h("button", { class: "button", type: "button", on: { click: () => (several ? emit(button, "choose-person", patient.key) : look()) } },
    several ? (name ? t("people.choose", { name: formatPersonSpoken(patient.name) }) : t("people.choose_nameless")) : t("people.look"));
  return h("li", { class: "person-choice" },
    h("h3", {}, name ? h("bdi", {}, name) : t("person.no_name")),
    factsOf(patient),
    h("p", { class: "label" }, holdsText(holds)),
    h("ul", { class: "label" }, patient.studies.slice(0, 4).map((study) => h("li", {}, [studyTitle(study), formatDate(study.date), study.institution].filter(Boolean).join(" · "))),
      patient.studies.length > 4 ? h("li", {}, t("people.more_studies", { count: patient.studies.length - 4 })) : null),
    button);
}

/** @param {Report} report */
function head({ verdict }) {
  return h("div", { class: `head tone-${VERDICT_TONE[verdict.class]}` }, icon(`shape-${verdict.class}`, "answer-shape"), h("h1", { tabindex: "-1" }, verdict.title),
    h("p", { class: "kicker" }, [verdict.summary.replace(/[.。]$/, ""), t("verdict.class", { class: verdict.class })].join(" · ")));
}

/** @param {string} title @param {...HTMLElement} children */
const section = (title, ...children) => h("section", {}, h("h2", {}, title), ...children);

function reportLink() {
  const link = h("button", { class: "button quiet flush", type: "button", on: { click: () => emit(link, "go", "report") } }, t("answer.how_we_know"));
  return link;
}

function letterLink() {
  const link = h("button", { class: "button", type: "button", on: { click: () => emit(link, "go-to", "letter") } }, icon("mail"), t("action.letter"));
  return link;
}

/** @param {ReturnType<typeof kindsOf>[number]} kind @param {string[]} viewers names of those that are known */
function foundRow({ kind, count, first, last }, viewers) {
  const known = kind === "program" && viewers.length;
  const named = count < 2 || nameOf(first) === nameOf(last) ? nameOf(first) : kind === "program" ? t("found.and_others", { first: nameOf(first) }) : t("found.from_to", { first: nameOf(first), last: nameOf(last) });
  return h("li", {}, icon(KIND_DRAWINGS[kind] ?? "unknown"),
    h("span", {}, t(`found.${kind}`), h("small", {}, known ? [t("found.viewer", { names: list(viewers) })] : [t(`found.${kind}.more`), named].filter(Boolean).join(" "))),
    h("span", { class: "num" }, t("count.files", { count })));
}

/** A file's own name, without its folders. @param {string} path */
const nameOf = (path) => path.slice(path.lastIndexOf("/") + 1);
