// The report, arranged for reading. Pure: data in, data out.

/** @typedef {import("../types.js").Report} Report */
/** @typedef {import("../types.js").Outcome} Outcome */
/** @typedef {import("../types.js").VerdictClass} VerdictClass */

/** Families in the order they are read. P checks are about a copy. */
export const FAMILIES = /** @type {const} */ (["V", "D", "F", "S", "A", "P"]);
/** @type {Record<VerdictClass, string>} */
export const VERDICT_TONE = { A: "good", B: "warn", C: "warn", D: "high", E: "stop", F: "info", G: "high", H: "stop" };
/** Classes whose answer takes the whole page. */
export const FULL_PAGE = new Set(["E", "F", "H"]);

/** Classes where the hospital has to be asked for something. */
const ASKS = new Set(["D", "E", "F", "G", "H"]);
/** There is a letter to the hospital for this disc; not as long as not everything was read. @param {Report} report */
export const asksHospital = ({ verdict, complete }) => ASKS.has(verdict.class) && complete !== false;

const SEVERITY_ORDER = { B: 0, H: 1, W: 2, I: 3 };

/** @typedef {"passed"|"info"|"warn"|"high"|"stops"|"none"|"blocked"|"crashed"} MarkName */
/** Shape, tone and word of an outcome. @param {Outcome} outcome @returns {{mark: MarkName, tone: string, word: string}} */
export function markOf({ state, severity }) {
  if (state === "passed") return { mark: "passed", tone: "good", word: "mark.passed" };
  if (state === "not_applicable") return { mark: "none", tone: "none", word: "mark.not_applicable" };
  if (state === "blocked") return { mark: "blocked", tone: "info", word: "mark.blocked" };
  if (state === "crashed") return { mark: "crashed", tone: "info", word: "mark.crashed" };
  if (severity === "B") return { mark: "stops", tone: "stop", word: "mark.B" };
  if (severity === "H") return { mark: "high", tone: "high", word: "mark.H" };
  if (severity === "W") return { mark: "warn", tone: "warn", word: "mark.W" };
  return { mark: "info", tone: "info", word: "mark.I" };
}

/** What a reader should look at: failed, could not be checked, or broke; the worst first. @param {Outcome[]} outcomes */
export function remarksOf(outcomes) {
  return outcomes
    .filter(isRemark)
    .map((outcome, at) => ({ outcome, at }))
    .sort((a, b) => rank(a.outcome) - rank(b.outcome) || a.at - b.at)
    .map(({ outcome }) => outcome);
}

/** @param {Outcome} outcome */
export const isRemark = ({ state }) => state === "failed" || state === "blocked" || state === "crashed";

/** @param {Outcome} outcome */
const rank = ({ state, severity }) => (state === "failed" ? SEVERITY_ORDER[severity] : 4);

/** @param {Outcome[]} outcomes */
export function tallyOf(outcomes) {
  const tally = { checks: outcomes.length, passed: 0, remarks: 0, important: 0, not_applicable: 0 };
  for (const outcome of outcomes) {
    if (outcome.state === "passed") tally.passed += 1;
    else if (outcome.state === "not_applicable") tally.not_applicable += 1;
    else tally.remarks += 1;
    if (outcome.state === "failed" && (outcome.severity === "B" || outcome.severity === "H")) tally.important += 1;
  }
  return tally;
}

/** @param {Outcome} outcome */
export const familyOf = (outcome) => (outcome.family || outcome.rule.slice(0, 1)).toUpperCase().slice(0, 1);

/** Families that have checks, in order, with theirs. @param {Outcome[]} outcomes */
export function groupsOf(outcomes) {
  /** @type {Map<string, Outcome[]>} */
  const groups = new Map(FAMILIES.map((family) => [family, []]));
  for (const outcome of outcomes) {
    const family = familyOf(outcome);
    groups.set(family, [...(groups.get(family) ?? []), outcome]);
  }
  return [...groups].filter(([, list]) => list.length).map(([family, list]) => ({ family, outcomes: list, tally: tallyOf(list) }));
}

/** Names of the viewing programs that the checks found. @param {Outcome[]} outcomes @returns {string[]} */
export const viewersOf = (outcomes) => [...new Set(outcomes.flatMap((outcome) => outcome.issues.map((issue) => issue.evidence?.viewer)).filter((name) => typeof name === "string"))];

/** How many places a check names. @param {Outcome} outcome */
export const placesOf = (outcome) => outcome.issues.reduce((sum, issue) => sum + (issue.where_count ?? issue.where.length), 0);

/** The evidence of an issue as rows; nested values become JSON. @param {Record<string, unknown>} evidence @returns {[string, string][]} */
export function evidenceRows(evidence) {
  return Object.entries(evidence ?? {}).map(([key, value]) => [key.replaceAll("_", " "), typeof value === "string" ? value : JSON.stringify(value)]);
}
