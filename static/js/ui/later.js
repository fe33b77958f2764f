// What stands around the picture is written when the browser has time, the newest of each kind: a hundred slices a second
// are drawn before a hundred numbers are.

/** Nobody waits longer than that for it. */
const AT_MOST_MS = 100;

export class Later {
  /** @type {Map<string, () => void>} */
  #waiting = new Map();
  #isDue = false;

  /** @param {string} kind what `act` takes the place of, if that is still to come @param {() => void} act */
  put(kind, act) {
    this.#waiting.delete(kind); // the newest comes last
    this.#waiting.set(kind, act);
    if (this.#isDue) return;
    this.#isDue = true;
    if (typeof requestIdleCallback === "function") requestIdleCallback(() => this.#act(), { timeout: AT_MOST_MS });
    else setTimeout(() => this.#act());
  }

  #act() {
    this.#isDue = false;
    const acts = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const act of acts) act();
  }

  /** Nothing of it is true any more. */
  clear() {
    this.#waiting.clear();
  }
}
