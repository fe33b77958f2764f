// Mouse, touch, wheel and keys, turned into what the viewport can do. Events only add up numbers; the viewport paints at
// most once per animation frame, so the latest state wins.

/** @typedef {"scroll"|"window"|"zoom"|"pan"} Tool */
/**
 * @typedef {object} Actions
 * @property {() => Tool} tool
 * @property {(tool: Tool) => void} setTool
 * @property {() => number} count  images in the series, 0 unknown
 * @property {(n: number) => void} step
 * @property {(to: "first"|"last") => void} jump
 * @property {(n: 1|-1) => void} series
 * @property {() => void} play
 * @property {(n: number) => void} preset
 * @property {(key: string) => void} key
 * @property {() => void} startWindow
 * @property {(dx: number, dy: number) => void} dragWindow  whole way since startWindow
 * @property {(factor: number, x?: number, y?: number) => void} zoom
 * @property {(dx: number, dy: number) => void} pan
 * @property {() => void} fit
 * @property {() => void} toggleFill
 * @property {() => void} reset
 * @property {() => void} invert
 * @property {() => void} text
 */

const NOTCH = 100; // pixels one notch of a mouse wheel counts for
const TOUCHPAD_STEP = 30; // pixels of a touchpad's smooth scrolling per image
const KEY_WINDOW = 12; // pixels of dragging one press of Shift + arrow stands for
const KEY_PAN = 40;

/**
 * Whole steps out of wheel movements: a notch is a step however large a browser makes it; small movements add up.
 */
export class WheelSteps {
  constructor() {
    this.rest = 0;
  }

  /** @param {number} deltaY @param {number} deltaMode 0 pixels, 1 lines, 2 pages @returns {number} steps */
  add(deltaY, deltaMode) {
    if (deltaMode === 2) return Math.sign(deltaY) * 10;
    const pixels = deltaMode === 1 ? (deltaY * NOTCH) / 3 : deltaY;
    if (Math.abs(pixels) >= 50) {
      this.rest = 0;
      return Math.sign(pixels) * Math.max(1, Math.round(Math.abs(pixels) / NOTCH));
    }
    if (Math.sign(pixels) !== Math.sign(this.rest)) this.rest = 0;
    this.rest += pixels;
    const steps = Math.trunc(this.rest / TOUCHPAD_STEP) + 0; // no -0
    this.rest -= steps * TOUCHPAD_STEP;
    return steps;
  }
}

/** How far one step is when scrolling by dragging: the series over the height, but 4 to 24 pixels. @param {number} height @param {number} count */
export const dragStep = (height, count) => Math.min(24, Math.max(4, count ? height / count : 12));

const TOOL_KEYS = /** @type {Record<string, Tool>} */ ({ s: "scroll", b: "window", z: "zoom", p: "pan" });

