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

/** Called by the scripts in offline/, see packs.js. */
declare var SCANFOLIO_PACK: ((name: string, gzipped: 0 | 1, text: string) => void) | undefined;
