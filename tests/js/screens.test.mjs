// The arithmetic behind the screens: what is shown, chosen and said, without a page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { discHolds, holdsText, seriesCount, seriesTitle, shownPatients } from "../../static/js/ui/catalogue-view.js";
import { DiscState } from "../../static/js/ui/disc-state.js";
import { doneView } from "../../static/js/ui/done-view.js";
import { choiceOf, chosenEnhanced, chosenHolds, dispensable, mediumFor, secondsExpected, stageAt } from "../../static/js/ui/export-choices.js";
import { fateOf, groupCounts, kindsOf, pickFiles } from "../../static/js/ui/file-rows.js";
import { evidenceRows, groupsOf, markOf, placesOf, remarksOf, tallyOf } from "../../static/js/ui/report-view.js";
import { hashOf, screenOf } from "../../static/js/ui/router.js";
import { formatTimeExpected } from "../../static/js/i18n.js";
import { readSpeed } from "../../static/js/read-speed.js";
import { matchingTags } from "../../static/js/ui/tag-filter.js";
import { nextTheme } from "../../static/js/ui/theme.js";
import { TimeLeft } from "../../static/js/ui/time-left.js";
import { offsetsOf, rowAt, visibleRange } from "../../static/js/ui/virtual.js";

const series = (key, frames, more = {}) => ({ key, modality: "CT", number: 3, description: "", shows: "image", instances: frames, frames, lossy: false, size_bytes: frames * 1000, ...more });
const study = (uid, list) => ({ study_instance_uid: uid, description: "", date: "", time: "", institution: "", accession_number: "", series: list });
const patient = { key: "p", name: "DOE^JANE", patient_id: "1", birth_date: "", sex: "", studies: [study("1", [series("a", 10), series("b", 5)]), study("2", [series("c", 0, { shows: "report", instances: 2 })])] };

test("a series is called by its description, else by the least that is known", () => {
  assert.equal(seriesTitle(series("x", 1, { description: "Chest" })), "Chest");
  assert.equal(seriesTitle(series("x", 1, { localizer: true })), "Overview");
  assert.equal(seriesTitle(series("x", 1, { body_part: "CHEST" })), "Chest, CT, series 3");
  assert.equal(seriesTitle(series("x", 1, { modality: "", number: null })), "Series without a name");
  assert.equal(seriesTitle(series("x", 1, { description: "Head", part: "Echo 2 (80 ms)" })), "Echo 2 (80 ms) · Head");
  assert.equal(seriesCount(series("x", 0, { shows: "document", instances: 1 })), "1 document");
  assert.equal(seriesCount(series("x", 120, { instances: 1 })), "120 images");
});

test("what a disc holds is counted per kind", () => {
  assert.deepEqual(discHolds([patient]), { people: 1, studies: 2, series: 3, images: 15, documents: 2, bytes: 15000 });
  assert.equal(holdsText({ images: 15, documents: 2 }), "15 images, 2 documents");
  assert.equal(holdsText({ images: 0, documents: 0 }), "no images");
});

test("once a person is chosen, only theirs is left", () => {
  const catalogue = { patients: [patient, { ...patient, key: "q" }] };
  assert.equal(shownPatients(catalogue, null).length, 2);
  assert.deepEqual(shownPatients(catalogue, "q").map((p) => p.key), ["q"]);
  assert.deepEqual(shownPatients(null, null), []);
});

const outcome = (rule, state, severity = "H", more = {}) => ({ rule, state, severity, title: rule, plain: rule, technical: "", reference: "", issues: [], ...more });

test("remarks: the worst first, what could not be checked last, passed ones not at all", () => {
  const all = [outcome("V08", "failed", "I"), outcome("D08", "blocked", "B"), outcome("F05", "failed", "H"), outcome("V01", "passed"), outcome("F09", "failed", "B"), outcome("D10", "failed", "W"), outcome("F08", "not_applicable"), outcome("A08", "crashed")];
  assert.deepEqual(remarksOf(all).map((o) => o.rule), ["F09", "F05", "D10", "V08", "D08", "A08"]);
  assert.deepEqual(tallyOf(all), { checks: 8, passed: 1, remarks: 6, important: 2, not_applicable: 1 });
  assert.deepEqual(groupsOf(all).map((g) => [g.family, g.outcomes.length]), [["V", 2], ["D", 2], ["F", 3], ["A", 1]]);
});

