// A workload as Explorable's own ES module; WORKLOAD is replaced by its name.

import { load } from "./WORKLOAD.js";

export async function prepare({ state, inputs }) {
  const compute = await load();
  let now = state;
  return {
    call() {
      const [next, outputs] = compute(now, inputs);
      now = next;
      return outputs;
    },
    state: () => now,
    restart: () => (now = state),
  };
}
