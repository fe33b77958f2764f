// <image-viewport>: shows one frame, with what is written on it, and turns what the person does into events.
//
// Events (bubbling): viewport-step {detail: n} · viewport-jump {to} · viewport-series n · viewport-play · viewport-preset n ·
// viewport-tool tool · viewport-key key · viewport-window {center, width, function} · viewport-view {zoom, …} · viewport-renderer name
import { captions, english, numbers } from "./captions.js";
import { Interaction } from "./interaction.js";
import { Overlay } from "./overlay.js";
import { presetsFor } from "./presets.js";
import { Surface } from "./surface.js";
import { defaultDisplay, draggedWindow, storedValues, valueRange, windowOfRange } from "./values.js";
import { deviceMatrix, fitScale, flipped, newView, panned, planeSize, rotated, scaleOf, viewMatrix, zoomed } from "./view.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Window} Window */
/** @typedef {import("./types.js").WindowFunction} WindowFunction */
/** @typedef {import("./interaction.js").Tool} Tool */

const NEAREST_FROM = 8; // device pixels per image pixel: from here on pixels are shown as what they are

export class ImageViewport extends HTMLElement {
  /** Page texts: set once by the page before the first frame. @type {import("./captions.js").Say} */
  say = english;
  /** "auto": smooth until pixels are large; true: always; false: never. @type {"auto"|boolean} */
  smooth = "auto";

  /** @type {Surface|null} */ #surface = null;
  /** @type {Overlay|null} */ #overlay = null;
  /** @type {Frame|null} */ #frame = null;
  /** @type {Window|null} what the person chose; null: as stored */ #window = null;
  #useTable = false;
  #invert = false;
  #textVisible = true;
  /** @type {Tool} */ #tool = "scroll";
  #view = newView();
  #box = { width: 0, height: 0 };
  #ratio = 1;
  /** @type {{window: Window, range: number}|null} */ #dragging = null;
  /** @type {{recipe: import("./types.js").Recipe, window: Window|null, table: import("./types.js").VoiLut|null}|null} */ #known = null;
  #steps = 0;
  #scheduled = false;
  #stale = { frame: false, display: false };
  #tell = { window: false, view: false };
  /** @type {(() => void)[]} */ #waiting = [];
  /** @type {(() => void)[]} */ #painted = [];
  #after = new MessageChannel();
  #resize = new ResizeObserver((entries) => this.#resized(entries[entries.length - 1]));

