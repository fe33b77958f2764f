// Generated from py/scanfolio/bridge/messages.py by tools/write_protocol.py. Do not edit.
/** Start a new session; nothing of an earlier one is left. */
export interface Open {
  name?: string;
}
/** A language code such as "de". */
export interface Language {
  language?: string;
}
/** New files, and bytes that were asked for; column by column, since a disc may hold many thousands.

    `paths` and `sizes` are those of the new files, which are numbered on from `first`. The other columns are of the
    pieces that were read: of which file, from which byte, how many were asked for, how many came, and the browser's
    word where reading failed ("" where it did not). One packed buffer holds the bytes of all pieces, in order. */
export interface Index {
  first?: number;
  paths?: string[];
  sizes?: number[];
  piece_of?: number[];
  offsets?: number[];
  asked?: number[];
  lengths?: number[];
  errors?: string[];
}
/** A file as the page was given it. `path` is relative to what was opened. */
export interface NewEntry {
  entry_id: number;
  path: string;
  size: number;
}
/** One file that is looked into before its turn; the buffer holds its first bytes. Its number is no other file's. */
export interface Look {
  entry: NewEntry;
}
/** Read an archive or disc image that was given as the only file; the worker reads it itself. */
export interface Archive {
  entry: NewEntry;
}
/** Open the archive at `path`, a file of the disc. */
export interface LookInside {
  path: string;
}
/** Numbers of files that could not be read, and now perhaps can; `sizes`: how long each of them is now. */
export interface Again {
  entries: number[];
  sizes?: number[];
}
/** No more bytes will come. `complete` is false when the person pressed Stop. */
export interface Finish {
  complete?: boolean;
}
/** No parameters. */
export interface Nothing {
}
/** `answer`: what the person says to "is this you?": right, wrong or ask (taken back); "" leaves what was said.

    `files`: whether the answer has the rows of the files, which stay as they were told. */
export interface Judge {
  answer?: string;
  files?: boolean;
}
/** In which language, on which day (YYYYMMDD), and whether the texts on the disc may be read for it. */
export interface LetterWish {
  language?: string;
  today?: string;
  read_texts?: boolean;
}
export interface OfSeries {
  key: string;
}
/** `frame` counts from 0. */
export interface OfFrame {
  sop_instance_uid: string;
  frame?: number;
}
/** A copy without identifying data: see RemovalChoices. */
export interface WithoutIdentity {
  dates?: string;
  pseudonym?: string;
  documents?: boolean;
  burned_in?: boolean;
}
/** What to export and how. None for studies or series means all of them.

    `only`: of these, just the instances with these SOP Instance UIDs, as a second file-set. `for_old_software`:
    enhanced images are split into single ones. `without`: not the series of these keys.
    `viewer`: the scripts of the page's own folder offline/, where Scanfolio itself goes along; their numbers are no
    other file's. */
export interface ExportChoices {
  patient_key?: string | null;
  studies?: string[] | null;
  series?: string[] | null;
  encoding?: string;
  sink?: string;
  only?: string[] | null;
  for_old_software?: boolean;
  without?: string[];
  viewer?: NewEntry[];
  removal?: WithoutIdentity | null;
}
/** Read an export back: one file, the .zip, or those of a folder, numbered on from `first`. */
export interface Verify {
  first: number;
  paths: string[];
  sizes: number[];
  archive?: boolean;
}
/** What each request takes. */
export interface Requests {
  /** Forget the disc before and start a new one. */
  open: Open;
  /** Answer in this language from now on, whichever disc is open. */
  language: Language;
  /** Take files and their first bytes; say what else is needed of them. */
  index: Index;
  /** Which files to try for a first picture, from the first bytes of the DICOMDIR. */
  directory: Look;
  /** The image in one file, before the disc is read. */
  preview: Look;
  /** Read an archive or disc image as a disc. */
  archive: Archive;
  /** Open an archive that lies on the disc; its files join the others. */
  look_inside: LookInside;
  /** Forget what was found of these files: they are read once more. */
  again: Again;
  /** Group and sort what was read. */
  finish: Finish;
  /** The patients, studies and series known so far. */
  catalogue: Nothing;
  /** Apply every rule; outcomes come as items. Again once the person has answered, or a copy is made. */
  judge: Judge;
  /** The report as it is saved, the SHA-256 of the JSON, and what read the disc. */
  report_text: Nothing;
  /** What to ask the hospital for; without letters where there is nothing to ask for. */
  letter: LetterWish;
  /** The frames of one series in scroll order with what tells them apart, which is seen first, how fast the file wants to be played, and the recipes known without reading, column by column. */
  series: OfSeries;
  /** How to show one frame, and its values where the page cannot slice them itself. */
  frame: OfFrame;
  /** The stored values of one frame. */
  stored_values: OfFrame;
  /** A small picture of a series. */
  thumbnail: OfSeries;
  /** Every element of one instance, for reading. */
  tags: OfFrame;
  /** What an export would hold and change. */
  plan: ExportChoices;
  /** Write the export; its bytes come as write messages. */
  export: ExportChoices;
  /** Read the export back and compare it with the disc. */
  verify: Verify;
  /** How many files the worker keeps facts of. */
  memory: Nothing;
}
