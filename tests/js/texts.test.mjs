// The English in index.html (there so that the page reads without scripts) and the catalogue of texts agree; no key is missing or idle.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const texts = JSON.parse(readFileSync(new URL("static/i18n/en.json", root), "utf8"));
const html = readFileSync(new URL("index.html", root), "utf8");
const entities = { "&nbsp;": "\u00a0", "&amp;": "&" };
const plainOf = (markup) => markup.replace(/&\w+;/g, (entity) => entities[entity] ?? entity);

test("texts in index.html are those of the catalogue", () => {
  const found = [...html.matchAll(/data-t="([^"]+)"[^>]*>([^<]*)</g)];
  assert.ok(found.length > 20);
  for (const [, key, text] of found) assert.equal(plainOf(text), texts[key], key);
  for (const [, key, text] of html.matchAll(/data-t-label="([^"]+)"[^>]*aria-label="([^"]*)"/g)) assert.equal(text, texts[key], key);
});

const sources = ["static/js/", "static/js/ui/"].flatMap((folder) =>
  readdirSync(new URL(folder, root)).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(folder + name, root), "utf8")));

test("every key used in code exists", () => {
  const used = sources.flatMap((code) => [...code.matchAll(/\b(?:t|phrase)\("([a-zA-Z0-9_.-]+)"/g)].map((m) => m[1]));
  assert.ok(used.length > 50);
  for (const key of used) assert.ok(key in texts, key);
});

test("every text is used: by its key, or by the beginning of one that is put together", () => {
  const code = [...sources, html, ...readdirSync(new URL("static/js/viewport/", root)).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(`static/js/viewport/${name}`, root), "utf8"))].join("\n");
  const beginnings = [...code.matchAll(/`([a-z_]+\.[a-z_.]*)\$\{/g)].map((m) => m[1]);
  for (const key of Object.keys(texts)) assert.ok(code.includes(`"${key}"`) || beginnings.some((start) => key.startsWith(start)), key);
});

test("plural texts have both forms and use the count; the voice is kept", () => {
  for (const [key, text] of Object.entries(texts)) {
    const forms = typeof text === "string" ? [text] : [text.one, text.other];
    for (const form of forms) {
      assert.equal(typeof form, "string", key);
      assert.doesNotMatch(form, /please wait/i, key); // for the rest of the voice, in every language: tests/unit/test_languages.py
    }
  }
});
