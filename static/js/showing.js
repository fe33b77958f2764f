// @ts-check
// Which frame is in view: a series, a place in it, stepping, playing. Latest wins: a frame that comes late is dropped.

import { frameItems } from "./frame-items.js";

/** @typedef {import("./opening.js").OpenDisc} OpenDisc */
/** @typedef {import("./frames.js").FrameItem} FrameItem */

/** Emits "series", "slice", "painted", "cannot", "playing". */
export class Showing extends EventTarget {
  /** @type {OpenDisc | null} */
  disc = null;
  /** @type {string} */
  key = "";
  /** @type {any} the catalogue's entry of the current series */
  series = null;
  /** @type {FrameItem[]} */
  items = [];
  at = 0;
  firstSeriesUid = "";
  /** @type {string | null} the key of the one person whose images are shown */
  onlyPatient = null;
  playing = false;
  /** Frames per second: what the series itself asks for, else what the person chose. */
  fps = 15;
  #chosenFps = 15;
  /** Counts discs and series: what was asked for one that is gone is dropped. */
  #generation = 0;
  /** Counts paints: a frame that comes late is painted only if none after it was. */
  #asked = 0;
  #painted = 0;
  #timer = 0;
  #direction = 1;

  /** @param {import("./viewport/element.js").ImageViewport} viewport @param {(recipe: any, series: any, study: any, patient: any, label: string) => any} textOf */
  constructor(viewport, textOf) {
    super();
    this.viewport = viewport;
    this.textOf = textOf;
  }

  /** @param {OpenDisc | null} disc */
  setDisc(disc) {
    this.pause();
    this.#generation++;
    this.disc = disc;
    this.onlyPatient = null;
    this.key = "";
    this.series = null;
    this.items = [];
    this.at = 0;
    this.viewport.clear();
  }

  get item() {
    return this.items[this.at];
  }

  /** Show a frame before its series is known: the first image, while the disc is still being read.
   * @param {FrameItem & {series_instance_uid: string}} item */
  async showFirst(item) {
    if (this.key) return false;
    this.firstSeriesUid = item.series_instance_uid;
    this.items = [item];
    this.at = 0;
    const coming = this.disc?.frames.get(item);
    await coming?.catch(() => {}); // the page changes once, with the picture
    return !this.key && this.item === item && this.#paint(false, coming);
  }

