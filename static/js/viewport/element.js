// <image-viewport>: shows one frame, with what is written on it, and turns what the person does into events.
//
// Events (bubbling): viewport-step {detail: n} · viewport-jump {to} · viewport-series n · viewport-play · viewport-preset n ·
// viewport-tool tool · viewport-key key · viewport-window {center, width, function} · viewport-view {zoom, …} · viewport-renderer name
import { Brightness } from "./brightness.js";
import { captions, english, numbers } from "./captions.js";
import { Interaction } from "./interaction.js";
import { Overlay } from "./overlay.js";
import { presetsFor } from "./presets.js";
import { BLACK, Surface } from "./surface.js";
import { storedValues } from "./values.js";
import { deviceMatrix, fitScale, flipped, newView, panned, planeSize, rotated, scaleOf, viewMatrix, zoomed } from "./view.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").WindowFunction} WindowFunction */
/** @typedef {import("./interaction.js").Tool} Tool */

const NEAREST_FROM = 8; // device pixels per image pixel: from here on pixels are shown as what they are

/** A frame with everything that may be written on one. @type {Frame} */
const UNSEEN = {
  recipe: { ...BLACK, windows: [{ center: 0.5, width: 400, function: "LINEAR" }], spacing_mm: { row: 0.5, column: 0.5 }, spacing_source: "pixel", letters: { top: "A", right: "L", bottom: "P", left: "R" }, position_mm: -0.5, thickness_mm: 1 },
  values: new Uint16Array(0), text: { tl: ["A"], tr: ["A"] }, label: "A", index: 1, count: 1,
};

export class ImageViewport extends HTMLElement {
  /** Page texts: set once by the page before the first frame. @type {import("./captions.js").Say} */
  say = english;
  /** "auto": smooth until pixels are large; true: always; false: never. @type {"auto"|boolean} */
  smooth = "auto";

  /** @type {Surface|null} */ #surface = null;
  /** @type {Overlay|null} */ #overlay = null;
  /** @type {Frame|null} */ #frame = null;
  #brightness = new Brightness();
  #textVisible = true;
  /** @type {Tool} */ #tool = "scroll";
  #view = newView();
  #box = { width: 0, height: 0 };
  #ratio = 1;
  #steps = 0;
  #scheduled = false;
  #stale = { frame: false, display: false };
  #viewChanged = false;
  #toldWindow = "";
  /** @type {(() => void)[]} */ #waiting = [];
  /** @type {(() => void)[]} */ #painted = [];
  #after = new MessageChannel();
  #resize = new ResizeObserver((entries) => this.#resized(entries[entries.length - 1]));

