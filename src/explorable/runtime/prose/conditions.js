// Conditions of sentences: comparisons joined by `and` and `or`. figures/conditions.py reads the same.

/** @typedef {(name: string) => number | string | boolean} Lookup */
/** @typedef {{ negated: boolean, left: string, operator?: string, right?: string }} Clause */

const CLAUSE = /^(not\s+)?(.+?)\s*(?:(<=|>=|==|!=|<|>)\s*(.+))?$/;
const NUMBER = /^[-−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const QUOTED = /^(['"])(.*)\1$/;

/** Alternatives of clauses that all hold. @param {string} text @returns {Clause[][]} */
export function parse(text) {
  return text.split(/\s+or\s+/).map((all) =>
    all.split(/\s+and\s+/).map((clause) => {
      const match = CLAUSE.exec(clause.trim());
      if (!match) throw new Error(`'${text}' is no condition`);
      const [, not, left, operator, right] = match;
      return { negated: Boolean(not), left: left.trim(), operator, right: right?.trim() };
    }),
  );
}

/** The names that a condition reads. @param {string} text */
export const names = (text) =>
  parse(text).flatMap((all) =>
    all.flatMap(({ left, right }) =>
      [left, right ?? "0"].filter((term) => !NUMBER.test(term) && !QUOTED.test(term)),
    ),
  );

/** @param {string} term @param {Lookup} lookup */
function valueOf(term, lookup) {
  const quoted = QUOTED.exec(term);
  if (quoted) return quoted[2];
  return NUMBER.test(term) ? Number(term.replace("−", "-")) : lookup(term);
}

/** Does it hold? @param {string} text @param {Lookup} lookup */
export const holds = (text, lookup) =>
  parse(text).some((all) =>
    all.every(({ negated, left, operator, right }) => {
      const a = valueOf(left, lookup);
      const b = right === undefined ? false : valueOf(right, lookup);
      return compare(a, operator, b) !== negated;
    }),
  );

/**
 * @param {number | string | boolean} a @param {string | undefined} operator
 * @param {number | string | boolean} b
 * @returns {boolean}
 */
function compare(a, operator, b) {
  switch (operator) {
    case undefined:
      return Boolean(a);
    case "==":
      return a === b || (typeof a !== "string" && typeof b !== "string" && Number(a) === Number(b));
    case "!=":
      return !compare(a, "==", b);
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    default:
      return a >= b;
  }
}
