// Inverse drag: a computed place is pulled to a target, and the controls behind it follow by the
// least change. Pure, and beside the machine: many runs of one small entry make one frame.
//
// Numbers of the controls are counted in shares of their range (log sliders in log), so that
// "least" does not depend on units. Each round solves (J Jᵀ + λ) w = what is missing and moves by
// Jᵀ w; λ grows where a round leads away, as near a straight arm.

import { atPosition, clamp, position } from "./controls.js";

/** @typedef {import("../spec").Drag} Drag */
/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {import("./controls.js").Value} Value */
/**
 * @typedef {object} Pull
 * @property {Drag} drag
 * @property {number} element which place of the mark
 * @property {[number, number]} target in data units
 * @property {[number, number]} unit changes in x and in y that the reader sees as equally large
 * @property {number} span what a point's coordinates are counted in: the width of the plot
 */
/**
 * One column of the slope: a slider, or a coordinate of a point.
 * @typedef {object} Column
 * @property {string} control
 * @property {number} low
 * @property {number} high
 * @property {number} at where it stands, in shares of its range
 * @property {(t: number) => number} number what stands there
 * @property {(t: number) => number} rate how fast the number changes there
 */

const ROUNDS = 16;
const NEAR = 1e-4; // of the unit: far below a pixel
const NUDGE = 0.02; // of a range
const DAMPING = { least: 1e-7, first: 1e-4, most: 1e4 };

/** @param {Machine} machine @param {Pull} pull @returns {Column[]} */
function columnsOf(machine, { drag, span }) {
  return drag.controls.flatMap((name) => {
    const control = machine.program.controls[name];
    const value = machine.values[name];
    if (control.kind === "slider") {
      const { low, high } = control;
      const slope = high - low;
      return [
        {
          control: name,
          low: 0,
          high: 1,
          at: position(control, Number(value)),
          number: (/** @type {number} */ t) => atPosition(control, t),
          rate: (/** @type {number} */ t) =>
            control.scale === "log" ? atPosition(control, t) * Math.log(high / low) : slope,
        },
      ];
    }
    return /** @type {number[]} */ (value).map((coordinate) => ({
      control: name,
      low: -Infinity,
      high: Infinity,
      at: coordinate / span,
      number: (/** @type {number} */ t) => t * span,
      rate: () => span,
    }));
  });
}

/** What the columns say of their controls. @param {Column[]} columns */
function valuesOf(columns) {
  /** @type {Record<string, number[]>} */ const values = {};
  for (const column of columns) (values[column.control] ??= []).push(column.number(column.at));
  return values;
}

/**
 * The least change of the free columns that makes up for `missing`; a column that would leave its
 * range stops at its end, and the others make up for it.
 * @param {Column[]} columns @param {number[][]} slope per column: x and y @param {number[]} missing
 * @param {number} damping
 */
function change(columns, slope, missing, damping) {
  const moves = columns.map(() => 0);
  let left = [...missing];
  let free = columns.map((_, k) => k);
  while (free.length) {
    let [xx, xy, yy] = [0, 0, 0];
    for (const k of free) {
      xx += slope[k][0] * slope[k][0];
      xy += slope[k][0] * slope[k][1];
      yy += slope[k][1] * slope[k][1];
    }
    const more = damping * (xx + yy) || Number.MIN_VALUE;
    const determinant = (xx + more) * (yy + more) - xy * xy;
    if (!(determinant > 0)) return moves;
    const weights = [
      ((yy + more) * left[0] - xy * left[1]) / determinant,
      ((xx + more) * left[1] - xy * left[0]) / determinant,
    ];
    const wanted = free.map((k) => slope[k][0] * weights[0] + slope[k][1] * weights[1]);
    const stopped = free.filter((k, i) => {
      const to = columns[k].at + wanted[i];
      return to < columns[k].low || to > columns[k].high;
    });
    if (!stopped.length) {
      for (const [i, k] of free.entries()) moves[k] = wanted[i];
      return moves;
    }
    for (const k of stopped) {
      const { at, low, high } = columns[k];
      moves[k] = clamp(low, high, at + wanted[free.indexOf(k)]) - at;
      left = left.map((part, axis) => part - slope[k][axis] * moves[k]);
    }
    free = free.filter((k) => !stopped.includes(k));
  }
  return moves;
}

