// The row of tools of a painting or of points with classes, as HTML; tools.js brings it to life.

import { escape, inside } from "../scene/words.js";

/** @typedef {import("../spec").TensorControl} TensorControl */
/** @typedef {import("../spec").PointsControl} PointsControl */

/** Colours to paint with: black, white, and six that stay apart for all readers. */
const PAINTS = ["#000000", "#ffffff", "#4a60cc", "#b43f06", "#51a378", "#f0c419", "#a982d6", "#86293c"];
const WIDEST = 4;

/**
 * @param {TensorControl | PointsControl} control @param {string} label markup
 * @param {import("./labels.js").Labels} words @param {string} group
 */
export function tools(control, label, words, group) {
  const parts = control.kind === "points" ? ofPoints(control, words, group) : ofTensor(control, words, group);
  if (!parts) return "";
  /** @param {"undo" | "clear"} tool */
  const button = (tool) => `<button type="button" data-tool="${tool}" data-do="press">${words[tool]}</button>`;
  return `<span class="explorable-tools" role="group" aria-label="${escape(control.label)}">${label}${parts}${button("undo")}${button("clear")}</span>`;
}

/** @param {string} tool @param {string} group @param {string} value @param {string} called @param {boolean} checked @param {string} inner */
const radio = (tool, group, value, called, checked, inner) =>
  `<label><input type="radio" data-tool="${tool}" name="${escape(`${group}-${tool}`)}" value="${escape(value)}" aria-label="${escape(called)}"${checked ? " checked" : ""}><span>${inner}</span></label>`;

/** @param {string} inner */
const dot = (inner) => `<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${inner}</svg>`;

/** @param {PointsControl} control @param {import("./labels.js").Labels} words @param {string} group */
function ofPoints({ classes, labels = [] }, words, group) {
  if (!classes) return "";
  const count = Math.max(labels.length, ...classes.map((kind) => kind + 1));
  const radios = Array.from({ length: count }, (_, k) => {
    const shown = labels[k] ?? String(k + 1);
    const inner = `${dot(`<circle class="ex-c${k % 8}" cx="8" cy="8" r="6" fill="currentColor"/>`)}${inside(shown, "span")}`;
    return radio("kind", group, String(k), shown, k === 0, inner);
  });
  return `<span class="explorable-segments explorable-palette" role="radiogroup" aria-label="${words.kind}">${radios.join("")}</span>`;
}

/** @param {TensorControl} control @param {import("./labels.js").Labels} words @param {string} group */
function ofTensor({ examples, brush, shape }, words, group) {
  if (!examples && brush === undefined) return "";
  let parts = "";
  if (examples) {
    const options = Object.keys(examples).map((name) => `<option>${escape(name)}</option>`);
    parts += `<select data-tool="example" aria-label="${words.example}" class="mathjax_ignore tex2jax_ignore"><option value="">${words.example}</option>${options.join("")}</select>`;
  }
  if (brush !== undefined)
    parts += `<label>${words.brush}<input type="range" data-tool="brush" min="0" max="${Math.max(WIDEST, 2 * brush)}" step="0.5" value="${brush}"></label>`;
  if (brush !== undefined && shape.length === 3) {
    const radios = PAINTS.map((paint, k) => {
      const square = dot(`<rect x="1" y="1" width="14" height="14" rx="2" fill="${paint}" stroke="#808080" stroke-width="0.75"/>`);
      return radio("colour", group, paint, `${words.colour} ${k + 1}`, k === 0, square);
    });
    parts += `<span class="explorable-segments explorable-palette" role="radiogroup" aria-label="${words.colour}">${radios.join("")}</span><input type="color" data-tool="colour" value="#e07a1f" aria-label="${words.colour}">`;
  }
  return parts;
}
