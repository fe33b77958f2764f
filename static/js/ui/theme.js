// Light, dark, or as the computer is set. Kept where the browser lets us; like the language, and nothing else.

/** @typedef {"auto"|"light"|"dark"} Theme */
const KEY = "scanfolio.theme";

/** @returns {Theme} */
export function storedTheme() {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "auto";
  } catch {
    return "auto"; // storage is refused in some private windows and on file://
  }
}

/** auto → the opposite of what is seen → the other → auto. @param {Theme} now @returns {Theme} */
export function nextTheme(now, systemIsDark = matchMedia("(prefers-color-scheme: dark)").matches) {
  const first = systemIsDark ? "light" : "dark";
  const second = systemIsDark ? "dark" : "light";
  if (now === "auto") return first;
  return now === first ? second : "auto";
}

/** @param {Theme} theme @param {boolean} [keep] */
export function applyTheme(theme, keep = false) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  if (!keep) return;
  try {
    if (theme === "auto") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // not kept; it still holds until the page is closed
  }
}
