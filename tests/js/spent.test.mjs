// Browsers are asked for room now and then, so that they look what they can let go of; for small discs never.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Spent } from "../../static/js/spent.js";

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
