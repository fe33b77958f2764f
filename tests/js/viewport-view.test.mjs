// Where the picture lies, what is written on it, and what a wheel turns into.
import assert from "node:assert/strict";
import { test } from "node:test";
import { captions, english, numbers } from "../../static/js/viewport/captions.js";
import { dragStep, WheelSteps } from "../../static/js/viewport/interaction.js";
import {
  deviceMatrix, flipped, mmPerPixel, newView, panned, planeSize, rotated, scaleBar, scaleOf, turnedLetters, viewMatrix, zoomed,
} from "../../static/js/viewport/view.js";

const box = { width: 800, height: 600 };
const plane = { width: 512, height: 512 };
const at = ([a, b, c, d, e, f], x, y) => [a * x + c * y + e, b * x + d * y + f];
const near = (got, want) => got.forEach((v, i) => assert.ok(Math.abs(v - want[i]) < 1e-9, `${got} is not ${want}`));
const AXIAL = { top: "A", right: "L", bottom: "P", left: "R" };

test("fit shows everything in the middle, fill leaves nothing empty", () => {
  const fit = viewMatrix(newView(), plane, box);
  near(at(fit, 0, 0), [100, 0]);
  near(at(fit, 512, 512), [700, 600]);
  const fill = viewMatrix({ ...newView(), mode: "fill" }, plane, box);
  near(at(fill, 0, 0), [0, -100]);
  near(at(fill, 512, 512), [800, 700]);
});

test("tall pixels make a tall plane", () => {
  assert.deepEqual(planeSize({ rows: 100, columns: 200, pixel_aspect: 2 }), { width: 200, height: 200 });
  assert.deepEqual(deviceMatrix([1, 0, 0, 1, 5, 6], 2, 2), [2, 0, 0, 4, 10, 12]);
});

test("a quarter turn clockwise takes the top to the right, and the letters with it", () => {
  const view = rotated(newView(), 90);
  near(at(viewMatrix(view, plane, box), 256, 0), [700, 300]);
  assert.deepEqual(turnedLetters(view, AXIAL), { top: "R", right: "A", bottom: "L", left: "P" });
  assert.deepEqual(turnedLetters(rotated(view, 270), AXIAL), AXIAL);
  assert.deepEqual(rotated(newView(), -90), rotated(newView(), 270));
});

test("mirroring swaps what is seen, also after a turn", () => {
  assert.deepEqual(turnedLetters(flipped(newView(), "h"), AXIAL), { top: "A", right: "R", bottom: "P", left: "L" });
  assert.deepEqual(turnedLetters(flipped(newView(), "v"), AXIAL), { top: "P", right: "L", bottom: "A", left: "R" });
  const turned = flipped(rotated(newView(), 90), "h");
  assert.deepEqual(turnedLetters(turned, AXIAL), { top: "R", right: "P", bottom: "L", left: "A" });
  near(at(viewMatrix(turned, plane, box), 256, 0), [100, 300]);
});

test("zooming keeps the point under the pointer, turned or not", () => {
  for (const view of [newView(), rotated(newView(), 90), flipped(rotated(newView(), 270), "v")]) {
    const before = viewMatrix(view, plane, box);
    const after = viewMatrix(zoomed(view, plane, box, 2.5, 300, 200), plane, box);
    const [a, b, c, d, e, f] = before;
    const det = a * d - b * c;
    const point = [(d * (300 - e) - c * (200 - f)) / det, (a * (200 - f) - b * (300 - e)) / det];
    near(at(after, ...point), [300, 200]);
  }
});

test("panning moves by what the hand moved, and never loses the picture", () => {
  const view = panned(flipped(rotated(newView(), 90), "h"), plane, box, 30, -20);
  near(at(viewMatrix(view, plane, box), 256, 256), [430, 280]);
  const far = panned(newView(), plane, box, 1e6, 1e6);
  near(at(viewMatrix(far, plane, box), 0, 0), [400, 300]);
});

test("zoom has ends and survives another slice and window size", () => {
  assert.ok(scaleOf(zoomed(newView(), plane, box, 1e9), plane, box) <= 64);
  assert.ok(scaleOf(zoomed(newView(), plane, box, 1e-9), plane, box) > 0.2);
  const view = zoomed(newView(), plane, box, 2);
  assert.equal(scaleOf(view, { width: 256, height: 256 }, { width: 400, height: 300 }), 2 * (300 / 256));
});

test("one image pixel on whole device pixels starts on a device pixel", () => {
  assert.deepEqual(deviceMatrix([1, 0, 0, 1, 143.6, 44.4], 1, 1), [1, 0, 0, 1, 144, 44]);
  assert.deepEqual(deviceMatrix([1.5, 0, 0, 1.5, 143.6, 44.4], 1, 1), [1.5, 0, 0, 1.5, 143.6, 44.4]);
});

