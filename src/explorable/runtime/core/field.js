// Pictures of fields, block by block: at once as fine as a frame's time allows, then sharp. A block
// is 64 x 64 pixels, so memory stays small however large the screen is.

/** @typedef {import("../spec").FieldMark} FieldMark */
/** @typedef {import("./machine.js").Machine} Machine */
/** @typedef {{ figure: string, mark: FieldMark, columns: number, rows: number }} Wanted */

const SIDE = 64;
/** Pixels of the screen in one of the picture, finest first. */
const STEPS = [1, 2, 4];
/** A pass that was thought to be quick may take so many times its budget. */
const PATIENCE = 2;
const FIRST_GUESS = 1; // milliseconds a block takes

/**
 * A picture in the making.
 * @typedef {object} Painting
 * @property {string} size
 * @property {number} cost milliseconds of a block, as they were lately
 * @property {boolean} sharp
 * @property {{ rgba: Uint8ClampedArray, next: number } | null} fine what has been done of the sharp one
 */
/** @type {WeakMap<Machine, Map<string, Painting>>} */ const all = new WeakMap();

/**
 * Paint for a frame's budget: every field whose figure has run anew, then those not sharp yet.
 * @param {Machine} machine @param {Wanted[]} wanted @param {string[]} ran @param {number} budget
 * @param {() => number} clock milliseconds
 */
export function paintFields(machine, wanted, ran, budget, clock) {
  const start = clock();
  const spent = () => clock() - start;
  /** @type {string[]} */ const painted = [];
  let painting = false;
  let paintings = all.get(machine);
  if (!paintings) all.set(machine, (paintings = new Map()));
  for (const one of wanted) {
    const name = one.mark.pixels.picture;
    const size = `${one.columns} ${one.rows}`;
    let now = paintings.get(name);
    if (!now || now.size !== size || ran.includes(one.figure)) {
      now = { size, cost: now?.cost ?? FIRST_GUESS, sharp: false, fine: null };
      paintings.set(name, now);
      begin(machine, one, now, budget, spent);
      painted.push(name);
    } else if (!now.sharp && refine(machine, one, now, budget, spent)) painted.push(name);
    painting ||= !now.sharp;
  }
  return { painted, painting };
}

/** @param {number} pixels @param {number} step */
const coarser = (pixels, step) => Math.ceil(pixels / step);
/** @param {Wanted} wanted @param {number} step */
const blocks = ({ columns, rows }, step) =>
  coarser(columns, SIDE * step) * coarser(rows, SIDE * step);

/**
 * The finest picture that the budget allows; where it allows none, the values that the figure has
 * drawn.
 * @param {Machine} machine @param {Wanted} wanted @param {Painting} painting
 * @param {number} budget @param {() => number} spent
 */
function begin(machine, wanted, painting, budget, spent) {
  const left = budget - spent();
  const step = STEPS.find((one) => blocks(wanted, one) * painting.cost <= left);
  if (step !== undefined) {
    const [columns, rows] = [coarser(wanted.columns, step), coarser(wanted.rows, step)];
    const rgba = new Uint8ClampedArray(4 * columns * rows);
    const done = paint(machine, wanted.mark, columns, rows, rgba, 0, painting, () => spent() < PATIENCE * budget, spent);
    if (done === blocks(wanted, step)) {
      painting.sharp = step === 1;
      return publish(machine, wanted.mark, rgba, columns, rows);
    }
  }
  const { data, shape } = machine.memory.read(wanted.mark.values);
  const rgba = new Uint8ClampedArray(4 * shape[0] * shape[1]);
  copy(data, shape[2] ?? 1, shape[1], rgba, shape[1], 0, 0, shape[1], shape[0]);
  publish(machine, wanted.mark, rgba, shape[1], shape[0]);
}

/**
 * Go on with the sharp picture; true when it is there.
 * @param {Machine} machine @param {Wanted} wanted @param {Painting} painting
 * @param {number} budget @param {() => number} spent
 */
function refine(machine, wanted, painting, budget, spent) {
  const { mark, columns, rows } = wanted;
  const fine = (painting.fine ??= { rgba: new Uint8ClampedArray(4 * columns * rows), next: 0 });
  fine.next = paint(machine, mark, columns, rows, fine.rgba, fine.next, painting, () => spent() < budget, spent);
  painting.sharp = fine.next === blocks(wanted, 1);
  if (painting.sharp) {
    publish(machine, mark, fine.rgba, columns, rows);
    painting.fine = null;
  }
  return painting.sharp;
}

/**
 * Blocks from `next` on, at least one and as long as `more()`; the number of the one after them.
 * @param {Machine} machine @param {FieldMark} mark @param {number} columns @param {number} rows
 * @param {Uint8ClampedArray} rgba @param {number} next @param {{ cost: number }} painting
 * @param {() => boolean} more @param {() => number} spent
 */
function paint(machine, { pixels, x, y }, columns, rows, rgba, next, painting, more, spent) {
  const before = spent();
  const across = coarser(columns, SIDE);
  const count = across * coarser(rows, SIDE);
  const [right, up] = [(x[1] - x[0]) / columns, (y[1] - y[0]) / rows];
  const first = next;
  do {
    const [left, top] = [SIDE * (next % across), SIDE * Math.floor(next / across)];
    machine.ask(pixels.run, pixels.corner, [x[0] + left * right, right, y[1] - top * up, -up]);
    const { data } = machine.memory.read(pixels.block);
    copy(data, 3, SIDE, rgba, columns, left, top, Math.min(SIDE, columns - left), Math.min(SIDE, rows - top));
    next += 1;
  } while (next < count && more());
  painting.cost += 0.5 * ((spent() - before) / (next - first) - painting.cost);
  return next;
}

/**
 * @param {ArrayLike<number>} data floats from 0 to 1 @param {number} channels @param {number} stride
 * @param {Uint8ClampedArray} rgba @param {number} columns @param {number} left @param {number} top
 * @param {number} width @param {number} height
 */
function copy(data, channels, stride, rgba, columns, left, top, width, height) {
  const [green, blue] = channels === 3 ? [1, 2] : [0, 0];
  for (let row = 0; row < height; row++) {
    let from = channels * stride * row;
    let to = 4 * ((top + row) * columns + left);
    for (let column = 0; column < width; column++) {
      rgba[to] = 255 * data[from];
      rgba[to + 1] = 255 * data[from + green];
      rgba[to + 2] = 255 * data[from + blue];
      rgba[to + 3] = 255;
      from += channels;
      to += 4;
    }
  }
}

/**
 * @param {Machine} machine @param {FieldMark} mark @param {Uint8ClampedArray} data
 * @param {number} columns @param {number} rows
 */
function publish(machine, mark, data, columns, rows) {
  machine.pictures.set(mark.pixels.picture, { data: /** @type {any} reason: bytes that clamp */ (data), shape: [rows, columns, 4], dtype: "uint8" });
}

/**
 * A picture at once, for a still.
 * @param {Machine} machine @param {FieldMark} mark @param {number} columns @param {number} rows
 */
export function whole(machine, mark, columns, rows) {
  const rgba = new Uint8ClampedArray(4 * columns * rows);
  paint(machine, mark, columns, rows, rgba, 0, { cost: 0 }, () => true, () => 0);
  return rgba;
}
