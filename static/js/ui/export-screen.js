// The export screen: choosing, writing, and how it ended, in one place, so that Back leaves it whole.
import { t } from "../i18n.js";
import { ExportChoose } from "./export-choose.js";
import { donePage, stoppedPage } from "./export-done.js";
import { ExportWriting } from "./export-writing.js";
import { RemovalChoose } from "./removal-choose.js";
import { removalDonePage } from "./removal-done.js";
import { emit, h, put } from "./h.js";

/** @typedef {import("../types.js").PatientFacts} PatientFacts */
/** @typedef {"closed"|"choosing"|"writing"|"ended"} Phase */

export class ExportScreen {
  /** @type {Phase} */
  phase = "closed";
  /** @type {import("../types.js").ExportPlan | null} */
  #plan = null;
  #documents = 0;
  /** Whether the copy is one without identifying data. */
  #removing = false;
  /** @type {{patient: PatientFacts, confirmed: boolean} | null} */
  #state = null;
  /** Makes what is shown, in the language it is then. @type {() => HTMLElement} */
  #make = () => this.choose.element;

  /** @param {(key: string) => import("../types.js").Thumbnail | undefined} thumbnail */
  constructor(thumbnail) {
    this.element = /** @type {HTMLElement} */ (document.getElementById("screen-export"));
    this.choose = new ExportChoose(thumbnail);
    this.removal = new RemovalChoose();
    this.writing = new ExportWriting();
    this.element.addEventListener("new-copy", () => {
      if (this.#removing && this.#state) this.choose.update(this.#state);
      this.#removing = false;
      this.#show("choosing", () => this.choose.element);
    });
    this.element.addEventListener("without-identity", () => {
      if (!this.#state) return;
      this.#removing = true;
      this.removal.open({ chosen: this.choose.choice, ...this.#state });
      this.#show("choosing", () => this.removal.element);
    });
    this.element.addEventListener("second-copy", (event) => {
      const only = /** @type {CustomEvent<string[]>} */ (event).detail;
      emit(this.element, "make-copy", { ...this.choose.choice, encoding: "keep-encoding", for_old_software: false, only });
    });
    addEventListener("beforeunload", (event) => { if (this.phase === "writing") event.preventDefault(); });
    this.close("export.after_reading");
  }

  /** There is nothing to choose (yet), and why: keys of texts. @param {string} sentence @param {{label: string, act: () => void}} [action] */
  close(sentence, action) {
    const back = () => h("button", { class: "button large", type: "button", on: { click: () => emit(this.element, "go", "disc") } }, t("action.back_to_scans"));
    this.#show("closed", () => h("div", { class: "run" }, h("header", {}, h("h1", { tabindex: "-1" }, t("export.title")), h("p", { class: "plain" }, t(sentence))),
      h("div", { class: "button-row" }, action ? h("button", { class: "button primary large", type: "button", on: { click: action.act } }, t(action.label)) : null, back())));
  }

  /** The language has changed. What a copy that has ended says of single files stays as its papers say it. */
  reword() {
    this.choose.reword();
    if (this.#removing) this.removal.reword();
    this.writing.reword();
    put(this.element, this.#make());
  }

  /** @param {{patient: PatientFacts, confirmed: boolean, documents: number}} state */
  open({ patient, confirmed, documents }) {
    this.#documents = documents;
    this.#state = { patient, confirmed };
    if (this.#removing && this.phase === "choosing") {
      this.removal.update({ patient, confirmed });
      return;
    }
    if (this.phase === "writing" || this.phase === "ended") {
      this.choose.update({ patient, confirmed });
      return;
    }
    this.choose.update({ patient, confirmed });
    if (this.phase !== "choosing") this.#show("choosing", () => this.choose.element);
  }

  /** A new disc: whatever was chosen or ended belongs to the one before. */
  reset() {
    this.#plan = null;
    this.#state = null;
    this.#removing = false;
    this.close("export.after_reading");
  }

  /** @param {import("../types.js").ExportPlan} plan */
  setPlan(plan) {
    if (this.#removing) {
      this.removal.setPlan(plan);
      return;
    }
    this.#plan = plan;
    this.choose.setPlan(plan);
  }

  /** @param {{stage: string, done: number, total: number, what?: string}} progress */
  setProgress(progress) {
    if (this.phase !== "writing") {
      this.writing.start(this.#where);
      this.#show("writing", () => this.writing.element);
    }
    return this.writing.update(progress);
  }

  /** @param {import("../types.js").ExportDone} done */
  setDone(done) {
    const known = { plan: this.#plan, documents: this.#documents };
    this.#show("ended", () => (done.identity && done.ok ? removalDonePage(done) : donePage(done, known)));
  }

  /** @param {import("../types.js").ErrorWords | null} error */
  setStopped(error) {
    const where = this.#where;
    this.#show("ended", () => stoppedPage(error, where));
  }

  get #where() {
    return (this.#removing ? this.removal : this.choose).choice?.where ?? "zip";
  }

  /** @param {Phase} phase @param {() => HTMLElement} make */
  #show(phase, make) {
    const had = this.element.contains(document.activeElement);
    const page = make();
    this.#make = make;
    this.phase = phase;
    put(this.element, page);
    if (this.element.hidden) return;
    scrollTo(0, 0);
    if (had) /** @type {HTMLElement | null} */ (page.querySelector("h1"))?.focus({ preventScroll: true });
  }
}
