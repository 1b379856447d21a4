// The wasm and the arrays of a compiled function: what is small stands in the module itself, all else
// is fetched from beside it as soon as the module is read. No DOM; runs in pages, workers and node.

import { load as loadArray } from "../core/arrays.js";
import { Memory } from "../core/memory.js";
import { has } from "../core/own.js";
import { relaxed } from "../core/relaxed.js";
import { run } from "../core/run.js";
import { unknown } from "../core/unknown.js";

/** @typedef {import("../spec").Program} Program */
/** @typedef {import("./trees.js").Tree} Tree */
/**
 * @typedef {object} Made
 * @property {string} name
 * @property {{ name: string, tree: Tree }[]} parameters
 * @property {Tree} result
 * @property {Tree} [state] what a function with state keeps between calls
 * @property {string} wasm
 * @property {string} [relaxed] the same with fused multiply-add, for engines that have it
 * @property {Pick<Program, "memory" | "slots" | "arrays">} program
 * @property {Record<string, URL>} files
 * @property {Record<string, string>} inline small files, in base64
 */
/**
 * A function with memory of its own, ready to run.
 * @typedef {{ memory: Memory, compute: () => void, exact: boolean }} Open
 */

const AT_ONCE = 4096;
/** Bytes of wasm that browsers compile on a page's own thread, where a longer one must wait. */

/** @param {URL} url @returns {Promise<Response>} */
async function answered(url) {
  // Node's fetch knows no file: addresses. A bundler must not look for node's modules.
  const { process } =
    /** @type {{ process?: { getBuiltinModule?: (name: string) => any } }} reason: node's own types are not among ours */ (
      /** @type {unknown} */ (globalThis)
    );
  if (url.protocol === "file:" && process?.getBuiltinModule)
    return new Response(await process.getBuiltinModule("node:fs/promises").readFile(url));
  const answer = await fetch(url).catch((error) => ({ ok: false, status: error.message }));
  if (!(answer instanceof Response) || !answer.ok)
    throw new Error(`${url.href} cannot be loaded (${answer.status})`);
  return answer;
}

/** @param {string} text */
const decode = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/** @param {Made} made @returns {Promise<WebAssembly.Module>} */
async function compiled({ wasm: plain, relaxed: fused, files, inline }) {
  const wasm = fused && relaxed() ? fused : plain;
  if (has(inline, wasm)) {
    const bytes = decode(inline[wasm]);
    return bytes.length <= AT_ONCE ? new WebAssembly.Module(bytes) : WebAssembly.compile(bytes);
  }
  const answer = await answered(files[wasm]);
  // Many static hosts serve wasm with the wrong type, which compileStreaming refuses.
  return answer.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(answer)
    : WebAssembly.compile(await answer.arrayBuffer());
}

/** @param {Made} made @param {string} name @returns {Promise<[string, Uint8Array]>} */
async function bytes({ files, inline }, name) {
  if (has(inline, name)) return [name, decode(inline[name])];
  return [name, new Uint8Array(await (await answered(files[name])).arrayBuffer())];
}

/** @param {Made} made */
export function opener(made) {
  const { name, program } = made;
  const get = () => {
    const names = [...new Set(program.arrays.map(({ file }) => file))];
    const fetched = Promise.all([compiled(made), ...names.map((file) => bytes(made, file))]);
    // It is told to who calls, not to the console of a page that may never do.
    fetched.catch(() => {});
    return fetched;
  };
  /** @type {ReturnType<typeof get> | undefined} */ let fetched = get();

  /** @param {{ int64?: "number" | "bigint" }} [options] @returns {Promise<Open>} */
  return async function open({ int64 = "number" } = {}) {
    if (int64 !== "number" && int64 !== "bigint")
      throw new TypeError(`[explorable] ${name}: ${unknown("int64", int64, ["number", "bigint"])}`);
    fetched ??= get();
    try {
      const [module, ...files] = await fetched;
      const { exports } = await WebAssembly.instantiate(module);
      const entries = /** @type {Record<string, () => void>} */ (exports);
      const { buffer } = /** @type {WebAssembly.Memory} */ (exports.memory);
      const memory = new Memory(/** @type {Program} */ (program), buffer);
      const contents = Object.fromEntries(files);
      for (const array of program.arrays) loadArray?.(buffer, array, contents[array.file]);
      entries.init();
      return { memory, compute: () => run(entries.run, name), exact: int64 === "bigint" };
    } catch (error) {
      // Not remembered: the reader may be back on line.
      fetched = undefined;
      const { message } = /** @type {Error} */ (error);
      throw new Error(`[explorable] ${name}: ${message}`);
    }
  };
}
