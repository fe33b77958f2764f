// @ts-check
// What the worker sends out for one export: hashed, small pieces gathered into large ones, and several on their way to the
// page at once, so that Python reads on meanwhile; but never more than so many bytes, however slow the disk is.

import { letGo } from "./spent.js";

const ON_THE_WAY_BYTES = 16 << 20;
const GATHERED_BYTES = 1 << 20;

/** @typedef {{path: string, name?: string, more?: boolean}} Given `name`: under which the SHA-256 is wanted, "" where it is not */

export class Outbox {
  /** Handed over, but not yet written or hashed. */
  #bytes = 0;
  /** The browser's word for what could not be written; everything after it is in vain. */
  #failed = "";
  /** @type {Record<string, string>} */
  #digests = {};
  /** Of the one stream (a zip), until there is enough of it. */
  #gathered = new Uint8Array(0);
  #held = 0;
  /** @type {{upTo: number, go: () => void}[]} */
  #waiting = [];

  /** @param {(message: {path: string, more: boolean}, bytes: Uint8Array<ArrayBuffer>) => void} send to the page, which answers with `taken` */
  constructor(send) {
    this.send = send;
  }

  /** Resolves when there is room for more: false where nothing here can hash. Rejects with what an earlier write met.
   * @param {Given} given @param {Uint8Array<ArrayBuffer>} bytes this box's own from now on */
  async write({ path, name = "", more = false }, bytes) {
    const hashed = name ? this.hash(name, bytes) : null;
    if (path) this.#send({ path, more }, bytes);
    else this.#gather(bytes);
    await this.#below(ON_THE_WAY_BYTES);
    return hashed ? await hashed : null;
  }

  /** @param {string} name @param {Uint8Array<ArrayBuffer>} bytes read at once; they may be moved away afterwards */
  async hash(name, bytes) {
    const subtle = globalThis.crypto?.subtle; // absent on plain http from another machine; Python then does it
    if (!subtle) return false;
    const count = bytes.length; // 0 once they have been moved
    this.#bytes += count;
    subtle.digest("SHA-256", bytes).then(
      (digest) => { this.#digests[name] = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join(""); },
      (error) => { this.#failed ||= String(error); },
    ).finally(() => this.#done(count));
    await this.#below(ON_THE_WAY_BYTES);
    return null;
  }

  /** All is written and hashed. @returns {Promise<Record<string, string>>} the digests since the last time */
  async settle() {
    this.#flush();
    await this.#below(0);
    const digests = this.#digests;
    this.#digests = {};
    return digests;
  }

  /** The page has written so many bytes, or could not. @param {number} count @param {string} [error] */
  taken(count, error = "") {
    this.#failed ||= error;
    this.#done(count);
  }

  /** @param {{path: string, more: boolean}} message @param {Uint8Array<ArrayBuffer>} bytes */
  #send(message, bytes) {
    this.#bytes += bytes.length;
    this.send(message, bytes);
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  #gather(bytes) {
    if (this.#held + bytes.length > GATHERED_BYTES) this.#flush();
    if (bytes.length > GATHERED_BYTES / 2) {
      this.#flush();
      this.#send({ path: "", more: true }, bytes);
      return;
    }
    if (!this.#held) this.#gathered = new Uint8Array(GATHERED_BYTES);
    this.#gathered.set(bytes, this.#held);
    this.#held += bytes.length;
    letGo(bytes);
  }

  #flush() {
    if (this.#held) this.#send({ path: "", more: true }, this.#gathered.subarray(0, this.#held));
    this.#held = 0;
    this.#gathered = new Uint8Array(0);
  }

  /** @param {number} count */
  #done(count) {
    this.#bytes -= count;
    this.#waiting = this.#waiting.filter(({ upTo, go }) => {
      if (this.#bytes > upTo && !this.#failed) return true;
      go();
      return false;
    });
  }

  /** @param {number} upTo @returns {Promise<void>} */
  async #below(upTo) {
    if (!this.#failed && this.#bytes > upTo) await new Promise((resolve) => this.#waiting.push({ upTo, go: () => resolve(undefined) }));
    if (this.#failed) throw this.#failed;
  }
}
