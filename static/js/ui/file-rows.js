// The list of every file: sorting, filtering, what becomes of each. Pure.

/** @typedef {import("../types.js").FileRow} FileRow */
/** @typedef {"all"|"images"|"documents"|"left-out"|"broken"} FileGroup */

export const FILE_GROUPS = /** @type {FileGroup[]} */ (["all", "images", "documents", "left-out", "broken"]);

/** @param {FileRow} file @returns {Exclude<FileGroup, "all">} */
export function groupOf({ kind, reason }) {
  if (kind === "dicom") return reason ? "broken" : "images"; // a DICOM file has a reason when it is not whole
  if (kind === "unreadable") return "broken";
  if (kind === "document" || kind === "dicomdir") return "documents";
  return "left-out";
}

/** How many files each group holds. @param {FileRow[]} files */
export function groupCounts(files) {
  const counts = { all: files.length, images: 0, documents: 0, "left-out": 0, broken: 0 };
  for (const file of files) counts[groupOf(file)] += 1;
  return counts;
}

/**
 * Rows of one group that contain what is asked for, sorted; numbers in names count as numbers (2 before 10).
 * @param {FileRow[]} files @param {{group: FileGroup, text: string, by: "path"|"kind"|"reason", down?: boolean}} wanted
 */
export function pickFiles(files, { group, text, by, down = false }) {
  const asked = text.trim().toLowerCase();
  const picked = files.filter((file) => (group === "all" || groupOf(file) === group)
    && (!asked || `${file.path}\n${file.reason ?? ""}\n${file.signature ?? ""}\n${file.sop_instance_uid ?? ""}`.toLowerCase().includes(asked)));
  const value = (/** @type {FileRow} */ file) => (by === "path" ? file.path : by === "kind" ? file.kind : file.reason ?? "");
  const order = new Intl.Collator("en", { numeric: true });
  picked.sort((a, b) => order.compare(value(a), value(b)) || order.compare(a.path, b.path));
  return down ? picked.reverse() : picked;
}

/** What becomes of a file, as a mark: a tone, a shape and the key of a word. @param {FileRow} file */
export function fateOf({ kind, reason, inside }) {
  if (inside === "listed") return { tone: "info", shape: "info", word: "fate.opened" };
  if (kind === "dicom") return reason ? { tone: "high", shape: "high", word: "fate.damaged" } : { tone: "good", shape: "good", word: "fate.copied" };
  if (kind === "dicomdir") return { tone: "info", shape: "info", word: "fate.read" };
  if (kind === "unreadable") return { tone: "high", shape: "high", word: "fate.broken" };
  return { tone: "none", shape: "none", word: "fate.left_out" };
}

/** Kinds other than DICOM with their numbers and an example, most first: what is on a disc without images. @param {FileRow[]} files */
export function kindsOf(files) {
  /** @type {Map<string, {kind: string, locked: boolean, count: number, first: string, last: string}>} */
  const kinds = new Map();
  for (const file of files) {
    const id = file.locked ? "locked" : file.kind;
    const known = kinds.get(id);
    if (known) {
      known.count += 1;
      known.last = file.path;
      // of programs, the one that a person may have started says most
      if (id === "program" && !/\.exe$/i.test(known.first) && /\.exe$/i.test(file.path)) known.first = file.path;
    } else kinds.set(id, { kind: id, locked: Boolean(file.locked), count: 1, first: file.path, last: file.path });
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}
