// The letter that asks a hospital for a standard disc, as lines of text. Pure.
import { formatDay, t } from "../i18n.js";

/** @typedef {{name: string, born: string, scan: string, date: string}} LetterFields */
/** @typedef {{text: string, blank?: boolean, strong?: boolean}} Part */
/** @typedef {{kind: "line"|"item"|"technical", parts: Part[]}} LetterLine */
/** @typedef {"pictures"|"locked"} LetterReason why the disc is no use elsewhere */
/** @typedef {{name: string, files: number, kinds: string, now: Date}} DiscFacts */

/**
 * What is not filled in stays a gap that says what belongs there.
 * @param {LetterFields} fields @param {DiscFacts} disc @param {LetterReason} [reason] @returns {LetterLine[]}
 */
export function letterLines(fields, disc, reason = "pictures") {
  const gap = (/** @type {keyof LetterFields} */ field) => (fields[field].trim() ? { text: fields[field].trim() } : { text: t(`letter.gap.${field}`), blank: true });
  const line = (/** @type {Part[]} */ ...parts) => /** @type {LetterLine} */ ({ kind: "line", parts });
  const item = (/** @type {Part[]} */ ...parts) => /** @type {LetterLine} */ ({ kind: "item", parts });
  const text = (/** @type {string} */ key, values = {}) => ({ text: t(key, values) });
  return [
    line(text("letter.greeting")),
    line(text("letter.gave_1"), gap("scan"), text("letter.gave_2"), gap("date"), text(`letter.gave_3.${reason}`)),
    line(text("letter.please")),
    item(text("letter.as"), { text: t("letter.standard"), strong: true }, text("letter.pdi")),
    item(text("letter.all")),
    item(text("letter.plain")),
    line(text("letter.medium")),
    line(gap("name"), text("letter.between"), gap("born")),
    { kind: "technical", parts: [text("letter.technical", { name: disc.name || t("letter.no_label"), count: disc.files, kinds: disc.kinds, day: formatDay(disc.now) })] },
  ];
}

/** The same as plain text, for an e-mail; gaps become underscores. @param {LetterLine[]} lines */
export function letterText(lines) {
  return lines.map(({ kind, parts }) => (kind === "item" ? "- " : "") + parts.map(({ text, blank }) => (blank ? "__________" : text)).join("")).join("\n\n").replace(/\n\n- /g, "\n- ").replace(/(\n- [^\n]*)\n- /g, "$1\n- ") + "\n";
}
