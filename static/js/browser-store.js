// @ts-check
// The browser's own storage, where a large .zip is built when the page may not write to the disk itself (Firefox, Safari): it
// is saved as a download from there. A Blob would do as well, but some browsers keep all of it in memory.
import { fileSink } from "./save.js";

const PREFIX = "scanfolio-copy-";
/** Up to here a Blob is simpler, and leaves nothing behind. */
export const STORE_ABOVE_BYTES = 256 << 20;
/** What the zip has beside the images, and room for the browser's own bookkeeping. */
const SPARE = 1.05;
// A download may wait for the person to say where; nobody tells us when it is done.
const KEPT_MS = 10 * 60_000;
const SLOW_DISK_BYTES_PER_MS = 2000;

/**
 * Where a zip of so many bytes is built: "memory", or in this browser's "storage" where it has one, with room in it.
 * @param {number} bytes @param {StorageManager | undefined} [storage] @returns {Promise<"memory" | "storage">}
 */
export async function builtIn(bytes, storage = navigator.storage) {
  if (!(bytes > STORE_ABOVE_BYTES)) return "memory";
  try {
    // Private windows have no storage of their own, old Safari cannot write to it here, and without locks nobody could tidy up.
    if (!navigator.locks || !("createWritable" in FileSystemFileHandle.prototype)) return "memory";
    await /** @type {StorageManager} */ (storage).getDirectory();
    const { quota = 0, usage = 0 } = await /** @type {StorageManager} */ (storage).estimate();
    return quota - usage > bytes * SPARE ? "storage" : "memory";
  } catch {
    return "memory";
  }
}

/** What this page has there, taken away before the next one is made. @type {(() => Promise<void>) | null} */
let forgetLast = null;

/** @returns {Promise<import("./save.js").Sink>} `abort` leaves nothing; what was closed goes with `forget` */
export async function storeSink() {
  await forget();
  const root = await navigator.storage.getDirectory();
  const name = `${PREFIX}${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const release = await held(name);
  const remove = async () => {
    await root.removeEntry(name).catch(() => {});
    release();
  };
  try {
    const sink = await fileSink(await root.getFileHandle(name, { create: true }));
    forgetLast = remove;
    return {
      ...sink,
      async refute() {
        await forget();
        return true;
      },
      async abort() {
        await sink.abort();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A copy that was handed over is not needed here any more. */
export async function forget() {
  const last = forgetLast;
  forgetLast = null;
  await last?.();
}

/** The same, once the download has had its time. @param {number} bytes */
export function forgetLater(bytes) {
  const mine = forgetLast;
  setTimeout(() => { if (forgetLast === mine) forget(); }, KEPT_MS + bytes / SLOW_DISK_BYTES_PER_MS);
}

/** What pages that are gone have left. */
export async function tidy() {
  try {
    const root = /** @type {any} */ (await navigator.storage.getDirectory());
    const { held: locks = [] } = await navigator.locks.query();
    const inUse = new Set(locks.map((lock) => lock.name));
    for await (const name of root.keys()) {
      if (name.startsWith(PREFIX) && !inUse.has(name)) await root.removeEntry(name).catch(() => {});
    }
  } catch {
    // there is no storage here, so there is nothing in it
  }
}

/** As long as this page lives, or until it is released, others see that the file is in use. @param {string} name @returns {Promise<() => void>} */
function held(name) {
  return new Promise((resolve, reject) => {
    navigator.locks.request(name, () => new Promise((/** @type {(value?: unknown) => void} */ release) => resolve(() => release()))).catch(reject);
  });
}
