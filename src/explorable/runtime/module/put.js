// One argument into its slot: a number, nested arrays, a typed array or what another function gave.
// Shape, length and every number are checked before anything runs.

import { has } from "../core/own.js";

/** @typedef {import("../core/memory.js").Memory} Memory */
/** @typedef {import("../core/memory.js").Reading} Reading */
/** @typedef {import("../core/memory.js").View} View */
/** @typedef {import("../spec").Dtype} Dtype */
/** @typedef {number | bigint | boolean} Scalar */

/** Whole numbers that a dtype holds. @type {Partial<Record<Dtype, [low: number | bigint, high: number | bigint]>>} */
const RANGES = {
  bool: [0, 1],
  uint8: [0, 255],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** @param {{ dtype: Dtype, shape: number[] }} leaf */
const spelled = ({ dtype, shape }) => `${dtype} [${shape.join(", ")}]`;

/** @param {unknown} given */
function described(given) {
  if (Array.isArray(given)) return `an array of ${given.length}`;
  if (ArrayBuffer.isView(given))
    return `${given.constructor.name} of ${/** @type {Float32Array} */ (given).length ?? 0}`;
  if (typeof given === "string") return JSON.stringify(given);
  return given === undefined ? "nothing" : typeof given === "object" ? "an object" : String(given);
}

/**
 * @param {Memory} memory @param {import("./trees.js").Leaf} leaf
 * @param {unknown} given @param {string} where
 */
export function put(memory, leaf, given, where) {
  const { slot, dtype, shape } = leaf;
  const parts = dtype.startsWith("complex") ? 2 : 1;
  const size = shape.reduce((product, extent) => product * extent, parts);
  /** @param {unknown} got */
  const refused = (got) =>
    new TypeError(`'${where}' takes ${spelled(leaf)}, got ${described(got)}`);

  let flat = given;
  if (isReading(given)) {
    if (given.dtype !== dtype || given.shape.join() !== shape.join())
      throw new TypeError(`'${where}' takes ${spelled(leaf)}, got ${spelled(given)}`);
    flat = given.data;
  }
  /** @type {ArrayLike<Scalar>} */ let numbers;
  if (ArrayBuffer.isView(flat) && "length" in flat) {
    numbers = /** @type {ArrayLike<Scalar>} */ (/** @type {unknown} */ (flat));
    if (numbers.length !== size)
      throw new TypeError(
        `'${where}' takes ${spelled(leaf)}, so ${size} numbers, got ${described(flat)}`,
      );
  } else {
    /** @type {Scalar[]} */ const found = [];
    gather(flat, 0);
    numbers = found;

    /** @param {unknown} part @param {number} depth */
    function gather(part, depth) {
      if (depth < shape.length) {
        const listed = Array.isArray(part) || (ArrayBuffer.isView(part) && "length" in part);
        if (!listed || /** @type {unknown[]} */ (part).length !== shape[depth]) throw refused(part);
        for (const inner of /** @type {unknown[]} */ (part)) gather(inner, depth + 1);
      } else if (parts === 2 && typeof part === "object" && part !== null) {
        const pair = Array.isArray(part)
          ? part
          : [/** @type {any} */ (part).re, /** @type {any} reason: checked just below */ (part).im];
        if (pair.length !== 2) throw refused(part);
        found.push(scalar(pair[0]), scalar(pair[1]));
      } else {
        found.push(scalar(part));
        if (parts === 2) found.push(0);
      }
    }
  }

  /** @param {unknown} part @returns {Scalar} */
  function scalar(part) {
    if (typeof part !== "number" && typeof part !== "bigint" && typeof part !== "boolean")
      throw refused(part);
    return part;
  }

  const range = RANGES[dtype];
  if (range) {
    for (let i = 0; i < numbers.length; i++) {
      const given = numbers[i];
      const x = typeof given === "boolean" ? Number(given) : given;
      const whole = typeof x === "bigint" || Number.isSafeInteger(x);
      if (!whole || x < range[0] || x > range[1])
        throw new TypeError(`'${where}' takes ${spelled(leaf)}, got ${x}`);
    }
  }
  // What the function does not read has no place.
  if (!has(memory.slots, slot)) return;
  const view = memory.view(slot);
  if (view.constructor === numbers.constructor) view.set(/** @type {any} reason: both are of one kind */ (numbers));
  else if (view instanceof BigInt64Array)
    for (let i = 0; i < view.length; i++) view[i] = BigInt(numbers[i]);
  else for (let i = 0; i < view.length; i++) view[i] = Number(numbers[i]);
}

/** @param {unknown} given @returns {given is Reading} */
function isReading(given) {
  return (
    typeof given === "object" &&
    given !== null &&
    "data" in given &&
    "dtype" in given &&
    "shape" in given &&
    Array.isArray(given.shape)
  );
}
