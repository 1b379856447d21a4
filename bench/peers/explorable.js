// A workload as Explorable's own ES module; WORKLOAD is replaced by its name. What has a state keeps
// it in the module's memory, all else is a function.

import { load } from "./WORKLOAD.js";

export async function prepare({ state, inputs }) {
  const compute = await load();
  if (!Object.keys(state).length) return { call: () => compute(state, inputs)[1] };
  const restart = () => (compute.state = state);
  restart();
  return { call: () => compute.step(inputs), state: () => compute.state, restart };
}
