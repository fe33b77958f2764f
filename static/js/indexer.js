// @ts-check
// Reads the first bytes of every file, many at a time, and hands them to the worker in batches.
// The page reads, not the worker: some browsers let workers read no files at all on file://.
import { isRefused } from "./folder.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {{entry_id: number, offset: number, length: number}} Need */

const HEAD_BYTES = 16384;
/** The first batches are small, so that the first image does not wait for 64 files. */
const BATCH_FILES = [1, 4, 16, 64];
const BATCH_BYTES = 4 << 20;
const IN_FLIGHT = 16;

/**
 * Every file given goes into the index exactly once.
 * @param {Engine} engine
 * @param {AsyncIterable<import("./folder.js").Given> | Iterable<import("./folder.js").Given>} given
 * @param {Map<number, File>} files filled: entry number → file
 * @param {{signal: AbortSignal, total?: number, onBatch: (answer: any) => void}} options
 */
export async function indexAll(engine, given, files, { signal, onBatch }) {
  /** @type {any[]} */
  let entries = [];
  /** @type {Promise<Piece>[]} */
  let pieces = [];
  let bytes = 0;
  let batches = 0;
  let nextId = 0;
  /** @type {Promise<void>[]} one batch is read while the one before is parsed */
  const running = [];
  const slots = semaphore(IN_FLIGHT);
  /** The worker takes files in the order of their numbers, whichever batch is read first. @type {Promise<void>} */
  let before = Promise.resolve();

  const flush = () => {
    if (!entries.length) return;
    const batch = { entries, pieces, files: /** @type {[number, Blob][]} */ (entries.map((e) => [e.entry_id, files.get(e.entry_id)])) };
    entries = [];
    pieces = [];
    bytes = 0;
    batches++;
    const turn = before;
    /** @type {() => void} */
    let posted = () => {};
    before = new Promise((resolve) => { posted = resolve; });
    const sent = send(engine, batch, files, slots, signal, onBatch, turn, posted).finally(posted);
    sent.catch(() => {}); // awaited below, unless an earlier one failed first
    running.push(sent);
  };

  for await (const { path, file } of given) {
    signal.throwIfAborted();
    const entryId = nextId++;
    files.set(entryId, file);
    const size = isRefused(file) ? 1 : file.size; // an empty file is something else than one that cannot be opened
    entries.push({ entry_id: entryId, path, size });
    if (size > 0) {
      const need = { entry_id: entryId, offset: 0, length: Math.min(HEAD_BYTES, size) };
      const piece = slots(() => read(file, need, signal));
      piece.catch(() => {}); // awaited with its batch, unless reading is stopped before
      pieces.push(piece);
      bytes += need.length;
    }
    if (entries.length >= BATCH_FILES[Math.min(batches, BATCH_FILES.length - 1)] || bytes >= BATCH_BYTES) {
      flush();
      while (running.length > 2) await running.shift();
    }
  }
  flush();
  while (running.length) await running.shift();
}

/** @typedef {{need: Need, bytes: ArrayBuffer | null, error: string}} Piece */

/**
 * @param {Engine} engine
 * @param {{entries: any[], pieces: Promise<Piece>[], files: [number, Blob][]}} batch
 * @param {Map<number, File>} files
 * @param {(job: () => Promise<Piece>) => Promise<Piece>} slots
 * @param {AbortSignal} signal
 * @param {(answer: any) => void} onBatch
 * @param {Promise<void>} turn resolves when the batch before was posted
 * @param {() => void} posted
 */
async function send(engine, batch, files, slots, signal, onBatch, turn, posted) {
  let { entries } = batch;
  let given = batch.files;
  let pieces = await Promise.all(batch.pieces);
  for (;;) {
    signal.throwIfAborted();
    const params = {
      entries,
      pieces: pieces.map(({ need, bytes, error }) => ({
        entry_id: need.entry_id, offset: need.offset, asked: need.length, length: bytes?.byteLength ?? 0, error,
      })),
    };
    const packed = pack(pieces);
    await turn;
    signal.throwIfAborted();
    const answering = engine.ask("index", params, { files: given, buffers: [packed] });
    posted();
    const answer = await answering;
    onBatch(answer);
    if (!answer.needs.length) return;
    entries = [];
    given = [];
    pieces = await Promise.all(answer.needs.map((/** @type {Need} */ need) =>
      slots(() => read(/** @type {File} */ (files.get(need.entry_id)), need, signal))));
  }
}

/** @param {File} file @param {Need} need @param {AbortSignal} signal @returns {Promise<Piece>} */
async function read(file, need, signal) {
  signal.throwIfAborted();
  if (isRefused(file)) return { need, bytes: null, error: "NotReadableError" };
  try {
    return { need, bytes: await file.slice(need.offset, need.offset + need.length).arrayBuffer(), error: "" };
  } catch (error) {
    return { need, bytes: null, error: /** @type {Error} */ (error).name || "NotReadableError" };
  }
}

/** @param {Piece[]} pieces */
function pack(pieces) {
  const packed = new Uint8Array(pieces.reduce((sum, p) => sum + (p.bytes?.byteLength ?? 0), 0));
  let at = 0;
  for (const { bytes } of pieces) {
    if (!bytes) continue;
    packed.set(new Uint8Array(bytes), at);
    at += bytes.byteLength;
  }
  return packed.buffer;
}

/** At most `n` jobs at a time. @param {number} n */
function semaphore(n) {
  let free = n;
  /** @type {(() => void)[]} */
  const queue = [];
  return async (/** @type {() => Promise<Piece>} */ job) => {
    if (free > 0) free--;
    else await new Promise((resolve) => queue.push(/** @type {() => void} */ (resolve)));
    try {
      return await job();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  };
}
