// A compiled step as an ES module: `load` gives an object that keeps the state in its memory from step
// to step; it is copied only where it is set or asked for.

import { opener } from "./open.js";
import { fill, taken } from "./trees.js";

/** @typedef {import("./open.js").Made} Made */

/** @param {Made} made */
export function keeper(made) {
  const open = opener(made);
  const { name } = made;
  const tree = /** @type {import("./trees.js").Tree} */ (made.state);

  /** The step, with memory of its own. @param {{ int64?: "number" | "bigint" }} [options] */
  return async function load(options) {
    const { memory, compute, exact } = await open(options);
    let begun = false;
    const ready = () => {
      if (!begun) throw new Error(`[explorable] ${name}: there is no state yet; set .state first`);
    };
    return {
      /** @param {unknown[]} given */
      step(...given) {
        ready();
        fill(made, memory, made.parameters, given);
        compute();
        return taken(memory, made.result, name, exact);
      },
      get state() {
        ready();
        return taken(memory, tree, name, exact);
      },
      set state(given) {
        // One that is refused may have been written in part.
        begun = false;
        fill(made, memory, [{ name: "state", tree }], [given]);
        begun = true;
      },
    };
  };
}
