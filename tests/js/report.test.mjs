// What of a report is shown and printed: receivers, the technician's part, and the bounds of the paper.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, cutPath, MOST, printedFiles, printedKinds, printedRemarks, printedRest } from "../../static/js/ui/paper-view.js";
import { nothingOpens, receiversOf, whyOf } from "../../static/js/ui/receivers.js";
import { headFacts, tallyText } from "../../static/js/ui/report-facts.js";
import { asksHospital, viewersOf } from "../../static/js/ui/report-view.js";
import { browserName, technicalRows } from "../../static/js/ui/technical.js";

const outcome = (rule, state, more = {}) => ({ rule, state, severity: "H", title: rule, plain: `${rule} says`, technical: "", reference: "", in_copy: "", issues: [], ...more });
const answer = (word, ...reasons) => ({ answer: word, plain: word, taken: 0, total: 0, reasons: reasons.map((plain) => ({ plain })) });
const receiver = (disc, copy) => ({ id: "x", title: "x", reference: "", as_is: disc, copy, copy_as_encoded: copy });

test("a disc of twenty thousand broken files and every check failing stays within the bounds of the paper", () => {
  const long = "x".repeat(5000);
  const where = Array.from({ length: 20 }, (_, n) => `${"deep/".repeat(60)}${n}`);
  const outcomes = Array.from({ length: 70 }, (_, n) => outcome(`F${n}`, "failed", { plain: long, technical: long, in_copy: long, issues: [{ message: long, where, where_count: 20000, evidence: {} }] }));
  const { remarks, more } = printedRemarks(outcomes);
  assert.equal(remarks.length, MOST.remarks);
  assert.equal(remarks.length + more, 70);
  for (const remark of remarks) {
    assert.ok(Math.max(remark.plain.length, remark.technical.length, remark.in_copy.length) <= MOST.sentence);
    assert.equal(remark.places, 20000);
    assert.equal(remark.paths.length, MOST.paths);
    assert.ok(remark.paths.every((path) => path.length <= MOST.path));
  }
  const files = Array.from({ length: 20000 }, (_, n) => ({ path: `IM${n}`, kind: "unreadable", reason: "cut off", size: 10 }));
  assert.deepEqual([printedFiles(files).files.length, printedFiles(files).count], [MOST.files, 20000]);
  assert.deepEqual(printedKinds(files), [{ kind: "unreadable", count: 20000, bytes: 200000 }]);
});

test("broken files are printed before those that are merely left out", () => {
  const files = [{ path: "A.EXE", kind: "program", reason: "p" }, { path: "IM1", kind: "dicom" }, { path: "IM2", kind: "dicom", reason: "cut off" }, { path: "IM3", kind: "unreadable", reason: "r" }];
  assert.deepEqual(printedFiles(files).files.map((f) => f.path), ["IM3", "IM2", "A.EXE"]);
});

test("checks without a remark are printed as codes, by family", () => {
  const list = [outcome("V01", "passed"), outcome("V02", "not_applicable"), outcome("D01", "failed"), outcome("D02", "passed"), outcome("S01", "blocked")];
  assert.deepEqual(printedRest(list), [
    { family: "V", remarks: 0, passed: ["V01"], not_applicable: ["V02"] },
    { family: "D", remarks: 1, passed: ["D02"], not_applicable: [] },
  ]);
});

test("texts are cut at their end, paths in their middle, with a sign", () => {
  assert.equal(cut("short"), "short");
  assert.equal(cut("a ".repeat(200)).length <= MOST.sentence, true);
  assert.match(cut("a ".repeat(200)), /a…$/);
  const path = `DICOM/${"sub/".repeat(50)}IM000012`;
  assert.equal(cutPath(path).length <= MOST.path, true);
  assert.match(cutPath(path), /^DICOM\/sub.*…sub.*\/IM000012$|^DICOM\/sub.*….*IM000012$/);
});

test("why a system takes not all of it: the reasons, else its sentence; of a plain yes nothing", () => {
  assert.deepEqual(whyOf(answer("partly", "a", "b", "c"), 2), ["a", "b"]);
  assert.deepEqual(whyOf(answer("unknown"), 2), ["unknown"]);
  assert.deepEqual(whyOf(answer("yes", "a"), 2), []);
  assert.equal(nothingOpens([receiver(answer("no", "a"), answer("no", "a"))]), true);
  assert.equal(nothingOpens([receiver(answer("no", "a"), answer("yes"))]), false);
  assert.equal(nothingOpens([]), false);
});

