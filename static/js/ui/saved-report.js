// The report as one page that stands alone: the paper, its style inside, no script. Text is written by the browser's own serializer,
// so whatever a disc says stays text.
import tokens from "../../css/tokens.css" with { type: "text" };
import style from "../../css/paper.css" with { type: "text" };
import { h } from "./h.js";

// Nothing is to be fetched or run, should anything ever find its way in.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** @param {HTMLElement} paper @param {string} title */
export function savedPage(paper, title) {
  const head = h("head", {},
    h("meta", { charset: "utf-8" }),
    h("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
    h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    h("title", {}, title));
  const sheet = `<style>\n${tokens}\n${style}</style>`;
  const open = `<html lang="${paper.lang}" data-theme="light">`;
  return `<!doctype html>\n${open}\n${head.outerHTML.replace("</head>", `${sheet}</head>`)}\n<body class="has-paper">\n${paper.outerHTML}\n</body>\n</html>\n`;
}
