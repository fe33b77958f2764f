// Files reach the worker once each and in the order of their numbers, however long each of them takes to read.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { takeAhead } from "../../static/js/ahead.js";
import { DiscFiles } from "../../static/js/disc-files.js";
import { indexAll } from "../../static/js/indexer.js";

const numbers = (count) => Array.from({ length: count }, (_, n) => n);
const signal = () => new AbortController().signal;
const turns = async (count) => { for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve)); };

/** A file of `text` whose pieces cannot be read together with others (each of them is read for itself), and perhaps not at all. */
function oddFile(text, name, { broken = false, shorter = 0 } = {}) {
  const file = new File([text], name);
  file.slice = (from, to) => ({
    size: Math.min(to, file.size) - from,
    async arrayBuffer() {
      if (broken) throw new DOMException("gone", "NotReadableError");
      return new TextEncoder().encode(text.slice(from, to - shorter)).buffer;
    },
  });
  file.stream = () => {
    throw new DOMException("not this way", "NotReadableError");
  };
  return file;
}

/** An engine that keeps what it was asked with the bytes it was given, and asks once for more of the files in `more`. */
function fakeEngine(more = new Set()) {
  const asked = [];
  return {
    asked,
    /** Every piece that arrived: {of, offset, error, text}. */
    get pieces() {
      return asked.flatMap(({ params, bytes }) => {
        let at = 0;
        return params.piece_of.map((of, n) => {
          const text = new TextDecoder().decode(bytes.slice(at, at + params.lengths[n]));
          at += params.lengths[n];
          return { of, offset: params.offsets[n], asked: params.asked[n], error: params.errors[n], text };
        });
      });
    },
    get order() {
      return asked.flatMap(({ params }) => params.paths.map((_, n) => params.first + n));
    },
    async ask(method, params, { buffers }) {
      asked.push({ params, bytes: buffers[0] });
      const needs = params.piece_of.filter((id) => more.delete(id)).map((entry_id) => ({ entry_id, offset: 3, length: 2 }));
      return { counts: { files: 0, done: 0 }, needs, first_image: null };
    },
  };
}

let delays = () => 0;
let reads = 0;
beforeEach(() => {
  delays = () => 0;
  reads = 0;
  const arrayBuffer = Blob.prototype.arrayBuffer;
  mock.method(Blob.prototype, "arrayBuffer", async function () {
    const wait = delays(reads++);
    await turns(wait);
    return arrayBuffer.call(this);
  });
});
afterEach(() => mock.restoreAll());

test("entries arrive in order although the first reads are the slowest", async () => {
  delays = (n) => Math.max(0, 60 - 10 * n);
  const engine = fakeEngine();
  const given = numbers(300).map((n) => ({ path: `f${n}`, file: new File([`${n}`], "x") }));
  const files = new DiscFiles();
  await indexAll(engine, given, files, { signal: signal(), onBatch: () => {} });
  assert.deepEqual(engine.order, numbers(300));
  assert.deepEqual(engine.pieces.map((p) => p.text), numbers(300).map(String));
  assert.deepEqual(numbers(300).map((id) => files.get(id)), given.map(({ file }) => file));
  assert.deepEqual(files.paths, given.map(({ path }) => path));
});

test("the pieces of a batch are read in one go, and the first files do not wait for a full batch", async () => {
  const engine = fakeEngine();
  const given = numbers(1000).map((n) => ({ path: `f${n}`, file: new File(["abc"], "x") }));
  await indexAll(engine, given, new DiscFiles(), { signal: signal(), onBatch: () => {} });
  assert.equal(reads, engine.asked.length - 1); // the very first was read ahead
  assert.ok(engine.asked.length < 50);
  assert.equal(engine.asked[0].params.paths.length, 1);
});

test("one file that cannot be read costs the others of its batch nothing", async () => {
  const engine = fakeEngine();
  const given = numbers(60).map((n) => ({ path: `f${n}`, file: n === 20 ? oddFile("lost", "x", { broken: true }) : new File([`text ${n}`], "x") }));
  await indexAll(engine, given, new DiscFiles(), { signal: signal(), onBatch: () => {} });
  assert.deepEqual(engine.order, numbers(60));
  assert.deepEqual(engine.pieces.filter((p) => p.error), [{ of: 20, offset: 0, asked: 4, error: "NotReadableError", text: "" }]);
  assert.deepEqual(engine.pieces.filter((p) => !p.error).map((p) => p.text), numbers(60).filter((n) => n !== 20).map((n) => `text ${n}`));
});