  connectedCallback() {
    if (!this.#overlay) this.#build();
    try {
      this.#resize.observe(this, { box: "device-pixel-content-box" }); // also told when only the screen's density changes
    } catch {
      this.#resize.observe(this); // WebKit does not know that box
    }
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
      startWindow: () => this.#brightness.startDrag(this.#frame),
      dragWindow: (dx, dy) => { if (this.#brightness.drag(this.#frame, dx, dy)) this.#changed("window"); },
      zoom: (factor, x, y) => this.zoomBy(factor, x, y),
      pan: (dx, dy) => this.panBy(dx, dy),
      fit: () => this.fit(),
      toggleFill: () => (this.#view.mode === "fit" ? this.fill() : this.fit()),
      reset: () => this.reset(),
      invert: () => { this.invert = !this.invert; },
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

  /** Nothing is shown yet: have compiled and made what drawing needs, so that the first picture does not wait for it. */
  warm() {
    if (this.#frame || !this.#surface) return;
    this.#surface.warm();
    this.#frame = UNSEEN;
    this.#write();
    this.getBoundingClientRect(); // the letters of every size of text are made when it is laid out
    this.#frame = null;
    this.#write();
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
    this.#brightness.reset();
    this.#viewChanged = true;
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
    this.#tell();
    if (steps) this.#emit("step", steps);
    this.#painted.push(...this.#waiting.splice(0));
    if (this.#painted.length) this.#after.port2.postMessage(0);
  }

  /** Say what is different from what was last said: slices may bring their own windows, too. */
  #tell() {
    if (!this.#frame) return;
    const shown = this.window;
    const window = `${shown?.center} ${shown?.width} ${this.windowFunction}`;
    if (window !== this.#toldWindow) this.#emit("window", shown && { ...shown, function: this.windowFunction });
    this.#toldWindow = window;
    if (this.#viewChanged) this.#emit("view", this.view);
    this.#viewChanged = false;
  }

  #paint() {
    const frame = this.#frame;
    const surface = this.#surface;
    if (!surface) return;
    if (frame?.values && !frame.recipe.cannot) this.#draw(surface, frame, frame.values);
    else surface.renderer.clear();
    this.#write();
  }

  /** @param {Surface} surface @param {Frame} frame @param {import("./types.js").Values} values */
  #draw(surface, frame, values) {
    const { recipe } = frame;
    if (this.#stale.frame) {
      this.#stale.frame = false;
      surface.prepare(recipe); // may come back here through `replaced`, which is then harmless
      surface.renderer.setFrame(recipe, values);
      this.#stale.display = true;
    }
    const { renderer } = surface;
    if (this.#stale.display) renderer.setDisplay(this.#brightness.display(frame));
    this.#stale.display = false;
    if (!this.#box.width || !this.#box.height) return;
    const matrix = deviceMatrix(viewMatrix(this.#view, planeSize(recipe), this.#box), recipe.pixel_aspect || 1, this.#ratio);
    const large = Math.hypot(matrix[0], matrix[1]) >= NEAREST_FROM;
    renderer.draw(matrix, this.smooth === "auto" ? !large : this.smooth);
  }

  #write() {
    this.#overlay?.update(captions(this.#frame, {
      view: this.#view, box: this.#box, window: this.window, patientText: this.#textVisible,
      number: numbers(document.documentElement.lang || "en"), say: this.say,
    }));
  }

  /** @param {ResizeObserverEntry} entry */
  #resized({ contentRect: { width, height }, devicePixelContentBoxSize: exact }) {
    const ratio = window.devicePixelRatio || 1;
    const across = exact?.[0].inlineSize ?? Math.round(width * ratio);
    const down = exact?.[0].blockSize ?? Math.round(height * ratio);
    this.#box = { width, height };
    this.#ratio = width ? across / width : ratio;
    this.#surface?.resize(Math.max(1, across), Math.max(1, down));
    this.#paint(); // at once: setting a canvas's size empties it
  }

  // ---- window ----

  /** Centre and width shown, or null (colour, or a stored table). @returns {{center: number, width: number}|null} */
  get window() {
    const window = this.#brightness.window(this.#frame);
    return window && { center: window.center, width: window.width };
  }

  /** @returns {WindowFunction|"TABLE"|""} */
  get windowFunction() {
    return this.#frame?.recipe.kind === "gray" ? this.#brightness.window(this.#frame)?.function ?? "TABLE" : "";
  }

  /**
   * @param {number} center modality values
   * @param {number} width modality values; below what the function allows it is raised to that
   * @param {WindowFunction} [how] default: the function the image asks for
   * @returns {Promise<void>} after the paint
   */
  setWindow(center, width, how) {
    this.#brightness.choose(this.#frame, center, width, how);
    return this.#changed("window");
  }

  /** Back to how the image asks to be shown. */
  resetWindow() {
    this.#brightness.resetWindow();
    return this.#changed("window");
  }

  /** What the keys 1 to 9 stand for with this image. */
  get presets() {
    return this.#frame ? presetsFor(this.#frame.recipe) : [];
  }

  /** @param {import("./presets.js").Preset} preset */
  applyPreset(preset) {
    this.#brightness.apply(this.#frame, preset);
    return this.#changed("window");
  }

  // ---- view ----

  get view() {
    const { mode, orientation } = this.#view;
    const plane = this.#frame ? planeSize(this.#frame.recipe) : null;
    return { mode, zoom: plane ? scaleOf(this.#view, plane, this.#box) : 0, orientation, invert: this.invert, textVisible: this.#textVisible };
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
    return this.#brightness.invert;
  }

  /** Swap dark and bright, on top of what the image itself asks for. */
  set invert(on) {
    this.#brightness.invert = Boolean(on);
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
    else this.#viewChanged = true;
    return this.#schedule();
  }

  /** @param {string} name @param {unknown} [detail] */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`viewport-${name}`, { bubbles: true, detail }));
  }
}

if (!customElements.get("image-viewport")) customElements.define("image-viewport", ImageViewport);
