// What the end of an export says, from the manifest and the verification. Pure.

/** @typedef {import("../types.js").ExportDone} ExportDone */
/** @typedef {{count: number, key: string, technical: string[]}} ChangeRow */

/** Of technical words, so many. */
const SHOWN = 6;

/** @param {ExportDone & Record<string, any>} done @param {import("../types.js").ExportPlan | null} plan */
export function doneView(done, plan) {
  const verification = done.verification ?? /** @type {any} */ (done);
  const manifest = done.manifest ?? done;
  const leftOut = Array.isArray(manifest.left_out) ? manifest.left_out : plan?.left_out ?? [];
  return {
    ok: Boolean(verification.ok),
    identical: Number(verification.identical ?? 0),
    total: Number(verification.instances_in ?? 0),
    files: Number(verification.files_checked ?? 0),
    differences: /** @type {{path: string, what: string}[]} */ (verification.differences ?? []),
    bytes: Number(manifest.total_bytes ?? 0),
    fileSetUid: String(manifest.file_set_uid ?? ""),
    firstFile: String(manifest.first_file ?? ""),
    changes: changesOf(manifest, leftOut),
    viewer: Boolean(manifest.viewer),
    second: /** @type {string[]} */ (manifest.second ?? []),
    leftOutImages: leftOut.filter((/** @type {any} */ file) => file.sop_instance_uid),
    notTaken: leftOut.filter((/** @type {any} */ file) => file.sop_instance_uid && !file.by_choice).length,
  };
}

/** @param {Record<string, any>} manifest @param {any[]} leftOut @returns {ChangeRow[]} */
function changesOf({ actions = {}, instances: total = 0, first_file = "", supplied = 0, supplied_keywords = [] }, leftOut) {
  /** @type {ChangeRow[]} */
  const rows = [];
  for (const action of ["decompress", "re-encode", "split", "copy", "keep"]) {
    const done = actions[action];
    if (done) rows.push({ count: done.instances, key: `changed.${action}`, technical: done.transfer_syntax_uids.slice(0, SHOWN) });
  }
  if (total) rows.push({ count: total, key: "changed.renamed", technical: first_file ? [first_file] : [] });
  if (total) rows.push({ count: 1, key: "changed.directory", technical: ["DICOMDIR"] });
  if (supplied) rows.push({ count: supplied, key: "changed.supplied", technical: supplied_keywords.slice(0, SHOWN) });
  const others = leftOut.filter((file) => !file.sop_instance_uid);
  if (others.length) rows.push({ count: others.length, key: "changed.left_out", technical: [] });
  return rows;
}
