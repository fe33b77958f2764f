// @ts-check
// The frames of a series as the worker tells them, column by column; a recipe is put together when it is asked for.

/** @typedef {{sop_instance_uid: string, entry_id: number, frame: number, label?: string, recipe: any}} FrameItem */
/**
 * @typedef {{sop_instance_uids: string[], entry_ids: number[], frames: number[], shared: any[], recipe_of: number[],
 *   offsets: number[], lengths: number[], positions_mm: (number | null)[], labels?: string[], label_of?: number[]}} Columns
 */

/** @implements {FrameItem} */
class Item {
  #columns;
  #at;

  /** @param {Columns} columns @param {number} at */
  constructor(columns, at) {
    this.#columns = columns;
    this.#at = at;
  }

  get sop_instance_uid() {
    return this.#columns.sop_instance_uids[this.#at];
  }

  get entry_id() {
    return this.#columns.entry_ids[this.#at];
  }

  get frame() {
    return this.#columns.frames[this.#at];
  }

  /** What tells it from its neighbours; "" where nothing has to. */
  get label() {
    const { labels = [], label_of = [] } = this.#columns;
    return labels[label_of[this.#at]] ?? "";
  }

  /** Null where only the worker can tell. */
  get recipe() {
    const { shared, recipe_of, offsets, lengths, positions_mm } = this.#columns;
    const common = shared[recipe_of[this.#at]];
    if (!common) return null;
    const { sop_instance_uid, entry_id, frame } = this;
    const offset = offsets[this.#at];
    const location = offset < 0 ? null : { entry_id, offset, length: lengths[this.#at] };
    return { ...common, sop_instance_uid, frame, location, position_mm: positions_mm[this.#at] };
  }
}

/** @param {Columns} columns @returns {FrameItem[]} */
export const frameItems = (columns) => columns.frames.map((_, at) => new Item(columns, at));
