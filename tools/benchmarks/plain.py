"""What our page is compared with where no other viewer is at hand: the plainest page that could do the same."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.build.paths import ARTEFACTS, NODE_MODULES

PYODIDE_PAGE = """<!doctype html><meta charset="utf-8"><title>plain Pyodide</title><script type="module">
const worker = new Worker("worker.mjs", { type: "module" });
worker.onmessage = () => performance.mark("scanfolio:ready");
</script>"""
PYODIDE_WORKER = """import { loadPyodide } from "./pyodide/pyodide.mjs";
const at = (name) => new URL(name, import.meta.url).href;
const py = await loadPyodide({ indexURL: at("./pyodide/") });
await py.loadPackage(WHEELS.map(at), { checkIntegrity: false });
await py.runPythonAsync("import numpy, pydicom");
postMessage("ready");
"""
READING_PAGE = """<!doctype html><meta charset="utf-8"><title>plain reading</title><body style="height: 90vh">
<input type="file" webkitdirectory id="folder-input"><script type="module">
performance.mark("scanfolio:ready");
const input = document.getElementById("folder-input");
// sixteen at a time, 16 KB of each, nothing made of them: the floor for any page that has to know what every file is
input.onchange = async () => {
  const files = [...input.files];
  let next = 0, total = 0;
  const run = async () => {
    while (next < files.length) {
      const file = files[next++];
      total += (await file.slice(0, 16384).arrayBuffer()).byteLength;
      if (file === files[0]) performance.mark("scanfolio:first-file");
    }
  };
  await Promise.all(Array.from({ length: 16 }, run));
  performance.mark("scanfolio:indexed");
};
// a folder dropped: only its first file is read, as soon as the browser has named it
async function* filesIn(folder) {
  for await (const handle of folder.values()) {
    if (handle.kind === "directory") yield* filesIn(handle);
    else yield handle;
  }
}
document.ondragover = (event) => event.preventDefault();
document.ondrop = async (event) => {
  event.preventDefault();
  let first = true;
  for await (const handle of filesIn(await event.dataTransfer.items[0].getAsFileSystemHandle())) {
    if (first) {
      await (await handle.getFile()).slice(0, 16384).arrayBuffer();
      performance.mark("scanfolio:first-file");
    }
    first = false;
  }
  performance.mark("scanfolio:indexed");
};
</script>"""


def pyodide_page(folder: Path) -> Path:
    """A page that starts Pyodide in a worker and imports numpy and pydicom from their wheels. Needs a build's cache."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(
        NODE_MODULES / "pyodide", folder / "pyodide", ignore=shutil.ignore_patterns("node_modules", "*.d.ts", "*.map")
    )
    wheels = sorted(p for p in ARTEFACTS.glob("*.whl") if p.name.startswith(("numpy-", "pydicom-")))
    for wheel in wheels:
        shutil.copyfile(wheel, folder / wheel.name)
    names = ", ".join(f'"./{wheel.name}"' for wheel in wheels)
    (folder / "index.html").write_text(PYODIDE_PAGE, encoding="utf-8")
    (folder / "worker.mjs").write_text(PYODIDE_WORKER.replace("WHEELS", f"[{names}]"), encoding="utf-8")
    return folder


def reading_page(folder: Path) -> Path:
    """A page without Python that only reads the first 16 KB of every file; of a folder dropped, of the first file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(READING_PAGE, encoding="utf-8")
    return folder
