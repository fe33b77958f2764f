// Tools over the picture. What the mouse does, how bright it is, how it lies.
import { formatNumber, phrase, t } from "../i18n.js";
import { emit, h, icon, setText } from "./h.js";
import { Menu } from "./menu.js";
import { roving } from "./roving.js";

/** @typedef {import("../types.js").Preset} Preset */
const TOOLS = /** @type {const} */ ([["scroll", "scroll"], ["brightness", "brightness"], ["zoom", "zoom"], ["pan", "move"]]);
const PHONE_TOOLS = new Set(["scroll", "brightness", "zoom"]);

export class Toolbar {
  /** @type {Preset[]} */
  #presets = [];
  #tool = "scroll";
  /** @type {{center: number, width: number, name: string} | null} */
  #window = null;

  constructor() {
    /** @type {Map<string, HTMLButtonElement>} */
    this.tools = new Map(TOOLS.map(([name, drawing]) => [name, this.#button(`tool.${name}`, drawing, () => emit(this.element, "tool", name), PHONE_TOOLS.has(name) ? "" : "wide-tool")]));
    this.presetName = h("b", {}, t("preset.none"));
    this.presetValues = h("small", {});
    this.preset = h("button", { class: "preset", type: "button" }, this.presetName, this.presetValues, icon("down", "icon s"));
    this.phonePreset = this.#button("tool.window", "window", () => {}, "phone-tool");
    this.more = this.#button("tool.more", "more", () => {});
    this.element = h("div", { class: "tools", role: "toolbar", "aria-label": phrase("tool.bar") },
      ...this.tools.values(),
      h("span", { class: "gap wide-tool" }),
      h("span", { class: "wide-tool preset-slot" }, this.preset),
      h("span", { class: "gap wide-tool" }),
      this.#view("invert", "invert", "wide-tool"), this.#view("rotate", "rotate", "wide-tool"), this.#view("flip-h", "flip", "wide-tool"),
      this.#view("reset", "reset"),
      this.phonePreset, this.more);
    this.presetMenu = new Menu(this.preset, () => this.#presetItems());
    this.phonePresetMenu = new Menu(this.phonePreset, () => this.#presetItems());
    this.moreMenu = new Menu(this.more, () => this.#moreItems());
    this.#refresh = roving(this.element, "button");
    this.setTool("scroll");
    this.setPresets([]);
  }

  #refresh = () => {};

  /** @param {string} name */
  setTool(name) {
    this.#tool = name;
    for (const [each, button] of this.tools) button.setAttribute("aria-pressed", String(each === name));
    this.#refresh();
  }

  /** @param {Preset[]} presets in the order of the keys 1 to 9 */
  setPresets(presets) {
    this.#presets = presets;
    const none = presets.length === 0;
    for (const button of [this.preset, this.phonePreset]) {
      if (none) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
      button.title = none ? t("preset.cannot") : "";
    }
    if (none) this.setWindow(null);
  }

  /** The language has changed; the names of the presets come anew with them. */
  reword() {
    this.setPresets(this.#presets);
    this.setWindow(this.#window);
  }

  /** @param {{center: number, width: number, name?: string} | null} window */
  setWindow(window) {
    const name = window ? (window.name || this.#nameOf(window)) : "";
    this.#window = window ? { ...window, name } : null;
    setText(this.presetName, name || t(window ? "preset.own" : "preset.none"));
    setText(this.presetValues, window ? t("preset.short", { center: round(window.center), width: round(window.width) }) : t("preset.as_stored"));
  }

  /** @param {{center: number, width: number}} window */
  #nameOf(window) {
    return this.#presets.find((p) => p.window && p.window.center === window.center && p.window.width === window.width)?.name ?? "";
  }

  /** @returns {import("./menu.js").MenuItem[]} */
  #presetItems() {
    return this.#presets.map((preset, at) => ({
      label: preset.name,
      hint: preset.window ? t("preset.values", { center: round(preset.window.center), width: round(preset.window.width) }) : "",
      checked: preset.name === this.#window?.name,
      key: at < 9 ? String(at + 1) : undefined,
      choose: () => emit(this.element, "preset", preset),
    }));
  }

  /** @returns {import("./menu.js").MenuItem[]} */
  #moreItems() {
    const view = (/** @type {string} */ action, /** @type {string} */ drawing) => ({ label: t(`view.${action}.long`), icon: drawing, choose: () => emit(this.element, "view", action) });
    const narrow = this.phonePreset.offsetParent !== null;
    /** @type {import("./menu.js").MenuItem[]} */
    const hidden = narrow
      ? [{ label: t("tool.pan"), icon: "move", checked: this.#tool === "pan" ? true : undefined, choose: () => emit(this.element, "tool", "pan") }, "line",
        view("invert", "invert"), view("rotate", "rotate"), view("flip-h", "flip")]
      : [];
    return [...hidden, view("flip-v", "flip-v"), "line", view("fit", "fit"), view("zoom-in", "zoom"), view("zoom-out", "zoom-out")];
  }

  /** @param {string} action @param {string} drawing @param {string} [className] */
  #view(action, drawing, className = "") {
    return this.#button(`view.${action}`, drawing, () => emit(this.element, "view", action), className);
  }

  /** @param {string} key @param {string} drawing @param {() => void} act @param {string} [className] */
  #button(key, drawing, act, className = "") {
    return h("button", { class: `tool ${className}`.trim(), type: "button", on: { click: act } }, icon(drawing), h("span", {}, phrase(key)));
  }
}

/** @param {number} value */
const round = (value) => formatNumber(value, Math.abs(value) < 10 ? 2 : 0, false);
