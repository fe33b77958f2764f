// @ts-check
// From what the person chose to a catalogue and a report. One disc at a time: opening another leaves nothing of the first.
import { HEAD_BYTES, indexAll } from "./indexer.js";
import { Frames } from "./frames.js";
import { currentLanguage } from "./i18n.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {Partial<import("./folder.js").Chosen> & {name: string, zip?: Blob}} Choice */

const CATALOGUE_EVERY_MS = 400;
const PROGRESS_EVERY_MS = 100;
/** A picture that is about to be painted holds the reading up no longer than this. */
const HOLD_MS = 1500;
/** What is nice to have waits for the end of the reading, but on a slow disc no longer than this. */
const QUIET_MS = 2500;
/** The number of a file that is looked into before its turn, apart from those of the disc. */
const PREVIEWED = 0x3fffffff;
/** Of a DICOMDIR, for a first picture: some hundred records. */
const DIRECTORY_BYTES = 65536;

/** One opened disc, as the page knows it. Emits "progress", "first-image", "catalogue", "indexed", "report". */
export class OpenDisc extends EventTarget {
  /** @type {Map<number, File | Blob>} */
  files = new Map();
  /** @type {any} */
  catalogue = null;
  /** @type {any} */
  report = null;
  stopped = false;
  /** Resolves when the worker and the disc have time for thumbnails. @type {Promise<void>} */
  quiet;
  #markQuiet = () => {};
  #stop = new AbortController();
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
    this.frames = new Frames(engine, /** @type {Map<number, File>} */ (this.files));
  }

  /** Read what was chosen, then judge it. Resolves with the report; rejects with AbortError when another disc was opened.
   * @param {Choice} choice */
  async read(choice) {
    const closed = this.#close.signal;
    // Reading begins at once: the worker takes requests in order, so this one is answered before any file is indexed.
    const opened = this.engine.ask("open", { name: choice.name }, { signal: closed });
    opened.catch(() => {}); // awaited below
    try {
      if (choice.zip) await this.#readZip(choice.zip);
      else await this.#readFiles(choice);
      await opened;
    } catch (error) {
      if (!this.#stop.signal.aborted || closed.aborted) throw error;
      this.stopped = true;
    }
    this.#setCatalogue(await this.engine.ask("finish", { complete: !this.stopped }, { signal: closed }));
    this.#emit("indexed", this.catalogue);
    this.#markQuiet();
    let language;
    do { // another one may be chosen meanwhile
      language = currentLanguage();
      this.report = await this.engine.ask("judge", {}, {
        signal: closed,
        onProgress: (done, total, stage) => this.#emit("progress", { stage, done, total }),
      });
    } while (language !== currentLanguage());
    this.#emit("report", this.report);
    return this.report;
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
    this.report = await this.engine.ask("judge", { answer }, { signal: this.#close.signal });
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
    this.holdFor(this.#preview(choice));
    await indexAll(this.engine, /** @type {import("./folder.js").AllGiven} */ (choice.given), /** @type {Map<number, File>} */ (this.files), {
      signal: this.#stop.signal,
      hold: () => this.#hold,
      onBatch: ({ counts, first_image }) => {
        this.#progress(counts.done, Math.max(choice.total ?? 0, counts.files));
        this.#showFirst(first_image);
        this.#maybeCatalogue();
      },
    }).finally(() => this.#emit("progress", { stage: "reading", ...this.#counted }));
  }

  /** The DICOMDIR knows which series come first: its first image is shown before the files are read in their order.
   * @param {Choice} choice */
  async #preview({ find }) {
    const ask = async (/** @type {"directory" | "preview"} */ method, /** @type {string} */ path, /** @type {number} */ length) => {
      const file = await find?.(path);
      if (!file) return {};
      this.files.set(PREVIEWED, file);
      const head = await file.slice(0, length).arrayBuffer();
      const entry = { entry_id: PREVIEWED, path, size: file.size };
      return this.engine.ask(method, { entry }, { files: [[PREVIEWED, file]], buffers: [head], signal: this.#stop.signal });
    };
    const { paths = [] } = await ask("directory", "DICOMDIR", DIRECTORY_BYTES);
    for (const path of paths) {
      const { first_image } = await ask("preview", path, HEAD_BYTES);
      if (!first_image || this.#firstImage) continue;
      this.#firstImage = true;
      const before = this.#hold;
      this.#emit("first-image", first_image);
      if (this.#hold !== before) await this.#hold; // until it is painted
      return;
    }
  }

  /** Said as often as a person can read it. @param {number} done @param {number} total */
  #progress(done, total) {
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

  /** @param {Blob} zip */
  async #readZip(zip) {
    const entryId = 0x40000000; // apart from the numbers of the files inside
    this.files.set(entryId, zip);
    await this.engine.ask(
      "archive",
      { entry: { entry_id: entryId, path: this.name || "archive.zip", size: zip.size } },
      {
        files: [[entryId, zip]],
        signal: this.#stop.signal,
        onProgress: (done, total, stage) => {
          this.#emit("progress", { stage, done, total });
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
    if (this.#cataloguing || now < this.#nextCatalogue) return;
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
