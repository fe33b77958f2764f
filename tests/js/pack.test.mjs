// Packs: unpacked as they were packed, without copying, and also where a server already took the gzip off.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { gunzip, unpack } from "../../static/js/pack.js";

/** @param {[string, string][]} files */
function packed(files) {
  const index = Buffer.from(JSON.stringify(files.map(([name, text]) => [name, Buffer.byteLength(text)])));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(index.length);
  return Buffer.concat([length, index, ...files.map(([, text]) => Buffer.from(text))]);
}

/** @param {Buffer} buffer */
const bytes = (buffer) => buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length);

class FakeFiles {
  folders = /** @type {string[]} */ ([]);
  files = /** @type {Map<string, Uint8Array>} */ (new Map());
  mkdirTree(folder) {
    this.folders.push(folder);
  }
  writeFile(path, data, options) {
    assert.deepEqual(options, { canOwn: true });
    this.files.set(path, data);
  }
}

const FILES = /** @type {[string, string][]} */ ([["top.pyc", "one"], ["a/b/empty.pyc", ""], ["a/b/naïve.json", "“two”"], ["a/c.pyc", "three"]]);

test("files come out whole, in their folders, as views of one buffer", () => {
  const fs = new FakeFiles();
  const data = bytes(packed(FILES));
  unpack(fs, "/site", data);
  const texts = [...fs.files].map(([path, content]) => [path.replace("/site/", ""), new TextDecoder().decode(content)]);
  assert.deepEqual(texts, FILES);
  assert.deepEqual(fs.folders, ["/site", "/site/a/b", "/site/a"]);
  for (const content of fs.files.values()) assert.equal(content.buffer, data);
});

test("gzip is taken off once, and only where it is", async () => {
  const plain = packed(FILES);
  const untouched = bytes(plain);
  assert.deepEqual(Buffer.from(await gunzip(bytes(gzipSync(plain)))), plain);
  assert.equal(await gunzip(untouched), untouched);
});

test("a pack that was cut off is an error, never half a pack", async () => {
  const cut = gzipSync(packed(FILES)).subarray(0, -12);
  await assert.rejects(gunzip(bytes(cut)));
});
