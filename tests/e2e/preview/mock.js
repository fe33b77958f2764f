// Fills the screens with invented data, in place of main.js. `?state=` chooses the screen. Nothing here is shipped.
import { App } from "../../../static/js/ui/app.js";

const asked = new URLSearchParams(location.search);
const state = asked.get("state") ?? "landing";
localStorage.clear();
const app = new App(document.body);
globalThis.app = app;
globalThis.sent = [];
for (const name of ["open-folder", "open-zip", "open-sample", "drop-items", "stop", "select-series", "need-thumbnail", "step", "tool", "preset", "view", "play", "fps", "go",
  "confirm-person", "plan", "make-copy", "save-report", "print", "retry", "theme", "show-tags", "copy-letter", "new-copy"]) {
  document.body.addEventListener(name, (event) => globalThis.sent.push([name, event.detail]));
}

const series = (key, modality, number, description, frames, more = {}) => ({ key, modality, number, description, shows: "image", instances: frames, frames, lossy: false, size_bytes: frames * 527000, split_reason: "", ...more });
const study = (uid, description, date, list) => ({ study_instance_uid: uid, description, date, time: "101500", institution: "Example General Hospital", accession_number: "A1", series: list });
const jane = { key: "p1", name: "DOE^JANE", patient_id: "PAT-204881", birth_date: "19580314", sex: "F", studies: [
  study("1.1", "CT chest with contrast", "20260303", [series("s1", "CT", 1, "", 2, { localizer: true }), series("s2", "CT", 2, "Chest, soft tissue 1 mm", 486), series("s3", "CT", 3, "Chest, lung 1 mm", 486),
    series("s4", "CT", 4, "Chest, front view 3 mm", 219), series("s5", "CT", 5, "Chest, side view 3 mm", 184, { lossy: true }), series("s6", "SR", 99, "Dose report", 0, { shows: "report", instances: 1, frames: 0, size_bytes: 12000 })]),
  study("1.2", "CT head without contrast", "20260211", [series("s7", "CT", 1, "", 2, { localizer: true }), series("s8", "CT", 2, "Head 5 mm", 36), series("s9", "CT", 3, "Head 1 mm", 214), series("s10", "CT", 4, "Head, bone 1 mm", 214, { cannot: "this compression is not known here" })])] };
const richard = { key: "p2", name: "ROE^RICHARD", patient_id: "PAT-771200", birth_date: "19610602", sex: "M", studies: [study("2.1", "MR knee left", "20251009", [series("r1", "MR", 1, "Knee, from the side", 24)])] };
const many = { ...jane, studies: [study("9.1", "Collection of many series", "20260303", Array.from({ length: 600 }, (_, i) => series(`m${i}`, "CT", i, `Series of the collection, part ${i}`, 10 + i))), jane.studies[1]] };
const catalogue = (patients, complete = true) => ({ name: "EXAMPLE_GH", complete, counts: { files: 1872, done: complete ? 1872 : 1242, dicom: 1845, images: complete ? 1843 : 1214, other: 27, unreadable: 0 }, patients });

const outcome = (rule, stateName, severity, plain, more = {}) => ({ rule, state: stateName, severity, title: plain, plain, technical: `Technical sentence of ${rule}, with attribute and value.`, reference: "PS3.11 Table D.3-1", issues: [], in_copy: "", family: rule[0], ...more });
const issue = (message, n, evidence = {}) => ({ message, where: Array.from({ length: n }, (_, i) => `images/ct_head/im${String(i + 1).padStart(6, "0")}.dcm`), evidence });
const passed = [["V01", "We found 1,843 real medical images on this disc."], ["V05", "The files are not locked."], ["V09", "No hidden program in an image file."], ["D01", "The disc has a table of contents."],
  ["D04", "The table of contents can be read."], ["D06", "Every image the table lists is on the disc."], ["F01", "All files have the standard header."], ["F09", "No file is cut off."], ["S01", "All images are of one person."], ["S02", "Name and number are the same everywhere."], ["A05", "Every image says how large it is."]];
