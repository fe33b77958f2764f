// The one thing main.js talks to: it owns what is known about the disc and shows it on the screens.
import { formatPerson, formatPersonSpoken, t } from "../i18n.js";
import { answerPage } from "./answer-page.js";
import { Announcer } from "./announcer.js";
import { AppBar } from "./app-bar.js";
import { BottomNav } from "./bottom-nav.js";
import { discHolds, seriesOf, seriesTitle, shownPatients } from "./catalogue-view.js";
import { DiscScreen } from "./disc-screen.js";
import { ExportScreen } from "./export-screen.js";
import { emit } from "./h.js";
import { HelpDialog } from "./help-dialog.js";
import { Landing } from "./landing.js";
import { ReportPage } from "./report-page.js";
import { FULL_PAGE } from "./report-view.js";
import { hashOf, screenOf } from "./router.js";
import { StatusBar } from "./status-bar.js";
import { TimeLeft } from "./time-left.js";

/** @typedef {import("../types.js").ScreenName} ScreenName */
/** @typedef {import("../types.js").Catalogue} Catalogue */
/** @typedef {import("../types.js").Report} Report */
/** @typedef {import("../types.js").ErrorWords} ErrorWords */
/** @typedef {import("./person-card.js").Answer} Answer */

export class App {
  /** @type {Catalogue | null} */
  #catalogue = null;
  /** @type {Report | null} */
  #report = null;
  /** @type {ScreenName} */
  #screen = "landing";
  #open = false;
  #phase = /** @type {"none"|"reading"|"judging"|"done"} */ ("none");
  #name = "";
  #reading = { done: 0, total: 0 };
  #current = "";
  #slice = { n: 0, total: 0 };
  /** @type {string | null} a person picked on a disc of several */
  #chosen = null;
  /** @type {Answer} */
  #answer = "wait";
  #hasImage = false;
  #timeLeft = new TimeLeft();
  #checkedAt = new Date();
  /** The full-page answer was put aside: "look at the scans". */
  #looking = false;
  /** Another person was chosen: the picture of the one before must not be seen again. */
  #awaitPaint = false;
  /** @type {{title: string, text?: string} | null} */
  #stageMessage = null;

