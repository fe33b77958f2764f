// @ts-check
// How many bytes this page has sent, measured: every request it made is looked at, and every one its content policy refused.
// A request to our own address carries no data of the disc (it only fetches the program); one elsewhere would show here.

/** @param {(sent: {bytes: number, measured: boolean}) => void} tell */
export function watchSent(tell) {
  let foreign = 0;
  const own = (/** @type {string} */ address) =>
    address.startsWith("data:") || address.startsWith("blob:") || new URL(address, location.href).origin === location.origin || address.startsWith("file:");
  const look = (/** @type {PerformanceEntryList} */ entries) => {
    foreign += entries.filter((entry) => !own(entry.name)).length;
    tell({ bytes: 0, measured: foreign === 0 });
  };
  try {
    new PerformanceObserver((list) => look(list.getEntries())).observe({ type: "resource", buffered: true });
    look([]);
  } catch {
    tell({ bytes: 0, measured: false });
  }
}
