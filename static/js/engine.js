// @ts-check
// The worker's client: one promise per request, progress and items on the way, cancelling by AbortSignal.
// A dead worker is rebuilt; whoever owns the disc then gives it the files again (the "restarted" event).
import { currentLanguage, t } from "./i18n.js";
import { watchLifeline } from "./lifeline.js";
import { startWorker } from "./packs.js";
import { Spent } from "./spent.js";

/** @typedef {{code: string, title: string, hint: string, where: string, detail: string}} WireError */

/** What a browser holds of a File that was opened and handed on, with all it takes to reach it. */
const FILE_BYTES = 48 << 10;

/** An answer of the worker that is an error, with words for people. */
export class EngineError extends Error {
  /** @param {WireError} wire */
  constructor(wire) {
    super(wire.title);
    this.name = wire.code === "cancelled" ? "AbortError" : "EngineError";
    this.wire = wire;
  }
}

/**
 * @typedef {object} Ask
 * @property {ArrayBuffer[]} [buffers] moved, not copied
 * @property {AbortSignal} [signal]
 * @property {(done: number, total: number, stage: string) => void} [onProgress]
 * @property {(item: any) => void} [onItem]
 * @property {(path: string, bytes: ArrayBuffer, more: boolean) => Promise<void>} [onWrite] several may be under way
 */

/** A worker that dies so often will die again; who loads the page anew has this many more. */
const MOST_DEATHS = 8;

export class Engine extends EventTarget {
  /** @type {Worker | null} */
  #worker = null;
  #next = 1;
  /** @type {Map<number, {ask: Ask, resolve: (v: any) => void, reject: (e: Error) => void}>} */
  #open = new Map();
  /** @type {(entryId: number) => Promise<Blob | undefined>} */
  #fileOf = async () => undefined;
  /** @type {Promise<void>} resolves when Python runs */
  ready;
  /** @type {() => void} */
  #markReady = () => {};
  /** @type {(e: Error) => void} */
  #markFailed = () => {};
  isReady = false;
  #spent = new Spent(6 << 20, 256 << 20);
  #unwatch = () => {};
  #deaths = 0;

