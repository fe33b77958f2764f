// @ts-check
// Reads the first bytes of every file and hands them to the worker, a batch at a time; several batches are under way.
// The page reads, not the worker: some browsers let workers read no files at all on file://.
import { begunAhead, leaveAhead, readAhead } from "./ahead.js";
import { readPieces } from "./pieces.js";
import { isGone } from "./faults.js";
import { isRefused } from "./folder.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./disc-files.js").DiscFiles} DiscFiles */
/** @typedef {import("./folder.js").Given} Given */
/** @typedef {import("./pieces.js").Need} Need */

/**
 * @typedef {object} Options
 * @property {AbortSignal} signal
 * @property {(answer: any) => void} onBatch
 * @property {(needs: Need[], errors: string[]) => boolean} [note] what could not be read; whether the disc seems to be gone
 * @property {() => Promise<boolean>} [whenGone] resolves once it is known what to do: true: it is back, read again
 */

export const HEAD_BYTES = 16384;
/** The first batches are small, so that the first image does not wait for the others. */
const BATCH_FILES = [1, 7, 32];
/** Batches being read or with the worker: enough for both always to have one at hand, and little memory. */
const UNDER_WAY = 5;

/**
 * Every file given goes into the index exactly once, numbered in the order given.
 * @param {Engine} engine
 * @param {AsyncIterable<Given> | Iterable<Given>} given
 * @param {DiscFiles} files filled
 * @param {Options & {hold?: () => Promise<unknown> | null}} options `hold`: what has to happen before more is read
 */
export async function indexAll(engine, given, files, { hold = () => null, ...options }) {
  const { signal } = options;
  /** @type {Promise<void>[]} */
  const underWay = [];
  /** The worker takes files in the order of their numbers, whichever batch is read first. @type {Promise<void>} */
  let before = Promise.resolve();
  let begun = 0;
  await hold();
  for await (const batch of batches(given, files)) {
    signal.throwIfAborted();
    const turn = before;
    /** @type {() => void} */
    let posted = () => {};
    before = new Promise((resolve) => { posted = resolve; });
    const sent = send(engine, batch, files, options, turn, posted).finally(posted);
    sent.catch(() => {}); // awaited below, unless an earlier one failed first
    underWay.push(sent);
    begun += 1;
    // The first ones go alone: when they hold an image it is shown before the browser is kept busy with more.
    while (underWay.length >= (begun < BATCH_FILES.length ? 1 : UNDER_WAY)) await underWay.shift();
    await hold(); // the sizes of the next ones keep the page busy, too
    if (begun === 1) leaveAhead(/** @type {Blob} */ (await files.get(batch.first))); // whoever shows it has its picture by now
  }
  while (underWay.length) await underWay.shift();
}

/**
 * Files that could not be read are read once more. @param {Engine} engine @param {Need[]} needs their first pieces
 * @param {DiscFiles} files @param {Options} options
 */
export async function indexAgain(engine, needs, files, options) {
  const size = BATCH_FILES[BATCH_FILES.length - 1];
  for (let at = 0; at < needs.length; at += size) {
    const batch = { first: 0, paths: [], needs: needs.slice(at, at + size) };
    await send(engine, batch, files, options, Promise.resolve(), () => {});
  }
}

/** Asking for sizes and pieces keeps the page busy: after that long it lets the screen be drawn. */
const BREATHE_AFTER_MS = 6;
const scheduler = /** @type {any} */ (globalThis).scheduler;
/** @type {() => Promise<void>} */
const breathe = scheduler?.yield ? () => scheduler.yield() : () => new Promise((resolve) => setTimeout(resolve));

/** New files, numbered on from `first`; or, without any, pieces of some that are known. @typedef {{first: number, paths: string[], needs: Need[]}} Batch */

/** The files in batches. @param {AsyncIterable<Given> | Iterable<Given>} given @param {DiscFiles} files */
async function* batches(given, files) {
  /** @returns {Batch} */
  const next = () => ({ first: entryId, paths: [], needs: [] });
  let made = 0;
  let entryId = 0;
  let batch = next();
  for await (const { path, file } of given) {
    if (entryId === 0 && !isRefused(file)) readAhead(file);
    files.add(entryId, path, file);
    batch.paths.push(path);
    entryId += 1;
    if (batch.paths.length < BATCH_FILES[Math.min(made, BATCH_FILES.length - 1)]) continue;
    yield batch;
    made += 1;
    batch = next();
  }
  if (batch.paths.length) yield batch;
}

/** The sizes of new files, and the first piece to read of each. Asked just before they are read, and again when the disc
 * was gone meanwhile. @param {Batch} batch @param {Map<number, File>} files */
async function measured({ first, paths }, files) {
  const sizes = [];
  /** @type {Need[]} */
  const needs = [];
  let since = performance.now();
  for (let id = first; id < first + paths.length; id++) {
    if (performance.now() - since > BREATHE_AFTER_MS) {
      await breathe();
      since = performance.now();
    }
    const file = /** @type {File} */ (files.get(id));
    if (id === 0) await begunAhead(file); // only from then on is its size at hand
    // an empty file is something else than one that cannot be opened
    const size = isRefused(file) ? 1 : file.size || Number(await isGone(file));
    sizes.push(size);
    if (size > 0) needs.push({ entry_id: id, offset: 0, length: Math.min(HEAD_BYTES, size) });
  }
  return { sizes, needs };
}

/**
 * @param {Engine} engine
 * @param {Batch} batch
 * @param {DiscFiles} files
 * @param {Options} options
 * @param {Promise<void>} turn resolves when the batch before was posted
 * @param {() => void} posted
 */
async function send(engine, batch, files, { signal, onBatch, note = () => false, whenGone = async () => false }, turn, posted) {
  const { first } = batch;
  let { paths, needs } = batch;
  for (;;) {
    /** @type {number[]} */
    let sizes = [];
    let pieces;
    do {
      const ids = paths.length ? paths.map((_, n) => first + n) : needs.map((need) => need.entry_id);
      const there = await files.all(ids);
      if (paths.length) ({ sizes, needs } = await measured(batch, there));
      pieces = await readPieces(needs, there, signal);
    } while (note(needs, pieces.errors) && (await whenGone()));
    const { packed, lengths, errors } = pieces;
    await turn;
    signal.throwIfAborted();
    const params = {
      first, paths, sizes, lengths, errors,
      piece_of: needs.map((need) => need.entry_id), offsets: needs.map((need) => need.offset), asked: needs.map((need) => need.length),
    };
    const answering = engine.ask("index", params, { buffers: [packed], signal });
    posted();
    const answer = await answering;
    onBatch(answer);
    if (!answer.needs.length) break;
    needs = answer.needs;
    paths = [];
  }
}
