// What all figures of a page share, whichever version of the runtime they came with: controls by
// name and equal definition, compiled modules and files by URL. Its shape never changes; a new
// shape is a new symbol.

/** @typedef {import("../core/controls.js").Value} Value */
/**
 * `users` came later: a runtime without it has nobody there.
 * @typedef {{ value: Value, listeners: Set<(value: Value) => void>, users?: User[] }} Shared
 */
/** @typedef {{ figure: string, fail: (error: Error) => void }} User one who shares a control */
/**
 * @typedef {object} Store
 * @property {Map<string, Shared>} controls by name, a space, and the definition as JSON
 * @property {Map<string, Promise<WebAssembly.Module>>} modules
 * @property {Map<string, Promise<Uint8Array>>} files
 * @property {Record<string, string>} inline files of a single HTML file or a notebook: base64 by file name
 */

const KEY = Symbol.for("explorable.store.1");

/** @returns {Store} */
export function store() {
  const page = /** @type {Record<symbol, Store | undefined>} */ (
    /** @type {unknown} */ (globalThis)
  );
  // A host may have put `inline` there before any runtime came.
  const found = page[KEY] ?? (page[KEY] = /** @type {Store} */ ({}));
  found.controls ??= new Map();
  found.modules ??= new Map();
  found.files ??= new Map();
  found.inline ??= {};
  return found;
}
