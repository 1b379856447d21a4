// What controls were before each gesture, so that Ctrl+Z takes it back.

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {{ before: Value[], after: Value[] }} Past */

const MOST = 100;
/** @type {WeakMap<Session, Map<string, Past>>} */
const pasts = new WeakMap();

/** @param {Session} session @param {string} name */
function pastOf(session, name) {
  let all = pasts.get(session);
  if (!all) pasts.set(session, (all = new Map()));
  let past = all.get(name);
  if (!past) all.set(name, (past = { before: [], after: [] }));
  return past;
}

/**
 * Take back the last change (1), do it again (-1), or keep what is there now before a change (0).
 * @param {Session} session @param {string} name @param {1 | 0 | -1} way
 * @param {(settings: Record<string, Value>) => void} set
 */
export function back(session, name, way, set) {
  const past = pastOf(session, name);
  const now = session.values[name];
  if (way === 0) {
    past.before.push(now);
    past.after = [];
    if (past.before.length > MOST) past.before.shift();
    return;
  }
  const [from, to] = way === 1 ? [past.before, past.after] : [past.after, past.before];
  const value = from.pop();
  if (value === undefined) return;
  to.push(now);
  set({ [name]: value });
}

/**
 * A `set` for a handle that remembers what was there when its gesture began; and its keys.
 * @param {SVGElement} element @param {string} name @param {Session} session
 * @param {(settings: Record<string, Value>) => void} set @param {AbortSignal} signal
 */
export function remembering(element, name, session, set, signal) {
  let fresh = false;
  element.addEventListener("pointerdown", () => (fresh = true), { signal, capture: true });
  element.addEventListener(
    "keydown",
    (event) => {
      fresh ||= !event.repeat;
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.altKey || !/^[zy]$/.test(key)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      back(session, name, key === "y" || event.shiftKey ? -1 : 1, set);
    },
    { signal, capture: true },
  );
  return (/** @type {Record<string, Value>} */ settings) => {
    if (fresh && name in settings) back(session, name, 0, set);
    fresh = false;
    set(settings);
  };
}
