// "Yes, this is the right person": the one thing nobody chooses beforehand, asked for every kind of copy alike.
import { formatDate, formatPersonSpoken, t } from "../i18n.js";
import { emit, h, setText } from "./h.js";

/** @typedef {import("../types.js").PatientFacts} PatientFacts */

export class ConfirmBox {
  /** @type {PatientFacts | null} */
  #patient = null;

  /** @param {() => void} changed */
  constructor(changed) {
    this.input = h("input", { type: "checkbox", on: { change: () => {
      emit(this.element, "confirm-person", { key: this.#patient?.key, right: this.input.checked });
      changed();
    } } });
    this.text = h("span", { class: "title" });
    this.element = h("div", { class: "confirm" }, h("label", { class: "choice" }, this.input, this.text));
  }

  get isTicked() {
    return this.input.checked;
  }

  /** @param {{patient: PatientFacts, confirmed: boolean}} state */
  update({ patient, confirmed }) {
    this.#patient = patient;
    this.input.checked = confirmed;
    this.say();
  }

  /** In the language it is now. */
  say() {
    const { name = "", birth_date = "", patient_id = "" } = this.#patient ?? {};
    const spoken = formatPersonSpoken(name);
    const born = formatDate(birth_date);
    setText(this.text, spoken ? (born ? t("export.confirm", { name: spoken, date: born }) : t("export.confirm_no_date", { name: spoken })) : t("export.confirm_nameless", { number: patient_id || "-" }));
  }

  /** The button was pressed before the question was answered: lead there. */
  ask() {
    this.element.classList.add("asked");
    this.element.scrollIntoView({ block: "center" });
    this.input.focus();
  }

  /** Nothing hangs on it any more. */
  calm() {
    this.element.classList.remove("asked");
  }
}