test("every state has its own shape, word and tone", () => {
  const marks = [["passed"], ["failed", "I"], ["failed", "W"], ["failed", "H"], ["failed", "B"], ["not_applicable"], ["blocked"], ["crashed"]].map(([state, severity]) => markOf({ state, severity: severity ?? "H" }));
  assert.equal(new Set(marks.map((m) => m.mark)).size, 8);
  assert.equal(new Set(marks.map((m) => m.word)).size, 8);
});

test("places are counted truly even where few are named; evidence becomes rows", () => {
  assert.equal(placesOf(outcome("X", "failed", "H", { issues: [{ message: "", where: ["a"], where_count: 1843, evidence: {} }, { message: "", where: [], where_count: 0, evidence: {} }] })), 1843);
  assert.deepEqual(evidenceRows({ transfer_syntax_uid: "1.2", n: 3 }), [["transfer syntax uid", "1.2"], ["n", "3"]]);
});

const files = [{ path: "DICOM/IM10", kind: "dicom" }, { path: "DICOM/IM2", kind: "dicom", reason: "cut off" }, { path: "VIEW.EXE", kind: "program" }, { path: "P.JPG", kind: "picture" }, { path: "A.JPG", kind: "picture" }, { path: "DICOMDIR", kind: "dicomdir" }, { path: "BAD", kind: "unreadable" }, { path: "K.P7M", kind: "other", locked: true }];

test("every file is in exactly one group", () => {
  const counts = groupCounts(files);
  assert.equal(counts.all, files.length);
  assert.equal(counts.images + counts.documents + counts["left-out"] + counts.broken, files.length);
});

test("files are found by path or reason and sorted with numbers as numbers", () => {
  assert.deepEqual(pickFiles(files, { group: "all", text: "dicom/", by: "path" }).map((f) => f.path), ["DICOM/IM2", "DICOM/IM10"]);
  assert.deepEqual(pickFiles(files, { group: "broken", text: "", by: "path" }).map((f) => f.path), ["BAD", "DICOM/IM2"]);
  assert.deepEqual(pickFiles(files, { group: "all", text: "CUT", by: "path" }).map((f) => f.path), ["DICOM/IM2"]);
  assert.equal(pickFiles(files, { group: "all", text: "", by: "kind", down: true })[0].kind, "unreadable");
  assert.equal(fateOf(files[0]).word, "fate.copied");
  assert.equal(fateOf(files[1]).word, "fate.damaged");
  assert.deepEqual(kindsOf(files).slice(0, 2).map((k) => [k.kind, k.count]), [["dicom", 2], ["picture", 2]]);
  assert.ok(kindsOf(files).some((k) => k.kind === "locked"));
});

test("rows in view: from offsets, with spare ones, never outside the list", () => {
  const offsets = offsetsOf([64, 72, 72, 64, 72]);
  assert.equal(offsets[5], 344);
  assert.equal(rowAt(offsets, 0), 0);
  assert.equal(rowAt(offsets, 63), 0);
  assert.equal(rowAt(offsets, 64), 1);
  assert.equal(rowAt(offsets, 10_000), 4);
  assert.deepEqual(visibleRange(offsets, 140, 10, 1), { first: 1, end: 4 });
  assert.deepEqual(visibleRange(offsetsOf([]), 0, 100), { first: 0, end: 0 });
});

test("a choice is said in the shortest way: all, some examinations, and what of them is not wanted", () => {
  assert.deepEqual(choiceOf(patient, new Set(["a", "b", "c"])), { studies: null, series: null, without: [] });
  assert.deepEqual(choiceOf(patient, new Set(["a", "b"])), { studies: ["1"], series: null, without: [] });
  assert.deepEqual(choiceOf(patient, new Set(["a", "c"])), { studies: null, series: null, without: ["b"] });
  assert.deepEqual(chosenHolds(patient, new Set(["a", "c"])), { series: 2, images: 10, documents: 2, bytes: 10000 });
  assert.deepEqual(dispensable(patient), { keys: [], kinds: [] });
  const study = { ...patient.studies[0], series: patient.studies[0].series.map((one, n) => ({ ...one, modality: "??", role: n ? "dose" : "" })) };
  assert.deepEqual(dispensable({ ...patient, studies: [study] }), { keys: ["b"], kinds: ["dose"] });
  assert.equal(mediumFor(600e6), "export.fits_cd");
  assert.equal(mediumFor(996e6), "export.fits_dvd");
  assert.equal(mediumFor(5e9), "export.fits_stick");
});

