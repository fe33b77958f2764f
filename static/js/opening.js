// @ts-check
// From what the person chose to a catalogue and a report. One disc at a time: opening another leaves nothing of the first.
import { indexAll } from "./indexer.js";
import { Frames } from "./frames.js";
import { currentLanguage } from "./i18n.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./folder.js").Given} Given */
/** @typedef {{name: string, given?: AsyncIterable<Given> | Iterable<Given>, total?: number, zip?: Blob, again?: () => Promise<Choice>}} Choice */

const CATALOGUE_EVERY_MS = 400;

/** One opened disc, as the page knows it. Emits "progress", "first-image", "catalogue", "indexed", "report". */
export class OpenDisc extends EventTarget {
  /** @type {Map<number, File | Blob>} */
  files = new Map();
  /** @type {any} */
  catalogue = null;
  /** @type {any} */
  report = null;
  stopped = false;
  #stop = new AbortController();
  #close = new AbortController();
  #firstImage = false;
  #nextCatalogue = 0;
  #cataloguing = false;

  /** @param {Engine} engine @param {string} name */
  constructor(engine, name) {
    super();
    this.engine = engine;
    this.name = name;
    this.frames = new Frames(engine, /** @type {Map<number, File>} */ (this.files));
  }

  /** Read what was chosen, then judge it. Resolves with the report; rejects with AbortError when another disc was opened.
   * @param {Choice} choice */
  async read(choice) {
    const closed = this.#close.signal;
    await this.engine.ask("open", { name: choice.name }, { signal: closed });
    try {
      if (choice.zip) await this.#readZip(choice.zip);
      else await this.#readFiles(choice);
    } catch (error) {
      if (!this.#stop.signal.aborted || closed.aborted) throw error;
      this.stopped = true;
    }
    this.#setCatalogue(await this.engine.ask("finish", { complete: !this.stopped }, { signal: closed }));
    this.#emit("indexed", this.catalogue);
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

  /** Read no further; what is known so far is judged as an incomplete disc. */
  stop() {
    this.#stop.abort();
  }

  /** Another disc is opened: everything under way ends. */
  close() {
    this.#close.abort();
    this.#stop.abort();
    this.files.clear();
    this.frames.clear();
  }

  /** @param {Choice} choice */
  async #readFiles(choice) {
    let done = 0;
    await indexAll(this.engine, /** @type {AsyncIterable<Given>} */ (choice.given), /** @type {Map<number, File>} */ (this.files), {
      signal: this.#stop.signal,
      onBatch: (answer) => {
        done = answer.counts.done;
        this.#emit("progress", { stage: "reading", done, total: Math.max(choice.total ?? 0, answer.counts.files), counts: answer.counts });
        if (answer.first_image && !this.#firstImage) {
          this.#firstImage = true;
          this.#emit("first-image", answer.first_image);
        }
        this.#maybeCatalogue();
      },
    });
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
          if (item.first_image && !this.#firstImage) {
            this.#firstImage = true;
            this.#emit("first-image", item.first_image);
          }
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
