// @ts-check
// Composition root: the only place that wires the engine, the screens and the viewport together.
import { Engine } from "./engine.js";
import { fromDrop, fromFileList, fromHandle } from "./folder.js";
import { t } from "./i18n.js";
import { firstLanguage, keepLanguage, speak } from "./speaking.js";
import { OpenDisc } from "./opening.js";
import { overlayText } from "./overlay-text.js";
import { assetBytes } from "./packs.js";
import { tidy } from "./browser-store.js";
import { Copying } from "./copying.js";
import { download } from "./save.js";
import { scripting } from "./scripting.js";
import { watchSent } from "./sent.js";
import { Showing } from "./showing.js";
import { Trouble } from "./trouble.js";
import { App } from "./ui/app.js";
import { Notice } from "./ui/notice.js";
import { fileName } from "./ui/letter-text.js";
import "./viewport/element.js";

/** @typedef {import("./opening.js").Choice} Choice */


const app = new App(document.body);
const engine = new Engine();
const viewport = /** @type {import("./viewport/element.js").ImageViewport} */ (document.createElement("image-viewport"));
viewport.say = t;
app.viewportSlot.append(viewport);
const showing = new Showing(viewport, overlayText);
const notice = new Notice();

/** @type {OpenDisc | null} */
let disc = null;
/** @type {Choice | null} the last thing opened, for trying again */
let lastChoice = null;

// ---- starting ----

/** @type {(act: () => void) => void} */
const whenIdle = (act) => ("requestIdleCallback" in window ? requestIdleCallback(act) : setTimeout(act));

engine.addEventListener("boot", (event) => app.setEngine(/** @type {CustomEvent} */ (event).detail));
engine.addEventListener("ready", () => {
  performance.mark("scanfolio:ready");
  app.setEngine("ready");
  whenIdle(() => {
    if (disc) return;
    app.prepare();
    viewport.warm();
  });
});
engine.addEventListener("failed", () => {
  app.setEngine("failed");
  if (disc) notice.show({ key: "failed", actions: [["fault.reload", () => location.reload()]] });
});
// A new worker knows nothing of the disc: it is read once more, and everything stays where it was.
engine.addEventListener("died", () => {
  if (!disc) return;
  notice.show({ key: "restarting", calm: true });
});
engine.addEventListener("restarted", () => {
  if (!disc) notice.show(null);
  else if (!disc.isReading) disc.readAgain().catch(() => {});
});
engine.start(async (entryId) => disc?.fileOf(entryId));
watchSent((sent) => app.setSent(sent));
tidy();

// ---- the language ----

/** Say everything in another language; the disc stays open and is not read again. @param {string} code */
async function changeLanguage(code) {
  try {
    if (!(await speak(code))) return;
  } catch {
    app.announce(t("language.failed"), { urgent: true });
    return;
  }
  engine.tellLanguage();
  if (lastChoice?.sample) app.rename(t("sample.name"));
  app.reword();
  await disc?.reword();
  await showing.reword();
}
document.body.addEventListener("language", (event) => {
  const code = /** @type {CustomEvent} */ (event).detail;
  keepLanguage(code);
  changeLanguage(code).catch(() => {}); // the disc was closed meanwhile
});
changeLanguage(firstLanguage());

// ---- opening ----

/** Open a disc and judge it; whatever was open before is closed. @param {Choice} choice @returns {Promise<any>} the report */
async function open(choice) {
  disc?.close();
  const current = new OpenDisc(engine, choice.name);
  disc = current;
  lastChoice = choice;
  copying.reset();
  notice.show(null);
  showing.setDisc(current);
  performance.clearMarks("scanfolio:first-image");
  isFirstMarked = false;
  performance.clearMarks("scanfolio:indexed");
  let shown = false;
  const showScreen = () => {
    if (shown || current !== disc) return;
    shown = true;
    app.showReading({ name: choice.name, done: 0, total: choice.total ?? 0 });
  };
  listen(current, showScreen);
  // The first bytes are asked for before the screen changes: the browser fetches them while the page is busy with that.
  setTimeout(showScreen);
  try {
    return await current.read(choice);
  } catch (error) {
    const reason = /** @type {Error & {wire?: any}} */ (error);
    showScreen(); // never after the words about what went wrong
    if (current === disc && reason.name !== "AbortError") {
      current.close(); // a new worker must not read it once more, unseen
      disc = null;
      showing.setDisc(null);
      notice.show(null);
      app.showError(reason.wire ?? { title: t("error.open"), detail: String(reason) });
    }
    throw error;
  }
}

/** Open, where nobody waits for the outcome: it is on the screen. @param {Choice | Promise<Choice>} choice */
async function openNow(choice) {
  try {
    await open(await choice);
  } catch {
    // It has been said on the screen.
  }
}

