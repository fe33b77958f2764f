// The first file's bytes come ahead of everything; what could not be had this way is left to the ordinary one.
import assert from "node:assert/strict";
import { test } from "node:test";

import { begunAhead, leaveAhead, readAhead, takeAhead } from "../../static/js/ahead.js";

const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => (n * 7) & 255);
const MIB = 1 << 20;

/** A file whose bytes come in pieces of `size`; `pulled` counts what was fetched of it. */
function fileOf(length, size, { failAt = Infinity } = {}) {
  const file = new File([], "IM1");
  const state = { file, pulled: 0, cancelled: false };
  file.stream = () => new ReadableStream({
    pull(controller) {
      if (state.pulled >= failAt) return controller.error(new DOMException("gone", "NotReadableError"));
      if (state.pulled >= length) return controller.close();
      const next = Math.min(size, length - state.pulled);
      controller.enqueue(Uint8Array.from({ length: next }, (_, n) => bytes[(state.pulled + n) % bytes.length]));
      state.pulled += next;
    },
    cancel() { state.cancelled = true; },
  }, { highWaterMark: 0 });
  return state;
}

test("any range of the file is what the file holds, across the pieces it came in", async () => {
  const file = new File([bytes], "IM1");
  readAhead(file);
  for (const [offset, length] of [[0, 16384], [0, 300_000], [65_530, 12], [131_072, 65_536], [299_999, 1], [5, 0]]) {
    assert.deepEqual(new Uint8Array(await takeAhead(file, offset, length)), bytes.slice(offset, offset + length), `${offset} ${length}`);
  }
});

test("pieces of odd sizes are put together; the head does not wait for the rest", async () => {
  const { file } = fileOf(50_000, 999);
  readAhead(file);
  const head = await takeAhead(file, 990, 20);
  assert.deepEqual(new Uint8Array(head), bytes.slice(990, 1010));
  assert.deepEqual(new Uint8Array(await takeAhead(file, 0, 50_000)), bytes.slice(0, 50_000));
});

test("what lies behind the end, too far on, in another file or on a disc that is gone has to be read otherwise", async () => {
  const short = fileOf(100, 30);
  readAhead(short.file);
  assert.equal(await takeAhead(short.file, 90, 20), null);
  assert.equal(await takeAhead(short.file, 0, MIB + 1), null);
  assert.equal(await takeAhead(new File(["x"], "IM2"), 0, 1), null);
  const gone = fileOf(100, 30, { failAt: 60 });
  readAhead(gone.file);
  await begunAhead(gone.file);
  assert.equal((await takeAhead(gone.file, 0, 60)).byteLength, 60);
  assert.equal(await takeAhead(gone.file, 0, 100), null);
  const refused = new File(["x"], "IM3");
  refused.stream = () => { throw new DOMException("no", "NotReadableError"); };
  readAhead(refused);
  await begunAhead(refused);
  assert.equal(await takeAhead(refused, 0, 1), null);
});

test("no more than a mebibyte is fetched, and nothing further once nobody waits for it", async () => {
  const large = fileOf(8 * MIB, 65_536);
  readAhead(large.file);
  await takeAhead(large.file, MIB - 1, 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([large.pulled, large.cancelled], [MIB, true]);
  const left = fileOf(8 * MIB, 65_536);
  readAhead(left.file);
  const waited = takeAhead(left.file, 0, 70_000);
  leaveAhead(left.file);
  assert.equal((await waited).byteLength, 70_000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([left.pulled, left.cancelled], [131_072, true]);
});