test("of a disc that must not be handed over it is not said that it would open", () => {
  const receivers = [receiver(answer("yes"), answer("yes"))];
  assert.equal(receiversOf({ verdict: { class: "H" }, receivers }).length, 0);
  assert.equal(receiversOf({ verdict: { class: "A" }, receivers }).length, 1);
  assert.deepEqual(receiversOf({ verdict: { class: "A" } }), []);
});

test("the hospital is asked for D to H, and not before everything was read", () => {
  for (const letter of "ABC") assert.equal(asksHospital({ verdict: { class: letter }, complete: true }), false);
  for (const letter of "DEFGH") assert.equal(asksHospital({ verdict: { class: letter }, complete: true }), true);
  assert.equal(asksHospital({ verdict: { class: "E" }, complete: false }), false);
});

const report = { verdict: { class: "C", variant: "C_form", because: ["F04", "F05"] }, outcomes: [outcome("V01", "passed"), outcome("F04", "failed")], files: [{ path: "a", size: 1500 }, { path: "b", size: 500 }] };

test("the technician's part says which disc, when, by what, and the check sum; what is not known yet is left out", () => {
  const read = { name: "DISC", checkedAt: new Date(Date.UTC(2026, 10, 25, 20, 15)), saved: null, browser: "Firefox 140.0" };
  const rows = new Map(technicalRows({ ...report, file_sets: [{ path: "DICOMDIR", file_set_id: "SCANS", file_set_uid: "" }] }, read));
  assert.equal(rows.get("File-set ID"), "SCANS");
  assert.equal(rows.get("File-set UID"), "not given");
  assert.equal(rows.get("Files"), "2 files, 2\u00a0kB");
  assert.match(rows.get("Checked"), /2026-11-25T20:15:00\.000Z/);
  assert.equal(rows.get("Class and deciding checks"), "C_form: F04, F05");
  assert.equal(rows.has("SHA-256 of the report as JSON"), false);
  const known = new Map(technicalRows(report, { ...read, saved: { json_sha256: "ab12", versions: { scanfolio: "0.1.0", python: "3.14.2", pydicom: "" } } }));
  assert.equal(known.get("SHA-256 of the report as JSON"), "ab12");
  assert.equal(known.get("Software"), "Scanfolio 0.1.0, Python 3.14.2, pydicom was not needed");
  assert.equal(known.get("File-set ID"), "none: there is no DICOMDIR");
});

test("unknown files are named by their beginning, the largest of each kind first", () => {
  const other = (path, size, first_bytes) => ({ path, size, kind: "other", first_bytes });
  const files = [other("a", 10, "45 56"), other("b", 20_000, "45 56"), other("c", 300, "00 01"), { path: "d", kind: "program", size: 9, first_bytes: "4d 5a" }];
  const rows = new Map(technicalRows({ ...report, files }, { name: "DISC", checkedAt: new Date(), saved: null, browser: "" }));
  assert.equal(rows.get("Largest unknown files, and how they begin"), "b, 20\u00a0kB: 45 56\nc, 300\u00a0B: 00 01");
  assert.equal(new Map(technicalRows(report, { name: "", checkedAt: new Date(), saved: null, browser: "" })).size, 6);
});

test("viewing programs that are known by name are named once", () => {
  const found = (viewer) => ({ message: "", where: [], evidence: viewer ? { viewer } : { files: 3 } });
  assert.deepEqual(viewersOf([outcome("V02", "failed", { issues: [found(""), found("Weasis")] }), outcome("V08", "failed", { issues: [found("Weasis"), found("Horos")] })]), ["Weasis", "Horos"]);
});

test("browsers by their name", () => {
  const mozilla = "Mozilla/5.0 (X11; Linux x86_64)";
  assert.equal(browserName(`${mozilla} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36`), "Chrome 156.0.0.0");
  assert.equal(browserName(`${mozilla} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.1.2`), "Edge 156.0.1.2");
  assert.equal(browserName("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox 140.0");
  assert.equal(browserName("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Safari/605.1.15"), "Safari 18.2");
  assert.equal(browserName("Something Else"), "Something Else");
});

test("the head names one person, or how many, or nobody", () => {
  const state = (patients) => ({ report, patients, name: "DISC", checkedAt: new Date(2026, 10, 25) });
  const person = { key: "p", name: "DOE^JANE", patient_id: "1", birth_date: "19580314", sex: "", studies: [] };
  assert.equal(headFacts(state([person]))[0][1], "Doe, Jane · 14 March 1958");
  assert.equal(headFacts(state([person, person]))[0][1], "2 people");
  assert.equal(headFacts(state([]))[0][1], "nobody named");
  assert.equal(headFacts(state([]))[1][1], "DISC, 2\u00a0kB");
  assert.equal(tallyText(report), "Class C · 1 passed · 1 remark · 1 important");
});
