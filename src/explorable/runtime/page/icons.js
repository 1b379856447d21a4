// The signs on buttons.

const ICONS = {
  play: "M4 2l10 6-10 6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  forward: "M3 2l7 6-7 6zM11 2h2v12h-2z",
  back: "M13 2L6 8l7 6zM3 2h2v12H3z",
  reset: "M8 2a6 6 0 1 0 6 6h-2a4 4 0 1 1-4-4v3l5-4-5-4z",
  dice: "M2 2h12v12H2zM4 4v2h2V4zM7 7v2h2V7zM10 10v2h2v-2z",
};

/** @param {keyof typeof ICONS} name */
export const icon = (name) =>
  `<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path fill="currentColor" fill-rule="evenodd" d="${ICONS[name]}"/></svg>`;
