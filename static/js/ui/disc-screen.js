// Reading and the finished disc share this shell, so nothing jumps when reading ends.
import { phrase } from "../i18n.js";
import { h, icon, put } from "./h.js";
import { DetailsPanel } from "./details-panel.js";
import { Drawer } from "./drawer.js";
import { ExportPanel } from "./export-panel.js";
import { Rail } from "./rail.js";
import { ReportPanel } from "./report-panel.js";
import { Scrubber } from "./scrubber.js";
import { Toolbar } from "./toolbar.js";
import { VerdictBanner } from "./verdict-banner.js";

export class DiscScreen {
  constructor() {
    this.element = /** @type {HTMLElement} */ (document.getElementById("screen-disc"));
    this.banner = new VerdictBanner();
    this.rail = new Rail();
    this.toolbar = new Toolbar();
    this.scrubber = new Scrubber();
    this.reportPanel = new ReportPanel();
    this.detailsPanel = new DetailsPanel();
    this.exportPanel = new ExportPanel();
    this.drawer = new Drawer({ report: this.reportPanel, details: this.detailsPanel, export: this.exportPanel });
    this.slot = h("div", { class: "viewport-slot" });
    this.cover = h("div", { class: "cover", hidden: true });
    this.stage = h("section", { class: "stage lightbox", "aria-label": phrase("stage.label"), tabindex: "-1" },
      this.toolbar.element, h("div", { class: "viewport-box" }, this.slot, this.cover), this.scrubber.element);
    this.work = h("div", { class: "work" }, this.rail.element, this.stage, this.drawer.element);
    this.answer = h("div", { class: "answer-slot", hidden: true });
    this.element.append(this.banner.element, this.work, this.answer);
  }

  /** Laid out unseen before anything is open: the first layout of so much takes longer than reading a file does. */
  layOut() {
    this.element.hidden = false;
    this.element.classList.add("in-waiting");
  }

  /** Something to read where the picture would be; null takes it away. @param {{title: string, text?: string, icon?: string} | null} words */
  setCover(words) {
    this.cover.hidden = !words;
    this.stage.classList.toggle("is-covered", Boolean(words));
    put(this.cover);
    if (words) this.cover.append(h("div", {}, icon(words.icon ?? "scans", "icon l"), h("p", { class: "cover-title" }, words.title), words.text ? h("p", {}, words.text) : ""));
  }

  /** A page that is the whole answer, in place of the working area. @param {Element | null} page */
  setAnswer(page) {
    this.answer.hidden = !page;
    this.work.hidden = Boolean(page);
    this.banner.element.hidden = Boolean(page);
    this.element.classList.toggle("is-answer", Boolean(page));
    put(this.answer, page);
  }
}
