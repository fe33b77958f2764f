// @ts-check
// Bytes that nobody needs any more. A browser finds that out by itself, but late: it lets 300 MB of them gather before it looks,
// while of 70,000 files some gigabytes pass through here.

/** Asked for and not used, this costs no memory; but so much at once makes the browser look what it can let go of. */
const ASKED_BYTES = 64 << 20;
/** What the browser itself keeps of a file, or of a piece of one. */
const OBJECT_BYTES = 16 << 10;

export class Spent {
  #bytes = 0;

  /** @param {number} most bytes that may gather @param {number} first as many as that before it is looked for the first time:
   * looking takes some milliseconds, and of a small disc little gathers */
  constructor(most, first) {
    this.most = most;
    this.#bytes = most - first;
  }

  /** These are done with, or will be in a moment. @param {number} bytes */
  add(bytes) {
    this.#bytes += bytes + OBJECT_BYTES;
    if (this.#bytes < this.most) return;
    this.#bytes = 0;
    try {
      new ArrayBuffer(ASKED_BYTES);
    } catch {
      // There is not even room to ask; then it has looked, too.
    }
  }
}

/** The way to nobody: what goes there is gone. Only to give bytes up (`transfer`) keeps them, since the browser has them twice over. */
const { port1: away, port2: nobody } = new MessageChannel();
nobody.close();

/** Give these bytes back at once; nobody may look at them afterwards. @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes not a
 * part of others, or nothing is done */
export function letGo(bytes) {
  const buffer = bytes instanceof Uint8Array ? bytes.buffer : bytes;
  if (buffer.byteLength && buffer.byteLength === bytes.byteLength) away.postMessage(0, [buffer]);
}
