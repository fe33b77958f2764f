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
 * @property {number} [enhanced] files that hold many images and can become single ones
 * @property {string} [body_part]
 * @property {boolean} [localizer]
 * @property {""|"localizer"|"capture"|"dose"} [role] what another doctor can do without
 * @property {string} [cannot] why nothing of it can be shown; "" or absent when it can
 * @property {string} [part] what this is of a series that is shown in parts
 * @property {string} [split_reason] why it is
 * @property {string} [order_note] how its images follow each other where that is not plain
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

/** @typedef {{key: string, name: string, name_doubt?: {looks_like: string} | null, patient_id: string, birth_date: string, sex: string, studies: StudyFacts[]}} PatientFacts */
/** @typedef {{name: string, complete: boolean, counts: Counts, patients: PatientFacts[]}} Catalogue */

/** `where` names at most 20 places; `where_count` is the true number. @typedef {{message: string, where: string[], where_count?: number, evidence: Record<string, unknown>}} Issue */
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
 * @property {"yes"|"ask"|"never"|string} [repair] whether a copy puts it right
 * @property {string} [in_copy] what happens to it in a copy; "" or absent when nothing does
 * @property {string} [family]
 */
/** `variant` names the wording within the class ("H_number"); `full` is false when the answer is only one so far.
 * @typedef {{class: VerdictClass, variant?: string, title: string, summary: string, meaning?: string, next_steps: string[], because?: string[], full?: boolean}} Verdict */
/** `met` is null where a rule it rests on could not be answered. @typedef {{id: string, title: string, reference?: string, met: boolean|null, failing_rules: string[]}} Profile */
/** What one kind of system would make of the disc or of a copy. @typedef {{answer: "yes"|"partly"|"no"|"unknown", plain: string, taken: number, total: number, reasons: {code: string, doubt: boolean, plain: string, technical: string, rules: string[], instances: number}[]}} ReceiverAnswer */
/** @typedef {{id: string, title: string, reference: string, as_is: ReceiverAnswer, copy: ReceiverAnswer, copy_as_encoded: ReceiverAnswer}} Receiver */
/** The table of contents' own name and number. @typedef {{path: string, file_set_id: string, file_set_uid: string}} FileSet */
/** What was used to read the disc, and the check sum of the report as JSON. @typedef {{json_sha256: string, versions: {scanfolio: string, python: string, pydicom: string}}} SavedReport */
/** @typedef {{path: string, kind: string, sop_instance_uid?: string, reason?: string, signature?: string, size?: number, locked?: boolean, first_bytes?: string, inside?: "closed"|"listed"|"refused"}} FileRow */
/** @typedef {{files: number, dicom: number, patients: number, studies: number, series: number, instances: number, frames: number, other: number, unreadable: number}} ReportCounts */
/**
 * The report as Python writes it (design: contracts).
 * @typedef {object} Report
 * @property {number|string} schema
 * @property {Verdict} verdict
 * @property {ReportCounts} counts
 * @property {Outcome[]} outcomes
 * @property {boolean} [complete] false when reading was stopped early
 * @property {Profile[]} profiles
 * @property {Receiver[]} [receivers]
 * @property {FileSet[]} [file_sets]
 * @property {FileRow[]} files
 */

/** @typedef {{tag: string, vr: string, name: string, value: string, depth: string|number}} TagRow */
/** @typedef {{width: number, height: number, channels: number, data: Uint8Array|Uint8ClampedArray}} Thumbnail */

/** What an entry of the preset menu is; `window` is null for the whole range and for a stored table.
 * @typedef {{name: string, window: {center: number, width: number, function: "LINEAR"|"LINEAR_EXACT"|"SIGMOID"}|null, id?: string}} Preset */

/** @typedef {{studies: string[]|null, series: string[]|null, encoding: "most-compatible"|"keep-encoding", patient_key: string|null, where: "folder"|"zip", viewer: boolean, only?: string[], for_old_software?: boolean, without?: string[], removal?: {dates: string, pseudonym: string, documents: boolean, burned_in: boolean} | null}} ExportChoice */
/** What becomes of one attribute; `examples` are values on the disc. @typedef {{tag: string, name: string, outcome: "removed"|"emptied"|"replaced"|"kept", count: number, examples: string[]}} RemovalRow */
/** A file that stays behind. @typedef {{path: string, code: string, reason: string, size: number, sop_instance_uid: string, by_choice?: boolean}} LeftOut */
/**
 * What an export would hold, as Python plans it; with `refused`, nothing else.
 * @typedef {object} ExportPlan
 * @property {string} [refused] why no copy can be made with these choices
 * @property {number} [instances]
 * @property {string[]} [changes] one sentence each
 * @property {string[]} [splitting] of these, what becomes of files with many images
 * @property {Record<string, number>} [actions] instances by what happens to them: copy, keep, re-encode, decompress, split
 * @property {{dates: string, rows: RemovalRow[], warnings: string[]} | null} [removal] where identifying data is removed
 * @property {LeftOut[]} [left_out]
 * @property {number} [left_out_instances]
 * @property {{reason: string, files: number, instances: number, by_choice?: boolean}[]} [left_out_by_reason]
 * @property {number} [not_chosen]
 * @property {number} [size_before]
 * @property {number} [size_after]
 * @property {number} [decoded_bytes] of the images that have to be unpacked
 * @property {"memory" | "storage" | ""} [built_in] where this browser builds a large .zip; "" where that need not be said
 * @property {number} [read_bytes_per_second] how fast the disc is; NaN where that is not known
 */
/**
 * What the re-reading of a copy found.
 * @typedef {object} Verification
 * @property {boolean} ok
 * @property {number} instances_in
 * @property {number} instances_out
 * @property {number} identical
 * @property {number} files_checked
 * @property {{path: string, what: string}[]} differences
 */
/**
 * The end of an export: what was written (the manifest) and what the re-reading found. Both may also stand side by side
 * in one object ({...manifest, ...verification}).
 * @typedef {object} ExportDone
 * @property {Verification} [verification]
 * @property {Record<string, any>} [manifest]
 * @property {"folder"|"zip"} where
 * @property {string} [name] of the folder or the .zip
 * @property {boolean} [ok]
 * @property {boolean} [gone] it was not identical, and nothing of it was left
 * @property {object} [identity] what was removed, where identifying data was
 */
/** @typedef {{title: string, hint?: string, detail?: string, code?: string, where?: string}} ErrorWords */

/**
 * Events, all bubbling CustomEvents from the element given to App:
 *
 * "open-folder"    {handle} from the directory picker, or {files: FileList} from #folder-input
 * "open-zip"       {file: File} from #zip-input: an archive or disc image
 * "look-inside"    path of an archive on the disc
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
 * "save-report"    "json" | "text"; as a page ("html") it saves itself
 * "print"          no detail; the page prints itself, nothing to do
 * "need-letter"    a language; answer with setLetter
 * "need-identity"  no detail: the report is looked at; answer with setIdentity
 * "retry"          no detail: what was being read when it failed
 * "theme"          "light" | "dark" | "auto"; already applied and kept
 * "show-tags"      no detail: the Details tab was opened; answer with setTags
 * "copy-letter"    the text; already put on the clipboard
 * "choose-person"  key of a patient on a disc of several; only their images are shown from here on
 * "new-copy"       no detail: the export screen goes back to choosing
 */
export {};
