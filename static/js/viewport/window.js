// The grey-scale arithmetic of the Standard, in double precision and in the same order as scanfolio.pixels: stored values
// -> Modality LUT (a line) -> VOI window or table -> 0..255. Both renderers take their greys from here, so they agree
// with each other and with numpy to the last bit.

/** @typedef {import("./types.js").Recipe} Recipe */
/** @typedef {import("./types.js").Window} Window */
/** @typedef {import("./types.js").VoiLut} VoiLut */
/** @typedef {import("./types.js").Display} Display */
/** @typedef {import("./types.js").Values} Values */

/**
 * 0 up to center - width / 2, 255 above center + width / 2, a line between; a step at the centre for width 0.
 * @param {number} x @param {number} center @param {number} width
 */
function line(x, center, width) {
  if (width <= 0) return x <= center ? 0 : 255;
  return Math.min(Math.max(((x - center) / width + 0.5) * 255, 0), 255);
}

/**
 * PS3.3 C.11.2.1.2 and C.11.2.1.3, for an output of 0..255, not rounded. LINEAR below width 1 is taken as 1; the others
 * with a width of 0 are thresholds.
 * @param {number} x modality value
 * @param {Window} window
 */
export function windowed(x, { center, width, function: how }) {
  if (how === "SIGMOID" && width > 0) return 255 / (1 + Math.exp((-4 * (x - center)) / width));
  if (how === "LINEAR") return line(x, center - 0.5, Math.max(width, 1) - 1);
  return line(x, center, width);
}

/** Whole grey level of a display value of 0..255: halves go up. @param {number} y */
export const level = (y) => Math.floor(y + 0.5);

/**
 * PS3.3 C.11.2.1.1: values below the first take the first entry, values beyond the last take the last.
 * @param {number} x modality value
 * @param {VoiLut} lut
 */
export function looked(x, { first, values, bits }) {
  const at = Math.min(Math.max(Math.floor(x) - first, 0), values.length - 1);
  return Math.min(Math.max(values[at] * (255 / (2 ** bits - 1)), 0), 255);
}

/** Grey level 0..255 of one modality value. @param {number} x @param {Display} display */
export function grey(x, { window, table, invert }) {
  const y = x !== x ? 0 : level(window ? windowed(x, window) : table ? looked(x, table) : 0); // NaN, in a float map: black
  return invert ? 255 - y : y;
}

/**
 * The range of modality values outside of which the grey no longer changes, so that tables need not be computed there.
 * @param {Display} display
 * @returns {[number, number]}
 */
function turning({ window, table }) {
  if (window) {
    // a sigmoid is within half a grey level of its ends beyond ln(509) / 4 = 1.56 widths
    const reach = window.function === "SIGMOID" ? 1.6 : 0.5;
    return [window.center - reach * window.width - 2, window.center + reach * window.width + 2];
  }
  return table ? [table.first - 2, table.first + table.values.length + 2] : [0, 0];
}

/** Bits of one value. @param {Recipe["dtype"]} dtype */
const bitsOf = (dtype) => Number(dtype.replace(/\D+/, ""));

/** Whether the frame's values are few enough for a table: integers of 8 or 16 bits. @param {Recipe} recipe */
export const hasTable = (recipe) => recipe.kind === "gray" && /^u?int(8|16)$/.test(recipe.dtype);

/**
 * Fill `out` so that out[raw bits of a value] is its grey level. Unused high bits, sign and the modality line are folded in.
 * @param {Recipe} recipe with an 8 or 16 bit integer dtype
 * @param {Display} display
 * @param {Uint8Array} out at least 65536 long; the first 2^bits are filled
 */
