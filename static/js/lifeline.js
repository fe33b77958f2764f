// @ts-check
// Noticing that a worker is gone. Browsers end workers without a word, mostly for want of memory. A lock that the worker
// holds for life is then released, and whoever waits for it knows. A worker from a data: address (after a double click) may
// hold no locks; it is asked for a sign of life while work is open, and given up when it owes several.

const ASK_EVERY_MS = 10_000;
const OWED_AT_MOST = 6;

/** The worker's side: hold the lock as long as this worker lives. @param {string} name */
export function holdLifeline(name) {
  const locks = /** @type {any} */ (globalThis).navigator?.locks;
  const held = () => new Promise(() => postMessage({ type: "alive", lock: true }));
  try {
    locks?.request(name, held).catch(() => {});
  } catch {
    // None here: the page asks.
  }
}

/** The page's side. @param {Worker} worker @param {string} name the lock's @param {() => boolean} isBusy @param {() => void} died */
export function watchLifeline(worker, name, isBusy, died) {
  let owed = 0;
  const end = new AbortController();
  const timer = setInterval(() => {
    if (!isBusy()) return;
    owed += 1;
    if (owed > OWED_AT_MOST) died();
    else worker.postMessage({ type: "ping" });
  }, ASK_EVERY_MS);
  worker.addEventListener("message", ({ data }) => {
    owed = 0;
    if (data?.type !== "alive" || !data.lock) return;
    clearInterval(timer);
    navigator.locks.request(name, { signal: end.signal }, died).catch(() => {});
  });
  return () => {
    clearInterval(timer);
    end.abort();
  };
}