test("single images are offered for the ticked series that hold files with many", () => {
  const enhanced = { ...patient, studies: [study("1", [series("a", 176, { instances: 1, enhanced: 1 }), series("b", 5, { enhanced: 0 }), series("c", 5)])] };
  assert.equal(chosenEnhanced(enhanced, new Set(["a", "b", "c"])), 1);
  assert.equal(chosenEnhanced(enhanced, new Set(["b", "c"])), 0);
});

test("the time a copy takes follows the disc, the size and what has to be unpacked", () => {
  const plan = { size_before: 600e6, size_after: 600e6, decoded_bytes: 0, read_bytes_per_second: 3e6 };
  assert.equal(secondsExpected(plan), 415);
  assert.equal(secondsExpected({ ...plan, read_bytes_per_second: 600e6 }), 17);
  assert.equal(secondsExpected({ ...plan, read_bytes_per_second: 600e6, decoded_bytes: 100e6 }), 27);
  assert.ok(Number.isNaN(secondsExpected({ ...plan, read_bytes_per_second: NaN })));
  assert.deepEqual([NaN, 10, 44, 45, 100, 415].map(formatTimeExpected), ["", "Less than a minute", "Less than a minute", "About 1 minute", "About 2 minutes", "About 7 minutes"]);
});

test("how fast a disc is read is tried on the middle of its largest file", async () => {
  const times = [0, 2000];
  const read = [];
  const file = (size) => ({ size, slice: (from, to) => ({ arrayBuffer: async () => { read.push([from, to]); return new ArrayBuffer(Math.min(to, size) - from); } }) });
  assert.equal(await readSpeed([file(10), file(12 << 20), file(5 << 20)], () => times.shift()), (4 << 20) / 2);
  assert.deepEqual(read, [[4 << 20, 8 << 20]]);
  assert.ok(Number.isNaN(await readSpeed([])));
  let asked = 0;
  const many = Array.from({ length: 20000 }, () => ({ get size() { asked += 1; return 9; }, slice: () => ({ arrayBuffer: async () => new ArrayBuffer(9) }) }));
  await readSpeed(many, () => 0);
  assert.ok(asked < 100, "the sizes of all files are not asked for");
  assert.ok(Number.isNaN(await readSpeed([{ size: 5, slice: () => ({ arrayBuffer: async () => { throw new Error("gone"); } }) }])));
});

test("stages of a copy never go back", () => {
  let at = -1;
  const seen = ["checking", "comparing", "preparing", "writing", "reading", "checking", "verifying", "checking"].map((stage) => (at = Math.max(at, stageAt(stage, at))));
  assert.deepEqual(seen, [0, 0, 0, 1, 2, 2, 3, 3]);
});

test("the end of an export counts what was done to how many", () => {
  const manifest = { file_set_uid: "2.25.1", instances: 2, first_file: "DICOM/A", total_bytes: 12, actions: { decompress: { instances: 1, transfer_syntax_uids: ["1.2.1"] }, copy: { instances: 1, transfer_syntax_uids: ["1.2.1"] }, split: { instances: 4, transfer_syntax_uids: ["1.2.1"] } }, supplied: 0, left_out: [{ path: "x", sop_instance_uid: "" }, { path: "y", sop_instance_uid: "1", reason: "cut off" }] };
  const verification = { ok: true, identical: 2, instances_in: 2, files_checked: 9, differences: [] };
  const view = doneView({ manifest, verification, where: "zip" }, null);
  assert.equal(view.bytes, 12);
  assert.deepEqual(view.changes.map((c) => [c.key, c.count]), [["changed.decompress", 1], ["changed.split", 4], ["changed.copy", 1], ["changed.renamed", 2], ["changed.directory", 1], ["changed.left_out", 1]]);
  assert.deepEqual([view.firstFile, view.changes[0].technical, view.changes[3].technical], ["DICOM/A", ["1.2.1"], ["DICOM/A"]]);
  assert.equal(view.leftOutImages.length, 1);
  // Side by side in one object, the number of left-out files hides their list: the plan still has it.
  const flat = doneView({ ...manifest, ...verification, left_out: 2, where: "zip" }, { left_out: manifest.left_out });
  assert.equal(flat.leftOutImages.length, 1);
  assert.equal(flat.ok, true);
});

