// One check: a plain sentence; opened, the technical one, its section of the standard, what was found and where.
import { t } from "../i18n.js";
import { h, icon } from "./h.js";
import { evidenceRows, markOf } from "./report-view.js";

/** @typedef {import("../types.js").Outcome} Outcome */

/** @param {Outcome} outcome */
export function checkRow(outcome) {
  const { mark, tone, word } = markOf(outcome);
  const body = h("div", { class: "tech" });
  const row = h("details", { class: "check", id: `check-${outcome.rule}` },
    h("summary", {},
      h("span", { class: `mark tone-${tone}` }, icon(`shape-${mark === "passed" ? "good" : mark}`, "shape"), t(word)),
      h("span", { class: "say" }, outcome.plain || outcome.title), h("span", { class: "id" }, outcome.rule), icon("right")), body);
  // Filled when first opened: a report has many checks, and most stay closed.
  row.addEventListener("toggle", () => { if (row.open && !body.firstChild) body.append(technical(outcome)); });
  return row;
}

/** @param {Outcome} outcome */
function technical(outcome) {
  /** @type {(HTMLElement | null)[]} */
  const rows = [
    ...line("check.technical", outcome.technical), ...line("check.standard", outcome.reference),
    ...outcome.issues.flatMap((issue) => {
      const count = issue.where_count ?? issue.where.length;
      const evidence = evidenceRows(issue.evidence);
      return [
        ...line("check.found", issue.message === outcome.technical ? "" : issue.message),
        ...(issue.where.length ? [h("dt", {}, t("check.where")), h("dd", {}, places(issue.where, count))] : []),
        ...(evidence.length ? [h("dt", {}, t("check.evidence")), h("dd", { class: "mono" }, evidence.map(([key, value]) => h("div", {}, `${key}: ${value}`)))] : []),
      ];
    }),
    ...(outcome.in_copy ? [h("dt", {}, t("check.in_copy")), h("dd", { class: outcome.repair === "never" ? "" : "in-copy" }, outcome.in_copy)] : []),
  ];
  return h("dl", {}, rows);
}

/** @param {string} key @param {string | undefined} text */
const line = (key, text) => (text ? [h("dt", {}, t(key)), h("dd", {}, text)] : []);

/** A few places at once, the rest behind a fold. @param {string[]} where @param {number} count */
function places(where, count) {
  const list = (/** @type {string[]} */ some) => h("ul", { class: "mono" }, some.map((path) => h("li", {}, h("bdi", {}, path))));
  if (count <= 3) return list(where);
  const rest = count - where.length;
  return h("div", {}, h("p", {}, t("count.places", { count })), list(where.slice(0, 2)),
    h("details", { class: "disclose" }, h("summary", {}, icon("right", "icon s chev"), t("check.more_places")), list(where.slice(2)), rest > 0 ? h("p", { class: "label" }, t("check.and_more", { count: rest })) : null));
}
