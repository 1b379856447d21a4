// What controls take that are no sliders, and give to the machine: whole numbers, words, places,
// lists of numbers, texts.

import { clamp, digits, finite, snapped, wrong } from "./numbers.js";
import { has } from "./own.js";
import { fitting, isShort, pieces } from "./tokens.js";
import { unknown } from "./unknown.js";

/** @typedef {import("../spec").Control} Control */
/** @typedef {import("./controls.js").Value} Value */

/**
 * The value the control takes for what was asked: clamped, snapped, of its own form.
 * @param {string} name @param {Exclude<Control, { kind: "slider" }>} control @param {unknown} asked @returns {Value}
 */
export function acceptForm(name, control, asked) {
  switch (control.kind) {
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
        throw new Error(unknown?.(`option of '${name}'`, String(asked), control.options));
      }
      return /** @type {string} */ (asked);
    case "point":
      return pair(name, asked);
    case "points": {
      if (!isList(asked)) throw wrong(name, "a list of [x, y]", asked);
      const list = Array.from(asked).slice(0, control.max);
      if (list.length < (control.min ?? 0)) throw wrong(name, `${control.min} points`, `${list.length}`);
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
      if (isShort(control, asked)) throw wrong(name, `${control.min} tokens`, asked);
      return fitting(control, asked);
    }
  }
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

/** How many numbers of a value are one of those that its length counts. @param {Control} control */
const rowOf = (control) => (control.kind === "tensor" ? control.shape[1] : 1);

/**
 * The part of an entry's key that this value gives.
 * @param {Control} control
 * @param {Value} value
 * @param {boolean} length
 */
function staticKey(control, value, length) {
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
 * Of an entry, the key at the present settings.
 * @param {import("./machine.js").Machine} machine @param {import("./machine.js").EntryTable} table
 */
export const keyOf = ({ program, values }, { statics }) =>
  statics
    .map((name) => {
      const length = name.endsWith(".length") && !has(program.controls, name);
      const control = length ? name.slice(0, -".length".length) : name;
      return staticKey(program.controls[control], values[control], length);
    })
    .join("|");

/**
 * The dtype of numbers of a control's slot is the slot's own; this gives the numbers.
 * @param {import("../spec").Control} control
 * @param {Value} value
 * @returns {ArrayLike<number | boolean>}
 */
function numbersOf(control, value) {
  switch (control.kind) {
    case "choice":
      return [control.options.indexOf(/** @type {string} */ (value))];
    case "text":
      return pieces(control.tokenizer, /** @type {string} */ (value)).map(({ id }) => id);
    case "points":
      return /** @type {number[][]} */ (value).flatMap((point) => point.slice(0, 2));
    case "point":
    case "range":
    case "tensor":
      return /** @type {number[]} */ (value);
    default:
      return [/** @type {number | boolean} */ (value)];
  }
}

/**
 * Into the slots of a control: its numbers, how many there are, their classes.
 * @param {import("./memory.js").Memory} memory @param {Control} control @param {Value} value
 */
export function writeForm(memory, control, value) {
  const numbers = numbersOf(control, value);
  if (control.slot) memory.write(control.slot, numbers);
  if ("lengthSlot" in control && control.lengthSlot) {
    const count = numbers.length / (control.kind === "points" ? 2 : rowOf(control));
    memory.write(control.lengthSlot, [count]);
  }
  if (control.kind === "points" && control.classSlot) {
    const points = /** @type {number[][]} */ (/** @type {unknown} */ (value));
    memory.write(
      control.classSlot,
      points.map((point, k) => point[2] ?? control.classes?.[k] ?? 0),
    );
  }
}

/**
 * A value as the reader sees it beside the control.
 * @param {Exclude<Control, { kind: "slider" }>} control @param {Value} value @param {string} unit
 */
export function spellForm(control, value, unit) {
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
