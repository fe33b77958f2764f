// @ts-check
// The first file of a disc is read before anything else is done: its header for the index, and the picture behind it while
// the worker looks at the header. As a stream: for a slice of a file, or its size, Chromium holds the whole page up until it
// is through with everything that was picked.

/** Read of one file: enough for a CT slice. Of a larger file only the header is taken from here. */
const MOST_BYTES = 1 << 20;

class Ahead {
  /** @type {Uint8Array[]} */
  #chunks = [];
  #read = 0;
  #ended = false;
  /** Read on up to here. */
  #wanted = MOST_BYTES;
  /** The furthest somebody waits for. */
  #asked = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {Blob} file */
  constructor(file) {
    this.#run(file).catch(() => {}).finally(() => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** @param {Blob} file */
  async #run(file) {
    const reader = file.stream().getReader();
    while (this.#read < this.#wanted) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#chunks.push(value);
      this.#read += value.length;
      this.#wake();
    }
    await reader.cancel();
  }

  #wake() {
    for (const go of this.#waiting.splice(0)) go();
  }

  /** @param {number} offset @param {number} length @returns {Promise<ArrayBuffer | null>} null: it was not read that far */
  async take(offset, length) {
    const end = offset + length;
    if (end > this.#wanted) return null;
    this.#asked = Math.max(this.#asked, end);
    while (this.#read < end && !this.#ended) await new Promise((/** @type {(_: void) => void} */ resolve) => this.#waiting.push(resolve));
    if (this.#read < end) return null;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of this.#chunks) {
      const from = Math.max(0, offset - at);
      const to = Math.min(chunk.length, end - at);
      if (from < to) bytes.set(chunk.subarray(from, to), at + from - offset);
      at += chunk.length;
    }
    return bytes.buffer;
  }

  /** Wait until the browser has got to this file. */
  async begun() {
    while (!this.#read && !this.#ended) await new Promise((/** @type {(_: void) => void} */ resolve) => this.#waiting.push(resolve));
  }

  /** Read no further than somebody waits for. */
  stop() {
    this.#wanted = this.#asked;
  }
}

/** @type {WeakMap<Blob, Ahead>} */
const held = new WeakMap();

/** Begin to read it, unless that was done. @param {Blob} file */
export function readAhead(file) {
  if (!held.has(file)) held.set(file, new Ahead(file));
}

/** When its first bytes are there, or it turned out that it cannot be read: from then on its size is at hand. @param {Blob} file */
export async function begunAhead(file) {
  await held.get(file)?.begun();
}

/** @param {Blob} file @param {number} offset @param {number} length
 * @returns {Promise<ArrayBuffer | null>} just these bytes; null: they have to be read from the file */
export async function takeAhead(file, offset, length) {
  return held.get(file)?.take(offset, length) ?? null;
}

/** What nobody asked for until now will not be needed. @param {Blob} file */
export function leaveAhead(file) {
  held.get(file)?.stop();
  held.delete(file);
}
