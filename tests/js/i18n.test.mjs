// Numbers, dates, names and sizes as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatDate, formatPerson, formatPersonSpoken, formatTimeLeft, list, phrase, setLanguage, t } from "../../static/js/i18n.js";
import { LANGUAGES, languageFor } from "../../static/js/languages.js";

test("texts are filled in, numbers in the language's way, and the count chooses the form", () => {
  assert.equal(t("reading.long", { done: 1242, total: 1872 }), "Reading the disc: 1,242 of 1,872 files");
  assert.equal(t("count.images", { count: 1 }), "1 image");
  assert.equal(t("count.images", { count: 1843 }), "1,843 images");
  assert.equal(t("count.images", { count: 0 }), "0 images");
  assert.equal(t("no.such.key"), "no.such.key");
});

test("another language replaces what it has and keeps English for the rest", () => {
  setLanguage("de", { "action.stop": "Anhalten" });
  assert.equal(t("action.stop"), "Anhalten");
  assert.equal(t("count.images", { count: 1843 }), "1.843 images");
  setLanguage("en", {});
  assert.equal(t("action.stop"), "Stop");
});

test("every plural category of a language has its form; the count chooses", () => {
  setLanguage("fr", { "count.images": { one: "{count} image", many: "{count} d’images", other: "{count} images" } });
  assert.equal(t("count.images", { count: 0 }), "0 image");
  assert.equal(t("count.images", { count: 1 }), "1 image");
  assert.equal(t("count.images", { count: 2 }), "2 images");
  assert.equal(t("count.images", { count: 3_000_000 }), "3\u202f000\u202f000 d’images");
  setLanguage("ja", { "count.images": { other: "画像{count}枚" } });
  assert.equal(t("count.images", { count: 1 }), "画像1枚");
  setLanguage("en", {});
});

test("a phrase says itself in the language of the moment; a list is joined as the language does", () => {
  const stop = phrase("action.stop");
  assert.equal(String(stop), "Stop");
  assert.equal(list(["15 images", "2 documents"]), "15 images, 2 documents");
  setLanguage("ja", { "action.stop": "中止", comma: "、" });
  assert.equal(String(stop), "中止");
  assert.equal(list(["画像15枚", "文書2件"]), "画像15枚、文書2件");
  setLanguage("en", {});
});

test("the language: the address, then what was chosen, then the browser's, then English", () => {
  assert.equal(languageFor("?lang=de", "en", ["en-GB"]), "de");
  assert.equal(languageFor("?lang=tlh", "", ["sv-SE", "de-AT", "en"]), "de");
  assert.equal(languageFor("", "de", ["en-GB"]), "de");
  assert.equal(languageFor("", "constructor", []), "en");
  assert.equal(languageFor("", "", ["sv"]), "en");
  for (const [code, name] of Object.entries(LANGUAGES)) {
    assert.equal(new Intl.Locale(code).language, code);
    assert.ok(name, code);
  }
});

test("dates are written out; what is no date stays as it is", () => {
  assert.equal(formatDate("19580314"), "14 March 1958");
  assert.equal(formatDate("2026.03.03"), "3 March 2026");
  assert.equal(formatDate("20260230"), "20260230");
  assert.equal(formatDate(""), "");
  assert.equal(formatDate("unknown"), "unknown");
});

test("person names: family name first, capitals eased, mixed case kept, Latin group first", () => {
  assert.equal(formatPerson("DOE^JANE"), "Doe, Jane");
  assert.equal(formatPerson("MÜLLER-LÜDENSCHEIDT^ANNA MARIA^^Dr."), "Müller-Lüdenscheidt, Dr. Anna Maria");
  assert.equal(formatPerson("McDonald^Ronald"), "McDonald, Ronald");
  assert.equal(formatPerson("Yamada^Tarou=山田^太郎=やまだ^たろう"), "Yamada, Tarou");
  assert.equal(formatPerson("=山田^太郎"), "山田, 太郎");
  assert.equal(formatPerson("ANONYMOUS"), "Anonymous");
  assert.equal(formatPerson("^^^^"), "");
  assert.equal(formatPersonSpoken("DOE^JANE"), "Jane Doe");
  assert.equal(formatPersonSpoken("DOE"), "Doe");
});

test("in Japanese and Korean a name is shown in its own letters where it is stored so", () => {
  setLanguage("ja", {});
  assert.equal(formatPerson("Yamada^Tarou=山田^太郎=やまだ^たろう"), "山田 太郎");
  assert.equal(formatPersonSpoken("Yamada^Tarou=山田^太郎"), "山田 太郎");
  assert.equal(formatPerson("DOE^JANE"), "Doe, Jane");
  setLanguage("ko", {});
  assert.equal(formatPerson("Hong^Gildong=洪^吉洞=홍^길동"), "홍길동");
  assert.equal(formatPerson("Hong^Gildong=洪^吉洞"), "Hong, Gildong");
  setLanguage("en", {});
  assert.equal(formatPerson("Yamada^Tarou=山田^太郎=やまだ^たろう"), "Yamada, Tarou");
});

test("sizes in decimal units with no false exactness", () => {
  assert.equal(formatBytes(0), "0\u00a0B");
  assert.equal(formatBytes(999), "999\u00a0B");
  assert.equal(formatBytes(999_600), "1\u00a0MB");
  assert.equal(formatBytes(412_300_000), "412\u00a0MB");
  assert.equal(formatBytes(4_370_000_000), "4.4\u00a0GB");
});

test("time left is rounded, and nothing is said when nothing is known", () => {
  assert.equal(formatTimeLeft(NaN), "");
  assert.equal(formatTimeLeft(0.4), "Almost done.");
  assert.equal(formatTimeLeft(7.2), "About 8 seconds left.");
  assert.equal(formatTimeLeft(33), "About 35 seconds left.");
  assert.equal(formatTimeLeft(70), "About 1 minute left.");
});
