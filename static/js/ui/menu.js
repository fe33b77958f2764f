// A button that opens a list of choices. One tab stop; arrows inside; Esc and a click elsewhere close it.
import { freshId, h, icon, put } from "./h.js";

/** @typedef {{label: string, hint?: string, icon?: string, checked?: boolean, key?: string, language?: string, choose: () => void} | "line"} MenuItem */

export class Menu {
  /** @param {HTMLButtonElement} button @param {() => MenuItem[]} items asked each time it opens */
  constructor(button, items) {
    this.button = button;
    this.items = items;
    this.list = h("div", { class: "menu", role: "menu", id: freshId("menu"), hidden: true, on: { keydown: (event) => this.#key(event) } });
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", this.list.id);
    button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    button.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" || this.isOpen) return;
      event.preventDefault();
      event.stopPropagation();
      this.open();
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  open() {
    const rows = this.items();
    put(this.list, rows.map((item) => {
      if (item === "line") return h("hr", { role: "separator" });
      const radio = item.checked !== undefined;
      return h("button", {
        type: "button", tabindex: "-1", role: radio ? "menuitemradio" : "menuitem", "aria-checked": radio ? String(item.checked) : null,
        on: { click: () => { this.close(); item.choose(); } },
      },
      radio ? icon(item.checked ? "check" : "blank") : icon(item.icon ?? "blank"),
      h("span", { class: "menu-label", lang: item.language }, item.label, item.hint ? h("small", {}, item.hint) : null),
      item.key ? h("kbd", {}, item.key) : null);
    }));
    this.list.classList.toggle("lightbox", Boolean(this.button.closest(".lightbox")));
    (this.button.closest("main, header") ?? document.body).append(this.list);
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.#place();
    const buttons = this.#buttons();
    (buttons.find((b) => b.getAttribute("aria-checked") === "true") ?? buttons[0])?.focus();
    addEventListener("pointerdown", this.#away, true);
    addEventListener("resize", this.#gone);
  }

  close({ focus = true } = {}) {
    if (!this.isOpen) return;
    this.list.hidden = true;
    this.list.remove();
    this.button.setAttribute("aria-expanded", "false");
    removeEventListener("pointerdown", this.#away, true);
    removeEventListener("resize", this.#gone);
    if (focus) this.button.focus();
  }

  #away = (/** @type {PointerEvent} */ event) => {
    const target = /** @type {Node} */ (event.target);
    if (!this.list.contains(target) && !this.button.contains(target)) this.close({ focus: false });
  };

  #gone = () => this.close({ focus: false });

  #buttons() {
    return /** @type {HTMLButtonElement[]} */ ([...this.list.querySelectorAll("button")]);
  }

  /** Below the button, or above where there is no room; never outside the window. */
  #place() {
    const anchor = this.button.getBoundingClientRect();
    const { width, height } = this.list.getBoundingClientRect();
    const room = { w: document.documentElement.clientWidth, h: document.documentElement.clientHeight };
    const left = Math.max(8, Math.min(anchor.left, room.w - width - 8));
    const below = anchor.bottom + 4;
    const top = below + height <= room.h - 8 || anchor.top < height + 12 ? below : anchor.top - height - 4;
    this.list.style.setProperty("left", `${left}px`);
    this.list.style.setProperty("top", `${Math.max(8, top)}px`);
    this.list.style.setProperty("max-height", `${Math.max(160, room.h - Math.max(8, top) - 8)}px`);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const buttons = this.#buttons();
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const go = (/** @type {number} */ to) => buttons[(to + buttons.length) % buttons.length]?.focus();
    event.stopPropagation();
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(-1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab") { this.close(); return; }
    else return;
    event.preventDefault();
  }
}
