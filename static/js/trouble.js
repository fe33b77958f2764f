// @ts-check
// What the person is told, and can do, when an open disc cannot be read: it is gone, or the browser is not allowed to read it.
import { askForFolder } from "./faults.js";
import { fromFileList } from "./folder.js";

/** @typedef {import("./ui/notice.js").Notice} Notice */
/** @typedef {import("./opening.js").OpenDisc} OpenDisc */
/** @typedef {[string, () => void]} Action */

export class Trouble {
  /** @param {OpenDisc} disc @param {Notice} notice @param {() => boolean} isOpen whether it is still the one that is open
   * @param {() => Promise<unknown>} look have another look at the image in view */
  constructor(disc, notice, isOpen, look) {
    this.disc = disc;
    this.notice = notice;
    this.isOpen = isOpen;
    this.look = look;
    /** @type {Action} */
    this.close = ["fault.close", () => notice.show(null)];
    /** @type {Action} */
    this.goOn = ["fault.go_on", () => disc.goOnWithout()];
  }

  /** While it is read. @param {{done: number, total: number, denied: boolean, tries: number}} state */
  sayGone({ done, total, denied, tries }) {
    if (denied) return this.#ask("denied", { count: done }, this.goOn, async () => {});
    /** @type {Action[]} */
    const actions = [["fault.put_back", () => this.disc.putBack()], this.goOn];
    if (tries) actions.splice(1, 0, ["fault.choose", () => this.#choose(this.goOn, async () => {})]);
    this.notice.show({ key: tries ? "gone_still" : "gone", values: { done, total }, actions });
  }

  /** After it was read: an image or a copy cannot be had. */
  async sayDenied() {
    if (this.disc.unread) return this.sayUnread();
    this.#ask("denied_later", {}, this.close, async () => {
      this.notice.show(null);
      await this.look();
    });
  }

  /** Files that could not be read can be tried again: a disc may be wiped, a permission given. */
  async sayUnread() {
    const { disc, notice } = this;
    const again = async () => {
      notice.show({ key: "retrying", calm: true });
      await disc.retry().catch(() => {});
    };
    if (!disc.unread) return notice.show(null);
    const values = { count: disc.unread };
    if (await disc.isDenied()) this.#ask("denied_rest", values, this.close, again);
    else if (this.isOpen()) notice.show({ key: "unread", values, actions: [["fault.try_again", again], this.close] });
  }

  /** Have the browser ask the person, then go on. @param {string} key @param {import("./i18n.js").Values} values @param {Action} instead @param {() => Promise<void>} then */
  #ask(key, values, instead, then) {
    if (!this.isOpen()) return;
    /** @type {Action} */
    const allow = ["fault.allow", async () => {
      if (await this.disc.allow()) await then();
      else if (this.isOpen()) this.notice.show({ key: "denied_still", actions: [allow, ["fault.choose", () => this.#choose(instead, then)], instead] });
    }];
    this.notice.show({ key, values, actions: [allow, instead] });
  }

  /** The browser does not find the disc by itself: the person shows it once more. @param {Action} instead @param {() => Promise<void>} then */
  async #choose(instead, then) {
    const list = await askForFolder();
    if (!list || !this.isOpen()) return;
    if (await this.disc.putBack(fromFileList(list))) await then();
    else if (this.isOpen()) this.notice.show({ key: "another", actions: [["fault.choose", () => this.#choose(instead, then)], instead] });
  }
}