  connectedCallback() {
    if (!this.#overlay) this.#build();
    this.#resize.observe(this);
    this.#after.port1.onmessage = () => { for (const done of this.#painted.splice(0)) done(); };
  }

  disconnectedCallback() {
    this.#resize.disconnect();
    this.#after.port1.onmessage = null; // an open port would keep the element alive
  }

  #build() {
    if (!this.hasAttribute("tabindex")) this.tabIndex = 0;
    this.setAttribute("role", "img");
    const asked = this.getAttribute("renderer") ?? new URLSearchParams(location.search).get("renderer");
    this.#surface = new Surface(this, asked, () => {
      this.#stale.frame = true;
      this.#paint();
      this.#emit("renderer", this.rendererName);
    });
    this.#overlay = new Overlay(this);
    this.#write();
    const tell = (/** @type {string} */ name) => (/** @type {unknown} */ detail) => this.#emit(name, detail);
    new Interaction(this, {
      tool: () => this.#tool,
      setTool: (tool) => { this.tool = tool; },
      count: () => this.#frame?.count ?? 0,
      step: (n) => { this.#steps += n; this.#schedule(); },
      jump: (to) => this.#emit("jump", { to }),
      series: tell("series"), play: () => this.#emit("play"), preset: tell("preset"), key: tell("key"),
      startWindow: () => this.#startWindow(),
      dragWindow: (dx, dy) => this.#dragWindow(dx, dy),
      zoom: (factor, x, y) => this.zoomBy(factor, x, y),
      pan: (dx, dy) => this.panBy(dx, dy),
      fit: () => this.fit(),
      toggleFill: () => (this.#view.mode === "fit" ? this.fill() : this.fit()),
      reset: () => this.reset(),
      invert: () => { this.invert = !this.#invert; },
      text: () => { this.textVisible = !this.#textVisible; },
    });
  }

  /** "webgl2" or "canvas": `?renderer=canvas|webgl` in the address or the attribute of that name, else what is fastest here. */
  get rendererName() {
    return this.#surface?.renderer.name ?? "";
  }

  // ---- showing ----

  /**
   * Show a frame. The picture before stays until this one is drawn.
   * @param {Frame} frame
   * @param {{keepView?: boolean}} [options] keepView: keep zoom, turns, inversion and a window the person chose (default)
   * @returns {Promise<void>} after the paint; also when a newer frame was painted instead
   */
  show(frame, { keepView = true } = {}) {
    if (!keepView) this.#forget();
    this.#frame = frame;
    this.#stale.frame = true;
    return this.#schedule();
  }

  /** Whether a picture is in view (or about to be painted). */
  get hasFrame() {
    return Boolean(this.#frame?.values);
  }

  /** Show nothing, and forget the view. */
  clear() {
    this.#forget();
    this.#frame = null;
    this.#stale.frame = true;
    return this.#schedule();
  }

  #forget() {
    this.#view = newView();
    this.#window = this.#dragging = this.#known = null;
    this.#useTable = this.#invert = false;
    this.#tell.window = this.#tell.view = true;
  }

  /** @returns {Promise<void>} resolved in the task after the next paint */
  #schedule() {
    const done = new Promise((/** @type {(value: void) => void} */ resolve) => this.#waiting.push(resolve));
    if (!this.#scheduled) {
      this.#scheduled = true;
      // a hidden page gets no animation frames, but who waits for the picture must not wait for ever
      if (document.hidden) setTimeout(() => this.#tick());
      else requestAnimationFrame(() => this.#tick());
    }
    return done;
  }

  #tick() {
    this.#scheduled = false;
    const steps = this.#steps;
    this.#steps = 0;
    this.#paint();
    if (this.#tell.window && this.#frame) this.#emit("window", this.window && { ...this.window, function: this.windowFunction });
    if (this.#tell.view && this.#frame) this.#emit("view", this.view);
    this.#tell.window = this.#tell.view = false;
    if (steps) this.#emit("step", steps);
    this.#painted.push(...this.#waiting.splice(0));
    if (this.#painted.length) this.#after.port2.postMessage(0);
  }

  #paint() {
    const frame = this.#frame;
    const surface = this.#surface;
    if (!surface) return;
    if (frame?.values && !frame.recipe.cannot) this.#draw(surface, frame.recipe, frame.values);
    else surface.renderer.clear();
    this.#write();
  }

  /** @param {Surface} surface @param {import("./types.js").Recipe} recipe @param {import("./types.js").Values} values */
  #draw(surface, recipe, values) {
    if (this.#stale.frame) {
      this.#stale.frame = false;
      surface.prepare(recipe); // may come back here through `replaced`, which is then harmless
      surface.renderer.setFrame(recipe, values);
      this.#stale.display = true;
    }
    const { renderer } = surface;
    if (this.#stale.display) renderer.setDisplay(this.#display(recipe));
    this.#stale.display = false;
    if (!this.#box.width || !this.#box.height) return;
    const matrix = deviceMatrix(viewMatrix(this.#view, planeSize(recipe), this.#box), recipe.pixel_aspect || 1, this.#ratio);
    const large = Math.hypot(matrix[0], matrix[1]) >= NEAREST_FROM;
    renderer.draw(matrix, this.smooth === "auto" ? !large : this.smooth);
  }

  /** @param {import("./types.js").Recipe} recipe @returns {import("./types.js").Display} */
  #display(recipe) {
    const invert = recipe.invert !== this.#invert;
    if (this.#useTable && recipe.voi_lut) return { window: null, table: recipe.voi_lut, invert };
    if (this.#window) return { window: this.#window, table: null, invert };
    return { ...this.#default(recipe), invert };
  }

  /** Worked out once per frame: it may have to look at every value. @param {import("./types.js").Recipe} recipe */
  #default(recipe) {
    if (this.#known?.recipe !== recipe) this.#known = { recipe, ...defaultDisplay(recipe, this.#frame?.values ?? null) };
    return { window: this.#known.window, table: this.#known.table };
  }

  #write() {
    this.#overlay?.update(captions(this.#frame, {
      view: this.#view, box: this.#box, window: this.window, patientText: this.#textVisible,
      number: numbers(document.documentElement.lang || "en"), say: this.say,
    }));
  }

  /** @param {ResizeObserverEntry} entry */
  #resized({ contentRect: { width, height } }) {
    this.#box = { width, height };
    this.#ratio = window.devicePixelRatio || 1;
    this.#surface?.resize(Math.max(1, Math.round(width * this.#ratio)), Math.max(1, Math.round(height * this.#ratio)));
    this.#paint(); // at once: setting a canvas's size empties it
  }

  // ---- window ----

  /** Centre and width shown, or null (colour, or a stored table). @returns {{center: number, width: number}|null} */
  get window() {
    const frame = this.#frame;
    if (!frame || frame.recipe.kind !== "gray") return null;
    const { window } = this.#display(frame.recipe);
    return window && { center: window.center, width: window.width };
  }

  /** @returns {WindowFunction|"TABLE"|""} */
  get windowFunction() {
    const frame = this.#frame;
    if (!frame || frame.recipe.kind !== "gray") return "";
    return this.#display(frame.recipe).window?.function ?? "TABLE";
  }

  /**
   * @param {number} center modality values
   * @param {number} width modality values; below what the function allows it is raised to that
   * @param {WindowFunction} [how] default: the function the image asks for
   * @returns {Promise<void>} after the paint
   */
  setWindow(center, width, how) {
    const stored = this.#frame && this.#default(this.#frame.recipe).window;
    const name = how ?? this.#window?.function ?? stored?.function ?? "LINEAR";
    this.#window = { center, width: Math.max(width, name === "LINEAR" ? 1 : Number.MIN_VALUE), function: name };
    this.#useTable = false;
    return this.#changed("window");
  }

  /** Back to how the image asks to be shown. */
  resetWindow() {
    this.#window = null;
    this.#useTable = false;
    return this.#changed("window");
  }

  /** What the keys 1 to 9 stand for with this image. */
  get presets() {
    return this.#frame ? presetsFor(this.#frame.recipe) : [];
  }

  /** @param {import("./presets.js").Preset} preset */
  applyPreset(preset) {
    if (preset.kind === "table") {
      this.#window = null;
      this.#useTable = true;
      return this.#changed("window");
    }
    const chosen = preset.window ?? windowOfRange(this.#range());
    return this.setWindow(chosen.center, chosen.width, chosen.function);
  }

  /** @returns {[number, number]} */
  #range() {
    const frame = this.#frame;
    return (frame?.values && frame.recipe.kind === "gray" && valueRange(frame.recipe, frame.values)) || [0, 255];
  }

  #startWindow() {
    const [low, high] = this.#range();
    const shown = this.window;
    this.#dragging = this.#frame?.recipe.kind === "gray" ? {
      window: shown
        ? { ...shown, function: /** @type {WindowFunction} */ (this.windowFunction) }
        : { ...windowOfRange([low, high]), function: "LINEAR" },
      range: high - low || 1,
    } : null;
  }

  /** @param {number} dx @param {number} dy */
  #dragWindow(dx, dy) {
    if (!this.#dragging) return;
    const { center, width, function: how } = draggedWindow(this.#dragging.window, this.#dragging.range, dx, dy);
    this.setWindow(center, width, how);
  }

  // ---- view ----

  get view() {
    const { mode, orientation } = this.#view;
    const plane = this.#frame ? planeSize(this.#frame.recipe) : null;
    return { mode, zoom: plane ? scaleOf(this.#view, plane, this.#box) : 0, orientation, invert: this.#invert, textVisible: this.#textVisible };
  }

  /** @param {(view: import("./view.js").View, plane: import("./view.js").Size) => import("./view.js").View} change */
  #move(change) {
    if (!this.#frame) return Promise.resolve();
    this.#view = change(this.#view, planeSize(this.#frame.recipe));
    return this.#changed("view");
  }

  fit() {
    return this.#move((v) => ({ ...v, mode: "fit", x: 0.5, y: 0.5 }));
  }

  fill() {
    return this.#move((v) => ({ ...v, mode: "fill", x: 0.5, y: 0.5 }));
  }

  /** One image column as `scale` CSS pixels. @param {number} scale */
  zoomTo(scale) {
    return this.#move((v, plane) => ({ ...v, mode: "free", zoom: scale / fitScale(v, plane, this.#box) }));
  }

  /** @param {number} factor @param {number} [x] CSS pixels from the left; the point there stays @param {number} [y] */
  zoomBy(factor, x, y) {
    return this.#move((v, plane) => zoomed(v, plane, this.#box, factor, x, y));
  }

  /** @param {number} dx CSS pixels @param {number} dy */
  panBy(dx, dy) {
    return this.#move((v, plane) => panned(v, plane, this.#box, dx, dy));
  }

  /** @param {number} degrees clockwise, a multiple of 90 */
  rotate(degrees) {
    return this.#move((v) => rotated(v, degrees));
  }

  /** @param {"h"|"v"} axis */
  flip(axis) {
    return this.#move((v) => flipped(v, axis));
  }

  /** Everything as the image asks for: view, window, inversion. */
  reset() {
    this.#forget();
    this.#stale.display = true;
    return this.#schedule();
  }

  get invert() {
    return this.#invert;
  }

  /** Swap dark and bright, on top of what the image itself asks for. */
  set invert(on) {
    this.#invert = Boolean(on);
    this.#stale.display = true;
    this.#changed("view");
  }

  get textVisible() {
    return this.#textVisible;
  }

  set textVisible(on) {
    this.#textVisible = Boolean(on);
    this.#changed("view");
  }

  get tool() {
    return this.#tool;
  }

  set tool(tool) {
    if (tool === this.#tool) return;
    this.#tool = tool;
    this.dataset.tool = tool;
    this.#emit("tool", tool);
  }

  /** The picture as drawn, at native resolution: before zoom and turns, after window and inversion. */
  readPixels() {
    if (this.#stale.frame || this.#stale.display) this.#paint();
    return /** @type {Surface} */ (this.#surface).renderer.readPixels();
  }

  /** Stored values of the frame shown, or null. */
  get storedValues() {
    const frame = this.#frame;
    return frame?.values ? storedValues(frame.recipe, frame.values) : null;
  }

  /** @param {"window"|"view"} what */
  #changed(what) {
    if (what === "window") this.#stale.display = true;
    this.#tell[what] = true;
    return this.#schedule();
  }

  /** @param {string} name @param {unknown} [detail] */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`viewport-${name}`, { bubbles: true, detail }));
  }
}

if (!customElements.get("image-viewport")) customElements.define("image-viewport", ImageViewport);
