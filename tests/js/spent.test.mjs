// Browsers are asked for room now and then, so that they look what they can let go of; for small discs never.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Spent, letGo } from "../../static/js/spent.js";

// older Nodes lack what browsers have
ArrayBuffer.prototype.transfer ??= function () { return structuredClone(this, { transfer: [this] }).slice(0, 0); };

const Real = globalThis.ArrayBuffer;
afterEach(() => { globalThis.ArrayBuffer = Real; });

/** How often room was asked for while so many files of a size passed. */
function asked(spent, files, size) {
  let times = 0;
  globalThis.ArrayBuffer = function () { times += 1; if (times % 2) throw new RangeError("there is none"); };
  for (let n = 0; n < files; n++) spent.add(size);
  return times;
}

test("a small disc is not held up, a large one now and then", () => {
  assert.equal(asked(new Spent(16 << 20, 256 << 20), 1000, 200_000), 0);
  const times = asked(new Spent(16 << 20, 256 << 20), 70_000, 72_000);
  assert.ok(times > 250 && times < 400, `${times} times`);
});

test("files count although nothing of them was read", () => {
  assert.ok(asked(new Spent(16 << 20, 64 << 20), 70_000, 0) > 50);
});

test("bytes that are let go are gone at once, unless they are a part of others or were gone before", () => {
  const whole = new Uint8Array(10);
  letGo(whole.subarray(0, 9));
  assert.equal(whole.length, 10);
  letGo(whole);
  assert.equal(whole.length, 0);
  const buffer = new ArrayBuffer(10);
  letGo(buffer);
  assert.equal(buffer.byteLength, 0);
  letGo(buffer);
});
