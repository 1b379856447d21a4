// Runs an entry of a module. What the compiled code traps at is a loop that does not end.

/** @param {() => void} entry @param {string} name */
export function run(entry, name) {
  try {
    entry();
  } catch (error) {
    const trapped = /unreachable/i.test(/** @type {Error} */ (error).message);
    throw trapped ? new Error(`a while_loop in '${name}' does not end`) : error;
  }
}