/** @param {OpenDisc} current @param {() => void} showScreen where what it says is shown: there before anything is said */
function listen(current, showScreen) {
  const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ act) =>
    current.addEventListener(type, (event) => {
      if (current !== disc) return;
      showScreen();
      act(/** @type {CustomEvent} */ (event).detail);
    });
  on("progress", ({ stage, done, total }) => {
    if (stage === "opening") app.showOpening({ done, total });
    else if (stage === "reading") app.showReading({ done, total });
    else app.showJudging();
  });
  on("first-image", async (item) => {
    const painted = showing.showFirst(item);
    current.holdFor(painted);
    if (await painted) markFirstImage();
  });
  on("catalogue", (catalogue) => {
    app.setCatalogue(catalogue);
    followCatalogue(catalogue);
  });
  on("indexed", () => performance.mark("scanfolio:indexed"));
  on("rejudged", (report) => app.updateReport(report));
  on("reworded", ({ catalogue, report }) => app.rewordDisc(catalogue, report));
  const trouble = new Trouble(current, notice, () => current === disc, () => showing.step(0));
  on("gone", (what) => trouble.sayGone(what));
  on("denied", () => trouble.sayDenied());
  on("back", (isBack) => notice.show(isBack ? { key: "back", calm: true } : null));
  on("restored", async ({ report, catalogue, retried }) => {
    app.setCatalogue(catalogue);
    if (retried) app.setReport(report);
    else app.rewordDisc(catalogue, report);
    if (retried || notice.shown !== "restarting") trouble.sayUnread();
    else notice.show({ key: "restored", calm: true, actions: [["fault.close", () => notice.show(null)]] });
    if (showing.key) await showing.showSeries(showing.key, { keepPlace: true }).catch(() => {});
    else if (!viewport.hasFrame) await showAnything();
  });
  on("report", async (report) => {
    app.setReport(report);
    trouble.sayUnread();
    if (!viewport.hasFrame) await showAnything();
  });
}

let isFirstMarked = false;
function markFirstImage() {
  if (!isFirstMarked) performance.mark("scanfolio:first-image");
  isFirstMarked = true;
}

/** The first image belongs to a series as soon as that is known, and the series grows while the disc is read. @param {any} catalogue */
function followCatalogue(catalogue) {
  const wanted = showing.key || showing.item?.sop_instance_uid;
  if (!wanted) return;
  for (const patient of catalogue.patients) {
    for (const study of patient.studies) {
      for (const series of study.series) {
        const here = showing.key ? series.key === showing.key : series.key.split("#")[0] === showing.firstSeriesUid;
        if (!here) continue;
        // Asked for anew when it has grown by half: asking each time would cost more than reading the disc.
        const grown = series.frames >= 1.5 * showing.items.length || (catalogue.complete && series.frames !== showing.items.length);
        if (grown || !showing.key) showing.showSeries(series.key, { keepPlace: true, onlyIfThere: !catalogue.complete }).catch(() => {});
        return;
      }
    }
  }
}

/** Nothing is in view although the disc is read: show the first series that can be shown. */
async function showAnything() {
  const current = disc;
  const patients = (current?.catalogue?.patients ?? []).filter((/** @type {any} */ p) => !app.chosenPatient || p.key === app.chosenPatient);
  for (const patient of patients) {
    for (const study of patient.studies) {
      for (const series of study.series) {
        if (series.shows !== "image" || current !== disc) continue;
        await showing.showSeries(series.key).catch(() => {});
        if (viewport.hasFrame) return markFirstImage();
      }
    }
  }
}

/** @param {string} type @param {(detail: any, event: Event) => void} act */
const onApp = (type, act) => document.body.addEventListener(type, (event) => act(/** @type {CustomEvent} */ (event).detail, event));

onApp("open-folder", ({ handle, files }) => openNow(handle ? fromHandle(handle) : fromFileList(files)));
onApp("open-zip", ({ file }) => openNow({ name: file.name, archive: file }));
onApp("open-sample", () => openNow(sample()));
onApp("drop-items", (transfer) => openNow(fromDrop(transfer)));
onApp("look-inside", async (path) => {
  const current = disc;
  if (!current?.report) return;
  app.showMore(path);
  try {
    await current.lookInside(path);
  } catch (error) {
    const reason = /** @type {Error & {wire?: any}} */ (error);
    if (current === disc && reason.name !== "AbortError") app.showError(reason.wire ?? { title: t("error.open"), detail: String(reason) });
  }
});
onApp("retry", () => lastChoice && openNow(lastChoice));
onApp("stop", (what) => (what === "export" ? copying.stop() : disc?.stop()));

/** @returns {Promise<Choice>} */
async function sample() {
  return { name: t("sample.name"), sample: true, archive: new Blob([await assetBytes("sample.zip")]) };
}

// ---- showing ----

