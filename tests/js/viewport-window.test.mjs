// The Standard's grey-scale arithmetic: written out by hand from PS3.3 C.11.2.1, not from the code it tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fillLevels, fillTable, grey, levels, looked, unshifter, windowed } from "../../static/js/viewport/window.js";
import { draggedWindow, frameValues, storedValues, valueRange, windowOfRange, windowStep } from "../../static/js/viewport/values.js";
import { presetsFor } from "../../static/js/viewport/presets.js";

const recipe = (given = {}) => ({
  sop_instance_uid: "1.2", frame: 0, rows: 1, columns: 1, samples: 1, kind: "gray", dtype: "int16", shift_left: 0, shift_right: 0,
  slope: 1, intercept: 0, unit: "", windows: [], voi_lut: null, invert: false, padding: null, lossy: { is: false, text: "" },
  pixel_aspect: 1, spacing_mm: null, spacing_source: "", letters: null, position_mm: null, thickness_mm: null, cannot: "", ...given,
});
const window = (center, width, how = "LINEAR") => ({ window: { center, width, function: how }, table: null, invert: false });
const TYPES = { uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array };

test("LINEAR gives the values of the note in C.11.2.1.2.1", () => {
  // centre 2048, width 4096: 0 is the least, 4095 the most, both ends belong to the line
  const w = { center: 2048, width: 4096, function: "LINEAR" };
  assert.equal(windowed(0, w), 0);
  assert.equal(windowed(4095, w), 255);
  assert.equal(windowed(2047.5, w), 127.5);
  // centre 0, width 100: y = 0 up to -50, 255 above 49
  const n = { center: 0, width: 100, function: "LINEAR" };
  assert.equal(windowed(-50, n), 0);
  assert.equal(windowed(49, n), 255);
  assert.ok(windowed(-49, n) > 0 && windowed(48, n) < 255);
});

test("LINEAR of width 1 is a threshold half a value below the centre", () => {
  const w = { center: 0, width: 1, function: "LINEAR" };
  assert.deepEqual([-1, -0.5, -0.4, 0].map((x) => windowed(x, w)), [0, 0, 255, 255]);
});

test("LINEAR_EXACT spans the width itself; SIGMOID is half at the centre and symmetric", () => {
  const e = { center: 100, width: 50, function: "LINEAR_EXACT" };
  assert.deepEqual([75, 100, 125].map((x) => windowed(x, e)), [0, 127.5, 255]);
  const s = { center: 100, width: 50, function: "SIGMOID" };
  assert.equal(windowed(100, s), 127.5);
  assert.ok(Math.abs(windowed(110, s) - 255 / (1 + Math.exp(-0.8))) < 1e-12);
  assert.ok(Math.abs(windowed(90, s) + windowed(110, s) - 255) < 1e-12);
});

test("halves go up, inverted ones are 255 minus that, NaN is black", () => {
  assert.equal(grey(100, window(100, 50, "LINEAR_EXACT")), 128);
  assert.equal(grey(100, { ...window(100, 50, "LINEAR_EXACT"), invert: true }), 127);
  assert.equal(grey(NaN, window(100, 50)), 0);
});

test("a VOI LUT holds its ends below the first and beyond the last value", () => {
  const lut = { first: -10, values: [0, 100, 4095], bits: 12 };
  assert.deepEqual([-50, -10, -9, -8, 99].map((x) => Math.round(looked(x, lut))), [0, 0, 6, 255, 255]);
});

for (const dtype of ["uint8", "int8", "uint16", "int16"]) {
  test(`the table of ${dtype} gives every value the grey its formula gives`, () => {
    const type = TYPES[dtype];
    const size = 2 ** (8 * type.BYTES_PER_ELEMENT);
    const raw = (size === 256 ? Uint8Array : Uint16Array).from({ length: size }, (_, i) => i);
    const values = new type(raw.buffer);
    const table = new Uint8Array(65536);
    for (const [slope, intercept] of [[1, 0], [0.5, -1024.25], [-3, 7], [1e-3, 0], [0, 5]]) {
      for (const display of [
        window(40, 400), window(-600, 1500), window(5, 1), window(30000, 40000, "LINEAR_EXACT"), window(0, 0.5, "LINEAR_EXACT"),
        window(20, 60, "SIGMOID"), window(1e6, 10), { ...window(40, 80), invert: true },
        { window: null, table: { first: -5, values: [10, 0, 255, 7], bits: 8 }, invert: false },
      ]) {
        const r = recipe({ dtype, rows: 1, columns: size, slope, intercept });
        fillTable(r, display, table);
        assert.deepEqual(Array.from(raw, (v) => table[v]), Array.from(levels(r, values, display)), `${slope} ${JSON.stringify(display)}`);
      }
    }
  });
}

