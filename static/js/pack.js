// Packs: many files in one, made by tools/build/pack_inside.py. A pack is gzip of
// [4 bytes, little-endian: length of the index][index: JSON list of [path, size]][the files, one after the other].

/** The plain bytes of a pack, also where a server already took the gzip off. @param {ArrayBuffer} data */
export async function gunzip(data) {
  const head = new Uint8Array(data, 0, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return data;
  const plain = /** @type {ReadableStream} */ (new Response(data).body).pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain).arrayBuffer();
}

/**
 * Lay the files of a pack into Python's file system, as views into `data`: nothing is copied.
 * @param {any} fs Emscripten's FS @param {string} folder @param {ArrayBuffer} data
 */
export function unpack(fs, folder, data) {
  const length = new DataView(data).getUint32(0, true);
  /** @type {[string, number][]} */
  const index = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
  const made = new Set();
  let start = 4 + length;
  for (const [path, size] of index) {
    const parent = `${folder}/${path}`.replace(/\/[^/]*$/, "");
    if (!made.has(parent)) {
      fs.mkdirTree(parent);
      made.add(parent);
    }
    fs.writeFile(`${folder}/${path}`, new Uint8Array(data, start, size), { canOwn: true });
    start += size;
  }
}
