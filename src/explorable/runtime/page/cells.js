// Editing cells one by one: a number of a matrix is dragged up and down, typed, or moved by keys.

import { clamp } from "../core/controls.js";
import { cellAt, cellOf, setCell } from "./areas.js";
import { bindPointer } from "./gestures.js";
import { stepsOf } from "./steps.js";
import { say } from "./words.js";

/** @typedef {import("./gestures.js").Grip} Grip */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {import("../spec").TensorControl} TensorControl */
/** @typedef {{ row: number, column: number }} Cell */

const SWEEP = 200; // pixels from one bound to the other
const WHOLE_PIXELS = 12; // pixels to the next whole number, where there are few
const SIGN = /^[-−0-9.,]$/;

/**
 * The least step of a number and what a pixel is worth: steps that the matrix can show.
 * @param {TensorControl} control @param {string | undefined} format @param {number} value
 */
export function stepOf({ dtype, low, high }, format, value) {
  const span = low === undefined || high === undefined ? undefined : high - low;
  if (!/float/.test(dtype)) return { unit: 1, pixel: Math.max(1 / WHOLE_PIXELS, (span ?? 0) / SWEEP) };
  const match = /\.(\d+)([a-zA-Z%]?)$/.exec(format ?? ".2f");
  const fixed = match && /^[fF%]$/.test(match[2]);
  const unit = fixed ? 10 ** -(Number(match[1]) + (match[2] === "%" ? 2 : 0)) : 10 ** -2;
  return { unit, pixel: Math.max(unit, span === undefined ? Math.abs(value) / SWEEP : span / SWEEP) };
}

/** A number without the digits below its step. @param {number} value @param {number} unit */
const tidy = (value, unit) => Number((Math.round(value / unit) * unit).toPrecision(12));

/**
 * Let the numbers of a handle be used; see bindArea in areas.js.
 * @type {typeof import("./areas.js").bindArea}
 */
export function bindCells(element, grip, page, signal) {
  element.classList.add("explorable-typed");
  const cursor = { row: 0, column: 0 };
  /** @type {{ y: number, from: number } | null} */ let held = null;
  let typed = "";

  /** @param {Grip} at */
  const controlOf = (at) => /** @type {TensorControl} */ (at.control);
  /** @param {Grip} at @param {Cell} cell */
  const valueOf = (at, cell) => cellOf(at, page.value(at.handle.control), cell);
  /** @param {Grip} at @param {Cell} cell @param {number} to */
  const put = (at, cell, to) => {
    const { dtype, low = -Infinity, high = Infinity } = controlOf(at);
    const number = dtype === "bool" ? clamp(0, 1, to) : clamp(low, high, to);
    const { control } = at.handle;
    page.set({ [control]: setCell(at, page.value(control), cell, number) });
  };
  /** @param {Grip} at @param {Cell} cell */
  const go = (at, { row, column }) => {
    const { shape } = /** @type {{ shape: number[] }} */ (at.mark.edit);
    typed = "";
    cursor.row = clamp(0, shape[0] - 1, row);
    cursor.column = clamp(0, shape[1] - 1, column);
    page.moved();
  };
  /** To the next number, in the order of reading. @param {Grip} at @param {number} steps */
  const walk = (at, steps) => {
    const [rows, columns] = /** @type {{ shape: number[] }} */ (at.mark.edit).shape;
    const flat = clamp(0, rows * columns - 1, cursor.row * columns + cursor.column + steps);
    go(at, { row: Math.floor(flat / columns), column: flat % columns });
  };
  /** @param {Grip} at */
  const formatOf = (at) => /** @type {import("../spec").MatrixMark} */ (at.mark).format;

  /** @param {PointerEvent} event */
  const down = (event) => {
    const at = grip();
    const pixel = page.pixel(event);
    go(at, cellAt(at, pixel));
    const from = valueOf(at, cursor);
    held = { y: pixel.y, from };
    if (controlOf(at).dtype === "bool") put(at, cursor, 1 - from);
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!held) return;
    const at = grip();
    const control = controlOf(at);
    const { unit, pixel } = stepOf(control, formatOf(at), held.from);
    const to = tidy(held.from + (held.y - page.pixel(event).y) * pixel, unit);
    if (control.dtype !== "bool" && to !== valueOf(at, cursor)) put(at, cursor, to);
  };
  const up = () => {
    held = null;
  };
  bindPointer(element, down, move, up, signal);

  /** A sign of a number that is being typed. @param {Grip} at @param {string} sign */
  const type = (at, sign) => {
    const { high } = controlOf(at);
    typed += sign.replace("−", "-").replace(",", ".");
    // A digit too many begins a new number.
    if (!(Number(typed) <= (high ?? Infinity)) && Number(sign) <= (high ?? Infinity)) typed = sign;
    if (typed !== "" && Number.isFinite(Number(typed))) put(at, cursor, Number(typed));
  };

  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = grip();
    const control = controlOf(at);
    const now = valueOf(at, cursor);
    const steps = stepsOf(event);
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") walk(at, Math.sign(steps));
    else if (steps === Infinity || steps === -Infinity) walk(at, steps);
    else if (event.key === "Enter") walk(at, event.shiftKey ? -1 : 1);
    else if (steps) {
      const { unit, pixel } = stepOf(control, formatOf(at), now);
      const step = /float/.test(control.dtype) ? Math.max(unit, tidy(2 * pixel, unit)) : 1;
      typed = "";
      put(at, cursor, tidy(now + steps * step, unit));
    } else if (SIGN.test(event.key)) type(at, event.key);
    else if (event.key === "Backspace" && typed.length > 1) {
      typed = typed.slice(0, -1);
      if (Number.isFinite(Number(typed))) put(at, cursor, Number(typed));
    } else if (event.key === "Backspace" || event.key === "Delete") {
      typed = "";
      put(at, cursor, 0);
    } else if (event.key === " " && control.dtype === "bool") put(at, cursor, 1 - now);
    else return;
    event.preventDefault();
  };
  element.addEventListener("keydown", /** @type {EventListener} */ (key), { signal });

  return () => {
    const at = grip();
    const { handle } = at;
    const [rows, columns] = /** @type {{ shape: number[] }} */ (at.mark.edit).shape;
    const now = valueOf(at, cursor);
    const [width, height] = [handle.width / columns, handle.height / rows];
    return {
      text: say(page.words.cell, {
        row: cursor.row + 1,
        column: cursor.column + 1,
        value: String(Number(Number(now).toPrecision(6))),
      }),
      now,
      box: [handle.x + cursor.column * width, handle.y + cursor.row * height, width, height],
    };
  };
}
