// The letter as a person fills it in and edits it, and the names of what is saved.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName, lettersText, withValue } from "../../static/js/ui/letter-text.js";

const BLANK = "____";
const letter = {
  language: "en",
  text: `To: ${BLANK}\n\nDear Sir or Madam,\n\nName: ${BLANK}\nDate: 9 October 2026\n`,
  lines: { hospital: "To: {value}", name: "Name: {value}", date: "Date: {value}" },
  values: { hospital: "", name: "", date: "9 October 2026" },
};

test("a value goes on its own line, and an emptied one leaves a line to write on", () => {
  const filled = withValue(letter, "name", "Jane Doe", BLANK);
  assert.match(filled.text, /\nName: Jane Doe\nDate: 9 October 2026\n$/);
  assert.equal(withValue(filled, "name", "", BLANK).text, letter.text);
  assert.match(withValue(letter, "date", "10 October 2026", BLANK).text, /\nDate: 10 October 2026\n$/);
  assert.equal(letter.values.name, "", "what was given stays as it was");
});

test("typing goes on from value to value", () => {
  let open = letter;
  for (const typed of ["J", "Ja", "Jane"]) open = withValue(open, "name", typed, BLANK);
  assert.match(open.text, /\nName: Jane\n/);
});

test("what was changed by hand is kept: other lines, and the value's own line", () => {
  const edited = { ...letter, text: letter.text.replace("Dear Sir or Madam,", "Dear Dr. Roe,").replace(`Name: ${BLANK}`, "I am Jane Doe") };
  const after = withValue(withValue(edited, "hospital", "City Hospital", BLANK), "name", "Someone Else", BLANK);
  assert.match(after.text, /^To: City Hospital\n\nDear Dr\. Roe,\n\nI am Jane Doe\n/);
});

test("a typed value with signs of replacement patterns stays as typed", () => {
  assert.match(withValue(letter, "name", "$& $1 {value} \\n", BLANK).text, /\nName: \$& \$1 \{value\} \\n\n/);
});

test("letters are taken along one after the other", () => {
  const both = lettersText([{ text: "Guten Tag\n" }, { text: "Good day\n\n" }]);
  assert.equal(both, `Guten Tag\n\n${"-".repeat(40)}\n\nGood day\n`);
  assert.equal(lettersText([{ text: "Good day\n" }]), "Good day\n");
});

test("names of saved files hold the day and nothing of the person", () => {
  assert.equal(fileName("report", new Date(2026, 10, 25), "html"), "scanfolio-report-2026-11-25.html");
  assert.equal(fileName("letter", new Date(2026, 0, 2), "txt"), "scanfolio-letter-2026-01-02.txt");
});
