// @ts-check
// The files of Scanfolio itself, to be put beside a copy: the scripts of offline/, from which py/scanfolio/export/viewer.py
// makes all others and knows whether they are what was built. Fetched where the page may fetch; after a double click a
// page may not, and writes the scripts again from what they said.
import { FROM_SCRIPTS, saidBy } from "./packs.js";

const VIEWER = typeof __VIEWER__ === "undefined" ? { bytes: 0, scripts: [] } : __VIEWER__;

/** About how many bytes go along; 0 where there is nothing that could. */
export const viewerBytes = VIEWER.bytes;

/** Something of the page's own folder is not there, or no longer. */
export class ViewerMissing extends Error {}

/**
 * @param {AbortSignal} signal @param {(done: number, total: number) => void} onProgress
 * @returns {Promise<{path: string, file: Blob}[]>} rejects with ViewerMissing
 */
export async function viewerFiles(signal, onProgress) {
  const files = [];
  for (const name of VIEWER.scripts) {
    signal.throwIfAborted();
    onProgress(files.length, VIEWER.scripts.length);
    files.push({ path: `offline/${name}`, file: await script(name, signal) });
  }
  return files;
}

/** @param {string} name @param {AbortSignal} signal @returns {Promise<Blob>} */
async function script(name, signal) {
  try {
    if (FROM_SCRIPTS) {
      const { name: asset, gzipped, text } = await saidBy(name);
      return new Blob([`SCANFOLIO_PACK(${JSON.stringify(asset)},${gzipped},"`, text, '");\n']);
    }
    const answer = await fetch(new URL(`offline/${name}`, document.baseURI), { signal, cache: "no-cache" });
    if (answer.ok) return await answer.blob();
    throw new Error(`offline/${name}: the server answered ${answer.status}`);
  } catch (error) {
    signal.throwIfAborted();
    throw new ViewerMissing(String(error));
  }
}
