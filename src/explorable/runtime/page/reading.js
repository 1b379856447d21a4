// The exact values of the datum nearest to the pointer, or that the arrow keys have gone to: a ring
// around it, its numbers beside it, and in words for a screen reader.

import { Frame } from "../scene/frame.js";
import { barsOf, boxesOf } from "../scene/marks/bars.js";
import { placeOf } from "../scene/marks/heatmap.js";
import { textOf, widthOf } from "../scene/text.js";
import { say } from "./words.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../scene/frame.js").Box} Box */
/** @typedef {import("./view.js").Seen} Seen */
/**
 * The data of one mark: how many, where the i-th lies, what it says; `wide` in a row, if they stand
 * in rows.
 * @typedef {object} Data
 * @property {string} name
 * @property {number} count
 * @property {(i: number) => Box} box a place has no size
 * @property {(i: number) => string} tell
 * @property {number} [wide]
 */

const SIZE = 12;
const LINE = 16;
const RING = 5.5;
const GAP = 9;
const DIGITS = 6;

/** @param {number} value */
const exact = (value) => String(Number(Number(value).toPrecision(DIGITS))).replace("-", "−");

/** @param {Plot} plot @param {number} value */
function acrossOf({ xNames, xDates }, value) {
  if (xNames) return xNames[Math.round(value)] ?? exact(value);
  if (!xDates) return exact(value);
  return new Date(xDates.start + value * xDates.unit).toISOString().slice(0, 16).replace("T", " ");
}

/**
 * What can be read in a plot.
 * @param {Seen} seen @param {import("./words.js").Words} words
 * @returns {Data[]}
 */
export function dataOf({ plot, panel, read }, words) {
  const frame = new Frame(panel, panel);
  const upOf = (/** @type {number} */ y) => plot.yNames?.[Math.round(y)] ?? exact(y);
  return plot.marks.flatMap((mark) => {
    const name = mark.name ?? "";
    if (mark.kind === "curve" || mark.kind === "scatter") {
      const { data } = read(mark.xy);
      const classes = mark.kind === "scatter" && mark.labels ? read(mark.labels).data : null;
      const values = mark.kind === "scatter" && mark.colours ? read(mark.colours).data : null;
      const named = (/** @type {number} */ i) =>
        (mark.kind === "scatter" && classes && mark.classes?.[Number(classes[i])]) || name;
      return {
        name,
        count: data.length / 2,
        box: (i) => ({
          x: frame.across(data[2 * i]),
          y: frame.up(data[2 * i + 1]),
          width: 0,
          height: 0,
        }),
        tell: (i) =>
          [
            named(i),
            `x ${acrossOf(plot, data[2 * i])}, y ${upOf(data[2 * i + 1])}`,
            values ? exact(values[i]) : "",
          ]
            .filter(Boolean)
            .join("\n"),
      };
    }
    if (mark.kind === "bars" && barsOf) {
      const { places, count } = barsOf(mark, read);
      const { data } = read(mark.heights);
      const boxes = boxesOf(mark, read, frame);
      return {
        name,
        count: data.length,
        box(i) {
          const [x, y, width, height] = boxes.subarray(4 * i, 4 * i + 4);
          return { x, y, width, height };
        },
        tell: (i) => {
          const label = mark.labels?.[i % count];
          const group = mark.classes?.[Math.floor(i / count)] ?? name;
          const place = label ? textOf(label, read) : acrossOf(plot, places[i % count]);
          return [group, `${place}: ${exact(data[i])}`].filter(Boolean).join("\n");
        },
        wide: count,
      };
    }
    if (mark.kind === "heatmap" && placeOf) {
      const { data, shape } = read(mark.values);
      const [rows, columns] = shape;
      const whole = frame.box(...placeOf(mark, read));
      const [width, height] = [whole.width / columns, whole.height / rows];
      const label = (/** @type {typeof mark.rows} */ labels, /** @type {number} */ k) =>
        (Array.isArray(labels) && labels[k]) || k + 1;
      return {
        name,
        count: data.length,
        box: (i) => ({
          x: whole.x + (i % columns) * width,
          y: whole.y + Math.floor(i / columns) * height,
          width,
          height,
        }),
        tell: (i) =>
          say(words.cell, {
            row: label(mark.rows, Math.floor(i / columns)),
            column: label(mark.columns, i % columns),
            value: exact(data[i]),
          }),
        wide: columns,
      };
    }
    return [];
  });
}

/** @param {Box} box @param {{ x: number, y: number }} at pixels from it; 0 inside */
const distance = ({ x, y, width, height }, at) =>
  Math.hypot(Math.max(x - at.x, 0, at.x - x - width), Math.max(y - at.y, 0, at.y - y - height));

/** @param {SVGElement} element @param {Box} box */
function put(element, box) {
  for (const [name, value] of Object.entries(box)) element.setAttribute(name, String(value));
}

export class Reading {
  /** @type {{ data: number, i: number } | null} */ #chosen = null;

