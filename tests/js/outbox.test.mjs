// What is written and hashed while Python reads on: everything arrives, in its order, and never too much at once.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { Outbox } from "../../static/js/outbox.js";

// older Nodes lack what browsers have
ArrayBuffer.prototype.transfer ??= function () { return structuredClone(this, { transfer: [this] }).slice(0, 0); };

const MB = 1 << 20;
const bytes = (count, value = 7) => new Uint8Array(count).fill(value);
const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const turns = async (count = 20) => { for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve)); };

/** A box whose page keeps what it was sent until it is told to have written it. */
function boxOf() {
  const sent = [];
  const box = new Outbox((message, data) => sent.push({ ...message, data: data.slice() }));
  return { box, sent, take: (error) => { for (const one of sent.splice(0)) box.taken(one.data.length, error); } };
}

test("small pieces of a stream arrive as one, in order, and every file has its digest", async () => {
  const { box, sent, take } = boxOf();
  const pieces = Array.from({ length: 50 }, (_, n) => bytes(1000 + n, n));
  for (const [n, piece] of pieces.entries()) await box.write({ path: "", name: `F${n}` }, piece.slice());
  assert.equal(sent.length, 0, "there is not enough of it yet");
  const settled = box.settle();
  await turns();
  assert.equal(sent.length, 1);
  assert.deepEqual(Buffer.from(sent[0].data), Buffer.concat(pieces));
  take();
  assert.deepEqual(await settled, Object.fromEntries(pieces.map((piece, n) => [`F${n}`, sha256(piece)])));
  assert.deepEqual(await box.settle(), {}, "they are told once");
});

test("a large piece comes behind what was gathered before it", async () => {
  const { box, sent } = boxOf();
  await box.write({ path: "" }, bytes(10, 1));
  await box.write({ path: "" }, bytes(2 * MB, 2));
  await box.write({ path: "" }, bytes(10, 3));
  box.settle();
  assert.deepEqual(sent.map(({ data }) => [data[0], data.length]), [[1, 10], [2, 2 * MB], [3, 10]]);
});

test("files go out by themselves, in pieces where they are large", async () => {
  const { box, sent } = boxOf();
  await box.write({ path: "A/B", more: true }, bytes(5));
  await box.write({ path: "A/B", more: false }, bytes(6));
  assert.deepEqual(sent.map(({ path, more, data }) => [path, more, data.length]), [["A/B", true, 5], ["A/B", false, 6]]);
});

test("a slow disk holds the writing up", async () => {
  const { box, sent, take } = boxOf();
  let written = 0;
  const all = (async () => {
    for (let n = 0; n < 100; n++) {
      await box.write({ path: `F${n}`, name: "" }, bytes(MB));
      written += 1;
    }
  })();
  await turns();
  assert.ok(written > 4 && written < 40, `${written} MB are on their way`);
  const before = written;
  take();
  await turns();
  assert.ok(written > before);
  while (written < 100) {
    take();
    await turns();
  }
  await all;
  assert.ok(sent.length < 40);
});

test("what could not be written is told at a later step, and once told, everything is in vain", async () => {
  const { box, take } = boxOf();
  await box.write({ path: "A" }, bytes(10));
  take("QuotaExceededError: full");
  await assert.rejects(box.write({ path: "B" }, bytes(10)), /full/);
  await assert.rejects(box.settle(), /full/);
});

test("who waits for the disk hears that it failed", async () => {
  const { box, take } = boxOf();
  await box.write({ path: "A" }, bytes(10));
  const settled = box.settle();
  await turns();
  take("NotFoundError: gone");
  await assert.rejects(settled, /gone/);
});

test("without WebCrypto it says so at once, and nothing waits for a digest", async () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  try {
    const { box, take } = boxOf();
    assert.equal(await box.write({ path: "A", name: "A" }, bytes(10)), false);
    assert.equal(await box.hash("B", bytes(10)), false);
    assert.equal(await box.write({ path: "C" }, bytes(10)), null);
    take();
    assert.deepEqual(await box.settle(), {});
  } finally {
    if (real) Object.defineProperty(globalThis, "crypto", real);
  }
});
