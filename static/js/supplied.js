// @ts-check
// Pieces of files the page reads for a worker that cannot: there as long as a step may need them, and no more than so many bytes.

const MOST_BYTES = 128 << 20;
/** The latest ones stay, however large: a step is repeated until all it reads is there. */
const ALWAYS_KEPT = 8;

export class Supplied {
  /** @type {Map<number, {offset: number, bytes: Uint8Array}[]>} the newest first */
  #pieces = new Map();
  /** @type {{entryId: number, bytes: Uint8Array}[]} */
  #arrivals = [];
  #bytes = 0;

  /** @param {number} entryId @param {number} offset @param {number} length @returns {Uint8Array | undefined} */
  read(entryId, offset, length) {
    for (const piece of this.#pieces.get(entryId) ?? []) {
      const from = offset - piece.offset;
      if (from >= 0 && from + length <= piece.bytes.length) return piece.bytes.subarray(from, from + length);
    }
    return undefined;
  }

  /** @param {number} entryId @param {number} offset @param {Uint8Array} bytes */
  take(entryId, offset, bytes) {
    this.#pieces.set(entryId, [{ offset, bytes }, ...(this.#pieces.get(entryId) ?? [])]);
    this.#arrivals.push({ entryId, bytes });
    this.#bytes += bytes.length;
    while (this.#bytes > MOST_BYTES && this.#arrivals.length > ALWAYS_KEPT) this.#dropOldest();
  }

  #dropOldest() {
    const { entryId, bytes } = /** @type {{entryId: number, bytes: Uint8Array}} */ (this.#arrivals.shift());
    this.#bytes -= bytes.length;
    const left = (this.#pieces.get(entryId) ?? []).filter((piece) => piece.bytes !== bytes);
    if (left.length) this.#pieces.set(entryId, left);
    else this.#pieces.delete(entryId);
  }

  clear() {
    this.#pieces.clear();
    this.#arrivals = [];
    this.#bytes = 0;
  }
}
