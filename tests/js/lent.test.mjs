// What the worker has been lent is there as long as it is read, and not much longer.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Lent } from "../../static/js/lent.js";

const MOST = 512;
const ids = (from, to) => Array.from({ length: to - from }, (_, n) => from + n);

/** As the worker asks: only for what is not there. How many had to be lent. */
function ask(lent, wanted) {
  const missing = lent.missing(wanted);
  lent.take(missing.map((id) => [id, new Blob([String(id)])]));
  assert.ok(wanted.every((id) => lent.get(id)), `${wanted[0]} to ${wanted.at(-1)} are there`);
  return missing.length;
}

for (const count of [5, 128, 129, 512, 513, 1000]) {
  test(`a copy of ${count} files that is compared with its source, its papers out of turn`, () => {
    const lent = new Lent();
    const copy = ids(1000, 1000 + count);
    const papers = copy.slice(-3);
    for (let pass = 0; pass < 2; pass++) {
      for (let at = 0; at < count; at += 128) {
        const here = copy.slice(at, at + 128);
        const there = here.map((id) => id + 1_000_000);
        ask(lent, here);
        ask(lent, there);
        assert.ok([...here, ...there].every((id) => lent.get(id)), "of both the next files are there at once");
      }
      ask(lent, papers);
    }
    const held = [...copy, ...copy.map((id) => id + 1_000_000)].filter((id) => lent.get(id)).length;
    assert.equal(held, Math.min(2 * count, MOST));
  });
}

test("what is asked for again and again stays, and is lent only once", () => {
  const lent = new Lent();
  ask(lent, [7]);
  for (let time = 0; time < 3 * MOST; time++) assert.equal(ask(lent, [7, 100 + time]), 1);
  lent.clear();
  assert.deepEqual(lent.missing([7]), [7]);
});
