// @ts-check
// From what the person chose to a catalogue and a report. One disc at a time: opening another leaves nothing of the first.
import { begunAhead, leaveAhead, readAhead, takeAhead } from "./ahead.js";
import { DiscFiles } from "./disc-files.js";
import { Unreadable } from "./faults.js";
import { HEAD_BYTES, indexAgain, indexAll } from "./indexer.js";
import { Frames } from "./frames.js";
import { currentLanguage } from "./i18n.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {Partial<import("./folder.js").Chosen> & {name: string, archive?: Blob, sample?: boolean}} Choice */

const CATALOGUE_EVERY_MS = 400;
const PROGRESS_EVERY_MS = 100;
/** A picture that is about to be painted holds the reading up no longer than this. */
const HOLD_MS = 1500;
/** What is nice to have waits for the end of the reading, but on a slow disc no longer than this. */
const QUIET_MS = 2500;
/** The number of a file that is looked into before its turn, apart from those of the disc. */
const PREVIEWED = 0x3fffffff;
/** Of a DICOMDIR, for a first picture: some sixty records. */
const DIRECTORY_BYTES = 32768;

/** A worker that dies so often while one disc is read will not get through it. */
const MOST_DEATHS = 3;

/**
 * One opened disc, as the page knows it. Emits "progress", "first-image", "catalogue", "indexed", "report"; "gone" when it
 * can no longer be read and somebody has to say what to do (`putBack`, `allow`, `goOnWithout`), "back" when that was done;
 * "denied" when it was read, but the browser is not allowed to read it any more; "restored" when it was read anew for a new
 * worker, or what could not be read was tried again.
 */
export class OpenDisc extends EventTarget {
  files = new DiscFiles();
  /** Finds a file of a copy that is being read back. @type {((entryId: number) => Promise<Blob> | undefined) | null} */
  lend = null;
  /** @type {any} */
  catalogue = null;
  /** @type {any} */
  report = null;
  stopped = false;
  /** Resolves when the worker and the disc have time for thumbnails. @type {Promise<void>} */
  quiet;
  #markQuiet = () => {};
  /** Resolves when nothing is being read. @type {Promise<unknown>} */
  settled = Promise.resolve();
  isReading = false;
  /** @type {Choice | null} */
  #choice = null;
  #unreadable = new Unreadable();
  /** @type {Promise<boolean> | null} while the disc is gone: what the person says */
  #gone = null;
  /** @type {(isBack: boolean) => void} */
  #answer = () => {};
  #tries = 0;
  /** The person does not wait for the disc any more. */
  #without = false;
  /** What was known already is being read again. */
  #again = false;
  #stop = new AbortController();
  /** Archives on the disc that were looked into: a new worker has to open them again. @type {string[]} */
  #inside = [];
  /** Ends with the worker: what was on its way to that one must not reach the next. */
  #attempt = new AbortController();
  #close = new AbortController();
  #firstImage = false;
  /** @type {any} an overview that was found first */
  #overview = null;
  #counted = { done: 0, total: 0 };
  /** @type {Promise<unknown> | null} what has to happen before more files are read */
  #hold = null;
  #nextCatalogue = 0;
  #nextProgress = 0;
  #cataloguing = false;

