// Plots that are looked into: one rectangle over the data area of each hears pointer and keys, for
// the part that reads values and the part that zooms. It lies under all handles.

import { Reading } from "./reading.js";
import { Zoom } from "./zoom.js";

/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").Panel} Panel */
/** @typedef {import("../core/memory.js").Read} Read */
/** @typedef {{ x: number, y: number }} Place */
/**
 * What a view has of the page.
 * @typedef {object} Page
 * @property {(name: string, attributes: Record<string, string | number>) => SVGElement} svg
 * @property {(event: MouseEvent) => Place} pixel
 * @property {() => void} again draws anew
 * @property {import("./words.js").Words} words
 */
/** @typedef {Partial<Pick<Plot, "x" | "y">>} Ranges */
/** What is seen of a plot now. @typedef {{ plot: Plot, panel: Panel, read: Read }} Seen */

export class Views {
  /** Ranges that the reader has chosen, by the number of the plot. @type {Record<number, Ranges>} */
  ranges = {};
  /** @type {Map<number, (seen: Seen) => void>} */ #shown = new Map();

  /** @param {SVGElement} layer @param {Page} page @param {AbortSignal} signal */
  constructor(layer, page, signal) {
    this.page = page;
    this.signal = signal;
    this.layer = page.svg("g", {});
    layer.prepend(this.layer);
  }

  /** @param {Panel[]} panels @param {Plot[]} plots @param {Read} read */
  place(panels, plots, read) {
    for (const [k, plot] of plots.entries()) {
      if (!(plot.hover || plot.zoom) || !panels[k].width) continue;
      let show = this.#shown.get(k);
      if (!show) this.#shown.set(k, (show = this.#begin(k, plot)));
      show({ plot, panel: panels[k], read });
    }
  }

  /** @param {number} k @param {Plot} plot */
  #begin(k, plot) {
    const { page, signal } = this;
    const element = page.svg("rect", {
      class: "explorable-handle explorable-view",
      role: plot.hover ? "slider" : "img",
      tabindex: 0,
      "aria-label": plot.hover ? page.words.read : page.words.zoom,
    });
    // One finger scrolls the page; sideways it reads, two zoom.
    element.style.touchAction = plot.zoom ? "pan-x pan-y" : "pan-y";
    element.style.cursor = plot.zoom ? "grab" : "default";
    this.layer.append(element);
    /** @type {Seen | null} */ let seen = null;
    const now = () => /** @type {Seen} */ (seen);
    const reading = plot.hover ? new Reading(element, this.layer, now, page, signal) : null;
    if (plot.zoom)
      new Zoom(element, now, page, signal, (ranges) => {
        if (ranges) this.ranges[k] = ranges;
        else delete this.ranges[k];
        page.again();
      });
    return (/** @type {Seen} */ next) => {
      seen = next;
      const { x, y, width, height } = next.panel;
      for (const [name, value] of Object.entries({ x, y, width, height }))
        element.setAttribute(name, String(value));
      reading?.show();
    };
  }
}
