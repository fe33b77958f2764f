// @ts-check
// Writes an export, then reads it back and compares it. It counts as done only when the comparison says so.
import { blobSink, fileSink, folderSink } from "./save.js";

/** @typedef {import("./opening.js").OpenDisc} OpenDisc */
/** @typedef {import("./messages.d.ts").ExportChoices} Choices */

/** Entry numbers of the written files, apart from those of the disc. */
const WRITTEN_FROM = 0x60000000;
let nextWritten = WRITTEN_FROM;

/**
 * @param {OpenDisc} disc
 * @param {Choices} choices
 * @param {{kind: "blob"} | {kind: "file", handle: any} | {kind: "folder", handle: any}} target
 * @param {AbortSignal} signal
 * @param {(progress: {stage: string, done: number, total: number}) => void} onProgress
 * @returns {Promise<{manifest: any, verification: any, written: import("./save.js").Written}>} rejects; then nothing is left behind
 */
export async function writeExport(disc, choices, target, signal, onProgress) {
  const sink = target.kind === "folder" ? await folderSink(target.handle) : target.kind === "file" ? await fileSink(target.handle) : blobSink();
  const tell = (/** @type {number} */ done, /** @type {number} */ total, /** @type {string} */ stage) => onProgress({ stage, done, total });
  try {
    const manifest = await disc.engine.ask("export", { ...choices, sink: target.kind === "folder" ? "folder" : "zip" }, {
      signal,
      onProgress: tell,
      onWrite: (path, bytes) => sink.write(path, bytes),
    });
    const written = await sink.close();
    const verification = await readBack(disc, written, signal, tell);
    if (verification.ok) await sink.confirm();
    await disc.rejudge().catch(() => {}); // the report now speaks of the copy, too
    return { manifest, verification, written };
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/**
 * @param {OpenDisc} disc @param {import("./save.js").Written} written @param {AbortSignal} signal
 * @param {(done: number, total: number, stage: string) => void} onProgress
 */
async function readBack(disc, written, signal, onProgress) {
  /** @type {[number, Blob][]} */
  const files = written.files.map(({ file }) => [nextWritten++, file]);
  const entries = written.files.map(({ path, file }, n) => ({ entry_id: files[n][0], path, size: file.size }));
  for (const [id, file] of files) disc.files.set(id, file);
  try {
    return await disc.engine.ask("verify", { entries, archive: written.archive }, { files, signal, onProgress });
  } finally {
    for (const [id] of files) disc.files.delete(id);
  }
}
