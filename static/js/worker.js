// @ts-check
// The worker: boots Python, then passes messages between the page and scanfolio.bridge. It knows no DICOM.
import { boot } from "./boot.js";
import { holdLifeline } from "./lifeline.js";
import { Lent } from "./lent.js";
import { Outbox } from "./outbox.js";
import { Spent, letGo } from "./spent.js";
import { Supplied } from "./supplied.js";

/** @typedef {{receive(text: string, buffers: any[]): void, step(): boolean, warm(): void}} Host */

/** @type {Host | null} */
let host = null;
/** @type {((name: "numpy"|"pydicom"|"imagecodecs") => Promise<void>) | null} */
let loadPackage = null;
/** When the page last asked for something. */
let lastTaken = -Infinity;
const QUIET_MS = 300;
/** @type {MessageEvent[]} what came while Python was still starting */
let early = [];

/** The files we may read now, by entry number. */
const lent = new Lent();
/** Bytes the page read for us, where this worker cannot. */
const supplied = new Supplied();
/** @type {{id: number, entry_id: number, offset: number}[]} */
const wanted = [];
/** Some browsers let workers read no files on file://: until one was read, a failure is taken to the page, which can. */
let hasReadFiles = false;
let cannotReadFiles = false;
/** What waits for the file it is to be read from. @type {Map<number, {id: number, entry_id: number, offset: number}>} */
const toBeLent = new Map();

const scope = /** @type {any} */ (globalThis);
const reader = typeof FileReaderSync === "function" ? new FileReaderSync() : null;

/** What was read, and what was given to the page or hashed. */
const spent = new Spent(4 << 20, 512 << 20);

/** What was read last: Python copied it at once. @type {Uint8Array<ArrayBuffer> | null} */
let copied = null;

/** @param {number} entryId @param {number} offset @param {number} length */
scope.scanfolioRead = (entryId, offset, length) => {
  if (copied) letGo(copied);
  copied = null;
  const piece = supplied.read(entryId, offset, length);
  if (piece) return piece;
  const file = lent.get(entryId);
  if (!reader || !file) return undefined; // not null, which Python would not take for None
  try {
    const bytes = new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + length)));
    hasReadFiles = true;
    spent.add(bytes.length);
    copied = bytes;
    return bytes;
  } catch (error) {
    if (hasReadFiles) throw error;
    return undefined;
  }
};

/** @param {string} text @param {Uint8Array<ArrayBuffer>[]} buffers */
scope.scanfolioPost = (text, buffers) => {
  const message = JSON.parse(text);
  const { type, id } = message;
  for (const bytes of buffers) spent.add(bytes.length);
  if (type === "load") load(id, message.package);
  else if (type === "write") answer(id, boxOf(id).write(message, buffers[0]));
  else if (type === "digest") {
    answer(id, boxOf(id).hash(message.name, buffers[0]));
    letGo(buffers[0]);
  }
  else if (type === "settle") answer(id, boxOf(id).settle());
  else if (type === "lend") lend(id, message.entry_ids);
  else if (type === "need") need(message);
  else {
    if (type === "result" || type === "error") boxes.delete(id);
    send(message, buffers);
  }
};

/** These files will be read next. @param {number} id @param {number[]} ids */
function lend(id, ids) {
  const missing = cannotReadFiles ? [] : lent.missing(ids);
  if (missing.length) send({ type: "lend", id, entry_ids: missing }, []);
  else answer(id, Promise.resolve(null));
}

/** A piece of a file that is not here, or cannot be read here: then the page reads it.
 * @param {{id: number, entry_id: number, offset: number}} message */
function need(message) {
  if (reader && !cannotReadFiles && !lent.get(message.entry_id)) {
    toBeLent.set(message.id, message);
    send({ type: "lend", id: message.id, entry_ids: [message.entry_id] }, []);
  } else askPage(message);
}

/** @param {{id: number, entry_id: number, offset: number}} message */
function askPage(message) {
  wanted.push(message);
  send(message, []);
}

/** @param {number} id @param {[number, Blob][]} given */
function takeLent(id, given) {
  lent.take(given);
  const waiting = toBeLent.get(id);
  toBeLent.delete(id);
  if (waiting && !lent.get(waiting.entry_id)) askPage(waiting); // which knows why there is none
  else reply(id, null);
}

/** @type {Map<number, Outbox>} what each request writes and hashes */
const boxes = new Map();

/** @param {number} id */
function boxOf(id) {
  let box = boxes.get(id);
  if (!box) boxes.set(id, (box = new Outbox((message, bytes) => send({ type: "write", id, ...message }, [bytes]))));
  return box;
}

