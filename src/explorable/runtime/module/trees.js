// Arguments into the slots of a module's memory, and results out of them, as pytrees.

import { put } from "./put.js";
import { unknown } from "../core/unknown.js";

/** @typedef {import("../core/memory.js").Memory} Memory */
/** @typedef {import("./open.js").Made} Made */
/** @typedef {{ slot: string, dtype: import("../spec").Dtype, shape: number[] }} Leaf */
/**
 * A pytree: a tensor, a value that never changes, or more of them in order or by name.
 * @typedef {{ tensor: Leaf } | { fixed: unknown } | { list: Tree[] } | { dict: Record<string, Tree> }} Tree
 */

/**
 * Values into their slots; what is wrong with them is told in the function's name.
 * @param {Made} made @param {Memory} memory @param {Made["parameters"]} parameters @param {unknown[]} given
 */
export function fill({ name }, memory, parameters, given) {
  try {
    if (given.length > parameters.length)
      throw new TypeError(`takes ${parameters.length} arguments, got ${given.length}`);
    for (const [k, { name: parameter, tree }] of parameters.entries())
      descend(memory, tree, given[k], parameter);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`[explorable] ${name}: ${error.message}`);
  }
}

/** @param {Memory} memory @param {Tree} tree @param {unknown} given @param {string} where */
function descend(memory, tree, given, where) {
  if ("tensor" in tree) return put(memory, tree.tensor, given, where);
  if ("fixed" in tree) {
    if (given !== undefined && given !== tree.fixed)
      throw new TypeError(
        `'${where}' was compiled as ${JSON.stringify(tree.fixed)} and cannot be ${JSON.stringify(given)}; leave it out`,
      );
  } else if ("list" in tree) {
    if (!Array.isArray(given) || given.length !== tree.list.length)
      throw new TypeError(
        `'${where}' takes an array of ${tree.list.length}, got ${Array.isArray(given) ? given.length : typeof given}`,
      );
    for (const [k, inner] of tree.list.entries()) descend(memory, inner, given[k], `${where}[${k}]`);
  } else {
    const known = Object.keys(tree.dict);
    if (typeof given !== "object" || given === null || Array.isArray(given))
      throw new TypeError(`'${where}' takes an object with ${known.join(", ")}`);
    for (const name of Object.keys(given))
      if (!known.includes(name)) throw new TypeError(`${unknown(`name in '${where}'`, name, known)}`);
    const values = /** @type {Record<string, unknown>} */ (given);
    for (const [name, inner] of Object.entries(tree.dict))
      descend(memory, inner, values[name], `${where}.${name}`);
  }
}

/**
 * Copies of a result: what a later call computes does not change them.
 * @param {Memory} memory @param {Tree} tree @param {string} name @param {boolean} exact
 * @returns {unknown}
 */
export function taken(memory, tree, name, exact) {
  if ("fixed" in tree) return tree.fixed;
  if ("list" in tree) return tree.list.map((inner) => taken(memory, inner, name, exact));
  if ("dict" in tree)
    return Object.fromEntries(
      Object.entries(tree.dict).map(([key, inner]) => [key, taken(memory, inner, name, exact)]),
    );
  const { slot, dtype } = tree.tensor;
  const shape = [...tree.tensor.shape];
  if (dtype === "int64" && exact) return { data: memory.view(slot).slice(), shape, dtype };
  const data = memory.read(slot).data.slice();
  const rounded =
    dtype === "int64" ? data.find((x) => Math.abs(x) > Number.MAX_SAFE_INTEGER) : undefined;
  if (rounded !== undefined)
    throw new RangeError(
      `[explorable] ${name}: a result holds ${rounded}, beyond 2^53; load({ int64: "bigint" }) gives a BigInt64Array`,
    );
  return { data, shape, dtype };
}
