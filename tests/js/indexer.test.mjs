// Files reach the worker in the order of their numbers, however long each of them takes to read.
import assert from "node:assert/strict";
import { test } from "node:test";

import { indexAll } from "../../static/js/indexer.js";

/** A file whose bytes come after `turns` turns of the event loop. */
function slowFile(name, turns, broken = false) {
  const file = new File([name.repeat(10)], name);
  const slice = file.slice.bind(file);
  file.slice = (...range) => {
    const blob = slice(...range);
    const arrayBuffer = blob.arrayBuffer.bind(blob);
    blob.arrayBuffer = async () => {
      for (let n = 0; n < turns; n++) await new Promise((resolve) => setImmediate(resolve));
      if (broken) throw new DOMException("gone", "NotReadableError");
      return arrayBuffer();
    };
    return blob;
  };
  return file;
}

/** An engine that keeps what it was asked, and asks once for more of the files in `more`. */
function fakeEngine(more = new Set()) {
  const asked = [];
  return {
    asked,
    async ask(method, params) {
      asked.push(params);
      const needs = params.pieces.filter((p) => more.delete(p.entry_id)).map((p) => ({ entry_id: p.entry_id, offset: 10, length: 5 }));
      return { counts: { files: 0, done: 0 }, needs, first_image: null };
    },
  };
}

test("entries arrive in order although the first are the slowest", async () => {
  const engine = fakeEngine();
  const given = Array.from({ length: 200 }, (_, n) => ({ path: `f${n}`, file: slowFile("x", n < 30 ? 60 - n : 0) }));
  await indexAll(engine, given, new Map(), { signal: new AbortController().signal, onBatch: () => {} });
  const ids = engine.asked.flatMap((params) => params.entries.map((e) => e.entry_id));
  assert.deepEqual(ids, Array.from({ length: 200 }, (_, n) => n));
});

test("a file that cannot be read is told as such, and further pieces are fetched", async () => {
  const engine = fakeEngine(new Set([2]));
  const given = [0, 1, 2, 3].map((n) => ({ path: `f${n}`, file: slowFile("abc", 0, n === 1) }));
  await indexAll(engine, given, new Map(), { signal: new AbortController().signal, onBatch: () => {} });
  const pieces = engine.asked.flatMap((params) => params.pieces);
  assert.equal(pieces.find((p) => p.entry_id === 1).error, "NotReadableError");
  assert.deepEqual(pieces.filter((p) => p.entry_id === 2).map((p) => p.offset), [0, 10]);
});

test("stopping ends it with an AbortError", async () => {
  const stop = new AbortController();
  const engine = fakeEngine();
  const given = Array.from({ length: 100 }, (_, n) => ({ path: `f${n}`, file: slowFile("x", 3) }));
  const reading = indexAll(engine, given, new Map(), { signal: stop.signal, onBatch: () => stop.abort() });
  await assert.rejects(reading, { name: "AbortError" });
});
