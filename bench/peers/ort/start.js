// ONNX Runtime Web on wasm, one thread: a model takes state and inputs by name and gives the next
// state and outputs.

import * as ort from "onnxruntime-web/wasm";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("./", import.meta.url).href;

/** @param {{ data: any, shape: number[], dtype: string }} tensor */
function tensor({ data, shape, dtype }) {
  if (dtype === "int64") return new ort.Tensor("int64", BigInt64Array.from(data, BigInt), shape);
  return new ort.Tensor("float32", data, dtype === "complex64" ? [...shape, 2] : shape);
}

/** @param {URL} url */
export async function prepareModel(url, { state, inputs }) {
  const session = await ort.InferenceSession.create(url.href, { executionProviders: ["wasm"] });
  const kept = Object.entries(state);
  const begin = () => Object.fromEntries(kept.map(([name, t]) => [`state_${name}`, tensor(t)]));
  let now = begin();
  return {
    async call() {
      const feeds = { ...now };
      for (const name in inputs) feeds[`in_${name}`] = tensor(inputs[name]);
      const results = await session.run(feeds);
      const outputs = {};
      for (const name in results) {
        if (name.startsWith("next_")) now[`state_${name.slice(5)}`] = results[name];
        else outputs[name.slice(4)] = results[name].data;
      }
      return outputs;
    },
    state: () => Object.fromEntries(kept.map(([name]) => [name, now[`state_${name}`].data])),
    restart: () => (now = begin()),
  };
}
