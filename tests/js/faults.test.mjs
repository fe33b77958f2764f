// A disc that was taken out: noticed after some files in a row, and found again by path, size and date.
import assert from "node:assert/strict";
import { test } from "node:test";

import { DiscFiles } from "../../static/js/disc-files.js";
import { GONE_AFTER, Unreadable } from "../../static/js/faults.js";
import { fromHandle } from "../../static/js/folder.js";
import { indexAgain, indexAll } from "../../static/js/indexer.js";

const needs = (from, count) => Array.from({ length: count }, (_, n) => ({ entry_id: from + n, offset: 0, length: 1 }));
const words = (count, word) => Array(count).fill(word);

test("some files in a row that cannot be read mean that the disc is gone; one that can be read means it is there", () => {
  const unreadable = new Unreadable();
  assert.equal(unreadable.note(needs(0, GONE_AFTER - 1), words(GONE_AFTER - 1, "NotReadableError")), false);
  assert.equal(unreadable.note(needs(50, 1), [""]), false);
  assert.equal(unreadable.note(needs(60, GONE_AFTER - 1), words(GONE_AFTER - 1, "NotFoundError")), false);
  assert.equal(unreadable.note(needs(80, 1), ["NotFoundError"]), true);
  assert.equal(unreadable.lost.size, 2 * GONE_AFTER - 1);
  unreadable.note(needs(0, 3), words(3, ""));
  assert.equal(unreadable.lost.size, 2 * GONE_AFTER - 4);
  unreadable.startAnew();
  assert.equal(unreadable.note(needs(90, 1), ["NotFoundError"]), false);
});

test("files are found again by path, size and date, and by nothing less", async () => {
  const file = (text, lastModified) => new File([text], "x", { lastModified });
  const files = listed({ A: file("aa", 1), B: file("bb", 2), C: file("cc", 3), D: file("dd", 4) });
  const given = [
    { path: "D", file: file("dd", 4) },
    { path: "A", file: file("aaa", 1) },
    { path: "B", file: file("bb", 9) },
    { path: "X", file: file("cc", 3) },
  ];
  assert.deepEqual(await files.findAgain(given), [3]);
  assert.equal(files.get(3), given[0].file);
  assert.notEqual(files.get(0), given[1].file);
});

/** A disc of a list of files: {path: file}. */
function listed(all) {
  const files = new DiscFiles();
  Object.entries(all).forEach(([path, file], id) => files.add(id, path, file));
  return files;
}

/** Files on a disc that is in the drive or not. */
function discOf(count) {
  const drive = { inserted: true };
  const given = needs(0, count).map(({ entry_id }) => {
    const file = new File([`${entry_id}`], "x");
    file.slice = () => ({
      size: `${entry_id}`.length,
      async arrayBuffer() {
        if (!drive.inserted) throw new DOMException("gone", "NotFoundError");
        return new TextEncoder().encode(`${entry_id}`).buffer;
      },
    });
    const stream = file.stream.bind(file);
    file.stream = () => {
      if (!drive.inserted) throw new DOMException("gone", "NotFoundError");
      return stream();
    };
    return { path: `f${entry_id}`, file };
  });
  return { drive, given };
}

function worker() {
  const errors = [];
  return {
    errors,
    async ask(method, { errors: said, piece_of }) {
      errors.push(...piece_of.map((id, n) => [id, said[n]]));
      return { counts: { files: 0, done: 0 }, needs: [], first_image: null };
    },
  };
}

test("nothing is given up while the person puts the disc back, and each file arrives once", async () => {
  const { drive, given } = discOf(300);
  const unreadable = new Unreadable();
  const engine = worker();
  let asked = 0;
  drive.inserted = false;
  const whenGone = async () => {
    asked += 1;
    drive.inserted = true;
    unreadable.startAnew();
    return true;
  };
  await indexAll(engine, given, new DiscFiles(), { signal: new AbortController().signal, onBatch: () => {}, note: (...what) => unreadable.note(...what), whenGone });
  assert.ok(asked > 0);
  assert.deepEqual(engine.errors.map(([id]) => id), needs(0, 300).map(({ entry_id }) => entry_id));
  const lost = engine.errors.filter(([, word]) => word).map(([id]) => id);
  assert.deepEqual([...unreadable.lost.keys()], lost);
  assert.ok(lost.length < GONE_AFTER);
  const again = worker();
  await indexAgain(again, needs(0, lost.length), listed(Object.fromEntries(given.map(({ path, file }) => [path, file]))), { signal: new AbortController().signal, onBatch: () => {} });
  assert.deepEqual(again.errors, lost.map((id) => [id, ""]));
});

