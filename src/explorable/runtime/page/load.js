// Gets what a bundle names: bytes and compiled modules, each once per page.

import { has } from "../core/own.js";
import { relaxed } from "../core/relaxed.js";
import { store } from "./store.js";

/**
 * A file beside the spec; a name may not lead elsewhere.
 * @param {string} base
 * @param {string} name
 */
export function urlOf(base, name) {
  if (!/^[\w.-]+$/.test(name) || name.startsWith("."))
    throw new Error(`'${name}' is not a file name`);
  return new URL(name, base).href;
}

/**
 * The module of a part of the runtime; none where it is here already. Browsers remember by its address that a
 * module did not come; asked for by another, it may.
 * @param {string} base @param {string | undefined} name
 */
export async function bring(base, name) {
  const url = name && urlOf(base, name);
  return url && import(url).catch(() => import(`${url}#${Date.now()}`));
}

/** @param {string} text base64 */
export const decode = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/**
 * @template T
 * @param {Map<string, Promise<T>>} known
 * @param {string} key
 * @param {() => Promise<T>} make
 * @returns {Promise<T>}
 */
function once(known, key, make) {
  let promise = known.get(key);
  if (!promise) {
    promise = make();
    known.set(key, promise);
    // A failure is not remembered: the reader may be back on line.
    promise.catch(() => known.delete(key));
  }
  return promise;
}

/** @param {string} url */
async function response(url) {
  /** @type {Response | undefined} */ let answer;
  try {
    answer = await fetch(url);
  } catch {
    // No network, or another origin that does not allow it: the browser does not say which.
  }
  if (answer?.ok) return answer;
  throw new Error(`${url.split("/").pop()} cannot be loaded (${answer?.status ?? "no answer"})`);
}

/** @param {string} base @param {string} name @returns {Promise<Uint8Array>} */
export function bytes(base, name) {
  const { files, inline } = store();
  if (has(inline, name)) return Promise.resolve(decode(inline[name]));
  const url = urlOf(base, name);
  return once(files, url, async () => new Uint8Array(await (await response(url)).arrayBuffer()));
}

/**
 * @param {string} base
 * @param {import("../spec").Program} program
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(base, { wasm, fast }) {
  const name = fast && wasm.relaxed && relaxed() ? wasm.relaxed : wasm.plain;
  const { modules, inline } = store();
  if (has(inline, name)) return WebAssembly.compile(decode(inline[name]));
  const url = urlOf(base, name);
  return once(modules, url, async () => {
    const answer = await response(url);
    // Many static hosts serve wasm with the wrong type, which compileStreaming refuses.
    return answer.headers.get("content-type") === "application/wasm"
      ? WebAssembly.compileStreaming(answer)
      : WebAssembly.compile(await answer.arrayBuffer());
  });
}
