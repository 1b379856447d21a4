// The live drawing of a figure, laid over its still: marks on a canvas, text and handles as SVG.
// The still stays in the flow and gives the box its size, so nothing on the page moves.

import { paint, scene } from "../scene/index.js";
import { wantedFields } from "./fields.js";
import { Handles } from "./handles.js";
import { plotsOf, svg, write } from "./layers.js";
import { colourOf } from "./role.js";
import { typedTexts } from "./texts.js";
import { Views } from "./view.js";

/** @typedef {import("../spec").Layout} Layout */
/** @typedef {import("../spec").Scene} Scene */
/** @typedef {import("../core/memory.js").Read} Read */
/** @typedef {import("./session.js").Session} Session */

const ROLES = "c0 c1 c2 c3 c4 c5 c6 c7 ink soft grid frame paper".split(" ");

/**
 * @typedef {{ turned: Record<number, number[]>, sounding: string, chosen: Record<string, number> }} Look
 * from where plots in space are seen, by their number; the slot of the samples that are heard; the
 * tokens that are pointed at, by the slot of their strip
 */

export class Stage {
  #element = document.createElement("div");
  #canvas = document.createElement("canvas");
  #text = svg("svg", { class: "explorable-text" });
  #handles = svg("svg", { class: "explorable-handles", role: "none" });
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
  /** @type {Record<string, string> | null} */ #colours = null;
  /** @type {import("../scene/words.js").Words[]} */ #words = [];
  /** @type {Map<number, object>} */ #memories = new Map();
  /** @type {Scene | null} */ drawn = null;
  /** Changes a scene before it is painted. @type {((scene: Scene) => void) | null} */ veil = null;
  /** Draws again what was drawn last. */ again = () => {};
  /** Pictures that are drawn, and how fine. @type {import("../core/field.js").Wanted[]} */ fields = [];
  /** What the reader looks at and hears. @type {Look} */ look = { turned: {}, sounding: "", chosen: {} };
  /** @type {Handles | null} */ #hands = null;
  /** @type {Views | null} */ #views = null;

  /**
   * @param {HTMLElement} box @param {Session} session @param {string} locale
   * @param {{ set: (settings: Record<string, import("../core/controls.js").Value>) => void, pull: (pull: import("../core/drag.js").Pull) => void, words: import("./words.js").Words, alt: string, figure: string }} page
   * @param {AbortSignal} signal
   */
  constructor(box, session, locale, page, signal) {
    this.box = box;
    this.session = session;
    this.locale = locale;
    this.page = page;
    this.#element.className = "explorable-live";
    this.#canvas.setAttribute("role", "img");
    this.#canvas.setAttribute("aria-label", page.alt);
    this.#text.setAttribute("aria-hidden", "true");
    this.#element.append(this.#canvas, this.#text, this.#handles);
    box.append(this.#element);
    if (Handles) this.#hands = new Handles(this, this.#handles, signal);
    if (Views)
      this.#views = new Views(
        this.#handles,
        {
          svg,
          pixel: (event) => this.pixel(event),
          again: () => this.again(),
          words: page.words,
        },
        signal,
      );
    signal.addEventListener("abort", () => {
      this.#element.remove();
      box.removeAttribute("data-live");
    });
  }

  /** Colours may have changed: a theme, a printer. */
  recolour() {
    this.#colours = null;
  }

  /** The simulations began again: ranges are found anew. */
  forget() {
    this.#memories.clear();
  }

  /** A canvas of no size needs no memory; the next drawing gives it its size again. */
  rest() {
    this.#hands?.rest();
    this.#canvas.width = 0;
  }

  /** @param {Layout} layout @param {Read} read */
  draw(layout, read) {
    // Drawn for the width of the still that the page shows, then scaled as the still is.
    const still = [...this.box.querySelectorAll(".explorable-still > svg")].find(
      (picture) => picture.getClientRects().length,
    );
    const shown = still?.getAttribute("viewBox")?.split(" ").map(Number) ?? [
      0,
      0,
      this.box.clientWidth,
    ];
    const { width, height } = (still ?? this.box).getBoundingClientRect();
    if (!width || !height) return;
    let memory = this.#memories.get(shown[2]);
    if (!memory) this.#memories.set(shown[2], (memory = {}));
    this.again = () => this.draw(layout, read);
    const drawn = scene(layout, read, {
      width: shown[2],
      memory,
      locale: this.locale,
      texts: typedTexts?.(this.session),
      ...this.look,
      ...(this.#views ? { ranges: this.#views.ranges } : {}),
    });
    this.drawn = drawn;
    if (this.veil) this.veil(drawn);
    const ratio = (width * devicePixelRatio) / drawn.width;
    const size = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (this.#canvas.width !== size[0] || this.#canvas.height !== size[1])
      [this.#canvas.width, this.#canvas.height] = size;
    else {
      this.#context.resetTransform();
      this.#context.clearRect(0, 0, size[0], size[1]);
    }
    paint(this.#context, drawn, this.#palette(), ratio);
    const words = drawn.panels.flatMap(({ shapes }) => shapes.filter((shape) => shape.kind === "text"));
    write(this.#text, this.#words, words);
    this.#words = words;
    const view = `0 0 ${drawn.width} ${drawn.height}`;
    if (this.#text.getAttribute("viewBox") !== view)
      for (const layer of [this.#text, this.#handles]) layer.setAttribute("viewBox", view);
    this.#hands?.place(drawn, layout, read, width / drawn.width);
    if (wantedFields) {
      const wanted = wantedFields(drawn, plotsOf(layout), ratio, this.page.figure);
      const changed = JSON.stringify(wanted) !== JSON.stringify(this.fields);
      this.fields = wanted;
      if (changed) this.session.repaint();
    }
    this.#views?.place(drawn.panels, plotsOf(layout), read);
    // From here on the drawing stands for the still; it keeps its place.
    this.box.dataset.live = "";
  }

  #palette() {
    if (!this.#colours) {
      this.#colours = Object.fromEntries(
        ROLES.map((role) => [role, colourOf(this.#element, role)]),
      );
    }
    return this.#colours;
  }

  /** @param {MouseEvent} event */
  pixel(event) {
    const { left, top, width, height } = this.#handles.getBoundingClientRect();
    const drawn = /** @type {Scene} */ (this.drawn);
    return {
      x: ((event.clientX - left) / width) * drawn.width,
      y: ((event.clientY - top) / height) * drawn.height,
    };
  }
}
