// The viewer's own files, where a page may fetch them, and where it may only run them.
import assert from "node:assert/strict";
import { test } from "node:test";

const SCRIPTS = { "core.js": 'SCANFOLIO_PACK("core.pack",1,"H4sI");\n', "viewer.js": 'SCANFOLIO_PACK("viewer.pack",0,"AAAA");\n' };
globalThis.__VIEWER__ = { bytes: 19_000_000, scripts: Object.keys(SCRIPTS) };

/** A page at `address`: `fetch` answers with what is there, a script element runs it. */
async function pageAt(address, there) {
  globalThis.location = new URL(address);
  delete globalThis.SCANFOLIO_PACK;
  globalThis.document = {
    baseURI: address,
    createElement: () => ({ remove() {} }),
    head: { append: (element) => queueMicrotask(() => {
      const text = there[new URL(element.src).pathname.split("/").at(-1)];
      if (text === undefined) return element.onerror();
      const [, name, gzipped, base64] = /^SCANFOLIO_PACK\("(.*)",(\d),"(.*)"\);\n$/.exec(text) ?? [];
      if (name) globalThis.SCANFOLIO_PACK(name, Number(gzipped), base64);
      element.onload();
    }) },
  };
  globalThis.fetch = async (url) => {
    const text = there[url.pathname.split("/").at(-1)];
    return new Response(text ?? "not here", { status: text === undefined ? 404 : 200 });
  };
  // Both modules look at the address when they are loaded; each page has its own.
  const id = encodeURIComponent(address);
  const packs = new URL(`../../static/js/packs.js?${id}`, import.meta.url).href;
  const { readFile } = await import("node:fs/promises");
  const source = await readFile(new URL("../../static/js/viewer-files.js", import.meta.url), "utf8");
  return import(`data:text/javascript,${encodeURIComponent(source.replace('"./packs.js"', JSON.stringify(packs)))}#${id}`);
}

for (const address of ["https://hospital.example/a/index.html", "file:///media/me/STICK/VIEWER/index.htm"]) {
  test(`the very bytes of every script, from ${address.split(":")[0]}:`, async () => {
    const { viewerFiles, viewerBytes } = await pageAt(address, SCRIPTS);
    assert.equal(viewerBytes, 19_000_000);
    const told = [];
    const files = await viewerFiles(new AbortController().signal, (done, total) => told.push([done, total]));
    assert.deepEqual(Object.fromEntries(await Promise.all(files.map(async ({ path, file }) => [path.replace("offline/", ""), await file.text()]))), SCRIPTS);
    assert.deepEqual(told, [[0, 2], [1, 2]]);
  });

  test(`one that is not there, or says nothing, is said, from ${address.split(":")[0]}:`, async () => {
    const { viewerFiles, ViewerMissing } = await pageAt(`${address}?missing`, { "viewer.js": SCRIPTS["viewer.js"] });
    await assert.rejects(viewerFiles(new AbortController().signal, () => {}), ViewerMissing);
  });

  test(`Stop is Stop, and no fault, from ${address.split(":")[0]}:`, async () => {
    const { viewerFiles } = await pageAt(`${address}?stop`, SCRIPTS);
    const stop = new AbortController();
    await assert.rejects(viewerFiles(stop.signal, () => stop.abort()), { name: "AbortError" });
  });
}
