// @ts-check
// Files the page lends the worker for a while: what was asked for last, and the time before, is there; the rest goes again.

const TIMES_KEPT = 2;

export class Lent {
  /** Which of the files are here on loan. @type {Set<number>} */
  #onLoan = new Set();
  /** @type {number[][]} */
  #times = [];

  /** @param {Map<number, Blob>} files the worker's, of which others were given to stay */
  constructor(files) {
    this.files = files;
  }

  /** @param {number[]} ids */
  hasAll(ids) {
    return ids.every((id) => this.files.has(id));
  }

  /** @param {[number, Blob][]} given */
  take(given) {
    for (const [id, file] of given) {
      if (!this.files.has(id)) this.#onLoan.add(id);
      this.files.set(id, file);
    }
    this.#times.push(given.map(([id]) => id).filter((id) => this.#onLoan.has(id)));
    if (this.#times.length <= TIMES_KEPT) return;
    const old = /** @type {number[]} */ (this.#times.shift());
    const kept = new Set(this.#times.flat());
    for (const id of old) {
      if (kept.has(id)) continue;
      this.#onLoan.delete(id);
      this.files.delete(id);
    }
  }
}
