// A .zip where the person wanted it: whole and proven, or not there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { blobSink, fileSink } from "../../static/js/save.js";

// older Nodes lack what browsers have
ArrayBuffer.prototype.transfer ??= function () { return structuredClone(this, { transfer: [this] }).slice(0, 0); };

/** A file as the picker gives it: what is written is swapped in on close. */
function picked(before = "", { removes = true, empties = true } = {}) {
  const file = { text: before, there: true, opened: 0 };
  const handle = {
    getFile: async () => new Blob([file.text]),
    async createWritable() {
      if (!empties && file.opened) throw new DOMException("The stick is gone.", "NotFoundError");
      file.opened += 1;
      let swap = "";
      return {
        async write(chunk) { swap += new TextDecoder().decode(chunk); },
        async close() { file.text = swap; },
        async abort() { swap = ""; },
      };
    },
  };
  if (removes) handle.remove = async () => { file.there = false; };
  return { file, handle };
}

const bytes = (text) => new TextEncoder().encode(text).buffer;

async function written(handle) {
  const sink = await fileSink(handle);
  await sink.write("", bytes("a copy"), true);
  await sink.close();
  return sink;
}

test("a copy that is not identical is removed", async () => {
  for (const before of ["", "an older copy, which the person chose to replace"]) {
    const { file, handle } = picked(before);
    assert.equal(await (await written(handle)).refute(), true);
    assert.equal(file.there, false);
  }
});

test("where the browser cannot remove it, it is emptied, so that nobody takes it for a copy", async () => {
  const { file, handle } = picked("", { removes: false });
  assert.equal(await (await written(handle)).refute(), true);
  assert.deepEqual([file.there, file.text], [true, ""]);
});

test("where neither can be done, that is said", async () => {
  const { file, handle } = picked("", { removes: false, empties: false });
  assert.equal(await (await written(handle)).refute(), false);
  assert.equal(file.text, "a copy");
});

test("a copy that is identical stays", async () => {
  const { file, handle } = picked();
  await (await written(handle)).confirm();
  assert.deepEqual([file.there, file.text], [true, "a copy"]);
});

test("stopped while it is written, what was there before stays; stopped later, ours goes", async () => {
  const older = picked("an older copy");
  const sink = await fileSink(older.handle);
  await sink.write("", bytes("half"), true);
  await sink.abort();
  assert.deepEqual([older.file.there, older.file.text], [true, "an older copy"]);
  await (await written(older.handle)).abort();
  assert.equal(older.file.there, false);
});

test("a copy in memory that is not identical was given to nobody", async () => {
  assert.equal(await blobSink().refute(), true);
});

test("what is written to the disk is let go of, what is kept in memory is not", async () => {
  const { handle } = picked();
  const [onDisk, inMemory] = [bytes("a copy"), bytes("a copy")];
  await (await fileSink(handle)).write("", onDisk, true);
  assert.equal(onDisk.byteLength, 0);
  const sink = blobSink();
  await sink.write("", inMemory, true);
  assert.equal(await (await sink.close()).blob.text(), "a copy");
});
