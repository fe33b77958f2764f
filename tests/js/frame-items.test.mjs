// A series comes column by column; each of its frames is what it would have been by itself.
import assert from "node:assert/strict";
import { test } from "node:test";

import { frameItems } from "../../static/js/frame-items.js";

const columns = {
  key: "1.2", sop_instance_uids: ["1.1", "1.2", "1.2"], entry_ids: [4, 7, 7], frames: [0, 0, 1],
  shared: [{ rows: 2, cannot: "" }, { rows: 3, cannot: "no pixels" }], recipe_of: [0, -1, 1], offsets: [100, -1, -1], lengths: [8, 0, 0], positions_mm: [1.5, null, null],
};

test("what frames share and what is their own make one recipe", () => {
  const [first, second, third] = frameItems(columns);
  assert.deepEqual(first.recipe, { rows: 2, cannot: "", sop_instance_uid: "1.1", frame: 0, location: { entry_id: 4, offset: 100, length: 8 }, position_mm: 1.5 });
  assert.equal(second.recipe, null);
  assert.deepEqual(third.recipe, { rows: 3, cannot: "no pixels", sop_instance_uid: "1.2", frame: 1, location: null, position_mm: null });
  assert.deepEqual([third.sop_instance_uid, third.entry_id, third.frame], ["1.2", 7, 1]);
});
