// A control that figures of several bundles share: one value, found in the page's store by its name
// and by what it may be. Left out of pages where nothing is shared.

import { store } from "./store.js";

/** @typedef {import("../spec").Control} Control */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {import("./store.js").Shared} Shared */
/** @typedef {import("./store.js").User} User */

// Where it lies in memory and how it is shown is each bundle's own business.
const OWN = ["slot", "classSlot", "label", "unit", "play", "examples", "lengthSlot"];

/**
 * JSON in one order of keys, less those named.
 * @param {object} control @param {string[]} [without]
 */
export const spelled = (control, without = OWN) =>
  JSON.stringify(control, (key, value) =>
    without.includes(key)
      ? undefined
      : value && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort())
        : value,
  );

/**
 * Join a shared control; `hear` is called when another bundle sets it. Two definitions under one
 * name: all who use it fail, and say whose they are.
 * @param {string} name @param {Control} control @param {(value: Value) => void} hear @param {User} user
 * @returns {{ value: Value, tell: (value: Value) => void, leave: () => void }}
 */
function join(name, control, hear, user) {
  const { controls } = store();
  const wanted = spelled(control);
  /** @type {Shared | undefined} */ let shared;
  /** @type {Shared | undefined} */ let other;
  let definition = "";
  for (const [key, found] of controls) {
    if (!key.startsWith(`${name} `)) continue;
    const known = spelled(JSON.parse(key.slice(name.length)));
    if (known === wanted) shared = found;
    else {
      other = found;
      definition = known;
    }
  }
  if (!shared) {
    shared = { value: control.value, listeners: new Set() };
    controls.set(`${name} ${spelled(control, OWN.slice(0, 2))}`, shared);
  }
  const joined = shared;
  const users = (joined.users ??= []);
  users.push(user);
  if (other) {
    const theirs = other.users ?? [];
    const error = new Error(
      `control '${name}' is defined twice on this page: ${wanted} in '${user.figure}', ` +
        `${definition} in '${theirs[0]?.figure ?? "another figure"}'; rename one or make them equal`,
    );
    for (const { fail } of [...users, ...theirs]) fail(error);
  }
  joined.listeners.add(hear);
  return {
    value: joined.value,
    tell(value) {
      joined.value = value;
      for (const listener of joined.listeners) if (listener !== hear) listener(value);
    },
    leave() {
      joined.listeners.delete(hear);
      users.splice(users.indexOf(user), 1);
      // Nobody's: in a notebook the next figure may define it anew.
      for (const [key, found] of controls)
        if (found === joined && !joined.listeners.size) controls.delete(key);
    },
  };
}

/**
 * @typedef {object} Sharing
 * @property {(name: string, value: Value) => void} tell
 * @property {() => void} leave
 */

/**
 * Join all controls of a bundle that are shared; `take` is given what they are already, and what
 * others make of them.
 * @param {import("../spec").Spec} spec @param {(name: string, value: Value) => void} take
 * @param {(error: Error) => void} fail
 * @returns {Sharing}
 */
export function shareAll({ program, figures }, take, fail) {
  /** @type {Map<string, ReturnType<typeof join>>} */ const joined = new Map();
  const figure = Object.keys(figures).join(", ");
  for (const [name, control] of Object.entries(program.controls)) {
    if (!control.shared) continue;
    const shared = join(name, control, (value) => take(name, value), { figure, fail });
    joined.set(name, shared);
    if (shared.value !== control.value) take(name, shared.value);
  }
  return {
    tell: (name, value) => joined.get(name)?.tell(value),
    leave: () => joined.forEach(({ leave }) => leave()),
  };
}
