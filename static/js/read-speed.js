// @ts-check
// How fast this disc can be read, tried on a piece of its largest file: a CD and a stick differ twentyfold.

const SAMPLE_BYTES = 4 << 20;

/**
 * @param {Iterable<Blob>} files
 * @param {() => number} [now] milliseconds
 * @returns {Promise<number>} bytes a second; NaN where nothing could be read
 */
export async function readSpeed(files, now = () => performance.now()) {
  /** @type {Blob | null} */
  let largest = null;
  for (const file of files) if (!largest || file.size > largest.size) largest = file;
  if (!largest?.size) return NaN;
  // The middle: what was looked at while indexing may still be in memory.
  const from = Math.max(0, Math.floor((largest.size - SAMPLE_BYTES) / 2));
  const start = now();
  try {
    const { byteLength } = await largest.slice(from, from + SAMPLE_BYTES).arrayBuffer();
    return (byteLength * 1000) / Math.max(now() - start, 0.1);
  } catch {
    return NaN;
  }
}
