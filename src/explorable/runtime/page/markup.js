// The HTML of a figure before any script runs: stills and disabled native controls. A pure function
// of the spec, run at build time; the page hydrates what it made, so the two cannot drift apart.
// Every element may stand in a sentence: a <div> or a <form> would end the paragraph around it.

import { position, spell } from "../core/controls.js";
import { digits } from "../core/numbers.js";
import { escape, inside } from "../scene/words.js";
import { icon } from "./icons.js";
import { tools } from "./tool_row.js";
import { uploadRow } from "./upload_row.js";
import { labelsOf } from "./labels.js";
import { say, wordsOf } from "./words.js";

/** @typedef {import("../spec").Spec} Spec */
/** @typedef {import("../spec").Control} Control */
/** @typedef {import("./words.js").Words & import("./labels.js").Labels} Words */

const FEW_OPTIONS = 4;
const SHORT_OPTIONS = 36;
const LONG_RANGE = 1000;

/** @param {unknown} text */
const spanned = (text) => inside(text, "span");

/**
 * @param {Spec} spec
 * @param {string} figure
 * @param {string[]} stills SVG texts, narrow first
 * @param {{ src: string, lang?: string }} options src: URL of the spec
 */
export function markup(spec, figure, stills, { src, lang = spec.lang }) {
  const words = { ...wordsOf(lang), ...labelsOf(lang) };
  const { controls } = spec.figures[figure];
  const rows = controls.map((name) => row(spec, figure, name, words)).join("");
  const pictures = stills
    .map(
      (svg, k) =>
        `<span class="explorable-still ${k < stills.length - 1 ? "explorable-narrow" : "explorable-wide"}">${svg}</span>`,
    )
    .join("");
  const form = rows
    ? `<span class="explorable-form"><span class="explorable-controls">${asleep(rows)}</span></span>`
    : "";
  return (
    `<explorable-figure src="${escape(src)}" figure="${escape(figure)}"${lang ? ` lang="${escape(lang)}"` : ""}>` +
    `<span class="explorable-box">${pictures}</span>${form}</explorable-figure>`
  );
}

/** Inputs that wait for a script, and that no browser fills with what they held. @param {string} rows */
const asleep = (rows) =>
  rows.replace(/<(?:button|input|select)\b/g, "$& disabled").replace(/<(?:input|select)\b/g, '$& autocomplete="off"');

/** @param {Spec} spec @param {string} figure @param {string} name @param {Words} words */
function row(spec, figure, name, words) {
  const node = spec.program.nodes.find(
    (other) => other.kind === "simulation" && other.name === name,
  );
  if (node) return transport(name, words);
  const control = spec.program.controls[name];
  const inner = control && input(`${figure}:${name}`, control, words);
  return inner
    ? `<span class="explorable-control explorable-${"style" in control && control.style === "stages" ? "stages" : control.kind}" data-control="${escape(name)}">${inner}</span>`
    : "";
}

/** @param {string} name @param {Words} words */
function transport(name, words) {
  /** @param {"play" | "back" | "forward" | "reset"} action */
  const button = (action) =>
    `<button type="button" data-do="${action}" aria-label="${words[action]}" title="${words[action]}">${icon(action)}</button>`;
  return (
    `<span class="explorable-transport" role="group" aria-label="${escape(name)}" data-simulation="${escape(name)}">` +
    `${button("play")}${button("back")}${button("forward")}${button("reset")}` +
    `<input type="range" data-do="scrub" aria-label="${words.scrub}" min="0" max="0" step="1" value="0">` +
    `<output aria-live="off">${say(words.step, { n: 0 })}</output></span>`
  );
}

/**
 * Native inputs of a control; none for what is edited in its mark.
 * @param {string} group name of its radio buttons: not that of the same control in another figure
 * @param {Control} control
 * @param {Words} words
 */
