// @ts-check
// Frames ready for the viewport, from a bounded cache. A native frame is sliced out of its file right here; any other
// comes decoded from the worker. The neighbours of the frame in view are fetched ahead.
import { takeAhead } from "./ahead.js";
import { frameValues } from "./viewport/values.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./frame-items.js").FrameItem} FrameItem */
/** @typedef {{recipe: any, values: any}} Frame */

const AHEAD = 4;

/** Follows the machine: a small one keeps less. @returns {number} bytes */
export function cacheLimit() {
  const memory = /** @type {any} */ (navigator).deviceMemory ?? 4;
  return Math.max(48, Math.min(160, memory * 16)) << 20;
}

export class Frames {
  /** @type {Map<string, {frame: Promise<Frame>, bytes: number}>} oldest use first */
  #cache = new Map();
  #bytes = 0;

  /** @param {Engine} engine @param {import("./disc-files.js").DiscFiles} files */
  constructor(engine, files) {
    this.engine = engine;
    this.files = files;
    this.limit = cacheLimit();
  }

  get bytes() {
    return this.#bytes;
  }

  clear() {
    this.#cache.clear();
    this.#bytes = 0;
  }

  /** @param {FrameItem} item @returns {Promise<Frame>} rejects with the reason when the frame cannot be had */
  get(item) {
    const key = `${item.sop_instance_uid}#${item.frame}`;
    const held = this.#cache.get(key);
    if (held) {
      this.#cache.delete(key);
      this.#cache.set(key, held);
      return held.frame;
    }
    const slot = { frame: this.#fetch(item), bytes: 0 };
    this.#cache.set(key, slot);
    slot.frame.then(
      (frame) => {
        if (this.#cache.get(key) !== slot) return;
        slot.bytes = frame.values?.byteLength ?? 0;
        this.#bytes += slot.bytes;
        this.#trim(key);
      },
      () => {
        if (this.#cache.get(key) === slot) this.#cache.delete(key); // a disc put back in can be read again
      },
    );
    return slot.frame;
  }

  /** @param {FrameItem[]} items @param {number} at @param {number} direction +1 or -1: where the person is going */
  fetchAhead(items, at, direction) {
    for (let n = 1; n <= AHEAD; n++) {
      const item = items[at + n * direction];
      if (item) this.get(item).catch(() => {});
    }
  }

  /** @param {string} newest */
  #trim(newest) {
    for (const [key, slot] of this.#cache) {
      if (this.#bytes <= this.limit) return;
      if (key === newest || !slot.bytes) continue;
      this.#cache.delete(key);
      this.#bytes -= slot.bytes;
    }
  }

  /** @param {FrameItem} item @returns {Promise<Frame>} */
  async #fetch(item) {
    let { recipe } = item;
    let buffer = recipe ? await this.#slice(recipe) : null;
    if (!recipe || (!buffer && !recipe.cannot)) {
      const { result, buffers } = await this.engine.request("frame", { sop_instance_uid: item.sop_instance_uid, frame: item.frame });
      recipe = result.recipe;
      buffer = buffers?.[0] ?? (await this.#slice(recipe));
    }
    if (recipe.cannot || !buffer) return { recipe, values: null };
    return { recipe, values: frameValues(recipe, buffer) };
  }

  /** @param {any} recipe @returns {Promise<ArrayBuffer | null>} */
  async #slice(recipe) {
    const at = recipe.location;
    const file = at && (await this.files.readable(at.entry_id));
    return file ? (await takeAhead(file, at.offset, at.length)) ?? file.slice(at.offset, at.offset + at.length).arrayBuffer() : null;
  }
}
