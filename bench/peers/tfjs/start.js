// TensorFlow.js on its wasm backend, one thread, as a page without special headers has it.

import "@tensorflow/tfjs-core/dist/register_all_gradients";
import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

setWasmPaths(new URL("./", import.meta.url).href);
await tf.setBackend("wasm");
await tf.ready();

/** @param {{ data: ArrayLike<number>, shape: number[], dtype: string }} tensor */
export const tensor = ({ data, shape, dtype }) =>
  tf.tensor(data, shape, dtype === "int64" ? "int32" : "float32");
export { tf };
