// @ts-check
// Files out: a .zip that is kept only when it is whole, or a folder that is emptied again when something fails.
import { foldersBelow, opener, splitPath } from "./folder.js";
import { Spent, letGo } from "./spent.js";

/**
 * Several `write`s may be under way; `more`: the file goes on in the next one of its path. `close` keeps what was written, `confirm` says that it has been read back and is identical, `refute` that it is not: true where nothing of it is left that could be taken for a copy. `abort` leaves nothing.
 * @typedef {{write(path: string, bytes: ArrayBuffer, more: boolean): Promise<void>, close(): Promise<Written>, confirm(): Promise<void>, refute(): Promise<boolean>, abort(): Promise<void>}} Sink
 */
/**
 * What was written. A zip is one file, `blob`, too; of a folder the files are opened one by one: holding 70,000 of them open
 * would cost hundreds of megabytes.
 * @typedef {{archive: boolean, files: {path: string, size: number}[], open(path: string): Promise<Blob>, blob?: Blob, handle?: any}} Written
 */

export const ZIP_NAME = "DICOM.ZIP";
/** What could not be unpacked goes into a file-set of its own. */
export const SECOND_ZIP_NAME = "DICOM2.ZIP";
/** A copy without identifying data has a name of its own, so that nobody hands it to a hospital for the other. */
export const NO_IDENTITY_ZIP_NAME = "NOID.ZIP";
/** Stands in a folder until the copy in it is known to be identical: should the page die, nobody hands it over. */
const NOT_READY = "NOTREADY.TXT";
const PART_BYTES = 8 << 20;
const LOOKED_UP_AT_ONCE = 8;

/** A .zip in memory (the browser moves large Blobs to disk itself). @returns {Sink} */
export function blobSink() {
  /** @type {Blob[]} */
  let parts = [];
  /** @type {ArrayBuffer[]} */
  let small = [];
  let bytes = 0;
  const settle = () => {
    if (small.length) parts.push(new Blob(small));
    small = [];
    bytes = 0;
  };
  return {
    async write(_path, chunk) {
      small.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= PART_BYTES) settle();
    },
    async close() {
      settle();
      const blob = new Blob(parts, { type: "application/zip" });
      parts = [];
      return zipped(blob);
    },
    async confirm() {},
    refute: async () => true, // nobody was given it
    async abort() {
      parts = [];
      small = [];
    },
  };
}

/** A .zip streamed to the place the person chose; the browser swaps it in on close only. @param {any} handle @returns {Promise<Sink>} */
export async function fileSink(handle) {
  // A picker makes an empty file where there was none; one that was there before is the person's.
  const isNew = (await handle.getFile()).size === 0;
  const stream = await handle.createWritable();
  let isOurs = isNew; // until it is closed, what was there before is there
  return {
    async write(_path, chunk) {
      await stream.write(chunk);
      letGo(chunk);
    },
    async close() {
      await stream.close();
      isOurs = true;
      const file = await handle.getFile();
      return { ...zipped(file), handle };
    },
    async confirm() {},
    refute: () => takeAway(handle),
    async abort() {
      await stream.abort().catch(() => {});
      if (isOurs) await takeAway(handle);
    },
  };
}

/** Remove a file, or where the browser cannot, empty it. @param {any} handle @returns {Promise<boolean>} whether that could be done */
async function takeAway(handle) {
  try {
    await handle.remove();
    return true;
  } catch {
    const emptied = handle.createWritable().then((/** @type {any} */ stream) => stream.close());
    return emptied.then(() => true, () => false);
  }
}

/** @param {Blob} blob @returns {Written} */
const zipped = (blob) => ({ archive: true, files: [{ path: ZIP_NAME, size: blob.size }], open: async () => blob, blob });

/** A folder or stick. It must be empty, so that what we remove on failure is only ours. @param {any} folder @returns {Promise<Sink>} */
export async function folderSink(folder) {
  for await (const _ of folder.keys()) throw new DOMException("The folder is not empty.", "InvalidModificationError");
  const folderAt = foldersBelow(folder, { create: true });
  const fileAt = opener(folderAt);
  /** What the folder itself holds of ours. @type {Set<string>} */
  const tops = new Set();
  /** @type {string[]} */
  const written = [];
  /** Files that are not at their end yet. @type {Map<string, Promise<any>>} */
  const open = new Map();

  /** @param {string} path */
  const begin = async (path) => {
    const [above, name] = splitPath(path);
    tops.add(path.split("/")[0]);
    const handle = await (await folderAt(above)).getFileHandle(name, { create: true });
    written.push(path);
    return handle.createWritable();
  };
  return {
    async write(path, bytes, more) {
      const opened = open.get(path) ?? begin(path);
      if (more) open.set(path, opened);
      else open.delete(path);
      const stream = await opened;
      try {
        await stream.write(bytes);
        letGo(bytes);
        if (!more) await stream.close();
      } catch (error) {
        open.delete(path);
        await stream.abort().catch(() => {});
        throw error;
      }
    },
    async close() {
      const files = new Array(written.length);
      let next = 0;
      const spent = new Spent(16 << 20, 64 << 20); // of each file only its size is kept
      const run = async () => {
        while (next < written.length) {
          const at = next++;
          spent.add(0);
          files[at] = { path: written[at], size: (await fileAt(written[at])).size };
        }
      };
      await Promise.all(Array.from({ length: LOOKED_UP_AT_ONCE }, run));
      return { archive: false, files, open: fileAt, handle: folder };
    },
    async confirm() { await folder.removeEntry(NOT_READY).catch(() => {}); },
    refute: async () => false, // what stands in it says that it is not ready
    async abort() {
      for (const opened of open.values()) await opened.then((stream) => stream.abort()).catch(() => {});
      for (const top of tops) await folder.removeEntry(top, { recursive: true }).catch(() => {});
    },
  };
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has its own reference by the time the next task runs.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
