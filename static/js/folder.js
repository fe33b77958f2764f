// @ts-check
// Files in: from a directory handle, a file list, or a drop, as one stream of {path, file}. No file is read here.
import { permissionFor } from "./permission.js";
import { Spent } from "./spent.js";

/** @typedef {{path: string, file: File}} Given */
/** The files of what was chosen, from the first each time they are gone through. @typedef {AsyncIterable<Given> | Iterable<Given>} AllGiven */
/** One file of what was chosen by its path, whatever the case of the letters; undefined where it is not there or cannot be looked up.
 * @typedef {(path: string) => Promise<File | undefined>} Find */
/** The same by its exact path, as often as it is wanted; rejects where it cannot be had. Where there is this, no file has to be
 * kept. @typedef {(path: string) => Promise<File>} OpenAgain */
/** `permission`: where the browser may take back what the person allowed.
 * @typedef {{name: string, given: AllGiven, total?: number, find?: Find, open?: OpenAgain, permission?: import("./permission.js").Permission}} Chosen */
/** @typedef {Pick<FileSystemDirectoryHandle, "getDirectoryHandle" | "getFileHandle">} Folder */

/** `getFile` is a question to the browser each time: that many are asked at once. */
const HANDLES_AHEAD = 48;
const FOLDERS_KEPT = 256;

/** The picked folder's own name is not part of a path: what was opened is the root.
 * @param {FileList | File[]} list @returns {Chosen & {total: number}} */
export function fromFileList(list) {
  const files = [...list];
  const first = files[0]?.webkitRelativePath ?? "";
  const name = first.includes("/") ? first.slice(0, first.indexOf("/")) : "";
  const pathOf = (/** @type {File} */ file) => {
    const path = file.webkitRelativePath || file.name;
    return name && path.startsWith(`${name}/`) ? path.slice(name.length + 1) : path;
  };
  return {
    name,
    total: files.length,
    given: {
      *[Symbol.iterator]() {
        for (const file of files) yield { path: pathOf(file), file };
      },
    },
    async find(path) {
      const wanted = plainPath(path);
      const end = wanted.slice(wanted.lastIndexOf("/") + 1);
      // The cheap look at the name first: there may be twenty thousand.
      return files.find(({ name: last }, n) => last.slice(0, end.length).toUpperCase() === end && plainPath(pathOf(files[n])) === wanted);
    },
  };
}

/** A File ID as it may have become a name: small letters, ";1" or a dot at its end. @param {string} path */
const plainPath = (path) => path.toUpperCase().replace(/\.?(;1)?$/, "");

/** @param {FileSystemDirectoryHandle} folder @returns {Chosen} */
export function fromHandle(folder) {
  const open = opener(foldersBelow(folder));
  return {
    name: folder.name,
    given: { [Symbol.asyncIterator]: () => filesOf(handlesOf(folder, "")) },
    permission: permissionFor([folder]),
    open,
    find: (path) => open(path).catch(() => open(path.toLowerCase())).catch(() => undefined),
  };
}

/** The folders below `root` by their paths; `create`: those that are not there are made.
 * @param {Folder} root @param {{create?: boolean}} [options] @returns {(path: string) => Promise<Folder>} */
export function foldersBelow(root, options) {
  /** @type {Map<string, Promise<Folder>>} by path */
  const folders = new Map();
  /** @param {string} path @returns {Promise<Folder>} */
  const folderAt = (path) => {
    if (!path) return Promise.resolve(root);
    const known = folders.get(path);
    if (known) return known;
    const [above, name] = splitPath(path);
    const found = folderAt(above).then((at) => at.getDirectoryHandle(name, options));
    if (folders.size >= FOLDERS_KEPT) folders.clear();
    folders.set(path, found);
    found.catch(() => folders.delete(path)); // it may be there the next time
    return found;
  };
  return folderAt;
}

/** Opens files by their paths. @param {(path: string) => Promise<Folder>} folderAt @returns {OpenAgain} */
export const opener = (folderAt) => async (path) => {
  const [above, name] = splitPath(path);
  return (await (await folderAt(above)).getFileHandle(name)).getFile();
};

/** @param {string} path @returns {[string, string]} the folder, "" for the outermost, and the name in it */
export function splitPath(path) {
  const at = path.lastIndexOf("/");
  return [path.slice(0, Math.max(at, 0)), path.slice(at + 1)];
}

/** @param {FileSystemDirectoryHandle} folder @param {string} prefix @returns {AsyncGenerator<{path: string, handle: FileSystemFileHandle}>} */
async function* handlesOf(folder, prefix) {
  for await (const [name, handle] of /** @type {any} */ (folder).entries()) {
    if (handle.kind === "directory") yield* handlesOf(handle, `${prefix}${name}/`);
    else yield { path: prefix + name, handle };
  }
}

/** The files themselves, in the order of their handles, many asked for at once; the first does not wait for others.
 * @param {AsyncIterable<{path: string, handle: FileSystemFileHandle}>} handles @returns {AsyncGenerator<Given>} */
