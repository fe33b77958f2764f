// One question of the export screen: single images for systems that cannot open a file with many.
import { t } from "../i18n.js";
import { h, put } from "./h.js";

/** @param {(wanted: boolean) => void} changed */
export function oldSoftwareBox(changed) {
  const input = h("input", { type: "checkbox", name: "old-software", on: { change: () => changed(input.checked) } });
  const element = h("label", { class: "choice old-software" });
  const said = h("span", { class: "more said", role: "status", hidden: true });
  return {
    element,
    /** In the language it is now. @param {boolean} wanted */
    ask(wanted) {
      input.checked = wanted;
      put(element, input, h("span", { class: "title" }, t("export.old_software")), h("span", { class: "more" }, t("export.old_software_more")), said);
      return element;
    },
    /** What the plan makes of it, sentence by sentence. @param {string[]} sentences */
    say(sentences) {
      put(said, sentences.map((sentence) => h("span", {}, sentence)));
      said.hidden = !sentences.length;
    },
  };
}
