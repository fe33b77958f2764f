// While the copy is made: four stages, a count, a way to stop.
import { formatTimeLeft, phrase, t } from "../i18n.js";
import { STAGES, stageAt } from "./export-choices.js";
import { emit, h, icon, put, setText } from "./h.js";
import { TimeLeft } from "./time-left.js";

export class ExportWriting {
  #reached = -1;
  /** @type {[number, number][]} */
  #counts = [];
  #timeLeft = new TimeLeft();
  /** @type {"folder"|"zip"} */
  #where = "zip";

  constructor() {
    this.left = h("p", { class: "plain" });
    this.stages = h("ol", { class: "stages" });
    this.rows = STAGES.map((stage) => {
      const shape = h("span", { class: "stage-shape" });
      const count = h("span", { class: "num" });
      const bar = h("div", { class: "progress", role: "progressbar", "aria-label": phrase(`stage.${stage}.now`), "aria-valuemin": "0", "aria-valuemax": "100", hidden: true }, h("i", {}));
      const what = h("p", { hidden: true });
      const name = h("b", {}, t(`stage.${stage}.todo`));
      return { stage, shape, count, bar, what, name, element: h("li", {}, shape, name, count, bar, what) };
    });
    put(this.stages, ...this.rows.map((row) => row.element));
    this.undo = h("p", { class: "label" });
    this.element = h("div", { class: "run" },
      h("header", {}, h("h1", { tabindex: "-1" }, phrase("writing.title")), this.left),
      this.stages,
      h("div", { class: "button-row" },
        h("button", { class: "button large", type: "button", on: { click: () => emit(this.element, "stop", "export") } }, icon("stop"), phrase("action.stop")),
        h("button", { class: "button quiet", type: "button", on: { click: () => emit(this.element, "go", "disc") } }, phrase("writing.look"))),
      this.undo);
  }

  /** @param {"folder"|"zip"} where */
  start(where) {
    this.#reached = -1;
    this.#counts = STAGES.map(() => [0, 0]);
    this.#where = where;
    this.update({ stage: "preparing", done: 0, total: 0 });
  }

  /** The language has changed; the counts come with the next step. */
  reword() {
    if (this.#reached < 0) return;
    setText(this.undo, t(this.#where === "folder" ? "writing.undo_folder" : "writing.undo_zip"));
    this.rows.forEach((row, each) => this.#row(row, each, row.what.textContent ?? ""));
  }

  /** @param {{stage: string, done: number, total: number, what?: string}} progress */
  update({ stage, done, total, what = "" }) {
    const at = stageAt(stage, this.#reached);
    if (at !== this.#reached) this.#timeLeft = new TimeLeft();
    this.#reached = at;
    this.#counts[at] = [done, total];
    this.#timeLeft.note(done, performance.now());
    const left = formatTimeLeft(total ? this.#timeLeft.secondsFor(total - done) : NaN);
    setText(this.left, [left && at === 1 ? t("writing.stage_left", { left }) : "", t("writing.stay")].filter(Boolean).join(" "));
    setText(this.undo, t(this.#where === "folder" ? "writing.undo_folder" : "writing.undo_zip"));
    this.rows.forEach((row, each) => this.#row(row, each, what));
    return { at, done, total };
  }

  /** @param {typeof this.rows[number]} row @param {number} each @param {string} what */
  #row(row, each, what) {
    const state = each < this.#reached ? "done" : each === this.#reached ? "now" : "todo";
    const [done, total] = this.#counts[each];
    if (row.element.dataset.state !== state) {
      row.element.dataset.state = state;
      row.element.className = state === "done" ? "tone-good" : state === "now" ? "tone-info" : "todo tone-none";
      put(row.shape, icon(`shape-${state === "done" ? "good" : state === "now" ? "half" : "todo"}`, "stage-icon"));
      if (state === "now") row.element.setAttribute("aria-current", "step");
      else row.element.removeAttribute("aria-current");
    }
    setText(row.name, t(`stage.${row.stage}.${state}`));
    setText(row.count, total && state !== "todo" ? t("count.of", { done: state === "done" ? total : done, total }) : "");
    row.bar.hidden = state !== "now";
    row.bar.style.setProperty("--at", `${total ? (100 * done) / total : 0}%`);
    row.bar.setAttribute("aria-valuenow", String(total ? Math.floor((100 * done) / total) : 0));
    row.what.hidden = state !== "now" || !what;
    setText(row.what, what);
  }
}
