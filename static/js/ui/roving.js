// One tab stop for a group of controls; arrow keys move inside it (toolbars, tabs, lists).

/**
 * @param {HTMLElement} group
 * @param {string} selector which controls belong to it
 * @param {{axis?: "x"|"y"|"both", follow?: (element: HTMLElement) => void}} [options] `follow` is called when an arrow moved the focus
 */
export function roving(group, selector, { axis = "x", follow } = {}) {
  const visible = () => /** @type {HTMLElement[]} */ ([...group.querySelectorAll(selector)]).filter((one) => one.offsetParent !== null);
  const hold = (/** @type {HTMLElement} */ chosen) => {
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (group.querySelectorAll(selector))) one.tabIndex = one === chosen ? 0 : -1;
  };
  group.addEventListener("focusin", (event) => {
    const one = /** @type {HTMLElement} */ (event.target).closest?.(selector);
    if (one) hold(/** @type {HTMLElement} */ (one));
  });
  group.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const all = visible();
    const at = all.indexOf(/** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest(selector)));
    if (at < 0) return;
    const step = stepOf(event.key, axis);
    const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : step ? at + step : -1;
    if (!all[to]) return;
    event.preventDefault();
    event.stopPropagation();
    all[to].focus();
    follow?.(all[to]);
  });
  /** Call after the controls changed: exactly one stays reachable by Tab. @param {HTMLElement} [wanted] */
  return (wanted) => {
    const all = /** @type {HTMLElement[]} */ ([...group.querySelectorAll(selector)]);
    const focused = all.find((one) => one === document.activeElement);
    const chosen = focused ?? wanted ?? all.find((one) => one.tabIndex === 0) ?? all[0];
    if (chosen) hold(chosen);
  };
}

/** @param {string} key @param {"x"|"y"|"both"} axis @returns {number} */
function stepOf(key, axis) {
  if (axis !== "y" && key === "ArrowRight") return 1;
  if (axis !== "y" && key === "ArrowLeft") return -1;
  if (axis !== "x" && key === "ArrowDown") return 1;
  if (axis !== "x" && key === "ArrowUp") return -1;
  return 0;
}
