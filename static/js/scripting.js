// @ts-check
// window.scanfolio: how others embed and automate the page. docs/scripting.md describes it.
import { fromFileList, fromHandle, isArchive } from "./folder.js";
import { writeExport } from "./exporting.js";

/**
 * @param {object} page
 * @param {import("./engine.js").Engine} page.engine
 * @param {import("./showing.js").Showing} page.showing
 * @param {import("./viewport/element.js").ImageViewport} page.viewport
 * @param {(choice: import("./opening.js").Choice) => Promise<any>} page.open
 * @param {() => import("./opening.js").OpenDisc | null} page.disc
 */
export function scripting({ engine, showing, viewport, open, disc }) {
  const need = () => {
    const current = disc();
    if (!current) throw new Error("no disc is open");
    return current;
  };
  return Object.freeze({
    /** Resolves when Python runs. */
    get ready() {
      return engine.ready;
    },
    /** Open files or a directory handle; resolves with the report.
     * @param {FileList | File[] | {path: string, file: File}[] | FileSystemDirectoryHandle} what @param {{name?: string}} [options] */
    async open(what, { name = "" } = {}) {
      if ("kind" in what && what.kind === "directory") {
        const chosen = fromHandle(what);
        return open({ ...chosen, name: name || chosen.name });
      }
      const list = [.../** @type {any[]} */ (/** @type {unknown} */ (what))];
      if (list.length && "path" in list[0]) return open({ name, given: list, total: list.length });
      if (list.length === 1 && isArchive(list[0])) return open({ name: name || list[0].name, archive: list[0] });
      const chosen = fromFileList(list);
      return open({ ...chosen, name: name || chosen.name });
    },
    /** Patients, studies and series known so far. */
    catalogue: () => disc()?.catalogue ?? null,
    /** The report, or null until the disc is judged. */
    report: () => disc()?.report ?? null,
    /** The same as files are saved: the JSON text and the plain text. @returns {Promise<{json: string, text: string}>} */
    reportText: () => need().engine.ask("report_text"),
    /** Show one frame; resolves with whether it was painted. @param {string} sopInstanceUid @param {{frame?: number}} [options] */
    show: (sopInstanceUid, { frame = 0 } = {}) => showing.showInstance(sopInstanceUid, frame),
    /** @param {string} sopInstanceUid @param {{frame?: number}} [options] */
    async storedValues(sopInstanceUid, { frame = 0 } = {}) {
      const { result, buffers } = await need().engine.request("stored_values", { sop_instance_uid: sopInstanceUid, frame });
      return { ...result, buffer: buffers[0] };
    },
    /** Resolves after the paint. @param {number} n */
    step: (n) => showing.step(n),
    /** Resolves after the paint. @param {number} center @param {number} width */
    setWindow: (center, width) => viewport.setWindow(center, width),
    /** What the viewport shows, at the image's own size. */
    pixels: () => viewport.readPixels(),
    /** Write and verify an export: into `folder`, or as a zip into `file`, into the browser's own `storage`, or into a Blob; rejects when nothing could be written.
     * @param {import("./exporting.js").Choices & {folder?: FileSystemDirectoryHandle, file?: FileSystemFileHandle, storage?: boolean}} [options] */
    async export({ folder, file, storage, ...choices } = {}) {
      const target = /** @type {any} */ (folder ? { kind: "folder", handle: folder } : file ? { kind: "file", handle: file } : { kind: storage ? "store" : "blob" });
      const done = await writeExport(need(), choices, target, new AbortController().signal, () => {});
      return { blob: done.written.blob, handle: done.written.handle, manifest: done.manifest, verification: done.verification };
    },
    /** Bytes the page keeps, and what the worker knows. */
    async memory() {
      const worker = engine.isReady ? await engine.ask("memory") : { files: 0, instances: 0 };
      const frames = disc()?.frames;
      return { frame_bytes: frames?.bytes ?? 0, frame_limit_bytes: frames?.limit ?? 0, ...worker };
    },
  });
}
