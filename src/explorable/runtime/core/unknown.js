// What is said of a name that nobody has: the nearest, and all there are.

/**
 * `unknown control 'thta'; nearest 'theta'; one of: theta, z`
 * @param {string} what @param {string} name @param {string[]} names
 */
export function unknown(what, name, names) {
  const nearest = [...names].sort((a, b) => distance(name, a) - distance(name, b))[0];
  const near = nearest !== undefined && distance(name, nearest) <= 1 + name.length / 3;
  return `unknown ${what} '${name}'${near ? `; nearest '${nearest}'` : ""}; one of: ${names.join(", ")}`;
}

/** Edits between two names. @param {string} a @param {string} b */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let k = 0; k < b.length; k++) {
      next.push(Math.min(row[k + 1] + 1, next[k] + 1, row[k] + Number(a[i] !== b[k])));
    }
    row = next;
  }
  return row[b.length];
}
