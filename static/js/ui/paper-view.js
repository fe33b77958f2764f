// What of a report goes on paper: enough to decide and to prove, and never more than four sheets, however long the disc. Pure.
import { groupsOf, isRemark, markOf, placesOf, remarksOf } from "./report-view.js";

/** @typedef {import("../types.js").Report} Report */
/** @typedef {import("../types.js").Outcome} Outcome */
/** @typedef {import("../types.js").FileRow} FileRow */

export const MOST = { remarks: 18, files: 12, sentence: 210, path: 84, paths: 2, steps: 5 };

/** Cut at its end. @param {string} text @param {number} most */
export const cut = (text, most = MOST.sentence) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);

/** Cut in its middle: both ends of a path tell files apart. @param {string} path */
export function cutPath(path) {
  if (path.length <= MOST.path) return path;
  const half = Math.floor((MOST.path - 1) / 2);
  return `${path.slice(0, half)}…${path.slice(path.length - half)}`;
}

/** The remarks that are printed, the worst first, and how many are not. @param {Outcome[]} outcomes */
export function printedRemarks(outcomes) {
  const all = remarksOf(outcomes);
  return {
    more: Math.max(0, all.length - MOST.remarks),
    remarks: all.slice(0, MOST.remarks).map((outcome) => ({
      ...markOf(outcome),
      rule: outcome.rule,
      plain: cut(outcome.plain || outcome.title),
      technical: cut([outcome.technical, outcome.reference].filter(Boolean).join(" ")),
      in_copy: outcome.state === "failed" ? cut(outcome.in_copy ?? "") : "",
      places: placesOf(outcome),
      paths: outcome.issues.flatMap((issue) => issue.where).slice(0, MOST.paths).map(cutPath),
    })),
  };
}

/** By family: the codes of what passed and of what does not apply. @param {Outcome[]} outcomes */
export function printedRest(outcomes) {
  return groupsOf(outcomes).map(({ family, outcomes: all }) => ({
    family,
    remarks: all.filter(isRemark).length,
    passed: all.filter((o) => o.state === "passed").map((o) => o.rule),
    not_applicable: all.filter((o) => o.state === "not_applicable").map((o) => o.rule),
  })).filter(({ passed, not_applicable: apart }) => passed.length || apart.length);
}

/** Kinds of files with number and bytes, most first. @param {FileRow[]} files */
export function printedKinds(files) {
  /** @type {Map<string, {kind: string, count: number, bytes: number}>} */
  const kinds = new Map();
  for (const file of files) {
    const kind = file.locked ? "locked" : file.kind;
    const row = kinds.get(kind) ?? { kind, count: 0, bytes: 0 };
    row.count += 1;
    row.bytes += file.size ?? 0;
    kinds.set(kind, row);
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind));
}

/** Files with something to be said, broken ones first; `count` is how many there are. @param {FileRow[]} files */
export function printedFiles(files) {
  const weight = (/** @type {FileRow} */ file) => (file.kind === "unreadable" ? 0 : file.kind === "dicom" ? 1 : 2);
  const notable = files.filter((file) => file.reason);
  return { count: notable.length, files: notable.map((file, at) => ({ file, at })).sort((a, b) => weight(a.file) - weight(b.file) || a.at - b.at).slice(0, MOST.files).map(({ file }) => file) };
}
