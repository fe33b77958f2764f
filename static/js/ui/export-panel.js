// The drawer's third tab: what a copy would be, and the way to it.
import { formatBytes, formatNumber, t } from "../i18n.js";
import { discHolds } from "./catalogue-view.js";
import { emit, h, icon, put } from "./h.js";
import { tallyList } from "./report-panel.js";

export class ExportPanel {
  constructor() {
    this.element = h("div", { class: "panel" });
    this.showReading();
  }

  showReading() {
    put(this.element, h("p", { class: "plain" }, t("export.after_reading")));
  }

  /** @param {import("../types.js").PatientFacts[]} patients @param {string} refused why no copy can be made, as the key of a sentence, or "" */
  showReady(patients, refused) {
    if (refused) {
      put(this.element, h("p", { class: "plain" }, t(refused)), h("button", { class: "button wide", type: "button", on: { click: () => emit(this.element, "go", "report") } }, icon("report"), t("action.read_report")));
      return;
    }
    const holds = discHolds(patients);
    /** @type {[string, string][]} */
    const rows = [["tally.studies", formatNumber(holds.studies)], ["tally.images", formatNumber(holds.images)]];
    if (holds.documents) rows.push(["tally.documents", formatNumber(holds.documents)]);
    if (holds.bytes) rows.push(["tally.size_here", formatBytes(holds.bytes)]);
    put(this.element, h("p", { class: "plain" }, t("export.pitch")), tallyList(rows),
      h("div", { class: "stack" },
        h("button", { class: "button primary large wide", type: "button", on: { click: () => emit(this.element, "go", "export") } }, icon("export"), t("action.make_copy")),
        h("p", { class: "label" }, t("export.next_step"))));
  }
}
