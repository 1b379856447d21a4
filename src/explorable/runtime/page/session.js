// One bundle on a page: its settings, its port, and the frame in which all that changed is run and
// drawn once.

import { accept } from "../core/controls.js";
import { tokenizerFiles, unread } from "../core/models.js";
import { unknown } from "../core/unknown.js";
import { rested, workerPort } from "./away.js";
import { bring, bytes, compile } from "./load.js";
import { controlOf } from "./names.js";
import { inlinePort } from "./port.js";
import { beginRuns, endRuns, movePlaying } from "./runs.js";
import { shareAll } from "./share.js";
import { moveSweeping } from "./sweep.js";

/** @typedef {import("../spec").Spec} Spec */
/** @typedef {import("../core/controls.js").Value} Value */
/** @typedef {import("../core/serve.js").Progress} Progress */
/** @typedef {import("./port.js").Port} Port */
/**
 * What shows a session: a figure, or a number in the text.
 * @typedef {object} View
 * @property {string} figure "" for a number
 * @property {boolean} visible
 * @property {(key: string) => void} draw the figure has run
 * @property {() => void} refresh settings or progress have changed
 * @property {() => void} [repaint] pictures of it have changed
 * @property {import("../core/field.js").Wanted[]} [fields] pictures it shows, and how fine
 * @property {() => void} rest nobody has been near for a while
 * @property {(error: Error) => void} fail
 */

const STEP_MILLISECONDS = { page: 8, worker: 14 };
const HEAVY_MILLISECONDS = 6;
const HEAVY_TIMES = 3;
const LONGEST_FRAME = 0.25;
/** So long far from the screen, and a machine gives its memory back. */
const FAR_MILLISECONDS = 4000;

/** @type {Map<string, Session>} */
const sessions = new Map();

/** @param {Spec} spec @param {string} url */
export function session(spec, url) {
  let found = sessions.get(url);
  if (!found) sessions.set(url, (found = new Session(spec, url)));
  return found;
}

/** None yet: steps to go to, and to take, by simulation; those to start again. */
const orders = () => ({
  seek: /** @type {Record<string, number>} */ ({}),
  advance: /** @type {Record<string, number>} */ ({}),
  restart: /** @type {string[]} */ ([]),
});

export class Session {
  /** @type {Set<View>} */ views = new Set();
  /** @type {Record<string, Value>} */ values = {};
  /** @type {Record<string, Progress>} */ runs = {};
  /** Simulations that run by themselves. @type {Set<string>} */ playing = new Set();
  /** Controls that move by themselves: where between low and high, and which way. @type {Map<string, { t: number, direction: number }>} */ sweeping =
    new Map();
  /** @type {Record<string, string>} */ keys = {};
  /** @type {Port | null} */ #port = null;
  /** @type {WebAssembly.Module | null} */ #module = null;
  /** @type {Promise<void> | null} */ #started = null;
  /** @type {Error | null} */ #failed = null;
  /** @type {import("../core/memory.js").Read | null} */ #read = null;
  /** Where a machine before the next one rests. @type {import("../core/machine.js").Kept | undefined} */ #kept;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #nap;
  /** @type {import("./share.js").Sharing | undefined} */ #shared;
  /** @type {Record<string, Value>} */ #set = {};
  /** What simulations are to do in the next frame. */ orders = orders();
  /** @type {import("../core/drag.js").Pull | undefined} */ #pull;
  /** Figures to run even if they are off screen. @type {Set<string>} */ #asked = new Set();
  /** @type {{ resolve: () => void, reject: (error: Error) => void }[]} */ #waiting = [];
  /** Something has come into view. */ #due = true;
  /** Pictures are not as fine as they will be. */ #painting = false;
  #scheduled = false;
  #busy = false;
  #heavy = 0;
  #last = 0;

  /** @param {Spec} spec @param {string} url */
  constructor(spec, url) {
    this.spec = spec;
    this.url = url;
    const { controls } = spec.program;
    for (const name of Object.keys(controls)) this.values[name] = controls[name].value;
    this.#shared = shareAll?.(
      spec,
      (name, value) => this.#take(name, value),
      (error) => this.#fail(error),
    );
    if (beginRuns) beginRuns(this);
    document.addEventListener("visibilitychange", this.#seen);
  }

