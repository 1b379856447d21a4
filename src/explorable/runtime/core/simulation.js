// A simulation's run: step numbers, records and their history, checkpoints to go back to. Pure.
//
// History holds the records whose step is a multiple of recordEvery * stride. When it is full,
// stride doubles and the rows that are no multiple go: which rows there are depends on the step
// number alone.

import { has } from "./own.js";

/** @typedef {import("../spec").SimulationNode} SimulationNode */
/** @typedef {import("./memory.js").Memory} Memory */
/** @typedef {Record<string, import("./controls.js").Value>} Settings */
/** @typedef {{ step: number, rows: number, stride: number, bytes: Uint8Array }} Checkpoint */

const CHECKPOINT_BYTES = 32 * 1024 * 1024;
const CHECKPOINTS = 256;
/** While nobody looks a run keeps less: what is missing is stepped again. */
const REST_BYTES = 1024 * 1024;
const FIRST_INTERVAL = 8;

export class Run {
  step = 0;
  /** How often it has begun. */
  begun = 0;
  /** The last step ever taken with these settings: how far forward the reader can go back to. */
  furthest = 0;
  rows = 0;
  stride = 1;
  interval = FIRST_INTERVAL;
  /** @type {Checkpoint[]} */ checkpoints = [];
  /**
   * What the reader had set when, so that going back and forth gives the same numbers.
   * @type {{ step: number, settings: Settings }[]}
   */
  trail = [];
  /** Presses of buttons since the last step. @type {Record<string, number>} */
  presses = {};

  /** @param {SimulationNode} node @param {Memory} memory */
  constructor(node, memory) {
    this.node = node;
    this.memory = memory;
    const histories = Object.values(node.records).flatMap(({ history }) =>
      history ? [history] : [],
    );
    /** Slots of one row per record. @type {string[]} */
    this.histories = node.historyStep ? [...histories, node.historyStep] : histories;
    this.copied = [
      ...new Set([...node.state, ...Object.values(node.records).map(({ slot }) => slot)]),
    ];
    this.fixedBytes = this.copied.reduce((sum, slot) => sum + memory.bytes(slot).length, 0);
  }

  /** After init has run. */
  begin() {
    this.furthest = this.rows = 0;
    this.begun += 1;
    this.presses = {};
    this.stride = 1;
    this.interval = FIRST_INTERVAL;
    this.trail = [];
    this.checkpoints = [];
    for (const { slot } of Object.values(this.node.records)) this.memory.clear(slot);
    for (const slot of this.histories) this.memory.clear(slot);
    this.writeStep(0);
    this.keep();
  }

  /** @param {number} step */
  writeStep(step) {
    this.step = step;
    this.furthest = Math.max(this.furthest, step);
    // Absent where no entry reads it.
    if (has(this.memory.slots, this.node.stepSlot))
      this.memory.write(this.node.stepSlot, [step]);
  }

  get records() {
    return Object.keys(this.node.records).length > 0;
  }

  /** Is the step number one whose record is wanted? */
  get recording() {
    return this.records && this.step % this.node.recordEvery === 0;
  }

  /** Append the newest record to the history. */
  append() {
    const { history, recordEvery } = this.node;
    if (!this.histories.length) return;
    if (this.rows === history) this.#thin();
    if (this.step % (recordEvery * this.stride) !== 0 || this.rows === history) return;
    for (const { slot, history: rows } of Object.values(this.node.records)) {
      if (!rows) continue;
      const from = this.memory.read(slot).data;
      const to = /** @type {Float32Array} */ (this.memory.view(rows));
      to.set(from, this.rows * from.length);
    }
    if (this.node.historyStep) {
      /** @type {Float32Array} */ (this.memory.view(this.node.historyStep))[this.rows] = this.step;
    }
    this.rows += 1;
  }

  #thin() {
    this.stride *= 2;
    const rows = this.rows;
    // Rows are the multiples 1, 2, 3 ... of the old stride: every second one is a multiple of the
    // new.
    this.rows = Math.floor(rows / 2);
    for (const slot of this.histories) {
      const view = /** @type {Float32Array} */ (this.memory.view(slot));
      const width = view.length / this.node.history;
      for (let row = 0; row < this.rows; row++) {
        const from = (2 * row + 1) * width;
        view.copyWithin(row * width, from, from + width);
      }
      view.fill(NaN, this.rows * width, rows * width);
    }
  }

  /** Remember this step, if it is one to remember. */
  keep() {
    if (this.step % this.interval !== 0) return;
    this.#thinCheckpoints(CHECKPOINT_BYTES, this.#checkpoint());
  }

  /** Its bytes. */
  #checkpoint() {
    const known = this.checkpoints.find(({ step }) => step === this.step);
    if (known) return known.bytes.length;
    const views = this.histories.map((slot) => this.#filled(slot));
    const bytes = new Uint8Array(views.reduce((sum, view) => sum + view.length, this.fixedBytes));
    let end = 0;
    for (const slot of this.copied) {
      bytes.set(this.memory.bytes(slot), end);
      end += this.memory.bytes(slot).length;
    }
    for (const view of views) {
      bytes.set(view, end);
      end += view.length;
    }
    this.checkpoints.push({ step: this.step, rows: this.rows, stride: this.stride, bytes });
    return bytes.length;
  }

  /** @param {number} budget @param {number} size bytes of a checkpoint */
  #thinCheckpoints(budget, size) {
    const most = Math.min(CHECKPOINTS, Math.max(2, Math.floor(budget / (size + 1))));
    while (this.checkpoints.length > most) {
      this.interval *= 2;
      this.checkpoints = this.checkpoints.filter(({ step }) => step % this.interval === 0);
    }
  }

  /** What a fresh machine needs to go on: this step, and few of those before it. */
  rest() {
    this.#thinCheckpoints(REST_BYTES, this.checkpoints[0].bytes.length);
    this.#checkpoint();
    this.checkpoints.sort((a, b) => a.step - b.step);
    return this.save();
  }

  /** The bytes of a history's rows so far. @param {string} slot */
  #filled(slot) {
    const bytes = this.memory.bytes(slot);
    return bytes.subarray(0, (bytes.length / this.node.history) * this.rows);
  }

  /** Take up the last checkpoint at or before `step`. @param {number} step */
  restore(step) {
    const found = this.checkpoints.filter((kept) => kept.step <= step).pop();
    if (!found) throw new Error(`no checkpoint before step ${step}`);
    for (const slot of this.histories) this.memory.clear(slot);
    this.rows = found.rows;
    this.stride = found.stride;
    let end = 0;
    for (const view of [
      ...this.copied.map((slot) => this.memory.bytes(slot)),
      ...this.histories.map((slot) => this.#filled(slot)),
    ]) {
      view.set(found.bytes.subarray(end, end + view.length));
      end += view.length;
    }
    this.writeStep(found.step);
  }

  /**
   * Forget what came after the step the run now stands at: the reader goes on from here with new
   * settings.
   */
  forget() {
    this.furthest = this.step;
    this.checkpoints = this.checkpoints.filter(({ step }) => step <= this.step);
    this.trail = this.trail.filter(({ step }) => step <= this.step);
  }

  /**
   * The settings that step number `step` ran with.
   * @param {number} step
   * @returns {Settings | undefined}
   */
  settingsAt(step) {
    return this.trail.filter((entry) => entry.step <= step).pop()?.settings;
  }

  /** What another machine needs to go on. */
  save() {
    const { step, begun, furthest, rows, stride, interval, checkpoints, trail, presses } = this;
    return { step, begun, furthest, rows, stride, interval, checkpoints, trail, presses };
  }
}
