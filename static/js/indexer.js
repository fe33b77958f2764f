// @ts-check
// Reads the first bytes of every file and hands them to the worker, a batch at a time; several batches are under way.
// The page reads, not the worker: some browsers let workers read no files at all on file://.
import { readPieces } from "./pieces.js";
import { isRefused } from "./folder.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./folder.js").Given} Given */
/** @typedef {import("./pieces.js").Need} Need */

export const HEAD_BYTES = 16384;
/** The first batches are small, so that the first image does not wait for the others. */
const BATCH_FILES = [1, 7, 32];
/** Batches being read or with the worker: enough for both always to have one at hand, and little memory. */
const UNDER_WAY = 5;

/**
 * Every file given goes into the index exactly once, numbered in the order given.
 * @param {Engine} engine
 * @param {AsyncIterable<Given> | Iterable<Given>} given
 * @param {Map<number, File>} files filled: entry number → file
 * @param {{signal: AbortSignal, onBatch: (answer: any) => void, hold?: () => Promise<unknown> | null}} options
 *   `hold`: what has to happen before more is read
 */
export async function indexAll(engine, given, files, { signal, onBatch, hold = () => null }) {
  /** @type {Promise<void>[]} */
  const underWay = [];
  /** The worker takes files in the order of their numbers, whichever batch is read first. @type {Promise<void>} */
  let before = Promise.resolve();
  let begun = 0;
  for await (const batch of batches(given, files)) {
    await hold();
    signal.throwIfAborted();
    const turn = before;
    /** @type {() => void} */
    let posted = () => {};
    before = new Promise((resolve) => { posted = resolve; });
    const sent = send(engine, batch, files, signal, onBatch, turn, posted).finally(posted);
    sent.catch(() => {}); // awaited below, unless an earlier one failed first
    underWay.push(sent);
    begun += 1;
    // The first ones go alone: when they hold an image it is shown before the browser is kept busy with more.
    while (underWay.length >= (begun < BATCH_FILES.length ? 1 : UNDER_WAY)) await underWay.shift();
  }
  while (underWay.length) await underWay.shift();
}

/** Asking for sizes and pieces keeps the page busy: after that long it lets the screen be drawn. */
const BREATHE_AFTER_MS = 6;
const scheduler = /** @type {any} */ (globalThis).scheduler;
/** @type {() => Promise<void>} */
const breathe = scheduler?.yield ? () => scheduler.yield() : () => new Promise((resolve) => setTimeout(resolve));

/** @typedef {{first: number, paths: string[], sizes: number[], needs: Need[]}} Batch */

/** The files in batches, each with the pieces to read of them. @param {AsyncIterable<Given> | Iterable<Given>} given @param {Map<number, File>} files */
async function* batches(given, files) {
  /** @returns {Batch} */
  const next = () => ({ first: entryId, paths: [], sizes: [], needs: [] });
  let made = 0;
  let entryId = 0;
  let batch = next();
  let since = performance.now();
  for await (const { path, file } of given) {
    if (performance.now() - since > BREATHE_AFTER_MS) {
      await breathe();
      since = performance.now();
    }
    files.set(entryId, file);
    const size = isRefused(file) ? 1 : file.size; // an empty file is something else than one that cannot be opened
    batch.paths.push(path);
    batch.sizes.push(size);
    if (size > 0) batch.needs.push({ entry_id: entryId, offset: 0, length: Math.min(HEAD_BYTES, size) });
    entryId += 1;
    if (batch.paths.length < BATCH_FILES[Math.min(made, BATCH_FILES.length - 1)]) continue;
    yield batch;
    made += 1;
    batch = next();
  }
  if (batch.paths.length) yield batch;
}

/**
 * @param {Engine} engine
 * @param {Batch} batch
 * @param {Map<number, File>} files
 * @param {AbortSignal} signal
 * @param {(answer: any) => void} onBatch
 * @param {Promise<void>} turn resolves when the batch before was posted
 * @param {() => void} posted
 */
async function send(engine, { first, paths, sizes, needs }, files, signal, onBatch, turn, posted) {
  /** @type {[number, Blob][]} */
  let given = paths.map((_, n) => [first + n, /** @type {File} */ (files.get(first + n))]);
  for (;;) {
    const { packed, lengths, errors } = await readPieces(needs, files, signal);
    await turn;
    signal.throwIfAborted();
    const params = {
      first, paths, sizes, lengths, errors,
      piece_of: needs.map((need) => need.entry_id), offsets: needs.map((need) => need.offset), asked: needs.map((need) => need.length),
    };
    const answering = engine.ask("index", params, { files: given, buffers: [packed] });
    posted();
    const answer = await answering;
    onBatch(answer);
    if (!answer.needs.length) return;
    needs = answer.needs;
    paths = [];
    sizes = [];
    given = [];
  }
}
