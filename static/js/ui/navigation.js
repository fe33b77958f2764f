// Moving between screens and between the parts of one: addresses, F6, keys that work everywhere.
import { t } from "../i18n.js";
import { emit } from "./h.js";
import { hashOf, screenOf } from "./router.js";

/** @typedef {import("../types.js").ScreenName} ScreenName */

export class Navigation {
  /** @type {ScreenName} */
  screen = "landing";
  #timer = 0;

  /**
   * @param {HTMLElement} root
   * @param {{isOpen: () => boolean, picture: () => HTMLElement | null, regions: () => HTMLElement[], changed: (screen: ScreenName) => void, help: () => void, openAnother: () => void}} page
   */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    addEventListener("hashchange", () => {
      if (screenOf(location.hash) !== this.screen) this.route(); // not after every go
    });
    root.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {ScreenName} screen @param {number} [addressInMs] the browser draws itself anew when its address and title change:
   * so long, coming from the landing, that waits for something that comes first */
  go(screen, addressInMs = 0) {
    this.#show(screen);
    if (addressInMs && screenOf(location.hash) === "landing") this.#timer = window.setTimeout(() => this.#name(), addressInMs);
    else this.#name();
  }

  /** Show what the address asks for. */
  route() {
    const asked = screenOf(location.hash);
    if (asked && this.#show(asked)) this.reword();
  }

  /** Put the screen into the address and the title. */
  #name() {
    if (screenOf(location.hash) !== this.screen) location.hash = hashOf(this.screen);
    this.reword();
  }

  /** @param {ScreenName} asked without a disc there is only the landing @returns {boolean} whether it is another one */
  #show(asked) {
    clearTimeout(this.#timer);
    const screen = asked !== "landing" && !this.page.isOpen() ? "landing" : asked;
    const moved = screen !== this.screen;
    this.screen = screen;
    document.body.dataset.screen = screen;
    for (const view of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[id^='screen-']"))) {
      view.hidden = view.id !== `screen-${screen}`;
      view.classList.remove("in-waiting");
    }
    this.page.changed(screen);
    if (!moved) return false;
    scrollTo(0, 0);
    this.#rescueFocus();
    emit(this.root, "screen", screen);
    return true;
  }

  /** The title of the window, in the language it is now. */
  reword() {
    document.title = t(`title.${this.screen}`);
  }

  /** The focus was on the screen before: on the disc the picture takes it, so that its keys work at once. */
  #rescueFocus() {
    const at = /** @type {HTMLElement | null} */ (document.activeElement);
    if (at && at !== document.body && at.offsetParent !== null) return;
    const picture = this.page.picture();
    if (this.screen === "disc" && picture && picture.offsetParent !== null) picture.focus({ preventScroll: true });
    else document.getElementById("main")?.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const typing = /** @type {Element} */ (event.target).closest?.("input, textarea, select, dialog, [role=menu]");
    const control = event.ctrlKey || event.metaKey;
    if (event.key === "?" && !typing && !control) this.page.help();
    if (event.key === "F6" && this.screen === "disc") {
      event.preventDefault();
      this.#nextRegion(event.shiftKey ? -1 : 1);
    }
    if (control && !event.altKey && event.key.toLowerCase() === "o") {
      event.preventDefault();
      this.page.openAnother();
    }
  }

  /** @param {number} by */
  #nextRegion(by) {
    const regions = this.page.regions().filter((region) => region.offsetParent !== null);
    const at = regions.findIndex((region) => region.contains(document.activeElement));
    regions[(at + by + regions.length) % regions.length]?.focus();
  }
}
