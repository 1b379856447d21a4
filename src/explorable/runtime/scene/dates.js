// Ticks of an axis of time: whole seconds, minutes, hours, days, months or years of UTC, as fine as
// there is room for.

import { has } from "../core/own.js";

/** @typedef {import("./ticks.js").Tick} Tick */

const SECOND = 1e3;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const MONTH = 30.44 * DAY;
const MONDAY = 4 * DAY; // the first one after the epoch
/** Short names of months, and where the day stands: those of Unicode's CLDR. @type {Record<string, string[]>} */
const MONTHS = {
  en: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" "),
  ta: "ஜன. பிப். மார். ஏப். மே ஜூன் ஜூலை ஆக. செப். அக். நவ. டிச.".split(" "),
};
const DAY_LAST = new Set(["ta"]);
/** Milliseconds, or months. @type {{ every?: number, months?: number }[]} */
const STEPS = [
  ...[1, 5, 15, 30].map((n) => ({ every: n * SECOND })),
  ...[1, 5, 15, 30].map((n) => ({ every: n * MINUTE })),
  ...[1, 3, 6, 12].map((n) => ({ every: n * HOUR })),
  { every: DAY },
  { every: 2 * DAY },
  { every: WEEK },
  { every: 2 * WEEK },
  ...[1, 3, 6, 12, 24, 60, 120, 240, 600, 1200].map((months) => ({ months })),
];

/** @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/** @param {number} time @param {number} step @param {string} language one of MONTHS */
function labelOf(time, step, language) {
  const at = new Date(time);
  const [hours, minutes, seconds] = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  if (step < DAY && time % DAY) {
    const clock = `${two(hours)}:${two(minutes)}`;
    return step < MINUTE ? `${clock}:${two(seconds)}` : clock;
  }
  const month = MONTHS[language][at.getUTCMonth()];
  const day = at.getUTCDate();
  if (step < MONTH) return DAY_LAST.has(language) ? `${month} ${day}` : `${day} ${month}`;
  return step < 12 * MONTH && at.getUTCMonth() ? month : String(at.getUTCFullYear());
}

/**
 * @param {[number, number]} range @param {{ start: number, unit: number }} dates milliseconds
 * @param {number} length pixels @param {(label: string) => number} room that a label takes
 * @param {string} [locale]
 * @returns {Tick[]}
 */
export function dateTicks([low, high], { start, unit }, length, room, locale = "") {
  const tag = locale.split("-")[0].toLowerCase();
  const language = has(MONTHS, tag) ? tag : "en";
  const [from, to] = [start + low * unit, start + high * unit];
  for (const { every, months = 0 } of STEPS) {
    const step = every ?? months * MONTH;
    if ((to - from) / step > length / 12) continue;
    /** @type {number[]} */ const times = [];
    if (every) {
      const shift = every >= WEEK ? MONDAY : 0;
      for (let k = Math.ceil((from - shift) / every); k * every + shift <= to; k++)
        times.push(k * every + shift);
    } else {
      const first = new Date(from);
      const since = 12 * first.getUTCFullYear() + first.getUTCMonth();
      for (let k = Math.floor(since / months) * months; ; k += months) {
        const time = Date.UTC(Math.floor(k / 12), k % 12);
        if (time > to) break;
        if (time >= from) times.push(time);
      }
    }
    const ticks = times.map((time) => ({
      value: (time - start) / unit,
      label: labelOf(time, step, language),
    }));
    const pixels = (step * length) / (to - from);
    if (ticks.every(({ label }) => room(label) <= pixels)) return ticks;
  }
  return [];
}