test("a file that gives fewer bytes than it has is told from the others, whose bytes stay their own", async () => {
  const engine = fakeEngine();
  const given = numbers(40).map((n) => ({ path: `f${n}`, file: n === 11 ? oddFile("0123456789", "x", { shorter: 4 }) : new File([`text ${n}`], "x") }));
  await indexAll(engine, given, new DiscFiles(), { signal: signal(), onBatch: () => {} });
  const short = engine.pieces.find((p) => p.of === 11);
  assert.deepEqual([short.asked, short.text, short.error], [10, "012345", ""]);
  assert.ok(engine.pieces.every((p) => p.of === 11 || p.text === `text ${p.of}`));
});

test("further pieces are fetched and told apart", async () => {
  const engine = fakeEngine(new Set([2, 3]));
  const given = numbers(12).map((n) => ({ path: `f${n}`, file: n === 3 ? oddFile("klmnop", "x", { broken: true }) : new File(["abcdef"], "x") }));
  await indexAll(engine, given, new DiscFiles(), { signal: signal(), onBatch: () => {} });
  assert.deepEqual(engine.pieces.filter((p) => p.of === 2).map((p) => [p.offset, p.text]), [[0, "abcdef"], [3, "de"]]);
  assert.deepEqual(engine.pieces.filter((p) => p.of === 3).map((p) => [p.offset, p.error]), [[0, "NotReadableError"], [3, "NotReadableError"]]);
});

test("empty files are entries without a piece", async () => {
  const engine = fakeEngine();
  await indexAll(engine, [{ path: "A", file: new File([], "A") }, { path: "B", file: new File(["b"], "B") }], new DiscFiles(), { signal: signal(), onBatch: () => {} });
  assert.deepEqual(engine.asked.flatMap(({ params }) => params.sizes), [0, 1]);
  assert.deepEqual(engine.pieces.map((p) => p.of), [1]);
});

test("twenty thousand files are each given once, with little read at a time", async () => {
  const engine = fakeEngine();
  const file = new File(["abc"], "x");
  let underWay = 0;
  let most = 0;
  const ask = engine.ask;
  engine.ask = async (...request) => {
    most = Math.max(most, ++underWay);
    await turns(1);
    underWay--;
    return ask.apply(engine, request);
  };
  await indexAll(engine, numbers(20000).map((n) => ({ path: `f${n}`, file })), new DiscFiles(), { signal: signal(), onBatch: () => {} });
  assert.deepEqual(engine.order, numbers(20000));
  assert.ok(most <= 8, `${most} batches were with the worker at a time`);
});

test("stopping in the middle ends it with an AbortError, and nothing is read any more", async () => {
  const stop = new AbortController();
  const engine = fakeEngine();
  const given = numbers(1000).map((n) => ({ path: `f${n}`, file: new File(["x"], "x") }));
  const reading = indexAll(engine, given, new DiscFiles(), { signal: stop.signal, onBatch: () => { if (engine.asked.length > 5) stop.abort(); } });
  await assert.rejects(reading, { name: "AbortError" });
  const before = reads;
  await turns(50);
  assert.equal(reads, before);
  assert.ok(engine.order.length < 1000);
});

test("nothing more is read while a picture is awaited", async () => {
  const engine = fakeEngine();
  const given = numbers(100).map((n) => ({ path: `f${n}`, file: new File(["x"], "x") }));
  let painted = () => {};
  const picture = new Promise((resolve) => { painted = resolve; });
  let hold = null;
  const reading = indexAll(engine, given, new DiscFiles(), { signal: signal(), hold: () => hold, onBatch: () => { hold ??= picture; } });
  await turns(50);
  assert.equal(engine.order.length, 1);
  painted();
  await reading;
  assert.equal(engine.order.length, 100);
});

test("the first file is read on for as long as its picture is awaited, and then no longer", async () => {
  const given = numbers(3).map((n) => ({ path: `f${n}`, file: new File(["head and picture"], "x") }));
  const files = new DiscFiles();
  let picture = null;
  const show = async () => takeAhead(await files.readable(0), 9, 7); // a moment later, as a page that looks for the file first does
  await indexAll(fakeEngine(), given, files, { signal: signal(), hold: () => picture, onBatch: () => { picture ??= show(); } });
  assert.equal(new TextDecoder().decode(await picture), "picture");
  assert.equal(await takeAhead(given[0].file, 0, 4), null);
});