  /** @param {HTMLElement} root an element around everything: document.body */
  constructor(root) {
    this.root = root;
    this.announcer = new Announcer(/** @type {Element} */ (document.getElementById("announcer")));
    this.landing = new Landing();
    this.disc = new DiscScreen();
    this.statusBar = new StatusBar();
    this.bottomNav = new BottomNav();
    this.reportPage = new ReportPage();
    this.exportScreen = new ExportScreen((key) => this.disc.rail.thumbnail(key));
    this.help = new HelpDialog();
    this.appBar = new AppBar(() => this.help.open());
    root.addEventListener("go", (event) => this.go(/** @type {CustomEvent} */ (event).detail));
    root.addEventListener("go-to", (event) => this.#goTo(/** @type {CustomEvent} */ (event).detail));
    root.addEventListener("confirm-person", (event) => this.#confirm(/** @type {CustomEvent} */ (event).detail));
    root.addEventListener("drawer-moved", () => this.#showNav());
    root.addEventListener("choose-person", (event) => this.#choose(/** @type {CustomEvent} */ (event).detail));
    root.addEventListener("shortcut", (event) => this.#shortcut(/** @type {CustomEvent} */ (event).detail));
    addEventListener("hashchange", () => this.#route());
    root.addEventListener("keydown", (event) => this.#key(event));
    this.#route();
  }

  /** Where the <image-viewport> goes. */
  get viewportSlot() {
    return this.disc.slot;
  }

  /** The patient chosen on a disc of several people, or null. */
  get chosenPatient() {
    return this.#chosen;
  }

  get screen() {
    return this.#screen;
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

  showLanding() {
    this.go("landing");
  }

  // -- reading

  /**
   * Call with done 0 when a disc is opened (everything of the one before goes), then as files are read.
   * @param {{name?: string, done: number, total: number, startedAt?: number}} state total 0: still being counted
   */
  showReading({ name, done, total }) {
    if (this.#phase !== "reading") this.#begin();
    if (name !== undefined) this.#name = name;
    this.#reading = { done, total };
    this.#timeLeft.note(done, performance.now());
    this.appBar.setSource(this.#name);
    this.disc.banner.showReading({ done, total, secondsLeft: total ? this.#timeLeft.secondsFor(total - done) : NaN, firstImage: this.#hasImage });
    this.disc.reportPanel.showReading(this.#catalogue, this.#reading);
    this.#showRail();
    if (total) this.announce(t("reading.long", { done, total }));
  }

  /** Every file is read; the rules are being applied. */
  showJudging() {
    this.#phase = "judging";
    this.disc.banner.showJudging();
    this.#showRail();
  }

  #begin() {
    this.#phase = "reading";
    this.#open = true;
    this.#catalogue = null;
    this.#report = null;
    this.#name = "";
    this.#current = "";
    this.#chosen = null;
    this.#answer = "wait";
    this.#hasImage = false;
    this.#looking = false;
    this.#awaitPaint = false;
    this.#stageMessage = null;
    this.#timeLeft = new TimeLeft();
    this.landing.setRefusal(null);
    this.disc.rail.clear();
    this.disc.setAnswer(null);
    this.disc.scrubber.setPlaying(false);
    this.reportPage.showWaiting();
    this.exportScreen.reset();
    this.#showCover();
    this.disc.detailsPanel.setTags(null);
    this.disc.exportPanel.showReading();
    this.disc.scrubber.setSlice({ n: 0, total: 0 });
    this.disc.toolbar.setPresets([]);
    this.disc.drawer.show("report");
    this.go("disc");
  }

  /** @param {Catalogue} catalogue */
  setCatalogue(catalogue) {
    this.#catalogue = catalogue;
    if (catalogue.name && !this.#name) this.#name = catalogue.name;
    this.appBar.setSource(this.#name);
    if (this.#phase === "reading") this.disc.reportPanel.showReading(catalogue, this.#reading);
    this.#showCover();
    this.#showRail();
  }

  /** What stands in the picture's place. No picture of anyone until it is clear whose it is. */
  #showCover() {
    const several = (this.#catalogue?.patients.length ?? 0) > 1 && this.#chosen === null;
    const done = this.#phase === "done";
    if (several && (!done || this.#report?.verdict.class === "H") && !this.#looking) this.disc.setCover({ title: t("stage.several"), text: t(done ? "stage.several_choose" : "stage.several_more"), icon: "person" });
    else if (this.#stageMessage) this.disc.setCover({ ...this.#stageMessage, icon: "document" });
    else if (!this.#hasImage || this.#awaitPaint) this.disc.setCover(done && !this.#awaitPaint ? { title: t("stage.nothing"), text: t("stage.nothing_more"), icon: "document" } : { title: t("stage.first"), text: t("stage.first_more"), icon: "disc" });
    else this.disc.setCover(null);
  }

  /** @param {string} key @param {import("../types.js").Thumbnail} thumbnail */
  setThumbnail(key, thumbnail) {
    this.disc.rail.setThumbnail(key, thumbnail);
  }

  #showRail() {
    const patients = this.#patients();
    this.disc.rail.update({
      patients, current: this.#current, reading: this.#phase === "reading", unread: this.#reading.total - this.#reading.done,
      answer: this.#answer,
    });
  }

  #patients() {
    return shownPatients(this.#catalogue, this.#chosen);
  }

  // -- looking

  /** @param {string} key */
  setCurrentSeries(key) {
    this.#current = key;
    this.disc.rail.setCurrent(key);
  }

  /** Called with every image shown. @param {{n: number, total: number}} slice n counts from 1 */
  setSlice({ n, total }) {
    this.#slice = { n, total };
    if (!this.#hasImage) {
      this.#hasImage = true;
      this.#showCover();
    }
    this.disc.scrubber.setSlice({ n, total, label: this.#seriesName() });
    this.announce(t("slice.spoken", { series: this.#seriesName(), n, total }));
  }

  #seriesName() {
    const found = seriesOf(this.#patients()).find(({ series }) => series.key === this.#current);
    return found ? seriesTitle(found.series) : "";
  }

  /** Why there is no picture: a sentence in its place; null takes it away. @param {{title: string, text?: string} | null} words */
  setStageMessage(words) {
    this.#stageMessage = words;
    this.#showCover();
  }

  /** @param {"scroll"|"brightness"|"zoom"|"pan"} name */
  setTool(name) {
    this.disc.toolbar.setTool(name);
  }

  /** Called after a picture was painted, and when its brightness changed. @param {{center: number, width: number, name?: string} | null} window */
  setWindow(window) {
    this.disc.toolbar.setWindow(window);
    if (this.#awaitPaint) {
      this.#awaitPaint = false;
      this.#showCover();
    }
  }

  /** In the order of the keys 1 to 9. @param {import("../types.js").Preset[]} presets */
  setPresets(presets) {
    this.disc.toolbar.setPresets(presets);
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
    return this.#screen === "disc" && this.disc.drawer.tab === "details" && !this.disc.detailsPanel.element.hidden;
  }

  // -- the answer

  /** The report is final: banner, drawer, report page; a full page for E, F and H. @param {Report} report */
  setReport(report) {
    this.#report = report;
    this.#phase = "done";
    this.#checkedAt = new Date();
    if (this.#answer === "wait") this.#answer = "ask";
    this.#showAnswer();
    this.announce(report.verdict.title, { urgent: true });
  }

  /** The same: main.js may call either. @param {Report} report */
  setVerdict(report) {
    this.setReport(report);
  }

  /** Everything that follows from the report, the catalogue, and what the person said. */
  #showAnswer() {
    const report = this.#report;
    if (!report) return;
    const patients = this.#patients();
    const chosen = this.#chosen !== null ? formatPersonSpoken(patients[0]?.name ?? "") || t("person.no_name") : "";
    const complete = this.#catalogue?.complete ?? true;
    this.disc.banner.showVerdict(report, { complete, ...this.#reading, chosen });
    this.disc.reportPanel.showReport(report);
    this.disc.exportPanel.showReady(patients, this.#noCopy());
    this.reportPage.update({ report, patients, name: this.#name, complete, checkedAt: this.#checkedAt, canCopy: !this.#noCopy() });
    const full = FULL_PAGE.has(report.verdict.class) && this.#chosen === null && !this.#looking;
    this.disc.setAnswer(full ? answerPage(report, { name: this.#name, patients, look: () => this.#lookAnyway() }) : null);
    this.#showCover();
    this.#showRail();
    this.#showExport();
  }

  /** Why there can be no copy, as a sentence; "" when there can. */
  #noCopy() {
    const patients = this.#patients();
    if (this.#phase !== "done") return t("export.after_reading");
    if (!discHolds(patients).series) return t("export.nothing_here");
    if (patients.length > 1) return t("export.several");
    if (this.#answer === "wrong") return t("export.wrong_person");
    return "";
  }

  #showExport() {
    const patients = this.#patients();
    const reason = this.#noCopy();
    if (reason) this.exportScreen.close(reason, patients.length > 1 && this.#phase === "done" ? { label: t("action.H"), act: () => this.#askPerson() } : undefined);
    else this.exportScreen.open({ patient: patients[0], confirmed: this.#answer === "right", documents: discHolds(patients).documents });
  }

  #askPerson() {
    this.#looking = false;
    if (this.#report) this.disc.setAnswer(answerPage(this.#report, { name: this.#name, patients: this.#patients(), look: () => this.#lookAnyway() }));
    this.go("disc");
  }

  #lookAnyway() {
    this.#looking = true;
    this.#showAnswer();
    this.#showFirst();
  }

  /** @param {string} key a patient's, on a disc of several */
  #choose(key) {
    this.#chosen = key;
    this.#awaitPaint = true;
    this.#answer = "right";
    this.#current = "";
    this.#showAnswer();
    this.#showFirst();
    this.announce(t("chosen.long", { name: formatPersonSpoken(this.#patients()[0]?.name ?? "") }), { urgent: true });
    this.disc.banner.element.focus();
  }

  /** Show the first series of whoever was chosen, unless one of theirs is shown already. */
  #showFirst() {
    const list = seriesOf(this.#patients());
    if (list.some(({ series }) => series.key === this.#current)) return;
    const first = list.find(({ series }) => series.shows === "image") ?? list[0];
    if (first) emit(this.disc.rail.element, "select-series", first.series.key);
  }

  /** @param {{key: string, right: boolean}} detail */
  #confirm({ right }) {
    this.#answer = right ? "right" : this.exportScreen.phase === "choosing" && this.#screen === "export" ? "ask" : "wrong";
    if (this.#screen !== "export") this.#showAnswer();
    else this.#showRail();
    this.announce(t(this.#answer === "right" ? "person.confirmed" : this.#answer === "wrong" ? "person.wrong" : "person.ask"), { urgent: true });
  }

  // -- the copy

  /** The answer to "plan". @param {import("../types.js").ExportPlan} plan */
  setExportPlan(plan) {
    this.exportScreen.setPlan(plan);
  }

  /** @param {{stage: string, done: number, total: number, what?: string}} progress */
  setExportProgress(progress) {
    const { at, done, total } = this.exportScreen.setProgress(progress);
    if (total) this.announce(t("writing.spoken", { stage: t(`stage.${["preparing", "writing", "directory", "verifying"][at]}.now`), done, total }));
  }

  /** Proven or not: what the re-reading found decides which page it is. @param {import("../types.js").ExportDone} done */
  setExportDone(done) {
    this.exportScreen.setDone(done);
    this.announce(/** @type {string} */ (this.exportScreen.element.querySelector("h1")?.textContent ?? ""), { urgent: true });
  }

  /** Stopped by the person when `code` is "cancelled" (nothing is said when nothing had begun). @param {ErrorWords} error */
  setExportFailed(error) {
    if (error.code !== "cancelled") this.exportScreen.setStopped(error);
    else if (this.exportScreen.phase === "writing") this.exportScreen.setStopped(null);
    this.announce(error.title || t("stopped.copy_title"), { urgent: true });
  }

  /** The person stopped it, and nothing is left of it. */
  setExportStopped() {
    this.exportScreen.setStopped(null);
  }

  // -- trouble

  /** @param {ErrorWords} error */
  showError(error) {
    this.#open = false;
    this.#phase = "none";
    this.appBar.setSource(null);
    this.landing.setRefusal(error);
    this.go("landing");
    this.announce(`${error.title} ${error.hint ?? ""}`, { urgent: true });
  }

  /** @param {string} text @param {{urgent?: boolean}} [options] */
  announce(text, options) {
    this.announcer.say(text, options);
  }

  // -- moving about

  /** @param {ScreenName} screen */
  go(screen) {
    if (screenOf(location.hash) !== screen) location.hash = hashOf(screen);
    this.#show(screen);
  }

  /** @param {string} place */
  #goTo(place) {
    if (place === "scans") {
      this.go("disc");
      this.disc.drawer.element.classList.remove("open");
      this.#showNav();
    }
    else if (place === "details") {
      this.go("disc");
      this.disc.drawer.show("details", { open: true, focus: true });
    } else if (place === "files" || place === "broken") {
      this.go("report");
      this.reportPage.reveal(place);
    } else this.go(/** @type {ScreenName} */ (place));
  }

  #route() {
    const asked = screenOf(location.hash);
    if (asked) this.#show(asked);
  }

  /** @param {ScreenName} asked */
  #show(asked) {
    const screen = asked !== "landing" && !this.#open ? "landing" : asked;
    const moved = screen !== this.#screen;
    this.#screen = screen;
    document.body.dataset.screen = screen;
    for (const view of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[id^='screen-']"))) view.hidden = view.id !== `screen-${screen}`;
    this.statusBar.setScreen(screen);
    /** @type {HTMLElement} */ (document.getElementById("go-back")).hidden = !this.#open;
    this.#showNav();
    if (!moved) return;
    scrollTo(0, 0);
    document.title = t(`title.${screen}`);
    emit(this.root, "screen", screen);
  }

  #showNav() {
    const screen = this.#screen;
    const drawer = this.disc.drawer;
    const place = screen === "report" || screen === "export" ? screen : drawer.element.classList.contains("open") && drawer.tab === "details" ? "details" : "scans";
    this.bottomNav.update({ shown: this.#open && screen !== "landing" && screen !== "export", place });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const typing = /** @type {Element} */ (event.target).closest?.("input, textarea, select, dialog, [role=menu]");
    if (event.key === "?" && !typing && !event.ctrlKey && !event.metaKey) this.help.open();
    if (event.key === "F6" && this.#screen === "disc") {
      event.preventDefault();
      this.#nextRegion(event.shiftKey ? -1 : 1);
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "o" && !event.altKey) {
      event.preventDefault();
      this.go("landing");
      this.landing.open.focus();
    }
  }

  /** Single letters, pressed while the picture has the focus. @param {string} key */
  #shortcut(key) {
    if (key === "?") this.help.open();
    else if (key === "Escape") this.disc.drawer.element.classList.contains("open") && this.disc.drawer.close();
    else {
      const tab = /** @type {Record<string, import("./drawer.js").TabName>} */ ({ r: "report", d: "details", e: "export" })[key];
      if (tab) this.disc.drawer.show(tab, { open: true, focus: true });
    }
  }

  /** @param {number} by */
  #nextRegion(by) {
    const viewport = /** @type {HTMLElement | null} */ (this.disc.slot.firstElementChild) ?? this.disc.stage;
    const regions = [this.disc.banner.element, this.disc.rail.element, viewport, this.disc.drawer.element].filter((region) => region.offsetParent !== null);
    const at = regions.findIndex((region) => region.contains(document.activeElement));
    regions[(at + by + regions.length) % regions.length]?.focus();
  }
}
