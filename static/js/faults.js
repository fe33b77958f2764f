// @ts-check
// What of a disc could not be read, and how it is told that the disc is gone.

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
