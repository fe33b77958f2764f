// The one thing main.js talks to: it owns what is known about the disc and shows it on the screens.
import { formatPerson, formatPersonSpoken, t } from "../i18n.js";
import { Announcer } from "./announcer.js";
import { AppBar } from "./app-bar.js";
import { BottomNav } from "./bottom-nav.js";
import { seriesOf, seriesTitle, shownPatients } from "./catalogue-view.js";
import { DiscScreen } from "./disc-screen.js";
import { emit } from "./h.js";
import { Landing } from "./landing.js";
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

  /** @param {HTMLElement} root an element around everything: document.body */
  constructor(root) {
    this.root = root;
    this.announcer = new Announcer(/** @type {Element} */ (document.getElementById("announcer")));
    this.landing = new Landing();
    this.disc = new DiscScreen();
    this.statusBar = new StatusBar();
    this.bottomNav = new BottomNav();
    this.appBar = new AppBar(() => {});
    root.addEventListener("go", (event) => this.go(/** @type {CustomEvent} */ (event).detail));
    root.addEventListener("go-to", (event) => this.#goTo(/** @type {CustomEvent} */ (event).detail));
    root.addEventListener("confirm-person", (event) => this.#confirm(/** @type {CustomEvent} */ (event).detail));
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
    this.#timeLeft = new TimeLeft();
    this.landing.setRefusal(null);
    this.disc.rail.clear();
    this.disc.setAnswer(null);
    this.disc.setCover({ title: t("stage.first"), text: t("stage.first_more"), icon: "disc" });
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
    // No picture of anyone until it is clear whose it is.
    if (catalogue.patients.length > 1 && this.#chosen === null && this.#phase !== "done") {
      this.disc.setCover({ title: t("stage.several"), text: t("stage.several_more"), icon: "person" });
    }
    this.#showRail();
  }

  /** @param {string} key @param {import("../types.js").Thumbnail} thumbnail */
  setThumbnail(key, thumbnail) {
    this.disc.rail.setThumbnail(key, thumbnail);
  }

  #showRail() {
    const patients = this.#patients();
    this.disc.rail.update({
      patients, current: this.#current, reading: this.#phase === "reading", unread: this.#reading.total - this.#reading.done,
      answer: this.#answer, openPerson: true,
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
    this.#hasImage = true;
    if (!(this.#phase !== "done" && this.#chosen === null && (this.#catalogue?.patients.length ?? 0) > 1)) this.disc.setCover(null);
    this.disc.scrubber.setSlice({ n, total, label: this.#seriesName() });
    this.announce(t("slice.spoken", { series: this.#seriesName(), n, total }));
  }

  #seriesName() {
    const found = seriesOf(this.#patients()).find(({ series }) => series.key === this.#current);
    return found ? seriesTitle(found.series) : "";
  }

  /** Why there is no picture: a sentence in its place; null takes it away. @param {{title: string, text?: string} | null} words */
  setStageMessage(words) {
    this.disc.setCover(words ? { ...words, icon: "document" } : null);
  }

  /** @param {"scroll"|"brightness"|"zoom"|"pan"} name */
  setTool(name) {
    this.disc.toolbar.setTool(name);
  }

  /** @param {{center: number, width: number, name?: string} | null} window */
  setWindow(window) {
    this.disc.toolbar.setWindow(window);
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
    if (this.#answer === "wait") this.#answer = "ask";
    this.disc.reportPanel.showReport(report);
    this.disc.exportPanel.showReady(this.#patients(), "");
    this.#showVerdict();
    this.#showRail();
    this.announce(report.verdict.title, { urgent: true });
  }

  /** The same: main.js may call either. @param {Report} report */
  setVerdict(report) {
    this.setReport(report);
  }

  #showVerdict() {
    if (!this.#report) return;
    const patients = this.#patients();
    const chosen = this.#chosen !== null && (this.#catalogue?.patients.length ?? 0) > 1 ? formatPersonSpoken(patients[0]?.name ?? "") || t("person.no_name") : "";
    this.disc.banner.showVerdict(this.#report, { complete: this.#catalogue?.complete ?? true, ...this.#reading, patients, chosen });
    if (!FULL_PAGE.has(this.#report.verdict.class)) this.disc.setAnswer(null);
  }

  /** @param {{key: string, right: boolean}} detail */
  #confirm({ key, right }) {
    if (right && (this.#catalogue?.patients.length ?? 0) > 1) this.#chosen = key;
    this.#answer = right ? "right" : "wrong";
    this.#showVerdict();
    this.#showRail();
    const patient = this.#catalogue?.patients.find((p) => p.key === key);
    this.announce(t(right ? "person.confirmed" : "person.wrong", { name: formatPerson(patient?.name ?? "") }), { urgent: true });
  }

  // -- trouble

  /** @param {ErrorWords} error */
  showError(error) {
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
    if (place === "scans") this.go("disc");
    else if (place === "details") {
      this.go("disc");
      this.disc.drawer.show("details", { open: true, focus: true });
    } else if (place === "files" || place === "broken") this.go("report");
    else this.go(/** @type {ScreenName} */ (place));
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
    this.bottomNav.update({ shown: this.#open && screen !== "landing", place: screen === "disc" ? "scans" : screen === "landing" ? "scans" : screen });
    if (!moved) return;
    scrollTo(0, 0);
    document.title = t(`title.${screen}`);
    emit(this.root, "screen", screen);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
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

  /** @param {number} by */
  #nextRegion(by) {
    const viewport = /** @type {HTMLElement | null} */ (this.disc.slot.firstElementChild) ?? this.disc.stage;
    const regions = [this.disc.banner.element, this.disc.rail.element, viewport, this.disc.drawer.element].filter((region) => region.offsetParent !== null);
    const at = regions.findIndex((region) => region.contains(document.activeElement));
    regions[(at + by + regions.length) % regions.length]?.focus();
  }
}
