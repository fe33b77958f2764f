// @ts-check
// Writes an export, then reads it back and compares it. It counts as done only when the comparison says so.
import { storeSink } from "./browser-store.js";
import { blobSink, fileSink, folderSink } from "./save.js";
import { viewerFiles } from "./viewer-files.js";

/** @typedef {import("./opening.js").OpenDisc} OpenDisc */
/** `viewer`: whether Scanfolio itself goes along. @typedef {Omit<import("./messages.d.ts").ExportChoices, "viewer"> & {viewer?: boolean}} Choices */

/** Entry numbers of files that are written or lent, apart from those of the disc. */
const WRITTEN_FROM = 0x60000000;
let nextWritten = WRITTEN_FROM;

/**
 * @param {OpenDisc} disc
 * @param {Choices} choices
 * @param {{kind: "blob"} | {kind: "store"} | {kind: "file", handle: any} | {kind: "folder", handle: any}} target
 * @param {AbortSignal} signal
 * @param {(progress: {stage: string, done: number, total: number}) => void} onProgress
 * @returns {Promise<{manifest: any, verification: any, written: import("./save.js").Written, gone: boolean}>} `gone`: it was not identical, and nothing of it is left. Rejects; then nothing is left behind, either
 */
export async function writeExport(disc, choices, target, signal, onProgress) {
  const sink = await sinkFor(target);
  /** @type {Set<Promise<void>>} */
  const writing = new Set();
  const tell = (/** @type {number} */ done, /** @type {number} */ total, /** @type {string} */ stage) => onProgress({ stage, done, total });
  try {
    const given = choices.viewer ? await viewerFiles(signal, (done, total) => tell(done, total, "preparing")) : [];
    const manifest = await lending(disc, given, (viewer) => disc.engine.ask("export", { ...choices, viewer, sink: target.kind === "folder" ? "folder" : "zip" }, {
      signal,
      onProgress: tell,
      onWrite: (path, bytes, more) => {
        const written = sink.write(path, bytes, more).finally(() => writing.delete(written));
        writing.add(written);
        return written;
      },
    }));
    const written = await sink.close();
    performance.mark("scanfolio:copied");
    const verification = await readBack(disc, written, signal, tell);
    const gone = !verification.ok && (await sink.refute());
    if (verification.ok) await sink.confirm();
    await disc.rejudge().catch(() => {}); // the report now speaks of the copy, too
    return { manifest, verification, written, gone };
  } catch (error) {
    await Promise.allSettled(writing); // what is on its way arrives first, so that it can be taken away
    await sink.abort();
    throw error;
  }
}

/** @param {{kind: string, handle?: any}} target @returns {Promise<import("./save.js").Sink>} */
async function sinkFor({ kind, handle }) {
  if (kind === "folder") return folderSink(handle);
  if (kind === "file") return fileSink(handle);
  return kind === "store" ? storeSink() : blobSink();
}

/**
 * @param {OpenDisc} disc @param {import("./save.js").Written} written @param {AbortSignal} signal
 * @param {(done: number, total: number, stage: string) => void} onProgress
 */
async function readBack(disc, written, signal, onProgress) {
  const first = nextWritten;
  nextWritten += written.files.length;
  const [paths, sizes] = [written.files.map(({ path }) => path), written.files.map(({ size }) => size)];
  disc.lend = (id) => (written.files[id - first] ? written.open(written.files[id - first].path) : undefined);
  try {
    return await disc.engine.ask("verify", { first, paths, sizes, archive: written.archive }, { signal, onProgress });
  } finally {
    disc.lend = null;
  }
}

/**
 * Have the worker read files that are not the disc's, as long as `ask` takes.
 * @template T
 * @param {OpenDisc} disc @param {{path: string, file: Blob}[]} given
 * @param {(entries: import("./messages.d.ts").NewEntry[]) => Promise<T>} ask @returns {Promise<T>}
 */
async function lending(disc, given, ask) {
  /** @type {[number, Blob][]} */
  const files = given.map(({ file }) => [nextWritten++, file]);
  const entries = given.map(({ path, file }, n) => ({ entry_id: files[n][0], path, size: file.size }));
  for (const [id, file] of files) disc.files.keep(id, file);
  try {
    return await ask(entries);
  } finally {
    for (const [id] of files) disc.files.drop(id);
  }
}
