// What is known about the open disc and what the person said about it, and what follows from both. No page.
import { formatPersonSpoken, t } from "../i18n.js";
import { discHolds, seriesOf, seriesTitle, shownPatients } from "./catalogue-view.js";
import { FULL_PAGE } from "./report-view.js";
import { TimeLeft } from "./time-left.js";

/** @typedef {import("../types.js").Catalogue} Catalogue */
/** @typedef {import("../types.js").Report} Report */
/** @typedef {import("./person-card.js").Answer} Answer */
/** @typedef {{title: string, text?: string, icon?: string}} Words */

export class DiscState {
  /** @type {"reading"|"judging"|"done"} */
  phase = "reading";
  name = "";
  /** @type {Catalogue | null} */
  catalogue = null;
  /** @type {Report | null} */
  report = null;
  /** @type {import("../types.js").SavedReport | null} */
  saved = null;
  savedAsked = false;
  reading = { done: 0, total: 0 };
  /** Name of the archive on the disc that is being looked into. */
  opening = "";
  timeLeft = new TimeLeft();
  checkedAt = new Date();
  /** Key of the series in view. */
  current = "";
  hasImage = false;
  /** A person picked on a disc of several. @type {string | null} */
  chosen = null;
  /** Is this the right person? @type {Answer} */
  answer = "wait";
  /** The full-page answer was put aside: "look at the scans". */
  looking = false;
  /** Another person was chosen: the picture of the one before must not be seen again. */
  awaitsPaint = false;
  /** Why there is no picture. @type {Words | null} */
  message = null;

  /** An archive is looked into: more people and images may come, so what was said of them is open again. @param {string} name */
  lookFurther(name) {
    Object.assign(this, { phase: "reading", report: null, reading: { done: 0, total: 0 }, opening: name, timeLeft: new TimeLeft(), chosen: null, answer: "wait", looking: false, message: null });
  }

  /** Those that may be shown. */
  get patients() {
    return shownPatients(this.catalogue, this.chosen);
  }

  get complete() {
    return this.catalogue?.complete ?? true;
  }

  /** The chosen person's name on a disc of several, else "". */
  get chosenName() {
    return this.chosen === null ? "" : formatPersonSpoken(this.patients[0]?.name ?? "") || t("person.no_name");
  }

  get seriesName() {
    const found = seriesOf(this.patients).find(({ series }) => series.key === this.current);
    return found ? seriesTitle(found.series) : "";
  }

  /** The answer takes the whole page. */
  get isFullPage() {
    return this.report !== null && FULL_PAGE.has(this.report.verdict.class) && this.chosen === null && !this.looking;
  }

  /** What stands in the picture's place, null where the picture may be seen: none of anyone until it is clear whose it is.
   * @returns {Words | null} */
  get cover() {
    const done = this.phase === "done";
    const several = (this.catalogue?.patients.length ?? 0) > 1 && this.chosen === null;
    if (several && !this.looking && (!done || this.report?.verdict.class === "H")) {
      return { title: t("stage.several"), text: t(done ? "stage.several_choose" : "stage.several_more"), icon: "person" };
    }
    if (this.message) return { ...this.message, icon: "document" };
    if (this.hasImage && !this.awaitsPaint) return null;
    if (done && !this.awaitsPaint) return { title: t("stage.nothing"), text: t("stage.nothing_more"), icon: "document" };
    return { title: t("stage.first"), text: t("stage.first_more"), icon: "disc" };
  }

  /** Why there can be no copy, as the key of a sentence; "" when there can. */
  get noCopy() {
    if (this.phase !== "done") return "export.after_reading";
    const patients = this.patients;
    if (!discHolds(patients).series) return "export.nothing_here";
    if (patients.length > 1) return "export.several";
    if (this.answer === "wrong") return "export.wrong_person";
    return "";
  }

  /** The series to show for whoever was chosen; null when one of theirs is in view. */
  get firstSeries() {
    const list = seriesOf(this.patients);
    if (list.some(({ series }) => series.key === this.current)) return null;
    return (list.find(({ series }) => series.shows === "image") ?? list[0])?.series ?? null;
  }
}
