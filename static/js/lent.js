// @ts-check
// The files the page lends the worker: those asked for last are here, the others go again. It holds no others.

/** A step may go to and fro between some, and the next 128 of a disc and of its copy are lent at once. */
const MOST = 512;

export class Lent {
  /** Asked for last, last. @type {Map<number, Blob>} */
  #files = new Map();

  /** @param {number} id @returns {Blob | undefined} */
  get(id) {
    return this.#files.get(id);
  }

  /** They are needed now. @param {number[]} ids @returns {number[]} those that are not here */
  missing(ids) {
    return ids.filter((id) => {
      const file = this.#files.get(id);
      if (file) this.#put(id, file);
      return !file;
    });
  }

  /** @param {[number, Blob][]} given */
  take(given) {
    for (const [id, file] of given) this.#put(id, file);
    for (const id of this.#files.keys()) {
      if (this.#files.size <= MOST) break;
      this.#files.delete(id);
    }
  }

  clear() {
    this.#files.clear();
  }

  /** @param {number} id @param {Blob} file */
  #put(id, file) {
    this.#files.delete(id);
    this.#files.set(id, file);
  }
}