/** @param {object} message @param {Uint8Array[]} buffers */
function send(message, buffers) {
  const own = buffers.map((b) => (b.buffer.byteLength === b.byteLength ? b : b.slice()));
  postMessage({ ...message, buffers: own.map((b) => b.buffer) }, { transfer: own.map((b) => b.buffer) });
}

/** @param {number} id @param {Promise<unknown>} done */
async function answer(id, done) {
  try {
    reply(id, await done);
  } catch (error) {
    reply(id, null, String(error));
  }
}

/** @param {number} id @param {"numpy"|"pydicom"|"imagecodecs"} name */
async function load(id, name) {
  try {
    await /** @type {NonNullable<typeof loadPackage>} */ (loadPackage)(name);
    reply(id, null);
  } catch (error) {
    reply(id, null, `${name}: ${/** @type {Error} */ (error)?.message ?? error}`);
  }
}

/** @param {number} id @param {unknown} value @param {string} [error] */
function reply(id, value, error) {
  receive({ type: "reply", id, value, error }, []);
}

/** @param {any} message @param {ArrayBuffer[]} buffers */
function receive(message, buffers) {
  /** @type {Host} */ (host).receive(JSON.stringify(message), buffers);
  goOn();
}

// Long methods run in short slices; between two of them the worker takes messages.
const turn = new MessageChannel();
let turning = false;
turn.port1.onmessage = () => {
  turning = false;
  if (host?.step()) goOn();
};
function goOn() {
  if (!turning) {
    turning = true;
    turn.port2.postMessage(0);
  }
}

/** @param {any} data */
function take(data) {
  lastTaken = performance.now();
  if (data.type === "request" && ["open", "again"].includes(data.method)) { // the files are others now
    lent.clear();
    supplied.clear();
  }
  if (data.type === "lent") {
    takeLent(data.id, data.files);
    return;
  }
  if (data.type === "taken") {
    boxes.get(data.id)?.taken(data.bytes, data.error);
    return;
  }
  if (data.type === "cancel") {
    boxes.delete(data.id);
    toBeLent.delete(data.id);
  }
  if (data.type === "supply") {
    const at = wanted.findIndex((w) => w.id === data.id);
    const need = wanted.splice(at, 1)[0];
    if (data.bytes) {
      cannotReadFiles ||= !hasReadFiles && !!lent.get(need.entry_id);
      supplied.take(need.entry_id, need.offset, new Uint8Array(data.bytes));
    }
    reply(data.id, null, data.error);
    return;
  }
  const { buffers, ...message } = data;
  for (const bytes of buffers ?? []) spent.add(bytes.byteLength);
  receive(message, buffers ?? []);
  (buffers ?? []).forEach(letGo); // Python has copied them
}

/** @param {any} data */
async function start(data) {
  holdLifeline(data.lifeline);
  try {
    const booted = await boot({
      assets: data.assets,
      onProgress: (/** @type {string} */ stage, /** @type {number} */ done, /** @type {number} */ total) =>
        postMessage({ type: "boot", stage, done, total }),
    });
    loadPackage = booted.load;
    host = booted.py.pyimport("scanfolio.bridge.worker_host");
    postMessage({ type: "ready", protocol: 1, versions: { scanfolio: booted.py.pyimport("scanfolio").__version__ } });
    if (!early.length) host?.warm();
    for (const event of early) take(event.data);
    early = [];
    await ahead(booted);
  } catch (error) {
    postMessage({ type: "failed", detail: String(/** @type {Error} */ (error)?.message ?? error).slice(0, 2000) });
  }
}

/** A disc with one unusual file needs these; have them here before it is asked for, but keep nobody waiting for them.
 * @param {Awaited<ReturnType<typeof boot>>} booted */
async function ahead(booted) {
  const names = /** @type {const} */ (["numpy", "pydicom"]);
  try {
    for (const name of names) booted.prefetch(name);
    for (const name of names) {
      while (performance.now() - lastTaken < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      await booted.load(name);
    }
  } catch {
    // Whoever needs it is told then.
  }
}

// Python that has run out of memory for good fails at every call; where that is in a promise, the page would not hear of it.
addEventListener("unhandledrejection", (event) => postMessage({ type: "died", detail: String(event.reason).slice(0, 2000) }));

addEventListener("message", (event) => {
  if (event.data?.type === "boot") start(event.data);
  else if (event.data?.type === "ping") postMessage({ type: "alive" });
  else if (event.data?.type === "asset-bytes") return; // boot.js listens for these itself
  else if (host) take(event.data);
  else early.push(event);
});