test("fields are found by name, by number in any spelling, and by content", () => {
  const rows = [{ tag: "(0010,0010)", vr: "PN", name: "Patient's Name", value: "DOE^JANE", depth: "0" }, { tag: "(0028,0030)", vr: "DS", name: "Pixel Spacing", value: "0.7 \\ 0.7", depth: "0" }];
  for (const asked of ["0010,0010", "00100010", "(0010,0010)", "patient name", "doe", "PN"]) assert.deepEqual(matchingTags(rows, asked).map((r) => r.vr), ["PN"], asked);
  assert.equal(matchingTags(rows, "").length, 2);
  assert.equal(matchingTags(rows, "nothing like it").length, 0);
});

test("time left comes from the last seconds, and not too early", () => {
  const left = new TimeLeft();
  left.note(0, 0);
  left.note(100, 500);
  assert.ok(Number.isNaN(left.secondsFor(100)));
  left.note(400, 2000);
  assert.equal(left.secondsFor(200), 1);
});

test("screens and addresses belong together; anchors are left alone", () => {
  for (const screen of ["landing", "disc", "report", "export"]) assert.equal(screenOf(hashOf(screen)), screen);
  assert.equal(screenOf(""), "landing");
  assert.equal(screenOf("#main"), null);
});

test("the theme goes from automatic to the opposite of what is seen, and back", () => {
  assert.deepEqual([nextTheme("auto", true), nextTheme("light", true), nextTheme("dark", true)], ["light", "dark", "auto"]);
  assert.deepEqual([nextTheme("auto", false), nextTheme("dark", false), nextTheme("light", false)], ["dark", "light", "auto"]);
});

test("dark colours stand twice in tokens.css, and are the same", () => {
  const css = readFileSync(new URL("../../static/css/tokens.css", import.meta.url), "utf8");
  const block = (start) => {
    const from = css.indexOf("{", css.indexOf(start)) + 1;
    return [...css.slice(from, css.indexOf("}", from)).matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => `${name}: ${value.trim()}`).sort();
  };
  const bySystem = block(':root:not([data-theme="light"])');
  assert.ok(bySystem.length > 20);
  assert.deepEqual(bySystem, block(':root[data-theme="dark"]'));
});

const stateOf = (more) => Object.assign(new DiscState(), { catalogue: { name: "", complete: true, counts: {}, patients: [patient] } }, more);
const verdict = (letter) => ({ verdict: { class: letter } });
const other = { ...patient, key: "q", name: "ROE^RICHARD" };
const both = { name: "", complete: true, counts: {}, patients: [patient, other] };

test("no picture of anyone is seen while it is unclear whose it is", () => {
  assert.equal(stateOf({ hasImage: true }).cover, null);
  assert.match(stateOf({ hasImage: true, catalogue: both }).cover.title, /more than one person/);
  const done = stateOf({ hasImage: true, catalogue: both, phase: "done", report: verdict("H") });
  assert.match(done.cover.title, /more than one person/);
  assert.equal(done.isFullPage, true);
  const chosen = Object.assign(done, { chosen: "q", awaitsPaint: true });
  assert.notEqual(chosen.cover, null, "the picture of the one before must be gone first");
  chosen.awaitsPaint = false;
  assert.equal(chosen.cover, null);
  assert.equal(chosen.chosenName, "Richard Roe");
  assert.deepEqual(chosen.patients, [other]);
  assert.equal(chosen.isFullPage, false);
});

test("a copy is refused with a reason, and only then", () => {
  assert.equal(stateOf({}).noCopy, "export.after_reading");
  assert.equal(stateOf({ phase: "done" }).noCopy, "");
  assert.equal(stateOf({ phase: "done", catalogue: both }).noCopy, "export.several");
  assert.equal(stateOf({ phase: "done", answer: "wrong" }).noCopy, "export.wrong_person");
  assert.equal(stateOf({ phase: "done", catalogue: { ...both, patients: [] } }).noCopy, "export.nothing_here");
});

test("E, F and H take the whole page until the person looks or chooses", () => {
  for (const letter of "ABCDG") assert.equal(stateOf({ report: verdict(letter) }).isFullPage, false);
  for (const letter of "EFH") assert.equal(stateOf({ report: verdict(letter) }).isFullPage, true);
  assert.equal(stateOf({ report: verdict("H"), looking: true }).isFullPage, false);
  assert.equal(stateOf({}).firstSeries.key, "a");
  assert.equal(stateOf({ current: "b" }).firstSeries, null);
});
