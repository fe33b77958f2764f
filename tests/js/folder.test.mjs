// What was chosen becomes one stream of files in a fixed order, which can be gone through again.
import assert from "node:assert/strict";
import { test } from "node:test";

import { fromFileList, fromHandle, isRefused, refusalOf } from "../../static/js/folder.js";
import { permissionFor } from "../../static/js/permission.js";

/** A file as a directory picker or input gives it. */
function picked(path) {
  const file = new File([path], path.slice(path.lastIndexOf("/") + 1));
  Object.defineProperty(file, "webkitRelativePath", { value: path });
  return file;
}

/** A directory handle of nested objects; a string is the text of a file, null a file that cannot be opened. */
function directory(name, holds, log = []) {
  const child = (key) => (typeof holds[key] === "object" && holds[key] ? directory(key, holds[key], log) : {
    kind: "file", name: key,
    async getFile() {
      log.push(key);
      await new Promise((resolve) => setImmediate(resolve));
      if (holds[key] === null) throw new DOMException("no", "NotFoundError");
      return new File([holds[key]], key);
    },
  });
  const of = (kind) => async (key) => {
    if (!(key in holds) || child(key).kind !== kind) throw new DOMException("no", "NotFoundError");
    return child(key);
  };
  return {
    kind: "directory", name, getDirectoryHandle: of("directory"), getFileHandle: of("file"),
    async *entries() { for (const key of Object.keys(holds)) yield [key, child(key)]; },
  };
}

const all = async (given) => {
  const found = [];
  for await (const { path, file } of given) found.push([path, isRefused(file) ? null : await file.text()]);
  return found;
};

test("a list loses the folder's own name, keeps its order, and can be gone through twice", async () => {
  const { name, total, given } = fromFileList(["disc/B/2", "disc/A", "disc/B/1"].map(picked));
  assert.deepEqual([name, total], ["disc", 3]);
  const expected = [["B/2", "disc/B/2"], ["A", "disc/A"], ["B/1", "disc/B/1"]];
  assert.deepEqual(await all(given), expected);
  assert.deepEqual(await all(given), expected);
});

test("a file of a list is found by its File ID, however the name is written", async () => {
  const { find } = fromFileList(["disc/readme", "disc/dicomdir", "disc/DICOM/IM1;1", "disc/DICOM/IM2."].map(picked));
  for (const [path, found] of [["DICOMDIR", "disc/dicomdir"], ["DICOM/IM1", "disc/DICOM/IM1;1"], ["DICOM/IM2", "disc/DICOM/IM2."]]) {
    assert.equal(await (await find(path)).text(), found);
  }
  assert.equal(await find("IM1"), undefined);
});

test("a folder's files come in its order with those of folders inside, although many are opened at a time", async () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`IM${n}`, `image ${n}`]));
  const log = [];
  const chosen = fromHandle(directory("disc", { first: "1", DICOM: { ...many, broken: null }, last: "2" }, log));
  const expected = [["first", "1"], ...Object.entries(many).map(([key, text]) => [`DICOM/${key}`, text]), ["DICOM/broken", null], ["last", "2"]];
  assert.deepEqual(await all(chosen.given), expected);
  assert.deepEqual(await all(chosen.given), expected);
});

test("the first file is given before others are opened, later ones are opened ahead", async () => {
  const log = [];
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`IM${n}`, "x"]));
  const walk = fromHandle(directory("disc", files, log)).given[Symbol.asyncIterator]();
  await walk.next();
  assert.deepEqual(log, ["IM0"]);
  for (let n = 1; n < 150; n++) await walk.next();
  assert.ok(log.length > 170 && log.length < 210, `${log.length} were opened when 150 were taken`);
});

test("a file of a folder is found by its File ID in capitals or small letters, and a missing one is no error", async () => {
  const { find } = fromHandle(directory("disc", { DICOMDIR: "dir", dicom: { pa000001: { im000001: "image" } } }));
  assert.equal(await (await find("DICOMDIR")).text(), "dir");
  assert.equal(await (await find("DICOM/PA000001/IM000001")).text(), "image");
  assert.equal(await find("DICOM/PA000001/IM000002"), undefined);
});

test("a file refused when it was asked for ahead is asked for once more when its turn comes, and keeps the browser's word", async () => {
  const holds = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`IM${n}`, "x"]));
  const folder = directory("disc", holds);
  let allowed = true;
  const entries = folder.entries;
  folder.entries = async function* () {
    for await (const [name, handle] of entries()) yield [name, { ...handle, async getFile() {
      if (!allowed) throw new DOMException("no", "NotAllowedError");
      return handle.getFile();
    } }];
  };
  const walk = fromHandle(folder).given[Symbol.asyncIterator]();
  for (let n = 0; n < 10; n++) await walk.next();
  allowed = false;
  const { value } = await walk.next(); // was asked for while it was allowed
  assert.equal(refusalOf(value.file), "");
  for (let n = 11; n < 30; n++) await walk.next();
  assert.equal(refusalOf((await walk.next()).value.file), "NotAllowedError");
  allowed = true;
  for (let n = 31; n < 80; n++) assert.equal(refusalOf((await walk.next()).value.file), "");
});

test("a folder whose leave was taken back asks for it, every handle that lacks it, and only those", async () => {
  const asked = [];
  const handle = (name, state, answer) => ({
    name, queryPermission: async () => state,
    requestPermission: async () => (asked.push(name), (state = answer)),
  });
  const { isLost, ask } = permissionFor([handle("a", "granted"), handle("b", "prompt", "granted"), handle("c", "denied", "denied"), {}]);
  assert.equal(await isLost(), true);
  assert.equal(await ask(), false);
  assert.deepEqual(asked, ["b", "c"]);
  const other = permissionFor([handle("d", "prompt", "granted")]);
  assert.equal(await other.ask(), true);
  assert.equal(await other.isLost(), false);
  assert.equal(await permissionFor([{}]).isLost(), false, "where nobody is asked, nothing is lost");
});

test("a file is opened again by its exact path, and its folders are looked up once", async () => {
  const { open } = fromHandle(directory("disc", { DICOM: { A: { IM1: "one", IM2: "two" } }, TOP: "three" }));
  assert.deepEqual(await Promise.all(["DICOM/A/IM1", "DICOM/A/IM2", "TOP"].map(async (path) => (await open(path)).text())), ["one", "two", "three"]);
  for (const path of ["dicom/A/IM1", "DICOM/A", "DICOM/A/IM3", "NO/IM1"]) await assert.rejects(open(path), DOMException);
});
