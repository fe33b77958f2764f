// Top bar: what is open, another disc, light or dark, help.
import { currentLanguage, t } from "../i18n.js";
import { LANGUAGES } from "../languages.js";
import { emit, setText } from "./h.js";
import { Menu } from "./menu.js";
import { applyTheme, nextTheme, storedTheme } from "./theme.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class AppBar {
  #choice = storedTheme();
  /** @type {string | null} */
  #source = null;

  /** @param {() => void} openHelp */
  constructor(openHelp) {
    this.element = byId("appbar");
    this.theme = byId("theme");
    applyTheme(this.#choice);
    this.theme.hidden = false;
    this.theme.addEventListener("click", () => {
      this.#choice = nextTheme(this.#choice);
      applyTheme(this.#choice, true);
      this.#showTheme();
      emit(this.theme, "theme", this.#choice);
    });
    this.language = /** @type {HTMLButtonElement} */ (byId("language"));
    this.language.hidden = false;
    new Menu(this.language, () => Object.entries(LANGUAGES).map(([code, name]) => ({
      label: name, language: code, checked: code === currentLanguage(), choose: () => emit(this.language, "language", code),
    })));
    this.reword();
    const help = byId("help");
    help.hidden = false;
    help.addEventListener("click", openHelp);
  }

  /** The language has changed. */
  reword() {
    this.#showTheme();
    const name = LANGUAGES[currentLanguage()];
    this.language.setAttribute("aria-label", t("bar.language", { name }));
    this.language.title = t("bar.language", { name });
    setText(/** @type {Element} */ (this.language.querySelector(".text")), name);
    if (!byId("source").hidden) this.setSource(this.#source);
  }

  #showTheme() {
    this.theme.setAttribute("aria-label", t(`theme.${this.#choice}`));
    this.theme.title = t("theme.hint");
    setText(/** @type {Element} */ (this.theme.querySelector(".text")), t(`theme.short.${this.#choice}`));
  }

  /** The name the browser gives, or the disc's own; never a drive letter. @param {string | null} name null: nothing open */
  setSource(name) {
    this.#source = name;
    byId("source").hidden = name === null;
    byId("open-another").hidden = name === null;
    if (name !== null) setText(byId("source-name"), name || t("bar.your_disc"));
  }
}
