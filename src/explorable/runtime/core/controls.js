// What a control accepts, how it reads and moves: pure functions of its definition and a value.

import { acceptForm, spellForm } from "./forms.js";
import { atLogPosition, logPosition } from "./log_scale.js";
import { clamp, digits, finite, snapped } from "./numbers.js";

/** @typedef {import("../spec").Control} Control */
/** @typedef {number | boolean | string | number[] | ([number, number] | [number, number, number])[]} Value */
/** @typedef {Exclude<Control, { kind: "points" | "tensor" | "point" }>} Simple
 * @typedef {import("../spec").SliderControl | import("../spec").RangeControl} Ranged */

export { clamp };

/**
 * The value the control takes for what was asked: clamped, snapped, of its own form.
 * @param {string} name @param {Control} control @param {unknown} asked @returns {Value}
 */
export const accept = (name, control, asked) =>
  control.kind === "slider" ? snapped(control, finite(name, asked)) : acceptForm(name, control, asked);

/**
 * Where a number of a control lies, 0 to 1.
 * @param {{ low: number, high: number, scale?: string }} control
 * @param {number} x
 */
export function position({ low, high, scale }, x) {
  return scale === "log" ? logPosition({ low, high }, x) : (x - low) / (high - low || 1);
}

/**
 * The number that lies there.
 * @param {{ low: number, high: number, scale?: string }} control
 * @param {number} t
 */
export function atPosition({ low, high, scale }, t) {
  return scale === "log" ? atLogPosition({ low, high }, t) : low + t * (high - low);
}

/**
 * The value some key presses away; a large step is ten small ones.
 * @param {string} name
 * @param {Control} control
 * @param {Value} value
 * @param {number} steps
 * @returns {Value}
 */
export function nudge(name, control, value, steps) {
  return control.kind === "slider"
    ? nudged(control, Number(value), steps)
    : accept(name, control, Number(value) + steps);
}

/** A number of a range, some steps away. @param {Ranged} control @param {number} x @param {number} steps */
export function nudged(control, x, steps) {
  const { low, high, scale, step } = control;
  if (step && scale === "linear") return snapped(control, x + steps * step);
  const moved = atPosition(control, clamp(0, 1, position(control, x) + steps / 100));
  const atEnd = moved === low || moved === high;
  return snapped(control, scale === "log" || atEnd ? moved : tidy(moved, (high - low) / 1000));
}

/** `x` without the digits finer than `unit`. @param {number} x @param {number} unit */
const tidy = (x, unit) => Number(x.toFixed(clamp(0, 12, Math.ceil(-Math.log10(unit)))));

/**
 * A value as the reader sees it beside the control.
 * @param {Control} control
 * @param {Value} value
 */
export function spell(control, value) {
  const unit = control.unit ? ` ${control.unit}` : "";
  return control.kind === "slider"
    ? digits(control, Number(value)) + unit
    : spellForm(control, value, unit);
}
