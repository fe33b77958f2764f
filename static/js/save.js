// @ts-check
// Files out: a .zip that is kept only when it is whole, or a folder that is emptied again when something fails.

/**
 * `close` keeps what was written, `confirm` says that it has been read back and is identical, `abort` leaves nothing.
 * @typedef {{write(path: string, bytes: ArrayBuffer): Promise<void>, close(): Promise<Written>, confirm(): Promise<void>, abort(): Promise<void>}} Sink
 */
/** @typedef {{archive: boolean, files: {path: string, file: Blob}[], blob?: Blob, handle?: any}} Written */

export const ZIP_NAME = "DICOM.ZIP";
/** What could not be unpacked goes into a file-set of its own. */
export const SECOND_ZIP_NAME = "DICOM2.ZIP";
/** Stands in a folder until the copy in it is known to be identical: should the page die, nobody hands it over. */
const NOT_READY = "NOTREADY.TXT";
const PART_BYTES = 8 << 20;

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
      return { archive: true, files: [{ path: ZIP_NAME, file: blob }], blob };
    },
    async confirm() {},
    async abort() {
      parts = [];
      small = [];
    },
  };
}

/** A .zip streamed to the place the person chose; the browser swaps it in on close only. @param {any} handle @returns {Promise<Sink>} */
export async function fileSink(handle) {
  const stream = await handle.createWritable();
  return {
    async write(_path, chunk) { await stream.write(chunk); },
    async close() {
      await stream.close();
      const file = await handle.getFile();
      return { archive: true, files: [{ path: ZIP_NAME, file }], blob: file, handle };
    },
    async confirm() {},
    async abort() { await stream.abort().catch(() => {}); },
  };
}

/** A folder or stick. It must be empty, so that what we remove on failure is only ours. @param {any} folder @returns {Promise<Sink>} */
export async function folderSink(folder) {
  for await (const _ of folder.keys()) throw new DOMException("The folder is not empty.", "InvalidModificationError");
  /** @type {string[]} */
  const written = [];
  return {
    async write(path, bytes) {
      const names = path.split("/");
      const last = /** @type {string} */ (names.pop());
      let at = folder;
      for (const name of names) at = await at.getDirectoryHandle(name, { create: true });
      const handle = await at.getFileHandle(last, { create: true });
      written.push(path);
      const stream = await handle.createWritable();
      try {
        await stream.write(bytes);
        await stream.close();
      } catch (error) {
        await stream.abort().catch(() => {});
        throw error;
      }
    },
    async close() {
      const files = [];
      for (const path of written) files.push({ path, file: await fileAt(folder, path) });
      return { archive: false, files, handle: folder };
    },
    async confirm() { await folder.removeEntry(NOT_READY).catch(() => {}); },
    async abort() {
      for (const top of new Set(written.map((path) => path.split("/")[0]))) {
        await folder.removeEntry(top, { recursive: true }).catch(() => {});
      }
    },
  };
}

/** @param {any} folder @param {string} path @returns {Promise<File>} */
async function fileAt(folder, path) {
  const names = path.split("/");
  const last = /** @type {string} */ (names.pop());
  let at = folder;
  for (const name of names) at = await at.getDirectoryHandle(name);
  return (await at.getFileHandle(last)).getFile();
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
