// Bars and curves that are dragged, cells that are painted: elements of a tensor, by pointer or key.

import { clamp } from "../core/controls.js";
import { cellsAlong } from "./brush.js";
import { bindPointer, placeOf, short, toData, unravel } from "./gestures.js";
import { stepsOf } from "./steps.js";
import { brushOf, inUnits } from "./tools.js";
import { say } from "./words.js";

/** @typedef {import("../spec").Control} Control */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {import("./gestures.js").Edit} Edit */
/** @typedef {import("./gestures.js").Grip} Grip */
/** @typedef {import("./gestures.js").Place} Place */

/** The element of a bar chart or curve nearest to an x. @param {number[]} xs @param {number} x */
export function nearest(xs, x) {
  let best = 0;
  for (let i = 1; i < xs.length; i++) if (Math.abs(xs[i] - x) < Math.abs(xs[best] - x)) best = i;
  return best;
}

/**
 * Heights along a stroke of the pointer: every element it passed over, so that a quick stroke
 * leaves no gap.
 * @param {Grip} grip @param {Value} value @param {Place} from @param {Place} to @returns {Value}
 */
export function stroke({ mark, xs }, value, from, to) {
  const edit = /** @type {Edit} */ (mark.edit);
  const numbers = [.../** @type {number[]} */ (value)];
  const [start, end] = [nearest(xs, from.x), nearest(xs, to.x)];
  const direction = end < start ? -1 : 1;
  for (let i = start; i !== end + direction; i += direction) {
    const t = end === start ? 1 : (i - start) / (end - start);
    numbers[placeOf(edit, unravel(edit.shape, i))] = from.y + t * (to.y - from.y);
  }
  return numbers;
}

/** The cell under a pixel: row and column. @param {Grip} grip @param {Place} pixel */
export function cellAt({ handle, mark }, pixel) {
  const [rows, columns] = /** @type {Edit} */ (mark.edit).shape;
  const row = clamp(0, rows - 1, Math.floor(((pixel.y - handle.y) / handle.height) * rows));
  const column = clamp(0, columns - 1, Math.floor(((pixel.x - handle.x) / handle.width) * columns));
  return { row, column };
}

/**
 * @param {Grip} grip
 * @param {Value} value
 * @param {{ row: number, column: number }} cell
 * @param {number} to
 * @returns {Value}
 */
export const setCell = (grip, value, cell, to) => setCells(grip, value, [cell], to);

/**
 * @param {Grip} grip @param {Value} value @param {{ row: number, column: number }[]} cells
 * @param {number | number[]} to a number, or one per channel
 * @returns {Value}
 */
export function setCells({ mark }, value, cells, to) {
  const numbers = [.../** @type {number[]} */ (value)];
  const edit = /** @type {Edit} */ (mark.edit);
  for (const { row, column } of cells) {
    for (const [k, number] of (Array.isArray(to) ? to : [to]).entries())
      numbers[placeOf(edit, [row, column, k].slice(0, edit.strides.length))] = number;
  }
  return numbers;
}

/** @param {Grip} grip @param {Value} value @param {{ row: number, column: number }} cell */
export const cellOf = ({ mark }, value, { row, column }) =>
  /** @type {number[]} */ (value)[placeOf(/** @type {Edit} */ (mark.edit), [row, column])];

/** @param {Control} control @returns {[number, number]} */
const bounds = (control) =>
  control.kind === "tensor"
    ? [control.low ?? 0, control.high ?? (control.dtype === "uint8" ? 255 : 1)]
    : [0, 1];

/** Is a digit typed there? @param {Control} control */
const isWhole = (control) =>
  control.kind === "tensor" && !/float|bool/.test(control.dtype) && control.shape.length < 3;

/** A place of the plot as along and up: bars may lie. @param {Grip} grip @param {Place} pixel */
const dataAt = ({ mark, panel }, pixel) => {
  const { x, y } = toData(panel, pixel);
  return lies(mark) ? { x: y, y: x } : { x, y };
};

/** @param {import("../spec").Mark} mark */
const lies = (mark) => mark.kind === "bars" && Boolean(mark.horizontal);

/** The colour in the reader's hand, where the picture has colours. @param {Grip} grip */
const colourOf = ({ control, mark }) =>
  control.kind === "tensor" && (mark.edit?.shape.length ?? 0) > 2 && brushOf
    ? inUnits(control, brushOf(control).colour)
    : undefined;

/**
 * Let an area be used. `grip` gives its present grip: the scene is made anew at each redraw.
 * @param {SVGElement} element @param {() => Grip} grip @param {import("./gestures.js").Given} page
 * @param {AbortSignal} signal
 */
