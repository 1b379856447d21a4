// In the page: the contestants, compared with torch and timed. The clock of a page has steps of
// 0.1 ms, so a sample is as many calls as take a few milliseconds.

import { decoded, given } from "./given.js";

const LEAST = 4;
/** @type {Record<string, { call: () => unknown, restart?: () => void, calls: number }>} */
const ready = {};

/** All numbers of a result, in order. */
function numbers(tree) {
  if (typeof tree === "number") return [tree];
  if (ArrayBuffer.isView(tree)) return tree;
  if (tree?.data) return tree.data;
  return Object.values(tree).flatMap((inner) => Array.from(numbers(inner)));
}

/** The greatest difference of the outputs named in `wanted`, of the greatest number of each. */
function off(got, wanted) {
  let worst = 0;
  for (const [name, right] of Object.entries(wanted)) {
    const a = numbers(got[name]), b = numbers(right);
    if (a.length !== b.length) return Infinity;
    let most = 0, apart = 0;
    for (let i = 0; i < b.length; i++) {
      most = Math.max(most, Math.abs(b[i]));
      const between = Math.abs(a[i] - b[i]);
      if (!(between <= apart)) apart = between;
    }
    const share = apart / (most || 1);
    if (!(share <= worst)) worst = share;
  }
  return worst;
}

/** Prepare a contestant, compare it with torch, find out how many calls make a sample. */
export async function begin(key, module, data) {
  const { prepare } = await import(module);
  const made = await prepare(given(data));
  const expected = decoded(data.expected);
  let worst = 0;
  for (const wanted of expected.slice(0, -1)) {
    const error = off(await made.call(), wanted);
    if (!(error <= worst)) worst = error;
  }
  const last = expected.at(-1);
  if (Object.keys(last).length) {
    const error = off(await made.state(), last);
    if (!(error <= worst)) worst = error;
  }
  if (worst <= data.tolerance) await calibrate(key, made);
  return worst;
}

async function calibrate(key, made) {
  const entry = (ready[key] = { ...made, calls: 1 });
  for (;;) {
    entry.restart?.();
    // On a busy machine one sample may have been kept waiting: the least of four tells.
    let took = Infinity;
    for (let k = 0; k < 4 && took >= LEAST; k++) took = Math.min(took, (await once(entry)) * entry.calls);
    if (took >= LEAST) return;
    entry.calls = Math.ceil(entry.calls * Math.min(10, Math.max(1.3, (1.1 * LEAST) / Math.max(took, 0.1))));
  }
}

/** Milliseconds per call of one sample. */
async function once({ call, calls }) {
  const start = performance.now();
  for (let k = 0; k < calls; k++) {
    const result = call();
    if (result instanceof Promise) await result;
  }
  return (performance.now() - start) / calls;
}

/** Samples for about as long as asked, and three at least. */
export async function sample(key, milliseconds) {
  const entry = ready[key], found = [];
  entry.restart?.();
  const end = performance.now() + milliseconds;
  do found.push(await once(entry));
  while (performance.now() < end || found.length < 3);
  return found;
}

/** The compiled function alone, without arguments put in and results taken out. */
export async function alone(key, file, data) {
  const { Memory } = await import("/runtime/core/memory.js");
  const { load } = await import("/runtime/core/arrays.js");
  const { instance } = await WebAssembly.instantiateStreaming(fetch(file));
  const { exports } = instance;
  const memory = new Memory(data.program, exports.memory.buffer);
  for (const array of data.program.arrays)
    load(exports.memory.buffer, array, new Uint8Array(await (await fetch(`built/${array.file}`)).arrayBuffer()));
  exports.init();
  const tree = decoded({ state: data.state, inputs: data.inputs });
  // What is kept in memory moves on with every call: each sample begins where all did.
  await calibrate(key, { call: exports.run, restart: () => write(memory, tree, data.paths) });
}

function write(memory, tree, paths) {
  for (const [slot, path] of Object.entries(paths)) {
    const { data } = path.reduce((part, name) => part[name], tree);
    if (memory.slots[slot]) memory.write(slot, data);
  }
}

/** Multiply-adds on independent vectors and nothing else. */
export async function ceiling(key, file) {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(file));
  instance.exports.init();
  await calibrate(key, { call: instance.exports.peak });
}