  constructor() {
    super();
    this.ready = new Promise((resolve, reject) => { this.#markReady = resolve; this.#markFailed = reject; });
    this.ready.catch(() => {});
  }

  /** @param {(entryId: number) => Promise<Blob | undefined>} fileOf where to find a file when the worker cannot read it itself */
  async start(fileOf) {
    this.#fileOf = fileOf;
    try {
      const lifeline = `scanfolio-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
      const worker = await startWorker(lifeline);
      this.#worker = worker;
      const died = (/** @type {string} */ why) => worker === this.#worker && this.#died(why);
      worker.addEventListener("message", ({ data }) => (data.type === "died" ? died(data.detail) : this.#receive(data)));
      worker.addEventListener("error", (event) => died(event.message));
      this.#unwatch = watchLifeline(worker, lifeline, () => this.isReady && this.#open.size > 0, () => died("the browser ended the worker"));
    } catch (error) {
      this.#fail(String(error));
    }
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @param {Ask} [ask]
   * @returns {Promise<{result: any, buffers: ArrayBuffer[]}>}
   */
  async request(method, params = {}, ask = {}) {
    await this.ready;
    ask.signal?.throwIfAborted();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const cancel = () => this.#post({ type: "cancel", id });
      const answered = () => ask.signal?.removeEventListener("abort", cancel); // a signal lives as long as its disc
      this.#open.set(id, { ask, resolve: (value) => (answered(), resolve(value)), reject: (error) => (answered(), reject(error)) });
      ask.signal?.addEventListener("abort", cancel, { once: true });
      this.#post({ type: "request", id, method, params, buffers: ask.buffers }, ask.buffers);
    });
  }

  /** What the worker says from now on is in the language of the page; a worker that starts is told by itself. */
  tellLanguage() {
    if (this.isReady) this.#post({ type: "request", id: this.#next++, method: "language", params: { language: currentLanguage() } });
  }

  /** The same, when only the result matters. @param {string} method @param {object} [params] @param {Ask} [ask] */
  async ask(method, params, ask) {
    return (await this.request(method, params, ask)).result;
  }

  /** @param {object} message @param {Transferable[]} [transfer] */
  #post(message, transfer = []) {
    this.#worker?.postMessage(message, transfer);
  }

  /** @param {any} data */
  #receive(data) {
    if (data.type === "boot") {
      this.dispatchEvent(new CustomEvent("boot", { detail: data }));
    } else if (data.type === "ready") {
      this.isReady = true;
      this.tellLanguage();
      this.#markReady();
      this.dispatchEvent(new CustomEvent("ready", { detail: data }));
    } else if (data.type === "failed") {
      this.#fail(data.detail);
    } else if (data.type === "alive") {
      return;
    } else if (data.type === "need") {
      this.#supply(data);
    } else if (data.type === "lend") {
      this.#lend(data);
    } else {
      this.#answer(data);
    }
  }

  /** @param {any} data */
  #answer(data) {
    const job = this.#open.get(data.id);
    if (!job) return;
    if (data.type === "progress") job.ask.onProgress?.(data.done, data.total, data.stage);
    else if (data.type === "item") job.ask.onItem?.(data.item);
    else if (data.type === "write") this.#write(data, job.ask);
    else {
      this.#open.delete(data.id);
      if (data.type === "result") job.resolve({ result: data.result, buffers: data.buffers });
      else job.reject(new EngineError(data.error));
    }
  }

  /** @param {any} data @param {Ask} ask */
  async #write(data, ask) {
    const bytes = data.buffers[0].byteLength;
    try {
      await ask.onWrite?.(data.path, data.buffers[0], data.more);
      this.#spent.add(bytes);
      this.#post({ type: "taken", id: data.id, bytes });
    } catch (error) {
      const reason = /** @type {Error} */ (error);
      this.#post({ type: "taken", id: data.id, bytes, error: `${reason.name}: ${reason.message}` });
    }
  }

  /** @param {{id: number, entry_id: number, offset: number, length: number}} need */
  async #supply(need) {
    try {
      const file = await this.#fileOf(need.entry_id);
      if (!file) throw new Error("this file is not open");
      // A little more than asked: the next piece is usually the one behind it.
      const bytes = await file.slice(need.offset, need.offset + Math.max(need.length, 1 << 20)).arrayBuffer();
      this.#post({ type: "supply", id: need.id, bytes }, [bytes]);
    } catch (error) {
      this.#post({ type: "supply", id: need.id, error: String(error) });
    }
  }

  /** The worker reads these files itself. What cannot be found here it misses when it reads. @param {{id: number, entry_ids: number[]}} wish */
  async #lend({ id, entry_ids }) {
    const found = await Promise.all(entry_ids.map(async (entryId) => [entryId, await this.#fileOf(entryId).catch(() => undefined)]));
    this.#post({ type: "lent", id, files: found.filter(([, file]) => file) });
    for (const _ of found) this.#spent.add(FILE_BYTES);
  }

  /** @param {string} detail */
  #fail(detail) {
    this.#markFailed(new EngineError({ code: "start", title: t("engine.failed"), hint: "", where: "", detail }));
    this.dispatchEvent(new CustomEvent("failed", { detail }));
  }

  /** What this worker has used up of the memory comes back only with another one. @param {string} detail */
  replace(detail) {
    if (this.#worker) this.#died(detail);
  }

  /** @param {string} detail */
  #died(detail) {
    if (!this.isReady) return this.#fail(detail);
    this.isReady = false;
    this.#deaths += 1;
    this.#unwatch();
    this.#worker?.terminate();
    this.#worker = null;
    const error = new EngineError({ code: "worker", title: t("engine.restarting"), hint: t("engine.restarting_hint"), where: "", detail });
    const open = [...this.#open.values()];
    this.#open.clear();
    this.ready = new Promise((resolve, reject) => { this.#markReady = resolve; this.#markFailed = reject; });
    this.ready.then(() => this.dispatchEvent(new Event("restarted")), () => {});
    this.dispatchEvent(new CustomEvent("died", { detail: error }));
    for (const job of open) job.reject(error);
    if (this.#deaths > MOST_DEATHS) this.#fail(detail);
    else this.start(this.#fileOf);
  }
}
