// The first screen: choose a disc. Its markup stands in index.html, so that it is there before any script.
import { readAhead } from "../ahead.js";
import { formatDate, t } from "../i18n.js";
import { thisDisc } from "../this-disc.js";
import { emit, h, icon, put, setText } from "./h.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const CAN_FOLDER = "webkitdirectory" in HTMLInputElement.prototype;
const CAN_PICK = "showDirectoryPicker" in window;

export class Landing {
  /** @type {{stage?: string, done?: number, total?: number} | "ready" | "failed"} */
  #engine = {};

  constructor() {
    this.element = byId("screen-landing");
    this.here = thisDisc(globalThis.SCANFOLIO_DISC, document.baseURI);
    this.open = byId("open-folder");
    this.folderInput = /** @type {HTMLInputElement} */ (byId("folder-input"));
    this.zipInput = /** @type {HTMLInputElement} */ (byId("zip-input"));
    this.open.addEventListener("click", () => this.#openFolder());
    byId("open-zip").addEventListener("click", () => this.zipInput.click());
    byId("open-sample").addEventListener("click", () => emit(this.element, "open-sample"));
    this.folderInput.addEventListener("change", () => {
      const first = this.folderInput.files?.[0];
      if (first) readAhead(first); // before all else: the browser fetches it while the page is busy
      this.#taken(this.folderInput, () => emit(this.element, "open-folder", { files: copyOf(this.folderInput.files) }));
    });
    this.zipInput.addEventListener("change", () => this.#taken(this.zipInput, () => emit(this.element, "open-zip", { file: this.zipInput.files?.[0] })));
    if (!CAN_FOLDER && !CAN_PICK) {
      byId("open-label").dataset.t = "landing.only_zip";
      byId("open-or").dataset.t = "landing.only_zip_why";
    }
    if (this.here) {
      byId("open-label").dataset.t = "this_disc.open";
      setText(byId("open-label"), t("this_disc.open"));
      byId("sample").hidden = true; // it is not on the disc
      this.#showThisDisc(this.here);
    }
    this.#listenForDrops();
  }

  /** The language has changed. */
  reword() {
    this.setEngine(this.#engine);
    if (this.here) this.#showThisDisc(this.here);
  }

  /** Beside a copy: what it is, and the one thing the browser does not do by itself. @param {import("../this-disc.js").ThisDisc} here */
  #showThisDisc({ instances, made, part, of, place }) {
    const lead = t("this_disc.lead", { count: instances, date: formatDate(made) });
    const element = byId("this-disc");
    element.hidden = false;
    put(element, h("p", { class: "plain" }, h("b", {}, lead), of > 1 ? ` ${t("this_disc.part", { part, of })}` : ""),
      h("p", { class: "plain" }, t(place ? "this_disc.choose" : "this_disc.choose_copy"), place ? [" ", h("bdi", { class: "place" }, place)] : null));
  }

  /** @param {{stage?: string, done?: number, total?: number} | "ready" | "failed"} state */
  setEngine(state) {
    this.#engine = state;
    const line = byId("engine");
    const bar = /** @type {HTMLElement} */ (line.querySelector(".progress"));
    line.classList.toggle("is-ready", state === "ready");
    line.classList.toggle("is-failed", state === "failed");
    bar.hidden = state === "failed";
    let share = 1;
    if (state === "ready") setText(byId("engine-text"), t("engine.ready"));
    else if (state === "failed") setText(byId("engine-text"), t("engine.failed"));
    else {
      share = state.total ? Math.min(1, (state.done ?? 0) / state.total) : 0;
      setText(byId("engine-text"), share ? t("engine.progress", { percent: Math.floor(share * 100) }) : t("engine.starting"));
    }
    bar.style.setProperty("--at", `${share * 100}%`);
  }

  /** A sentence where a disc was refused or could not be opened. @param {import("../types.js").ErrorWords | null} error @param {{retry?: boolean}} [options] */
  setRefusal(error, { retry = true } = {}) {
    const notice = byId("notice");
    notice.hidden = !error;
    put(notice, error && h("div", { class: "note tone-stop" }, icon("shape-stops", "shape"), h("div", {},
      h("strong", {}, error.title), error.hint ? h("p", {}, error.hint) : null,
      retry ? h("div", { class: "button-row" }, h("button", { class: "button", type: "button", on: { click: () => emit(this.element, "retry") } }, t("action.try_again"))) : null,
      error.detail ? h("details", { class: "disclose" }, h("summary", {}, icon("right", "icon s chev"), t("failed.details")), h("pre", { class: "tree" }, [error.code, error.where, error.detail].filter(Boolean).join("\n"))) : null)));
  }

  async #openFolder() {
    const picker = /** @type {any} */ (window).showDirectoryPicker;
    if (typeof picker !== "function") {
      (CAN_FOLDER ? this.folderInput : this.zipInput).click();
      return;
    }
    try {
      const handle = await picker.call(window, { mode: "read" });
      emit(this.element, "open-folder", { handle });
    } catch (error) {
      // The person closed the picker: nothing to say. Anything else: the browser offers one it does not allow here.
      if (/** @type {Error} */ (error).name !== "AbortError") this.folderInput.click();
    }
  }

  /** @param {HTMLInputElement} input @param {() => void} send */
  #taken(input, send) {
    if (input.files?.length) {
      this.setRefusal(null);
      send();
    } else this.setRefusal({ title: t("landing.empty"), hint: t("landing.empty_hint") }, { retry: false });
    input.value = ""; // so that choosing the same disc again is noticed
  }

  #listenForDrops() {
    const area = byId("drop");
    let depth = 0;
    const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
    // Anywhere on the page: a disc that misses the area must not make the browser leave the page.
    window.addEventListener("dragenter", (event) => { if (carriesFiles(event)) area.classList.toggle("over", ++depth > 0); });
    window.addEventListener("dragleave", (event) => { if (carriesFiles(event)) area.classList.toggle("over", --depth > 0); });
    window.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
    window.addEventListener("drop", (event) => {
      depth = 0;
      area.classList.remove("over");
      if (!carriesFiles(event)) return;
      event.preventDefault();
      emit(this.element, "drop-items", event.dataTransfer);
    });
  }
}

/** The browser empties the list when the input is cleared. @param {FileList | null} files */
const copyOf = (files) => [...(files ?? [])];
