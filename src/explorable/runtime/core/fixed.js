// The most usual of Python's format specs, `.2f` and its like: most figures need no other (format.js).

export const MOST_DIGITS = 100; // what toFixed and toExponential take
export const BEYOND = 25; // a double that is no tie differs from one within this many digits

/**
 * The first element of a slot as `format(tensor.item(), ".2f")` in Python; undefined for other specs.
 * @param {import("./format.js").Numbers} numbers @param {string} spec
 */
export function formatFixed({ data, dtype }, spec) {
  const [, digits] = /^\.(\d+)f$/.exec(spec) ?? [];
  if (!digits || dtype.startsWith("complex")) return;
  const value = Number(data[0]);
  const text = Number.isFinite(value)
    ? fixed(Math.abs(value), Number(digits))
    : Number.isNaN(value)
      ? "nan"
      : "inf";
  return (value < 0 || Object.is(value, -0) ? "-" : "") + text;
}

/** @param {number} x @param {number} digits */
export function fixed(x, digits) {
  if (x >= 1e21) return BigInt(x).toString() + (digits ? `.${"0".repeat(digits)}` : "");
  const shown = Math.min(digits, MOST_DIGITS);
  const longer = x.toFixed(Math.min(shown + BEYOND, MOST_DIGITS));
  const text = halfEven(longer, longer.indexOf(".") + 1 + shown, shown ? 0 : 1) ?? x.toFixed(shown);
  return text + "0".repeat(digits - shown);
}

/**
 * Where JavaScript rounds a tie up and Python to even: the text cut at `end`, or null if there is
 * no such tie.
 * @param {string} digits
 * @param {number} end
 * @param {number} dot 1 if the cut text ends in the point
 */
export function halfEven(digits, end, dot) {
  if (!/^50*$/.test(digits.slice(end))) return null;
  const kept = digits.slice(0, end - dot);
  return Number(kept[kept.length - 1]) % 2 === 0 ? kept : null;
}
