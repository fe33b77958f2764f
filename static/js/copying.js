// @ts-check
// Making a copy: plan, where to, write, read back. The page says "done" only when every image is identical.
import { STORE_ABOVE_BYTES, builtIn, forget, forgetLater } from "./browser-store.js";
import { writeExport } from "./exporting.js";
import { t } from "./i18n.js";
import { FILES_LOOKED_AT, readSpeed } from "./read-speed.js";
import { NO_IDENTITY_ZIP_NAME, SECOND_ZIP_NAME, ZIP_NAME, download } from "./save.js";
import { ViewerMissing } from "./viewer-files.js";

/** @typedef {import("./types.js").ExportChoice} ExportChoice */

export class Copying {
  /** @type {AbortController | null} */
  #running = null;
  #planned = 0;
  /** Where a zip of what is planned is built, when this page may not write to the disk. @type {"memory" | "storage"} */
  #builtIn = "memory";
  /** @type {Promise<number> | null} bytes a second, tried once for a disc */
  #readSpeed = null;

  /** @param {import("./ui/app.js").App} app @param {() => import("./opening.js").OpenDisc | null} disc */
  constructor(app, disc) {
    this.app = app;
    this.disc = disc;
  }

  reset() {
    forget(); // nothing of the disc before stays in the browser
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
      this.#readSpeed ??= disc.files.some(FILES_LOOKED_AT).then((files) => readSpeed(files));
      const speed = await this.#readSpeed;
      const place = await builtIn(plan.size_after);
      if (ticket !== this.#planned) return;
      this.#builtIn = place;
      this.app.setExportPlan({ ...plan, read_bytes_per_second: speed, built_in: plan.size_after > STORE_ABOVE_BYTES && !canWriteFiles() ? place : "" });
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
    let kind = "";
    const name = choice.removal ? NO_IDENTITY_ZIP_NAME : choice.only ? SECOND_ZIP_NAME : ZIP_NAME;
    try {
      // The pickers have to be asked for while the press of the button still counts.
      const target = await targetFor(choice.where, name, this.#builtIn);
      kind = target.kind;
      this.#running = running;
      this.app.setExportProgress({ stage: "checking", done: 0, total: 0 });
      await disc.settled;
      const done = await writeExport(disc, { ...wire(choice), viewer: choice.viewer && !choice.only }, target, running.signal, (progress) => this.app.setExportProgress(progress));
      if (done.verification.ok && done.written.blob && ["blob", "store"].includes(target.kind)) download(done.written.blob, name);
      if (done.verification.ok && target.kind === "store") forgetLater(done.manifest.total_bytes);
      if (done.manifest.left_out.some((/** @type {any} */ { code }) => code === "unreadable")) disc.noteFailure();
      this.app.setExportDone({
        ...done.verification,
        ...done.manifest,
        where: choice.where,
        gone: done.gone,
        name: choice.where === "zip" ? name : /** @type {any} */ (target).handle?.name,
      });
    } catch (error) {
      const reason = /** @type {any} */ (error);
      if (reason.name !== "AbortError") disc.noteFailure();
      const full = /Quota/.test(reason.wire?.detail ?? reason.name);
      if (reason.name === "AbortError" && !this.#running) {
        if (running.signal.aborted) this.app.setExportFailed({ code: "cancelled", title: "" });
      } else if (reason.name === "AbortError") {
        this.app.setExportFailed({ code: "cancelled", title: "" });
      } else if (full && kind === "store") {
        this.app.setExportFailed({ title: t("export.store_full"), hint: t("export.store_full_hint"), detail: reason.wire?.detail });
      } else {
        this.app.setExportFailed(reason.wire ?? wordsFor(reason));
      }
    } finally {
      if (this.#running === running) this.#running = null;
    }
  }
}

/** What the worker is told. @param {ExportChoice} choice */
const wire = ({ studies, series, encoding, patient_key, only, for_old_software, without, removal }) => ({ studies, series, encoding, patient_key, only: only ?? null, for_old_software: for_old_software ?? false, without: without ?? [], removal: removal ?? null });

/** May this page write a .zip where the person wants it? */
const canWriteFiles = () => "showSaveFilePicker" in window;

/** @param {"folder"|"zip"} where @param {string} name of a .zip @param {"memory" | "storage"} builtIn @returns {Promise<any>} */
async function targetFor(where, name, builtIn) {
  const picker = /** @type {any} */ (window);
  if (where === "folder") return { kind: "folder", handle: await picker.showDirectoryPicker({ mode: "readwrite", id: "scanfolio-copy" }) };
  if (canWriteFiles()) return { kind: "file", handle: await picker.showSaveFilePicker({ suggestedName: name, types: [{ accept: { "application/zip": [".zip"] } }] }) };
  return { kind: builtIn === "storage" ? "store" : "blob" };
}

/** @param {Error} error */
function wordsFor(error) {
  if (error.name === "InvalidModificationError") return { title: t("export.folder_not_empty"), hint: t("export.folder_not_empty_hint") };
  if (error instanceof ViewerMissing) return { title: t("export.viewer_missing"), hint: t("export.viewer_missing_hint"), detail: error.message };
  if (error.name === "NotAllowedError") return { title: t("export.not_allowed"), hint: "" };
  return { title: t("export.failed"), hint: "", detail: String(error) };
}
