// Phone only: four places within reach of the thumb.
import { phrase } from "../i18n.js";
import { emit, h, icon, put } from "./h.js";

/** @typedef {"scans"|"report"|"details"|"export"} Place */
const PLACES = /** @type {const} */ (["scans", "report", "details", "export"]);

export class BottomNav {
  constructor() {
    this.element = /** @type {HTMLElement} */ (document.getElementById("bottomnav"));
    /** @type {Map<Place, HTMLButtonElement>} */
    this.buttons = new Map(PLACES.map((place) => [place, h("button", { type: "button", on: { click: () => emit(this.element, "go-to", place) } }, icon(place), phrase(`nav.${place}`))]));
    put(this.element, ...this.buttons.values());
  }

  /** @param {{shown: boolean, place: Place}} state */
  update({ shown, place }) {
    this.element.hidden = !shown;
    for (const [each, button] of this.buttons) {
      if (each === place) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
  }
}