const base = [...passed.map(([rule, plain]) => outcome(rule, "passed", "B", plain)), outcome("V04", "not_applicable", "W", "No images packed inside another file."), outcome("F08", "not_applicable", "W", "No films."), outcome("P01", "not_applicable", "B", "Every image compared after a copy.")];
const programs = outcome("V08", "failed", "I", "The disc contains programs. They are not needed and will not be copied.", { technical: "Executables and autorun present; never started, never copied.", reference: "IHE RAD TF-2 4.47; DRG 2.2", issues: [issue("programs", 26)], in_copy: "Left out" });
const dose = outcome("F13", "failed", "I", "A dose report was found. It is copied with the images.", { issues: [issue("X-Ray Radiation Dose SR", 1)], in_copy: "Included" });
const compressed = outcome("F05", "failed", "H", "The images are compressed. Not every hospital can open them.", { technical: "Transfer syntax 1.2.840.10008.1.2.4.70 (JPEG Lossless, first-order prediction). Only Explicit VR Little Endian must be read by every general purpose reader.", reference: "PS3.11 Table D.3-1 and H.3-1; PS3.5 A.4.1", issues: [issue("JPEG Lossless", 1843, { transfer_syntax_uid: "1.2.840.10008.1.2.4.70", instances: 1843 })], in_copy: "Unpacked without loss; every image compared" });
const names = outcome("D13", "failed", "H", "The files have names that some systems refuse.", { issues: [issue("File IDs contain lower case and an extension", 1844)], in_copy: "Renamed: DICOM/PT000000/ST000000/SE000000/IM000000" });
const blocked = outcome("D08", "blocked", "H", "We could not compare the table with the images, because the table cannot be read.", { technical: "Needs D04." });
const crashed = outcome("A08", "crashed", "W", "This check broke off. That is our mistake, not the disc’s.", { technical: "ZeroDivisionError" });
const verdicts = {
  A: ["This is a standard DICOM disc, ready to hand over.", "No check found anything that would stop an import.", "You can give this disc to another hospital. If they cannot read it, make a copy here and give them that.", ["Give the disc to the hospital.", "Keep the original until they have the images."], [programs, dose]],
  B: ["Standard images, but the table of contents is damaged. We can repair it.", "All 1,843 images are here. A new table is written in the copy.", "The images are complete. Some systems find them only through a table of contents, and this one is damaged.", ["Make a repaired copy on a USB stick.", "Give the copy to the hospital, with this report.", "Keep the original disc. The copy does not replace it."], [names, blocked, programs]],
  C: ["Some hospitals cannot read this disc. We can convert it.", "The images are standard but compressed. Converting loses no detail, and we check every image.", "The scans are complete. But they are packed in a way that some hospital systems refuse. A converted copy opens in all common ones.", ["Make a readable copy on a USB stick.", "Give the copy to the hospital, with this report.", "Keep the original disc. The copy does not replace it."], [compressed, names, blocked, crashed, programs, dose, outcome("D10", "failed", "W", "The table of contents lacks helpful entries (birth date, size, position).", { in_copy: "Added from the images" })]],
  D: ["Only a part of this disc can be loaded elsewhere.", "512 standard images. 96 further pictures are plain JPG copies.", "Another hospital can load the standard images. The other pictures are copies with less detail, and only good for looking.", ["Ask the hospital that made the disc for the missing examinations as standard DICOM.", "Make a copy of what is standard here."], [outcome("V03", "failed", "W", "Some folders hold ordinary pictures (JPG). They are copies, not the originals.", { issues: [issue("JPEG", 96)] })]],
  E: ["This disc only shows pictures with its own program. Another hospital cannot load it.", "Self-display only: no DICOM images found.", "You did nothing wrong, and your scan is not lost. The hospital that made it normally keeps the originals. The disc they gave you just holds the wrong kind of copy, and no program can turn it into the right one.", ["Send them the letter on this page. It says exactly what to ask for.", "Is your appointment soon? Call them, and say: “I need my images as standard DICOM.”", "Keep this disc. Its pictures may still help a doctor."], [outcome("V02", "failed", "B", "This disc only shows pictures with its own program. Other hospitals cannot load it.")]],
  F: ["This disc is locked.", "We can see that there are images, but not what is in them.", "The hospital locked the files with a password or a key. That protects your images; nothing is broken.", ["Look for a separate sheet with a password.", "Ask the hospital for a disc without a password, as standard DICOM."], [outcome("V05", "failed", "B", "The files are locked with a password or key.", { issues: [issue("CMS enveloped data", 12)] })]],
  G: ["The disc is damaged: 31 of 1,843 images cannot be read.", "Try to clean it, or another drive. What is readable can be copied.", "Most of your images are readable. 31 are not: their files are cut off or cannot be read.", ["Wipe the disc with a soft cloth from the centre outwards, and open it again.", "Try another drive.", "If that does not help, ask for a new disc."], [outcome("F09", "failed", "B", "31 files are cut off.", { issues: [issue("Pixel Data shorter than computed", 31)] })]],
  H: ["Stop: this disc holds images of more than one person.", "Please do not hand it over. Choose the right person first.", "If you hand over this disc, someone else’s images get into your record, or yours into theirs.", ["Choose the right person below. Only their images are shown and copied.", "Tell the hospital that made the disc that it holds someone else’s images."], [outcome("S01", "failed", "B", "Images of more than one person are on this disc.", { issues: [issue("2 patients", 24)] })]],
};
function reportOf(letter) {
  const [title, summary, meaning, next_steps, remarks] = verdicts[letter];
  const seen = new Set(remarks.map((r) => r.rule));
  const plain = (path, kind, more = {}) => ({ path, kind, ...more });
  const images = letter === "E" || letter === "F" ? [] : Array.from({ length: asked.has("big") ? 20000 : 1843 }, (_, i) => plain(`images/ct_head/im${String(i + 1).padStart(6, "0")}.dcm`, "dicom", { sop_instance_uid: `1.2.3.${i}`, signature: "DICOM instance", size: 527000 }));
  const pictures = letter === "E" || letter === "D" ? Array.from({ length: letter === "E" ? 412 : 96 }, (_, i) => plain(`IMAGES/PIC${String(i + 1).padStart(5, "0")}.JPG`, "picture", { reason: "An ordinary picture, not the original.", signature: "JPEG picture" })) : [];
  const odd = letter === "E" ? Array.from({ length: 36 }, (_, i) => plain(`DATA/PVDATA.${String(i + 1).padStart(3, "0")}`, "other", { reason: "We looked inside: no DICOM." })) : [];
  const locked = letter === "F" ? Array.from({ length: 12 }, (_, i) => plain(`DICOM/IM${i}.p7m`, "other", { reason: "Locked with a key.", signature: "encrypted (CMS)", locked: true })) : [];
  const files = [...images, ...pictures, ...odd, ...locked, plain("DICOMDIR", "dicomdir", { signature: "DICOMDIR" }), plain("VIEWER/VIEW.EXE", "program", { signature: "Windows program (PE)", reason: "Never started, not needed." }), plain("VIEWER/lang.dll", "program", { signature: "Windows program (PE)" }), plain("INDEX.HTM", "document", { signature: "web page" }),
    ...(letter === "G" ? Array.from({ length: 31 }, (_, i) => plain(`images/broken/im${i}.dcm`, "unreadable", { reason: "The file is cut off." })) : [])];
  return { schema: 1, verdict: { class: letter, title, summary, meaning, next_steps }, counts: { files: files.length, dicom: images.length, patients: 1, studies: 2, series: 10, instances: images.length, frames: images.length, other: files.length - images.length, unreadable: 0 },
    outcomes: [...remarks, ...base.filter((o) => !seen.has(o.rule))],
    profiles: [{ id: "file-set", title: "File-set, PS3.10 section 8", met: letter === "A", failing_rules: letter === "A" ? [] : ["D13"] }, { id: "std-gen-cd", title: "STD-GEN-CD, general purpose CD, PS3.11 annex D", met: letter === "A", failing_rules: letter === "A" ? [] : ["F05", "D13", "A03"] }, { id: "pdi", title: "IHE Portable Data for Imaging, RAD TF-2 4.47", met: false, failing_rules: ["D17"] }],
    files };
}
const picture = document.createElement("canvas");
picture.width = picture.height = 512;
picture.tabIndex = 0;
picture.className = "mock-picture";
{
  const pen = picture.getContext("2d");
  pen.fillStyle = "#000"; pen.fillRect(0, 0, 512, 512);
  const blob = (x, y, w, d, grey) => { pen.fillStyle = `rgb(${grey},${grey},${grey})`; pen.beginPath(); pen.ellipse(x, y, w, d, 0, 0, 7); pen.fill(); };
  blob(256, 256, 230, 160, 40); blob(256, 256, 215, 146, 105); blob(150, 250, 80, 105, 8); blob(360, 250, 80, 105, 8); blob(270, 220, 60, 52, 190); blob(256, 340, 34, 28, 250); blob(256, 110, 50, 10, 240);
}
const thumb = (grey) => { const data = new Uint8Array(56 * 56); for (let y = 0; y < 56; y += 1) for (let x = 0; x < 56; x += 1) { const r = Math.hypot((x - 28) / 24, (y - 28) / 18); data[y * 56 + x] = r > 1 ? 0 : r > 0.85 ? 220 : grey; } return { width: 56, height: 56, channels: 1, data }; };
document.body.addEventListener("need-thumbnail", (event) => app.setThumbnail(event.detail, thumb(60 + (event.detail.length * 37 + event.detail.charCodeAt(event.detail.length - 1) * 13) % 150)));

