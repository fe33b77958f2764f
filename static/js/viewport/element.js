// <image-viewport>: shows one frame, with what is written on it, and turns what the person does into events.
//
// Events (bubbling): viewport-step {detail: n} · viewport-jump {to} · viewport-series n · viewport-play · viewport-preset n ·
// viewport-tool tool · viewport-key key · viewport-window {center, width, function} · viewport-view {zoom, …} · viewport-renderer name
import { CanvasRenderer } from "./canvas2d.js";
import { WebGLRenderer } from "./gl.js";
import { Interaction } from "./interaction.js";
import { english, number, Overlay } from "./overlay.js";
import { presetsFor } from "./presets.js";
import { defaultDisplay, draggedWindow, storedValues, valueRange, windowOfRange } from "./values.js";
import {
  deviceMatrix, fitScale, flipped, mmPerPixel, newView, panned, planeSize, rotated, scaleBar, scaleOf, turnedLetters, viewMatrix, zoomed,
} from "./view.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Renderer} Renderer */
/** @typedef {import("./types.js").Window} Window */
/** @typedef {import("./types.js").WindowFunction} WindowFunction */
/** @typedef {import("./types.js").Line} Line */
/** @typedef {import("./interaction.js").Tool} Tool */

const NEAREST_FROM = 8; // device pixels per image pixel: from here on pixels are shown as what they are

export class ImageViewport extends HTMLElement {
  /** Page texts: set once by the page before the first frame. @type {import("./overlay.js").Translate} */
  say = english;
  /** "auto": smooth until pixels are large; true: always; false: never. @type {"auto"|boolean} */
  smooth = "auto";

  /** @type {Renderer|null} */ #renderer = null;
  /** @type {Renderer|null} */ #webgl = null;
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
  /** @type {Overlay|null} */ #overlay = null;
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
    this.setAttribute("aria-label", this.say("viewport.label_plain"));
    this.#overlay = new Overlay(this);
    this.#choose();
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

  // ---- renderers ----

