// What a contestant begins with, out of the JSON that Python wrote.

const KINDS = { float32: Float32Array, complex64: Float32Array, int64: Int32Array };

/** Tensors as Python wrote them, with typed arrays for their bytes. */
export function decoded(tree) {
  if (Array.isArray(tree)) return tree.map(decoded);
  if (!("bytes" in tree)) return Object.fromEntries(Object.entries(tree).map(([k, v]) => [k, decoded(v)]));
  const { bytes, dtype, shape } = tree;
  const raw = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
  return { data: new KINDS[dtype](raw.buffer), shape, dtype };
}

/** What `prepare` of a contestant is given. */
export function given({ state, inputs, weights }) {
  return {
    state: decoded(state),
    inputs: decoded(inputs),
    async weights() {
      const bytes = await (await fetch(weights.file)).arrayBuffer();
      const all = Object.entries(weights.tensors).map(([name, { shape, start }]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, { data: new Float32Array(bytes, start, size), shape, dtype: "float32" }];
      });
      return Object.fromEntries(all);
    },
  };
}
