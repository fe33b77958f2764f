// Runs Python code in the very Pyodide we ship: `node in_pyodide.mjs PYODIDE_DIR ROOT SCRIPT.py JOB_JSON`.
// ROOT is mounted as /root_folder, so that the script can read and write there; it finds its job in `job`.
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";

const [pyodideDir, root, script, job] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodideDir}/pyodide.mjs`).href);
const py = await loadPyodide({ indexURL: pyodideDir, lockFileContents: { info: JSON.parse(readFileSync(`${pyodideDir}/pyodide-lock.json`, "utf8")).info, packages: {} } });
py.FS.mkdir("/root_folder");
py.FS.mount(py.FS.filesystems.NODEFS, { root }, "/root_folder");
py.globals.set("job", job);
try {
  await py.runPythonAsync(readFileSync(script, "utf8"), { filename: script });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
