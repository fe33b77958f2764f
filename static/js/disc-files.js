// @ts-check
// The files of a disc by their numbers. A browser needs some kilobytes for each File, and a disc may have 70,000: of those
// that can be opened again by their paths only the latest are at hand. A list of files can only be kept as it is.
import { isGone } from "./faults.js";
import { isRefused, refusalOf, splitPath, unreadable } from "./folder.js";

/** More than are being read at once. */
const AT_HAND = 512;
/** Of a file that was never opened: nobody knows how long it is. */
const NEVER = -1;

export class DiscFiles {
  /** What stays: the files of a list, an archive, what is lent beside the disc. @type {Map<number, Blob>} */
  #kept = new Map();
  /** The latest of those that can be opened again, the oldest first. @type {Map<number, File>} */
  #latest = new Map();
  /** @type {string[]} by number */
  #paths = [];
  /** What tells whether it is still the same file. @type {number[]} */
  #sizes = [];
  /** @type {number[]} */
  #dates = [];

  /** @param {import("./folder.js").OpenAgain} [open] how to have a file of the disc once more */
  constructor(open) {
    this.open = open;
  }

  /** A file of the disc. @param {number} id @param {string} path @param {File} file */
  add(id, path, file) {
    this.#paths[id] = path;
    this.#take(id, file);
  }

  /** A file that stays until it is dropped. @param {number} id @param {Blob} file */
  keep(id, file) {
    this.#kept.set(id, file);
  }

  /** @param {number} id */
  drop(id) {
    this.#kept.delete(id);
  }

  clear() {
    this.#kept.clear();
    this.#latest.clear();
    this.#paths = [];
  }

  /** @returns {readonly string[]} of the disc, by number */
  get paths() {
    return this.#paths;
  }

  /** What is there under this number; a file that cannot be opened as one that is refused (see folder.js).
   * @param {number} id @returns {Blob | Promise<File> | undefined} */
  get(id) {
    return this.#kept.get(id) ?? this.#latest.get(id) ?? (id in this.#paths ? this.#openAgain(id) : undefined);
  }

  /** The same for reading it. Rejects where it cannot be opened. @param {number} id @returns {Promise<Blob | undefined>} */
  async readable(id) {
    const file = await this.get(id);
    if (file && isRefused(file)) throw new DOMException("This file cannot be opened.", refusalOf(file));
    return file;
  }

  /** The same for several, all at once, whether they can be opened or not. @param {number[]} ids @returns {Promise<Map<number, File>>} */
  async all(ids) {
    const files = await Promise.all(ids.map((id) => this.get(id)));
    return new Map(ids.map((id, n) => [id, /** @type {File} */ (files[n])]));
  }

  /** Some of the disc's, for trying something out. @param {number} count @returns {Promise<Blob[]>} */
  async some(count) {
    const ids = this.#paths.length ? Object.keys(this.#paths.slice(0, count)).map(Number) : [...this.#kept.keys()]; // of an archive
    return [...(await this.all(ids)).values()];
  }

  /**
   * Take from `given` every file that was there before, in place of the one known. Those that were never opened are known by
   * their paths alone: they are taken only when all the others are the same, so that no two discs are mixed; or when there
   * are no others.
   * @param {import("./folder.js").AllGiven} given @param {import("./folder.js").OpenAgain} [open] how to have those once more
   * @returns {Promise<number[]>} the numbers of those found again
   */
  async findAgain(given, open) {
    const numbers = new Map(this.#paths.map((path, id) => [path, id]));
    /** @type {[number, File][]} */
    const found = [];
    /** @type {[number, File][]} */
    const perhaps = [];
    let others = 0;
    for await (const { path, file } of given) {
      const id = numbers.get(path);
      if (id === undefined || isRefused(file)) continue;
      const same = await this.#isSame(id, file);
      if (same) found.push([id, file]);
      else if (same === undefined) perhaps.push([id, file]);
      else others += 1;
    }
    if (!others && (found.length || this.#paths.every((_, id) => this.#isUnknown(id)))) found.push(...perhaps);
    if (found.length) this.open = open;
    for (const [id, file] of found) this.#take(id, file);
    return found.map(([id]) => id);
  }

  /** @param {number} id @param {File} file */
  #take(id, file) {
    if (!this.open) {
      this.#kept.set(id, file);
      return;
    }
    this.#kept.delete(id);
    this.#sizes[id] = isRefused(file) ? NEVER : file.size;
    this.#dates[id] = file.lastModified;
    this.#hold(id, file);
  }

  /** @param {number} id @param {File} file */
  #hold(id, file) {
    this.#latest.delete(id);
    this.#latest.set(id, file);
    if (this.#latest.size > AT_HAND) this.#latest.delete(/** @type {number} */ (this.#latest.keys().next().value));
  }

  /** Another disc may lie in the drive: what is under the path now is taken only if it is the same file.
   * @param {number} id @returns {Promise<File>} */
  async #openAgain(id) {
    const path = this.#paths[id];
    const name = splitPath(path)[1];
    if (!this.open || this.#isUnknown(id)) return unreadable(name);
    try {
      const file = await this.open(path);
      if (file.size !== this.#sizes[id] || file.lastModified !== this.#dates[id]) return unreadable(name);
      this.#hold(id, file);
      return file;
    } catch (error) {
      return unreadable(name, error);
    }
  }

  /** It was never opened. @param {number} id */
  #isUnknown(id) {
    const kept = this.#kept.get(id);
    return kept ? isRefused(kept) : (this.#sizes[id] ?? NEVER) === NEVER;
  }

  /** Whether it is the same file as far as can be told without reading it; undefined where the one before was never opened.
   * @param {number} id @param {File} now @returns {Promise<boolean | undefined>} */
  async #isSame(id, now) {
    if (this.#isUnknown(id)) return undefined;
    const before = /** @type {File | undefined} */ (this.#kept.get(id));
    if (!before) return this.#sizes[id] === now.size && this.#dates[id] === now.lastModified;
    if (!before.size && now.size && (await isGone(before))) return undefined;
    return before.size === now.size && before.lastModified === now.lastModified;
  }
}