function input(group, control, words) {
  const label = `<span class="explorable-label">${spanned(control.label)}</span>`;
  const shown = `<output aria-live="off">${spanned(spell(control, control.value))}</output>`;
  switch (control.kind) {
    case "slider": {
      if (control.style === "stepper") return stepper(control, label, words);
      const log = control.scale === "log";
      const [low, high] = log ? [0, 1] : [control.low, control.high];
      const value = log ? position(control, control.value) : control.value;
      const range = `<input type="range" min="${low}" max="${high}" step="${(!log && control.step) || "any"}" value="${value}" aria-valuetext="${escape(spell(control, control.value))}">`;
      const sweep = control.play
        ? `<button type="button" data-do="sweep" aria-pressed="false" aria-label="${words.sweep}: ${escape(control.label)}">${icon("play")}</button>`
        : "";
      return `<label>${label}${range}</label>${shown}${sweep}`;
    }
    case "integer": {
      const bounds = `min="${control.low}" max="${control.high}" step="1" value="${control.value}"`;
      const long = control.high - control.low > LONG_RANGE;
      if (control.style ? control.style === "stepper" : long) return stepper(control, label, words);
      return `<label>${label}<input type="range" ${bounds}></label>${shown}`;
    }
    case "range": {
      const ends = control.value.map((end, k) => {
        const called = escape(`${control.label}, ${k ? words.to : words.from}`);
        return `<input type="range" min="0" max="1" step="any" value="${position(control, end)}" aria-label="${called}" aria-valuetext="${escape(digits(control, end))}">`;
      });
      const [from, to] = control.value.map((end) => 100 * position(control, end));
      const between = `<svg class="explorable-between" aria-hidden="true"><rect width="100%" height="4" rx="2"/><rect x="${from}%" width="${to - from}%" height="4"/></svg>`;
      return `${both(control, label, `<span class="explorable-ends">${between}${ends.join("")}</span>`)}${shown}`;
    }
    case "seed":
      return (
        `<label>${label}<input type="number" min="0" step="1" value="${control.value}"></label>` +
        `<button type="button" data-do="dice" aria-label="${words.dice}" title="${words.dice}">${icon("dice")}</button>`
      );
    case "toggle":
      return `<label><input type="checkbox"${control.value ? " checked" : ""}>${label}</label>`;
    case "choice": {
      const few =
        control.options.length <= FEW_OPTIONS && control.options.join("").length <= SHORT_OPTIONS;
      const staged = control.style === "stages";
      if (!staged && (control.style ? control.style !== "menu" : few)) {
        const options = control.options.map((option) => {
          const checked = option === control.value ? " checked" : "";
          return `<label><input type="radio" name="${escape(group)}" value="${escape(option)}"${checked}><span>${spanned(option)}</span></label>`;
        });
        return `<span class="explorable-options${control.style === "segmented" ? " explorable-segments" : ""}" role="radiogroup" aria-label="${escape(control.label)}">${label.replace(">", ' aria-hidden="true">')}${options.join("")}</span>`;
      }
      const options = control.options.map(
        (option, k) =>
          `<option${staged ? ` value="${escape(option)}"` : ""}${option === control.value ? " selected" : ""}>${staged ? `${k + 1}. ` : ""}${escape(option)}</option>`,
      );
      if (staged) return turns(control, words, options.join(""));
      // An option holds no elements: MathJax is told by name not to look.
      return `<label>${label}<select class="mathjax_ignore tex2jax_ignore">${options.join("")}</select></label>`;
    }
    case "button":
      return `<button type="button" data-do="press"><span>${spanned(control.label)}</span></button>`;
    case "text":
      return (
        `<label>${label}<input type="text" spellcheck="false" value="${escape(control.value)}"></label>` +
        Object.entries(control.examples ?? {})
          .map(([name, text]) => `<button type="button" data-do="write" value="${escape(text)}"><span>${spanned(name)}</span></button>`)
          .join("")
      );
    case "tensor":
      if (control.upload) return uploadRow(control, control.upload, label, words);
      return tools(control, label, words, group);
    case "points":
      return tools(control, label, words, group);
    default:
      return "";
  }
}

/**
 * A menu of stages between a button back and one forward.
 * @param {import("../spec").ChoiceControl} control @param {Words} words @param {string} options
 */
function turns({ label }, words, options) {
  /** @param {"back" | "forward"} way @param {number} by */
  const button = (way, by) =>
    `<button type="button" data-turn="${by}" aria-label="${escape(label)}: ${words[way]}" title="${words[way]}">${icon(way)}</button>`;
  const menu = `<select class="mathjax_ignore tex2jax_ignore" aria-label="${escape(label)}">${options}</select>`;
  return `${button("back", -1)}${menu}${button("forward", 1)}`;
}

/**
 * A number between two buttons.
 * @param {import("../spec").SliderControl | import("../spec").IntegerControl} control
 * @param {string} label markup @param {Words} words
 */
function stepper(control, label, words) {
  const { low, high, value, unit } = control;
  const step = control.kind === "integer" ? 1 : (control.step ?? "any");
  /** @param {1 | -1} by @param {string} sign @param {string} word */
  const button = (by, sign, word) =>
    `<button type="button" tabindex="-1" data-by="${by}" aria-label="${escape(`${control.label}: ${word}`)}">${sign}</button>`;
  const field = `<input type="number" inputmode="decimal" min="${low}" max="${high}" step="${step}" value="${value}" aria-label="${escape(control.label)}">`;
  const parts = `${button(-1, "−", words.less)}${field}${button(1, "+", words.more)}`;
  const after = unit ? `<span class="explorable-unit">${spanned(unit)}</span>` : "";
  return both(control, label, `<span class="explorable-stepper">${parts}</span>${after}`);
}

/**
 * Several inputs under one label, which each says in its own name.
 * @param {Control} control @param {string} label markup @param {string} inputs markup
 */
const both = (control, label, inputs) =>
  `<span class="explorable-both" role="group" aria-label="${escape(control.label)}">${label.replace(">", ' aria-hidden="true">')}${inputs}</span>`;