  /** Choose a renderer: `?renderer=canvas|webgl` in the address or the attribute of that name, else what is fastest here. */
  #choose() {
    const asked = this.getAttribute("renderer") ?? new URLSearchParams(location.search).get("renderer");
    if (asked !== "canvas") {
      const canvas = document.createElement("canvas");
      this.#webgl = WebGLRenderer.on(canvas, asked === "webgl");
      canvas.addEventListener("webglcontextlost", (e) => {
        e.preventDefault(); // asks the browser to give it back; until then the fall-back shows the picture
        if (this.#renderer === this.#webgl) this.#use(new CanvasRenderer(document.createElement("canvas")));
      });
      canvas.addEventListener("webglcontextrestored", () => {
        if (!this.#webgl) return;
        /** @type {WebGLRenderer} */ (this.#webgl).start();
        this.#use(this.#webgl);
      });
    }
    this.#use(this.#webgl ?? new CanvasRenderer(document.createElement("canvas")));
  }

  /** @param {Renderer} renderer */
  #use(renderer) {
    const before = this.#renderer;
    this.#renderer = renderer;
    if (before) before.canvas.replaceWith(renderer.canvas);
    else this.prepend(renderer.canvas);
    if (before && before !== this.#webgl) before.dispose();
    this.#stale.frame = true;
    this.#size();
    this.#paint();
    this.#emit("renderer", renderer.name);
  }

  /** The renderer that can show the frame; a picture larger than a texture goes to the fall-back. @param {Frame} frame */
  #rendererFor(frame) {
    const renderer = /** @type {Renderer} */ (this.#renderer);
    const webgl = this.#webgl && !/** @type {WebGLRenderer} */ (this.#webgl).gl.isContextLost() ? this.#webgl : null;
    if (webgl && webgl !== renderer && webgl.fits(frame.recipe)) return webgl;
    return renderer.fits(frame.recipe) ? renderer : new CanvasRenderer(document.createElement("canvas"));
  }

  get rendererName() {
    return this.#renderer?.name ?? "";
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

  /** Show nothing, and forget the view. */
  clear() {
    this.#forget();
    this.#frame = null;
    this.#stale.frame = true;
    return this.#schedule();
  }

  #forget() {
    this.#view = newView();
    this.#window = this.#dragging = null;
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
    let renderer = this.#renderer;
    if (!renderer || !this.#overlay) return;
    if (!frame || !frame.values || frame.recipe.cannot) {
      renderer.clear();
      this.#write();
      return;
    }
    const { recipe, values } = frame;
    if (this.#stale.frame) {
      const better = this.#rendererFor(frame);
      if (better !== renderer) return this.#use(better); // paints
      renderer.setFrame(recipe, values);
    }
    if (this.#stale.frame || this.#stale.display) renderer.setDisplay(this.#display(frame));
    this.#stale.frame = this.#stale.display = false;
    if (this.#box.width && this.#box.height) {
      const matrix = deviceMatrix(viewMatrix(this.#view, planeSize(recipe), this.#box), recipe.pixel_aspect || 1, this.#ratio);
      const large = Math.hypot(matrix[0], matrix[1]) >= NEAREST_FROM;
      renderer.draw(matrix, this.smooth === "auto" ? !large : this.smooth);
    }
    this.#write();
  }

  /** @param {Frame} frame */
  #display({ recipe }) {
    const invert = recipe.invert !== this.#invert;
    if (this.#useTable && recipe.voi_lut) return { window: null, table: recipe.voi_lut, invert };
    if (this.#window) return { window: this.#window, table: null, invert };
    return { ...defaultDisplay(recipe), invert };
  }

  /** @param {ResizeObserverEntry} entry */
  #resized(entry) {
    const { width, height } = entry.contentRect;
    this.#box = { width, height };
    this.#size();
    this.#paint(); // at once: setting a canvas's size empties it
  }

  #size() {
    const canvas = this.#renderer?.canvas;
    if (!canvas) return;
    this.#ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(this.#box.width * this.#ratio));
    const height = Math.max(1, Math.round(this.#box.height * this.#ratio));
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  }

  // ---- what is written on it ----

  #write() {
    const overlay = /** @type {Overlay} */ (this.#overlay);
    const frame = this.#frame;
    if (!frame) {
      overlay.update({ corners: { tl: [], tr: [], bl: [], br: [] }, letters: null, scale: null, cannot: "" });
      return;
    }
    const { recipe, text = {}, index, count, label } = frame;
    const t = this.say;
    const name = index && count ? t("viewport.label", { series: label ?? "", index, count }) : (label ?? "");
    if (this.getAttribute("aria-label") !== name) this.setAttribute("aria-label", name);
    const patient = this.#textVisible;
    const corners = {
      tl: patient ? text.tl ?? [] : [], tr: patient ? text.tr ?? [] : [],
      bl: [...(index && count ? [t("viewport.image", { index, count })] : []), ...this.#placeLines(frame), ...(text.bl ?? [])],
      br: [...(recipe.cannot ? [] : this.#windowLines(frame)), ...(text.br ?? [])],
    };
    const shown = !recipe.cannot && frame.values;
    const letters = shown && recipe.letters ? turnedLetters(this.#view, recipe.letters) : null;
    overlay.update({ corners, letters, scale: shown ? this.#scale(frame) : null, cannot: recipe.cannot });
  }

  /** @param {Frame} frame @returns {Line[]} */
  #placeLines({ recipe: { thickness_mm, position_mm } }) {
    const parts = [];
    if (thickness_mm !== null) parts.push(this.say("viewport.thickness", { mm: number(thickness_mm, 1) }));
    if (position_mm !== null) parts.push(this.say("viewport.position", { mm: number(position_mm, 1) }));
    return parts.length ? [{ text: parts.join(" · "), quiet: true, wide: true }] : [];
  }

  /** @param {Frame} frame @returns {Line[]} */
  #windowLines({ recipe }) {
    const t = this.say;
    /** @type {Line[]} */
    const lines = [];
    const shown = this.window;
    if (shown) lines.push(t("viewport.window", { center: number(shown.center), width: number(shown.width) }));
    else if (recipe.kind === "gray") lines.push(t("viewport.window_table"));
    const percent = Math.round(100 * scaleOf(this.#view, planeSize(recipe), this.#box));
    lines.push({ text: t("viewport.zoom", { percent }), quiet: true, wide: true });
    if (!recipe.letters) lines.push({ text: t("viewport.no_letters"), quiet: true, wide: true });
    if (recipe.lossy.is) lines.push({ text: recipe.lossy.text || t("viewport.lossy"), quiet: true });
    return lines;
  }

  /** @param {Frame} frame */
  #scale({ recipe }) {
    const { width } = this.#box;
    if (!width) return null;
    const mm = mmPerPixel(this.#view, recipe, scaleOf(this.#view, planeSize(recipe), this.#box));
    if (mm === null) return { pixels: 0, text: this.say("viewport.no_scale") };
    const bar = scaleBar(mm, Math.min(180, width * 0.34));
    const length = bar.mm >= 10
      ? this.say("viewport.cm", { length: number(bar.mm / 10) })
      : this.say("viewport.mm", { length: number(bar.mm) });
    const text = recipe.spacing_source === "imager" ? this.say("viewport.at_detector", { length }) : length;
    return { pixels: Math.round(bar.pixels * 10) / 10, text };
  }

  // ---- window ----

  /** Centre and width shown, or null (colour, or a stored table). @returns {{center: number, width: number}|null} */
  get window() {
    const frame = this.#frame;
    if (!frame || frame.recipe.kind !== "gray") return null;
    const { window } = this.#display(frame);
    return window && { center: window.center, width: window.width };
  }

  /** @returns {WindowFunction|"TABLE"|""} */
  get windowFunction() {
    const frame = this.#frame;
    if (!frame || frame.recipe.kind !== "gray") return "";
    return this.#display(frame).window?.function ?? "TABLE";
  }

  /**
   * @param {number} center modality values
   * @param {number} width modality values; below what the function allows it is raised to that
   * @param {WindowFunction} [how] default: the function the image asks for
   * @returns {Promise<void>} after the paint
   */
  setWindow(center, width, how) {
    const stored = this.#frame && defaultDisplay(this.#frame.recipe).window;
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
    return frame?.values && frame.recipe.kind === "gray" ? valueRange(frame.recipe, frame.values) : [0, 255];
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
    return /** @type {Renderer} */ (this.#renderer).readPixels();
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