export function fillTable(recipe, display, out) {
  const bits = bitsOf(recipe.dtype);
  const signed = recipe.dtype.startsWith("int");
  const size = 2 ** bits;
  const { slope, intercept, shift_left, shift_right } = recipe;
  const lowest = signed ? -size / 2 : 0;
  const highest = lowest + size - 1;
  const ends = turning(display).map((x) => (x - intercept) / slope).sort((a, b) => a - b);
  const from = Math.min(Math.max(Number.isFinite(ends[0]) ? Math.floor(ends[0]) : lowest, lowest), highest);
  const to = Math.max(Math.min(Number.isFinite(ends[1]) ? Math.ceil(ends[1]) : highest, highest), lowest);
  const mask = size - 1;
  const fill = (/** @type {number} */ first, /** @type {number} */ last, /** @type {number} */ value) => {
    if (first > last) return; // stored values first..last, as raw bits: the negative ones lie in the upper half
    if (first < 0) out.fill(value, first + size, Math.min(last, -1) + size + 1);
    if (last >= 0) out.fill(value, Math.max(first, 0), last + 1);
  };
  fill(lowest, from - 1, grey(lowest * slope + intercept, display));
  fill(to + 1, highest, grey(highest * slope + intercept, display));
  for (let stored = from; stored <= to; stored++) out[stored & mask] = grey(stored * slope + intercept, display);
  if (shift_left === shift_right) {
    // The unused bits are the highest ones: whatever they hold, the table says the same, over and over.
    const period = size >> shift_left;
    if (signed) out.copyWithin(period / 2, size - period / 2, size);
    for (let done = period; done < size; done *= 2) out.copyWithin(done, 0, done);
    return;
  }
  const shifted = out.slice(0, size);
  const unshift = unshifter(recipe);
  for (let raw = 0; raw < size; raw++) out[raw] = shifted[unshift(raw) & mask];
}

/**
 * A table that is only filled when something it depends on changed: from slice to slice mostly nothing does.
 */
export class GreyTable {
  /** @type {Display & {recipe: Recipe}|null} */
  #made = null;

  constructor() {
    this.greys = new Uint8Array(65536);
  }

  /** @param {Recipe} recipe @param {Display} display @returns {boolean} whether `greys` changed */
  update(recipe, display) {
    const made = this.#made;
    const { window: w } = display;
    const same = made && made.invert === display.invert && made.table === display.table
      && made.window?.center === w?.center && made.window?.width === w?.width && made.window?.function === w?.function
      && SAME.every((key) => made.recipe[key] === recipe[key]);
    if (same) return false;
    fillTable(recipe, display, this.greys);
    this.#made = { ...display, recipe };
    return true;
  }
}

const SAME = /** @type {const} */ (["dtype", "shift_left", "shift_right", "slope", "intercept"]);

/**
 * What makes the stored value of a raw one (its bits as an integer, signed or not) whose unused high bits may hold anything
 * (PS3.5 8.1.1).
 * @param {Recipe} recipe
 * @returns {(raw: number) => number}
 */
export function unshifter({ dtype, shift_left, shift_right }) {
  const spare = 32 - bitsOf(dtype);
  const up = spare + shift_left; // the value's own sign bit is then bit 31
  const down = spare + shift_right;
  return dtype.startsWith("int") ? (raw) => (raw << up) >> down : (raw) => (raw << up) >>> down;
}

/**
 * Grey levels of a whole gray frame, for the types that no table can hold (32 and 64 bits): double precision.
 * @param {Recipe} recipe
 * @param {Values} values
 * @param {Display} display
 * @param {Uint8Array} out rows * columns
 */
export function fillLevels(recipe, values, display, out) {
  const { slope, intercept } = recipe;
  const unshift = recipe.shift_left || recipe.shift_right ? unshifter(recipe) : null;
  for (let i = 0; i < out.length; i++) {
    const stored = unshift ? unshift(values[i]) : values[i];
    out[i] = grey(stored * slope + intercept, display);
  }
}

/**
 * The picture of a gray frame as numbers, made the slow and plain way: what both renderers are tested against.
 * @param {Recipe} recipe
 * @param {Values} values
 * @param {Display} display
 */
export function levels(recipe, values, display) {
  const out = new Uint8Array(recipe.rows * recipe.columns);
  fillLevels(recipe, values, display, out);
  return out;
}
