// Where a large .zip is built when the page may not write to the disk: never in a place that cannot hold it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { STORE_ABOVE_BYTES, builtIn } from "../../static/js/browser-store.js";

const GB = 1e9;
const storage = (quota, usage = 0) => ({ getDirectory: async () => ({}), estimate: async () => ({ quota, usage }) });

/** As in a browser that can write to its own storage. */
async function inBrowser(work, { locks = {}, prototype = { createWritable() {} } } = {}) {
  const real = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  globalThis.FileSystemFileHandle = { prototype };
  try {
    return await work();
  } finally {
    if (real) Object.defineProperty(globalThis, "navigator", real);
    delete globalThis.FileSystemFileHandle;
  }
}

test("a small copy is built in memory, a large one in the browser's storage when it has room", () => inBrowser(async () => {
  assert.equal(await builtIn(STORE_ABOVE_BYTES, storage(100 * GB)), "memory");
  assert.equal(await builtIn(STORE_ABOVE_BYTES + 1, storage(100 * GB)), "storage");
  assert.equal(await builtIn(5 * GB, storage(5 * GB)), "memory", "the papers need room, too");
  assert.equal(await builtIn(5 * GB, storage(10 * GB, 6 * GB)), "memory");
  assert.equal(await builtIn(5 * GB, storage(10 * GB, 4 * GB)), "storage");
  assert.equal(await builtIn(NaN, storage(10 * GB)), "memory");
}));

test("where the browser has no storage that can be written to, or nobody could tidy it, memory has to do", async () => {
  const refused = { ...storage(100 * GB), getDirectory: async () => { throw new DOMException("private window", "SecurityError"); } };
  await inBrowser(async () => assert.equal(await builtIn(GB, refused), "memory"));
  await inBrowser(async () => assert.equal(await builtIn(GB, undefined), "memory"));
  await inBrowser(async () => assert.equal(await builtIn(GB, storage(100 * GB)), "memory"), { prototype: {} });
  await inBrowser(async () => assert.equal(await builtIn(GB, storage(100 * GB)), "memory"), { locks: null });
});
