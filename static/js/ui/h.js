// The only way elements are made: text is always text, so nothing from a disc can become markup.

import { Phrase } from "../i18n.js";

/** @typedef {Node | Phrase | string | number | null | undefined | false} Child */
/**
 * class, text, on (listeners), data (data-*), vars (CSS custom properties); everything else is an attribute:
 * true sets it empty, false, null and undefined leave it out.
 * @typedef {{class?: string, text?: string, on?: Record<string, (event: any) => void>, data?: Record<string, string>, vars?: Record<string, string>} & Record<string, any>} Props
 */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Props | null} [props] @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, /** @type {EventListener} */ (listener));
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "vars") for (const [key, content] of Object.entries(value)) element.style.setProperty(key, /** @type {string} */ (content));
    else if (value instanceof Phrase) stand(element, () => element.setAttribute(name, String(value)));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  fill(element, ...children);
  return element;
}

/** Replace what is in `element`. @param {Element} element @param {...(Child | Child[])} children */
export function put(element, ...children) {
  element.replaceChildren();
  fill(element, ...children);
}

/** @param {Element} element @param {...(Child | Child[])} children */
function fill(element, ...children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : child instanceof Phrase ? standing(child) : String(child));
  }
}

/** What stands on the page in the person's language, and how to write it anew. @type {Set<WeakRef<Node>>} */
const stands = new Set();
/** @type {WeakMap<Node, (() => void)[]>} */
const writers = new WeakMap();

/** Write now, and again whenever the language changes. @param {Node} node @param {() => void} write */
export function stand(node, write) {
  write();
  const all = writers.get(node);
  if (all) all.push(write);
  else {
    writers.set(node, [write]);
    stands.add(new WeakRef(node));
  }
}

/** @param {Phrase} phrase */
function standing(phrase) {
  const text = document.createTextNode("");
  stand(text, () => { text.data = String(phrase); });
  return text;
}

/** The language has changed: whatever stands is written anew; what went from the page is forgotten. */
export function rewrite() {
  for (const one of stands) {
    const node = one.deref();
    if (node) for (const write of writers.get(node) ?? []) write();
    else stands.delete(one);
  }
}

const SVG = "http://www.w3.org/2000/svg";
/** A drawing of the sprite in index.html. @param {string} name @param {string} [className] */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Change text only when it differs, so that assistive technology is not told twice. @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Element} from @param {string} name @param {unknown} [detail] */
export function emit(from, name, detail) {
  from.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}

/**
 * Give `parent` exactly these children in this order, moving as little as possible: focus and scrolling stay.
 * @param {Element} parent @param {Element[]} wanted
 */
export function arrange(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
}

let last = 0;
/** An id nobody else has. @param {string} prefix */
export const freshId = (prefix) => `${prefix}-${++last}`;
