// What is written on the picture: four corners, four letters, the length bar. Lies above the canvas and takes no pointer.

/** @typedef {import("./types.js").Letters} Letters */
/** @typedef {import("./types.js").Line} Line */
/** @typedef {(key: string, values?: Record<string, string|number>) => string} Translate */

/** English, for where the page gives no translation. Keys and values are those of static/i18n/en.json. @type {Record<string, string>} */
export const ENGLISH = {
  "viewport.image": "Image {index} / {count}",
  "viewport.label": "{series}, image {index} of {count}",
  "viewport.label_plain": "Image",
  "viewport.thickness": "Thickness {mm} mm",
  "viewport.position": "Position {mm} mm",
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

/** @type {Translate} */
export const english = (key, values = {}) => (ENGLISH[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

/** A number with at most three digits behind the point, in the person's notation. @param {number} value @param {number} [least] digits */
export function number(value, least = 0) {
  const size = Math.abs(value);
  const most = size >= 100 ? 1 : size >= 1 ? 2 : 4;
  return value.toLocaleString(document.documentElement.lang || "en", {
    minimumFractionDigits: least, maximumFractionDigits: Math.max(least, Math.min(most, 20)), useGrouping: false,
    ...(size > 0 && (size < 1e-3 || size >= 1e7) ? { notation: /** @type {const} */ ("scientific") } : {}),
  });
}

const CORNERS = /** @type {const} */ (["tl", "tr", "bl", "br"]);
const SIDES = /** @type {const} */ ([["n", "top"], ["s", "bottom"], ["w", "left"], ["e", "right"]]);

/**
 * @typedef {object} OverlayState
 * @property {Record<"tl"|"tr"|"bl"|"br", Line[]>} corners
 * @property {Letters|null} letters
 * @property {{pixels: number, text: string}|null} scale  pixels 0: the text alone
 * @property {string} cannot
 */

export class Overlay {
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.parent = parent;
    /** @type {Record<string, string>} what each part shows, to leave the page alone when nothing changed */
    this.shown = {};
    const part = (/** @type {string} */ name) => {
      const node = document.createElement("div");
      node.className = name;
      parent.append(node);
      return node;
    };
    this.corners = Object.fromEntries(CORNERS.map((c) => [c, part(`ov ${c}`)]));
    this.sides = Object.fromEntries(SIDES.map(([c]) => [c, part(`ov side ${c}`)]));
    this.scale = part("scale");
    this.scaleText = document.createElement("span");
    this.scale.append(this.scaleText);
    this.cannot = part("ov cannot");
  }

  /** @param {string} part @param {string} value */
  changed(part, value) {
    if (this.shown[part] === value) return false;
    this.shown[part] = value;
    return true;
  }

  /** @param {OverlayState} state */
  update({ corners, letters, scale, cannot }) {
    for (const corner of CORNERS) this.lines(corner, corners[corner]);
    for (const [side, where] of SIDES) {
      const text = letters?.[where] ?? "";
      if (this.changed(side, text)) this.sides[side].textContent = text;
    }
    if (this.changed("scale", JSON.stringify(scale))) {
      this.scale.hidden = !scale;
      this.scale.classList.toggle("unknown", !scale?.pixels);
      this.scale.style.setProperty("--long", scale?.pixels ? `${scale.pixels}px` : "auto");
      this.scaleText.textContent = scale?.text ?? "";
    }
    if (this.changed("cannot", cannot)) {
      this.cannot.hidden = !cannot;
      this.cannot.textContent = cannot;
    }
  }

  /** @param {"tl"|"tr"|"bl"|"br"} corner @param {Line[]} lines */
  lines(corner, lines) {
    if (!this.changed(corner, JSON.stringify(lines))) return;
    this.corners[corner].replaceChildren(...lines.map((line) => {
      const node = document.createElement("div");
      const text = document.createElement("bdi");
      text.textContent = typeof line === "string" ? line : line.text;
      if (typeof line !== "string") {
        node.classList.toggle("quiet", Boolean(line.quiet));
        node.classList.toggle("wide", Boolean(line.wide));
      }
      node.append(text);
      return node;
    }));
  }
}
