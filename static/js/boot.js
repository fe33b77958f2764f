// In the worker: starts Python, and brings further packs in when they are needed.
import { loadPyodide } from "pyodide/pyodide.mjs";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import { gunzip, unpack } from "./pack.js";

/** @typedef {"numpy" | "pydicom" | "imagecodecs"} PackName */
/**
 * Where the bytes come from: `base` is the address of assets/ (http), `versions` what to ask for so that no stale copy is
 * used; `bytes` holds what the page handed over (after a double click nothing can be fetched).
 * @typedef {{base?: string, versions?: Record<string, string>, bytes?: Record<string, ArrayBuffer>}} Assets
 */
/** @typedef {(stage: string, done: number, total: number) => void} OnProgress */

/** What must be loaded before a pack. @type {Record<PackName, PackName[]>} */
const NEEDS = { numpy: [], pydicom: [], imagecodecs: ["numpy"] };
const STEPS = 3;

/**
 * Start Python with the standard library and scanfolio, nothing more.
 *
 * `load(name)` unpacks a further pack, once; `prefetch(name)` only begins to fetch it.
 * @param {{assets: Assets, onProgress?: OnProgress}} options
 */
export async function boot({ assets, onProgress = () => {} }) {
  const source = assets.base === undefined ? await fromPage(assets.bytes ?? {}) : fromServer(assets.base, assets.versions ?? {});
  onProgress("boot", 0, STEPS);
  const core = source.bytes("core.pack").then(gunzip);
  core.catch(() => {}); // awaited below; a failure must not be reported twice
  const py = await loadPyodide({
    // Pyodide appends "pyodide.asm.wasm" to this; after "#" that changes nothing.
    indexURL: `${source.url("pyodide.asm.wasm")}#/`,
    stdLibURL: source.url("python_stdlib.zip"),
    createPyodideModule,
    lockFileContents: { info: LOCK_INFO, packages: {} },
    packageBaseUrl: "https://invalid.invalid/", // nothing is ever installed from a network
  });
  onProgress("boot", 1, STEPS);
  const folder = py.runPython("import sysconfig; sysconfig.get_path('purelib')");
  unpack(py.FS, folder, await core);
  onProgress("boot", 2, STEPS);

  /** @type {Map<PackName, Promise<ArrayBuffer>>} */
  const fetching = new Map();
  /** @type {Map<PackName, Promise<void>>} */
  const loading = new Map();
  /** @param {PackName} name */
  function prefetch(name) {
    for (const first of NEEDS[name]) prefetch(first);
    if (!fetching.has(name)) {
      const arriving = source.bytes(`${name}.pack`).then(gunzip);
      arriving.catch(() => fetching.delete(name)); // so that a later load() tries again
      fetching.set(name, arriving);
    }
  }
  /** @param {PackName} name @returns {Promise<void>} */
  function load(name) {
    const known = loading.get(name);
    if (known) return known;
    const loaded = (async () => {
      prefetch(name);
      for (const first of NEEDS[name]) await load(first);
      unpack(py.FS, folder, /** @type {ArrayBuffer} */ (await fetching.get(name)));
      fetching.set(name, Promise.resolve(new ArrayBuffer(0))); // unpacked: let go of the bytes
      py.runPython("import sys\nfor _f in sys.path_importer_cache.values():\n  if hasattr(_f, 'path_mtime'): _f.invalidate_caches()");
    })();
    loaded.catch(() => loading.delete(name));
    loading.set(name, loaded);
    return loaded;
  }
  onProgress("boot", STEPS, STEPS);
  return { py, load, prefetch };
}

const LOCK_INFO = /** @type {const} */ ({ abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.0", version: "1" });

/** @param {string} base @param {Record<string, string>} versions */
function fromServer(base, versions) {
  /** @param {string} name */
  const url = (name) => `${base}${name}${versions[name] ? `?v=${versions[name]}` : ""}`;
  /** @param {string} name */
  async function bytes(name) {
    const answer = await fetch(url(name));
    if (!answer.ok) throw new Error(`${name}: the server answered ${answer.status}`);
    return answer.arrayBuffer();
  }
  return { url, bytes };
}

/**
 * Bytes that the page transferred, and further ones asked of it. Pyodide wants addresses for two of them: a blob: address
 * where this worker may fetch one, else a data: address (WebKit refuses blob: here).
 * @param {Record<string, ArrayBuffer>} given
 */
async function fromPage(given) {
  const blobs = await fetch(URL.createObjectURL(new Blob(["x"]))).then(() => true, () => false);
  /** @param {string} name */
  function url(name) {
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    const data = given[name];
    if (!data) throw new Error(`${name} was not handed over`);
    delete given[name];
    return blobs ? URL.createObjectURL(new Blob([data], { type })) : `data:${type};base64,${base64(new Uint8Array(data))}`;
  }
  /** @param {string} name */
  async function bytes(name) {
    const data = given[name];
    delete given[name];
    return data ?? askPage(name);
  }
  return { url, bytes };
}

/** @param {string} name @returns {Promise<ArrayBuffer>} */
function askPage(name) {
  return new Promise((resolve, reject) => {
    /** @param {MessageEvent} event */
    function answer(event) {
      if (event.data?.type !== "asset-bytes" || event.data.name !== name) return;
      removeEventListener("message", answer);
      if (event.data.bytes) resolve(event.data.bytes);
      else reject(new Error(event.data.error));
    }
    addEventListener("message", answer);
    postMessage({ type: "asset", name });
  });
}

/** @param {Uint8Array} data */
function base64(data) {
  let text = "";
  for (let start = 0; start < data.length; start += 32766) text += btoa(String.fromCharCode(...data.subarray(start, start + 32766)));
  return text;
}
