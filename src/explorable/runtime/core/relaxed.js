// Has this engine relaxed SIMD? Of use where the author asked for it alone: the others do without.

// A module with one relaxed_madd.
const RELAXED =
  "0 97 115 109 1 0 0 0 1 5 1 96 0 1 123 3 2 1 0 10 19 1 17 0 65 0 253 15 65 0 253 15 65 0 253 15 253 133 2 11";

export const relaxed = () => WebAssembly.validate(Uint8Array.from(RELAXED.split(" "), Number));
