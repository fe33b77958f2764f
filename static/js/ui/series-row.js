// One series in the list: a small picture, its name, how many.
import { t } from "../i18n.js";
import { seriesCount, seriesTitle } from "./catalogue-view.js";
import { emit, h, icon, setText } from "./h.js";

/** @typedef {import("../types.js").SeriesFacts} SeriesFacts */
/** @type {Record<string, string>} */
const DRAWINGS = { document: "document", report: "document", waveform: "wave", video: "film", other: "unknown", image: "picture" };

export class SeriesRow {
  #asked = false;
  #shows = "";

  /** @param {string} key */
  constructor(key) {
    this.key = key;
    this.picture = h("span", { class: "doc" });
    this.title = h("b", {});
    this.count = h("small", {});
    this.why = h("small", { class: "why", hidden: true });
    this.element = h("button", { class: "series", type: "button", tabindex: "-1", on: { click: () => emit(this.element, "select-series", key) } },
      this.picture, h("span", { class: "series-text" }, this.title, this.count, this.why));
  }

  /** @param {{series: SeriesFacts, current: boolean, growing?: boolean}} state */
  update({ series, current, growing = false }) {
    setText(this.title, seriesTitle(series));
    const count = seriesCount(series);
    setText(this.count, [growing ? t("series.so_far", { count }) : count, series.lossy ? t("series.lossy") : ""].filter(Boolean).join(" · "));
    const notes = [series.split_reason, series.order_note].filter(Boolean).join(" ");
    const why = series.cannot ? t("series.cannot", { reason: series.cannot }) : current ? notes : "";
    setText(this.why, why);
    this.why.hidden = !why;
    this.element.title = [seriesTitle(series), notes].filter(Boolean).join("\n");
    if (current) this.element.setAttribute("aria-current", "true");
    else this.element.removeAttribute("aria-current");
    if (this.#shows !== series.shows && this.picture.tagName !== "CANVAS") {
      this.#shows = series.shows;
      this.picture.replaceChildren(icon(DRAWINGS[series.shows] ?? "unknown", "icon l"));
    }
  }

  /** Once, when the row can be seen. @param {Element} from */
  askForThumbnail(from) {
    if (this.#asked || this.#shows !== "image") return;
    this.#asked = true;
    emit(from, "need-thumbnail", this.key);
  }

  /** @param {import("../types.js").Thumbnail} thumbnail */
  setThumbnail(thumbnail) {
    const canvas = drawThumbnail(thumbnail);
    if (!canvas) return;
    this.#asked = true;
    this.picture.replaceWith(canvas);
    this.picture = canvas;
  }
}

/** Null where there is no picture. @param {import("../types.js").Thumbnail} thumbnail */
export function drawThumbnail({ width, height, channels, data }) {
  if (!width || !height) return null;
  const canvas = h("canvas", { width: String(width), height: String(height), "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  if (!context) return null;
  const picture = context.createImageData(width, height);
  for (let from = 0, to = 0; to < picture.data.length; from += channels, to += 4) {
    picture.data[to] = data[from];
    picture.data[to + 1] = data[channels > 1 ? from + 1 : from];
    picture.data[to + 2] = data[channels > 2 ? from + 2 : from];
    picture.data[to + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
  return canvas;
}