export function bindArea(element, grip, page, signal) {
  /** @type {{ place: Place, pixel: Place, paint: number | number[] } | null} */ let held = null;
  const cursor = { index: 0, row: 0, column: 0 };
  if (lies(grip().mark)) element.style.cursor = "ew-resize";

  /** @param {Grip} at @param {Value} value */
  const put = (at, value) => page.set({ [at.handle.control]: value });

  /** @param {PointerEvent} event */
  const down = (event) => {
    const at = grip();
    const pixel = page.pixel(event);
    held = { place: dataAt(at, pixel), pixel, paint: 0 };
    if (at.handle.kind === "cells") {
      const cell = Object.assign(cursor, cellAt(at, pixel));
      const [low, high] = bounds(at.control);
      const dark = cellOf(at, page.value(at.handle.control), cell) > (low + high) / 2;
      held.paint = colourOf(at) ?? (dark ? low : high);
      page.moved();
      if (isWhole(at.control)) held = null;
    }
    move(event);
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!held) return;
    const at = grip();
    const pixel = page.pixel(event);
    const value = page.value(at.handle.control);
    if (at.handle.kind === "cells") {
      Object.assign(cursor, cellAt(at, pixel));
      const { control } = at;
      const radius = control.kind === "tensor" && brushOf ? brushOf(control).radius : 0;
      const cells = cellsAlong(at, held.pixel, pixel, radius);
      if (Array.isArray(held.paint) || cells.some((cell) => cellOf(at, value, cell) !== held?.paint))
        put(at, setCells(at, value, cells, held.paint));
      held.pixel = pixel;
    } else {
      const place = dataAt(at, pixel);
      put(at, stroke(at, value, held.place, place));
      held.place = place;
      cursor.index = nearest(at.xs, place.x);
    }
  };
  const up = () => {
    held = null;
  };
  bindPointer(element, down, move, up, signal);

  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const at = grip();
    const value = page.value(at.handle.control);
    const steps = stepsOf(event);
    const sideways = (lies(at.mark) ? /^Arrow(Up|Down)$/ : /^Arrow(Left|Right)$/).test(event.key);
    if (at.handle.kind === "cells") {
      if (!cellKey(event, at, value)) return;
    } else if (steps && (sideways || !Number.isFinite(steps))) {
      cursor.index = clamp(0, at.xs.length - 1, cursor.index + steps);
      page.moved();
    } else if (steps) {
      const [low, high] =
        at.control.kind === "tensor" &&
        at.control.low !== undefined &&
        at.control.high !== undefined
          ? bounds(at.control)
          : at.panel[lies(at.mark) ? "xRange" : "yRange"];
      const edit = /** @type {Edit} */ (at.mark.edit);
      const old = /** @type {number[]} */ (value)[placeOf(edit, unravel(edit.shape, cursor.index))];
      const here = {
        x: at.xs[cursor.index],
        y: clamp(low, high, old + (steps * (high - low)) / 100),
      };
      put(at, stroke(at, value, here, here));
    } else return;
    event.preventDefault();
  };
  /** @param {KeyboardEvent} event @param {Grip} at @param {Value} value */
  const cellKey = (event, at, value) => {
    const [rows, columns] = /** @type {Edit} */ (at.mark.edit).shape;
    const [low, high] = bounds(at.control);
    const old = cellOf(at, value, cursor);
    if (event.key.startsWith("Arrow")) {
      cursor.row = clamp(
        0,
        rows - 1,
        cursor.row + Number(event.key === "ArrowDown") - Number(event.key === "ArrowUp"),
      );
      cursor.column = clamp(
        0,
        columns - 1,
        cursor.column + Number(event.key === "ArrowRight") - Number(event.key === "ArrowLeft"),
      );
      page.moved();
    } else if (isWhole(at.control) && /^[0-9]$/.test(event.key))
      put(at, setCell(at, value, cursor, Number(event.key)));
    else if (event.key === "Backspace" || event.key === "Delete")
      put(at, setCell(at, value, cursor, low));
    else if (event.key === " " || event.key === "Enter")
      put(at, setCells(at, value, [cursor], colourOf(at) ?? (old > (low + high) / 2 ? low : high)));
    else if (stepsOf(event) && Number.isFinite(stepsOf(event)))
      put(
        at,
        setCell(
          at,
          value,
          cursor,
          clamp(low, high, old + (Math.sign(stepsOf(event)) * (high - low)) / 10),
        ),
      );
    else return false;
    return true;
  };
  element.addEventListener("keydown", /** @type {EventListener} */ (key), { signal });

  /** What a screen reader says of it, and where its cursor is. */
  return () => {
    const at = grip();
    const value = page.value(at.handle.control);
    const { words } = page;
    const { handle } = at;
    const edit = /** @type {Edit} */ (at.mark.edit);
    if (handle.kind === "cells") {
      const [rows, columns] = edit.shape;
      const now = cellOf(at, value, cursor);
      const text = say(words.cell, {
        row: cursor.row + 1,
        column: cursor.column + 1,
        value: short(now),
      });
      const [width, height] = [handle.width / columns, handle.height / rows];
      return {
        text,
        now,
        box: [handle.x + cursor.column * width, handle.y + cursor.row * height, width, height],
      };
    }
    const now = /** @type {number[]} */ (value)[placeOf(edit, unravel(edit.shape, cursor.index))];
    const { panel, xs } = at;
    const flat = lies(at.mark);
    const [low, high] = flat ? panel.yRange : panel.xRange;
    const t = (xs[cursor.index] - low) / (high - low);
    return {
      text: say(words.bar, { i: cursor.index + 1, value: short(now) }),
      now,
      box: flat
        ? [panel.x, panel.y + (1 - t) * panel.height - 6, panel.width, 12]
        : [panel.x + t * panel.width - 6, panel.y, 12, panel.height],
    };
  };
}