  /**
   * @param {SVGElement} element @param {SVGElement} layer @param {() => Seen} seen
   * @param {import("./view.js").Page} page @param {AbortSignal} signal
   */
  constructor(element, layer, seen, page, signal) {
    this.element = element;
    this.seen = seen;
    this.page = page;
    this.ring = page.svg("rect", { class: "ex-ink", stroke: "currentColor", "stroke-width": 1.5 });
    this.plate = page.svg("rect", { class: "ex-paper", fill: "currentColor", opacity: 0.88, rx: 3 });
    this.text = page.svg("text", { class: "ex-ink", fill: "currentColor", "font-size": SIZE });
    const parts = [this.ring, this.plate, this.text];
    for (const part of parts) part.setAttribute("pointer-events", "none");
    layer.append(...parts);
    /** @param {string} type @param {(event: any) => void} hear reason: each event has its own type */
    const on = (type, hear) => element.addEventListener(type, hear, { signal });
    const near = (/** @type {PointerEvent} */ event) => {
      if (event.pointerType === "mouse" && event.buttons) return;
      this.#nearest(page.pixel(event));
    };
    on("pointermove", near);
    on("pointerdown", near);
    on("pointerleave", (/** @type {PointerEvent} */ event) => {
      if (event.pointerType === "mouse") this.#choose(null);
    });
    on("focus", () => {
      if (!this.#chosen && element.matches(":focus-visible")) this.#choose({ data: 0, i: 0 });
    });
    on("blur", () => this.#choose(null));
    on("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
  }

  /** @param {{ x: number, y: number }} at */
  #nearest(at) {
    let least = Infinity;
    let found = null;
    for (const [data, { count, box }] of dataOf(this.seen(), this.page.words).entries()) {
      for (let i = 0; i < count; i++) {
        const away = distance(box(i), at);
        // Of those that are equally near the one drawn last, which lies on top.
        if (away <= least) [least, found] = [away, { data, i }];
      }
    }
    this.#choose(found);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = dataOf(this.seen(), this.page.words);
    const { data, i } = this.#chosen ?? { data: 0, i: 0 };
    if (!all[data]) return;
    const { count, wide } = all[data];
    const sideways = Number(event.key === "ArrowRight") - Number(event.key === "ArrowLeft");
    const down = Number(event.key === "ArrowDown") - Number(event.key === "ArrowUp");
    let next = { data, i };
    if (event.key === "Escape") return this.#choose(null);
    if (event.key === "Home") next.i = 0;
    else if (event.key === "End") next.i = count - 1;
    else if (sideways) next.i = Math.max(0, Math.min(count - 1, i + sideways));
    else if (down && wide && i + down * wide >= 0 && i + down * wide < count) next.i += down * wide;
    else if (down) {
      next.data = (data + down + all.length) % all.length;
      if (next.data !== data) next.i = Math.min(i, all[next.data].count - 1);
    } else return;
    event.preventDefault();
    this.#choose(next);
  }

  /** @param {{ data: number, i: number } | null} chosen */
  #choose(chosen) {
    this.#chosen = chosen;
    this.show();
  }

  /** The chosen datum where it is now: its numbers may have moved. */
  show() {
    const seen = this.seen();
    const all = dataOf(seen, this.page.words);
    const at = this.#chosen && all[this.#chosen.data];
    const { i } = this.#chosen ?? { i: 0 };
    const box = at && i < at.count ? at.box(i) : null;
    const told = at && box ? at.tell(i) : "";
    const { panel } = seen;
    const inside =
      box && distance(panel, { x: box.x + box.width / 2, y: box.y + box.height / 2 }) < 1;
    for (const part of [this.ring, this.plate])
      part.setAttribute("visibility", inside ? "visible" : "hidden");
    this.text.textContent = "";
    this.element.setAttribute("aria-valuenow", String(i));
    this.element.setAttribute("aria-valuetext", told.replace(/\n/g, ", "));
    if (!inside) return;
    const reach = box.width ? 0 : RING;
    put(this.ring, {
      x: box.x - reach,
      y: box.y - reach,
      width: box.width + 2 * reach,
      height: box.height + 2 * reach,
    });
    this.ring.setAttribute("rx", String(reach));
    const lines = told.split("\n");
    const width = Math.max(...lines.map((line) => widthOf(line, SIZE)));
    const right = box.x + box.width + GAP + width <= panel.x + panel.width + GAP;
    const x = right ? box.x + box.width + GAP : Math.max(panel.x + 2, box.x - GAP - width);
    const above = box.y - GAP - LINE * (lines.length - 1) - SIZE > panel.y;
    const y = above ? box.y - GAP - LINE * (lines.length - 1) : box.y + box.height + GAP + SIZE;
    const height = LINE * lines.length;
    put(this.plate, { x: x - 4, y: y - SIZE - 1, width: width + 8, height: height + 2 });
    this.text.append(
      ...lines.map((line, k) => {
        const part = this.page.svg("tspan", { x, y: y + k * LINE });
        part.textContent = line;
        return part;
      }),
    );
  }
}