const presets = [["Soft tissue", 50, 400], ["Lung", -600, 1500], ["Bone", 400, 1800], ["Brain", 40, 80], ["Vessels with contrast", 200, 600]].map(([name, center, width]) => ({ name, window: { center, width, function: "LINEAR" } }));
function look(key = "s2") {
  app.viewportSlot.append(picture);
  app.setCurrentSeries(key);
  app.setSlice({ n: 204, total: 486 });
  app.setPresets([...presets, { name: "Whole range", window: null }]);
  app.setWindow({ center: 50, width: 400 });
}
const tags = [["(0010,0010)", "PN", "Patient's Name", "DOE^JANE"], ["(0010,0020)", "LO", "Patient ID", "PAT-204881"], ["(0010,0030)", "DA", "Patient's Birth Date", "19580314"], ["(0008,1140)", "SQ", "Referenced Image Sequence", "1 item"], ["(0008,1150)", "UI", "Referenced SOP Class UID", "1.2.840.10008.5.1.4.1.1.2", "1"], ["(0028,0010)", "US", "Rows", "512"], ["(0028,0030)", "DS", "Pixel Spacing", "0.703 \\ 0.703"]]
  .map(([tag, vr, name, value, depth = "0"]) => ({ tag, vr, name, value, depth }));

