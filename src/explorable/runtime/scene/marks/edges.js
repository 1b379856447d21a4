// The lines of a graph: from the rim of one node to the rim of the other, bent where two run
// between the same nodes, round where one comes back to its own.

const LOOP = { radius: 9, points: 18, open: 0.72 };
const BEND = { share: 0.16, points: 12 };

/** @typedef {{ x: number, y: number, wide: number, high: number, round: boolean }} Node */
/** @typedef {{ line: number[], tip: [x: number, y: number, ux: number, uy: number], middle: [x: number, y: number, nx: number, ny: number] }} Edge */

/** From the centre of a node to its rim. @param {Node} node @param {number} ux @param {number} uy */
const reach = ({ wide, high, round }, ux, uy) =>
  round ? wide : Math.min(wide / Math.max(1e-6, Math.abs(ux)), high / Math.max(1e-6, Math.abs(uy)));

/**
 * How far each edge bends aside, -1 to 1 and more: none for one alone, apart for those between the
 * same two nodes.
 * @param {ArrayLike<number>} pairs @param {boolean} directed
 */
export function bends(pairs, directed) {
  /** @type {Map<string, number[]>} */ const together = new Map();
  for (let k = 0; k < pairs.length / 2; k++) {
    const [a, b] = [Number(pairs[2 * k]), Number(pairs[2 * k + 1])];
    const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
    together.set(key, [...(together.get(key) ?? []), k]);
  }
  const found = new Float32Array(pairs.length / 2);
  for (const edges of directed ? together.values() : []) {
    for (const [place, k] of edges.entries()) {
      // Sides are those of the first edge: one that runs the other way has them exchanged.
      const way = pairs[2 * k] === pairs[2 * edges[0]] ? 1 : -1;
      found[k] = way * (place - (edges.length - 1) / 2) * 2;
    }
  }
  return found;
}

/**
 * One edge, or null where its ends touch.
 * @param {Node} from @param {Node} to @param {number} bend @param {number} head kept free before
 * the end
 * @param {{ x: number, y: number }} middle of the drawing: loops lie away from it
 * @returns {Edge | null}
 */
export function edgeOf(from, to, bend, head, middle) {
  if (from === to) return loopOf(from, middle);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  if (!(length > 1)) return null;
  const [ux, uy] = [dx / length, dy / length];
  const [nx, ny] = [uy, -ux];
  if (!bend) {
    const [start, end] = [reach(from, ux, uy), length - reach(to, ux, uy)];
    if (end - start < 2) return null;
    const at = (/** @type {number} */ t) => [from.x + t * ux, from.y + t * uy];
    const [x, y] = at(end);
    const [mx, my] = at((start + end) / 2);
    return { line: [...at(start), ...at(end - head)], tip: [x, y, ux, uy], middle: [mx, my, nx, ny] };
  }
  // A parabola through the point beside the middle.
  const aside = bend * BEND.share * length * 0.5;
  const [cx, cy] = [from.x + dx / 2 + 2 * aside * nx, from.y + dy / 2 + 2 * aside * ny];
  const curve = (/** @type {number} */ t) => [
    (1 - t) ** 2 * from.x + 2 * t * (1 - t) * cx + t * t * to.x,
    (1 - t) ** 2 * from.y + 2 * t * (1 - t) * cy + t * t * to.y,
  ];
  const inside = (/** @type {Node} */ node, /** @type {number[]} */ [x, y]) => {
    const away = Math.hypot(x - node.x, y - node.y) || 1e-6;
    return away < reach(node, (x - node.x) / away, (y - node.y) / away);
  };
  let [first, last] = [0, 1];
  while (first < 0.5 && inside(from, curve(first))) first += 0.01;
  while (last > 0.5 && inside(to, curve(last))) last -= 0.01;
  const [x, y] = curve(last);
  const [bx, by] = curve(last - Math.max(0.02, head / length));
  const turn = Math.hypot(x - bx, y - by) || 1;
  const stop = head ? last - head / length : last;
  const line = Array.from({ length: BEND.points + 1 }, (_, k) =>
    curve(first + ((stop - first) * k) / BEND.points),
  ).flat();
  const [mx, my] = curve((first + last) / 2);
  const side = Math.sign(bend);
  return {
    line,
    tip: [x, y, (x - bx) / turn, (y - by) / turn],
    middle: [mx, my, side * nx, side * ny],
  };
}

/** Out of a node and back to it. @param {Node} node @param {{ x: number, y: number }} middle @returns {Edge} */
function loopOf(node, middle) {
  const away = Math.hypot(node.x - middle.x, node.y - middle.y);
  const [ux, uy] = away < 1 ? [0, -1] : [(node.x - middle.x) / away, (node.y - middle.y) / away];
  const distance = reach(node, ux, uy) + 0.6 * LOOP.radius;
  const [cx, cy] = [node.x + distance * ux, node.y + distance * uy];
  const out = Math.atan2(uy, ux);
  const line = Array.from({ length: LOOP.points + 1 }, (_, k) => {
    const angle = out + Math.PI * LOOP.open * (2 * (k / LOOP.points) - 1);
    return [cx + LOOP.radius * Math.cos(angle), cy + LOOP.radius * Math.sin(angle)];
  }).flat();
  const end = out + Math.PI * LOOP.open;
  return {
    line,
    tip: [line[2 * LOOP.points], line[2 * LOOP.points + 1], -Math.sin(end), Math.cos(end)],
    middle: [cx + LOOP.radius * ux, cy + LOOP.radius * uy, ux, uy],
  };
}
