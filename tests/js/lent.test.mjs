// What the worker has been lent is there as long as it is read, and not much longer.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Lent } from "../../static/js/lent.js";

const ids = (from, to) => Array.from({ length: to - from }, (_, n) => from + n);

/** As the worker asks: only for what is not all there. */
function ask(lent, wanted) {
  if (!lent.hasAll(wanted)) lent.take(wanted.map((id) => [id, new Blob([String(id)])]));
  assert.ok(lent.hasAll(wanted), `${wanted[0]} to ${wanted.at(-1)} are there`);
}

for (const count of [5, 128, 129, 200, 256, 257, 384, 400, 1000]) {
  test(`a copy of ${count} files that is read three times, its papers out of turn`, () => {
    const files = new Map([[7, new Blob(["an archive, given to stay"])]]);
    const lent = new Lent(files);
    const windows = (all) => { for (let at = 0; at < all.length; at += 128) ask(lent, all.slice(at, at + 128)); };
    const all = ids(1000, 1000 + count);
    const papers = all.slice(-3);
    windows(all);
    ask(lent, papers);
    windows(all.slice(0, -4));
    ask(lent, papers);
    windows(all);
    assert.ok(files.has(7));
    assert.ok(files.size <= 1 + 2 * 128 + papers.length, `${files.size} are held`);
  });
}

test("what was given to stay is not taken away for having been lent as well", () => {
  const files = new Map([[7, new Blob(["stays"])]]);
  const lent = new Lent(files);
  for (let time = 0; time < 5; time++) ask(lent, [7, 100 + time]);
  assert.deepEqual([...files.keys()], [7, 103, 104]);
});
