// Which languages there are, and which of them is meant. Pure.
import names from "../i18n/languages.json" with { type: "json" };

/** Language code → what its speakers call it. @type {Record<string, string>} */
export const LANGUAGES = names;

/**
 * Asked for in the address, else chosen here before, else the browser's, else English.
 * @param {string} search the address's "?lang=de" @param {string} kept @param {readonly string[]} wanted the browser's, best first
 */
export function languageFor(search, kept, wanted) {
  for (const tag of [new URLSearchParams(search).get("lang") ?? "", kept, ...wanted]) {
    const code = tag.toLowerCase().split(/[-_]/)[0];
    if (Object.hasOwn(LANGUAGES, code)) return code;
  }
  return "en";
}
