// How the greys of the frame in view are made: what the image asks for, and what the person chose instead.
import { defaultDisplay, draggedWindow, valueRange, windowOfRange } from "./values.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Window} Window */
/** @typedef {import("./types.js").Display} Display */
/** @typedef {import("./types.js").WindowFunction} WindowFunction */

export class Brightness {
  /** @type {Window|null} chosen by the person; null: as the image asks */
  #chosen = null;
  #table = false;
  /** Swap dark and bright, on top of what the image itself asks for. */
  invert = false;
  /** @type {{frame: Frame, window: Window|null, table: import("./types.js").VoiLut|null}|null} */
  #known = null;
  /** @type {{window: Window, range: number}|null} */
  #drag = null;

  /** As the image asks. */
  reset() {
    this.#chosen = this.#known = this.#drag = null;
    this.#table = this.invert = false;
  }

  resetWindow() {
    this.#chosen = null;
    this.#table = false;
  }

  /** Worked out once per frame: it may have to look at every value. @param {Frame} frame */
  #default(frame) {
    if (this.#known?.frame !== frame) this.#known = { frame, ...defaultDisplay(frame.recipe, frame.values) };
    return this.#known;
  }

  /** @param {Frame} frame @returns {Display} */
  display(frame) {
    const invert = frame.recipe.invert !== this.invert;
    if (this.#table && frame.recipe.voi_lut) return { window: null, table: frame.recipe.voi_lut, invert };
    if (this.#chosen) return { window: this.#chosen, table: null, invert };
    const { window, table } = this.#default(frame);
    return { window, table, invert };
  }

  /** The window in use; null: a table, or colours. @param {Frame|null} frame */
  window(frame) {
    return frame && frame.recipe.kind === "gray" ? this.display(frame).window : null;
  }

  /**
   * @param {Frame|null} frame @param {number} center @param {number} width
   * @param {WindowFunction} [how] default: the one in use, else what the image asks for
   */
  choose(frame, center, width, how) {
    const name = how ?? this.#chosen?.function ?? (frame && this.#default(frame).window?.function) ?? "LINEAR";
    this.#chosen = { center, width: Math.max(width, name === "LINEAR" ? 1 : Number.MIN_VALUE), function: name };
    this.#table = false;
  }

  /** @param {Frame|null} frame @param {import("./presets.js").Preset} preset */
  apply(frame, preset) {
    this.resetWindow();
    if (preset.kind === "table") this.#table = true;
    else {
      const window = preset.window ?? windowOfRange(rangeOf(frame));
      this.choose(frame, window.center, window.width, window.function);
    }
  }

  /** @param {Frame|null} frame */
  startDrag(frame) {
    if (frame?.recipe.kind !== "gray") {
      this.#drag = null;
      return;
    }
    const range = rangeOf(frame);
    const start = this.window(frame) ?? { ...windowOfRange(range), function: /** @type {const} */ ("LINEAR") };
    this.#drag = { window: start, range: range[1] - range[0] || 1 };
  }

  /** @param {Frame|null} frame @param {number} dx CSS pixels since the start @param {number} dy @returns {boolean} whether anything changed */
  drag(frame, dx, dy) {
    if (!this.#drag) return false;
    const { center, width, function: how } = draggedWindow(this.#drag.window, this.#drag.range, dx, dy);
    this.choose(frame, center, width, how);
    return true;
  }
}

/** @param {Frame|null} frame @returns {[number, number]} */
const rangeOf = (frame) => (frame?.values && frame.recipe.kind === "gray" && valueRange(frame.recipe, frame.values)) || [0, 255];
