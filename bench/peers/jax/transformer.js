// Four layers of attention and hidden units, one sequence, compiled as one function.

import { jit, nn, np, tensor } from "./start.js";

const LAYERS = 4, WIDE = 128, HEADS = 4, LONG = 64;

export async function prepare({ inputs, weights }) {
  const w = Object.fromEntries(Object.entries(await weights()).map(([name, t]) => [name, tensor(t)]));
  const hidden = np.array(
    Float32Array.from({ length: LONG * LONG }, (_, k) => (k % LONG > Math.floor(k / LONG) ? -1e30 : 0)),
    { shape: [LONG, LONG] },
  );
  const run = jit((w, hidden, ids) => {
    const linear = (x, name) => np.matmul(x, np.transpose(w[name])).add(w[`${name}.bias`]);
    const normal = (x) => nn.standardize(x, -1, { epsilon: 1e-5 });
    let x = np.take(w.tokens, ids, 0).add(w.places);
    const maps = [];
    for (let k = 0; k < LAYERS; k++) {
      const three = linear(normal(x.ref), `qkv${k}`).reshape([LONG, 3, HEADS, WIDE / HEADS]);
      const [q, key, v] = [0, 1, 2].map((part) => np.transpose(three.ref.slice([], part), [1, 0, 2]));
      three.dispose();
      const scores = np.matmul(q, np.transpose(key, [0, 2, 1])).mul(1 / Math.sqrt(WIDE / HEADS));
      const map = nn.softmax(scores.add(hidden.ref), -1);
      maps.push(map.ref);
      const mixed = np.transpose(np.matmul(map, v), [1, 0, 2]).reshape([LONG, WIDE]);
      x = x.add(linear(mixed, `out${k}`));
      const deep = nn.gelu(linear(normal(x.ref), `up${k}`), { approximate: false });
      x = x.add(linear(deep, `down${k}`));
    }
    hidden.dispose();
    return [np.matmul(normal(x), np.transpose(w.head)), ...maps];
  });
  return {
    call() {
      const kept = Object.fromEntries(Object.entries(w).map(([name, array]) => [name, array.ref]));
      const [logits, ...maps] = run(kept, hidden.ref, tensor(inputs.ids));
      return { logits: logits.dataSync(), maps: maps.map((map) => map.dataSync()) };
    },
  };
}
