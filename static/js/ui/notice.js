// @ts-check
// One message above whatever screen is shown: something went wrong, what becomes of it, at most two things to do.
import { phrase } from "../i18n.js";
import { h, icon, put } from "./h.js";

/** @typedef {{key: string, values?: import("../i18n.js").Values, actions?: [string, () => void][], calm?: boolean}} Message
 *   `key` names the texts "fault.<key>" and "fault.<key>_more"; of each action its text and what it does, the main one first */

export class Notice {
  constructor() {
    this.element = h("section", { class: "fault", role: "alert", hidden: true });
    document.getElementById("main")?.before(this.element);
    this.shown = "";
  }

  /** @param {Message | null} message null takes it away */
  show(message) {
    this.shown = message?.key ?? "";
    this.element.hidden = !message;
    this.element.className = `fault tone-${message?.calm ? "none" : "warn"}`;
    put(this.element);
    if (!message) return;
    const { key, values, actions = [], calm } = message;
    const buttons = actions.map(([text, act], n) => h("button", { class: n ? "button" : "button primary", type: "button", on: { click: act } }, phrase(text)));
    this.element.append(
      icon(calm ? "shape-clock" : "shape-warn", "verdict-shape"),
      h("div", {}, h("p", { class: "fault-title" }, phrase(`fault.${key}`, values)), h("p", {}, phrase(`fault.${key}_more`, values))),
      h("div", { class: "button-row" }, ...buttons),
    );
  }
}
