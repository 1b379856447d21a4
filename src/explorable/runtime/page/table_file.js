// A table of the reader's (CSV, with commas, semicolons or tabs): its columns of numbers, of which
// the reader chooses. The rules are those of parts/upload_files.py.

import { say } from "./words.js";

/** @typedef {{ header: string[], rows: number[][] }} Table */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Cells by row, as they are written. @param {string} text @param {string} between */
function cells(text, between) {
  /** @type {string[][]} */ const rows = [[""]];
  let [quoted, begun] = [false, false];
  for (let k = 0; k < text.length; k++) {
    const sign = text[k];
    const row = rows[rows.length - 1];
    if (quoted && sign === '"' && text[k + 1] === '"') k += 1;
    else if (sign === '"' && (quoted || !begun)) {
      quoted = !quoted;
      begun = true;
      continue;
    } else if (!quoted && (sign === between || sign === "\n" || sign === "\r")) {
      if (sign === between) row.push("");
      else rows.push([""]);
      begun = false;
      continue;
    }
    begun = true;
    row[row.length - 1] += sign;
  }
  return rows.filter((row) => row.some(Boolean));
}

/** What a cell says; where commas do not part cells, one may be a decimal comma. @param {string} cell @param {string} between */
function number(cell, between) {
  let plain = cell.trim().replace(/\u2212/g, "-");
  if (between !== "," && !plain.includes(".")) plain = plain.replace(/,/g, ".");
  return NUMBER.test(plain) ? Number(plain) : NaN;
}

/** @param {string} text @returns {Table} */
export function tableOf(text) {
  const plain = text.replace(/^\ufeff/, "");
  const head = plain.split(/[\r\n]+/).find((line) => line.trim()) ?? "";
  const count = (/** @type {string} */ sign) => head.split(sign).length;
  const between = ["\t", ";", ","].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
  const found = cells(plain, between);
  const rows = found.map((row) => row.map((cell) => number(cell, between)));
  if (rows.length > 1 && rows[0].every(Number.isNaN))
    return { header: found[0].map((cell) => cell.trim()), rows: rows.slice(1) };
  return { header: [], rows };
}

/** Columns of which at least half are numbers. @param {Table} table */
export function numeric({ rows }) {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return [...Array(width).keys()].filter(
    (k) => 2 * rows.filter((row) => Number.isFinite(row[k])).length >= rows.length,
  );
}

/**
 * For each column that is wanted, one of the file: of the same name, else the next of numbers.
 * @param {Table} table @param {string[]} wanted
 */
export function matched(table, wanted) {
  const names = table.header.map((name) => name.toLowerCase());
  const same = wanted.map((name) => names.indexOf(name.toLowerCase()));
  const others = numeric(table).filter((k) => !same.includes(k));
  return same.map((k) => (k < 0 ? (others.shift() ?? -1) : k));
}

/** Rows without a gap in the columns. @param {Table} table @param {number[]} columns */
export const picked = ({ rows }, columns) =>
  rows
    .map((row) => columns.map((k) => row[k]))
    .filter((row) => row.every((x) => Number.isFinite(Math.fround(x))));

/** @param {File} file @param {import("./upload.js").Page} page */
export async function readTable(file, page) {
  const { control, row, words } = page;
  const [least, most] = /** @type {[number, number]} */ (control.upload.rows);
  const wanted = control.upload.columns ?? Array.from({ length: control.shape[1] }, () => "");
  const { name } = file;
  const table = tableOf(await file.text());
  const columns = matched(table, wanted);
  if (!table.rows.length || columns.includes(-1))
    throw new Error(say(words.noTable, { name, n: wanted.length }));

  const give = async () => {
    const rows = picked(table, columns);
    if (rows.length < least) throw new Error(say(words.few, { name, n: rows.length, least }));
    const used = rows.slice(0, most);
    const gaps = table.rows.length - rows.length;
    const told = [say(words.rows, { name, n: used.length })];
    if (gaps) told.push(say(words.gaps, { n: gaps }));
    if (used.length < rows.length) told.push(say(words.first, { n: most, all: rows.length }));
    await page.give(used.flat(), told.join("; "));
  };
  row.querySelector("[data-columns]")?.remove();
  await give();
  const offered = numeric(table);
  if (offered.length > wanted.length) offer();

  /** Menus in which the reader takes other columns. */
  function offer() {
    const menus = Object.assign(document.createElement("span"), { className: "explorable-columns" });
    menus.dataset.columns = "";
    for (const [place, column] of columns.entries()) {
      const called = wanted[place] || say(words.column, { n: place + 1 });
      const menu = document.createElement("select");
      menu.setAttribute("aria-label", called);
      for (const k of offered)
        menu.append(new Option(table.header[k] || say(words.column, { n: k + 1 }), String(k), false, k === column));
      menu.addEventListener("input", () => {
        columns[place] = Number(menu.value);
        give().catch((error) => page.tell(error.message, true));
      });
      const label = document.createElement("label");
      label.append(called, menu);
      menus.append(label);
    }
    row.querySelector(".explorable-tools")?.append(menus);
  }
}
