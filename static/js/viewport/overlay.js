// Writes captions over the picture: four corners, four letters, the length bar. Takes no pointer.

/** @typedef {import("./captions.js").Captions} Captions */
/** @typedef {import("./types.js").Line} Line */

const CORNERS = /** @type {const} */ (["tl", "tr", "bl", "br"]);
const SIDES = /** @type {const} */ ([["n", "top"], ["s", "bottom"], ["w", "left"], ["e", "right"]]);

export class Overlay {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    /** @type {Record<string, string>} what each part shows, to leave the page alone where nothing changed */
    this.shown = {};
    this.corners = Object.fromEntries(CORNERS.map((c) => [c, part(part(host, `ov ${c}`), "lines")]));
    this.sides = Object.fromEntries(SIDES.map(([c]) => [c, part(host, `ov side ${c}`)]));
    this.scale = part(host, "scale"); // above the lines of its corner, however many they are
    this.corners.br.before(this.scale);
    this.cannot = part(host, "ov cannot");
    this.cannot.hidden = this.scale.hidden = true;
  }

  /** @param {string} what @param {string} value */
  #changed(what, value) {
    if (this.shown[what] === value) return false;
    this.shown[what] = value;
    return true;
  }

  /** @param {Captions} captions */
  update({ corners, letters, scale, cannot, name }) {
    for (const corner of CORNERS) {
      if (this.#changed(corner, JSON.stringify(corners[corner]))) write(this.corners[corner], corners[corner]);
    }
    for (const [side, where] of SIDES) {
      const text = letters?.[where] ?? "";
      if (this.#changed(side, text)) this.sides[side].textContent = text;
    }
    if (this.#changed("scale", scale ? `${scale.pixels} ${scale.text}` : "")) {
      this.scale.hidden = !scale;
      this.scale.classList.toggle("unknown", !scale?.pixels);
      this.scale.style.setProperty("--long", scale?.pixels ? `${scale.pixels}px` : "auto");
      this.scale.textContent = scale?.text ?? "";
    }
    if (this.#changed("cannot", cannot)) {
      this.cannot.hidden = !cannot;
      this.cannot.textContent = cannot;
    }
    if (this.#changed("name", name)) this.host.setAttribute("aria-label", name);
  }
}

/** @param {HTMLElement} parent @param {string} name */
function part(parent, name) {
  const node = document.createElement("div");
  node.className = name;
  parent.append(node);
  return node;
}

/** Lines that stay keep their elements: from slice to slice only a number changes. @param {Element} corner @param {Line[]} lines */
function write(corner, lines) {
  while (corner.children.length > lines.length) corner.lastElementChild?.remove();
  lines.forEach((line, at) => {
    const { text, quiet = false, wide = false } = typeof line === "string" ? { text: line } : line;
    const node = corner.children[at] ?? corner.appendChild(lineNode());
    const kind = `${quiet ? "quiet " : ""}${wide ? "wide" : ""}`.trim();
    if (node.className !== kind) node.className = kind;
    const words = /** @type {Text} */ (node.firstChild?.firstChild);
    if (words.data !== text) words.data = text;
  });
}

function lineNode() {
  const node = document.createElement("div");
  const isolated = document.createElement("bdi"); // a name in another direction must not turn the line around
  isolated.append("");
  node.append(isolated);
  return node;
}
