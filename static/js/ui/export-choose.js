// Choosing what to copy. Good choices are made beforehand; who the person is, never.
import { formatBytes, formatDate, formatPerson, formatTimeExpected, list, phrase, t } from "../i18n.js";
import { holdsText, seriesCount, seriesTitle, studyHolds, studyTitle } from "./catalogue-view.js";
import { choiceOf, chosenEnhanced, chosenHolds, dispensable, mediumFor, secondsExpected } from "./export-choices.js";
import { ConfirmBox } from "./confirm-box.js";
import { emit, h, icon, put, setText } from "./h.js";
import { oldSoftwareBox } from "./export-old-software.js";
import { drawThumbnail } from "./series-row.js";
import { viewerBytes } from "../viewer-files.js";
import { viewerChoice } from "./viewer-choice.js";

/** @typedef {import("../types.js").PatientFacts} PatientFacts */
/** @typedef {import("../types.js").ExportPlan} ExportPlan */
const PLAN_PAUSE_MS = 150;

export class ExportChoose {
  /** @type {PatientFacts | null} */
  #patient = null;
  /** @type {Set<string>} */
  #keys = new Set();
  /** @type {"most-compatible" | "keep-encoding"} */
  #encoding = "most-compatible";
  /** @type {"folder" | "zip"} */
  #where = "zip";
  #viewer = false;
  #oldSoftware = false;
  /** @type {ExportPlan | null} */
  #plan = null;
  #timer = 0;

