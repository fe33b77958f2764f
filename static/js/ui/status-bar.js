// The strip that is on every screen: what this page is not for, and what it has sent.
import { formatBytes, t } from "../i18n.js";
import { put, setText } from "./h.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class StatusBar {
  constructor() {
    this.element = byId("statusbar");
  }

  /** @param {import("../types.js").ScreenName} screen */
  setScreen(screen) {
    setText(byId("status-more"), t(screen === "landing" ? "status.format" : "status.doctors"));
  }

  /** Said only where it was measured. @param {{bytes: number, measured: boolean}} sent */
  setSent({ bytes, measured }) {
    byId("sent").hidden = !measured;
    byId("sent-line").hidden = !measured;
    if (!measured) return;
    const amount = bytes === 0 ? t("sent.zero") : formatBytes(bytes);
    setText(byId("sent-text"), bytes === 0 ? t("sent.nothing") : t("sent.some", { amount }));
    put(byId("sent-line"), t("private.sent", { amount }));
  }
}
