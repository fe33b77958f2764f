// @ts-check
// Making a copy: plan, where to, write, read back. The page says "done" only when every image is identical.
import { writeExport } from "./exporting.js";
import { t } from "./i18n.js";
import { readSpeed } from "./read-speed.js";
import { SECOND_ZIP_NAME, ZIP_NAME, download } from "./save.js";
import { ViewerMissing } from "./viewer-files.js";

/** @typedef {import("./types.js").ExportChoice} ExportChoice */

export class Copying {
  /** @type {AbortController | null} */
  #running = null;
  #planned = 0;
  /** @type {Promise<number> | null} bytes a second, tried once for a disc */
  #readSpeed = null;

  /** @param {import("./ui/app.js").App} app @param {() => import("./opening.js").OpenDisc | null} disc */
  constructor(app, disc) {
    this.app = app;
    this.disc = disc;
  }

  reset() {
    this.#readSpeed = null;
    this.stop();
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
  }

  /** @param {ExportChoice} choice */
  async plan(choice) {
    const ticket = ++this.#planned;
    const disc = this.disc();
    if (!disc) return;
    try {
      await disc.settled;
      const plan = await disc.engine.ask("plan", wire(choice));
      this.#readSpeed ??= readSpeed(disc.files.values());
      const speed = await this.#readSpeed;
      if (ticket === this.#planned) this.app.setExportPlan({ ...plan, read_bytes_per_second: speed });
    } catch (error) {
      const words = /** @type {any} */ (error).wire;
      if (ticket === this.#planned) this.app.setExportPlan({ refused: words ? `${words.title} ${words.hint}`.trim() : t("export.no_plan") });
    }
  }

  /** @param {ExportChoice} choice */
  async make(choice) {
    const disc = this.disc();
    if (!disc || this.#running) return;
    const running = new AbortController();
    const name = choice.only ? SECOND_ZIP_NAME : ZIP_NAME;
    try {
      // The pickers have to be asked for while the press of the button still counts.
      const target = await targetFor(choice.where, name);
      this.#running = running;
      this.app.setExportProgress({ stage: "checking", done: 0, total: 0 });
      await disc.settled;
      const done = await writeExport(disc, { ...wire(choice), viewer: choice.viewer && !choice.only }, target, running.signal, (progress) => this.app.setExportProgress(progress));
      if (done.verification.ok && target.kind === "blob" && done.written.blob) download(done.written.blob, name);
      this.app.setExportDone({
        ...done.verification,
        ...done.manifest,
        where: choice.where,
        name: choice.where === "zip" ? name : /** @type {any} */ (target).handle?.name,
      });
    } catch (error) {
      const reason = /** @type {any} */ (error);
      if (reason.name === "AbortError" && !this.#running) {
        if (running.signal.aborted) this.app.setExportFailed({ code: "cancelled", title: "" });
      } else if (reason.name === "AbortError") {
        this.app.setExportFailed({ code: "cancelled", title: "" });
      } else {
        this.app.setExportFailed(reason.wire ?? wordsFor(reason));
      }
    } finally {
      if (this.#running === running) this.#running = null;
    }
  }
}

/** What the worker is told. @param {ExportChoice} choice */
const wire = ({ studies, series, encoding, patient_key, only, for_old_software, without }) => ({ studies, series, encoding, patient_key, only: only ?? null, for_old_software: for_old_software ?? false, without: without ?? [] });

/** @param {"folder"|"zip"} where @param {string} name of a .zip @returns {Promise<any>} */
async function targetFor(where, name) {
  const picker = /** @type {any} */ (window);
  if (where === "folder") return { kind: "folder", handle: await picker.showDirectoryPicker({ mode: "readwrite", id: "scanfolio-copy" }) };
  if (picker.showSaveFilePicker) return { kind: "file", handle: await picker.showSaveFilePicker({ suggestedName: name, types: [{ accept: { "application/zip": [".zip"] } }] }) };
  return { kind: "blob" };
}

/** @param {Error} error */
function wordsFor(error) {
  if (error.name === "InvalidModificationError") return { title: t("export.folder_not_empty"), hint: t("export.folder_not_empty_hint") };
  if (error instanceof ViewerMissing) return { title: t("export.viewer_missing"), hint: t("export.viewer_missing_hint"), detail: error.message };
  if (error.name === "NotAllowedError") return { title: t("export.not_allowed"), hint: "" };
  return { title: t("export.failed"), hint: "", detail: String(error) };
}
