// A compiled function as an ES module: `load` gives a function of plain numbers, arrays and typed
// arrays.

import { opener } from "./open.js";
import { fill, taken } from "./trees.js";

/** @param {import("./open.js").Made} made */
export function loader(made) {
  const open = opener(made);

  /** The function, with memory of its own. @param {{ int64?: "number" | "bigint" }} [options] */
  return async function load(options) {
    const { memory, compute, exact } = await open(options);
    const f = (/** @type {unknown[]} */ ...given) => {
      fill(made, memory, made.parameters, given);
      compute();
      return taken(memory, made.result, made.name, exact);
    };
    return Object.defineProperty(f, "name", { value: made.name });
  };
}
