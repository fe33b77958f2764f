// Printing shows the paper in place of the page: the report, or the letters when those are wanted.
export class Printing {
  /** @type {HTMLElement | null} */
  #paper = null;
  #letters = false;

  /** @param {(letters: boolean) => HTMLElement | null} make null where the page is printed as it is */
  constructor(make) {
    addEventListener("beforeprint", () => {
      this.#clear();
      this.#paper = make(this.#letters);
      if (!this.#paper) return;
      document.body.append(this.#paper);
      document.body.classList.add("has-paper");
    });
    addEventListener("afterprint", () => {
      this.#letters = false;
      this.#clear();
    });
  }

  print({ letters = false } = {}) {
    this.#letters = letters;
    print();
  }

  #clear() {
    this.#paper?.remove();
    this.#paper = null;
    document.body.classList.remove("has-paper");
  }
}
