// What is to be written on the picture, as data; overlay.js writes it. No DOM.
import { mmPerPixel, planeSize, scaleBar, scaleOf, turnedLetters } from "./view.js";

/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Recipe} Recipe */
/** @typedef {import("./types.js").Line} Line */
/** @typedef {(key: string, values?: Record<string, string|number>) => string} Say */
/**
 * @typedef {object} Captions
 * @property {Record<"tl"|"tr"|"bl"|"br", Line[]>} corners
 * @property {import("./types.js").Letters|null} letters
 * @property {{pixels: number, text: string}|null} scale  pixels 0: the text alone
 * @property {string} cannot
 * @property {string} name  what a screen reader calls the picture
 */
/**
 * @typedef {object} Shown
 * @property {import("./view.js").View} view
 * @property {import("./view.js").Size} box CSS pixels
 * @property {{center: number, width: number}|null} window
 * @property {boolean} patientText
 * @property {(value: number, least?: number) => string} number
 * @property {Say} say
 */

/** English, for where the page gives no texts. Keys and values are those of static/i18n/en.json. @type {Record<string, string>} */
export const ENGLISH = {
  "viewport.image": "Image {index} / {count}",
  "viewport.label": "{series}, image {index} of {count}",
  "viewport.label_plain": "Image",
  "viewport.thickness": "Thickness {mm} mm",
  "viewport.position": "Position {mm} mm",
  "viewport.tilt": "Tilted by {degrees}°",
  "viewport.window": "C {center} · W {width}",
  "viewport.window_table": "Stored table",
  "viewport.zoom": "Zoom {percent} %",
  "viewport.no_scale": "No scale known",
  "viewport.at_detector": "{length} at the detector",
  "viewport.mm": "{length} mm",
  "viewport.cm": "{length} cm",
  "viewport.lossy": "Compressed with loss",
  "viewport.no_letters": "Directions not known",
};

/** @type {Say} */
export const english = (key, values = {}) => (ENGLISH[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

/** @type {Map<string, Intl.NumberFormat>} making one costs more than drawing the picture */
const formats = new Map();

/** A number in the notation of a language, with as many digits as its size deserves. @param {string} language */
export function numbers(language) {
  /** @param {number} value @param {number} [least] digits behind the point */
  return (value, least = 0) => {
    const size = Math.abs(value);
    const most = Math.max(least, size >= 100 ? 1 : size >= 1 ? 2 : 4);
    /** @type {"scientific"|"standard"} */
    const notation = size > 0 && (size < 1e-3 || size >= 1e7) ? "scientific" : "standard";
    const key = `${language} ${least} ${most} ${notation}`;
    let format = formats.get(key);
    if (!format) {
      format = new Intl.NumberFormat(language, { minimumFractionDigits: least, maximumFractionDigits: most, notation, useGrouping: false });
      formats.set(key, format);
    }
    return format.format(value);
  };
}

/** @param {Frame|null} frame @param {Shown} shown @returns {Captions} */
export function captions(frame, shown) {
  const { say, view } = shown;
  if (!frame) return { corners: { tl: [], tr: [], bl: [], br: [] }, letters: null, scale: null, cannot: "", name: say("viewport.label_plain") };
  const { recipe, text = {}, index, count, label } = frame;
  const drawn = frame.values && !recipe.cannot;
  const counted = index && count ? { index, count } : null;
  return {
    corners: {
      tl: shown.patientText ? text.tl ?? [] : [],
      tr: shown.patientText ? text.tr ?? [] : [],
      bl: [...(counted ? [say("viewport.image", counted)] : []), ...(text.bl ?? []), ...placeLines(recipe, shown)],
      br: [...(drawn ? pictureLines(recipe, shown) : []), ...(text.br ?? [])],
    },
    letters: drawn && recipe.letters ? turnedLetters(view, recipe.letters) : null,
    scale: drawn ? scale(recipe, shown) : null,
    cannot: recipe.cannot,
    name: counted && label ? say("viewport.label", { series: label, ...counted })
      : counted ? say("viewport.image", counted) : label || say("viewport.label_plain"),
  };
}

/** @param {Recipe} recipe @param {Shown} shown @returns {Line[]} */
function placeLines({ thickness_mm, position_mm, tilt_degrees }, { say, number }) {
  const parts = [];
  if (thickness_mm !== null) parts.push(say("viewport.thickness", { mm: number(thickness_mm, 1) }));
  if (position_mm !== null) parts.push(say("viewport.position", { mm: number(position_mm, 1) }));
  if (tilt_degrees) parts.push(say("viewport.tilt", { degrees: number(tilt_degrees) }));
  return parts.length ? [{ text: parts.join(" · "), quiet: true, wide: true }] : [];
}

/** @param {Recipe} recipe @param {Shown} shown @returns {Line[]} */
function pictureLines(recipe, { say, number, window, view, box }) {
  /** @type {Line[]} */
  const lines = [];
  if (window) lines.push(say("viewport.window", { center: number(window.center), width: number(window.width) }));
  else if (recipe.kind === "gray") lines.push(say("viewport.window_table"));
  const quiet = [];
  if (box.width) quiet.push(say("viewport.zoom", { percent: Math.round(100 * scaleOf(view, planeSize(recipe), box)) }));
  if (!recipe.letters) quiet.push(say("viewport.no_letters"));
  if (quiet.length) lines.push({ text: quiet.join(" · "), quiet: true, wide: true });
  if (recipe.lossy.is) lines.push({ text: recipe.lossy.text || say("viewport.lossy"), quiet: true });
  return lines;
}

/** @param {Recipe} recipe @param {Shown} shown */
function scale(recipe, { say, number, view, box }) {
  if (!box.width) return null;
  const mm = mmPerPixel(view, recipe, scaleOf(view, planeSize(recipe), box));
  if (mm === null) return { pixels: 0, text: say("viewport.no_scale") };
  const bar = scaleBar(mm, Math.min(180, box.width * 0.34));
  const length = bar.mm >= 10 ? say("viewport.cm", { length: number(bar.mm / 10) }) : say("viewport.mm", { length: number(bar.mm) });
  const text = recipe.spacing_source === "imager" ? say("viewport.at_detector", { length }) : length;
  return { pixels: Math.round(bar.pixels * 10) / 10, text };
}
