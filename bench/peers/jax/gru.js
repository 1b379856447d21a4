// One step of a gated recurrent unit, compiled as one function.

import { jit, nn, np, tensor } from "./start.js";

export async function prepare({ state, inputs, weights }) {
  const given = await weights();
  const w = ["wi", "wh", "bi", "bh"].map((name) => tensor(given[name]));
  const step = jit((h, x, wi, wh, bi, bh) => {
    const [ri, zi, ni] = np.split(np.matmul(x, np.transpose(wi)).add(bi), 3, 1);
    const [rh, zh, nh] = np.split(np.matmul(h.ref, np.transpose(wh)).add(bh), 3, 1);
    const r = nn.sigmoid(ri.add(rh)), z = nn.sigmoid(zi.add(zh));
    const fresh = np.tanh(ni.add(r.mul(nh)));
    return fresh.ref.add(z.mul(h.sub(fresh)));
  });
  let h = tensor(state.h);
  return {
    call() {
      h = step(h, tensor(inputs.x), ...w.map((array) => array.ref));
      return { h: h.ref.dataSync() };
    },
    restart() {
      h.dispose();
      h = tensor(state.h);
    },
  };
}
