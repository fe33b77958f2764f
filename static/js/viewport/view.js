// Where the picture lies on the screen: zoom, pan, quarter turns, mirroring. Pure arithmetic, no DOM.
//
// The image plane is columns wide and rows * pixel_aspect high, so its units are square. A view says which point of the
// plane is in the middle of the box, how it is turned, and how large it is compared with "everything fits": so it survives
// another slice size and another window size unchanged.

/** @typedef {import("./types.js").Matrix} Matrix */
/** @typedef {import("./types.js").Letters} Letters */
/** @typedef {{width: number, height: number}} Size */
/**
 * orientation: [xx, xy, yx, yy], screen = orientation * plane, each -1, 0 or 1. x, y: plane point in the middle, 0..1.
 * @typedef {object} View
 * @property {"fit"|"fill"|"free"} mode
 * @property {number} zoom  only for "free": scale over the scale that fits
 * @property {number} x
 * @property {number} y
 * @property {[number, number, number, number]} orientation
 */

export const MOST_SCALE = 64; // CSS pixels per image pixel
const LEAST_ZOOM = 0.2;

/** @returns {View} */
export const newView = () => ({ mode: "fit", zoom: 1, x: 0.5, y: 0.5, orientation: [1, 0, 0, 1] });

/** @param {{rows: number, columns: number, pixel_aspect: number}} recipe @returns {Size} */
export const planeSize = ({ rows, columns, pixel_aspect }) => ({ width: columns, height: rows * (pixel_aspect || 1) });

/** @param {View} view @param {Size} plane @returns {Size} the plane's extent as turned */
function turned(view, plane) {
  return view.orientation[0] ? plane : { width: plane.height, height: plane.width };
}

/** @param {View} view @param {Size} plane @param {Size} box */
export function fitScale(view, plane, box) {
  const { width, height } = turned(view, plane);
  return Math.min(box.width / width, box.height / height);
}

/** CSS pixels per unit of the plane. @param {View} view @param {Size} plane @param {Size} box */
export function scaleOf(view, plane, box) {
  const fit = fitScale(view, plane, box);
  if (view.mode === "fit") return fit;
  const { width, height } = turned(view, plane);
  if (view.mode === "fill") return Math.max(box.width / width, box.height / height);
  return fit * view.zoom;
}

/** Plane to CSS pixels of the box. @param {View} view @param {Size} plane @param {Size} box @returns {Matrix} */
export function viewMatrix(view, plane, box) {
  const s = scaleOf(view, plane, box);
  const [xx, xy, yx, yy] = view.orientation;
  const cx = view.x * plane.width;
  const cy = view.y * plane.height;
  return [
    s * xx, s * yx, s * xy, s * yy,
    box.width / 2 - s * (xx * cx + xy * cy), box.height / 2 - s * (yx * cx + yy * cy),
  ];
}

/**
 * Image pixels to device pixels. Where a pixel covers a whole number of device pixels the origin is put on a device pixel,
 * so that nothing is blurred.
 * @param {Matrix} matrix plane to CSS pixels
 * @param {number} aspect height of a pixel over its width
 * @param {number} ratio device pixels per CSS pixel
 * @returns {Matrix}
 */
export function deviceMatrix([a, b, c, d, e, f], aspect, ratio) {
  const m = [a, b, c * aspect, d * aspect, e, f].map((v) => v * ratio);
  const whole = m.slice(0, 4).every((v) => Math.abs(v - Math.round(v)) < 1e-3);
  return /** @type {Matrix} */ (whole ? m.map(Math.round) : m);
}

/** A screen vector as a vector of the plane, in plane units. @param {View} view @param {number} s @param {number} dx @param {number} dy */
function unturned({ orientation: [xx, xy, yx, yy] }, s, dx, dy) {
  return [(xx * dx + yx * dy) / s, (xy * dx + yy * dy) / s];
}

const within = (/** @type {number} */ v, /** @type {number} */ low, /** @type {number} */ high) => Math.min(Math.max(v, low), high);

