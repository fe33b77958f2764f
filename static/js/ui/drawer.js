// Beside the picture: the report in short, the fields of the image, the copy. Folds to a strip, and to the bottom navigation on a phone.
import { phrase } from "../i18n.js";
import { emit, h, icon } from "./h.js";
import { roving } from "./roving.js";

/** @typedef {"report"|"details"|"export"} TabName */
const TABS = /** @type {const} */ (["report", "details", "export"]);

export class Drawer {
  /** @type {TabName} */
  tab = "report";

  /** @param {Record<TabName, {element: HTMLElement}>} panels */
  constructor(panels) {
    this.panels = panels;
    /** @type {Map<TabName, HTMLButtonElement>} */
    this.buttons = new Map(TABS.map((name) => [name, h("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, on: { click: () => this.show(name) },
    }, phrase(`tab.${name}`))]));
    const tablist = h("div", { class: "tablist", role: "tablist", "aria-label": phrase("drawer.label") }, ...this.buttons.values());
    this.fold = h("button", { class: "fold", type: "button", "aria-label": phrase("drawer.close"), title: phrase("drawer.close"), on: { click: () => this.close() } }, icon("close", "icon s"));
    for (const name of TABS) {
      const panel = panels[name].element;
      panel.id = `panel-${name}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", `tab-${name}`);
      panel.tabIndex = -1;
    }
    const folded = h("div", { class: "folded", role: "group", "aria-label": phrase("drawer.label") },
      ...TABS.map((name) => h("button", { type: "button", on: { click: () => this.show(name, { open: true, focus: true }) } }, icon(name), phrase(`tab.${name}`))));
    this.element = h("aside", { class: "drawer", "aria-label": phrase("drawer.label"), tabindex: "-1", on: { keydown: (event) => {
      if (event.key === "Escape" && this.element.classList.contains("open")) this.close();
    } } }, h("div", { class: "tabs" }, tablist, this.fold), ...TABS.map((name) => panels[name].element), folded);
    this.#refresh = roving(tablist, "button", { follow: (button) => button.click() });
    this.show("report");
  }

  #refresh = (/** @type {HTMLElement | undefined} */ _wanted = undefined) => {};

  /** @param {TabName} name @param {{open?: boolean, focus?: boolean}} [options] */
  show(name, { open = false, focus = false } = {}) {
    this.tab = name;
    for (const [each, button] of this.buttons) {
      button.setAttribute("aria-selected", String(each === name));
      this.panels[each].element.hidden = each !== name;
    }
    this.#refresh(this.buttons.get(name));
    if (open) {
      this.element.classList.add("open");
      this.element.classList.remove("shut");
      this.element.dispatchEvent(new CustomEvent("drawer-moved", { bubbles: true }));
    }
    if (focus) this.buttons.get(name)?.focus();
    if (name === "details") emit(this.element, "show-tags");
  }

  /** Folds; on wide screens to the strip, until it is opened again. */
  close() {
    this.element.classList.remove("open");
    this.element.classList.add("shut");
    this.element.dispatchEvent(new CustomEvent("drawer-moved", { bubbles: true }));
    const back = /** @type {HTMLElement | null} */ (this.element.querySelector(".folded button"));
    if (this.element.contains(document.activeElement) && back?.offsetParent) back.focus();
  }
}
