// The live drawing of a figure, laid over its still: marks on a canvas, text and handles as SVG.
// The still stays in the flow and gives the box its size, so nothing on the page moves.

import { settled } from "../core/sizes.js";
import { overlaySvg, paint, scene } from "../scene/index.js";
import { bindArea } from "./areas.js";
import { bindBoard } from "./board.js";
import { bindCells } from "./cells.js";
import { bindHandle, isPlace } from "./gestures.js";
import { wantedFields } from "./fields.js";
import { hasFocus } from "./inputs.js";
import { remembering } from "./past.js";
import { bindPaste } from "./paste.js";
import { bindMember, bindPlane } from "./points.js";
import { holdOrbit } from "./orbit.js";
import { holdSound } from "./sound.js";
import { colourOf } from "./theme.js";
import { Views } from "./view.js";
import { holdTokens } from "./tokens.js";
import { say } from "./words.js";

/** @typedef {import("../spec").Layout} Layout */
/** @typedef {import("../spec").Plot} Plot */
/** @typedef {import("../spec").Scene} Scene */
/** @typedef {import("../core/memory.js").Read} Read */
/** @typedef {import("./gestures.js").Grip} Grip */
/** @typedef {import("./session.js").Session} Session */

const SVG = "http://www.w3.org/2000/svg";
const ROLES = [
  "c0",
  "c1",
  "c2",
  "c3",
  "c4",
  "c5",
  "c6",
  "c7",
  "ink",
  "soft",
  "grid",
  "frame",
  "paper",
];
/** Half the side of what a finger or a mouse must hit, in CSS pixels. */
const REACH = { coarse: 22.5, fine: 12.5 };
const KNOB = 10;
const TOLD = 6000; // milliseconds
const BUTTONS = { play: true, plane: true };
/** What a handle is known by in the page, if not by its control. @type {Record<string, string>} */
const NAMED = { drag: "data-drag", play: "data-sound", tokens: "data-tokens", plane: "data-plane", orbit: "data-orbit" };

/** @param {string} name @param {Record<string, string | number>} attributes */
function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return /** @type {SVGElement} */ (element);
}

/** Plots in the order of a scene's panels. @param {Layout} layout @returns {Plot[]} */
const plotsOf = (layout) => (layout.kind === "plot" ? [layout] : layout.children.flatMap(plotsOf));

/**
 * @typedef {{ text: string, now: number, box: number[] | null }} Told
 * @typedef {{ turned: Record<number, number[]>, sounding: string, chosen: Record<string, number> }} Look
 * from where plots in space are seen, by their number; the slot of the samples that are heard; the
 * tokens that are pointed at, by the slot of their strip
 * @typedef {{ element: SVGElement, grip: Grip, describe: () => Told | void, stop?: () => void }} Held
 */