  /** @param {Engine} engine @param {string} name */
  constructor(engine, name) {
    super();
    this.engine = engine;
    this.name = name;
    this.quiet = new Promise((resolve) => { this.#markQuiet = resolve; });
    setTimeout(this.#markQuiet, QUIET_MS);
    this.frames = new Frames(engine, this.files);
  }

  /** Read what was chosen, then judge it. Resolves with the report; rejects with AbortError when another disc was opened.
   * @param {Choice} choice */
  read(choice) {
    this.#choice = choice;
    this.files.open = choice.open;
    return this.#surviving(() => this.#read(choice));
  }

  /** There is a new worker, which knows nothing: read everything once more, without a word until it is done. */
  async readAgain() {
    const choice = this.#choice;
    if (!choice) return;
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
    this.stopped = false;
    this.#again = true;
    await this.#surviving(() => this.#read(choice));
  }

  /** @param {number} entryId of this disc, or of a copy of it @returns {Promise<Blob | undefined>} rejects where it cannot be opened */
  async fileOf(entryId) {
    return (await this.files.readable(entryId)) ?? this.lend?.(entryId);
  }

  /** How many files could not be read. */
  get unread() {
    return this.#unreadable.lost.size;
  }

  /** The disc is in the drive again. @param {import("./folder.js").Chosen} [chosen] where its files are now, if it was chosen anew
   * @returns {Promise<boolean>} false: this is another folder */
  async putBack(chosen) {
    const from = chosen ?? this.#choice;
    const found = from?.given ? await this.files.findAgain(from.given, from.open).catch(() => []) : [];
    if (chosen && this.files.paths.length && !found.length) return false;
    if (chosen) this.#choice = { ...chosen, name: this.name };
    // the worker still has some of the files as they were
    if (found.length) await this.engine.ask("again", { entries: [] }, { signal: this.#close.signal });
    this.#unreadable.startAnew();
    this.#answer(true);
    return true;
  }

  /** Whether the browser is not allowed any more to read what was chosen. */
  async isDenied() {
    return (await this.#choice?.permission?.isLost()) ?? false;
  }

  /** In the press of a button: have the browser ask, and go on as with a disc that was put back.
   * @returns {Promise<boolean>} whether it may read */
  async allow() {
    if (!((await this.#choice?.permission?.ask()) ?? true)) return false;
    return this.putBack();
  }

  /** An image or a copy could not be had: say so if it is for want of permission. @returns {Promise<boolean>} whether it is */
  async noteFailure() {
    const denied = await this.isDenied();
    if (denied && !this.isReading) this.#emit("denied", null);
    return denied;
  }

  /** Nobody waits for the disc: what could not be read stays unread. */
  goOnWithout() {
    this.#without = true;
    this.#answer(false);
  }

  /** Try the files again that could not be read, and judge anew. */
  async retry() {
    await this.putBack();
    await this.#surviving(async () => {
      this.#without = true;
      await this.#readLost(either(this.#close.signal, this.#attempt.signal));
      await this.#conclude();
      this.#emit("restored", { report: this.report, catalogue: this.catalogue, retried: true });
      return this.report;
    });
  }

  /** Do it until no worker dies over it. @param {() => Promise<any>} work @returns {Promise<any>} */
  async #surviving(work) {
    this.isReading = true;
    this.#attempt = new AbortController();
    const died = (/** @type {Event} */ event) => this.#attempt.abort(/** @type {CustomEvent} */ (event).detail);
    this.engine.addEventListener("died", died);
    const done = (async () => {
      for (let deaths = 0; ; deaths++) {
        try {
          return await (deaths ? this.#read(/** @type {Choice} */ (this.#choice)) : work());
        } catch (error) {
          const { code = "", detail = "" } = /** @type {any} */ (error).wire ?? {};
          const isFull = code === "memory" && !deaths; // a new worker has room; if that does not do either, it is told
          if ((code !== "worker" && !isFull) || this.#close.signal.aborted || deaths >= MOST_DEATHS) throw error;
          if (isFull) this.engine.replace(detail);
          this.#again = true;
          await this.engine.ready;
          this.#attempt = new AbortController();
        }
      }
    })().finally(() => {
      this.isReading = false;
      this.engine.removeEventListener("died", died);
    });
    this.settled = done.catch(() => {});
    return done;
  }

  /** @param {Choice} choice */
  async #read(choice) {
    const closed = this.#close.signal;
    // Reading begins at once: the worker takes requests in order, so this one is answered before any file is indexed.
    const opened = this.engine.ask("open", { name: choice.name }, { signal: closed });
    opened.catch(() => {}); // awaited below
    try {
      if (choice.archive) await this.#readArchive(choice.archive);
      else await this.#readFiles(choice);
      await opened;
      for (const path of this.#inside) await this.#look(path);
    } catch (error) {
      if (!this.#stop.signal.aborted || closed.aborted) throw error;
      this.stopped = true;
    }
    const restored = this.report !== null;
    await this.#conclude();
    if (restored) this.#emit("restored", { report: this.report, catalogue: this.catalogue });
    else this.#emit("report", this.report);
    this.#again = false;
    return this.report;
  }

  /** Everything is read: group, and judge. */
  async #conclude() {
    const closed = this.#close.signal;
    const catalogue = await this.engine.ask("finish", { complete: !this.stopped }, { signal: closed });
    const first = this.report === null;
    if (first) this.#setCatalogue(catalogue);
    else this.catalogue = catalogue;
    if (first) this.#emit("indexed", this.catalogue);
    this.#markQuiet();
    await this.#judge(first);
  }

  /** Open an archive that lies on the disc: its files join the others, and everything is judged anew.
   * @param {string} path @returns {Promise<any>} the report */
  async lookInside(path) {
    this.#stop = new AbortController();
    this.report = null;
    this.#inside.push(path);
    return this.#surviving(async () => {
      try {
        await this.#look(path);
      } catch (error) {
        if (!this.#stop.signal.aborted || this.#close.signal.aborted) throw error;
        this.stopped = true;
      }
      this.#setCatalogue(await this.engine.ask("catalogue", {}, { signal: this.#close.signal }));
      await this.#judge(true);
      this.#emit("report", this.report);
      return this.report;
    });
  }

  /** @param {string} path */
  #look(path) {
    return this.engine.ask("look_inside", { path }, {
      signal: this.#stop.signal, // closing stops, too
      onProgress: (done, total, stage) => this.report === null && this.#emit("progress", { stage, done, total }),
    });
  }

  /** @param {boolean} first the answer is waited for, so its progress is shown */
  async #judge(first) {
    const closed = this.#close.signal;
    let language;
    do { // another one may be chosen meanwhile
      language = currentLanguage();
      this.report = await this.engine.ask("judge", {}, {
        signal: closed,
        onProgress: (done, total, stage) => first && this.#emit("progress", { stage, done, total }),
      });
    } while (language !== currentLanguage());
  }

  /** The language has changed: have a disc that is judged said again. Nothing is read for it. Emits "reworded". */
  async reword() {
    this.frames.clear();
    if (!this.report) return;
    const signal = this.#close.signal;
    this.catalogue = await this.engine.ask("catalogue", {}, { signal });
    this.report = await this.engine.ask("judge", {}, { signal });
    this.#emit("reworded", { catalogue: this.catalogue, report: this.report });
  }

  /** Judge again, after the person answered or a copy was made. Emits "rejudged". @param {"right" | "wrong" | "ask" | ""} [answer] */
  async rejudge(answer = "") {
    if (!this.report) return;
    const judged = await this.engine.ask("judge", { answer, files: false }, { signal: this.#close.signal });
    this.report = { ...judged, files: this.report.files }; // of 70,000 the rows are not said again
    this.#emit("rejudged", this.report);
  }

  /** Read no further; what is known so far is judged as an incomplete disc. */
  stop() {
    this.#stop.abort();
  }

  /** Another disc is opened: everything under way ends. */
  close() {
    this.#close.abort();
    this.#stop.abort();
    this.#markQuiet();
    this.#answer(false);
    this.files.clear();
    this.frames.clear();
  }

  /** No more files are read before this has settled: a picture the person waits for comes first. @param {Promise<unknown>} picture */
  holdFor(picture) {
    this.#hold = Promise.race([picture, new Promise((resolve) => setTimeout(resolve, HOLD_MS))]).catch(() => {});
  }

  /** @param {Choice} choice */
  async #readFiles(choice) {
    this.#nextCatalogue = performance.now() + CATALOGUE_EVERY_MS;
    this.#nextProgress = performance.now() + PROGRESS_EVERY_MS; // not between the first header and its picture
    if (!this.#firstImage) this.holdFor(this.#preview(choice));
    const options = {
      ...this.#options(either(this.#stop.signal, this.#attempt.signal)),
      hold: () => this.#hold,
      onBatch: (/** @type {any} */ { counts, first_image }) => {
        this.#progress(counts.done, Math.max(choice.total ?? 0, counts.files));
        this.#showFirst(first_image);
        this.#maybeCatalogue();
      },
    };
    await indexAll(this.engine, this.#listing(), this.files, options)
      .finally(() => !this.report && this.#emit("progress", { stage: "reading", ...this.#counted }));
    if (this.#tries && this.unread && !this.#without) await this.#readLost(options.signal);
  }

  /** @param {AbortSignal} signal */
  #options(signal) {
    return {
      signal,
      onBatch: () => {},
      note: (/** @type {import("./pieces.js").Need[]} */ needs, /** @type {string[]} */ errors) => this.#unreadable.note(needs, errors),
      whenGone: () => this.#whenGone(signal),
    };
  }

  /** What was chosen, numbered; goes on where it was when the disc was taken out in the middle of listing it. */
  async *#listing() {
    /** @type {Set<string>} */
    const before = new Set();
    let number = 0;
    for (;;) {
      try {
        for await (const one of /** @type {import("./folder.js").AllGiven} */ (this.#choice?.given)) {
          if (before.has(one.path)) continue;
          number += 1;
          yield one;
        }
        return;
      } catch (error) {
        if (this.#stop.signal.aborted || this.#attempt.signal.aborted || !(error instanceof DOMException)) throw error;
        for (const path of this.files.paths.slice(0, number)) before.add(path);
        if (await this.#whenGone(either(this.#stop.signal, this.#attempt.signal))) continue;
        this.stopped = true; // how many files there would have been, nobody knows
        return;
      }
    }
  }

  /** @param {AbortSignal} signal @returns {Promise<boolean>} true: it is back; false: go on without it */
  async #whenGone(signal) {
    if (this.#without) return false;
    this.#gone ??= new Promise((resolve) => {
      this.#answer = resolve;
      signal.addEventListener("abort", () => resolve(false), { once: true });
      if (!this.report) this.#emit("progress", { stage: "reading", ...this.#counted });
      const tries = this.#tries++;
      this.isDenied().then((denied) => signal.aborted || this.#emit("gone", { ...this.#counted, denied, tries }));
    });
    const isBack = await this.#gone;
    this.#gone = null;
    signal.throwIfAborted();
    this.#emit("back", isBack);
    return isBack;
  }

  /** @param {AbortSignal} signal */
  async #readLost(signal) {
    const entries = [...this.#unreadable.lost.keys()];
    const files = await this.files.all(entries);
    const sizes = [...files.values()].map((file) => file.size || 1); // perhaps it could not be asked for before
    const { needs } = await this.engine.ask("again", { entries, sizes }, { signal });
    await indexAgain(this.engine, needs, this.files, this.#options(signal));
  }

  /** The DICOMDIR knows which series come first: its first image is shown before the files are read in their order.
   * @param {Choice} choice */
  async #preview({ find }) {
    let file = await find?.("DICOMDIR");
    const ask = async (/** @type {"directory" | "preview"} */ method, /** @type {string} */ path, /** @type {number} */ length) => {
      if (!file) return {};
      this.files.keep(PREVIEWED, file);
      readAhead(file);
      await begunAhead(file);
      const head = (await takeAhead(file, 0, Math.min(length, file.size))) ?? (await file.slice(0, length).arrayBuffer());
      const entry = { entry_id: PREVIEWED, path, size: file.size };
      return this.engine.ask(method, { entry }, { buffers: [head], signal: this.#stop.signal });
    };
    const { paths = [] } = await ask("directory", "DICOMDIR", DIRECTORY_BYTES);
    for (const path of paths) {
      if (file) leaveAhead(file);
      file = await find?.(path);
      const { first_image } = await ask("preview", path, HEAD_BYTES);
      if (!first_image || this.#firstImage) continue;
      this.#firstImage = true;
      const before = this.#hold;
      this.#emit("first-image", first_image);
      if (this.#hold !== before) await this.#hold; // until it is painted
      break;
    }
    if (file) leaveAhead(file);
  }

  /** Said as often as a person can read it. @param {number} done @param {number} total */
  #progress(done, total) {
    if (this.report || done < this.#counted.done) return; // read for a second time
    this.#counted = { done, total };
    const now = performance.now();
    if (now < this.#nextProgress) return;
    this.#nextProgress = now + PROGRESS_EVERY_MS;
    this.#emit("progress", { stage: "reading", done, total });
  }

  /** The first image that was found. An overview waits for one batch more: the scan it belongs to is what people look for.
   * @param {any} found null: nothing new in this batch */
  #showFirst(found) {
    const image = found ?? this.#overview;
    if (this.#firstImage || !image) return;
    if (image.overview && !this.#overview) {
      this.#overview = image;
      return;
    }
    this.#firstImage = true;
    this.#emit("first-image", image);
  }

  /** What only looks like an archive by its name is read as the one file it is. @param {Blob} archive */
  async #readArchive(archive) {
    try {
      await this.#askArchive(archive);
    } catch (error) {
      if (/** @type {any} */ (error).wire?.code !== "not-an-archive") throw error;
      const file = /** @type {File} */ (archive);
      this.#choice = { name: this.name, given: [{ path: file.name, file }], total: 1 };
      await this.#readFiles(this.#choice);
    }
  }

  /** @param {Blob} archive */
  async #askArchive(archive) {
    const entryId = 0x40000000; // apart from the numbers of the files inside
    this.files.keep(entryId, archive);
    await this.engine.ask(
      "archive",
      { entry: { entry_id: entryId, path: this.name || "archive", size: archive.size } },
      {
        signal: this.#stop.signal,
        onProgress: (done, total, stage) => {
          if (this.report === null) this.#emit("progress", { stage, done, total });
          this.#maybeCatalogue();
        },
        onItem: (item) => {
          if (item.first_image) this.#showFirst({ ...item.first_image, overview: false }); // it is told only once
        },
      },
    );
  }

  /** The list grows while the disc is read, but never so often that it slows the reading down. */
  async #maybeCatalogue() {
    const now = performance.now();
    if (this.#again || this.#cataloguing || now < this.#nextCatalogue) return;
    this.#cataloguing = true;
    try {
      const started = performance.now();
      const catalogue = await this.engine.ask("catalogue", {}, { signal: this.#close.signal });
      if (!this.catalogue?.complete && !this.report) this.#setCatalogue(catalogue);
      this.#nextCatalogue = performance.now() + Math.max(CATALOGUE_EVERY_MS, 10 * (performance.now() - started));
    } catch {
      // The disc was closed, or the next answer will be better.
    } finally {
      this.#cataloguing = false;
    }
  }

  /** @param {any} catalogue */
  #setCatalogue(catalogue) {
    this.catalogue = catalogue;
    this.#emit("catalogue", catalogue);
  }

  /** @param {string} type @param {any} detail */
  #emit(type, detail) {
    if (!this.#close.signal.aborted) this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** A signal that is aborted with the first of two. @param {AbortSignal} one @param {AbortSignal} other @returns {AbortSignal} */
function either(one, other) {
  if (AbortSignal.any) return AbortSignal.any([one, other]); // which leaves nothing behind at signals that live long
  const both = new AbortController();
  for (const signal of [one, other]) {
    if (signal.aborted) both.abort(signal.reason);
    signal.addEventListener("abort", () => both.abort(signal.reason), { once: true });
  }
  return both.signal;
}
