// The strip that is on every screen: what this page is not for, and what it has sent.
import { formatBytes, t } from "../i18n.js";
import { put, setText } from "./h.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class StatusBar {
  #sent = { bytes: 0, measured: false };

  constructor() {
    this.element = byId("statusbar");
  }

  /** @param {import("../types.js").ScreenName} screen */
  setScreen(screen) {
    const more = byId("status-more");
    more.dataset.t = screen === "landing" ? "status.format" : "status.doctors";
    setText(more, t(more.dataset.t));
  }

  /** The language has changed. */
  reword() {
    this.setSent(this.#sent);
  }

  /** Said only where it was measured. @param {{bytes: number, measured: boolean}} sent */
  setSent({ bytes, measured }) {
    this.#sent = { bytes, measured };
    byId("sent").hidden = !measured;
    byId("sent-line").hidden = !measured;
    if (!measured) return;
    const amount = bytes === 0 ? t("sent.zero") : formatBytes(bytes);
    setText(byId("sent-text"), bytes === 0 ? t("sent.nothing") : t("sent.some", { amount }));
    put(byId("sent-line"), t("private.sent", { amount }));
  }
}