/**
 * Small changes that, to first order, leave the place where it is: what is left for a straight arm
 * that is pulled along its own line, where the gradient knows no way.
 * @param {Column[]} columns @param {number[][]} slope
 */
function bends(columns, slope) {
  const endless = columns.map((column) => ({ ...column, low: -Infinity, high: Infinity }));
  return columns.flatMap((_, k) => {
    const undone = change(endless, slope, slope[k], DAMPING.least);
    return [NUDGE, -NUDGE].map((by) => undone.map((move, i) => by * (Number(i === k) - move)));
  });
}

/**
 * Pull a place towards a target: what its controls become. They are set; nothing is drawn yet.
 * @param {Machine} machine @param {Pull} pull @returns {Record<string, Value>}
 */
export function pull(machine, pull) {
  const { drag, element, target, unit } = pull;
  let columns = columnsOf(machine, pull);
  const look = () => {
    machine.ask(drag.run, drag.element, [element]);
    const [x, y] = machine.memory.read(drag.place).data;
    const missing = [(target[0] - x) / unit[0], (target[1] - y) / unit[1]];
    return { missing, distance: Math.hypot(...missing) };
  };
  /** Trials go straight into memory: only the last is snapped. @param {Column[]} tried */
  const write = (tried) => {
    for (const [name, numbers] of Object.entries(valuesOf(tried))) {
      const { slot } = machine.program.controls[name];
      if (slot) machine.memory.write(slot, numbers);
    }
  };
  const start = columns;
  const before = drag.controls.map((name) => ({ name, value: machine.values[name] }));
  let here = look();
  /** Take another place of the columns if it is nearer. @param {number[]} moves */
  const attempt = (moves) => {
    const tried = columns.map((column, k) => ({
      ...column,
      at: clamp(column.low, column.high, column.at + moves[k]),
    }));
    write(tried);
    const there = look();
    const better = there.distance < here.distance;
    if (better) [columns, here] = [tried, there];
    return better;
  };
  let damping = DAMPING.first;
  let nudged = false;
  for (let round = 0; round < ROUNDS && here.distance > NEAR; round++) {
    write(columns);
    machine.ask(drag.run, drag.element, [element]);
    const { data } = machine.memory.read(drag.slope);
    const slope = columns.map((column, k) =>
      [0, 1].map((axis) => (data[axis * columns.length + k] * column.rate(column.at)) / unit[axis]),
    );
    if (!slope.flat().every(Number.isFinite)) break;
    let better = false;
    while (!better && damping <= DAMPING.most) {
      better = attempt(change(columns, slope, here.missing, damping));
      damping = better ? Math.max(DAMPING.least, damping / 10) : damping * 10;
    }
    if (better) continue;
    if (nudged) break;
    nudged = bends(columns, slope).some(attempt);
    if (!nudged) break;
    damping = DAMPING.first;
  }
  // As it was, to the last bit: `set` leaves alone what does not change.
  for (const { name, value } of before) {
    const { slot } = machine.program.controls[name];
    const numbers = Array.isArray(value) ? /** @type {number[]} */ (value) : [Number(value)];
    if (slot) machine.memory.write(slot, numbers);
  }
  if (columns === start) return {};
  const values = Object.entries(valuesOf(columns)).map(([name, numbers]) => {
    const value = machine.program.controls[name].kind === "point" ? numbers : numbers[0];
    return [name, machine.set(name, value)];
  });
  return Object.fromEntries(values);
}
