// What a technician wants to know of a report: which disc, when, read by what, and the check sum of its JSON. Pure.
import { formatBytes, formatMoment, list, t } from "../i18n.js";
import { cutPath } from "./paper-view.js";

/** @typedef {import("../types.js").Report} Report */
/** @typedef {import("../types.js").SavedReport} SavedReport */

/** Rows of a term and what it is. @param {Report} report @param {{name: string, checkedAt: Date, saved: SavedReport | null, browser: string}} read @returns {[string, string][]} */
export function technicalRows(report, { name, checkedAt, saved, browser }) {
  const size = report.files.reduce((sum, file) => sum + (file.size ?? 0), 0);
  const sets = report.file_sets ?? [];
  const named = (/** @type {"file_set_id"|"file_set_uid"} */ key) => list(sets.map((set) => set[key] || t("technical.not_given"))) || t("technical.no_file_set");
  const versions = saved?.versions;
  /** @type {[string, string][]} */
  const rows = [
    [t("technical.disc"), name || t("bar.your_disc")],
    [t("technical.file_set_id"), named("file_set_id")],
    [t("technical.file_set_uid"), named("file_set_uid")],
    [t("technical.files"), t("technical.files_size", { count: report.files.length, size: formatBytes(size) })],
    [t("technical.checked"), `${formatMoment(checkedAt)} (${checkedAt.toISOString()})`],
    [t("technical.class"), [report.verdict.variant || report.verdict.class, list(report.verdict.because ?? [])].filter(Boolean).join(": ")],
  ];
  if (versions) {
    const used = [t("technical.version", { version: versions.scanfolio }), t("technical.python", { version: versions.python }),
      versions.pydicom ? t("technical.pydicom", { version: versions.pydicom }) : t("technical.no_pydicom")];
    rows.push([t("technical.software"), list(used)]);
  }
  const unknown = unknownFiles(report.files).map(({ path, size, first_bytes: bytes }) => t("technical.unknown_file", { path: cutPath(path), size: formatBytes(size ?? 0), bytes: String(bytes) }));
  if (unknown.length) rows.push([t("technical.unknown"), unknown.join("\n")]);
  if (browser) rows.push([t("technical.browser"), browser]);
  if (saved) rows.push([t("technical.sha256"), saved.json_sha256]);
  return rows;
}

const MOST_UNKNOWN = 4;
/** The largest files nobody knows, one of each beginning: what a viewer may keep its pictures in. @param {import("../types.js").FileRow[]} files */
function unknownFiles(files) {
  const largest = files.filter((file) => file.kind === "other" && file.first_bytes).sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
  const seen = new Set();
  return largest.filter(({ first_bytes: bytes }) => !seen.has(bytes) && seen.add(bytes)).slice(0, MOST_UNKNOWN);
}

/** The browser's name and version, out of what it says of itself; its whole word where that is not to be told. @param {string} agent */
export function browserName(agent) {
  const found = /(Firefox|Edg|OPR|Chrome|Version)\/([\d.]+)(?:.*(Safari))?/.exec(agent.replace(/Chrome\/[\d.]+(?=.*(Edg|OPR)\/)/, ""));
  if (!found) return agent.slice(0, 80);
  const name = { Edg: "Edge", OPR: "Opera", Version: "Safari" }[found[1]] ?? found[1];
  return `${name} ${found[2]}`;
}
