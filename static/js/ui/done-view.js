// What the end of an export says, from the manifest and the verification. Pure.

/** @typedef {import("../types.js").ExportDone} ExportDone */
/** @typedef {{count: number, key: string, technical: string[]}} ChangeRow */

/** @param {ExportDone & Record<string, any>} done @param {import("../types.js").ExportPlan | null} plan */
export function doneView(done, plan) {
  const verification = done.verification ?? /** @type {any} */ (done);
  const manifest = done.manifest ?? done;
  /** @type {any[]} */
  const instances = Array.isArray(manifest.instances) ? manifest.instances : [];
  const leftOut = Array.isArray(manifest.left_out) ? manifest.left_out : plan?.left_out ?? [];
  return {
    ok: Boolean(verification.ok),
    identical: Number(verification.identical ?? 0),
    total: Number(verification.instances_in ?? 0),
    files: Number(verification.files_checked ?? 0),
    differences: /** @type {{path: string, what: string}[]} */ (verification.differences ?? []),
    bytes: Number(manifest.total_bytes ?? 0) || instances.reduce((sum, one) => sum + (one.size ?? 0), 0),
    fileSetUid: String(manifest.file_set_uid ?? ""),
    firstFile: String(instances[0]?.file_id ?? ""),
    changes: changesOf(instances, manifest.supplied ?? [], leftOut, plan),
    viewer: Boolean(manifest.viewer),
    second: /** @type {string[]} */ (manifest.second ?? []),
    leftOutImages: leftOut.filter((/** @type {any} */ file) => file.sop_instance_uid),
    notTaken: leftOut.filter((/** @type {any} */ file) => file.sop_instance_uid && !file.by_choice).length,
  };
}

/** @param {any[]} instances @param {any[]} supplied @param {any[]} leftOut @param {import("../types.js").ExportPlan | null} plan @returns {ChangeRow[]} */
function changesOf(instances, supplied, leftOut, plan) {
  const actions = instances.length ? countBy(instances, (one) => one.action) : plan?.actions ?? {};
  const total = instances.length || plan?.instances || 0;
  /** @type {ChangeRow[]} */
  const rows = [];
  for (const action of ["decompress", "re-encode", "copy", "keep"]) {
    if (actions[action]) rows.push({ count: actions[action], key: `changed.${action}`, technical: distinct(instances.filter((one) => one.action === action).map((one) => one.transfer_syntax_uid)) });
  }
  if (total) rows.push({ count: total, key: "changed.renamed", technical: instances[0] ? [instances[0].file_id] : [] });
  if (total) rows.push({ count: 1, key: "changed.directory", technical: ["DICOMDIR"] });
  if (supplied.length) rows.push({ count: supplied.length, key: "changed.supplied", technical: distinct(supplied.map((one) => one.keyword)) });
  const others = leftOut.filter((file) => !file.sop_instance_uid);
  if (others.length) rows.push({ count: others.length, key: "changed.left_out", technical: [] });
  return rows;
}

/** @param {any[]} list @param {(one: any) => string} of @returns {Record<string, number>} */
function countBy(list, of) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const one of list) counts[of(one)] = (counts[of(one)] ?? 0) + 1;
  return counts;
}

/** @param {string[]} list */
const distinct = (list) => [...new Set(list.filter(Boolean))].slice(0, 6);
