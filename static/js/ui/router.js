// Screens by the part of the address after #, so that the browser's Back works, on file:// too.

/** @typedef {import("../types.js").ScreenName} ScreenName */
/** @type {Record<string, ScreenName>} */
const SCREENS = { "": "landing", "#": "landing", "#/": "landing", "#/disc": "disc", "#/report": "report", "#/export": "export" };

/** The screen an address asks for; null for anchors inside a screen. @param {string} hash @returns {ScreenName | null} */
export const screenOf = (hash) => SCREENS[hash] ?? null;

/** @param {ScreenName} screen */
export const hashOf = (screen) => (screen === "landing" ? "#/" : `#/${screen}`);
