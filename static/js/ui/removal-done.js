// The end of a copy without identifying data, once it has been read back.
import { formatBytes, t } from "../i18n.js";
import { emit, h, icon } from "./h.js";

/** @param {import("../types.js").ExportDone} done */
export function removalDonePage(done) {
  const made = /** @type {any} */ (done);
  const page = h("div", { class: "done" },
    h("section", { class: "proof tone-good" }, icon("shape-good", "proof-shape"),
      h("div", {}, h("h1", { tabindex: "-1" }, t("noid.done_title", { identical: made.identical, total: made.instances_in, count: made.instances_in })),
        h("p", {}, t("noid.done_ready", { name: made.name ?? "", size: formatBytes(made.total_bytes ?? 0) }))),
      h("div", { class: "button-row" }, h("button", { class: "button", type: "button", on: { click: () => emit(page, "go", "disc") } }, t("action.back_to_scans")))),
    h("div", { class: "col" },
      h("section", { class: "block" }, h("h2", {}, t("done.now")), h("ol", { class: "steps" }, ["noid.done_1", "noid.done_2", ...(made.viewer ? ["done.viewer"] : []), "noid.done_3"].map((key) => h("li", {}, h("p", { class: "plain" }, t(key))))))),
    h("div", { class: "col" },
      h("section", { class: "block" }, h("h2", {}, t("noid.cannot")), h("ul", { class: "plain-list" }, ["noid.cannot_1", "noid.cannot_2", "noid.cannot_3", "noid.cannot_4"].map((key) => h("li", {}, h("p", {}, t(key))))))));
  return page;
}
