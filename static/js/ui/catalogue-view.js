// Patients, studies and series, arranged for reading. Pure: data in, data out.
import { list, t } from "../i18n.js";

/** @typedef {import("../types.js").Catalogue} Catalogue */
/** @typedef {import("../types.js").PatientFacts} PatientFacts */
/** @typedef {import("../types.js").StudyFacts} StudyFacts */
/** @typedef {import("../types.js").SeriesFacts} SeriesFacts */

/** What a row of the list is called; of a series in parts, first which part it is. @param {SeriesFacts} series */
export function seriesTitle(series) {
  const name = seriesName(series);
  return series.part ? t("series.part", { part: series.part, name }) : name;
}

/** Its own description, or the least that is known. @param {SeriesFacts} series */
function seriesName(series) {
  if (series.description) return series.description;
  if (series.localizer) return t("series.overview");
  const kind = [series.body_part ? capital(series.body_part) : "", series.modality].filter(Boolean).join(", ");
  if (kind) return series.number === null ? kind : t("series.numbered", { kind, number: String(series.number) });
  return series.number === null ? t("series.unnamed") : t("series.unnamed_numbered", { number: String(series.number) });
}

/** @param {SeriesFacts} series */
export function seriesCount(series) {
  if (series.shows === "image" || series.frames > 0) return t("count.images", { count: series.frames || series.instances });
  if (series.shows === "document" || series.shows === "report") return t("count.documents", { count: series.instances });
  if (series.shows === "video") return t("count.films", { count: series.instances });
  if (series.shows === "waveform") return t("count.curves", { count: series.instances });
  return t("count.objects", { count: series.instances });
}

/** @param {StudyFacts} study */
export function studyTitle(study) {
  if (study.description) return study.description;
  const kinds = [...new Set(study.series.map((s) => s.modality).filter(Boolean))];
  return kinds.length ? t("study.of", { kinds: kinds.join(", ") }) : t("study.unnamed");
}

/** @param {StudyFacts} study */
export function studyHolds(study) {
  let images = 0;
  let documents = 0;
  let bytes = 0;
  for (const series of study.series) {
    if (series.shows === "image") images += series.frames || series.instances;
    else documents += series.instances;
    bytes += series.size_bytes || 0;
  }
  return { images, documents, bytes };
}

/** @param {PatientFacts[]} patients */
export function discHolds(patients) {
  const sum = { people: patients.length, studies: 0, series: 0, images: 0, documents: 0, bytes: 0 };
  for (const study of patients.flatMap((p) => p.studies)) {
    const holds = studyHolds(study);
    sum.studies += 1;
    sum.series += study.series.length;
    sum.images += holds.images;
    sum.documents += holds.documents;
    sum.bytes += holds.bytes;
  }
  return sum;
}

/** "1,843 images, 1 document"; what there is none of is left out. @param {{images: number, documents: number}} holds */
export function holdsText({ images, documents }) {
  const parts = [images ? t("count.images", { count: images }) : "", documents ? t("count.documents", { count: documents }) : ""].filter(Boolean);
  return list(parts) || t("count.nothing");
}

/** @param {Catalogue | null} catalogue @param {string | null} key only this person, where one was chosen @returns {PatientFacts[]} */
export function shownPatients(catalogue, key) {
  const all = catalogue?.patients ?? [];
  return key === null ? all : all.filter((patient) => patient.key === key);
}

/** @param {PatientFacts[]} patients */
export function seriesOf(patients) {
  return patients.flatMap((patient) => patient.studies.flatMap((study) => study.series.map((series) => ({ patient, study, series }))));
}

/** @param {string} word */
const capital = (word) => (word === word.toUpperCase() ? word.charAt(0) + word.slice(1).toLowerCase() : word);
