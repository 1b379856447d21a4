// What a control accepts, how it reads and moves: pure functions of its definition and a value.

import { fitting, pieces } from "./tokens.js";
import { unknown } from "./unknown.js";

/** @typedef {import("../spec").Control} Control */
/** @typedef {number | boolean | string | number[] | ([number, number] | [number, number, number])[]} Value */
/** @typedef {Exclude<Control, { kind: "points" | "tensor" | "point" }>} Simple
 * @typedef {import("../spec").SliderControl | import("../spec").RangeControl} Ranged */

export { unknown };

/** @param {number} low @param {number} high @param {number} x */
export const clamp = (low, high, x) => Math.min(high, Math.max(low, x));

/**
 * The value the control takes for what was asked: clamped, snapped, of its own form.
 * @param {string} name @param {Control} control @param {unknown} asked @returns {Value}
 */
export function accept(name, control, asked) {
  switch (control.kind) {
    case "slider":
      return snapped(control, finite(name, asked));
    case "range":
      return pair(name, asked).map((end) => snapped(control, end)).sort((a, b) => a - b);
    case "integer":
      return clamp(control.low, control.high, Math.round(finite(name, asked)));
    case "seed":
      return clamp(0, Number.MAX_SAFE_INTEGER, Math.round(finite(name, asked)));
    case "button":
      return Math.max(0, Math.round(finite(name, asked)));
    case "toggle":
      if (typeof asked !== "boolean") throw wrong(name, "true or false", asked);
      return asked;
    case "choice":
      if (!control.options.includes(/** @type {string} */ (asked))) {
        throw new Error(unknown(`option of '${name}'`, String(asked), control.options));
      }
      return /** @type {string} */ (asked);
    case "point":
      return pair(name, asked);
    case "points": {
      if (!isList(asked)) throw wrong(name, "a list of [x, y]", asked);
      const list = Array.from(asked).slice(0, control.max);
      return /** @type {Value} */ (
        list.map((point) => pair(name, point, Boolean(control.classes)))
      );
    }
    case "tensor": {
      const { low = -Infinity, high = Infinity, dtype } = control;
      const flat = flatten(asked);
      const { rows } = control.upload ?? {};
      const size = rows ? control.shape[1] : control.value.length;
      const [least, most] = rows ?? [1, 1];
      const count = flat.length / size;
      if (count % 1 || count < least || count > most)
        throw wrong(name, `${rows ? `${least} to ${most} times ` : ""}${size} numbers`, `${flat.length}`);
      const whole = !/float|complex/.test(dtype);
      return flat.map((x) => {
        const number = clamp(low, high, finite(name, dtype === "bool" ? Number(Boolean(x)) : x));
        return whole ? Math.round(number) : number;
      });
    }
    case "text": {
      if (typeof asked !== "string") throw wrong(name, "a text", asked);
      return fitting(control, asked);
    }
  }
}

/** Within the range, on its grid. @param {Ranged} control @param {number} x */
function snapped({ low, high, step }, x) {
  const near = step ? Number((low + Math.round((x - low) / step) * step).toPrecision(12)) : x;
  return clamp(low, high, near);
}

/** @param {string} name @param {unknown} asked */
function finite(name, asked) {
  const x = typeof asked === "string" && asked.trim() ? Number(asked) : asked;
  if (typeof x !== "number" || Number.isNaN(x)) throw wrong(name, "a number", asked);
  return x;
}

/** @param {string} name @param {unknown} asked @param {boolean} [labelled] */
function pair(name, asked, labelled = false) {
  const point = /** @type {{ re: number, im: number }} */ (asked);
  const list = isList(asked) ? Array.from(asked) : [point?.re, point?.im];
  if (list.length !== 2 && !(labelled && list.length === 3)) throw wrong(name, "[x, y]", asked);
  return list.map((x) => clamp(-3.4e38, 3.4e38, finite(name, x)));
}

/** @param {unknown} value @returns {value is ArrayLike<unknown>} */
const isList = (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);

/** @param {unknown} value @returns {unknown[]} */
const flatten = (value) =>
  isList(value)
    ? Array.from(value).flatMap((item) => (isList(item) ? flatten(item) : [item]))
    : [value];

/** @param {string} name @param {string} expected @param {unknown} got */
const wrong = (name, expected, got) =>
  new Error(`'${name}' takes ${expected}, got ${JSON.stringify(got)}`);

/** How many numbers of a value are one of those that its length counts. @param {Control} control */
export const rowOf = (control) => (control.kind === "tensor" ? control.shape[1] : 1);

/**
 * The part of an entry's key that this value gives.
 * @param {Control} control
 * @param {Value} value
 * @param {boolean} length
 */
export function staticKey(control, value, length) {
  if (length)
    return String(
      control.kind === "text"
        ? pieces(control.tokenizer, String(value)).length
        : /** @type {number[]} */ (value).length / rowOf(control),
    );
  return control.kind === "choice"
    ? String(control.options.indexOf(/** @type {string} */ (value)))
    : String(value);
}

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
