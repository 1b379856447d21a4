// How far a key press moves what has the focus.

/** Presses of keys that move a range. @type {Record<string, number>} */
const KEYS = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  Home: -Infinity,
  End: Infinity,
};

/** The steps a key press means, for ranges and handles alike. @param {KeyboardEvent} event */
export const stepsOf = (event) =>
  event.ctrlKey || event.metaKey || event.altKey
    ? 0
    : (KEYS[event.key] ?? 0) * (event.shiftKey ? 10 : 1);
