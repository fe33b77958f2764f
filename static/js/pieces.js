// @ts-check
// Pieces of many files, read in one go: the browser is asked once for all of them, which takes half the time of asking for each.
import { takeAhead } from "./ahead.js";
import { isRefused, refusalOf } from "./folder.js";

/** @typedef {{entry_id: number, offset: number, length: number}} Need */
/** All pieces one behind the other; of each how long it is, and the browser's word ("" when all is well).
 * @typedef {{packed: ArrayBuffer, lengths: number[], errors: string[]}} Pieces */

const IN_FLIGHT = 16;

/**
 * @param {Need[]} needs @param {Map<number, File>} files @param {AbortSignal} signal
 * @returns {Promise<Pieces>} rejects only when `signal` is aborted
 */
export async function readPieces(needs, files, signal) {
  signal.throwIfAborted();
  const ahead = needs.length === 1 && (await takeAhead(/** @type {File} */ (files.get(needs[0].entry_id)), needs[0].offset, needs[0].length));
  if (ahead) return { packed: ahead, lengths: [ahead.byteLength], errors: [""] };
  const blobs = needs.map(({ entry_id, offset, length }) => {
    const file = /** @type {File} */ (files.get(entry_id));
    if (isRefused(file)) return null;
    const blob = file.slice(offset, offset + length);
    return blob.size || !length ? blob : null; // of a file that is gone
  });
  const words = needs.map(({ entry_id }, n) => (blobs[n] ? "" : refusalOf(/** @type {File} */ (files.get(entry_id))) || "NotReadableError"));
  const there = /** @type {Blob[]} */ (blobs.filter((blob) => blob !== null));
  const asked = there.reduce((sum, blob) => sum + blob.size, 0);
  const packed = await new Blob(there).arrayBuffer().catch(() => null);
  // One file that cannot be read, or is shorter than it was, must not cost the others anything.
  if (packed?.byteLength !== asked) return readOneByOne(blobs, words, signal);
  return { packed, lengths: blobs.map((blob) => blob?.size ?? 0), errors: words };
}

/** @param {(Blob | null)[]} blobs @param {string[]} errors why there is none @param {AbortSignal} signal @returns {Promise<Pieces>} */
async function readOneByOne(blobs, errors, signal) {
  /** @type {ArrayBuffer[]} */
  const pieces = new Array(blobs.length).fill(new ArrayBuffer(0));
  let next = 0;
  const run = async () => {
    while (next < blobs.length) {
      const at = next;
      next += 1;
      signal.throwIfAborted();
      try {
        pieces[at] = (await blobs[at]?.arrayBuffer()) ?? pieces[at];
      } catch (error) {
        errors[at] = /** @type {Error} */ (error).name || "NotReadableError";
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, run));
  const packed = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    packed.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return { packed: packed.buffer, lengths: pieces.map((piece) => piece.byteLength), errors };
}
