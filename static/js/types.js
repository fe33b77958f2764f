// Shapes the screens are given, and the events they send. JSDoc only; nothing runs here.
// Everything of the wire is snake_case as Python writes it; nothing of it is interpreted here beyond showing it.

/** @typedef {"landing"|"disc"|"report"|"export"} ScreenName */
/** @typedef {"A"|"B"|"C"|"D"|"E"|"F"|"G"|"H"} VerdictClass */
/** @typedef {"passed"|"failed"|"not_applicable"|"blocked"|"crashed"} OutcomeState */
/** @typedef {"B"|"H"|"W"|"I"} Severity  stops import, important, worth knowing, for information */

/** @typedef {{files: number, done: number, dicom: number, images: number, other: number, unreadable: number}} Counts */

/**
 * @typedef {object} SeriesFacts
 * @property {string} key
 * @property {string} modality
 * @property {number|null} number
 * @property {string} description
 * @property {"image"|"document"|"report"|"waveform"|"video"|"other"} shows
 * @property {number} instances
 * @property {number} frames
 * @property {boolean} lossy
 * @property {number} size_bytes
 * @property {string} [body_part]
 * @property {boolean} [localizer]
 * @property {string} [cannot] why nothing of it can be shown; "" or absent when it can
 * @property {string} [split_reason]
 */

/**
 * @typedef {object} StudyFacts
 * @property {string} study_instance_uid
 * @property {string} description
 * @property {string} date  YYYYMMDD as stored, or ""
 * @property {string} time
 * @property {string} institution
 * @property {string} accession_number
 * @property {SeriesFacts[]} series
 */

/** @typedef {{key: string, name: string, patient_id: string, birth_date: string, sex: string, studies: StudyFacts[]}} PatientFacts */
/** @typedef {{name: string, complete: boolean, counts: Counts, patients: PatientFacts[]}} Catalogue */

/** @typedef {{message: string, where: string[], evidence: Record<string, unknown>}} Issue */
/**
 * @typedef {object} Outcome
 * @property {string} rule
 * @property {OutcomeState} state
 * @property {Severity} severity
 * @property {string} title
 * @property {string} plain
 * @property {string} technical
 * @property {string} reference
 * @property {Issue[]} issues
 * @property {string} [repair] what happens to it in a copy; "" or absent when nothing does
 * @property {string} [family]
 */
/** @typedef {{class: VerdictClass, title: string, summary: string, meaning?: string, next_steps: string[]}} Verdict */
/** @typedef {{id: string, title: string, met: boolean, failing_rules: string[]}} Profile */
/** @typedef {{path: string, kind: string, sop_instance_uid?: string, reason?: string, signature?: string, size?: number}} FileRow */
/** @typedef {{files: number, dicom: number, patients: number, studies: number, series: number, instances: number, frames: number, other: number, unreadable: number}} ReportCounts */
/**
 * The report as Python writes it (design: contracts).
 * @typedef {object} Report
 * @property {number|string} schema
 * @property {Verdict} verdict
 * @property {ReportCounts} counts
 * @property {Outcome[]} outcomes
 * @property {Profile[]} profiles
 * @property {FileRow[]} files
 */

/** @typedef {{tag: string, vr: string, name: string, value: string, depth: string|number}} TagRow */
/** @typedef {{width: number, height: number, channels: number, data: Uint8Array|Uint8ClampedArray}} Thumbnail */

/** What an entry of the preset menu is; `window` is null for the whole range and for a stored table.
 * @typedef {{name: string, window: {center: number, width: number, function: "LINEAR"|"LINEAR_EXACT"|"SIGMOID"}|null, id?: string}} Preset */

/** @typedef {{studies: string[]|null, series: string[]|null, encoding: "most-compatible"|"keep-encoding", patient_key: string|null, where: "folder"|"zip"}} ExportChoice */
/** What an export would hold. Fields that are not known are left out, and not shown.
 * @typedef {object} ExportPlan
 * @property {number} [images]
 * @property {number} [documents]
 * @property {number} [instances]
 * @property {number} [files]
 * @property {number} [size_bytes]
 * @property {string} [refused] why no copy can be made with these choices
 * @property {Change[]} [changes]
 */
/** @typedef {{count: number, plain: string, technical?: string, rule?: string}} Change */
/**
 * The proof, and what was written.
 * @typedef {object} ExportDone
 * @property {number} images            images compared
 * @property {number} identical         of them, the same pixel for pixel
 * @property {boolean} ok               nothing differs, nothing is missing, nothing wrong found in the copy
 * @property {"folder"|"zip"} where
 * @property {string} [name]            of the folder or the .zip
 * @property {number} [size_bytes]
 * @property {Change[]} [changes]
 * @property {string[]} [differences]   what is not identical, one sentence each
 * @property {VerdictClass} [verdict_class] our own checks on the copy
 * @property {Profile[]} [profiles]
 * @property {string} [file_set_uid]
 * @property {string[]} [tree]          top level of the copy, one line each
 * @property {string} [sha256]          of the .zip
 */
/** @typedef {{title: string, hint?: string, detail?: string, code?: string, where?: string}} ErrorWords */
/** @typedef {"checking"|"writing"|"directory"|"verifying"} ExportStage */

/**
 * Events, all bubbling CustomEvents from the element given to App:
 *
 * "open-folder"    {handle} from the directory picker, or {files: FileList} from #folder-input
 * "open-zip"       {file: File} from #zip-input
 * "open-sample"    no detail
 * "drop-items"     DataTransfer (dispatched within the browser's own drop event: read it at once)
 * "stop"           what: "reading" | "export"
 * "select-series"  key
 * "need-thumbnail" key; sent once, when a row of the series comes into view
 * "step"           {by: number} images forward or back, or {to: number} from 1
 * "tool"           "scroll" | "brightness" | "zoom" | "pan"
 * "preset"         Preset
 * "view"           "invert" | "rotate" | "flip-h" | "flip-v" | "fit" | "reset" | "zoom-in" | "zoom-out"
 * "play"           boolean (what is wanted)
 * "fps"            frames a second
 * "go"             ScreenName; the screen has already changed
 * "confirm-person" {key: patient key, right: boolean}
 * "plan"           ExportChoice; answer with setExportPlan
 * "make-copy"      ExportChoice; for "folder" the directory picker may be opened in the handler
 * "save-report"    "json" | "text"
 * "print"          no detail; the page prints itself, nothing to do
 * "retry"          no detail: what was being read when it failed
 * "theme"          "light" | "dark" | "auto"; already applied and kept
 * "show-tags"      no detail: the Details tab was opened; answer with setTags
 * "copy-letter"    the text; already put on the clipboard
 * "new-copy"       no detail: the export screen goes back to choosing
 */
export {};
