// The letters as text that a person fills in and edits. Python writes them; here values find their line. Pure.

/** One letter of the "letter" answer. @typedef {{language: string, text: string, lines: Record<string, string>, values: Record<string, string>}} LetterFacts */
/** @typedef {{letters: LetterFacts[], blank: string, languages: string[]}} LetterAnswer */
/** A letter being edited: `values` is what its lines hold now, "" where they are blank. @typedef {LetterFacts} OpenLetter */

/** What a letter leaves a line for, in the order they are asked. */
export const LETTER_FIELDS = /** @type {const} */ (["name", "born", "examination", "date", "hospital"]);

/** A line of the letter. @param {string} template with {value} @param {string} value @param {string} blank */
export const lineOf = (template, value, blank) => template.replace("{value}", () => value || blank);

/**
 * The letter with another value on the line of `field`. A line that was changed by hand is left as it is, and so is all the rest.
 * @param {OpenLetter} letter @param {string} field @param {string} value @param {string} blank @returns {OpenLetter}
 */
export function withValue(letter, field, value, blank) {
  const before = lineOf(letter.lines[field], letter.values[field], blank);
  const after = lineOf(letter.lines[field], value, blank);
  const lines = letter.text.split("\n");
  const at = lines.indexOf(before);
  if (at >= 0) lines[at] = after;
  return { ...letter, text: lines.join("\n"), values: { ...letter.values, [field]: value } };
}

/** All letters in one text, to copy or save. @param {{text: string}[]} letters */
export const lettersText = (letters) => letters.map(({ text }) => text.trimEnd()).join(`\n\n${"-".repeat(40)}\n\n`) + "\n";

/** The name of a file that holds no name of a person. @param {string} what @param {Date} day @param {string} ending */
export function fileName(what, day, ending) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `scanfolio-${what}-${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}.${ending}`;
}
