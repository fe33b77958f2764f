// @ts-check
// The tick that takes Scanfolio itself along on a copy, where this build can.
import { formatBytes, t } from "../i18n.js";
import { viewerBytes } from "../viewer-files.js";
import { h } from "./h.js";

/** @param {boolean} checked @param {(wanted: boolean) => void} change */
export function viewerChoice(checked, change) {
  if (!viewerBytes) return null;
  const box = h("input", { type: "checkbox", id: "with-viewer", on: { change: () => change(box.checked) } });
  box.checked = checked;
  return h("fieldset", {}, h("legend", {}, t("export.along")), h("label", { class: "choice" }, box, h("span", { class: "title" }, t("export.viewer")),
    h("span", { class: "side num" }, t("export.viewer_size", { size: formatBytes(viewerBytes) })), h("span", { class: "more" }, t("export.viewer_more"))));
}
