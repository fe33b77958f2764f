// tests/unit in the Pyodide and with the very packs that dist/ ships.
// node run_in_pyodide.mjs PYODIDE_DIR DIST ROOT PYTEST_DIR REPORT.xml [pytest arguments …]
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzip, unpack } from "../static/js/pack.js";

const [pyodideDir, dist, root, pytestDir, report, ...extra] = process.argv.slice(2).map((part, i) => (i < 5 ? resolve(part) : part));
const { loadPyodide } = await import(pathToFileURL(join(pyodideDir, "pyodide.mjs")).href);
const { info } = JSON.parse(readFileSync(join(pyodideDir, "pyodide-lock.json"), "utf8"));
const py = await loadPyodide({
  indexURL: pyodideDir,
  stdLibURL: join(dist, "assets/python_stdlib.zip"),
  lockFileContents: { info, packages: {} },
});
const site = py.runPython("import sysconfig; sysconfig.get_path('purelib')");
for (const name of ["core", "numpy", "pydicom", "imagecodecs"]) {
  const data = readFileSync(join(dist, `assets/${name}.pack`));
  unpack(py.FS, site, await gunzip(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)));
}
const corpus = process.env.SCANFOLIO_CORPUS ?? join(root, "../shared/corpus");
const folders = { "/project": root, "/pytest": pytestDir, "/report": dirname(report) };
if (existsSync(corpus)) folders["/corpus"] = corpus;
for (const [where, folder] of Object.entries(folders)) {
  py.FS.mkdir(where);
  py.FS.mount(py.FS.filesystems.NODEFS, { root: folder }, where);
}
py.globals.set("arguments", py.toPy(extra.length ? extra : ["tests/unit"]));
py.globals.set("report", `/report/${report.split(/[\\/]/).pop()}`);
process.exitCode = await py.runPythonAsync(`
import os, sys
os.chdir("/project")
os.environ["SCANFOLIO_CORPUS"] = "/corpus"
sys.dont_write_bytecode = True
sys.path.append("/pytest")
import pytest
# The packs are what is tested, so py/ must not come before them.
paths = "pythonpath=tests tools ."
int(pytest.main(["-q", "--color=no", "-p", "no:cacheprovider", "-o", paths, f"--junitxml={report}", *arguments]))
`);
