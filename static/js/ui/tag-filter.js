// Finding a field by its name, its number or its content. Pure.

/** @typedef {import("../types.js").TagRow} TagRow */

/**
 * Rows that contain every word asked for. A number may be written 0010,0020 or 00100020 or (0010,0020).
 * @param {TagRow[]} rows @param {string} asked
 */
export function matchingTags(rows, asked) {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return rows;
  return rows.filter((row) => {
    const number = digits(row.tag);
    const text = `${row.name} ${row.vr} ${row.value}`.toLowerCase();
    return words.every((word) => text.includes(word) || (/^[(]?[0-9a-f]{2,4},?[0-9a-f]{0,4}[)]?$/.test(word) && number.startsWith(digits(word))));
  });
}

/** @param {string} text */
const digits = (text) => text.toLowerCase().replace(/[^0-9a-f]/g, "");
