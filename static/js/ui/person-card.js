// Who the disc says it is about, and whether that is right. Never answered beforehand.
import { currentLanguage, formatDate, formatPerson, phrase, t } from "../i18n.js";
import { emit, h, icon, put } from "./h.js";

/** @typedef {import("../types.js").PatientFacts} PatientFacts */
/** @typedef {"ask"|"right"|"wrong"|"wait"} Answer */

export class PersonCard {
  #shown = "";

  constructor() {
    this.element = h("section", { class: "person", "aria-label": phrase("person.label") });
  }

  /** @param {{patient: PatientFacts | null, people: number, answer: Answer}} state `wait`: not asked yet, the disc is still being read */
  update({ patient, people, answer }) {
    const signature = JSON.stringify([patient?.key, patient?.name, patient?.patient_id, patient?.birth_date, patient?.name_doubt, people, answer, currentLanguage()]);
    if (signature === this.#shown) return;
    this.#shown = signature;
    this.element.hidden = !patient;
    if (!patient) return;
    if (people > 1) {
      put(this.element, h("h2", {}, t("count.people", { count: people })), h("p", { class: "label" }, t("person.several")));
      return;
    }
    const name = formatPerson(patient.name);
    put(this.element,
      h("h2", {}, name ? h("bdi", {}, name) : t("person.no_name")),
      doubtOf(patient),
      factsOf(patient),
      answer === "right" ? h("p", { class: "mark tone-good" }, icon("shape-good", "shape"), t("person.confirmed")) : null,
      answer === "ask" ? this.#ask(patient) : null,
      answer === "wrong" ? this.#wrong(patient) : null);
  }

  /** @param {PatientFacts} patient */
  #ask(patient) {
    const button = (/** @type {boolean} */ right, /** @type {string} */ label) =>
      h("button", { class: "button", type: "button", on: { click: () => emit(this.element, "confirm-person", { key: patient.key, right }) } }, label);
    return h("div", { class: "ask", role: "group", "aria-label": t("person.ask") },
      h("b", {}, t("person.ask")), h("div", { class: "button-row" }, button(true, t("action.yes")), button(false, t("action.no"))));
  }

  /** @param {PatientFacts} patient */
  #wrong(patient) {
    return h("div", { class: "ask", role: "alert" },
      h("p", { class: "mark tone-stop" }, icon("shape-stops", "shape"), t("person.wrong")),
      h("p", {}, t("person.wrong_more")),
      h("button", { class: "button", type: "button", on: { click: () => emit(this.element, "confirm-person", { key: patient.key, right: true }) } }, t("person.was_mistake")));
  }
}

/** A mark at a name whose letters its file does not explain. @param {PatientFacts} patient */
function doubtOf({ name_doubt }) {
  if (!name_doubt) return null;
  const { looks_like } = name_doubt;
  return h("p", { class: "mark tone-warn" }, icon("shape-warn", "shape"), looks_like ? t("person.letters_like", { looks_like }) : t("person.letters"));
}

/** Name apart: it is the heading. @param {PatientFacts} patient */
export function factsOf(patient) {
  return h("dl", {},
    patient.birth_date ? [h("dt", {}, t("person.born")), h("dd", {}, formatDate(patient.birth_date))] : null,
    patient.patient_id ? [h("dt", {}, t("person.number")), h("dd", {}, h("bdi", {}, patient.patient_id))] : null,
    !patient.birth_date && !patient.patient_id ? [h("dt", { class: "visually-hidden" }, t("person.known")), h("dd", {}, t("person.nothing_known"))] : null);
}
