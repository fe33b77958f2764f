// @ts-check
// The language the page speaks: the first one, the one chosen here, and its texts. All but the English ones are fetched
// when they are wanted.
import { currentLanguage, setLanguage } from "./i18n.js";
import { languageFor } from "./languages.js";
import { assetBytes } from "./packs.js";

const KEY = "scanfolio.language";

/** The one to begin with. */
export const firstLanguage = () => languageFor(location.search, keptLanguage(), navigator.languages ?? [navigator.language]);

function keptLanguage() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // storage is refused in some private windows and on file://
  }
}

/** The person has chosen: it holds when the page is opened again, and the address no longer asks for another. @param {string} code */
export function keepLanguage(code) {
  try {
    localStorage.setItem(KEY, code);
    const address = new URL(location.href);
    if (!address.searchParams.has("lang")) return;
    address.searchParams.set("lang", code);
    history.replaceState(history.state, "", address);
  } catch {
    // not kept; it still holds until the page is closed
  }
}

let asked = "";
/**
 * Speak another language, from the next sentence on. False when it is spoken already, or another one was asked for meanwhile; rejects, and changes
 * nothing, when its texts cannot be had.
 * @param {string} code
 */
export async function speak(code) {
  asked = code;
  if (code === currentLanguage()) return false;
  const texts = code === "en" ? {} : JSON.parse(new TextDecoder().decode(await assetBytes(`texts-${code}.json`)));
  if (asked !== code) return false;
  setLanguage(code, texts);
  const { documentElement } = document;
  documentElement.lang = code;
  documentElement.dir = /** @type {any} */ (new Intl.Locale(code)).getTextInfo?.().direction ?? "ltr";
  return true;
}
