// What the page read for the worker is there until there is too much of it; the latest pieces always are.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Supplied } from "../../static/js/supplied.js";

test("a piece answers for what lies in it, and for nothing else", () => {
  const supplied = new Supplied();
  supplied.take(7, 100, Uint8Array.from([1, 2, 3, 4]));
  assert.deepEqual(supplied.read(7, 101, 2), Uint8Array.from([2, 3]));
  assert.deepEqual(supplied.read(7, 104, 0), new Uint8Array(0));
  for (const [id, offset, length] of [[7, 99, 2], [7, 103, 2], [8, 100, 1]]) assert.equal(supplied.read(id, offset, length), undefined);
  supplied.clear();
  assert.equal(supplied.read(7, 100, 1), undefined);
});

test("the oldest pieces go once there are more than 128 MB, the latest eight never", () => {
  const supplied = new Supplied();
  for (let id = 0; id < 20; id++) supplied.take(id, 0, new Uint8Array(16 << 20));
  const there = () => Array.from({ length: 21 }, (_, id) => id).filter((id) => supplied.read(id, 0, 1));
  assert.deepEqual(there(), [12, 13, 14, 15, 16, 17, 18, 19]);
  supplied.take(20, 0, new Uint8Array(64 << 20));
  assert.deepEqual(there(), [13, 14, 15, 16, 17, 18, 19, 20], "more than the limit, but eight");
});

test("of a file with several pieces only the old ones go", () => {
  const supplied = new Supplied();
  for (let at = 0; at < 10; at++) supplied.take(3, at << 24, new Uint8Array(1 << 24));
  assert.equal(supplied.read(3, 1 << 24, 1), undefined);
  assert.equal(supplied.read(3, 2 << 24, 1)?.length, 1);
});
