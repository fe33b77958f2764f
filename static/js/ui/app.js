// The one thing main.js talks to: it tells the screens what is known about the disc (DiscState) and what changed.
import { t } from "../i18n.js";
import { Announcer } from "./announcer.js";
import { AppBar } from "./app-bar.js";
import { BottomNav } from "./bottom-nav.js";
import { DiscScreen } from "./disc-screen.js";
import { DiscState } from "./disc-state.js";
import { Drawn, hasFullLetter } from "./drawn.js";
import { STAGES } from "./export-choices.js";
import { ExportScreen } from "./export-screen.js";
import { emit, rewrite, stand, setText } from "./h.js";
import { HelpDialog } from "./help-dialog.js";
import { Landing } from "./landing.js";
import { Later } from "./later.js";
import { Letter } from "./letter.js";
import { Navigation } from "./navigation.js";
import { letterPaper } from "./paper.js";
import { Printing } from "./printing.js";
import { ReportPage } from "./report-page.js";
import { asksHospital } from "./report-view.js";
import { StatusBar } from "./status-bar.js";

/** @typedef {import("../types.js").ScreenName} ScreenName */
/** @typedef {import("../types.js").ErrorWords} ErrorWords */

/** The first picture of a disc comes before its address. */
const ADDRESS_IN_MS = 300;

export class App {
  /** @type {DiscState | null} null: nothing is open */
  #disc = null;
  #later = new Later();

