// Speaks to assistive technology, at most every five seconds; the newest sentence wins. Urgent ones do not wait.
const PAUSE_MS = 5000;

export class Announcer {
  #waiting = "";
  #timer = 0;
  #last = -PAUSE_MS;

  /** @param {Element} element a live region */
  constructor(element) {
    this.element = element;
  }

  /** @param {string} text @param {{urgent?: boolean}} [options] */
  say(text, { urgent = false } = {}) {
    this.#waiting = text;
    const wait = urgent ? 0 : this.#last + PAUSE_MS - performance.now();
    if (wait <= 0) this.#speak();
    else if (!this.#timer) this.#timer = window.setTimeout(() => this.#speak(), wait);
  }

  #speak() {
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    this.#last = performance.now();
    if (this.element.textContent !== this.#waiting) this.element.textContent = this.#waiting;
  }
}
