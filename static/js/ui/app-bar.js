// Top bar: what is open, another disc, light or dark, help.
import { t } from "../i18n.js";
import { emit, setText } from "./h.js";
import { applyTheme, nextTheme, storedTheme } from "./theme.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class AppBar {
  /** @param {() => void} openHelp */
  constructor(openHelp) {
    this.element = byId("appbar");
    const theme = byId("theme");
    let choice = storedTheme();
    const show = () => {
      theme.setAttribute("aria-label", t(`theme.${choice}`));
      setText(/** @type {Element} */ (theme.querySelector(".text")), t(`theme.short.${choice}`));
    };
    applyTheme(choice);
    show();
    theme.title = t("theme.hint");
    theme.hidden = false;
    theme.addEventListener("click", () => {
      choice = nextTheme(choice);
      applyTheme(choice, true);
      show();
      emit(theme, "theme", choice);
    });
    const help = byId("help");
    help.hidden = false;
    help.addEventListener("click", openHelp);
  }

  /** The name the browser gives, or the disc's own; never a drive letter. @param {string | null} name null: nothing open */
  setSource(name) {
    byId("source").hidden = name === null;
    byId("open-another").hidden = name === null;
    if (name !== null) setText(byId("source-name"), name || t("bar.your_disc"));
  }
}