  /** @param {(key: string) => import("../types.js").Thumbnail | undefined} thumbnail */
  constructor(thumbnail) {
    this.thumbnail = thumbnail;
    this.canFolder = typeof (/** @type {any} */ (window).showDirectoryPicker) === "function";
    this.#where = this.canFolder ? "folder" : "zip";
    this.questions = h("div", { class: "ask-list" });
    this.old = oldSoftwareBox((wanted) => { this.#oldSoftware = wanted; this.#changed(); });
    this.facts = h("dl", {});
    this.confirm = new ConfirmBox(() => this.#summary());
    this.make = [this.#button(), this.#button()];
    this.why = [h("p", { class: "why-not", role: "status" }), h("p", { class: "why-not" })];
    /** What building a large .zip takes, where that may be much. */
    this.needs = h("span", { role: "status" });
    this.left = h("div", { class: "left-out" });
    this.more = h("div", { class: "left-out" });
    this.sum = h("aside", { class: "sum", "aria-label": phrase("export.summary") }, h("h2", {}, phrase("export.your_copy")), this.facts, this.left, this.confirm.element, this.make[0], this.why[0], h("p", { class: "label" }, phrase("export.promise")), this.more);
    this.element = h("div", { class: "export-choose" },
      h("div", { class: "export" },
        h("div", { class: "title" }, h("a", { class: "tool-quiet back-link", href: "#/disc" }, icon("left", "icon s"), phrase("action.back_to_scans")), h("h1", { tabindex: "-1" }, phrase("export.title")), h("p", {}, phrase("export.lead"))),
        h("div", {}, this.questions, this.#apart()), this.sum),
      h("div", { class: "sticky-act" }, this.make[1], this.why[1]));
  }

  /** @param {{patient: PatientFacts, confirmed: boolean}} state */
  update({ patient, confirmed }) {
    this.confirm.update({ patient, confirmed });
    if (this.#patient !== patient) {
      const before = this.#patient;
      this.#patient = patient;
      if (JSON.stringify(keysOf(before)) !== JSON.stringify(keysOf(patient))) {
        this.#keys = new Set(keysOf(patient));
        this.#plan = null;
        this.#oldSoftware = false;
      }
      this.reword();
    }
    this.#changed(0);
  }

  /** The language has changed; what is chosen stays chosen. */
  reword() {
    if (!this.#patient) return;
    this.#ask();
    this.#tick();
  }

  /** @param {ExportPlan} plan */
  setPlan(plan) {
    this.#plan = plan;
    this.#summary();
  }

  /** @returns {import("../types.js").ExportChoice | null} */
  get choice() {
    if (!this.#patient) return null;
    return { ...choiceOf(this.#patient, this.#keys), encoding: this.#encoding, patient_key: this.#patient.key, where: this.#where, viewer: this.#viewer, for_old_software: this.#asksOldSoftware && this.#oldSoftware };
  }

  /** Only where a chosen image is one that older systems may not open, and only in the form they read. */
  get #asksOldSoftware() {
    return this.#encoding === "most-compatible" && this.#patient !== null && chosenEnhanced(this.#patient, this.#keys) > 0;
  }

  /** Another kind of copy, quieter than the one most people are here for. */
  #apart() {
    return h("section", { class: "without-identity" },
      h("button", { class: "tool-quiet", type: "button", on: { click: () => emit(this.element, "without-identity") } }, phrase("noid.link"), icon("right", "icon s")),
      h("p", { class: "label" }, phrase("noid.link_more")));
  }

  #button() {
    return h("button", { class: "button primary large wide", type: "button", on: { click: () => this.#go() } }, icon("export"), phrase("export.make"));
  }

  #go() {
    const reason = this.#reason();
    if (!reason) {
      emit(this.element, "make-copy", this.choice);
      return;
    }
    if (reason === "export.confirm_first") this.confirm.ask();
  }

  /** Why the button does nothing yet: the key of a sentence, or the sentence of the plan. */
  #reason() {
    if (!this.#keys.size) return "export.choose_something";
    if (this.#plan?.refused) return this.#plan.refused;
    if (!this.confirm.isTicked) return "export.confirm_first";
    return "";
  }

  #changed(pause = PLAN_PAUSE_MS) {
    this.#summary();
    clearTimeout(this.#timer);
    if (this.#keys.size) this.#timer = window.setTimeout(() => emit(this.element, "plan", this.choice), pause);
  }

  // -- the questions

  #ask() {
    const patient = /** @type {PatientFacts} */ (this.#patient);
    put(this.questions, this.#what(patient),
      h("fieldset", {}, h("legend", {}, t("export.how")), h("div", { class: "pair" },
        this.#radio("encoding", "most-compatible", t("export.compatible"), t("export.compatible_more"), h("span", { class: "tag accent" }, t("export.suggested"))),
        this.#radio("encoding", "keep-encoding", t("export.keep"), t("export.keep_more"))), this.old.ask(this.#oldSoftware)),
      h("fieldset", {}, h("legend", {}, t("export.where")),
        this.canFolder
          ? h("div", { class: "pair" }, this.#radio("where", "folder", t("export.folder"), t("export.folder_more"), null, "stick"), this.#radio("where", "zip", t("export.zip"), t("export.zip_more"), null, "archive"))
          : h("p", { class: "note" }, icon("archive"), h("span", {}, h("b", {}, t("export.zip")), " ", t("export.only_zip"), " ", this.needs))),
      viewerChoice(this.#viewer, (wanted) => {
        this.#viewer = wanted;
        this.#summary();
      }));
  }

  /** @param {PatientFacts} patient */
  #what(patient) {
    const boxes = patient.studies.map((study) => this.#studyBox(study));
    const single = h("details", { class: "disclose" }, h("summary", {}, icon("right", "icon s chev"), t("export.single")));
    single.addEventListener("toggle", () => { if (single.open && single.children.length === 1) single.append(this.#singles(patient)); });
    return h("fieldset", { class: "study-choice" }, h("legend", {}, t("export.what")), boxes, this.#essential(patient), single);
  }

  /** Off until somebody wants it: a copy holds everything. @param {PatientFacts} patient */
  #essential(patient) {
    const { keys, kinds } = dispensable(patient);
    if (!keys.length) return null;
    const box = h("input", { type: "checkbox", data: { essential: "" } });
    box.addEventListener("change", () => {
      for (const key of keys) box.checked ? this.#keys.delete(key) : this.#keys.add(key);
      this.#tick();
    });
    return h("label", { class: "choice essential" }, box,
      h("span", {}, h("span", { class: "title" }, t("export.essential")), h("span", { class: "more" }, t("export.essential_more", { count: keys.length, kinds: list(kinds.map((kind) => t(`export.role.${kind}`))) }))));
  }

  /** @param {import("../types.js").StudyFacts} study */
  #studyBox(study) {
    const box = h("input", { type: "checkbox", data: { study: study.study_instance_uid } });
    box.checked = true;
    box.addEventListener("change", () => {
      for (const series of study.series) box.checked ? this.#keys.add(series.key) : this.#keys.delete(series.key);
      this.#tick();
    });
    const image = study.series.filter((series) => series.shows === "image").sort((a, b) => b.frames - a.frames)[0];
    const known = image && this.thumbnail(image.key);
    const picture = (known && drawThumbnail(known)) ?? h("span", { class: "doc" }, icon(image ? "picture" : "document", "icon l"));
    const holds = studyHolds(study);
    return h("label", { class: "choice" }, box, picture,
      h("span", {}, h("span", { class: "title" }, studyTitle(study)), h("span", { class: "more" }, [formatDate(study.date), holdsText(holds)].filter(Boolean).join(" · "))),
      h("span", { class: "side num" }, holds.bytes ? formatBytes(holds.bytes) : ""));
  }

  /** @param {PatientFacts} patient */
  #singles(patient) {
    return h("div", { class: "singles" }, patient.studies.map((study) => h("fieldset", {}, h("legend", {}, studyTitle(study)), study.series.map((series) => {
      const box = h("input", { type: "checkbox", data: { key: series.key } });
      box.checked = this.#keys.has(series.key);
      box.addEventListener("change", () => {
        if (box.checked) this.#keys.add(series.key);
        else this.#keys.delete(series.key);
        this.#tick();
      });
      return h("label", { class: "choice" }, box, h("span", {}, h("span", { class: "title" }, seriesTitle(series)), " ", h("span", { class: "more" }, seriesCount(series))), h("span", { class: "side num" }, formatBytes(series.size_bytes || 0)));
    }))));
  }

  /** All boxes show what is chosen; a study of which some is chosen shows so. */
  #tick() {
    for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (this.questions.querySelectorAll("input[data-key]"))) box.checked = this.#keys.has(box.dataset.key ?? "");
    for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (this.questions.querySelectorAll("input[data-study]"))) {
      const study = this.#patient?.studies.find((one) => one.study_instance_uid === box.dataset.study);
      const chosen = study?.series.filter((series) => this.#keys.has(series.key)).length ?? 0;
      box.checked = chosen > 0 && chosen === study?.series.length;
      box.indeterminate = chosen > 0 && !box.checked;
    }
    const essential = /** @type {HTMLInputElement | null} */ (this.questions.querySelector("input[data-essential]"));
    if (essential && this.#patient) essential.checked = this.#keys.size > 0 && !dispensable(this.#patient).keys.some((key) => this.#keys.has(key));
    this.#changed();
  }

  /** @param {"encoding"|"where"} name @param {string} value @param {string} title @param {string} more @param {HTMLElement | null} [tag] @param {string} [drawing] */
  #radio(name, value, title, more, tag = null, drawing = "") {
    const input = h("input", { type: "radio", name, value });
    input.checked = value === (name === "encoding" ? this.#encoding : this.#where);
    input.addEventListener("change", () => {
      if (name === "encoding") this.#encoding = /** @type {any} */ (value);
      else this.#where = /** @type {any} */ (value);
      this.#changed();
    });
    return h("label", { class: "choice" }, input, h("span", { class: "title" }, title, " ", tag), h("span", { class: "side" }, drawing ? icon(drawing) : null), h("span", { class: "more" }, more));
  }

  // -- the summary

  #summary() {
    const patient = this.#patient;
    if (!patient) return;
    this.old.element.hidden = !this.#asksOldSoftware;
    this.old.say(this.#oldSoftware ? this.#plan?.splitting ?? [] : []);
    const holds = chosenHolds(patient, this.#keys);
    const plan = this.#plan?.refused ? null : this.#plan;
    const images = plan?.size_after ?? holds.bytes;
    const size = images && images + (this.#viewer ? viewerBytes : 0);
    const name = formatPerson(patient.name) || t("person.no_name");
    const born = formatDate(patient.birth_date);
    /** What stands fourth gives way where the screen is low. @type {[string, string, string, string?][]} */
    const rows = [
      ["export.person", name, born ? t("export.born", { date: born }) : t("export.no_birth_date")],
      ["export.holds", holdsText(holds), ""],
      ["export.written_as", t(this.#encoding === "most-compatible" ? "export.compatible" : "export.keep"), "", this.#encoding === "most-compatible" ? t(this.choice?.for_old_software ? "export.old_software" : "export.explicit") : ""],
    ];
    if (size) rows.push(["export.size", formatBytes(size), t(this.#where === "zip" ? "export.zip_size" : mediumFor(size)), plan?.size_before ? t("export.size_here", { size: formatBytes(plan.size_before) }) : ""]);
    const time = plan ? formatTimeExpected(secondsExpected(plan)) : "";
    if (time) rows.push(["export.time", time, "", this.#where === "folder" ? t("export.time_stick") : ""]);
    put(this.facts, rows.map(([term, fact, more, extra]) => h("div", {}, h("dt", {}, t(term)),
      h("dd", {}, h("bdi", {}, fact), more ? h("small", {}, more) : null, extra ? h("small", { class: "opt" }, extra) : null))));
    const builtIn = plan?.built_in;
    setText(this.needs, builtIn ? t(builtIn === "storage" ? "export.in_storage" : "export.in_memory", { size: formatBytes(size) }) : "");
    this.#showPlan(plan);
    this.confirm.say();
    const reason = this.#reason();
    const sentence = reason.startsWith("export.") ? t(reason) : reason;
    if (!reason || reason !== "export.confirm_first") this.confirm.calm();
    for (const button of this.make) {
      // Not yet confirmed is no dead end: the button then leads to the question.
      if (reason && reason !== "export.confirm_first") button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
    setText(this.why[0], sentence);
    setText(this.why[1], sentence || [holdsText(holds), size ? formatBytes(size) : ""].filter(Boolean).join(" · "));
  }

  /** What changes and what stays behind is said before, not after. @param {ExportPlan | null} plan */
  #showPlan(plan) {
    const rows = plan?.left_out_by_reason ?? [];
    const lost = rows.filter((row) => row.instances && !row.by_choice);
    const images = lost.reduce((sum, row) => sum + row.instances, 0);
    const chosen = rows.filter((row) => row.by_choice);
    const others = rows.reduce((sum, row) => sum + row.files - row.instances, 0);
    put(this.left, images ? this.#reasons("disclose tone-warn", icon("shape-warn", "shape"), t("export.left_out_images", { count: images }), lost) : null);
    put(this.more,
      plan ? h("details", { class: "disclose" }, h("summary", {}, icon("right", "icon s chev"), t("export.what_changes")),
        h("ul", { class: "label" }, (plan.changes ?? []).map((sentence) => h("li", {}, sentence)))) : null,
      chosen.length ? this.#reasons("disclose", icon("right", "icon s chev"), t("export.left_out_chosen", { count: chosen.reduce((sum, row) => sum + row.instances, 0) }), chosen) : null,
      others ? this.#reasons("disclose", icon("right", "icon s chev"), t("export.left_out_other", { count: others }), rows.filter((row) => row.files > row.instances)) : null);
  }

  /** @param {string} look @param {Node} mark @param {string} title @param {{reason: string, files: number}[]} rows */
  #reasons(look, mark, title, rows) {
    return h("details", { class: look }, h("summary", {}, mark, title),
      h("ul", { class: "label" }, rows.map((row) => h("li", {}, t("export.left_out_row", { files: t("count.files", { count: row.files }), reason: row.reason })))));
  }
}

/** @param {PatientFacts | null} patient */
const keysOf = (patient) => patient?.studies.flatMap((study) => study.series.map((series) => series.key)) ?? [];
