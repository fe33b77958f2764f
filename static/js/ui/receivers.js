// Will it open there? What kinds of systems would make of the disc as it is, and of a copy.
import { t } from "../i18n.js";
import { h, icon } from "./h.js";

/** @typedef {import("../types.js").Receiver} Receiver */
/** @typedef {import("../types.js").ReceiverAnswer} ReceiverAnswer */

/** Tone and shape of an answer; the word is its own. @type {Record<ReceiverAnswer["answer"], [string, string]>} */
const MARKS = { yes: ["good", "good"], partly: ["warn", "warn"], no: ["high", "high"], unknown: ["info", "blocked"] };

/** What is worth asking of a report: a disc that must not be handed over is taken nowhere. @param {import("../types.js").Report} report @returns {Receiver[]} */
export const receiversOf = ({ verdict, receivers }) => (verdict.class === "H" ? [] : receivers ?? []);

/** The table says nothing but "no": one sentence does. @param {Receiver[]} receivers */
export const nothingOpens = (receivers) => receivers.length > 0 && receivers.every(({ as_is: disc, copy }) => disc.answer === "no" && copy.answer === "no");

/** Why an answer is not a plain yes, the most telling first. @param {ReceiverAnswer} answer @param {number} most */
export const whyOf = ({ answer, reasons, plain }, most) => (answer === "yes" ? [] : reasons.length ? reasons.slice(0, most).map((reason) => reason.plain) : [plain]);

/** @param {Receiver[]} receivers @param {number} reasons most reasons in a cell @param {(name: string, className?: string) => Element} drawing */
export function receiversBody(receivers, reasons, drawing = icon) {
  if (nothingOpens(receivers)) return h("p", { class: "plain" }, t("receivers.none"), " ", whyOf(receivers[0].as_is, 1)[0]);
  /** @param {"receivers.as_is"|"receivers.copy"} column @param {ReceiverAnswer} answer */
  const cell = (column, answer) => {
    const [tone, shape] = MARKS[answer.answer];
    return h("td", { data: { label: t(column) } }, h("span", { class: `mark tone-${tone}` }, drawing(`shape-${shape}`, "shape"), t(`receivers.${answer.answer}`)),
      ...whyOf(answer, reasons).map((why) => h("span", { class: "why" }, why)));
  };
  return h("table", { class: "grid receivers" },
    h("thead", {}, h("tr", {}, ["receivers.system", "receivers.as_is", "receivers.copy"].map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, receivers.map((receiver) => h("tr", {},
      h("th", { scope: "row" }, receiver.title, h("span", { class: "why" }, receiver.reference)), cell("receivers.as_is", receiver.as_is), cell("receivers.copy", receiver.copy)))));
}
