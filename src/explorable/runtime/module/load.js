// A compiled function as an ES module: `load` fetches its wasm and arrays from beside the module and
// gives a function of plain numbers, arrays and typed arrays. No DOM; runs in pages, workers and node.

import { load as loadArray } from "../core/arrays.js";
import { Memory } from "../core/memory.js";
import { run } from "../core/run.js";
import { put } from "./put.js";
import { unknown } from "../core/unknown.js";

/** @typedef {import("../spec").Program} Program */
/** @typedef {import("../core/memory.js").Reading} Reading */
/** @typedef {{ slot: string, dtype: import("../spec").Dtype, shape: number[] }} Leaf */
/**
 * A pytree: a tensor, a value that never changes, or more of them in order or by name.
 * @typedef {{ tensor: Leaf } | { fixed: unknown } | { list: Tree[] } | { dict: Record<string, Tree> }} Tree
 */
/**
 * @typedef {object} Made
 * @property {string} name
 * @property {{ name: string, tree: Tree }[]} parameters
 * @property {Tree} result
 * @property {string} wasm
 * @property {Pick<Program, "memory" | "slots" | "arrays">} program
 * @property {Record<string, URL>} files
 */

/** @param {URL} url @returns {Promise<Uint8Array>} */
async function bytes(url) {
  // Node's fetch knows no file: addresses. A bundler must not look for node's modules.
  const { process } =
    /** @type {{ process?: { getBuiltinModule?: (name: string) => any } }} reason: node's own types are not among ours */ (
      /** @type {unknown} */ (globalThis)
    );
  if (url.protocol === "file:" && process?.getBuiltinModule)
    return process.getBuiltinModule("node:fs/promises").readFile(url);
  const answer = await fetch(url).catch((error) => ({ ok: false, status: error.message }));
  if (!(answer instanceof Response) || !answer.ok)
    throw new Error(`${url.href} cannot be loaded (${answer.status})`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** @param {Made} made */
export function loader(made) {
  /** @type {Promise<[WebAssembly.Module, Record<string, Uint8Array>]> | undefined} */ let fetched;
  const { program } = made;

  const get = async () => {
    const names = [...new Set(program.arrays.map(({ file }) => file))];
    const [wasm, ...contents] = await Promise.all(
      [made.wasm, ...names].map((name) => bytes(made.files[name])),
    );
    const module = await WebAssembly.compile(/** @type {BufferSource} */ (wasm));
    return /** @type {[WebAssembly.Module, Record<string, Uint8Array>]} */ ([
      module,
      Object.fromEntries(names.map((name, k) => [name, contents[k]])),
    ]);
  };

  /** The function, with memory of its own. @param {{ int64?: "number" | "bigint" }} [options] */
  return async function load({ int64 = "number" } = {}) {
    if (int64 !== "number" && int64 !== "bigint")
      throw new TypeError(`[explorable] ${made.name}: ${unknown("int64", int64, ["number", "bigint"])}`);
    fetched ??= get();
    try {
      const [module, files] = await fetched;
      const { exports } = await WebAssembly.instantiate(module);
      const entries = /** @type {Record<string, () => void>} */ (exports);
      const { buffer } = /** @type {WebAssembly.Memory} */ (exports.memory);
      const memory = new Memory(/** @type {Program} */ (program), buffer);
      for (const array of program.arrays) loadArray(buffer, array, files[array.file]);
      entries.init();
      return named(made, (given) => {
        fill(made, memory, given);
        run(entries.run, made.name);
        return taken(memory, made.result, made.name, int64 === "bigint");
      });
    } catch (error) {
      // Not remembered: the reader may be back on line.
      fetched = undefined;
      const { message } = /** @type {Error} */ (error);
      throw new Error(`[explorable] ${made.name}: ${message}`);
    }
  };
}

/** @param {Made} made @param {(given: unknown[]) => unknown} call */
function named({ name }, call) {
  const f = (/** @type {unknown[]} */ ...given) => call(given);
  return Object.defineProperty(f, "name", { value: name });
}

/** @param {Made} made @param {Memory} memory @param {unknown[]} given */
function fill({ name, parameters }, memory, given) {
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
function taken(memory, tree, name, exact) {
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
