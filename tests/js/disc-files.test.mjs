// Of a folder that can be opened again only the latest files are held, and nothing else is ever taken for one of them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { DiscFiles } from "../../static/js/disc-files.js";
import { isRefused } from "../../static/js/folder.js";

const COUNT = 2000;
const file = (text, lastModified = 1) => new File([text], "x", { lastModified });

/** A folder of so many files under their paths, and how often each was opened. */
function folder(count = COUNT) {
  const there = new Map(Array.from({ length: count }, (_, n) => [`D/IM${n}`, file(`image ${n}`, n)]));
  const opened = [];
  const files = new DiscFiles(async (path) => {
    opened.push(path);
    if (!there.has(path)) throw new DOMException("gone", "NotFoundError");
    return there.get(path);
  });
  [...there].forEach(([path, one], id) => files.add(id, path, one));
  return { files, there, opened };
}

test("files of a list are kept, all of them", () => {
  const files = new DiscFiles();
  for (let id = 0; id < COUNT; id++) files.add(id, `IM${id}`, file(`image ${id}`));
  for (let id = 0; id < COUNT; id++) assert.ok(files.get(id) instanceof File);
});

test("of a folder the latest are at hand, the others are opened when they are wanted", async () => {
  const { files, opened } = folder();
  assert.ok(files.get(COUNT - 1) instanceof File);
  assert.deepEqual(opened, []);
  const again = [...(await files.all([0, 1, 2])).values()];
  assert.deepEqual(await Promise.all(again.map((one) => one.text())), ["image 0", "image 1", "image 2"]);
  assert.deepEqual(opened, ["D/IM0", "D/IM1", "D/IM2"]);
  await files.readable(1);
  assert.equal(opened.length, 3);
  let atHand = 0;
  for (let id = 0; id < COUNT; id++) atHand += Number(files.get(id) instanceof File);
  assert.ok(atHand < COUNT / 2, `${atHand} are held`);
});

test("a file of another disc that lies under the same path is not taken for the one that was there", async () => {
  const { files, there } = folder();
  there.set("D/IM0", file("image 0", 4711));
  there.set("D/IM1", file("another image", 1));
  there.delete("D/IM2");
  for (const id of [0, 1, 2]) {
    assert.ok(isRefused(await files.get(id)));
    await assert.rejects(files.readable(id), { name: id === 2 ? "NotFoundError" : "NotReadableError" });
  }
  assert.equal(await (await files.readable(3)).text(), "image 3");
  there.set("D/IM2", file("image 2", 2)); // it was only gone for a while
  assert.equal(await (await files.readable(2)).text(), "image 2");
});

test("what is kept beside the disc stays until it is dropped, and nobody knows of other numbers", async () => {
  const { files } = folder(3);
  files.keep(0x40000000, new Blob(["archive"]));
  assert.equal(await (await files.readable(0x40000000)).text(), "archive");
  files.drop(0x40000000);
  assert.equal(files.get(0x40000000), undefined);
  assert.equal(files.get(3), undefined);
});

test("a folder's files that are found again in a list are read from there", async () => {
  const { files, there } = folder(3);
  const list = [...there].slice(0, 2).map(([path, one]) => ({ path, file: one }));
  there.clear();
  assert.deepEqual(await files.findAgain(list), [0, 1]);
  assert.equal(await (await files.readable(1)).text(), "image 1");
});
