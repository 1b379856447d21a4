// What all figures of a page share, whichever version of the runtime they came with: controls by
// name and equal definition, compiled modules and files by URL. Its shape never changes; a new
// shape is a new symbol.

/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {import("../spec").Control} Control */
/** @typedef {{ value: Value, listeners: Set<(value: Value) => void> }} Shared */
/**
 * @typedef {object} Store
 * @property {Map<string, Shared>} controls
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

/**
 * Join a shared control; `hear` is called when another bundle sets it.
 * @param {string} name @param {Control} control @param {(value: Value) => void} hear
 * @returns {{ value: Value, tell: (value: Value) => void, leave: () => void }}
 */
export function join(name, control, hear) {
  // Where it lies in memory is each bundle's own business.
  const definition = JSON.stringify(
    { ...control, slot: undefined, classSlot: undefined },
    (_, value) =>
      value && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort())
        : value,
  );
  const { controls } = store();
  const key = `${name} ${definition}`;
  let shared = controls.get(key);
  if (!shared) controls.set(key, (shared = { value: control.value, listeners: new Set() }));
  const { listeners } = shared;
  listeners.add(hear);
  const joined = shared;
  return {
    value: joined.value,
    tell(value) {
      joined.value = value;
      for (const listener of listeners) if (listener !== hear) listener(value);
    },
    leave: () => void listeners.delete(hear),
  };
}
