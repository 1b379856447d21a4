// A tensor that has the focus takes numbers from a spreadsheet, and gives its own.

import { elementOf } from "./gestures.js";
import { hasFocus } from "./focus.js";
import { say } from "./words.js";

/** @typedef {import("./gestures.js").Grip} Grip */
/** @typedef {import("../core/controls.js").Value} Value */

/** Words that tables have for true and false. @type {Record<string, number>} */
const WORDS = { true: 1, false: 0, "": 0 };

/**
 * Rows of numbers; null where something is none.
 * @param {string} text
 */
export function table(text) {
  const lines = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n");
  const between = text.includes("\t") ? "\t" : text.includes(";") ? ";" : /,\s|,|\s+/;
  const rows = lines.map((line) =>
    line
      .trim()
      .split(between)
      .map((cell) => {
        const plain = cell.trim().toLowerCase().replace("−", "-");
        return plain in WORDS ? WORDS[plain] : Number(between === "\t" || between === ";" ? plain.replace(",", ".") : plain);
      }),
  );
  return rows.flat().every(Number.isFinite) ? rows : null;
}

/**
 * @param {SVGElement} element @param {() => Grip} grip
 * @param {{ value: (control: string) => Value, set: (settings: Record<string, Value>) => void, tell: (text: string) => void, words: import("./words.js").Words }} page
 * @param {AbortSignal} signal
 */
export function bindPaste(element, grip, page, signal) {
  document.addEventListener(
    "paste",
    (event) => {
      if (!hasFocus(element)) return;
      event.preventDefault();
      const at = grip();
      const { shape } = /** @type {import("./gestures.js").Edit} */ (at.mark.edit);
      const rows = table(event.clipboardData?.getData("text/plain") ?? "");
      if (!rows) return page.tell(page.words.noTable);
      const [height, width] = shape.length === 1 ? [1, shape[0]] : shape;
      const column = shape.length === 1 && rows.every((row) => row.length === 1);
      const given = column ? [rows.flat()] : rows;
      if (given.length !== height || given.some((row) => row.length !== width) || shape.length > 2) {
        const got = `${rows.length} × ${Math.max(...rows.map((row) => row.length))}`;
        return page.tell(say(page.words.shape, { wanted: `${height} × ${width}`, got }));
      }
      const numbers = [.../** @type {number[]} */ (page.value(at.handle.control))];
      for (const [k, number] of given.flat().entries()) numbers[elementOf(at, k)] = number;
      page.set({ [at.handle.control]: numbers });
    },
    { signal },
  );
  document.addEventListener(
    "copy",
    (event) => {
      if (!hasFocus(element)) return;
      event.preventDefault();
      const at = grip();
      const { shape } = /** @type {import("./gestures.js").Edit} */ (at.mark.edit);
      const width = shape[shape.length - 1];
      const count = shape.reduce((product, extent) => product * extent, 1);
      const numbers = /** @type {number[]} */ (page.value(at.handle.control));
      const cells = Array.from({ length: count }, (_, k) =>
        String(Number(Number(numbers[elementOf(at, k)]).toPrecision(7))),
      );
      const lines = cells.map((cell, k) => cell + ((k + 1) % width ? "\t" : "\n"));
      event.clipboardData?.setData("text/plain", lines.join(""));
    },
    { signal },
  );
}