  /** `keepPlace`: stay at the frame in view; `onlyIfThere`: and change nothing while the series does not hold it yet.
   * @param {string} key @param {{at?: number, keepPlace?: boolean, onlyIfThere?: boolean}} [options] @returns {Promise<boolean>} whether it was painted */
  async showSeries(key, { at, keepPlace = false, onlyIfThere = false } = {}) {
    const disc = this.disc;
    if (!disc) return false;
    const generation = ++this.#generation;
    const answer = await disc.engine.ask("series", { key });
    const items = frameItems(answer);
    if (generation !== this.#generation) return false;
    const here = keepPlace ? this.item : undefined; // wherever the person has gone meanwhile
    const same = here ? items.findIndex((/** @type {FrameItem} */ i) => i.sop_instance_uid === here.sop_instance_uid && i.frame === here.frame) : -1;
    if (onlyIfThere && same < 0) return false;
    if (key !== this.key) {
      this.pause();
      this.fps = answer.frames_per_second ?? this.#chosenFps;
    }
    this.key = key;
    this.items = items;
    this.at = same >= 0 ? same : Math.min(at ?? answer.middle, items.length - 1);
    this.#find();
    this.dispatchEvent(new CustomEvent("series", { detail: { key, count: items.length } }));
    return this.#paint(same >= 0);
  }

  /** The language has changed: what is written on the picture, and why there is none, is said anew; the view stays. */
  async reword() {
    if (this.key) await this.showSeries(this.key, { keepPlace: true });
    else if (this.item) await this.#paint(true);
  }

  /** @param {string} sopInstanceUid @param {number} frame @returns {Promise<boolean>} */
  async showInstance(sopInstanceUid, frame) {
    let at = this.items.findIndex((i) => i.sop_instance_uid === sopInstanceUid && i.frame === frame);
    for (const series of at < 0 ? this.#allSeries() : []) {
      const items = frameItems(await /** @type {OpenDisc} */ (this.disc).engine.ask("series", { key: series.key }));
      at = items.findIndex((/** @type {FrameItem} */ i) => i.sop_instance_uid === sopInstanceUid && i.frame === frame);
      if (at >= 0) {
        return this.showSeries(series.key, { at });
      }
    }
    return at >= 0 && this.go(at);
  }

  /** @param {number} n */
  async step(n) {
    if (n) this.#direction = Math.sign(n);
    await this.go(this.at + n);
  }

  /** @param {number} at @returns {Promise<boolean>} whether it is in view */
  async go(at) {
    const next = Math.max(0, Math.min(this.items.length - 1, at));
    if (next === this.at && this.viewport.hasFrame) return true;
    this.at = next;
    return this.#paint(true);
  }

  /** @param {number} fps as the person wants it, from now on */
  chooseFps(fps) {
    this.fps = this.#chosenFps = fps;
  }

  play() {
    if (this.playing || this.items.length < 2) return;
    this.playing = true;
    let due = performance.now();
    const tick = async () => {
      if (!this.playing) return;
      this.at = (this.at + 1) % this.items.length;
      await this.#paint(true);
      due = Math.max(due + 1000 / this.fps, performance.now());
      this.#timer = window.setTimeout(tick, due - performance.now());
    };
    this.#timer = window.setTimeout(tick, 1000 / this.fps);
    this.dispatchEvent(new CustomEvent("playing", { detail: true }));
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    clearTimeout(this.#timer);
    this.dispatchEvent(new CustomEvent("playing", { detail: false }));
  }

  /** @param {number} n next or previous series of the list */
  async stepSeries(n) {
    const all = this.#allSeries();
    const at = all.findIndex((s) => s.key === this.key);
    const next = all[at + n];
    if (at >= 0 && next) await this.showSeries(next.key);
  }

  /** Of the person chosen, on a disc of several. @returns {any[]} */
  #allSeries() {
    const patients = (this.disc?.catalogue?.patients ?? []).filter((/** @type {any} */ p) => !this.onlyPatient || p.key === this.onlyPatient);
    return patients.flatMap((/** @type {any} */ p) => p.studies.flatMap((/** @type {any} */ s) => s.series));
  }

  /** Remember the catalogue's words for what is in view. */
  #find() {
    for (const patient of this.disc?.catalogue?.patients ?? []) {
      for (const study of patient.studies) {
        const series = study.series.find((/** @type {any} */ s) => s.key === this.key);
        if (series) {
          this.series = { series, study, patient };
          return;
        }
      }
    }
    this.series = null;
  }

  /** @param {boolean} keepView @param {Promise<import("./frames.js").Frame>} [coming] where it was asked for already: what cannot be read
   * is not tried twice @returns {Promise<boolean>} whether this frame was painted */
  async #paint(keepView, coming) {
    const { disc, item } = this;
    if (!disc || !item) return false;
    const ticket = ++this.#asked;
    const generation = this.#generation;
    this.dispatchEvent(new CustomEvent("slice", { detail: { n: this.at + 1, total: this.items.length } }));
    try {
      const frame = await (coming ?? disc.frames.get(item));
      if (generation !== this.#generation || ticket < this.#painted) return false;
      this.#painted = ticket;
      if (frame.recipe.cannot) {
        this.viewport.clear();
        this.dispatchEvent(new CustomEvent("cannot", { detail: { title: frame.recipe.cannot, hint: "" } }));
        return false;
      }
      this.dispatchEvent(new CustomEvent("cannot", { detail: null }));
      await this.viewport.show(
        {
          recipe: frame.recipe,
          values: frame.values,
          text: this.textOf(frame.recipe, this.series?.series, this.series?.study, this.series?.patient, item.label ?? ""),
          label: this.series?.series.description ?? "",
          index: this.at + 1,
          count: this.items.length,
        },
        { keepView },
      );
      this.dispatchEvent(new CustomEvent("painted"));
      disc.frames.fetchAhead(this.items, this.at, this.#direction);
      return true;
    } catch (error) {
      if (generation !== this.#generation || ticket < this.#painted) return false;
      this.#painted = ticket;
      this.viewport.clear();
      const wire = /** @type {any} */ (error).wire;
      const gone = /** @type {Error} */ (error) instanceof DOMException || wire?.code === "source";
      this.dispatchEvent(new CustomEvent("cannot", { detail: gone ? { gone } : { title: wire?.title ?? "", hint: wire?.hint ?? "", detail: wire?.detail ?? String(error) } }));
      return false;
    }
  }
}
