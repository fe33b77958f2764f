// @ts-check
// When this page lies beside a copy that Scanfolio made: what its disc.js says of it, and where the copy is.

/** @typedef {{made: string, instances: number, series: number, part: number, of: number, place: string}} ThisDisc */

/** Null where the page stands alone. @param {unknown} said what disc.js set @param {string} page the page's address @returns {ThisDisc | null} */
export function thisDisc(said, page) {
  if (typeof said !== "object" || !said) return null;
  const { file_set, made, ...counts } = /** @type {Record<string, unknown>} */ (said);
  const number = (/** @type {string} */ name) => (Number.isSafeInteger(counts[name]) ? Number(counts[name]) : 0);
  return {
    made: typeof made === "string" && /^\d{4}-\d\d-\d\d$/.test(made) ? made.replaceAll("-", "") : "",
    instances: number("instances"),
    series: number("series"),
    part: number("part"),
    of: number("of"),
    place: typeof file_set === "string" ? placeOf(new URL(file_set, page).href) : "",
  };
}

/** A file: address as this computer's file manager writes it; "" for any other. @param {string} address */
export function placeOf(address) {
  const { protocol, host, pathname } = new URL(address);
  if (protocol !== "file:") return "";
  let path = pathname;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    // A name that is not UTF-8 stays as the address has it.
  }
  if (host) return `\\\\${host}${path}`.replaceAll("/", "\\").replace(/\\$/, "");
  const drive = /^\/([A-Za-z]:)(\/.*)$/.exec(path);
  if (drive) return drive[2] === "/" ? `${drive[1]}\\` : `${drive[1]}${drive[2]}`.replaceAll("/", "\\").replace(/\\$/, "");
  return path.replace(/(.)\/$/, "$1");
}
