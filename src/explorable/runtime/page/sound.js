// Samples made audible: one sound of the page at a time, after a press of its button. A control that
// moves meanwhile fades the new samples in where the old ones were, so nothing clicks.

import { say } from "./words.js";

/** @typedef {import("../spec").SoundMark} SoundMark */
/** @typedef {import("../core/memory.js").Reading} Reading */
/** @typedef {{ source: AudioBufferSourceNode, gain: GainNode, end: number }} Voice */

/** Seconds: of a first and a last moment, of a change, and from asking to hearing. */
const EDGE = 0.005;
const FADE = 0.04;
const SOON = 0.01;

/** @type {AudioContext | null} */ let shared = null;
/** What sounds now. @type {{ stop: () => void } | null} */ let current = null;

/** Samples by channel, within what a loudspeaker takes. @param {Reading} reading */
export function channelsOf({ data, shape }) {
  const length = shape[shape.length - 1];
  const count = shape.length > 1 ? shape[0] : 1;
  return Array.from({ length: count }, (_, k) => {
    const channel = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      const sample = data[k * length + i];
      // What is not a number is silence.
      channel[i] = sample === sample ? Math.min(1, Math.max(-1, sample)) : 0;
    }
    return channel;
  });
}

/** @param {Float32Array[]} a @param {Float32Array[]} b */
const same = (a, b) =>
  a.length === b.length &&
  a.every((channel, k) => channel.length === b[k].length && channel.every((x, i) => x === b[k][i]));

/** One sound while it is heard. */
export class Player {
  /** @type {Voice | null} */ #voice = null;
  /** @type {Float32Array[]} */ #channels = [];
  #begun = 0;
  /** Until then one change is being heard, and the next one waits. */ #fading = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #later;

  /**
   * @param {BaseAudioContext} context @param {number} rate @param {boolean} loop
   * @param {() => void} ended
   */
  constructor(context, rate, loop, ended) {
    this.context = context;
    this.rate = rate;
    this.loop = loop;
    this.ended = ended;
  }

  /** @param {Float32Array[]} channels */
  play(channels) {
    this.#begun = this.context.currentTime + SOON;
    this.#channels = channels;
    this.#voice = this.#sound(channels, this.#begun, 0, EDGE);
  }

  /** Go on with other samples, from where we are. @param {Float32Array[]} channels */
  change(channels) {
    const old = this.#voice;
    if (!old || same(channels, this.#channels)) return;
    const now = this.context.currentTime;
    clearTimeout(this.#later);
    if (now < this.#fading) {
      this.#later = setTimeout(() => this.change(channels), 1000 * (this.#fading - now));
      return;
    }
    const at = now + SOON;
    const length = channels[0].length / this.rate;
    const offset = this.loop ? (at - this.#begun) % length : at - this.#begun;
    // So near the end there is nothing to hear of it.
    if (!(offset + FADE < length) && !this.loop) return;
    this.#channels = channels;
    this.#fading = at + FADE;
    this.#fade(old, at, FADE);
    old.source.onended = null;
    this.#voice = this.#sound(channels, at, offset, FADE);
  }

  stop() {
    clearTimeout(this.#later);
    if (this.#voice) this.#fade(this.#voice, this.context.currentTime + SOON, EDGE);
    this.#voice = null;
  }

  /** @param {Voice} voice @param {number} at @param {number} seconds */
  #fade({ source, gain, end }, at, seconds) {
    if (at + seconds >= end) return;
    gain.gain.cancelScheduledValues(at);
    gain.gain.setValueAtTime(1, at);
    gain.gain.linearRampToValueAtTime(0, at + seconds);
    source.stop(at + seconds);
  }

  /**
   * @param {Float32Array[]} channels @param {number} at @param {number} offset seconds
   * @param {number} rise seconds
   * @returns {Voice | null}
   */
  #sound(channels, at, offset, rise) {
    const { context, rate, loop } = this;
    const { length } = channels[0];
    if (!length) return null;
    const buffer = context.createBuffer(channels.length, length, rate);
    for (const [k, channel] of channels.entries()) buffer.getChannelData(k).set(channel);
    const gain = context.createGain();
    const source = context.createBufferSource();
    Object.assign(source, { buffer, loop });
    source.connect(gain).connect(context.destination);
    const end = loop ? Infinity : at + length / rate - offset;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(1, Math.min(at + rise, (at + end) / 2));
    if (!loop) {
      gain.gain.setValueAtTime(1, Math.max(end - EDGE, (at + end) / 2));
      gain.gain.linearRampToValueAtTime(0, end);
      source.onended = () => {
        this.#voice = null;
        this.ended();
      };
    }
    source.start(at, offset);
    return { source, gain, end };
  }
}

/** @typedef {import("./handles.js").Held} Held */

/** @param {Held} held @param {import("./stage.js").Stage} stage @param {AbortSignal} signal @returns {Held} */
export function holdSound(held, stage, signal) {
  const page = {
    read: (/** @type {string} */ slot) => stage.session.read(slot),
    words: stage.page.words,
    sounding: (/** @type {string} */ slot) => {
      stage.look.sounding = slot;
      if (!signal.aborted) stage.again();
    },
  };
  return Object.assign(held, bindSound(held.element, () => held.grip, page, signal));
}

/**
 * Let a button of the drawing be pressed, by pointer or by key.
 * @param {SVGElement} element @param {() => import("./gestures.js").Grip} grip
 * @param {{ read: (slot: string) => Reading, sounding: (slot: string) => void, words: import("./words.js").Words }} page
 * @param {AbortSignal} signal
 * @returns {{ describe: () => void, stop: () => void }} tell what it is now; be silent
 */
function bindSound(element, grip, page, signal) {
  /** @type {Player | null} */ let player = null;
  const mark = () => /** @type {SoundMark} */ (grip().mark);

  const silent = () => {
    if (!player) return;
    player = null;
    current = null;
    page.sounding("");
  };
  const stop = () => {
    player?.stop();
    silent();
  };
  const toggle = () => {
    if (player) return stop();
    current?.stop();
    shared ??= new AudioContext();
    void shared.resume();
    const { samples, rate, loop } = mark();
    player = new Player(shared, rate, Boolean(loop), silent);
    current = { stop };
    player.play(channelsOf(page.read(samples)));
    page.sounding(samples);
  };
  element.addEventListener("click", toggle, { signal });
  element.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      if (!event.repeat) toggle();
    },
    { signal },
  );
  signal.addEventListener("abort", stop);

  const describe = () => {
    const { samples, name } = mark();
    player?.change(channelsOf(page.read(samples)));
    const said = player ? page.words.silence : page.words.listen;
    element.setAttribute("aria-label", say(said, { name: name ?? "" }).trim());
  };
  return { describe, stop };
}
