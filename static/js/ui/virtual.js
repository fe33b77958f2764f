// Which rows of a long list are in view. Pure.

/** Where each row starts, and at the end where the list ends. @param {number[]} sizes */
export function offsetsOf(sizes) {
  const offsets = new Float64Array(sizes.length + 1);
  for (let at = 0; at < sizes.length; at += 1) offsets[at + 1] = offsets[at] + sizes[at];
  return offsets;
}

/**
 * The first row in view and the one after the last, with `spare` rows on both sides.
 * @param {ArrayLike<number>} offsets of offsetsOf @param {number} from @param {number} length visible pixels @param {number} [spare]
 */
export function visibleRange(offsets, from, length, spare = 4) {
  const rows = offsets.length - 1;
  const first = rowAt(offsets, from);
  const last = rowAt(offsets, from + length);
  return { first: Math.max(0, first - spare), end: Math.min(rows, last + 1 + spare) };
}

/** The row that covers a position. @param {ArrayLike<number>} offsets @param {number} position */
export function rowAt(offsets, position) {
  let low = 0;
  let high = offsets.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets[middle] <= position) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
