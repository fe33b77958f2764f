// What the build and the runtime put in, as the type checker should see it.

declare module "pyodide/pyodide.mjs" {
  export { loadPyodide } from "pyodide/pyodide";
}

declare module "pyodide/pyodide.asm.mjs" {
  const createPyodideModule: NonNullable<NonNullable<Parameters<typeof import("pyodide/pyodide").loadPyodide>[0]>["createPyodideModule"]>;
  export default createPyodideModule;
}

/** Our files' short hashes, by name (tools/build/site.py). Not there when the modules run unbundled. */
declare const __ASSET_VERSIONS__: Record<string, string> | undefined;

/** What the viewer on a disc consists of (tools/build/viewer.py). */
declare const __VIEWER__: { bytes: number; scripts: string[] } | undefined;

/** Set by the disc.js beside a copy that Scanfolio made: nothing of a person, see py/scanfolio/export/viewer.py. */
declare var SCANFOLIO_DISC: { file_set: string; made: string; instances: number; series: number; part: number; of: number } | undefined;

/** Called by the scripts in offline/, see packs.js. */
declare var SCANFOLIO_PACK: ((name: string, gzipped: 0 | 1, text: string) => void) | undefined;
