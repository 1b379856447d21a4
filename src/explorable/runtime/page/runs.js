// What the reader asks of a simulation. Left out of pages without one.

/** @typedef {import("./session.js").Session} Session */

/** @param {Session} session @param {string} name @param {boolean} playing */
export function play(session, name, playing) {
  const node = session.simulations.find((other) => other.name === name);
  const run = session.runs[name];
  if (playing && node?.steps && run.step >= node.steps) session.orders.restart.add(name);
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
  session.orders.restart.add(name);
  session.changed();
}
