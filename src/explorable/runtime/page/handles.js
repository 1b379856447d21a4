// What the reader takes hold of in a drawing: an element over each handle of a scene, with what a
// mouse, a finger and the keys do there, and the values told to screen readers.

import { settled } from "../core/sizes.js";
import { bindArea } from "./areas.js";
import { bindBoard } from "./board.js";
import { bindCells } from "./cells.js";
import { bindHandle, isPlace } from "./gestures.js";
import { hasFocus } from "./focus.js";
import { plotsOf, svg } from "./layers.js";
import { holdOrbit } from "./orbit.js";
import { remembering } from "./past.js";
import { bindPaste } from "./paste.js";
import { bindMember, bindPlane } from "./points.js";
import { holdSound } from "./sound.js";
import { holdTokens } from "./tokens.js";
import { say } from "./words.js";

/** @typedef {import("../spec").Layout} Layout */
/** @typedef {import("../spec").Scene} Scene */
/** @typedef {import("../core/memory.js").Read} Read */
/** @typedef {import("./gestures.js").Grip} Grip */
/** @typedef {{ text: string, now: number, box: number[] | null }} Told */
/** @typedef {{ element: SVGElement, grip: Grip, describe: () => Told | void, stop?: () => void }} Held */

/** Half the side of what a finger or a mouse must hit, in CSS pixels. */
const REACH = { coarse: 22.5, fine: 12.5 };
const KNOB = 10;
const TOLD = 6000; // milliseconds
const BUTTONS = { play: true, plane: true };
/** What a handle is known by in the page, if not by its control. @type {Record<string, string>} */
const NAMED = { drag: "data-drag", play: "data-sound", tokens: "data-tokens", plane: "data-plane", orbit: "data-orbit" };

export class Handles {
  #cursor = svg("rect", { class: "explorable-cursor" });
  /** @type {Held[]} */ #held = [];
  #note = Object.assign(document.createElement("p"), { className: "explorable-note" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #told;
  /** The point that will have the focus. @type {{ control: string, element: number } | null} */ #focusNext =
    null;
  #stage;
  #layer;
  #signal;

  /** @param {import("./stage.js").Stage} stage @param {SVGElement} layer @param {AbortSignal} signal */
  constructor(stage, layer, signal) {
    this.#stage = stage;
    this.#layer = layer;
    this.#signal = signal;
    this.#note.setAttribute("role", "status");
  }

  /** What is heard falls silent. */
  rest() {
    for (const { stop } of this.#held) stop?.();
  }

  /**
   * Put the handles where the scene has them, keeping the elements (and so the focus).
   * @param {Scene} drawn
   * @param {Layout} layout
   * @param {Read} read
   * @param {number} scale
   */
  place(drawn, layout, read, scale) {
    const plots = plotsOf(layout);
    /** @type {Grip[]} */ const grips = [];
    for (const [k, panel] of drawn.panels.entries()) {
      /** @type {Map<number, number>} */ const counted = new Map();
      for (const handle of panel.handles) {
        const mark = plots[k].marks[handle.mark];
        const element = counted.get(handle.mark) ?? 0;
        if (handle.kind !== "plane") counted.set(handle.mark, element + 1);
        const control = this.#stage.session.spec.program.controls[handle.control];
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
    const { controls } = this.#stage.session.spec.program;
    this.#held = grips.map((grip) => {
      const { handle, control } = grip;
      const names = handle.control.split(" ").map((each) => controls[each]?.label ?? each);
      const name = handle.label ?? names.join(", ");
      const attributes = {
        class: `explorable-handle explorable-handle-${handle.kind}`,
        role: handle.kind in BUTTONS ? "button" : "slider",
        tabindex: 0,
        "aria-label":
          handle.kind === "plane" ? say(this.#stage.page.words.add, { name }) : name,
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
      if (look) return look(held, this.#stage, this.#signal);
      const bind = isPlace(handle)
        ? bindHandle
        : ({ numbers: bindCells, board: bindBoard }[String(handle.kind)] ?? bindArea);
      const set = remembering?.(element, handle.control, this.#stage.session, this.#stage.page.set, this.#signal);
      const page = {
        value: (/** @type {string} */ name) => this.#stage.session.values[name],
        set: set ?? this.#stage.page.set,
        pull: this.#stage.page.pull,
        pixel: (/** @type {MouseEvent} */ event) => this.#stage.pixel(event),
        words: this.#stage.page.words,
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
    this.#layer.append(
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
    this.#layer.after(this.#note);
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
