// What is ticked on the export screen, turned into what is asked for. Pure.

/** @typedef {import("../types.js").PatientFacts} PatientFacts */
/** @typedef {import("../types.js").ExportChoice} ExportChoice */

/**
 * What says it: everything, or some examinations, without the series that are not ticked.
 * @param {PatientFacts} patient @param {Set<string>} keys of the ticked series
 * @returns {{studies: string[] | null, series: null, without: string[]}}
 */
export function choiceOf(patient, keys) {
  const touched = patient.studies.filter((study) => study.series.some((series) => keys.has(series.key)));
  const without = touched.flatMap((study) => study.series.map((series) => series.key).filter((key) => !keys.has(key)));
  return { studies: touched.length === patient.studies.length ? null : touched.map((study) => study.study_instance_uid), series: null, without };
}

/** What another doctor can do without, as the engine says. @param {PatientFacts} patient */
export function dispensable(patient) {
  const series = patient.studies.flatMap((study) => study.series).filter((one) => one.role);
  return { keys: series.map((one) => one.key), kinds: [...new Set(series.map((one) => /** @type {string} */ (one.role)))] };
}

/** Sum over the ticked series. @param {PatientFacts} patient @param {Set<string>} keys */
export function chosenHolds(patient, keys) {
  const sum = { series: 0, images: 0, documents: 0, bytes: 0 };
  for (const series of patient.studies.flatMap((study) => study.series)) {
    if (!keys.has(series.key)) continue;
    sum.series += 1;
    sum.bytes += series.size_bytes || 0;
    if (series.shows === "image") sum.images += series.frames || series.instances;
    else sum.documents += series.instances;
  }
  return sum;
}

/** Files among the ticked series that hold many images and can become single ones. @param {PatientFacts} patient @param {Set<string>} keys */
export function chosenEnhanced(patient, keys) {
  return patient.studies.flatMap((study) => study.series).reduce((sum, series) => sum + (keys.has(series.key) ? series.enhanced || 0 : 0), 0);
}

/** Which media the copy fits on, as the key of a sentence. @param {number} bytes */
export function mediumFor(bytes) {
  if (bytes <= 680e6) return "export.fits_cd";
  if (bytes <= 4.5e9) return "export.fits_dvd";
  return "export.fits_stick";
}

export const STAGES = /** @type {const} */ (["preparing", "writing", "directory", "verifying"]);

/** Which of the four stages a worker's word belongs to; never one before `reached`. @param {string} stage @param {number} reached */
export function stageAt(stage, reached) {
  if (stage === "writing") return Math.max(1, reached);
  if (stage === "verifying") return 3;
  if (stage === "reading" || stage === "directory") return Math.max(2, reached);
  return reached >= 1 ? Math.max(2, reached) : 0; // comparing, preparing; "checking" is said before and after writing
}

// Bytes a second of what this page does besides reading the disc, on an ordinary computer: hashing and writing, then
// reading back and comparing; and unpacking, of which the slowest compression decides.
const HANDLED = 40e6;
const UNPACKED = 20e6;

/**
 * About how long a copy takes, NaN while it cannot be said. The disc is read twice: once to copy, once to compare.
 * @param {import("../types.js").ExportPlan} plan
 */
export function secondsExpected({ size_before = 0, size_after = 0, decoded_bytes = 0, read_bytes_per_second = NaN }) {
  return (2 * size_before) / read_bytes_per_second + size_after / HANDLED + (2 * decoded_bytes) / UNPACKED;
}
