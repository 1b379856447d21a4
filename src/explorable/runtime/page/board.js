// Editing a board: a digit typed into a square, a piece dragged, or taken and put down, by pointer
// or keys.

import { clamp } from "../core/controls.js";
import { cellAt, cellOf, setCell } from "./areas.js";
import { hasFocus } from "./focus.js";
import { say } from "./words.js";

/** @typedef {import("./gestures.js").Grip} Grip */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {import("../spec").TensorControl} TensorControl */
/** @typedef {import("../spec").BoardMark} BoardMark */
/** @typedef {{ row: number, column: number }} Cell */

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
});

/** @param {Cell} a @param {Cell} b */
const isSame = (a, b) => a.row === b.row && a.column === b.column;

/** @param {Grip} at */
const shapeOf = ({ mark }) => /** @type {{ shape: number[] }} */ (mark.edit).shape;

/** @param {Grip} at @returns {string[] | undefined} */
const piecesOf = ({ mark }) => /** @type {BoardMark} */ (mark).pieces;

/** The numbers that a square may hold. @param {Grip} at @returns {[number, number]} */
function bounds(at) {
  const { low = 0, high = (piecesOf(at)?.length ?? 10) - 1 } = /** @type {TensorControl} */ (at.control);
  return [low, high];
}

/**
 * The only square that is not empty, if there is only one.
 * @param {Grip} at @param {Value} value @returns {Cell | null}
 */
function lone(at, value) {
  const [rows, columns] = shapeOf(at);
  /** @type {Cell | null} */ let found = null;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!cellOf(at, value, { row, column })) continue;
      if (found) return null;
      found = { row, column };
    }
  }
  return found;
}

/**
 * A value with a piece gone from one square to another; off the board without one.
 * @param {Grip} at @param {Value} value @param {Cell} from @param {Cell | null} to
 */
function moved(at, value, from, to) {
  const piece = cellOf(at, value, from);
  const lifted = setCell(at, value, from, clamp(...bounds(at), 0));
  return to ? setCell(at, lifted, to, piece) : lifted;
}

/**
 * Let the squares of a handle be used; see bindArea in areas.js.
 * @type {typeof import("./areas.js").bindArea}
 */
export function bindBoard(element, grip, page, signal) {
  element.classList.add("explorable-typed");
  /** @type {Cell | null} where the reader is; before he was anywhere, the first piece */
  let cursor = null;
  /** @type {Cell | null} */ let picked = null;
  /** @type {{ from: Cell, before: Value, at: Cell | null, dragged: boolean } | null} */ let held = null;
  let typed = "";

  /** @param {Grip} at */
  const valueOf = (at) => page.value(at.handle.control);
  /** @param {Grip} at @param {Value} value */
  const put = (at, value) => page.set({ [at.handle.control]: value });
  /** @param {Grip} at @returns {Cell} */
  const place = (at) => cursor ?? (piecesOf(at) && lone(at, valueOf(at))) ?? { row: 0, column: 0 };
  /** @param {Cell | null} cell */
  const pick = (cell) => {
    picked = cell;
    element.classList.toggle("explorable-picked", Boolean(cell));
    page.moved();
  };
  /** @param {Grip} at @param {Cell} cell */
  const go = (at, { row, column }) => {
    const [rows, columns] = shapeOf(at);
    typed = "";
    cursor = { row: clamp(0, rows - 1, row), column: clamp(0, columns - 1, column) };
    page.moved();
  };
  /** A number goes up by one, after the last to the first. @param {Grip} at @param {Cell} cell */
  const raise = (at, cell) => {
    const [low, high] = bounds(at);
    const now = cellOf(at, valueOf(at), cell);
    put(at, setCell(at, valueOf(at), cell, now >= high ? low : now + 1));
  };
  /** Take the piece of a square, or put down the one that is taken. @param {Grip} at @param {Cell} cell */
  const use = (at, cell) => {
    const value = valueOf(at);
    const only = lone(at, value);
    if (!piecesOf(at)) raise(at, cell);
    else if (picked) {
      if (!isSame(picked, cell)) put(at, moved(at, value, picked, cell));
      pick(null);
    } else if (cellOf(at, value, cell)) pick(cell);
    else if (only) put(at, moved(at, value, only, cell));
    else raise(at, cell);
  };

  /** @param {PointerEvent} event */
  const down = (event) => {
    if (event.button !== 0) return;
    const at = grip();
    const cell = cellAt(at, page.pixel(event));
    const again = hasFocus(element) && cursor && isSame(cursor, cell);
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    event.preventDefault();
    go(at, cell);
    const value = valueOf(at);
    if (piecesOf(at) && !picked && cellOf(at, value, cell))
      held = { from: cell, before: value, at: cell, dragged: false };
    else if (piecesOf(at) || again) use(at, cell);
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!held) return;
    const at = grip();
    const { handle } = at;
    const pixel = page.pixel(event);
    const cell = cellAt(at, pixel);
    const margin = handle.width / shapeOf(at)[1] / 2;
    const off =
      pixel.x < handle.x - margin ||
      pixel.y < handle.y - margin ||
      pixel.x > handle.x + handle.width + margin ||
      pixel.y > handle.y + handle.height + margin;
    const to = off ? null : cell;
    if (held.at && to ? isSame(held.at, to) : held.at === to) return;
    Object.assign(held, { at: to, dragged: true });
    put(at, moved(at, held.before, held.from, to));
    if (to) go(at, to);
  };
  const up = () => {
    const was = held;
    held = null;
    if (was && !was.dragged) use(grip(), was.from);
  };
  element.addEventListener("pointerdown", /** @type {EventListener} */ (down), { signal });
  element.addEventListener("pointermove", /** @type {EventListener} */ (move), { signal });
  element.addEventListener("pointerup", up, { signal });
  for (const end of ["pointercancel", "lostpointercapture"])
    element.addEventListener(end, () => (held = null), { signal });
  element.addEventListener("blur", () => pick(null), { signal });

  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = grip();
    const cell = place(at);
    const [low, high] = bounds(at);
    if (ARROWS[event.key]) {
      const [down, right] = ARROWS[event.key];
      go(at, { row: cell.row + down, column: cell.column + right });
    } else if (event.key === "Enter" || event.key === " ") {
      go(at, cell);
      use(at, cell);
    } else if (event.key === "Home" || event.key === "End")
      go(at, { row: cell.row, column: event.key === "End" ? Infinity : 0 });
    else if (/^[0-9]$/.test(event.key)) {
      typed += event.key;
      if (Number(typed) > high) typed = event.key;
      if (Number(typed) <= high) put(at, setCell(at, valueOf(at), cell, Math.max(low, Number(typed))));
    } else if (event.key === "Backspace" || event.key === "Delete") {
      typed = "";
      put(at, setCell(at, valueOf(at), cell, clamp(low, high, 0)));
    } else if (event.key === "Escape" && picked) pick(null);
    else return;
    event.preventDefault();
  };
  element.addEventListener("keydown", /** @type {EventListener} */ (key), { signal });

  return () => {
    const at = grip();
    const { handle } = at;
    const [rows, columns] = shapeOf(at);
    const shown = place(at);
    const now = cellOf(at, valueOf(at), shown);
    const [width, height] = [handle.width / columns, handle.height / rows];
    const piece = piecesOf(at)?.[now];
    const value = now ? (piece ?? now) : page.words.empty;
    return {
      text: say(page.words.cell, { row: shown.row + 1, column: shown.column + 1, value }),
      now,
      box: [handle.x + shown.column * width, handle.y + shown.row * height, width, height],
    };
  };
}