async function* filesOf(handles) {
  /** @type {{path: string, handle: FileSystemFileHandle, file: Promise<File>}[]} */
  const asked = [];
  const next = async () => {
    const { path, handle, file } = /** @type {typeof asked[0]} */ (asked.shift());
    const first = await file;
    return { path, file: isRefused(first) ? await fileOf(handle) : first }; // it was long ago: perhaps it is allowed by now
  };
  const spent = new Spent(16 << 20, 64 << 20); // whoever goes through them may keep none
  let taken = 0;
  for await (const { path, handle } of handles) {
    asked.push({ path, handle, file: fileOf(handle) });
    while (asked.length > Math.min(taken, HANDLES_AHEAD)) {
      taken += 1;
      spent.add(0);
      yield next();
    }
  }
  while (asked.length) yield next();
}

/** A file that cannot even be opened still counts. @param {FileSystemFileHandle} handle */
async function fileOf(handle) {
  try {
    return await handle.getFile();
  } catch (error) {
    return unreadable(handle.name, error);
  }
}

/** @type {WeakMap<Blob, string>} the browser's word for why */
const refused = new WeakMap();
/** What stands for a file that cannot be opened. @param {string} name @param {unknown} [error] */
export function unreadable(name, error) {
  const file = new File([], name);
  refused.set(file, /** @type {Error | undefined} */ (error)?.name || "NotReadableError");
  return file;
}
/** The browser would not open this file at all. @param {Blob} file */
export const isRefused = (file) => refused.has(file);
/** Why it would not; "" where it did. @param {Blob} file */
export const refusalOf = (file) => refused.get(file) ?? "";

/**
 * What was dropped: one folder (its name becomes the disc's), or several things beside each other.
 * Must be called in the drop event itself: the browser empties `transfer` afterwards.
 * @param {DataTransfer} transfer
 * @returns {Promise<Chosen | {name: string, archive: File}>}
 */
export async function fromDrop(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  // Chromium on file:// cannot list dropped folders through entries, only through handles.
  const handles = items.map((item) => /** @type {any} */ (item).getAsFileSystemHandle?.());
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...transfer.files];
  if (items.length === 1 && entries[0]?.isFile !== false && files.length === 1 && isArchive(files[0]) && !entries[0]?.isDirectory) {
    return { name: files[0].name, archive: files[0] };
  }
  if (handles.every((handle) => handle)) {
    const all = await Promise.all(handles);
    if (all.length === 1 && all[0].kind === "directory") return fromHandle(all[0]);
    const named = async (/** @type {string} */ name) => all.find((handle) => handle.name === name);
    const open = opener(foldersBelow({ getDirectoryHandle: named, getFileHandle: named }));
    return { name: "", given: { [Symbol.asyncIterator]: () => filesOf(besideEachOther(all)) }, open, permission: permissionFor(all) };
  }
  const known = entries.filter((entry) => entry !== null);
  if (known.length === 1 && known[0].isDirectory) return fromEntry(/** @type {FileSystemDirectoryEntry} */ (known[0]));
  if (known.length) return { name: "", given: { [Symbol.asyncIterator]: () => entriesBesideEachOther(known) } };
  return { name: "", given: files.map((file) => ({ path: file.name, file })), total: files.length };
}

/** Its name says archive or disc image; whether it is one, its bytes tell later. @param {File} file */
export const isArchive = (file) => /\.(zip|iso|udf|img|bin|tar|tgz|tbz2?|txz|gz|bz2|xz)$/i.test(file.name) || file.type === "application/zip";

/** @param {any[]} handles @returns {AsyncGenerator<{path: string, handle: FileSystemFileHandle}>} */
async function* besideEachOther(handles) {
  for (const handle of handles) {
    if (handle.kind === "directory") yield* handlesOf(handle, `${handle.name}/`);
    else yield { path: handle.name, handle };
  }
}

/** @param {FileSystemDirectoryEntry} folder @returns {Chosen} */
function fromEntry(folder) {
  return {
    name: folder.name,
    given: { [Symbol.asyncIterator]: () => entriesIn(folder, "") },
    find: (path) => new Promise((resolve) => folder.getFile(path, {}, (entry) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, () => resolve(undefined)), () => resolve(undefined))),
  };
}

/** @param {FileSystemEntry[]} entries @returns {AsyncGenerator<Given>} */
async function* entriesBesideEachOther(entries) {
  for (const entry of entries) {
    if (entry.isDirectory) yield* entriesIn(/** @type {FileSystemDirectoryEntry} */ (entry), `${entry.name}/`);
    else yield givenOf(/** @type {FileSystemFileEntry} */ (entry), "");
  }
}

/** @param {FileSystemDirectoryEntry} folder @param {string} prefix @returns {AsyncGenerator<Given>} */
async function* entriesIn(folder, prefix) {
  const reader = folder.createReader();
  for (;;) {
    // A call gives at most 100 entries; an empty answer means the end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    const files = some.map((/** @type {FileSystemEntry} */ entry) => (entry.isDirectory ? null : givenOf(/** @type {FileSystemFileEntry} */ (entry), prefix)));
    for (const [at, entry] of some.entries()) {
      if (files[at]) yield files[at];
      else yield* entriesIn(entry, `${prefix}${entry.name}/`);
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