/** Move the picture by CSS pixels. @param {View} view @param {Size} plane @param {Size} box @param {number} dx @param {number} dy @returns {View} */
export function panned(view, plane, box, dx, dy) {
  const s = scaleOf(view, plane, box);
  const [px, py] = unturned(view, s, dx, dy);
  return {
    ...view, mode: "free", zoom: s / fitScale(view, plane, box),
    x: within(view.x - px / plane.width, 0, 1), y: within(view.y - py / plane.height, 0, 1),
  };
}

/**
 * Zoom by a factor; the point under (atX, atY) stays where it is.
 * @param {View} view @param {Size} plane @param {Size} box @param {number} factor
 * @param {number} [atX] CSS pixels from the left of the box @param {number} [atY]
 * @returns {View}
 */
export function zoomed(view, plane, box, factor, atX = box.width / 2, atY = box.height / 2) {
  const fit = fitScale(view, plane, box);
  const before = scaleOf(view, plane, box);
  const after = within(before * factor, Math.min(before, fit * LEAST_ZOOM), Math.max(before, fit, MOST_SCALE));
  const dx = atX - box.width / 2;
  const dy = atY - box.height / 2;
  const [bx, by] = unturned(view, before, dx, dy);
  const [ax, ay] = unturned(view, after, dx, dy);
  return {
    ...view, mode: "free", zoom: after / fit,
    x: within(view.x + (bx - ax) / plane.width, 0, 1), y: within(view.y + (by - ay) / plane.height, 0, 1),
  };
}

/** Apply a turn or mirror of the screen after what is there. @param {View} view @param {number[]} by @returns {View} */
function composed(view, [a, b, c, d]) {
  const [xx, xy, yx, yy] = view.orientation;
  const o = [a * xx + b * yx, a * xy + b * yy, c * xx + d * yx, c * xy + d * yy];
  return { ...view, orientation: /** @type {View["orientation"]} */ (o.map((v) => v + 0)) };
}

const QUARTERS = [[1, 0, 0, 1], [0, -1, 1, 0], [-1, 0, 0, -1], [0, 1, -1, 0]];

/** Turn clockwise by a multiple of 90 degrees. @param {View} view @param {number} degrees */
export function rotated(view, degrees) {
  return composed(view, QUARTERS[(((Math.round(degrees / 90) % 4) + 4) % 4)]);
}

/** Mirror what is seen: "h" swaps left and right, "v" top and bottom. @param {View} view @param {"h"|"v"} axis */
export function flipped(view, axis) {
  return composed(view, axis === "h" ? [-1, 0, 0, 1] : [1, 0, 0, -1]);
}

/** The letters as they stand on the screen. @param {View} view @param {Letters} letters @returns {Letters} */
export function turnedLetters({ orientation: [xx, xy, yx, yy] }, letters) {
  const of = (/** @type {number} */ x, /** @type {number} */ y) =>
    x > 0 ? letters.right : x < 0 ? letters.left : y > 0 ? letters.bottom : letters.top;
  return { right: of(xx, xy), left: of(-xx, -xy), bottom: of(yx, yy), top: of(-yx, -yy) };
}

/**
 * Millimetres along the screen's horizontal per CSS pixel, or null where the image does not say.
 * @param {View} view @param {{spacing_mm: {row: number, column: number}|null, pixel_aspect: number}} recipe @param {number} scale
 */
export function mmPerPixel(view, { spacing_mm, pixel_aspect }, scale) {
  if (!spacing_mm) return null;
  const unit = view.orientation[0] ? spacing_mm.column : spacing_mm.row / (pixel_aspect || 1);
  return unit > 0 ? unit / scale : null;
}

/**
 * The longest round length (1, 2 or 5 times a power of ten) that is at most `most` pixels long.
 * @param {number} mm per CSS pixel @param {number} most CSS pixels
 * @returns {{mm: number, pixels: number}}
 */
export function scaleBar(mm, most) {
  const power = 10 ** Math.floor(Math.log10(mm * most));
  const factor = [5, 2, 1].find((f) => f * power <= mm * most * (1 + 1e-9)) ?? 1;
  const long = Number((factor * power).toPrecision(3));
  return { mm: long, pixels: long / mm };
}
