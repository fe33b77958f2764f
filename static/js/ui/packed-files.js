// Archives on the disc that may hold images and were not looked into: which they are, and a button for each.
import { formatBytes, t } from "../i18n.js";
import { emit, h, icon } from "./h.js";

/** @typedef {import("../types.js").Report} Report */

const FEW = 5;

/** A note on the archives that a remark of the report is about, or null when there are none. @param {Report} report */
export function packedFiles({ files, outcomes }) {
  const remarked = new Set(outcomes.filter((outcome) => outcome.state === "failed").flatMap((outcome) => outcome.issues.flatMap((issue) => issue.where)));
  const closed = files.filter((file) => file.inside === "closed" && remarked.has(file.path));
  if (!closed.length) return null;
  return h("section", { class: "packed note" }, icon("archive"), h("div", {},
    h("h2", {}, t("packed.title", { count: closed.length })),
    h("p", {}, t("packed.more")),
    h("ul", {}, closed.slice(0, FEW).map((file) => h("li", {},
      h("span", {}, h("bdi", { dir: "ltr" }, file.path), h("small", {}, formatBytes(file.size ?? 0))), lookInside(file)))),
    closed.length > FEW ? h("p", { class: "label" }, t("packed.rest", { count: closed.length - FEW })) : null));
}

/** @param {import("../types.js").FileRow} file @param {string} [className] */
export function lookInside(file, className = "button") {
  const button = h("button", { class: className, type: "button", title: t("packed.what"), "aria-label": t("packed.look_into", { name: file.path }), on: { click: () => emit(button, "look-inside", file.path) } }, t("packed.look"));
  return button;
}
