// The simulations of a session: what moves by itself in a frame, and what the reader asks. Left out
// of pages without one.

import { calm } from "./calm.js";

/** @typedef {import("../spec").SimulationNode} SimulationNode */
/** @typedef {import("./session.js").Session} Session */

/** Of a run, the part of a step that is due. @type {WeakMap<SimulationNode, number>} */
const credits = new WeakMap();

/** @param {Session} session @returns {SimulationNode[]} */
export const simulationsOf = ({ spec }) =>
  spec.program.nodes.filter((node) => node.kind === "simulation");

/** @param {Session} session */
export function beginRuns(session) {
  for (const { name, play } of simulationsOf(session)) {
    session.runs[name] = { step: 0, furthest: 0, begun: 0 };
    if (play && !calm()) session.playing.add(name);
  }
}

/** Those that have come to their end play no longer. @param {Session} session */
export function endRuns(session) {
  for (const { name, steps } of simulationsOf(session))
    if (steps && session.runs[name].step >= steps) session.playing.delete(name);
}

/** What plays takes the steps that are due. @param {Session} session @param {number} seconds */
export function movePlaying(session, seconds) {
  for (const node of simulationsOf(session)) {
    if (!session.playing.has(node.name)) continue;
    const credit = node.rate ? (credits.get(node) ?? 1) + seconds * node.rate : Infinity;
    credits.set(node, node.rate ? credit % 1 : 0);
    if (credit >= 1) session.orders.advance[node.name] = Math.floor(credit);
  }
  endRuns(session);
}

/** @param {Session} session @param {string} name @param {boolean} playing */
export function play(session, name, playing) {
  const node = simulationsOf(session).find((other) => other.name === name);
  const run = session.runs[name];
  if (playing && node?.steps && run.step >= node.steps) session.orders.restart.push(name);
  if (playing) session.playing.add(name);
  else session.playing.delete(name);
  session.changed();
}

/** @param {Session} session @param {string} name @param {number} count */
export function step(session, name, count) {
  const { step, furthest } = session.runs[name];
  if (count < 0 || step < furthest) seek(session, name, Math.max(0, step + count));
  else {
    session.playing.delete(name);
    advance(session, name, count);
  }
}

/**
 * Steps with the present settings, also where steps were taken before.
 * @param {Session} session @param {string} name @param {number} [count]
 */
export function advance(session, name, count = 1) {
  const { advance } = session.orders;
  advance[name] = (advance[name] ?? 0) + count;
  session.changed();
}

/** @param {Session} session @param {string} name @param {number} step */
export function seek(session, name, step) {
  session.playing.delete(name);
  session.orders.seek[name] = step;
  session.changed();
}

/** @param {Session} session @param {string} name */
export function reset(session, name) {
  delete session.orders.seek[name];
  session.orders.restart.push(name);
  session.changed();
}

/**
 * A button was pressed. A simulation that stands still takes a step, so that it is seen to do
 * something.
 * @param {Session} session @param {string} button
 */
export function answer(session, button) {
  for (const { name, needs } of simulationsOf(session))
    if (needs.includes(button) && !session.playing.has(name)) advance(session, name);
}
