// From the bytes of one frame to typed arrays, and small facts about them.
import { unshifter } from "./window.js";

/** @typedef {import("./types.js").Recipe} Recipe */
/** @typedef {import("./types.js").Values} Values */
/** @typedef {import("./types.js").Window} Window */
/** @typedef {import("./types.js").Display} Display */

const TYPES = {
  uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array,
  uint32: Uint32Array, int32: Int32Array, float32: Float32Array, float64: Float64Array,
};

/**
 * View the little-endian bytes of one frame as its dtype. Copies only where the offset does not suit the type.
 * @param {Recipe} recipe
 * @param {ArrayBuffer|Uint8Array} bytes
 * @returns {Values}
 * @throws {RangeError} when there are fewer bytes than rows × columns × samples need
 */
export function frameValues(recipe, bytes) {
  const type = TYPES[recipe.dtype];
  const count = recipe.rows * recipe.columns * recipe.samples;
  const size = type.BYTES_PER_ELEMENT;
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  if (view.byteLength < count * size) {
    throw new RangeError(`frame has ${view.byteLength} bytes, ${count * size} expected`);
  }
  if (view.byteOffset % size === 0) return new type(/** @type {ArrayBuffer} */ (view.buffer), view.byteOffset, count);
  return new type(view.slice(0, count * size).buffer, 0, count);
}

/**
 * Stored values (PS3.5): the raw ones with their unused high bits removed. The same array where there are none.
 * @param {Recipe} recipe
 * @param {Values} values
 */
export function storedValues(recipe, values) {
  if (!recipe.shift_left && !recipe.shift_right) return values;
  const out = values.slice();
  const unshift = unshifter(recipe);
  for (let i = 0; i < out.length; i++) out[i] = unshift(values[i]);
  return out;
}

/**
 * Lowest and highest finite modality value of a gray frame. Padding is left out, unless there is nothing else.
 * @param {Recipe} recipe
 * @param {Values} values
 * @returns {[number, number]|null} null: no finite value
 */
export function valueRange(recipe, values) {
  const { slope, intercept, padding } = recipe;
  const ends = padding && extent(recipe, values, padding.low, padding.high) || extent(recipe, values, Infinity, -Infinity);
  if (!ends) return null;
  const [one, other] = ends.map((stored) => stored * slope + intercept);
  return one < other ? [one, other] : [other, one];
}

/**
 * @param {Recipe} recipe @param {Values} values
 * @param {number} from @param {number} to stored values not to count
 * @returns {[number, number]|null} of the stored values
 */
function extent(recipe, values, from, to) {
  const stored = storedValues(recipe, values);
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < stored.length; i++) {
    const v = stored[i];
    if ((v >= from && v <= to) || v - v !== 0) continue; // v - v is NaN for what is not finite
    if (v < least) least = v;
    if (v > most) most = v;
  }
  return least <= most ? [least, most] : null;
}

/**
 * The window that spans a range of values exactly; black where there is only one value.
 * @param {[number, number]|null} range
 * @returns {Window}
 */
export function windowOfRange(range) {
  const [low, high] = range ?? [0, 0];
  if (low === high) return { center: low + 0.5, width: 1, function: "LINEAR_EXACT", name: "auto" };
  return { center: (low + high) / 2, width: high - low, function: "LINEAR_EXACT", name: "auto" };
}

/**
 * How a frame is shown before anybody changed anything: its first window; else its table; else all its values.
 * @param {Recipe} recipe
 * @param {Values|null} values
 * @returns {{window: Window|null, table: import("./types.js").VoiLut|null}}
 */
export function defaultDisplay(recipe, values) {
  const first = recipe.windows[0];
  if (recipe.voi_lut && (!first || first.name === "auto")) return { window: null, table: recipe.voi_lut };
  if (first || recipe.kind !== "gray") return { window: first ?? null, table: null };
  return { window: windowOfRange(values && valueRange(recipe, values)), table: null };
}

/**
 * A step in which a window is worth changing: about a thousandth of the values' range, as 1, 2 or 5 times a power of ten.
 * @param {number} range
 */
export function windowStep(range) {
  const raw = Math.max(range, Number.MIN_VALUE * 1e4) / 2000;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10;
  return step * power >= 0.5 && range > 60 ? Math.max(1, Math.round(step * power)) : step * power;
}

/**
 * The window after dragging by (dx, dy) CSS pixels: right is wider, down raises the centre. One pixel counts for more the
 * wider the values' range and the wider the window are, so that a brain (80) and a bone (2000) window both feel right.
 * @param {Window} start
 * @param {number} range of the modality values
 * @param {number} dx
 * @param {number} dy
 * @returns {Window}
 */
export function draggedWindow(start, range, dx, dy) {
  const step = windowStep(range);
  const speed = Math.sqrt(Math.max(start.width, range / 100) * range) / 1024;
  const snap = (/** @type {number} */ v) => Number((Math.round(v / step) * step).toPrecision(12));
  const least = start.function === "LINEAR" ? Math.max(1, step) : step;
  return {
    center: dy ? snap(start.center + dy * speed) : start.center,
    width: dx ? Math.max(least, snap(start.width + dx * speed)) : start.width,
    function: start.function,
  };
}