  #seen = () => this.wake();
  /** For good: nothing holds the session any more, and its memory is free. */
  end() {
    clearTimeout(this.#nap);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#shared?.leave();
    this.#fail(new Error("the figure has ended"));
    this.#port?.end();
    this.#port = this.#read = null;
    this.#kept = undefined;
  }

  /** A part that is fetched when it is wanted. @param {string} part @param {unknown} export_ of it */
  bring(part, export_) {
    return bring(this.url, export_ ? undefined : this.spec.parts?.[part]);
  }

  /** @param {View} view */
  show(view) {
    this.views.add(view);
    if (this.#failed) view.fail(this.#failed);
    // Its figure has run already, for another element or before this one was moved.
    else if (view.figure in this.keys) queueMicrotask(() => view.draw(this.keys[view.figure]));
  }

  /** Nothing moves by itself from now on. */
  still() {
    this.playing.clear();
    this.sweeping.clear();
    this.changed();
  }

  /** A view wants its pictures in another size. */
  repaint() {
    this.#painting = true;
    this.wake();
  }

  /** A view has come near the screen, or left it. */
  look() {
    this.#due = true;
    if (this.#near()) this.start();
    for (const view of this.#kept ? this.views : [])
      if (view.visible && view.figure in this.keys) view.draw(this.keys[view.figure]);
    this.#drowse();
    this.wake();
  }

  #near() {
    return [...this.views].some((view) => view.visible);
  }

  #drowse() {
    clearTimeout(this.#nap);
    if (!this.#near()) this.#nap = setTimeout(() => this.#rest(), FAR_MILLISECONDS);
  }

  /** Memory goes back; what the reader did and what the page shows stay. */
  async #rest() {
    const port = this.#port;
    // With something left to do there will be a frame, and after it another nap. Off line it waits.
    if (!port || this.#busy || this.#failed || this.#wanted() || !(rested || navigator.onLine))
      return;
    this.#busy = true;
    try {
      await this.bring("away", rested);
      ({ kept: this.#kept, read: this.#read } = await rested(this.spec, port));
      this.#port = this.#started = null;
      for (const view of this.views) view.rest();
    } catch (error) {
      // Where nobody can fetch what it takes, it stays awake.
      if (this.#port === null || navigator.onLine) this.#fail(error);
    }
    this.#busy = false;
    if (this.#near()) this.look();
  }

  /** @param {View} view */
  hide(view) {
    this.views.delete(view);
    this.#drowse();
    this.wake();
  }

  /** Load and run for the first time; then frames come as they are needed. */
  start() {
    this.#started ??= this.#load().catch((error) => this.#fail(error));
    return this.#started;
  }

  async #load() {
    const { program } = this.spec;
    const names = [
      ...new Set([
        ...program.arrays.map(({ file }) => file),
        ...(tokenizerFiles ? tokenizerFiles(program) : []),
      ]),
    ];
    const [module, ...contents] = await Promise.all([
      compile(this.url, program),
      ...names.map((name) => bytes(this.url, name)),
    ]);
    this.#module = module;
    const files = Object.fromEntries(names.map((name, k) => [name, contents[k]]));
    const port = await inlinePort(this.spec, module, files);
    const heavy = program.heavy || this.#heavy > HEAVY_TIMES;
    this.#port = (heavy && (await this.#worker(port))) || port;
    this.#due = true;
    if (this.#failed) this.#port.end();
    this.wake();
  }

  /**
   * Set controls; resolves after the redraw to the values they took. All are checked before any is
   * set.
   * @param {Record<string, unknown>} settings @param {string} [figure]
   * @returns {Promise<Record<string, Value>>}
   */
  async set(settings, figure = "") {
    const { controls } = this.spec.program;
    // How much of a text a control takes is known once its tokenizer is there.
    if (unread && unread(this.spec.program)) await this.start();
    const read = () =>
      Object.entries(settings).map(([name, asked]) => {
        const full = controlOf(this.spec, figure, name);
        return { name, full, value: accept(full, controls[full], asked) };
      });
    /** @type {ReturnType<typeof read>} */ let taken;
    try {
      taken = read();
    } catch {
      // What can say which names there are is fetched when somebody has taken another.
      await this.bring("wiring", unknown);
      taken = read();
    }
    for (const { full, value } of taken) this.give(full, value);
    if (figure) this.#asked.add(figure);
    await this.#redrawn();
    return Object.fromEntries(taken.map(({ name, value }) => [name, value]));
  }

  /** Pull a computed place; a later pull overtakes. @param {import("../core/drag.js").Pull} pull */
  pull(pull) {
    for (const name of pull.drag.controls) this.sweeping.delete(name);
    this.#pull = pull;
    this.wake();
  }

  /** To this bundle and all that share the control. @param {string} name @param {Value} value */
  give(name, value) {
    this.#take(name, value);
    this.#shared?.tell(name, value);
  }

  /** @param {string} name @param {Value} value */
  #take(name, value) {
    if (this.spec.program.controls[name].kind === "button") {
      this.#set[name] = Number(this.#set[name] ?? 0) + Number(value);
    } else {
      this.values[name] = this.#set[name] = value;
    }
    for (const view of this.views) view.refresh();
    this.wake();
  }

  /** @returns {Promise<void>} */
  #redrawn() {
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.start().then(() => this.wake());
    });
  }

  changed() {
    for (const view of this.views) view.refresh();
    this.wake();
  }

  /** @param {string} slot */
  read(slot) {
    if (!this.#read) throw new Error("the figure is not loaded yet");
    return this.#read(slot);
  }

  get ready() {
    return this.#read !== null;
  }

  /** Ask for a frame, if there is something to do in it. */
  wake() {
    if (!this.#port || this.#busy || this.#scheduled || this.#failed || !this.#wanted()) return;
    this.#scheduled = true;
    // A hidden page has no frames, yet a script may wait for `set`; a slow one computes between them.
    if (document.hidden || this.#port.patient) setTimeout(() => this.#frame(performance.now()));
    else requestAnimationFrame((now) => this.#frame(now));
  }

  #wanted() {
    return (
      this.#due ||
      this.#pull !== undefined ||
      this.#waiting.length > 0 ||
      (this.#painting && this.#near()) ||
      this.#moving() ||
      [this.#set, ...Object.values(this.orders)].some((part) => Object.keys(part).length > 0)
    );
  }

  /** Is there anything that moves by itself, before the reader's eyes? */
  #moving() {
    if (document.hidden || !this.#near()) return false;
    return this.sweeping.size > 0 || this.playing.size > 0;
  }

  /** @param {number} now */
  #frame(now) {
    this.#scheduled = false;
    const port = this.#port;
    if (!port || this.#failed) return;
    const seconds = Math.min(LONGEST_FRAME, Math.max(0, (now - this.#last) / 1000));
    this.#last = now;
    if (this.#moving()) this.#move(seconds);
    const request = {
      resume: this.#kept,
      set: this.#set,
      ...this.orders,
      pull: this.#pull,
      figures: [
        ...new Set([...this.views].filter((view) => view.visible).map((view) => view.figure)),
        ...this.#asked,
      ],
      fields: [...this.views].flatMap((view) => (view.visible ? (view.fields ?? []) : [])),
      budget: STEP_MILLISECONDS[port.machine ? "page" : "worker"],
    };
    const waiting = this.#waiting;
    this.#due = this.#painting = false;
    this.#kept = undefined;
    this.#set = {};
    this.orders = orders();
    this.#pull = undefined;
    this.#asked = new Set();
    this.#waiting = [];
    this.#busy = true;
    /** @param {import("./port.js").Reply} reply */
    const finish = (reply) => {
      this.#busy = false;
      this.#read = port.read;
      for (const [name, value] of Object.entries(reply.pulled)) {
        this.values[name] = value;
        this.#shared?.tell(name, value);
      }
      for (const name of reply.seeking) this.orders.seek[name] ??= request.seek[name];
      this.#show(reply);
      for (const { resolve } of waiting) resolve();
      this.#weigh(reply.cost);
      this.#drowse();
      this.wake();
    };
    try {
      const reply = port.ask(request);
      if (reply instanceof Promise) reply.then(finish).catch((error) => this.#fail(error, waiting));
      else finish(reply);
    } catch (error) {
      this.#fail(error, waiting);
    }
  }

  /** What moves by itself in this frame. @param {number} seconds */
  #move(seconds) {
    if (this.sweeping.size) moveSweeping(this, seconds);
    if (movePlaying) movePlaying(this, seconds);
  }

  /** @param {import("./port.js").Reply} reply */
  #show(reply) {
    this.runs = reply.runs;
    if (endRuns) endRuns(this);
    Object.assign(this.keys, reply.ran);
    this.#painting ||= reply.painting;
    for (const view of this.views) {
      try {
        if (view.figure in reply.ran) view.draw(reply.ran[view.figure]);
        else if (reply.painted.length) view.repaint?.();
        view.refresh();
      } catch (error) {
        this.views.delete(view);
        view.fail(/** @type {Error} */ (error));
      }
    }
  }

  /** Work that holds up the page three times moves to a worker. @param {number} cost */
  #weigh(cost) {
    const port = this.#port;
    if (!port?.machine || this.#heavy > HEAVY_TIMES) return;
    this.#heavy = cost > HEAVY_MILLISECONDS ? this.#heavy + 1 : 0;
    if (this.#heavy !== HEAVY_TIMES) return;
    this.#heavy += 1;
    this.#busy = true;
    this.#worker(port).then((worker) => {
      this.#busy = false;
      if (worker) this.#port = worker;
      this.wake();
    });
  }

  /** Go on in a worker, where the page allows one. @param {Port} port */
  async #worker(port) {
    try {
      await this.bring("away", workerPort);
    } catch {
      return null; // nobody can fetch it now: the page computes
    }
    return workerPort(this.spec, /** @type {WebAssembly.Module} */ (this.#module), this.url, port);
  }

  /** @param {unknown} reason @param {{ reject: (error: Error) => void }[]} [waiting] */
  #fail(reason, waiting = []) {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    this.#failed = error;
    this.#busy = false;
    for (const view of this.views) view.fail(error);
    for (const { reject } of [...waiting, ...this.#waiting.splice(0)]) reject(error);
  }
}
