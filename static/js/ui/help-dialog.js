// Help: what this page does, what leaves the computer, and every key.
import { phrase } from "../i18n.js";
import { h, icon } from "./h.js";

/** Keys as they are on the keyboard; "&" joins keys pressed together. @type {[string[], string][]} */
const KEYS = [
  [["↑", "↓"], "step"], [["Page Up", "Page Down"], "ten"], [["Home", "End"], "ends"], [["←", "→"], "series"], [["Space"], "play"],
  [["1", "…", "9"], "presets"], [["S", "B", "Z", "P"], "tools"], [["+", "−"], "zoom"], [["Shift + ↑ ↓ ← →"], "shift"],
  [["N"], "invert"], [["F"], "fill"], [["0"], "reset"], [["I"], "text"],
  [["R", "D", "E"], "tabs"], [["F6"], "regions"], [["Esc"], "escape"], [["Ctrl + O"], "open"], [["?"], "help"],
];

export class HelpDialog {
  constructor() {
    const close = h("button", { class: "tool-quiet", type: "button", "aria-label": phrase("action.close"), on: { click: () => this.element.close() } }, icon("close"));
    this.element = h("dialog", { class: "help", "aria-labelledby": "help-title" },
      h("header", {}, h("h2", { id: "help-title" }, phrase("help.title")), close),
      h("div", { class: "help-body", tabindex: "0", role: "region", "aria-labelledby": "help-title" },
        h("section", {}, h("h3", {}, phrase("help.what")), h("p", {}, phrase("help.what_more")), h("p", {}, phrase("help.limits"))),
        h("section", {}, h("h3", {}, phrase("help.leaves")), h("p", {}, phrase("help.leaves_more"))),
        h("section", {}, h("h3", {}, phrase("help.stuck")), h("ul", { class: "bullets" }, ["help.stuck_1", "help.stuck_2", "help.stuck_3"].map((key) => h("li", {}, phrase(key))))),
        h("section", {}, h("h3", {}, phrase("help.keys")), h("p", { class: "label" }, phrase("help.keys_where")),
          h("dl", { class: "keys" }, KEYS.map(([keys, does]) => h("div", {}, h("dt", {}, keys.map((key) => (key === "…" ? " … " : h("kbd", {}, key)))), h("dd", {}, phrase(`key.${does}`))))))));
    // A click on the backdrop is one on the dialog itself.
    this.element.addEventListener("click", (event) => { if (event.target === this.element) this.element.close(); });
    document.body.append(this.element);
  }

  open() {
    if (!this.element.open) this.element.showModal();
  }
}