export class Interaction {
  /** @param {HTMLElement} element @param {Actions} actions */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
    this.wheel = new WheelSteps();
    /** @type {Map<number, {x: number, y: number}>} */
    this.pointers = new Map();
    /** @type {{tool: Tool, x: number, y: number, startX: number, startY: number, rest: number}|null} */
    this.drag = null;
    element.addEventListener("pointerdown", (e) => this.down(e));
    element.addEventListener("pointermove", (e) => this.move(e));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
      element.addEventListener(name, (e) => this.up(e));
    }
    element.addEventListener("wheel", (e) => this.scroll(e), { passive: false });
    element.addEventListener("keydown", (e) => this.press(e));
    element.addEventListener("dblclick", () => actions.fit());
    element.addEventListener("contextmenu", (e) => e.preventDefault());
    element.addEventListener("mousedown", (e) => { if (e.button === 1) e.preventDefault(); }); // no autoscroll
  }

  /** @param {PointerEvent|WheelEvent} e */
  place(e) {
    const box = this.element.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  }

  /** @param {PointerEvent} e */
  down(e) {
    if (e.pointerType === "mouse" && this.pointers.size && !this.pointers.has(e.pointerId)) return;
    this.element.focus({ preventScroll: true });
    const at = this.place(e);
    this.pointers.set(e.pointerId, at);
    this.element.setPointerCapture(e.pointerId);
    if (this.pointers.size > 1) {
      this.drag = null;
      return;
    }
    const tool = e.button === 2 ? "window" : e.button === 1 ? "pan" : this.actions.tool();
    this.drag = { tool, x: at.x, y: at.y, startX: at.x, startY: at.y, rest: 0 };
    if (tool === "window") this.actions.startWindow();
  }

  /** @param {PointerEvent} e */
  move(e) {
    const before = this.pointers.get(e.pointerId);
    if (!before) return;
    const at = this.place(e);
    if (this.pointers.size === 2) this.pinch(e.pointerId, before, at);
    else if (this.drag) this.dragged(this.drag, at);
    this.pointers.set(e.pointerId, at);
  }

  /** @param {number} moving @param {{x: number, y: number}} before @param {{x: number, y: number}} at */
  pinch(moving, before, at) {
    const other = [...this.pointers].find(([id]) => id !== moving)?.[1];
    if (!other) return;
    const far = Math.hypot(before.x - other.x, before.y - other.y);
    const now = Math.hypot(at.x - other.x, at.y - other.y);
    this.actions.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
    if (far > 0 && now > 0) this.actions.zoom(now / far, (at.x + other.x) / 2, (at.y + other.y) / 2);
  }

  /** @param {NonNullable<Interaction["drag"]>} drag @param {{x: number, y: number}} at */
  dragged(drag, at) {
    const dx = at.x - drag.x;
    const dy = at.y - drag.y;
    drag.x = at.x;
    drag.y = at.y;
    if (drag.tool === "window") this.actions.dragWindow(at.x - drag.startX, at.y - drag.startY);
    else if (drag.tool === "pan") this.actions.pan(dx, dy);
    else if (drag.tool === "zoom") this.actions.zoom(Math.exp(-dy * 0.01), drag.startX, drag.startY);
    else {
      const step = dragStep(this.element.clientHeight, this.actions.count());
      const steps = Math.trunc((drag.rest + dy) / step);
      drag.rest += dy - steps * step;
      if (steps) this.actions.step(steps);
    }
  }

  /** @param {PointerEvent} e */
  up(e) {
    this.pointers.delete(e.pointerId);
    this.drag = null; // after two fingers the one that stays does nothing until it is lifted
  }

  /** @param {WheelEvent} e */
  scroll(e) {
    e.preventDefault();
    if (e.ctrlKey || e.metaKey) {
      const pixels = e.deltaMode === 1 ? (e.deltaY * NOTCH) / 3 : e.deltaY;
      const { x, y } = this.place(e);
      this.actions.zoom(Math.exp(-Math.min(Math.max(pixels, -50), 50) * 0.006), x, y);
      return;
    }
    const steps = this.wheel.add(e.deltaY, e.deltaMode);
    if (steps) this.actions.step(steps);
  }

  /** @param {KeyboardEvent} e */
  press(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target !== this.element) return;
    if (this.pressed(e)) e.preventDefault();
  }

  /** @param {KeyboardEvent} e @returns {boolean} whether the key was ours */
  pressed(e) {
    const { actions } = this;
    const key = e.key;
    const tool = actions.tool();
    if (e.shiftKey && key.startsWith("Arrow") && (tool === "window" || tool === "pan")) {
      const dx = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
      const dy = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
      if (tool === "pan") actions.pan(dx * KEY_PAN, dy * KEY_PAN);
      else {
        actions.startWindow();
        actions.dragWindow(dx * KEY_WINDOW, dy * KEY_WINDOW);
      }
      return true;
    }
    const low = key.toLowerCase();
    if (low in TOOL_KEYS) actions.setTool(TOOL_KEYS[low]);
    else if (key === "ArrowDown") actions.step(1);
    else if (key === "ArrowUp") actions.step(-1);
    else if (key === "PageDown") actions.step(10);
    else if (key === "PageUp") actions.step(-10);
    else if (key === "Home") actions.jump("first");
    else if (key === "End") actions.jump("last");
    else if (key === "ArrowRight") actions.series(1);
    else if (key === "ArrowLeft") actions.series(-1);
    else if (key === " ") actions.play();
    else if (/^[1-9]$/.test(key)) actions.preset(Number(key));
    else if (key === "0") actions.reset();
    else if (low === "n") actions.invert();
    else if (low === "i") actions.text();
    else if (low === "f") actions.toggleFill();
    else if (key === "+" || key === "=") actions.zoom(1.25);
    else if (key === "-" || key === "_") actions.zoom(0.8);
    else if (/^[mgrde?]$/.test(low) || key === "Escape") actions.key(key === "Escape" ? key : low);
    else return false;
    return true;
  }
}