showing.addEventListener("series", (event) => {
  app.setCurrentSeries(/** @type {CustomEvent} */ (event).detail.key);
  app.setFps(Math.round(showing.fps * 10) / 10);
});
showing.addEventListener("slice", (event) => {
  app.setSlice(/** @type {CustomEvent} */ (event).detail);
  if (app.wantsTags) showTags();
});
showing.addEventListener("painted", () => {
  markFirstImage();
  app.setPresets(presets);
  app.setWindow(viewport.window);
});
let stageMessages = 0;
showing.addEventListener("cannot", async (event) => {
  const words = /** @type {CustomEvent} */ (event).detail;
  const mine = ++stageMessages;
  if (!words?.gone) return app.setStageMessage(words ? { title: words.title || t("stage.cannot"), text: words.hint } : null);
  const denied = (await disc?.noteFailure()) ?? false;
  if (mine === stageMessages) app.setStageMessage({ title: t("stage.gone"), text: t(denied ? "stage.denied_more" : "stage.gone_more") });
});
showing.addEventListener("playing", (event) => app.setPlaying(/** @type {CustomEvent} */ (event).detail));

/** The viewport's presets with names in the person's language. */
function presets() {
  return viewport.presets.map((preset) => ({ ...preset, name: preset.name && preset.key === "stored" ? preset.name : t(`preset.${preset.key}`) }));
}

onApp("select-series", (key) => showing.showSeries(key).catch(() => {}));
onApp("step", ({ by, to }) => (to === undefined ? showing.step(by) : showing.go(to - 1)));
onApp("tool", (name) => { viewport.tool = name === "brightness" ? "window" : name; });
onApp("preset", (preset) => viewport.applyPreset(preset));
onApp("confirm-person", ({ right }) => disc?.rejudge(right ? "right" : app.screen === "export" ? "ask" : "wrong").catch(() => {}));
onApp("choose-person", (key) => {
  viewport.clear();
  showing.onlyPatient = key;
});
onApp("play", (wanted) => (wanted ? showing.play() : showing.pause()));
onApp("fps", (fps) => showing.chooseFps(fps));
onApp("view", (action) => {
  if (action === "invert") viewport.invert = !viewport.invert;
  else if (action === "rotate") viewport.rotate(90);
  else if (action === "flip-h") viewport.flip("h");
  else if (action === "flip-v") viewport.flip("v");
  else if (action === "fit") viewport.fit();
  else if (action === "reset") viewport.reset();
  else if (action === "zoom-in") viewport.zoomBy(1.25);
  else if (action === "zoom-out") viewport.zoomBy(0.8);
});
onApp("viewport-step", (n) => showing.step(n));
onApp("viewport-jump", ({ to }) => showing.go(to === "first" ? 0 : showing.items.length - 1));
onApp("viewport-series", (n) => showing.stepSeries(n));
onApp("viewport-play", () => (showing.playing ? showing.pause() : showing.play()));
onApp("viewport-preset", (n) => {
  const preset = viewport.presets[n - 1];
  if (preset) viewport.applyPreset(preset);
});
onApp("viewport-window", () => app.setWindow(viewport.window));
onApp("viewport-tool", (tool) => app.setTool(tool === "window" ? "brightness" : tool));
onApp("viewport-key", (key) => document.body.dispatchEvent(new CustomEvent("shortcut", { detail: key })));

// ---- thumbnails and tags: after what the person is looking at ----

/** @type {Promise<void>} */
let thumbnails = Promise.resolve();
onApp("need-thumbnail", (key) => {
  const current = disc;
  thumbnails = thumbnails.then(async () => {
    await current?.quiet;
    if (!current || current !== disc) return;
    try {
      const { result, buffers } = await engine.request("thumbnail", { key });
      if (current === disc && buffers?.[0]) app.setThumbnail(key, { ...result, data: new Uint8Array(buffers[0]) });
    } catch {
      // The row keeps its place-holder; opening the series says why.
    }
  });
});

async function showTags() {
  const item = showing.item;
  if (!item) return app.setTags(null);
  try {
    await disc?.settled;
    const { rows } = await engine.ask("tags", { sop_instance_uid: item.sop_instance_uid });
    if (item === showing.item) app.setTags(rows);
  } catch {
    app.setTags([]);
  }
}
onApp("show-tags", showTags);

// ---- report and copy ----

onApp("save-report", async (kind) => {
  const { text, json } = await engine.ask("report_text");
  if (kind === "json") download(new Blob([json], { type: "application/json" }), fileName("report", new Date(), "json"));
  else download(new Blob([text], { type: "text/plain;charset=utf-8" }), fileName("report", new Date(), "txt"));
});
onApp("need-identity", async () => {
  const current = disc;
  const saved = await engine.ask("report_text").catch(() => null);
  if (saved && current === disc) app.setIdentity(saved);
});
onApp("need-letter", async (language) => {
  const current = disc;
  const day = new Date();
  const today = String(day.getFullYear() * 10000 + (day.getMonth() + 1) * 100 + day.getDate());
  const ask = (/** @type {boolean} */ readTexts) => engine.ask("letter", { language, today, read_texts: readTexts });
  // A text on a scratched disc may not be there any more: then the letter does without it.
  const answer = await ask(true).catch(() => ask(false)).catch(() => null);
  if (answer && current === disc) app.setLetter(language, answer);
});
const copying = new Copying(app, () => disc);
onApp("plan", (choice) => copying.plan(choice));
onApp("make-copy", (choice) => copying.make(choice));

/** @type {any} */ (window).scanfolio = scripting({ engine, showing, viewport, open, disc: () => disc });
