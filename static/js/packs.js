// On the page: where the page's own files come from. Over http they are fetched; after a double click (file:) a page may
// read nothing but scripts, so every file also exists as a script that calls SCANFOLIO_PACK (tools/build/site.py).

import { gunzip } from "./pack.js";

/** File name → short hash, put in by the build; empty when the modules run unbundled. @type {Record<string, string>} */
const VERSIONS = typeof __ASSET_VERSIONS__ === "undefined" ? {} : __ASSET_VERSIONS__;
const ON_FILE = location.protocol === "file:";
/** A viewer on a disc has the scripts only, also where somebody serves the disc. */
export const FROM_SCRIPTS = ON_FILE || globalThis.SCANFOLIO_DISC !== undefined;
const BASE = new URL("assets/", document.baseURI).href;
/** What the worker cannot start without. */
const FOR_START = ["pyodide.asm.wasm", "python_stdlib.zip", "core.pack"];

/**
 * The bytes of one of our own files, e.g. "sample.zip".
 * @param {string} name @returns {Promise<ArrayBuffer>}
 */
export async function assetBytes(name) {
  if (FROM_SCRIPTS) return bytesFromScript(name);
  const answer = await fetch(addressOf(name));
  if (!answer.ok) throw new Error(`${name}: the server answered ${answer.status}`);
  return answer.arrayBuffer();
}

/**
 * A worker that has been told to boot ({type: "boot", assets}) and whose requests for further files are answered here.
 *
 * It is made from a blob: or data: address, never from one on the network, because only then does it inherit the page's
 * content policy. Chromium refuses blob: module workers on file:, so there it is data:.
 * @param {string} lifeline the name of the lock it holds while it lives
 * @returns {Promise<Worker>}
 */
export async function startWorker(lifeline) {
  const code = assetBytes("worker.mjs").then((bytes) => new TextDecoder().decode(bytes));
  /** @type {Record<string, ArrayBuffer>} */
  const bytes = {};
  if (FROM_SCRIPTS) await Promise.all(FOR_START.map(async (name) => void (bytes[name] = await bytesFromScript(name))));
  const worker = new Worker(workerAddress(await code), { type: "module", name: "scanfolio" });
  worker.addEventListener("message", async ({ data }) => {
    if (data?.type !== "asset") return;
    try {
      const bytes = await assetBytes(data.name);
      worker.postMessage({ type: "asset-bytes", name: data.name, bytes }, [bytes]);
    } catch (error) {
      worker.postMessage({ type: "asset-bytes", name: data.name, error: String(error) });
    }
  });
  if (FROM_SCRIPTS) worker.postMessage({ type: "boot", lifeline, assets: { bytes } }, Object.values(bytes));
  else worker.postMessage({ type: "boot", lifeline, assets: { base: BASE, versions: VERSIONS } });
  return worker;
}

/** @param {string} name */
function addressOf(name) {
  return `${BASE}${name}${VERSIONS[name] ? `?v=${VERSIONS[name]}` : ""}`;
}

/** @param {string} code */
function workerAddress(code) {
  const named = `${code}\n//# sourceURL=worker.mjs`;
  if (!ON_FILE) return URL.createObjectURL(new Blob([named], { type: "text/javascript" }));
  return `data:text/javascript;charset=utf-8,${named.replace(/[%#\n\r\t]/g, encodeURIComponent)}`;
}

/** What a script of offline/ says: its asset's name, whether that is gzipped, and its bytes in base64. @typedef {{name: string, gzipped: 0|1, text: string}} Said */
/** @type {Said | null} of the script that has run last */
let said = null;

/** @param {string} script @returns {Promise<Said>} */
export async function saidBy(script) {
  globalThis.SCANFOLIO_PACK ??= (name, gzipped, text) => void (said = { name, gzipped, text });
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = new URL(`offline/${script}`, document.baseURI).href;
    element.onload = () => {
      // Nothing runs between a script and its load event.
      element.remove();
      const what = said;
      said = null;
      if (what) resolve(what);
      else reject(new Error(`offline/${script} holds something else`));
    };
    element.onerror = () => reject(new Error(`offline/${script} could not be loaded: is the whole folder here?`));
    document.head.append(element);
  });
}

/** The script that holds an asset, as tools/build/viewer.py names it. @param {string} name */
const scriptOf = (name) => `${name.split(".")[0].replaceAll("-", "_").slice(0, 8)}.js`;

/** @param {string} name @returns {Promise<ArrayBuffer>} */
async function bytesFromScript(name) {
  const pack = await saidBy(scriptOf(name));
  if (pack.name !== name) throw new Error(`offline/${scriptOf(name)} holds ${pack.name}`);
  const bytes = fromBase64(pack.text);
  if (!pack.gzipped) return bytes.buffer;
  return gunzip(bytes.buffer);
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function fromBase64(text) {
  if ("fromBase64" in Uint8Array) return /** @type {any} */ (Uint8Array).fromBase64(text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