test("who goes on without the disc gets every file listed with the browser's word", async () => {
  const { drive, given } = discOf(100);
  drive.inserted = false;
  const unreadable = new Unreadable();
  const engine = worker();
  await indexAll(engine, given, new DiscFiles(), { signal: new AbortController().signal, onBatch: () => {}, note: (...what) => unreadable.note(...what), whenGone: async () => false });
  assert.equal(engine.errors.length, 100);
  assert.ok(engine.errors.every(([, word]) => word === "NotFoundError"));
});

/** As Chromium has it: of a file that is not there the size is 0, and asked again once it is back, it is right. */
function vanishing(text, drive) {
  const file = new File([text], "x");
  const whole = { size: file.size, slice: file.slice.bind(file), stream: file.stream.bind(file) };
  Object.defineProperty(file, "size", { get: () => (drive.inserted ? whole.size : 0) });
  file.slice = (from, to) => (drive.inserted ? whole.slice(from, to) : new Blob([]));
  file.stream = () => {
    if (!drive.inserted) throw new DOMException("gone", "NotFoundError");
    return whole.stream();
  };
  return file;
}

test("a file that is not there is not taken for an empty one, and has its size again once it is back", async () => {
  const drive = { inserted: false };
  const asked = [];
  const engine = { async ask(method, params, { buffers }) {
    asked.push({ ...params, text: new TextDecoder().decode(buffers[0]) });
    return { counts: { files: 0, done: 0 }, needs: [], first_image: null };
  } };
  const files = [vanishing("three", drive), new File([], "empty"), vanishing("four", drive)];
  const given = files.map((file, n) => ({ path: `f${n}`, file }));
  const unreadable = new Unreadable();
  const options = { signal: new AbortController().signal, onBatch: () => {}, note: (needs, errors) => (unreadable.note(needs, errors), errors.some(Boolean)) };
  await indexAll(engine, given, new DiscFiles(), options);
  assert.deepEqual(asked.flatMap(({ sizes }) => sizes), [1, 0, 1]);
  assert.deepEqual(asked.flatMap(({ errors }) => errors), ["NotReadableError", "NotReadableError"]);
  asked.length = 0;
  unreadable.lost.clear();
  const back = async () => (drive.inserted = true);
  await indexAll(engine, given, new DiscFiles(), { ...options, whenGone: back });
  assert.deepEqual(asked.flatMap(({ sizes }) => sizes), [5, 0, 4]);
  assert.deepEqual(asked.map(({ text }) => text).join(" "), "three four");
  assert.equal(unreadable.lost.size, 0);
});

test("files that were never opened are found by their path, on the same disc only", async () => {
  const gone = { inserted: false };
  const known = (text, lastModified) => new File([text], "x", { lastModified });
  const before = () => listed({ A: known("aa", 1), B: vanishing("bbb", gone), C: known("cc", 3) });
  const now = (third) => [{ path: "A", file: known("aa", 1) }, { path: "B", file: known("bbb", 2) }, { path: "C", file: third }];
  const files = before();
  assert.deepEqual((await files.findAgain(now(known("cc", 3)))).sort(), [0, 1, 2]);
  assert.equal(await files.get(1).text(), "bbb");
  const kept = before();
  assert.deepEqual(await kept.findAgain(now(known("of another disc", 9))), [0]);
  assert.equal(kept.get(1).size, 0);
  assert.deepEqual(await before().findAgain(now(known("cc", 3)).slice(1, 2)), [], "nothing else tells that it is the same disc");
});

test("one file the browser is not allowed to read is enough to ask, and a disc of which nothing was opened yet is found by its paths", async () => {
  assert.equal(new Unreadable().note(needs(0, 1), ["NotAllowedError"]), true);
  const denied = { allowed: false };
  const handle = { kind: "directory", name: "disc", async *entries() {
    for (const name of ["A", "B"]) yield [name, { kind: "file", name, async getFile() {
      if (!denied.allowed) throw new DOMException("no", "NotAllowedError");
      return new File([name], name);
    } }];
  } };
  const { given, open } = fromHandle({ ...handle, async getFileHandle(name) {
    for await (const [key, file] of handle.entries()) if (key === name) return file;
    throw new DOMException("no", "NotFoundError");
  } });
  const files = new DiscFiles(open);
  let id = 0;
  for await (const { path, file } of given) files.add(id++, path, file);
  await assert.rejects(files.readable(1), { name: "NotAllowedError" });
  denied.allowed = true;
  assert.deepEqual(await files.findAgain(given, open), [0, 1]);
  assert.equal(await (await files.readable(1)).text(), "B");
});
