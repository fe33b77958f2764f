// @ts-check
// The browser's leave to read a folder. It may take it back at any time; the person can give it again.

/** `ask` puts the browser's own question, in the press of a button; both say how it stands now.
 * @typedef {{isLost(): Promise<boolean>, ask(): Promise<boolean>}} Permission */

/** @param {any[]} handles what was opened @returns {Permission} */
export function permissionFor(handles) {
  const lost = async () => {
    const states = await Promise.all(handles.map((handle) => handle.queryPermission?.({ mode: "read" }).catch(() => "")));
    return handles.filter((_, n) => states[n] === "prompt" || states[n] === "denied"); // anything else: here nobody asks
  };
  return {
    isLost: async () => (await lost()).length > 0,
    async ask() {
      for (const handle of await lost()) {
        if ((await handle.requestPermission({ mode: "read" }).catch(() => "denied")) !== "granted") return false;
      }
      return true;
    },
  };
}
