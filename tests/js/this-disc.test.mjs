// What a page that lies beside a copy knows of it: from disc.js, and from its own address.
import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf, thisDisc } from "../../static/js/this-disc.js";

test("the place is written as the computer's own file manager writes it", () => {
  assert.equal(placeOf("file:///media/me/MY%20STICK/"), "/media/me/MY STICK");
  assert.equal(placeOf("file:///E:/"), "E:\\");
  assert.equal(placeOf("file:///C:/Users/Jos%C3%A9/Copy%231/"), "C:\\Users\\José\\Copy#1");
  assert.equal(placeOf("file://server/share/copy/"), "\\\\server\\share\\copy");
  assert.equal(placeOf("file:///"), "/");
  assert.equal(placeOf("file:///odd%FFname/"), "/odd%FFname");
  assert.equal(placeOf("https://hospital.example/copy/"), "");
});

test("beside a copy: its facts, and the folder above", () => {
  const said = { file_set: "../", made: "2026-11-25", instances: 214, series: 3, part: 1, of: 2 };
  const here = thisDisc(said, "file:///media/me/STICK/VIEWER/index.htm#/disc");
  assert.deepEqual(here, { made: "20261125", instances: 214, series: 3, part: 1, of: 2, place: "/media/me/STICK" });
});

test("alone, or beside something else, it knows nothing and breaks nothing", () => {
  assert.equal(thisDisc(undefined, "file:///x/index.html"), null);
  assert.deepEqual(thisDisc({ made: "<b>", instances: "many", file_set: 7 }, "file:///x/index.htm"), { made: "", instances: 0, series: 0, part: 0, of: 0, place: "" });
});
