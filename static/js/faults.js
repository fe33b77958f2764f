// @ts-check
// What of a disc could not be read, and having it again once it is back in the drive: the same files, by path, size and date.
import { isRefused } from "./folder.js";

/** @typedef {import("./folder.js").Given} Given */
/** @typedef {import("./folder.js").AllGiven} AllGiven */

/** After so many files in a row that the browser cannot read, the disc is taken for gone. */
export const GONE_AFTER = 8;
/** What the browser says where it took back the leave to read. */
const NOT_ALLOWED = "NotAllowedError";

/** The files of one disc that could not be read, by number; and how many in a row there were lately. */
export class Unreadable {
  /** @type {Map<number, string>} entry number → the browser's word */
  lost = new Map();
  #inARow = 0;

  /** @param {{entry_id: number}[]} needs @param {string[]} errors one for each, "" where it was read
   * @returns {boolean} whether the disc seems to be gone, or the browser is not allowed to read it any more */
  note(needs, errors) {
    needs.forEach(({ entry_id }, n) => {
      if (errors[n]) this.lost.set(entry_id, errors[n]);
      else this.lost.delete(entry_id);
      this.#inARow = errors[n] ? this.#inARow + 1 : 0;
    });
    return this.#inARow >= GONE_AFTER || errors.includes(NOT_ALLOWED);
  }

  /** It is back, or nobody waits for it any more: count anew. */
  startAnew() {
    this.#inARow = 0;
  }
}

/** Chromium says of a file that is not there any more that it is empty. @param {Blob} file */
export async function isGone(file) {
  try {
    const reader = file.stream().getReader();
    await reader.read();
    reader.cancel();
    return false;
  } catch {
    return true;
  }
}

/**
 * Whether it is the same file as far as can be told without reading it; undefined where the one before was never opened.
 * @param {File} before @param {File} now @returns {Promise<boolean | undefined>}
 */
async function isSame(before, now) {
  if (isRefused(before) || (!before.size && now.size && (await isGone(before)))) return undefined;
  return before.size === now.size && before.lastModified === now.lastModified;
}

/**
 * Take from `given` every file that was there before, in place of the one in `files`. Those that were never opened are known
 * by their paths alone: they are taken only when all the others are the same, so that no two discs are mixed; or when there
 * are no others.
 * @param {AllGiven} given @param {Map<number, string>} paths of the disc, by number @param {Map<number, Blob>} files
 * @returns {Promise<number[]>} the numbers of those found again
 */
export async function findAgain(given, paths, files) {
  const numbers = new Map([...paths].map(([id, path]) => [path, id]));
  /** @type {[number, File][]} */
  const found = [];
  /** @type {[number, File][]} */
  const perhaps = [];
  let others = 0;
  for await (const { path, file } of given) {
    const id = numbers.get(path);
    if (id === undefined || isRefused(file)) continue;
    const same = await isSame(/** @type {File} */ (files.get(id)), file);
    if (same) found.push([id, file]);
    else if (same === undefined) perhaps.push([id, file]);
    else others += 1;
  }
  if (!others && (found.length || [...paths.keys()].every((id) => isRefused(/** @type {Blob} */ (files.get(id)))))) found.push(...perhaps);
  for (const [id, file] of found) files.set(id, file);
  return found.map(([id]) => id);
}

/** A folder chosen by hand, where the browser cannot find the one before by itself. @returns {Promise<FileList | null>} null: closed without choosing */
export function askForFolder() {
  const input = Object.assign(document.createElement("input"), { type: "file", webkitdirectory: true, className: "again-input", hidden: true });
  document.body.append(input);
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(input.files));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  }).finally(() => input.remove());
}
