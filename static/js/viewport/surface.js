// Which renderer draws, on which canvas. A canvas keeps the kind of context it first gave, so another renderer means
// another canvas in its place.
import { CanvasRenderer } from "./canvas2d.js";
import { WebGLRenderer } from "./gl.js";

/** @typedef {import("./types.js").Recipe} Recipe */
/** @typedef {import("./types.js").Renderer} Renderer */

const SIDE = 512;
/** After so many the browser has compiled the loops. */
const WARM_DRAWS = 12;
/** What most slices are like. @type {Recipe} */
export const BLACK = {
  sop_instance_uid: "", frame: 0, rows: SIDE, columns: SIDE, samples: 1, kind: "gray", dtype: "uint16", shift_left: 0, shift_right: 0,
  slope: 1, intercept: 0, unit: "", windows: [], voi_lut: null, invert: false, lossy: { is: false, text: "" }, pixel_aspect: 1,
  spacing_mm: null, spacing_source: "", letters: null, position_mm: null, thickness_mm: null, cannot: "",
};

export class Surface {
  /** @type {WebGLRenderer|null} */
  #webgl = null;

  /**
   * @param {HTMLElement} host
   * @param {string|null} asked "canvas", "webgl", or null for what is fastest here
   * @param {() => void} replaced called when another renderer took over and has to be given everything anew
   */
  constructor(host, asked, replaced) {
    this.replaced = replaced;
    if (asked !== "canvas") this.#webgl = this.#startWebGL(asked === "webgl");
    /** @type {Renderer} */
    this.renderer = this.#webgl ?? newFallback();
    host.prepend(this.renderer.canvas);
  }

  /** @param {boolean} evenInSoftware */
  #startWebGL(evenInSoftware) {
    const canvas = document.createElement("canvas");
    canvas.addEventListener("webglcontextlost", (e) => {
      e.preventDefault(); // asks the browser to give it back; until then the fall-back shows the picture
      if (this.renderer === this.#webgl) this.#replace(newFallback());
    });
    canvas.addEventListener("webglcontextrestored", () => {
      if (!this.#webgl) return;
      this.#webgl.start();
      this.#replace(this.#webgl);
    });
    return WebGLRenderer.on(canvas, evenInSoftware);
  }

  /** @param {Renderer} renderer */
  #replace(renderer) {
    const before = this.renderer;
    renderer.canvas.width = before.canvas.width;
    renderer.canvas.height = before.canvas.height;
    this.renderer = renderer;
    before.canvas.replaceWith(renderer.canvas);
    if (before !== this.#webgl) before.dispose();
    this.replaced();
  }

  /** Have a renderer that can show this; a picture larger than a texture goes to the fall-back. @param {Recipe} recipe */
  prepare(recipe) {
    const webgl = this.#webgl?.usable ? this.#webgl : null;
    if (webgl?.fits(recipe)) {
      if (this.renderer !== webgl) this.#replace(webgl);
    } else if (this.renderer === this.#webgl) {
      this.#replace(newFallback());
    }
  }

  /** Draw black, as a picture that nobody sees. */
  warm() {
    const values = new Uint16Array(SIDE * SIDE);
    for (let center = 0; center < WARM_DRAWS; center++) {
      this.renderer.setFrame(BLACK, values);
      this.renderer.setDisplay({ window: { center, width: 400, function: "LINEAR" }, table: null, invert: false });
      this.renderer.draw([1, 0, 0, 1, 0, 0], true);
    }
    this.renderer.clear();
  }

  /** @param {number} width device pixels @param {number} height */
  resize(width, height) {
    const { canvas } = this.renderer;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  }
}

const newFallback = () => new CanvasRenderer(document.createElement("canvas"));
