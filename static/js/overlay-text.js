// @ts-check
// What is written on the scan: who, where, which series, when, and which of several pictures of one place. As stored: DOE^JANE, 1958-03-14.
import { t } from "./i18n.js";

/** @param {string} date YYYYMMDD, shown as written when it is something else */
const dashed = (date) => (/^\d{8}$/.test(date) ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : date);

/** @param {any} recipe @param {any} [series] @param {any} [study] @param {any} [patient] @param {string} [label] what tells the frame from its neighbours */
export function overlayText(recipe, series, study, patient, label = "") {
  const who = patient ? [dashed(patient.birth_date), patient.sex, patient.patient_id].filter(Boolean).join(" · ") : "";
  return {
    tl: [patient?.name || (patient ? t("overlay.no_name") : ""), { text: who, quiet: true, wide: true }].filter((line) => (typeof line === "string" ? line : line.text)),
    tr: [
      { text: study?.institution ?? "", wide: true },
      series?.description || series?.modality || "",
      series?.part ?? "",
      { text: dashed(study?.date ?? ""), quiet: true },
    ].filter((line) => (typeof line === "string" ? line : line.text)),
    bl: label ? [label] : [],
  };
}
