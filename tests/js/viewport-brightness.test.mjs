// What is shown by default, what the person chose, and that every text of the viewport exists.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Brightness } from "../../static/js/viewport/brightness.js";
import { ENGLISH } from "../../static/js/viewport/captions.js";
import { HU_WINDOWS, presetsFor } from "../../static/js/viewport/presets.js";

const TABLE = { first: 0, values: [0, 3], bits: 2 };
const frame = (given = {}, values = [0, 1000]) => ({
  recipe: {
    sop_instance_uid: "1.2", frame: 0, rows: 1, columns: values.length, samples: 1, kind: "gray", dtype: "int16", shift_left: 0,
    shift_right: 0, slope: 1, intercept: 0, unit: "", windows: [], voi_lut: null, invert: false, padding: null,
    lossy: { is: false, text: "" }, pixel_aspect: 1, spacing_mm: null, spacing_source: "", letters: null, position_mm: null,
    thickness_mm: null, cannot: "", ...given,
  },
  values: new Int16Array(values),
});
const stored = { center: 40, width: 80, function: "SIGMOID", name: "" };
const auto = { center: 5, width: 10, function: "LINEAR_EXACT", name: "auto" };

test("the first stored window is shown, else the table, else all values of the frame", () => {
  const shown = (given, values) => new Brightness().display(frame(given, values));
  assert.equal(shown({ windows: [stored], voi_lut: TABLE }).window, stored);
  assert.equal(shown({ windows: [auto], voi_lut: TABLE }).table, TABLE);
  assert.equal(shown({ voi_lut: TABLE, auto_window: true }).table, TABLE);
  assert.deepEqual(shown({ auto_window: true }, [-10, 30]).window, { center: 10, width: 40, function: "LINEAR_EXACT", name: "auto" });
});

test("an automatic window is that of each frame", () => {
  const brightness = new Brightness();
  assert.equal(brightness.window(frame({}, [0, 10])).width, 10);
  assert.equal(brightness.window(frame({}, [0, 20])).width, 20);
});

test("a chosen window keeps the function and the slice; the table can be had back", () => {
  const brightness = new Brightness();
  const shown = frame({ windows: [stored], voi_lut: TABLE });
  brightness.choose(shown, 10, 0);
  assert.deepEqual(brightness.window(shown), { center: 10, width: Number.MIN_VALUE, function: "SIGMOID" });
  assert.equal(brightness.window(frame({ windows: [auto] })).function, "SIGMOID");
  brightness.choose(null, 10, 0, "LINEAR");
  assert.equal(brightness.window(shown).width, 1);
  brightness.apply(shown, presetsFor(shown.recipe).find((p) => p.kind === "table"));
  assert.equal(brightness.display(shown).table, TABLE);
  brightness.apply(shown, presetsFor(shown.recipe).at(-1));
  assert.deepEqual([brightness.window(shown).center, brightness.window(shown).width], [500, 1000]);
  brightness.reset();
  assert.equal(brightness.window(shown), stored);
});

test("the person's inversion is on top of the image's", () => {
  const brightness = new Brightness();
  assert.equal(brightness.display(frame({ invert: true })).invert, true);
  brightness.invert = true;
  assert.deepEqual([brightness.display(frame({ invert: true })).invert, brightness.display(frame()).invert], [false, true]);
});

test("dragging starts from what is shown, and does nothing on colours", () => {
  const brightness = new Brightness();
  const shown = frame({ voi_lut: TABLE });
  brightness.startDrag(shown);
  assert.equal(brightness.drag(shown, 100, 0), true);
  assert.equal(brightness.window(shown).function, "LINEAR");
  const colour = frame({ kind: "rgb", samples: 3 });
  brightness.startDrag(colour);
  assert.equal(brightness.drag(colour, 100, 0), false);
});

test("every text the viewport and its presets need is in the page's English, word for word", () => {
  const english = JSON.parse(readFileSync(new URL("../../static/i18n/en.json", import.meta.url), "utf8"));
  for (const [key, text] of Object.entries(ENGLISH)) assert.equal(english[key], text, key);
  for (const { key, name } of HU_WINDOWS) assert.equal(english[`preset.${key}`], name);
  for (const key of ["stored", "table", "range"]) assert.ok(english[`preset.${key}`], key);
});
