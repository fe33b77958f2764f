// A copy without identifying data: what it is, what may be chosen, what happens to every entry. Apart from the export.
import { formatBytes, formatPerson, t } from "../i18n.js";
import { viewerBytes } from "../viewer-files.js";
import { ConfirmBox } from "./confirm-box.js";
import { emit, h, icon, put, setText } from "./h.js";
import { viewerChoice } from "./viewer-choice.js";

/** @typedef {import("../types.js").ExportChoice} ExportChoice */
/** @typedef {import("../types.js").ExportPlan} ExportPlan */
/** @typedef {import("../types.js").RemovalRow} RemovalRow */

const OUTCOMES = /** @type {const} */ (["removed", "emptied", "replaced", "kept"]);
const PLAN_PAUSE_MS = 300;

export class RemovalChoose {
  /** What is copied, as chosen for the ordinary copy. @type {ExportChoice | null} */
  #chosen = null;
  /** @type {import("../types.js").PatientFacts | null} */
  #patient = null;
  #viewer = false;
  #wish = { dates: "remove", pseudonym: "", documents: false, burned_in: false };
  /** @type {ExportPlan | null} */
  #plan = null;
  #timer = 0;

  constructor() {
    this.element = h("div", { class: "removal" });
    this.confirm = new ConfirmBox(() => this.#say());
    this.preview = h("div", { class: "preview" });
    this.why = h("p", { class: "why-not", role: "status" });
    this.size = h("p", { class: "label" });
    this.make = h("button", { class: "button primary large wide", type: "button", on: { click: () => this.#go() } });
  }

  /** @param {{chosen: ExportChoice | null, patient: import("../types.js").PatientFacts, confirmed: boolean}} state */
  open({ chosen, patient, confirmed }) {
    this.#chosen = chosen;
    this.#viewer = chosen?.viewer ?? false;
    this.update({ patient, confirmed });
    this.#plan = null;
    this.reword();
    this.#ask(0);
    return this.element;
  }

  /** @param {{patient: import("../types.js").PatientFacts, confirmed: boolean}} state */
  update({ patient, confirmed }) {
    this.#patient = patient;
    this.confirm.update({ patient, confirmed });
    this.#say();
  }

  /** @param {ExportPlan} plan */
  setPlan(plan) {
    if (!plan.refused && !plan.removal) return; // of the ordinary copy, asked for before
    this.#plan = plan;
    this.#say();
  }

  /** @returns {ExportChoice | null} */
  get choice() {
    return this.#chosen && { ...this.#chosen, encoding: "most-compatible", for_old_software: false, viewer: this.#viewer, where: "zip", removal: { ...this.#wish } };
  }

  /** In the language it is now. */
  reword() {
    put(this.make, icon("export"), t("noid.make"));
    put(this.element, h("div", { class: "export" },
      h("div", { class: "title" },
        h("button", { class: "tool-quiet back-link", type: "button", on: { click: () => emit(this.element, "new-copy") } }, icon("left", "icon s"), t("noid.back")),
        h("h1", { tabindex: "-1" }, t("noid.title")), h("p", {}, t("noid.lead"))),
      h("div", { class: "ask-list" },
        this.#cannot(),
        h("fieldset", {}, h("legend", {}, t("noid.dates")), h("div", { class: "pair" }, this.#dates("remove"), this.#dates("shift"))),
        h("fieldset", {}, h("legend", {}, t("noid.include")), this.#tick("documents"), this.#tick("burned_in")),
        h("fieldset", {}, h("legend", {}, h("label", { for: "pseudonym" }, t("noid.pseudonym"))), this.#pseudonym(), h("p", { class: "label" }, t("noid.pseudonym_more"))),
        viewerChoice(this.#viewer, (wanted) => {
          this.#viewer = wanted;
          this.#say();
        }),
        h("section", { class: "block", "aria-live": "polite" }, h("h2", {}, t("noid.preview")), h("p", { class: "label" }, t("noid.preview_note")), this.preview)),
      h("aside", { class: "sum", "aria-label": t("noid.summary") }, h("h2", {}, t("noid.summary")), this.size, this.confirm.element, this.make, this.why, h("p", { class: "label" }, t("noid.searched")))));
    this.#say();
  }

  #cannot() {
    return h("section", { class: "block cannot tone-warn" }, h("h2", {}, icon("shape-warn", "shape"), t("noid.cannot")),
      h("ul", {}, ["noid.cannot_1", "noid.cannot_2", "noid.cannot_3", "noid.cannot_4"].map((key) => h("li", {}, t(key)))));
  }

  /** @param {"remove" | "shift"} value */
  #dates(value) {
    const input = h("input", { type: "radio", name: "removal-dates", value });
    input.checked = this.#wish.dates === value;
    input.addEventListener("change", () => { this.#wish.dates = value; this.#ask(); });
    return h("label", { class: "choice" }, input, h("span", { class: "title" }, t(`noid.dates_${value}`)), h("span", { class: "more" }, t(`noid.dates_${value}_more`)));
  }

  /** @param {"documents" | "burned_in"} name */
  #tick(name) {
    const input = h("input", { type: "checkbox", name });
    input.checked = this.#wish[name];
    input.addEventListener("change", () => { this.#wish[name] = input.checked; this.#ask(); });
    return h("label", { class: "choice" }, input, h("span", { class: "title" }, t(`noid.${name}`)), h("span", { class: "more" }, t(`noid.${name}_more`)));
  }

  #pseudonym() {
    const input = h("input", { type: "text", id: "pseudonym", class: "field", maxlength: "56", autocomplete: "off", spellcheck: "false", placeholder: "SUBJECT-1" });
    input.value = this.#wish.pseudonym;
    input.addEventListener("input", () => { this.#wish.pseudonym = input.value.trim(); this.#ask(); });
    return input;
  }

  #ask(pause = PLAN_PAUSE_MS) {
    this.#plan = null;
    this.#say();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => emit(this.element, "plan", this.choice), pause);
  }

  #go() {
    if (this.#reason()) {
      if (!this.confirm.isTicked) this.confirm.ask();
      return;
    }
    emit(this.element, "make-copy", this.choice);
  }

  #reason() {
    if (this.#plan?.refused) return this.#plan.refused;
    if (!this.confirm.isTicked) return t("export.confirm_first");
    return this.#plan ? "" : t("noid.looking");
  }

  #say() {
    const patient = this.#patient;
    if (!patient) return;
    this.confirm.say();
    const reason = this.#reason();
    setText(this.why, reason);
    if (this.confirm.isTicked) this.confirm.calm();
    if (reason && this.confirm.isTicked) this.make.setAttribute("aria-disabled", "true");
    else this.make.removeAttribute("aria-disabled");
    const plan = this.#plan;
    setText(this.size, [formatPerson(patient.name), plan?.instances ? t("count.files", { count: plan.instances }) : "", plan?.size_after ? formatBytes(plan.size_after + (this.#viewer ? viewerBytes : 0)) : ""].filter(Boolean).join(" · "));
    put(this.preview, !plan ? h("p", { class: "label" }, t("noid.looking")) : plan.refused ? h("p", { class: "plain" }, plan.refused) : this.#table(plan));
  }

  /** @param {ExportPlan} plan */
  #table(plan) {
    const rows = plan.removal?.rows ?? [];
    const reasons = plan.left_out_by_reason ?? [];
    return [
      ...(plan.removal?.warnings ?? []).map((sentence) => h("p", { class: "plain tone-warn warned" }, icon("shape-warn", "shape"), h("span", {}, sentence))),
      reasons.length ? h("details", { class: "disclose", open: "" }, h("summary", {}, icon("right", "icon s chev"), t("export.left_out_other", { count: reasons.reduce((sum, row) => sum + row.files, 0) })),
        h("ul", { class: "label" }, reasons.map((row) => h("li", {}, t("export.left_out_row", { files: t("count.files", { count: row.files }), reason: row.reason }))))) : null,
      ...OUTCOMES.map((outcome) => this.#rows(outcome, rows.filter((row) => row.outcome === outcome))),
    ];
  }

  /** @param {typeof OUTCOMES[number]} outcome @param {RemovalRow[]} rows */
  #rows(outcome, rows) {
    if (!rows.length) return null;
    return h("details", { class: "disclose", data: { outcome } }, h("summary", {}, icon("right", "icon s chev"), t(`noid.${outcome}`, { count: rows.length })),
      h("table", { class: "entries" },
        h("thead", {}, h("tr", {}, ["noid.col_name", "noid.col_count", "noid.col_examples"].map((key) => h("th", { scope: "col" }, t(key))))),
        h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row", lang: "en" }, row.name), h("td", { class: "num" }, t("number", { n: row.count })), h("td", {}, h("bdi", {}, row.examples.join(" · "))))))));
  }
}
