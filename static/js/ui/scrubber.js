// The line under the picture: which image of how many, and the series as a film.
import { phrase, t } from "../i18n.js";
import { emit, h, icon, setText } from "./h.js";
import { Menu } from "./menu.js";

const SPEEDS = [2, 5, 10, 15, 25, 40];

export class Scrubber {
  #playing = false;
  #fps = 15;

  constructor() {
    this.play = h("button", { class: "tool", type: "button", on: { click: () => emit(this.element, "play", !this.#playing) } });
    this.speed = h("button", { class: "tool speed", type: "button" });
    this.slider = h("input", { class: "slider", type: "range", min: "1", max: "1", value: "1", step: "1", "aria-label": phrase("slice.slider") });
    this.now = h("b", {}, "0");
    this.total = document.createTextNode("");
    this.element = h("div", { class: "scrub", role: "group", "aria-label": phrase("slice.group") },
      this.play, this.speed,
      h("button", { class: "tool step", type: "button", "aria-label": phrase("slice.previous"), on: { click: () => emit(this.element, "step", { by: -1 }) } }, icon("left")),
      this.slider,
      h("button", { class: "tool step", type: "button", "aria-label": phrase("slice.next"), on: { click: () => emit(this.element, "step", { by: 1 }) } }, icon("right")),
      h("span", { class: "count num" }, this.now, this.total));
    this.slider.addEventListener("input", () => {
      this.#paint();
      setText(this.now, t("number", { n: Number(this.slider.value) }));
      emit(this.element, "step", { to: Number(this.slider.value) });
    });
    new Menu(this.speed, () => this.#speeds().map((fps) => ({ label: t("play.fps", { count: fps }), checked: fps === this.#fps, choose: () => { this.setFps(fps); emit(this.element, "fps", fps); } })));
    this.setFps(15);
    this.setPlaying(false);
    this.setSlice({ n: 0, total: 0 });
  }

  /** @param {{n: number, total: number, label?: string}} slice n counts from 1 */
  setSlice({ n, total, label = "" }) {
    this.slider.max = String(Math.max(1, total));
    this.slider.value = String(Math.max(1, n));
    this.slider.disabled = total < 2;
    this.slider.setAttribute("aria-valuetext", [label, t("slice.of", { n, total })].filter(Boolean).join(", "));
    for (const button of [this.play, this.speed]) button.disabled = total < 2;
    setText(this.now, t("number", { n }));
    const text = t("slice.total", { total });
    if (this.total.data !== text) this.total.data = text;
    this.#paint();
  }

  /** The language has changed. The slice is told anew by whoever knows the series' name. */
  reword() {
    this.setFps(this.#fps);
    this.setPlaying(this.#playing);
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    this.#playing = playing;
    this.play.replaceChildren(icon(playing ? "pause" : "play"));
    this.play.setAttribute("aria-label", t(playing ? "play.pause" : "play.play"));
    this.play.title = t(playing ? "play.pause" : "play.play");
  }

  /** Those one can choose, and the series' own. */
  #speeds() {
    return SPEEDS.includes(this.#fps) ? SPEEDS : [...SPEEDS, this.#fps].sort((a, b) => a - b);
  }

  /** @param {number} fps */
  setFps(fps) {
    this.#fps = fps;
    this.speed.replaceChildren(h("span", {}, t("play.short", { n: fps })), icon("down", "icon s"));
    this.speed.setAttribute("aria-label", t("play.speed", { n: fps }));
  }

  #paint() {
    const last = Number(this.slider.max) - 1;
    this.slider.style.setProperty("--at", `${last ? (100 * (Number(this.slider.value) - 1)) / last : 0}%`);
  }
}
