// Texts and numbers in the person's language. Texts are data (i18n/<language>/…json); code holds none.
import english from "../i18n/en.json" with { type: "json" };

/** @typedef {string | Record<string, string>} Text one text, or one per plural category of the language */
/** @typedef {Record<string, string | number | undefined>} Values */

/** @type {Record<string, Text>} */
let texts = english;
let language = "en";
let plurals = new Intl.PluralRules(language);

/** The language of the texts, for `lang` attributes and Intl. */
export const currentLanguage = () => language;

/** Use another catalogue of texts; texts it lacks stay English. @param {string} code @param {Record<string, Text>} catalogue */
export function setLanguage(code, catalogue) {
  language = code;
  plurals = new Intl.PluralRules(code);
  texts = { ...english, ...catalogue };
}

/** @param {string} key */
export const has = (key) => Object.hasOwn(texts, key);

/**
 * The text of `key` with {placeholders} filled in; numbers are written in the language's way. Where there are several
 * forms, `count` chooses. An unknown key shows itself, so that a gap is seen and nothing breaks.
 * @param {string} key @param {Values} [values]
 */
export function t(key, values = {}) {
  const text = texts[key];
  if (text === undefined) return key;
  return fill(typeof text === "string" ? text : text[plurals.select(Number(values.count))] ?? text.other, values);
}

/** A text that stands for as long as the page does: h() puts it in, and writes it anew when the language changes. */
export class Phrase {
  /** @param {string} key @param {Values} values */
  constructor(key, values) {
    this.key = key;
    this.values = values;
  }

  toString() {
    return t(this.key, this.values);
  }
}

/** Like t(), for what is made once. @param {string} key @param {Values} [values] */
export const phrase = (key, values = {}) => new Phrase(key, values);

/** "15 images, 2 documents": what stands side by side, with the comma of the language. @param {string[]} parts */
export const list = (parts) => parts.join(t("comma"));

/** @param {string} text @param {Values} values */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? formatNumber(value) : value;
  });
}

/** What Intl makes takes long to make: once for each language and kind. @type {Map<string, any>} */
const formatters = new Map();
/** @template T @param {string} kind @param {() => T} make @returns {T} */
function made(kind, make) {
  const key = `${language} ${kind}`;
  if (!formatters.has(key)) formatters.set(key, make());
  return formatters.get(key);
}

/** @param {number} value @param {number} [digits] most digits after the point @param {boolean} [grouped] thousands set apart */
export const formatNumber = (value, digits = 1, grouped = true) =>
  made(`number ${digits} ${grouped}`, () => new Intl.NumberFormat(language, { maximumFractionDigits: digits, useGrouping: grouped })).format(value);

/** 1,043,000,000 → "1 GB"; decimal units, as on the packaging of a stick. @param {number} bytes */
export function formatBytes(bytes) {
  const units = t("bytes.units").split(" ");
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${formatNumber(value, value < 10 && unit > 1 ? 1 : 0)}\u00a0${units[unit]}`;
}

/** "19580314" → "14 March 1958". What is no date is given back as it is. @param {string} stored */
export function formatDate(stored) {
  const parts = /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(stored);
  if (!parts) return stored;
  const [year, month, day] = parts.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return stored;
  return made("date", () => new Intl.DateTimeFormat(dateLocale(), { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })).format(date);
}

/** @param {Date} moment */
export const formatMoment = (moment) =>
  new Intl.DateTimeFormat(dateLocale(), { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(moment);

/** @param {Date} moment */
export const formatDay = (moment) => new Intl.DateTimeFormat(dateLocale(), { day: "numeric", month: "long", year: "numeric" }).format(moment);

// Day before month: never to be mistaken, wherever the reader lives.
const dateLocale = () => (language === "en" ? "en-GB" : language);

/** The letters in which a language writes names; a name may be stored in several (PS3.5 6.2). @type {Record<string, RegExp>} */
const OWN_LETTERS = { ja: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u, ko: /\p{Script=Hangul}/u };

/** The name as its own language writes it: family name first, without a comma; "" where it is not stored so. @param {string} stored */
function ownPerson(stored) {
  const letters = OWN_LETTERS[language];
  const group = letters && stored.split("=").find((part) => letters.test(part));
  return group ? group.split("^").slice(0, 3).map((part) => part.trim()).filter(Boolean).join(language === "ko" ? "" : " ") : "";
}

/**
 * "DOE^JANE^M" → "Doe, Jane M". The first group of a name is used, the one in Latin letters, or the one in the letters of
 * the person's language; a name all in capitals gets small letters.
 * @param {string} stored
 */
export function formatPerson(stored) {
  const own = ownPerson(stored);
  if (own) return own;
  const group = stored.split("=").find((part) => part.replace(/\^/g, "").trim()) ?? "";
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = group.split("^").map((part) => easyCase(part.trim()));
  const first = [prefix, given, middle, suffix].filter(Boolean).join(" ");
  return [family, first].filter(Boolean).join(", ");
}

/** The same in speaking order: "Jane Doe". @param {string} stored */
export function formatPersonSpoken(stored) {
  const [family, given] = formatPerson(stored).split(", ");
  return given ? `${given} ${family}` : family;
}

/** @param {string} part */
function easyCase(part) {
  if (part !== part.toUpperCase()) return part;
  return part.toLowerCase().replace(/(^|[\s\-'’.])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase());
}

/** Seconds left as a sentence's tail that does not promise more than it knows; "" while nothing can be said.
 * @param {number} seconds */
export function formatTimeLeft(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds < 1.5) return t("time.moment");
  if (seconds < 55) return t("time.seconds", { count: seconds < 10 ? Math.ceil(seconds) : Math.ceil(seconds / 5) * 5 });
  return t("time.minutes", { count: Math.max(1, Math.round(seconds / 60)) });
}

/** How long something takes, said before it begins: no finer than a person needs. "" while nothing can be said. @param {number} seconds */
export function formatTimeExpected(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds < 45) return t("time.expected_short");
  return t("time.expected", { count: Math.max(1, Math.round(seconds / 60)) });
}
