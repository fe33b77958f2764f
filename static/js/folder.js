// @ts-check
// Files in: from a directory handle, a file list, or a drop, as one stream of {path, file}. No file is read here.

/** @typedef {{path: string, file: File}} Given */

/** The picked folder's own name is not part of a path: what was opened is the root.
 * @param {FileList | File[]} list @returns {{name: string, given: Given[]}} */
export function fromFileList(list) {
  const files = [...list];
  const first = files[0]?.webkitRelativePath ?? "";
  const name = first.includes("/") ? first.slice(0, first.indexOf("/")) : "";
  return {
    name,
    given: files.map((file) => {
      const path = file.webkitRelativePath || file.name;
      return { path: name && path.startsWith(`${name}/`) ? path.slice(name.length + 1) : path, file };
    }),
  };
}

/** @param {FileSystemDirectoryHandle} folder @param {AbortSignal} [signal] @returns {AsyncGenerator<Given>} */
export async function* fromHandle(folder, signal, prefix = "") {
  for await (const [name, handle] of /** @type {any} */ (folder).entries()) {
    signal?.throwIfAborted();
    if (handle.kind === "directory") {
      yield* fromHandle(handle, signal, `${prefix}${name}/`);
    } else {
      yield { path: prefix + name, file: await fileOf(handle) };
    }
  }
}

/** A file that cannot even be opened still counts. @param {FileSystemFileHandle} handle */
async function fileOf(handle) {
  try {
    return await handle.getFile();
  } catch {
    return unreadable(handle.name);
  }
}

/** @type {WeakSet<File>} */
const refused = new WeakSet();
/** @param {string} name */
function unreadable(name) {
  const file = new File([], name);
  refused.add(file);
  return file;
}
/** The browser would not open this file at all. @param {File} file */
export const isRefused = (file) => refused.has(file);

/**
 * What was dropped: one folder (its name becomes the disc's), or several things beside each other.
 * Must be called in the drop event itself: the browser empties `transfer` afterwards.
 * @param {DataTransfer} transfer
 * @returns {Promise<{name: string, handle?: FileSystemDirectoryHandle, given?: AsyncIterable<Given> | Given[], zip?: File}>}
 */
export async function fromDrop(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  // Chromium on file:// cannot list dropped folders through entries, only through handles.
  const handles = items.map((item) => /** @type {any} */ (item).getAsFileSystemHandle?.());
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...transfer.files];
  if (items.length === 1 && entries[0]?.isFile !== false && files.length === 1 && isZip(files[0]) && !entries[0]?.isDirectory) {
    return { name: files[0].name, zip: files[0] };
  }
  if (handles.every((handle) => handle)) {
    const all = await Promise.all(handles);
    if (all.length === 1 && all[0].kind === "directory") return { name: all[0].name, handle: all[0] };
    return { name: "", given: besideEachOther(all) };
  }
  const known = entries.filter((entry) => entry !== null);
  if (known.length === 1 && known[0].isDirectory) {
    return { name: known[0].name, given: fromEntry(/** @type {FileSystemDirectoryEntry} */ (known[0]), "") };
  }
  if (known.length) return { name: "", given: entriesBesideEachOther(known) };
  return { name: "", given: files.map((file) => ({ path: file.name, file })) };
}

/** @param {File} file */
export const isZip = (file) => /\.zip$/i.test(file.name) || file.type === "application/zip";

/** @param {any[]} handles @returns {AsyncGenerator<Given>} */
async function* besideEachOther(handles) {
  for (const handle of handles) {
    if (handle.kind === "directory") yield* fromHandle(handle, undefined, `${handle.name}/`);
    else yield { path: handle.name, file: await fileOf(handle) };
  }
}

/** @param {FileSystemEntry[]} entries @returns {AsyncGenerator<Given>} */
async function* entriesBesideEachOther(entries) {
  for (const entry of entries) {
    if (entry.isDirectory) yield* fromEntry(/** @type {FileSystemDirectoryEntry} */ (entry), `${entry.name}/`);
    else yield await givenOf(/** @type {FileSystemFileEntry} */ (entry), "");
  }
}

/** @param {FileSystemDirectoryEntry} folder @param {string} prefix @returns {AsyncGenerator<Given>} */
async function* fromEntry(folder, prefix) {
  const reader = folder.createReader();
  for (;;) {
    // A call gives at most 100 entries; an empty answer means the end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const entry of some) {
      if (entry.isDirectory) yield* fromEntry(entry, `${prefix}${entry.name}/`);
      else yield await givenOf(entry, prefix);
    }
  }
}

/** @param {FileSystemFileEntry} entry @param {string} prefix @returns {Promise<Given>} */
async function givenOf(entry, prefix) {
  try {
    return { path: prefix + entry.name, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) };
  } catch {
    return { path: prefix + entry.name, file: unreadable(entry.name) };
  }
}