function disc(letter, patients = [jane]) {
  app.showReading({ name: "EXAMPLE_GH", done: 1872, total: 1872 });
  app.setCatalogue(catalogue(patients));
  if (!["E", "F", "H"].includes(letter)) look();
  app.setReport(reportOf(letter));
  app.setTags(tags);
}
app.setEngine(state === "landing" ? { stage: "wasm", done: 62, total: 100 } : "ready");
app.setSent({ bytes: 0, measured: !asked.has("unmeasured") });
if (state === "reading" || state === "several") {
  app.showReading({ name: "EXAMPLE_GH", done: 0, total: 1872 });
  app.setCatalogue(catalogue(state === "several" ? [jane, richard] : [jane], false));
  if (state !== "several") look();
  app.showReading({ done: 1242, total: 1872 });
} else if (state === "first") app.showReading({ name: "", done: 12, total: 0 });
else if (state === "many") disc("A", [many]);
else if (state.startsWith("disc-")) {
  const letter = state.slice(5, 6).toUpperCase();
  disc(letter, letter === "H" ? [jane, richard] : letter === "E" || letter === "F" ? [] : [jane]);
} else if (state.startsWith("report")) { disc((asked.get("class") ?? "C")); app.go("report"); } else if (state.startsWith("export")) {
  disc("C");
  app.go("export");
  const [, what] = state.split("-");
  if (what === "choose") app.setExportPlan({ instances: 1844, size_after: 996000000, size_before: 412000000, actions: { decompress: 1843, copy: 1 }, changes: [], left_out: [{ path: "images/ct_head/im000413.dcm", code: "cut-off", reason: "The file is cut off: part of the image is missing.", size: 1, sop_instance_uid: "1.2.3" }], not_chosen: 0 });
  if (what === "writing") app.setExportProgress({ stage: "writing", done: 1204, total: 1844, what: "CT chest with contrast: Chest, lung 1 mm" });
  const written = { instances: 1844, first_file: "DICOM/PT000000/ST000000/SE000000/IM000000", total_bytes: 996000000, actions: { decompress: { instances: 1843, transfer_syntax_uids: ["1.2.840.10008.1.2.1"] }, copy: { instances: 1, transfer_syntax_uids: ["1.2.840.10008.1.2.1"] } } };
  const left = [...Array.from({ length: 27 }, (_, i) => ({ path: `VIEWER/${i}.DLL`, code: "program", reason: "A program.", size: 1, sop_instance_uid: "" })), { path: "images/ct_head/im000413.dcm", code: "cut-off", reason: "The file is cut off: part of the image is missing.", size: 1, sop_instance_uid: "1.2.3" }];
  const manifest = { file_set_uid: "2.25.198427713350941773120094518802", ...written, left_out: left, supplied: 1, supplied_keywords: ["StudyID"] };
  const verification = { ok: true, instances_in: 1844, instances_out: 1844, identical: 1844, files_checked: 1851, differences: [], left_out: 1 };
  const doneWith = { ...manifest, ...verification, manifest, verification, where: asked.get("where") ?? "folder", name: "STICK" };
  if (what === "done") app.setExportDone(doneWith);
  if (what === "different") app.setExportDone({ ...doneWith, verification: { ...verification, ok: false, identical: 1842, differences: [{ path: "DICOM/PT000000/ST000000/SE000002/IM000012", what: "its check sum is another one" }, { path: "DICOM/PT000000/ST000000/SE000002/IM000013", what: "pixel values differ" }] } });
  if (what === "failed") app.setExportFailed({ title: "The stick is full.", hint: "Choose one with at least 1 GB free, or make a .zip file.", detail: "QuotaExceededError at DICOM/PT000000/ST000000/SE000002/IM000413" });
  if (what === "stopped") { app.setExportProgress({ stage: "writing", done: 1, total: 2 }); app.setExportFailed({ code: "cancelled", title: "" }); }
} else if (state === "error") app.showError({ title: "The disc went away while we were reading it.", hint: "Put it back in, wait until the drive is quiet, and open it again.", detail: "NotFoundError", code: "source" });
requestAnimationFrame(() => {
if (asked.get("click")) for (const selector of asked.get("click").split(";;")) document.querySelector(selector)?.click();
});