test("the length bar is the longest round length that fits, along the screen", () => {
  assert.deepEqual(scaleBar(0.5, 180), { mm: 50, pixels: 100 });
  assert.deepEqual(scaleBar(1, 200), { mm: 200, pixels: 200 });
  assert.deepEqual(scaleBar(0.001, 180), { mm: 0.1, pixels: 100 });
  const recipe = { spacing_mm: { row: 3, column: 1 }, pixel_aspect: 3 };
  assert.equal(mmPerPixel(newView(), recipe, 2), 0.5);
  assert.equal(mmPerPixel(rotated(newView(), 90), recipe, 2), 0.5);
  assert.equal(mmPerPixel(newView(), { spacing_mm: null, pixel_aspect: 1 }, 2), null);
});

const frame = (given = {}, rest = {}) => ({
  recipe: {
    sop_instance_uid: "1.2", frame: 0, rows: 512, columns: 512, samples: 1, kind: "gray", dtype: "int16", shift_left: 0, shift_right: 0,
    slope: 1, intercept: 0, unit: "HU", windows: [], voi_lut: null, invert: false, padding: null, lossy: { is: false, text: "" },
    pixel_aspect: 1, spacing_mm: { row: 0.703, column: 0.703 }, spacing_source: "pixel", letters: AXIAL, position_mm: -142.5,
    thickness_mm: 1, cannot: "", ...given,
  },
  values: new Int16Array(1), text: { tl: ["DOE^JANE"], tr: ["Example Hospital"] }, label: "Chest", index: 204, count: 486, ...rest,
});
const shown = (given = {}) => ({
  view: newView(), box, window: { center: 50, width: 400 }, patientText: true, number: numbers("en"), say: english, ...given,
});
const texts = (lines) => lines.map((l) => (typeof l === "string" ? l : l.text));

test("the corners say whose, which, where and how", () => {
  const said = captions(frame(), shown());
  assert.deepEqual(texts(said.corners.bl), ["Image 204 / 486", "Thickness 1.0 mm · Position -142.5 mm"]);
  assert.deepEqual(texts(said.corners.br), ["C 50 · W 400", "Zoom 117 %"]);
  assert.deepEqual(texts(said.corners.tl), ["DOE^JANE"]);
  assert.equal(said.name, "Chest, image 204 of 486");
  assert.deepEqual(said.letters, AXIAL);
  assert.equal(said.scale.text, "10 cm");
  assert.ok(Math.abs(said.scale.pixels - 100 / (0.703 / (600 / 512))) < 0.1);
});

test("patient text can be hidden; letters and window stay", () => {
  const said = captions(frame(), shown({ patientText: false }));
  assert.deepEqual([said.corners.tl, said.corners.tr], [[], []]);
  assert.equal(said.corners.br.length, 2);
});

test("what is not known or not exact is said", () => {
  const said = captions(frame({ spacing_mm: null, spacing_source: "", letters: null, lossy: { is: true, text: "lossy JPEG, 10:1" } }), shown());
  assert.deepEqual(said.scale, { pixels: 0, text: "No scale known" });
  assert.equal(said.letters, null);
  assert.deepEqual(texts(said.corners.br), ["C 50 · W 400", "Zoom 117 % · Directions not known", "lossy JPEG, 10:1"]);
  assert.equal(captions(frame({ spacing_source: "imager" }), shown()).scale.text, "10 cm at the detector");
});

test("a frame that cannot be shown says why and nothing that needs a picture", () => {
  const said = captions(frame({ cannot: "This image is damaged." }, { values: null }), shown());
  assert.equal(said.cannot, "This image is damaged.");
  assert.deepEqual([said.letters, said.scale, texts(said.corners.br)], [null, null, []]);
});

test("a wheel's notch is one image in every browser; a touchpad's small moves add up", () => {
  const wheel = new WheelSteps();
  assert.deepEqual([wheel.add(100, 0), wheel.add(-120, 0), wheel.add(3, 1), wheel.add(300, 0), wheel.add(1, 2)], [1, -1, 1, 3, 10]);
  assert.deepEqual([10, 10, 10, 10, -20, -10].map((d) => wheel.add(d, 0)), [0, 0, 1, 0, 0, -1]);
});

test("dragging through a series takes the height of the viewport, within reason", () => {
  assert.equal(dragStep(600, 50), 12);
  assert.equal(dragStep(600, 1000), 4);
  assert.equal(dragStep(600, 3), 24);
  assert.equal(dragStep(600, 0), 12);
});
