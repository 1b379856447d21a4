// The machine: a module in memory, its controls and nodes. Runs what is stale: values, simulations,
// figures, in order. The same file runs in the page, in a worker and at build time. Pure: no DOM,
// no clock, no promise.

import { load } from "./arrays.js";
import { accept } from "./controls.js";
import { keyOf, writeForm } from "./forms.js";
import { Memory } from "./memory.js";
import { learn } from "./models.js";
import { has } from "./own.js";
import { run } from "./run.js";
import { adopt } from "./saved.js";
import { Run } from "./simulation.js";
import { press } from "./stepping.js";
import { unknown } from "./unknown.js";

/** @typedef {import("../spec").Program} Program */
/** @typedef {import("../spec").EntryTable} EntryTable */
/** @typedef {import("../spec").ProgramNode} ProgramNode */
/** @typedef {import("../spec").SimulationNode} SimulationNode */
/** @typedef {import("./controls.js").Value} Value */
/** @typedef {Record<string, () => void>} Exports */
/**
 * @typedef {{ memory: ArrayBuffer, values: Record<string, Value>, stale: string[], runs: [string, object][], tokenizers?: Record<string, import("../spec").TokenizerFile> }} Saved
 * @typedef {{ values: Record<string, Value>, runs: [string, { step: number }][] }} Kept
 */

const always = () => true;

/** What an entry is chosen by. @param {Machine} machine @param {EntryTable} table */
const staticKey = (machine, table) => (table.statics.length ? keyOf(machine, table) : "");

export class Machine {
  /** @type {Record<string, Value>} */ values = {};
  /** Nodes that have to run. @type {Set<string>} */ stale = new Set();
  /** Of the simulations. @type {Map<string, Run>} */ runs = new Map();
  /** @type {Exports} */ #exports;
  /** Of fields, by the name of each. @type {Map<string, import("./memory.js").Reading>} */ pictures =
    new Map();

  /**
   * @param {Program} program
   * @param {WebAssembly.Exports} exports of an instance that has not run yet
   * @param {Record<string, Uint8Array> | Saved} from the arrays' files by name, or what another machine saved
   */
  constructor(program, exports, from) {
    const { memory, ...functions } = exports;
    this.program = program;
    this.#exports = /** @type {Exports} */ (functions);
    this.memory = new Memory(program, /** @type {WebAssembly.Memory} */ (memory).buffer);
    for (const node of program.nodes) {
      this.stale.add(node.name);
      if (node.kind !== "simulation") continue;
      this.runs.set(node.name, new Run(node, this.memory));
    }
    if (from.memory instanceof ArrayBuffer) adopt(this, /** @type {Saved} */ (from));
    else this.#begin(/** @type {Record<string, Uint8Array>} */ (from));
  }

  /** @param {Record<string, Uint8Array>} files */
  #begin(files) {
    if (learn) learn(this.program, files);
    for (const array of this.program.arrays) load(this.memory.buffer, array, files[array.file]);
    this.#call("init");
    for (const [name, control] of Object.entries(this.program.controls)) {
      this.values[name] = control.value;
      this.write(name);
    }
  }

  /**
   * Set a control: the value it took, after clamping and snapping. Nothing runs yet.
   * @param {string} name @param {unknown} asked @returns {Value}
   */
  set(name, asked) {
    const controls = this.program.controls;
    if (!has(controls, name)) throw new Error(unknown?.("control", name, Object.keys(controls)));
    const control = controls[name];
    const value = accept(name, control, asked);
    if (control.kind === "button") {
      if (press) press(this, name, /** @type {number} */ (value));
      return value;
    }
    if (value === this.values[name]) return value;
    this.values[name] = value;
    this.write(name);
    this.touch(name);
    return value;
  }

  /**
   * Run all that is stale; of the figures only those wanted. Gives the figures that ran.
   * @param {(figure: string) => boolean} [wanted]
   */
  settle(wanted = always) {
    const ran = [];
    for (const node of this.program.nodes) {
      if (!this.stale.has(node.name)) continue;
      if (node.kind === "figure") {
        if (!wanted(node.name)) continue;
        this.enter(node.run);
        ran.push(node.name);
      } else if (node.kind === "value") {
        this.enter(node.run);
        this.touch(node.name);
      } else {
        this.enter(node.init);
        this.run(node.name).begin();
        this.touch(node.name);
      }
      this.stale.delete(node.name);
    }
    return ran;
  }

  /**
   * The run of a simulation: its step number and what is kept of it.
   * @param {string} name
   * @returns {Run}
   */
  run(name) {
    const run = this.runs.get(name);
    if (!run) throw new Error(unknown?.("simulation", name, [...this.runs.keys()]));
    return run;
  }

  /** Start a simulation again, at the next settle. @param {string} name */
  restart(name) {
    this.run(name);
    this.stale.add(name);
  }

  /**
   * Run an entry that stands beside the nodes: where an element of a dragged mark is and how it
   * moves with its controls, or a block of a field's pixels.
   * @param {EntryTable} table @param {string} slot what it is asked @param {number[]} numbers
   */
  ask(table, slot, numbers) {
    this.settle(() => false);
    this.memory.write(slot, numbers);
    this.enter(table);
  }

  /** The entry key a figure has at the present settings. @param {string} figure */
  key(figure) {
    const node = this.program.nodes.find(({ kind, name }) => kind === "figure" && name === figure);
    if (node?.kind !== "figure") throw new Error(`no figure '${figure}'`);
    return staticKey(this, node.run);
  }

  /** @param {string} name */
  write(name) {
    const control = this.program.controls[name];
    const value = this.values[name];
    if (control.kind !== "slider") writeForm(this.memory, control, value);
    else if (control.slot) this.memory.write(control.slot, [/** @type {number} */ (value)]);
  }

  /** Mark what reads `name` directly. @param {string} name */
  touch(name) {
    for (const node of this.program.nodes) {
      if ((node.kind === "simulation" ? node.restart : node.needs).includes(name))
        this.stale.add(node.name);
    }
  }

  /** @param {EntryTable} table */
  enter(table) {
    const key = staticKey(this, table);
    const entry = table.entries[key];
    if (entry === undefined) throw new Error(`no entry for the settings '${key}'`);
    this.#call(entry);
  }

  /** @param {string} entry */
  #call(entry) {
    const found = has(this.#exports, entry) ? this.#exports[entry] : undefined;
    if (typeof found !== "function") throw new Error(`the module has no entry '${entry}'`);
    run(found, entry);
  }
}
