// What a control accepts, how it reads and moves: pure functions of its definition and a value.

import { acceptForm } from "./forms.js";
import { clamp, finite, snapped } from "./numbers.js";
import { unknown } from "./unknown.js";

/** @typedef {import("../spec").Control} Control */
/** @typedef {number | boolean | string | number[] | ([number, number] | [number, number, number])[]} Value */
/** @typedef {Exclude<Control, { kind: "points" | "tensor" | "point" }>} Simple
 * @typedef {import("../spec").SliderControl | import("../spec").RangeControl} Ranged */

export { clamp, unknown };

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
  return scale === "log" ? Math.log(x / low) / Math.log(high / low) : (x - low) / (high - low || 1);
}

/**
 * The number that lies there.
 * @param {{ low: number, high: number, scale?: string }} control
 * @param {number} t
 */
export function atPosition({ low, high, scale }, t) {
  return scale === "log" ? low * (high / low) ** t : low + t * (high - low);
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
  const x = Number(value);
  if (control.kind === "slider") return nudged(control, x, steps);
  if (control.kind === "integer" || control.kind === "seed")
    return accept(name, control, x + steps);
  return value;
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
  if (control.kind === "slider") return digits(control, Number(value)) + unit;
  if (control.kind === "range") {
    const ends = /** @type {number[]} */ (value).map((end) => digits(control, end));
    return `${ends.join(" – ")}${unit}`;
  }
  if (control.kind === "point") {
    const [x, y] = /** @type {[number, number]} */ (value).map((part) => part.toFixed(2));
    return control.complex
      ? `${x} ${y.startsWith("-") ? "−" : "+"} ${y.replace("-", "")}i`
      : `(${x}, ${y})`.replaceAll("-", "−");
  }
  return String(value).replace("-", "−") + unit;
}

/** A number of a range as the reader sees it, without the unit. @param {Ranged} control @param {number} x */
export function digits({ low, high, scale, step }, x) {
  if (scale === "log") {
    const shown =
      x !== 0 && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5)
        ? x.toExponential(1)
        : String(Number(x.toPrecision(3)));
    return shown.replaceAll("-", "−");
  }
  // As many decimals as a hundredth of the range, or a step, needs.
  const unit = step ?? (high - low) / 100;
  return x
    .toFixed(step ? decimals(step) : clamp(0, 8, Math.ceil(-Math.log10(unit) - 0.1)))
    .replace("-", "−");
}

/** @param {number} step */
const decimals = (step) =>
  String(step).split("e-")[1] ? 8 : (String(step).split(".")[1] ?? "").length;
