// jax-js on its wasm device, one thread, as a page without special headers has it. Arrays are
// counted: each use takes one reference, `.ref` keeps another.

import * as jax from "@jax-js/jax";

await jax.init("wasm");
jax.defaultDevice("wasm");

/** @param {{ data: ArrayLike<number>, shape: number[], dtype: string }} tensor */
export const tensor = ({ data, shape, dtype }) =>
  jax.numpy.array(data, { shape, dtype: dtype === "int64" ? jax.numpy.int32 : jax.numpy.float32 });
export const { numpy: np, nn, lax, jit, valueAndGrad } = jax;

/** Let go of arrays. */
export const free = (arrays) => arrays.forEach((array) => array.dispose());