  /** @param {HTMLElement} root an element around everything: document.body */
  constructor(root) {
    this.root = root;
    this.announcer = new Announcer(byId("announcer"));
    this.landing = new Landing();
    standAll(root);
    this.disc = new DiscScreen();
    this.statusBar = new StatusBar();
    this.bottomNav = new BottomNav();
    this.reportPage = new ReportPage();
    this.letter = new Letter();
    this.printing = new Printing((letters) => (letters ? letterPaper(this.letter.letters) : this.screen === "disc" || this.screen === "report" ? this.reportPage.paper() : null));
    this.exportScreen = new ExportScreen((key) => this.disc.rail.thumbnail(key));
    this.drawn = new Drawn(this, { look: () => this.#setLooking(true), askPerson: () => this.#askPerson() });
    this.help = new HelpDialog();
    this.appBar = new AppBar(() => this.help.open());
    const { banner, rail, stage, drawer, slot } = this.disc;
    const picture = () => /** @type {HTMLElement | null} */ (slot.firstElementChild);
    this.navigation = new Navigation(root, {
      isOpen: () => this.#disc !== null,
      picture,
      regions: () => [banner.element, rail.element, picture() ?? stage, drawer.element],
      changed: () => this.#showPlace(),
      help: () => this.help.open(),
      openAnother: () => {
        this.go("landing");
        this.landing.open.focus();
      },
    });
    const on = (/** @type {string} */ name, /** @type {(detail: any) => void} */ act) => root.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail));
    on("go", (screen) => this.go(screen));
    on("go-to", (place) => this.#goTo(place));
    on("confirm-person", (said) => this.#confirm(said));
    on("choose-person", (key) => this.#choose(key));
    on("print", () => this.printing.print());
    on("print-letter", () => this.printing.print({ letters: true }));
    on("drawer-moved", () => this.#showPlace());
    on("shortcut", (key) => this.#shortcut(key));
    this.navigation.route();
  }

  /** Where the <image-viewport> goes. */
  get viewportSlot() {
    return this.disc.slot;
  }

  /** Key of the patient chosen on a disc of several people, or null. */
  get chosenPatient() {
    return this.#disc?.chosen ?? null;
  }

  get screen() {
    return this.navigation.screen;
  }

  /** @param {ScreenName} screen */
  go(screen) {
    this.navigation.go(screen);
  }

  showLanding() {
    this.go("landing");
  }

  /** @param {string} text @param {{urgent?: boolean}} [options] */
  announce(text, options) {
    this.announcer.say(text, options);
  }

  // -- the language

  /** Say everything anew: the language has changed. What the worker says follows with rewordDisc. */
  reword() {
    rewrite();
    this.landing.reword();
    this.appBar.reword();
    this.statusBar.reword();
    this.navigation.reword();
    this.disc.toolbar.reword();
    this.disc.scrubber.reword();
    this.disc.detailsPanel.reword();
    this.exportScreen.reword();
    this.letter.reword();
    const disc = this.#disc;
    if (!disc?.report) {
      this.reportPage.showWaiting();
      this.disc.exportPanel.showReading();
    }
    if (!disc) return;
    if (disc.phase === "reading") this.drawn.reading(disc);
    else if (disc.phase === "judging") this.disc.banner.showJudging();
    this.drawn.answer(this.#disc);
    this.drawn.rail(this.#disc);
    this.drawn.cover(this.#disc);
  }

  /** What is open is called otherwise: the sample disc has a name in every language. @param {string} name */
  rename(name) {
    if (this.#disc) this.#disc.name = name;
    if (this.#disc) this.appBar.setSource(name);
  }

  /** The same disc in the words of another language. @param {import("../types.js").Catalogue} catalogue @param {import("../types.js").Report} report */
  rewordDisc(catalogue, report) {
    const disc = this.#disc;
    if (!disc) return;
    Object.assign(disc, { catalogue, report, saved: null, savedAsked: false });
    this.drawn.answer(this.#disc);
    this.#showPlace();
  }

  /** The same disc judged again: the person has answered, or a copy was made. @param {import("../types.js").Report} report */
  updateReport(report) {
    const disc = this.#disc;
    if (!disc?.report) return;
    disc.report = report;
    if (disc.answer === "wrong") disc.looking = true; // where the answer can be taken back stays in view
    this.drawn.report(disc, report);
  }

  // -- starting

  /** @param {{stage?: string, done?: number, total?: number} | "ready" | "failed"} state */
  setEngine(state) {
    this.landing.setEngine(state);
    if (state === "ready" || state === "failed") this.announce(t(state === "ready" ? "engine.ready" : "engine.failed"));
  }

  /** Bytes this page has sent; shown only when `measured`. @param {{bytes: number, measured: boolean}} sent */
  setSent(sent) {
    this.statusBar.setSent(sent);
  }

  /** Nothing is open yet: have the screen ready that comes next. */
  prepare() {
    if (this.#disc) return;
    const blank = new DiscState();
    this.drawn.reading(blank);
    this.disc.setCover(blank.cover);
    this.disc.layOut();
  }

  // -- reading

  /**
   * Call with done 0 when a disc is opened (everything of the one before goes), then as files are read.
   * @param {{name?: string, done: number, total: number}} state total 0: still being counted
   */
  showReading({ name, done, total }) {
    const disc = this.#disc?.phase === "reading" && !(done === 0 && name !== undefined) ? this.#disc : this.#begin();
    if (name !== undefined) disc.name = name;
    disc.reading = { done, total };
    disc.timeLeft.note(done, performance.now());
    this.appBar.setSource(disc.name);
    this.drawn.reading(disc);
    this.drawn.rail(this.#disc);
    if (total) this.announce(t("reading.long", { done, total }));
  }

  /** The list of files in an archive is being read. @param {{done: number, total: number}} state in whatever it counts */
  showOpening({ done, total }) {
    const disc = this.#disc;
    if (!disc) return;
    const name = disc.opening || disc.name;
    this.disc.banner.showOpening({ name, done, total });
    this.announce(t("opening.long", { name }));
  }

  /** An archive on the disc is looked into: what is known stays, the answer waits. @param {string} path */
  showMore(path) {
    const disc = this.#disc;
    if (!disc) return;
    disc.lookFurther(path.slice(path.lastIndexOf("/") + 1));
    this.drawn.awaitAnswer();
    this.showOpening({ done: 0, total: 0 });
    this.disc.reportPanel.showReading(disc.catalogue, disc.reading);
    this.drawn.rail(this.#disc);
    this.drawn.cover(this.#disc);
    this.go("disc");
  }

  /** Every file is read; the rules are being applied. */
  showJudging() {
    if (!this.#disc || this.#disc.phase === "judging") return;
    this.#disc.phase = "judging";
    this.disc.banner.showJudging();
    this.drawn.rail(this.#disc);
  }

  /** A new disc: nothing of the one before stays. */
  #begin() {
    this.#disc = new DiscState();
    this.#later.clear();
    this.landing.setRefusal(null);
    this.drawn.clear();
    this.drawn.cover(this.#disc);
    this.navigation.go("disc", ADDRESS_IN_MS);
    return this.#disc;
  }

  /** @param {import("../types.js").Catalogue} catalogue */
  setCatalogue(catalogue) {
    const disc = this.#disc;
    if (!disc) return;
    disc.catalogue = catalogue;
    disc.name ||= catalogue.name;
    this.appBar.setSource(disc.name);
    if (disc.phase === "reading") this.disc.reportPanel.showReading(catalogue, disc.reading);
    this.drawn.cover(this.#disc);
    this.drawn.rail(this.#disc);
  }

  /** @param {string} key @param {import("../types.js").Thumbnail} thumbnail */
  setThumbnail(key, thumbnail) {
    this.disc.rail.setThumbnail(key, thumbnail);
  }

  // -- looking

  /** @param {string} key */
  setCurrentSeries(key) {
    if (!this.#disc) return;
    this.#disc.current = key;
    this.disc.rail.setCurrent(key);
  }

  /** Called with every image shown. @param {{n: number, total: number}} slice n counts from 1 */
  setSlice({ n, total }) {
    const disc = this.#disc;
    if (!disc) return;
    if (!disc.hasImage) {
      disc.hasImage = true;
      this.drawn.cover(this.#disc);
    }
    this.#later.put("slice", () => {
      this.disc.scrubber.setSlice({ n, total, label: disc.seriesName });
      this.announce(t("slice.spoken", { series: disc.seriesName, n, total }));
    });
  }

  /** Why there is no picture: a sentence in its place; null takes it away. @param {{title: string, text?: string} | null} words */
  setStageMessage(words) {
    if (!this.#disc) return;
    this.#disc.message = words;
    this.drawn.cover(this.#disc);
  }

  /** @param {"scroll"|"brightness"|"zoom"|"pan"} name */
  setTool(name) {
    this.disc.toolbar.setTool(name);
  }

  /** Called after a picture was painted, and when its brightness changed. @param {{center: number, width: number, name?: string} | null} window */
  setWindow(window) {
    this.#later.put("window", () => this.disc.toolbar.setWindow(window));
    if (this.#disc?.awaitsPaint) {
      this.#disc.awaitsPaint = false;
      this.drawn.cover(this.#disc);
    }
  }

  /** In the order of the keys 1 to 9. @param {() => import("../types.js").Preset[]} presets */
  setPresets(presets) {
    this.#later.put("presets", () => this.disc.toolbar.setPresets(presets()));
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    this.disc.scrubber.setPlaying(playing);
  }

  /** @param {number} fps */
  setFps(fps) {
    this.disc.scrubber.setFps(fps);
  }

  /** @param {import("../types.js").TagRow[] | null} rows */
  setTags(rows) {
    this.disc.detailsPanel.setTags(rows);
  }

  /** The Details tab is being looked at, so setTags is worth the work. */
  get wantsTags() {
    return this.screen === "disc" && this.disc.drawer.tab === "details" && this.disc.detailsPanel.element.offsetParent !== null;
  }

  // -- the answer

  /** The report is final: banner, drawer, report page; a full page for E, F and H. @param {import("../types.js").Report} report */
  setReport(report) {
    const disc = this.#disc;
    if (!disc) return;
    disc.report = report;
    disc.phase = "done";
    disc.checkedAt = new Date();
    if (disc.answer === "wait") disc.answer = "ask";
    this.drawn.answer(this.#disc);
    if (asksHospital(report)) this.letter.ask();
    this.#showPlace();
    this.announce(report.verdict.title, { urgent: true });
  }

  /** The answer to "need-letter". @param {string} language @param {import("./letter-text.js").LetterAnswer} answer */
  setLetter(language, answer) {
    this.letter.set(language, answer);
  }

  /** The answer to "need-identity". @param {import("../types.js").SavedReport} saved */
  setIdentity(saved) {
    if (this.#disc) this.#disc.saved = saved;
    this.reportPage.setSaved(saved);
  }

  #askPerson() {
    if (this.#disc) this.drawn.question(this.#disc);
    this.go("disc");
  }

  /** Put the full-page answer aside, or bring it back. @param {boolean} looking */
  #setLooking(looking) {
    if (!this.#disc) return;
    this.#disc.looking = looking;
    this.drawn.answer(this.#disc);
    if (looking) this.#showFirst();
  }

  /** @param {string} key a patient's, on a disc of several */
  #choose(key) {
    const disc = this.#disc;
    if (!disc) return;
    Object.assign(disc, { chosen: key, answer: "right", current: "", awaitsPaint: true });
    this.drawn.answer(this.#disc);
    this.#showFirst();
    this.announce(t("chosen.long", { name: disc.chosenName }), { urgent: true });
    this.disc.banner.element.focus();
  }

  #showFirst() {
    const first = this.#disc?.firstSeries;
    if (first) emit(this.disc.rail.element, "select-series", first.key);
  }

  /** On the export screen "no" only takes the tick away; beside the name it means: the wrong person. @param {{right: boolean}} said */
  #confirm({ right }) {
    if (!this.#disc) return;
    const exporting = this.screen === "export";
    this.#disc.answer = right ? "right" : exporting ? "ask" : "wrong";
    if (exporting) this.drawn.rail(this.#disc);
    else this.drawn.answer(this.#disc);
    this.announce(t(right ? "person.confirmed" : exporting ? "person.ask" : "person.wrong"), { urgent: true });
  }

  // -- the copy

  /** The answer to "plan". @param {import("../types.js").ExportPlan} plan */
  setExportPlan(plan) {
    this.exportScreen.setPlan(plan);
  }

  /** @param {{stage: string, done: number, total: number, what?: string}} progress */
  setExportProgress(progress) {
    const { at, done, total } = this.exportScreen.setProgress(progress);
    if (total) this.announce(t("writing.spoken", { stage: t(`stage.${STAGES[at]}.now`), done, total }));
  }

  /** Proven or not: what the re-reading found decides which page it is. @param {import("../types.js").ExportDone} done */
  setExportDone(done) {
    this.exportScreen.setDone(done);
    this.announce(this.exportScreen.element.querySelector("h1")?.textContent ?? "", { urgent: true });
  }

  /** Stopped by the person when `code` is "cancelled" (nothing is said when nothing had begun). @param {ErrorWords} error */
  setExportFailed(error) {
    if (error.code === "cancelled" && this.exportScreen.phase !== "writing") return;
    this.exportScreen.setStopped(error.code === "cancelled" ? null : error);
    this.announce(error.title || t("stopped.copy_title"), { urgent: true });
  }

  // -- trouble

  /** Nothing could be opened: back to the landing, with the reason and a way to try again. @param {ErrorWords} error */
  showError(error) {
    this.#disc = null;
    this.appBar.setSource(null);
    this.landing.setRefusal(error);
    this.go("landing");
    this.announce(`${error.title} ${error.hint ?? ""}`, { urgent: true });
  }

  // -- moving about

  /** @param {string} place */
  #goTo(place) {
    if (place === "letter" && hasFullLetter(this.#disc?.report)) {
      this.go("disc");
      this.#setLooking(false);
    } else if (place === "files" || place === "broken" || place === "letter") {
      this.go("report");
      this.reportPage.reveal(place);
    } else if (place === "report" || place === "export") this.go(place);
    else {
      this.go("disc");
      if (place === "details") this.disc.drawer.show("details", { open: true, focus: true });
      if (place === "answer") this.#setLooking(false);
      if (place === "scans") {
        this.disc.drawer.element.classList.remove("open");
        this.#showPlace();
      }
    }
  }

  /** The parts around the screens say where we are. */
  #showPlace() {
    const screen = this.screen;
    const open = this.#disc !== null;
    const { drawer } = this.disc;
    const place = screen === "report" || screen === "export" ? screen : drawer.element.classList.contains("open") && drawer.tab === "details" ? "details" : "scans";
    this.statusBar.setScreen(screen);
    if (screen === "report" && this.#disc?.report && !this.#disc.savedAsked) {
      this.#disc.savedAsked = true;
      emit(this.root, "need-identity");
    }
    byId("go-back").hidden = !open;
    this.bottomNav.update({ shown: open && screen !== "landing" && screen !== "export", place });
  }

  /** Single letters, pressed while the picture has the focus. @param {string} key */
  #shortcut(key) {
    const { drawer } = this.disc;
    const tab = /** @type {Record<string, import("./drawer.js").TabName>} */ ({ r: "report", d: "details", e: "export" })[key];
    if (key === "?") this.help.open();
    else if (key === "Escape" && drawer.element.classList.contains("open")) drawer.close();
    else if (tab) drawer.show(tab, { open: true, focus: true });
  }
}

/** The texts of index.html. @param {HTMLElement} root */
function standAll(root) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-t]"))) stand(element, () => setText(element, t(element.dataset.t ?? "")));
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-t-label]"))) stand(element, () => element.setAttribute("aria-label", t(element.dataset.tLabel ?? "")));
}

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
