// The fall-back without WebGL2 (and the faster way where WebGL would be drawn by the CPU). The same two steps with the same
// table: the picture at native resolution on a hidden canvas, then drawImage.
import { fillColors, withoutAlpha } from "./gl.js";
import { fillLevels, GreyTable, hasTable } from "./window.js";

/** @typedef {import("./types.js").Recipe} Recipe */
/** @typedef {import("./types.js").Values} Values */
/** @typedef {import("./types.js").Display} Display */
/** @typedef {import("./types.js").Matrix} Matrix */
/** @typedef {import("./types.js").Renderer} Renderer_ */

/** The largest canvas every browser of the last years makes (pixels); larger pictures are drawn from every 2nd, 3rd … pixel. */
const MOST_AREA = 16384 * 4096;
const MOST_SIDE = 16384;

/** Grey level to opaque grey word. */
const GREYS = Uint32Array.from({ length: 256 }, (_, level) => 0xff000000 | (level * 0x010101));

/**
 * words[raw[i]] of every `step`th pixel of every `step`th row.
 * @param {Uint32Array} words @param {Uint8Array|Uint16Array} raw @param {Recipe} recipe @param {number} step @param {Uint32Array} out
 */
function pick(words, raw, { rows, columns }, step, out) {
  if (step === 1) {
    for (let i = 0; i < out.length; i++) out[i] = words[raw[i]];
    return;
  }
  for (let y = 0, o = 0; y < rows; y += step) {
    for (let x = 0; x < columns; x += step) out[o++] = words[raw[y * columns + x]];
  }
}

/** @implements {Renderer_} */
export class CanvasRenderer {
  /** @param {HTMLCanvasElement} canvas a fresh one */
  constructor(canvas) {
    this.name = "canvas";
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    this.hidden = document.createElement("canvas");
    this.hiddenContext = /** @type {CanvasRenderingContext2D} */ (this.hidden.getContext("2d", { willReadFrequently: true }));
    /** @type {ImageData|null} */
    this.image = null;
    this.words = new Uint32Array(0); // the image's pixels, one 32-bit word each
    this.step = 1;
    /** @type {Recipe|null} */
    this.recipe = null;
    /** @type {Values|null} */
    this.values = null;
    this.table = new GreyTable();
    this.tableWords = new Uint32Array(65536);
    this.levels = new Uint8Array(0);
  }

  fits() {
    return true;
  }

  /** @param {Recipe} recipe @param {Values} values */
  setFrame(recipe, values) {
    const { rows, columns } = recipe;
    this.recipe = recipe;
    this.values = values;
    this.step = Math.max(Math.ceil(Math.max(rows, columns) / MOST_SIDE), Math.ceil(Math.sqrt((rows * columns) / MOST_AREA)), 1);
    const width = Math.ceil(columns / this.step);
    const height = Math.ceil(rows / this.step);
    if (this.image?.width === width && this.image.height === height) return;
    this.hidden.width = width;
    this.hidden.height = height;
    this.image = new ImageData(width, height);
    this.words = new Uint32Array(this.image.data.buffer);
  }

  /** @param {Display} display */
  setDisplay(display) {
    const { recipe, values, image } = this;
    if (!recipe || !values || !image) return;
    this.make(recipe, values, display, this.step, this.words);
    this.display = display;
    this.hiddenContext.putImageData(image, 0, 0);
  }

  /**
   * @param {Recipe} recipe @param {Values} values @param {Display} display @param {number} step
   * @param {Uint32Array} out one word per drawn pixel, ABGR as in ImageData on a little-endian machine
   */
  make(recipe, values, display, step, out) {
    if (hasTable(recipe)) {
      const Raw = values.BYTES_PER_ELEMENT === 1 ? Uint8Array : Uint16Array;
      pick(this.greyWords(recipe, display), new Raw(/** @type {ArrayBuffer} */ (values.buffer), values.byteOffset, values.length), recipe, step, out);
    } else if (recipe.kind === "gray") {
      if (this.levels.length !== values.length) this.levels = new Uint8Array(values.length);
      fillLevels(recipe, values, display, this.levels);
      pick(GREYS, this.levels, recipe, step, out);
    } else if (step === 1) {
      fillColors(values, display.invert, new Uint8Array(out.buffer));
    } else {
      const colors = new Uint32Array(recipe.rows * recipe.columns);
      fillColors(values, display.invert, new Uint8Array(colors.buffer));
      for (let y = 0, o = 0; y < recipe.rows; y += step) {
        for (let x = 0; x < recipe.columns; x += step) out[o++] = colors[y * recipe.columns + x];
      }
    }
  }

  /** The word of each raw value. @param {Recipe} recipe @param {Display} display */
  greyWords(recipe, display) {
    const { table, tableWords } = this;
    const size = recipe.dtype.endsWith("16") ? 65536 : 256;
    if (table.update(recipe, display)) {
      for (let i = 0; i < size; i++) tableWords[i] = GREYS[table.greys[i]];
    }
    return tableWords;
  }

  /** @param {Matrix} matrix image pixels to device pixels @param {boolean} smooth */
  draw([a, b, c, d, e, f], smooth) {
    const { context, canvas, recipe } = this;
    if (!recipe) return this.clear();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const small = Math.max(Math.hypot(a, b), Math.hypot(c, d)) < 0.75;
    context.imageSmoothingEnabled = smooth || small;
    context.imageSmoothingQuality = small ? "medium" : "low"; // low is bilinear, medium adds mipmaps: as the WebGL sampler does
    context.setTransform(a, b, c, d, e, f);
    context.drawImage(this.hidden, 0, 0, this.hidden.width * this.step, this.hidden.height * this.step);
  }

  clear() {
    this.recipe = this.values = null;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.fillStyle = "#000";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  readPixels() {
    const { recipe, values, image, display } = this;
    if (!recipe || !values || !image || !display) throw new Error("there is no picture to read");
    const { rows, columns, samples } = recipe;
    if (this.step === 1) {
      const { data } = this.hiddenContext.getImageData(0, 0, columns, rows);
      return { rows, columns, samples, data: withoutAlpha(data, samples) };
    }
    const words = new Uint32Array(rows * columns);
    this.make(recipe, values, display, 1, words);
    return { rows, columns, samples, data: withoutAlpha(new Uint8Array(words.buffer), samples) };
  }

  dispose() {
    this.recipe = this.values = this.image = null;
    this.hidden.width = this.hidden.height = 0;
  }
}