test("unused high bits are dropped and the sign is that of the stored bits", () => {
  const signed = recipe({ dtype: "int16", shift_left: 4, shift_right: 4, rows: 1, columns: 4 });
  const raw = new Uint16Array([0xf800, 0x17ff, 0x0fff, 0xa000]); // 12 bits stored, overlay bits above them
  assert.deepEqual([...storedValues(signed, new Int16Array(raw.buffer))], [-2048, 2047, -1, 0]);
  const unsigned = recipe({ dtype: "uint16", shift_left: 2, shift_right: 6, rows: 1, columns: 4 });
  assert.deepEqual([...storedValues(unsigned, raw)], [0xf800, 0x17ff, 0x0fff, 0xa000].map((v) => ((v << 2) & 0xffff) >>> 6));
  const wide = recipe({ dtype: "uint32", shift_left: 4, shift_right: 4 });
  assert.equal(unshifter(wide)(0xffffffff), 0x0fffffff);
  const table = new Uint8Array(65536);
  fillTable(signed, window(0, 4096), table);
  assert.equal(table[0xf800], 0);
  assert.equal(table[0x17ff], 255);
});

for (const dtype of /** @type {const} */ (["uint8", "int8", "uint16", "int16"])) {
  test(`the table says the same whatever the unused bits of ${dtype} hold`, () => {
    const size = dtype.endsWith("16") ? 65536 : 256;
    const bits = size > 256 ? Uint16Array.from({ length: size }, (_, v) => v) : Uint8Array.from({ length: size }, (_, v) => v);
    const raw = dtype === "int8" ? new Int8Array(bits.buffer) : dtype === "int16" ? new Int16Array(bits.buffer) : bits;
    const table = new Uint8Array(65536);
    const most = Math.log2(size) - 1;
    for (const [left, right] of [[0, 0], [1, 1], [4, 4], [most, most], [2, 5], [0, 3]]) {
      const r = recipe({ dtype, rows: 1, columns: size, shift_left: left, shift_right: right, slope: 2, intercept: -9 });
      fillTable(r, window(40, 400), table);
      const expected = new Uint8Array(size);
      fillLevels(r, raw, window(40, 400), expected);
      assert.deepEqual(table.slice(0, size), expected, `${left} ${right}`);
    }
  });
}

test("bytes become values wherever they start, and too few are refused", () => {
  const bytes = new Uint8Array([9, 1, 2, 3, 4, 0, 0, 0]);
  const r = recipe({ dtype: "uint16", columns: 2 });
  assert.deepEqual([...frameValues(r, bytes.subarray(1, 5))], [0x0201, 0x0403]);
  assert.deepEqual([...frameValues(r, bytes.buffer)], [0x0109, 0x0302]);
  assert.throws(() => frameValues(r, new Uint8Array(3)), /3 bytes, 4 expected/);
});

test("the range of values leaves padding and what is not finite out", () => {
  const r = recipe({ columns: 4, slope: -2, intercept: 10, padding: { low: -2000, high: -2000 } });
  assert.deepEqual(valueRange(r, new Int16Array([-2000, 5, -3, 20])), [-30, 16]);
  assert.deepEqual(valueRange(r, new Int16Array([-2000, -2000])), [4010, 4010]);
  assert.deepEqual(valueRange(recipe({ dtype: "float32" }), new Float32Array([NaN, 2, Infinity, 4])), [2, 4]);
  assert.equal(valueRange(recipe({ dtype: "float32" }), new Float32Array([NaN])), null);
});

test("the window of a range is black at its low end and white at its high end; one value is black", () => {
  const display = { window: windowOfRange([-30, 16]), table: null, invert: false };
  assert.deepEqual([-30, 16].map((x) => grey(x, display)), [0, 255]);
  assert.equal(grey(7, { window: windowOfRange([7, 7]), table: null, invert: false }), 0);
});

test("dragging right widens, down raises the centre, and there is always a step for a pixel or a few", () => {
  const start = { center: 50, width: 400, function: "LINEAR" };
  const wider = draggedWindow(start, 4096, 100, 0);
  assert.ok(wider.width > 450 && wider.width < 600);
  assert.equal(wider.center, 50);
  assert.ok(draggedWindow(start, 4096, 0, 100).center > 100);
  assert.equal(draggedWindow(start, 4096, -1e5, 0).width, Math.max(1, windowStep(4096)));
  assert.deepEqual(draggedWindow({ center: 0.003, width: 0.01, function: "LINEAR_EXACT" }, 0.02, 0, 0).center, 0.003);
  assert.ok(draggedWindow({ center: 0.003, width: 0.01, function: "LINEAR_EXACT" }, 0.02, -1e6, 0).width > 0);
});

test("presets follow the unit and what is stored", () => {
  const stored = { center: 50, width: 400, function: "LINEAR", name: "ABDOMEN" };
  const ct = presetsFor(recipe({ unit: "HU", windows: [stored] }));
  assert.deepEqual([ct[0].name, ct[0].window], ["ABDOMEN", stored]);
  assert.equal(ct.filter((p) => p.window?.center === 50 && p.window.width === 400).length, 1);
  assert.ok(ct.some((p) => p.key === "lung"));
  assert.equal(ct.at(-1).key, "range");
  assert.deepEqual(presetsFor(recipe({ windows: [stored] })).map((p) => p.key), ["stored", "range"]);
  assert.equal(presetsFor(recipe({ voi_lut: { first: 0, values: [0, 1], bits: 1 } }))[0].kind, "table");
  assert.deepEqual(presetsFor(recipe({ kind: "rgb" })), []);
});
