// The row of tools under a figure: brush and colour of a painting, examples to start from, the class
// of the next point; undo and clear. Left out of bundles without such a row.

import { back } from "./past.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("../spec").TensorControl} TensorControl */
/** @typedef {import("../spec").PointsControl} PointsControl */

/** What the reader has in hand, by control. @type {WeakMap<object, { kind: number, radius: number, colour: number[] }>} */
const hands = new WeakMap();

/** @param {TensorControl | PointsControl} control */
function handOf(control) {
  const radius = control.kind === "tensor" ? (control.brush ?? 0) : 0;
  let hand = hands.get(control);
  if (!hand) hands.set(control, (hand = { kind: 0, radius, colour: [0, 0, 0] }));
  return hand;
}

/** The class of the next point. @param {PointsControl} control */
export const classOf = (control) => handOf(control).kind;

/** The brush: its radius in cells, and its colour from 0 to 1. @param {TensorControl} control */
export const brushOf = (control) => handOf(control);

/** What a colour is in numbers of the tensor. @param {TensorControl} control @param {number[]} colour */
export const inUnits = ({ dtype, high }, colour) =>
  colour.map((part) => (dtype === "uint8" ? Math.round(255 * part) : part * (high ?? 1)));

/** @param {string} hex "#rrggbb" */
const parts = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16) / 255);

/**
 * @param {HTMLElement} row @param {Session} session
 * @param {(settings: Record<string, any>) => void} set reason: a value of any kind
 * @param {AbortSignal} signal
 * @returns {() => void} shows the present value
 */
export function bindTools(row, session, set, signal) {
  const name = row.dataset.control ?? "";
  const control = /** @type {TensorControl | PointsControl} */ (
    session.spec.program.controls[name]
  );
  const hand = handOf(control);
  const group = String(Math.random());
  /** @param {string} tool @param {(input: HTMLInputElement | HTMLSelectElement) => void} act */
  const on = (tool, act) => {
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (
      row.querySelectorAll(`[data-tool=${tool}]`)
    )) {
      if (input.type === "radio") input.name = `${group}-${tool}`;
      const type = input.localName === "button" ? "click" : "input";
      input.addEventListener(type, () => act(input), { signal });
    }
  };
  on("brush", (input) => (hand.radius = Number(input.value)));
  on("kind", (input) => (hand.kind = Number(input.value)));
  on("colour", (input) => (hand.colour = parts(input.value)));
  on("undo", () => back?.(session, name, 1, set));
  on("clear", () => {
    const empty = control.kind === "points" ? [] : blank(control);
    back?.(session, name, 0, set);
    set({ [name]: empty });
  });
  on("example", (input) => {
    const { examples } = /** @type {TensorControl} */ (control);
    back?.(session, name, 0, set);
    if (examples && input.value) set({ [name]: [...examples[input.value]] });
  });
  const menu = /** @type {HTMLSelectElement | null} */ (row.querySelector("[data-tool=example]"));
  return () => {
    if (!menu || control.kind !== "tensor" || !menu.value) return;
    const shown = control.examples?.[menu.value];
    const now = /** @type {number[]} */ (session.values[name]);
    // What was painted over is that example no more.
    if (shown?.some((number, k) => Math.fround(number) !== Math.fround(now[k]))) menu.value = "";
  };
}

/** An empty sheet: white where it has colours. @param {TensorControl} control */
function blank({ value, shape, low, high, dtype }) {
  const colours = shape.length === 3;
  return value.map(() => (colours ? (high ?? (dtype === "uint8" ? 255 : 1)) : (low ?? 0)));
}
