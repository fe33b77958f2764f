// How long something still takes, from how fast it went in the last seconds. Pure: the clock comes from outside.
const WINDOW_MS = 8000;
const LEAST_MS = 1500;

export class TimeLeft {
  /** @type {{done: number, at: number}[]} */
  #notes = [];

  /** @param {number} done @param {number} at milliseconds */
  note(done, at) {
    if (this.#notes.length && done < this.#notes[this.#notes.length - 1].done) this.#notes = [];
    this.#notes.push({ done, at });
    while (this.#notes.length > 2 && at - this.#notes[1].at > WINDOW_MS) this.#notes.shift();
  }

  /** Seconds for `rest` more, NaN while too little is known. @param {number} rest */
  secondsFor(rest) {
    const [first] = this.#notes;
    const last = this.#notes[this.#notes.length - 1];
    if (!first || last.at - first.at < LEAST_MS || last.done <= first.done) return NaN;
    return (rest * (last.at - first.at)) / (last.done - first.done) / 1000;
  }
}