export class Stage {
  #element = document.createElement("div");
  #canvas = document.createElement("canvas");
  #text = svg("svg", { class: "explorable-text" });
  #handles = svg("svg", { class: "explorable-handles" });
  #cursor = svg("rect", { class: "explorable-cursor" });
  #context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
  /** @type {Record<string, string> | null} */ #colours = null;
  #overlay = "";
  /** @type {Held[]} */ #held = [];
  /** @type {Map<number, object>} */ #memories = new Map();
  /** @type {Scene | null} */ drawn = null;
  /** Changes a scene before it is painted. @type {((scene: Scene) => void) | null} */ veil = null;
  /** Draws again what was drawn last. */ again = () => {};
  /** Pictures that are drawn, and how fine. @type {import("../core/field.js").Wanted[]} */ fields = [];
  #note = Object.assign(document.createElement("p"), { className: "explorable-note" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #told;
  /** The point that will have the focus. @type {{ control: string, element: number } | null} */ #focusNext =
    null;
  /** What the reader looks at and hears. @type {Look} */ look = { turned: {}, sounding: "", chosen: {} };
  /** @type {Views | null} */ #views = null;
  #signal;

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
    this.#signal = signal;
    this.#element.className = "explorable-live";
    this.#canvas.setAttribute("role", "img");
    this.#canvas.setAttribute("aria-label", page.alt);
    this.#text.setAttribute("aria-hidden", "true");
    this.#note.setAttribute("role", "status");
    this.#element.append(this.#canvas, this.#text, this.#handles);
    box.append(this.#element);
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
    for (const { stop } of this.#held) stop?.();
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
      texts: this.texts(),
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
    const overlay = overlaySvg(drawn);
    if (overlay !== this.#overlay) this.#text.innerHTML = this.#overlay = overlay;
    const view = `0 0 ${drawn.width} ${drawn.height}`;
    if (this.#text.getAttribute("viewBox") !== view)
      for (const layer of [this.#text, this.#handles]) layer.setAttribute("viewBox", view);
    this.#place(drawn, layout, read, width / drawn.width);
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

  /** What text controls hold, and how it is cut. @returns {import("../scene/scene.js").Texts} */
  texts() {
    return Object.fromEntries(
      Object.entries(this.session.spec.program.controls).flatMap(([name, control]) =>
        control.kind === "text"
          ? [[name, { text: String(this.session.values[name]), tokenizer: control.tokenizer }]]
          : [],
      ),
    );
  }

  #palette() {
    if (!this.#colours) {
      this.#colours = Object.fromEntries(
        ROLES.map((role) => [role, colourOf(this.#element, role)]),
      );
    }
    return this.#colours;
  }

  /**
   * Put the handles where the scene has them, keeping the elements (and so the focus).
   * @param {Scene} drawn
   * @param {Layout} layout
   * @param {Read} read
   * @param {number} scale
   */
  #place(drawn, layout, read, scale) {
    const plots = plotsOf(layout);
    /** @type {Grip[]} */ const grips = [];
    for (const [k, panel] of drawn.panels.entries()) {
      /** @type {Map<number, number>} */ const counted = new Map();
      for (const handle of panel.handles) {
        const mark = plots[k].marks[handle.mark];
        const element = counted.get(handle.mark) ?? 0;
        if (handle.kind !== "plane") counted.set(handle.mark, element + 1);
        const control = this.session.spec.program.controls[handle.control];
        if (control || mark.drag || handle.kind in NAMED)
          grips.push({
            handle,
            panel,
            number: k,
            mark: settled ? settled(mark, read) : mark,
            element,
            control,
            xs: isPlace(handle) || handle.kind in NAMED ? [] : positions(mark, read),
          });
      }
    }
    const same =
      grips.length === this.#held.length &&
      grips.every(
        (grip, k) =>
          grip.handle.kind === this.#held[k].grip.handle.kind &&
          grip.handle.control === this.#held[k].grip.handle.control,
      );
    if (!same) this.#replace(grips);
    const reach = REACH[matchMedia("(pointer: coarse)").matches ? "coarse" : "fine"] / scale;
    for (const [k, grip] of grips.entries()) {
      const held = this.#held[k];
      held.grip = grip;
      const { element } = held;
      const { handle } = grip;
      if (isPlace(handle)) {
        element.setAttribute("transform", `translate(${handle.x} ${handle.y})`);
        element.firstElementChild?.setAttribute("r", String(reach));
        element.lastElementChild?.setAttribute("r", String(KNOB / scale));
      } else {
        for (const [name, value] of Object.entries({
          x: handle.x,
          y: handle.y,
          width: handle.width,
          height: handle.height,
        }))
          element.setAttribute(name, String(value));
      }
    }
    this.describe();
  }

  /** @param {Grip[]} grips */
  #replace(grips) {
    const focused = this.#held.find(({ element }) => hasFocus(element))?.grip;
    for (const { element } of this.#held) element.remove();
    this.#held = grips.map((grip) => {
      const { handle, control } = grip;
      const attributes = {
        class: `explorable-handle explorable-handle-${handle.kind}`,
        role: handle.kind in BUTTONS ? "button" : "slider",
        tabindex: 0,
        "aria-label":
          handle.kind === "plane" ? say(this.page.words.add, { name: handle.label }) : handle.label,
        [NAMED[handle.kind] ?? "data-control"]: handle.control,
      };
      const element = svg(isPlace(handle) ? "g" : "rect", attributes);
      if (isPlace(handle))
        element.append(
          svg("circle", { class: "explorable-reach" }),
          svg("circle", { class: "explorable-knob" }),
        );
      if (handle.kind in BUTTONS || (control?.kind === "tensor" && control.dtype === "bool"))
        element.classList.add("explorable-tap");
      /** @type {Held} */ const held = { element, grip, describe: () => {} };
      const look = { orbit: holdOrbit, play: holdSound, tokens: holdTokens }[String(handle.kind)];
      if (look) return look(held, this, this.#signal);
      const bind = isPlace(handle)
        ? bindHandle
        : ({ numbers: bindCells, board: bindBoard }[String(handle.kind)] ?? bindArea);
      const set = remembering?.(element, handle.control, this.session, this.page.set, this.#signal);
      const page = {
        value: (/** @type {string} */ name) => this.session.values[name],
        set: set ?? this.page.set,
        pull: this.page.pull,
        pixel: (/** @type {MouseEvent} */ event) => this.pixel(event),
        words: this.page.words,
        moved: () => this.describe(),
        focusNext: (/** @type {string} */ name, /** @type {number} */ which) =>
          (this.#focusNext = { control: name, element: which }),
        tell: (/** @type {string} */ text) => this.#tell(text),
      };
      const given = () => held.grip;
      if (handle.kind === "plane") bindPlane(element, given, page, this.#signal);
      else held.describe = bind(element, given, page, this.#signal);
      if (handle.kind === "point" && grip.mark.edit?.grows)
        bindMember(element, given, page, this.#signal);
      if (control?.kind === "tensor" && bindPaste) bindPaste(element, given, page, this.#signal);
      for (const type of ["focus", "blur"])
        element.addEventListener(type, () => this.describe(), { signal: this.#signal });
      return held;
    });
    // Points lie over areas that are painted, whichever was drawn first.
    const elements = this.#held.map(({ element }) => element);
    this.#handles.append(
      ...elements.filter(({ localName }) => localName === "rect"),
      this.#cursor,
      ...elements.filter(({ localName }) => localName === "g"),
    );
    const next = this.#focusNext ?? (focused && { ...focused, control: focused.handle.control });
    this.#focusNext = null;
    if (next)
      this.#held
        .find(
          ({ grip }) =>
            grip.handle.control === next.control && isPlace(grip.handle) && grip.element === next.element,
        )
        ?.element.focus({ preventScroll: true });
  }

  /** What the reader cannot do, for a while. @param {string} text */
  #tell(text) {
    clearTimeout(this.#told);
    this.#note.textContent = text;
    this.#element.append(this.#note);
    this.#told = setTimeout(() => this.#note.remove(), TOLD);
  }

  /** Tell screen readers the values, and show the cursor of the handle that has the focus. */
  describe() {
    let box = null;
    for (const { element, describe } of this.#held) {
      const told = describe();
      if (!told) continue;
      element.setAttribute("aria-valuetext", told.text);
      element.setAttribute("aria-valuenow", String(told.now));
      if (hasFocus(element)) box = told.box;
    }
    this.#cursor.toggleAttribute("hidden", !box);
    const names = ["x", "y", "width", "height"];
    for (const [k, value] of (box ?? [0, 0, 0, 0]).entries())
      this.#cursor.setAttribute(names[k], String(value));
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

/**
 * Where the elements of a bar chart or a curve lie.
 * @param {import("../spec").Mark} mark
 * @param {Read} read
 * @returns {number[]}
 */
function positions(mark, read) {
  if (mark.kind === "curve") return Array.from(read(mark.xy).data).filter((_, k) => k % 2 === 0);
  if (mark.kind !== "bars") return [];
  if (mark.x) return Array.from(read(mark.x).data);
  const { shape } = read(mark.heights);
  return Array.from({ length: shape[shape.length - 1] }, (_, k) => k);
}
