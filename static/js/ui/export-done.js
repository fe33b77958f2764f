// The end of an export. Proven: what to do now. Not identical, stopped or failed: what that means, and nothing is called done.
import { formatBytes, t } from "../i18n.js";
import { doneView } from "./done-view.js";
import { emit, h, icon } from "./h.js";
import { toClipboard } from "./letter.js";

/** @typedef {import("../types.js").ExportDone} ExportDone */

/** @param {ExportDone} done @param {{plan: import("../types.js").ExportPlan | null, documents: number}} known @returns {HTMLElement} */
export function donePage(done, { plan, documents }) {
  const view = doneView(done, plan);
  const words = { count: view.total, identical: view.identical, total: view.total };
  if (!view.ok) return differentPage(done, view, words);
  const technical = technicalCard(view);
  const page = h("div", { class: "done" },
    h("section", { class: "proof tone-good" }, icon("shape-good", "proof-shape"),
      h("div", {}, h("h1", { tabindex: "-1" }, t(documents ? "done.proof_documents" : "done.proof", words)),
        h("p", {}, t(done.where === "zip" ? "done.ready_zip" : "done.ready_folder", { name: done.name || t("done.folder"), size: view.bytes ? formatBytes(view.bytes) : "" }).replace(/[,、]\s?$/, "")),
        view.notTaken ? h("p", {}, t("done.some_left_out", { count: view.notTaken })) : null),
      h("div", { class: "button-row" },
        h("button", { class: "button primary large", type: "button", on: { click: () => emit(page, "save-report", "text") } }, icon("save"), t("done.save_report")),
        h("button", { class: "button", type: "button", on: { click: () => emit(page, "go", "disc") } }, t("action.back_to_scans")))),
    h("div", { class: "col" },
      block("done.now", h("ol", { class: "steps" }, (done.where === "zip" ? ["done.zip_1", "done.zip_2"] : ["done.folder_1", "done.folder_2"]).concat(view.viewer ? ["done.viewer"] : [], "done.keep").map((key) => h("li", {}, h("p", { class: "plain" }, t(key)))))),
      view.changes.length ? block("done.changed", h("ul", { class: "changed" }, view.changes.map(({ count, key, technical: tail }) =>
        h("li", {}, h("span", { class: "n num" }, t("number", { n: count })), h("p", {}, t(key, { count }), h("small", {}, [t(`${key}.more`), ...tail].filter(Boolean).join(" · "))))))) : null,
      view.leftOutImages.length ? block("done.left_out", h("ul", { class: "changed" }, view.leftOutImages.slice(0, 20).map((/** @type {any} */ file) => h("li", { class: "no-count" }, h("p", {}, h("span", { class: "mono" }, file.path), h("small", {}, file.reason))))),
        view.second.length ? [h("p", { class: "plain" }, t("second.why", { count: view.second.length })), h("button", { class: "button", type: "button", on: { click: () => emit(page, "second-copy", view.second) } }, icon("export"), t("second.make"))] : null) : null,
      block("done.unchanged", h("p", { class: "plain" }, t("done.unchanged_more")))),
    h("div", { class: "col" }, technical,
      block("done.later", h("p", {}, t("done.later_more")), h("a", { class: "button", href: "#/" }, icon("report"), t("done.check_copy")))));
  return page;
}

/** @param {ReturnType<typeof doneView>} view */
function technicalCard(view) {
  /** @type {[string, string][]} */
  const facts = [[t("tech.identical"), t("count.of", { done: view.identical, total: view.total })], [t("tech.files"), t("number", { n: view.files })]];
  if (view.firstFile) facts.push([t("tech.names"), view.firstFile]);
  if (view.fileSetUid) facts.push([t("tech.uid"), view.fileSetUid]);
  const note = h("p", { class: "label", role: "status" }, t("tech.note"));
  const list = h("dl", { class: "tech-facts" }, facts.map(([term, fact]) => h("div", {}, h("dt", {}, term), h("dd", { class: "mono wrap" }, fact))));
  const mail = () => [t("tech.mail", { identical: view.identical, total: view.total }), ...facts.map(([term, fact]) => `${term}: ${fact}`)].join("\n");
  return h("section", { class: "card block" }, h("h2", {}, t("tech.title")), h("p", { class: "technical" }, t("tech.lead")), list,
    h("button", { class: "button", type: "button", on: { click: async () => { note.textContent = t((await toClipboard(mail(), list)) ? "letter.copied" : "letter.selected"); } } }, icon("copy"), t("tech.copy")), note);
}

/** Written, but not the same: never called done. @param {ExportDone} done @param {ReturnType<typeof doneView>} view @param {Record<string, number>} words */
function differentPage(done, view, words) {
  const page = h("div", { class: "done" },
    h("section", { class: "proof tone-stop" }, icon("shape-stops", "proof-shape"),
      h("div", {}, h("h1", { tabindex: "-1" }, t("different.title")), h("p", {}, t("different.count", words))),
      h("div", { class: "button-row" }, h("button", { class: "button primary large", type: "button", on: { click: () => emit(page, "new-copy") } }, t("different.again")))),
    h("div", { class: "col" },
      block("different.means", h("p", { class: "plain" }, t("different.means_more"))),
      block("report.do", h("ol", { class: "steps" }, [done.gone ? "different.gone" : done.where === "zip" ? "different.zip_1" : "different.folder_1", "different.2", "different.3"].map((key) => h("li", {}, h("p", { class: "plain" }, t(key))))))),
    h("div", { class: "col" }, h("section", { class: "card block" }, h("h2", {}, t("different.what")),
      h("ul", { class: "differences" }, view.differences.slice(0, 50).map(({ path, what }) => h("li", {}, h("span", { class: "mono" }, path), h("small", {}, what)))),
      view.differences.length > 50 ? h("p", { class: "label" }, t("check.and_more", { count: view.differences.length - 50 })) : null)));
  return page;
}

/** @param {import("../types.js").ErrorWords | null} error null: the person pressed Stop @param {"folder"|"zip"} where */
export function stoppedPage(error, where) {
  const page = h("div", { class: "run" },
    h("header", {}, h("div", { class: `stop-head tone-${error ? "stop" : "info"}` }, icon(error ? "shape-stops" : "shape-half", "answer-shape"),
      h("h1", { tabindex: "-1" }, error ? error.title : t("stopped.copy_title"))),
    h("p", { class: "plain" }, error ? error.hint || t("failed.hint") : t(where === "folder" ? "stopped.copy_folder" : "stopped.copy_zip")),
    error ? h("p", { class: "plain" }, t("failed.nothing_lost")) : null),
    h("div", { class: "button-row" },
      h("button", { class: "button primary large", type: "button", on: { click: () => emit(page, "new-copy") } }, t("failed.again")),
      h("button", { class: "button large", type: "button", on: { click: () => emit(page, "go", "disc") } }, t("action.back_to_scans"))),
    error?.detail ? h("details", { class: "disclose" }, h("summary", {}, icon("right", "icon s chev"), t("failed.details")), h("pre", { class: "tree" }, [error.code, error.where, error.detail].filter(Boolean).join("\n"))) : null);
  return page;
}

/** @param {string} key @param {...(Node | Node[] | null)} children */
const block = (key, ...children) => h("section", { class: "block" }, h("h2", {}, t(key)), ...children);
