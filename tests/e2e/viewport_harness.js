// A page with nothing but an <image-viewport>, for tests: frames come in as base64, pictures go out as base64.
import "../../static/js/viewport/element.js";
import { frameValues } from "../../static/js/viewport/values.js";

/** @type {any} */
const viewport = document.getElementById("viewport");
/** @type {{name: string, detail: any}[]} */
const events = [];
for (const name of ["step", "jump", "series", "play", "preset", "tool", "key", "window", "view", "renderer"]) {
  document.addEventListener(`viewport-${name}`, (e) => events.push({ name, detail: /** @type {CustomEvent} */ (e).detail }));
}

/** @param {string} text */
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** @param {Uint8Array} data */
function base64(data) {
  let text = "";
  for (let i = 0; i < data.length; i += 32768) text += String.fromCharCode(...data.subarray(i, i + 32768));
  return btoa(text);
}

/** A recipe with nothing special about it. @param {any} recipe */
const plain = (recipe) => ({
  sop_instance_uid: "1.2.3", frame: 0, samples: 1, kind: "gray", dtype: "uint8", location: null, shift_left: 0, shift_right: 0,
  slope: 1, intercept: 0, unit: "", windows: [{ center: 127.5, width: 255, function: "LINEAR_EXACT", name: "auto" }], voi_lut: null,
  invert: false, padding: null, lossy: { is: false, text: "" }, pixel_aspect: 1, spacing_mm: null, spacing_source: "", letters: null,
  position_mm: null, thickness_mm: null, cannot: "", ...recipe,
});

Object.assign(window, {
  viewport,
  plain,
  events,
  /** @param {any} recipe @param {string} data @param {any} [rest] of the frame @param {any} [options] */
  show(recipe, data, rest = {}, options = {}) {
    const whole = plain(recipe);
    return viewport.show({ recipe: whole, values: data ? frameValues(whole, bytes(data)) : null, ...rest }, options);
  },
  pixels() {
    const { rows, columns, samples, data } = viewport.readPixels();
    return { rows, columns, samples, data: base64(data) };
  },
});
