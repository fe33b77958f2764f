// The disc as it is known, drawn on every screen that shows something of it. Nothing here changes what is known.
import { answerPage } from "./answer-page.js";
import { discHolds } from "./catalogue-view.js";
import { asksHospital } from "./report-view.js";

/** @typedef {import("./disc-state.js").DiscState} DiscState */
/** @typedef {import("../types.js").Report} Report */

/** Classes whose letter stands on the answer's own page. @type {Set<string>} */
const FULL_LETTER = new Set(["E", "F"]);

/** @param {Report | null | undefined} report */
export const hasFullLetter = (report) => FULL_LETTER.has(report?.verdict.class ?? "");

export class Drawn {
  /**
   * @param {object} screens
   * @param {import("./disc-screen.js").DiscScreen} screens.disc
   * @param {import("./report-page.js").ReportPage} screens.reportPage
   * @param {import("./export-screen.js").ExportScreen} screens.exportScreen
   * @param {import("./letter.js").Letter} screens.letter
   * @param {{look: () => void, askPerson: () => void}} acts what the answer's page and a refused copy lead to
   */
  constructor({ disc, reportPage, exportScreen, letter }, acts) {
    this.screen = disc;
    this.reportPage = reportPage;
    this.exportScreen = exportScreen;
    this.letter = letter;
    this.acts = acts;
  }

  /** A new disc: nothing of the one before stays. */
  clear() {
    this.screen.rail.clear();
    this.screen.setAnswer(null);
    this.screen.scrubber.setPlaying(false);
    this.screen.scrubber.setSlice({ n: 0, total: 0 });
    this.screen.toolbar.setPresets([]);
    this.screen.detailsPanel.setTags(null);
    this.screen.exportPanel.showReading();
    this.screen.drawer.show("report");
    this.reportPage.showWaiting();
    this.letter.reset();
    this.exportScreen.reset();
  }

  /** The answer is awaited once more. */
  awaitAnswer() {
    this.screen.setAnswer(null);
    this.screen.exportPanel.showReading();
    this.reportPage.showWaiting();
    this.exportScreen.reset();
  }

  /** @param {DiscState} disc */
  reading({ reading: { done, total }, timeLeft, hasImage, catalogue }) {
    this.screen.banner.showReading({ done, total, secondsLeft: total ? timeLeft.secondsFor(total - done) : NaN, firstImage: hasImage });
    this.screen.reportPanel.showReading(catalogue, { done, total });
  }

  /** @param {DiscState | null} disc */
  rail(disc) {
    if (disc) this.screen.rail.update({ patients: disc.patients, current: disc.current, reading: disc.phase === "reading", unread: disc.reading.total - disc.reading.done, answer: disc.answer });
  }

  /** @param {DiscState | null} disc */
  cover(disc) {
    this.screen.setCover(disc?.cover ?? null);
  }

  /** Everything that follows from the report, the catalogue, and what the person said. @param {DiscState | null} disc */
  answer(disc) {
    if (!disc?.report) return;
    this.report(disc, disc.report);
    this.screen.exportPanel.showReady(disc.patients, disc.noCopy);
    this.screen.setAnswer(disc.isFullPage ? this.#answerPage(disc) : null);
    this.cover(disc);
    this.rail(disc);
    this.#export(disc);
  }

  /** @param {DiscState} disc @param {Report} report */
  report(disc, report) {
    const { patients, name, complete, checkedAt, saved, noCopy } = disc;
    this.screen.banner.showVerdict(report, { complete, ...disc.reading, chosen: disc.chosenName });
    this.screen.reportPanel.showReport(report);
    const letter = asksHospital(report) && !hasFullLetter(report) ? this.letter.element : null;
    this.reportPage.update({ report, patients, name, complete, checkedAt, canCopy: !noCopy, saved, letter });
  }

  /** On a disc of several people, whose scans these are is asked on a page of its own. @param {DiscState} disc */
  question(disc) {
    this.screen.setAnswer(this.#answerPage(disc));
  }

  /** @param {DiscState} disc */
  #answerPage({ report, patients }) {
    return answerPage(/** @type {Report} */ (report), { patients, letter: this.letter.element, look: this.acts.look });
  }

  /** @param {DiscState} disc */
  #export(disc) {
    const askWho = disc.phase === "done" && disc.patients.length > 1 ? { label: "action.H", act: this.acts.askPerson } : undefined;
    if (disc.noCopy) this.exportScreen.close(disc.noCopy, askWho);
    else this.exportScreen.open({ patient: disc.patients[0], confirmed: disc.answer === "right", documents: discHolds(disc.patients).documents });
  }
}
