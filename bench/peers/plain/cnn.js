// One step of gradient descent of two convolutions, two poolings and a layer of classes. Pictures
// have a margin of zeros, so that no loop asks where it is.

const BATCH = 32, SIDE = 28, FEW = 8, MORE = 16, CLASSES = 10, RATE = 0.05;
const HALF = SIDE / 2, QUARTER = SIDE / 4, FEATURES = MORE * QUARTER * QUARTER;
const floats = (n) => new Float32Array(n);
const framed = (side) => (side + 2) * (side + 2);

/**
 * out += the picture at `from` under nine weights; both have a margin.
 * @param {Float32Array} x @param {number} from @param {Float32Array} w @param {number} at
 * @param {Float32Array} out @param {number} to @param {number} side @param {boolean} [turned]
 */
function spread(x, from, w, at, out, to, side, turned) {
  const wide = side + 2;
  const [w0, w1, w2, w3, w4, w5, w6, w7, w8] = turned
    ? [8, 7, 6, 5, 4, 3, 2, 1, 0].map((k) => w[at + k])
    : w.subarray(at, at + 9);
  for (let row = 0; row < side; row++) {
    let i = from + row * wide, o = to + (row + 1) * wide + 1;
    let a0 = x[i], a1 = x[i + 1], b0 = x[i + wide], b1 = x[i + wide + 1];
    let c0 = x[i + 2 * wide], c1 = x[i + 2 * wide + 1];
    for (const end = o + side; o < end; o++, i++) {
      const a2 = x[i + 2], b2 = x[i + wide + 2], c2 = x[i + 2 * wide + 2];
      out[o] += a0 * w0 + a1 * w1 + a2 * w2 + b0 * w3 + b1 * w4 + b2 * w5 + c0 * w6 + c1 * w7 + c2 * w8;
      a0 = a1; a1 = a2; b0 = b1; b1 = b2; c0 = c1; c1 = c2;
    }
  }
}

/** g[at..] += how the nine weights move the sum of out * slope. */
function learn(x, from, slope, to, g, at, side) {
  const wide = side + 2;
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0, s8 = 0;
  for (let row = 0; row < side; row++) {
    let i = from + row * wide, o = to + (row + 1) * wide + 1;
    let a0 = x[i], a1 = x[i + 1], b0 = x[i + wide], b1 = x[i + wide + 1];
    let c0 = x[i + 2 * wide], c1 = x[i + 2 * wide + 1];
    for (const end = o + side; o < end; o++, i++) {
      const a2 = x[i + 2], b2 = x[i + wide + 2], c2 = x[i + 2 * wide + 2], d = slope[o];
      s0 += a0 * d; s1 += a1 * d; s2 += a2 * d;
      s3 += b0 * d; s4 += b1 * d; s5 += b2 * d;
      s6 += c0 * d; s7 += c1 * d; s8 += c2 * d;
      a0 = a1; a1 = a2; b0 = b1; b1 = b2; c0 = c1; c1 = c2;
    }
  }
  g[at] += s0; g[at + 1] += s1; g[at + 2] += s2; g[at + 3] += s3; g[at + 4] += s4;
  g[at + 5] += s5; g[at + 6] += s6; g[at + 7] += s7; g[at + 8] += s8;
}

/** Greatest of four and 0, and where it was (-1: nowhere). `margin` of the pooled picture. */
function pool(x, from, out, to, where, at, side, margin) {
  const wide = side + 2, half = side / 2, step = half + 2 * margin;
  for (let row = 0; row < half; row++)
    for (let column = 0; column < half; column++) {
      let best = 0, place = -1;
      const corner = from + (2 * row + 1) * wide + 2 * column + 1;
      for (const i of [corner, corner + 1, corner + wide, corner + wide + 1])
        if (x[i] > best) {
          best = x[i];
          place = i;
        }
      out[to + (row + margin) * step + column + margin] = best;
      where[at + row * half + column] = place;
    }
}

export function prepare({ state, inputs }) {
  const weights = state.weights.map(({ data }) => data.slice());
  const [w1, b1, w2, b2, w3, b3] = weights;
  const gradients = weights.map(({ length }) => floats(length));
  const [g1, gb1, g2, gb2, g3, gb3] = gradients;
  const picture = floats(framed(SIDE)), first = floats(FEW * framed(SIDE)), slope1 = floats(framed(SIDE));
  const small = floats(FEW * framed(HALF)), second = floats(MORE * framed(HALF)), slope2 = floats(MORE * framed(HALF));
  const slopeSmall = floats(FEW * framed(HALF)), features = floats(FEATURES), slope = floats(FEATURES);
  const from1 = new Int32Array(FEW * HALF * HALF), from2 = new Int32Array(FEATURES);
  const big = framed(SIDE), middle = framed(HALF), area = HALF * HALF, few = QUARTER * QUARTER;

  /** @param {number} n @param {Float32Array} pictures */
  function forward(n, pictures) {
    for (let row = 0; row < SIDE; row++) {
      const start = (n * SIDE + row) * SIDE;
      picture.set(pictures.subarray(start, start + SIDE), (row + 1) * (SIDE + 2) + 1);
    }
    for (let f = 0; f < FEW; f++) {
      first.fill(b1[f], f * big, (f + 1) * big);
      spread(picture, 0, w1, 9 * f, first, f * big, SIDE);
      pool(first, f * big, small, f * middle, from1, f * area, SIDE, 1);
    }
    for (let m = 0; m < MORE; m++) {
      second.fill(b2[m], m * middle, (m + 1) * middle);
      for (let f = 0; f < FEW; f++) spread(small, f * middle, w2, 9 * (m * FEW + f), second, m * middle, HALF);
      pool(second, m * middle, features, m * few, from2, m * few, HALF, 0);
    }
  }

  /** Of one picture: the loss, and what it adds to the gradients. @param {number} label */
  function learnOne(label) {
    const logits = new Array(CLASSES);
    let most = -Infinity, sum = 0;
    for (let c = 0; c < CLASSES; c++) {
      let s = b3[c];
      for (let k = 0; k < FEATURES; k++) s += w3[c * FEATURES + k] * features[k];
      logits[c] = s;
      if (s > most) most = s;
    }
    for (let c = 0; c < CLASSES; c++) sum += Math.exp(logits[c] - most);
    const loss = Math.log(sum) + most - logits[label];
    slope.fill(0);
    for (let c = 0; c < CLASSES; c++) {
      const d = (Math.exp(logits[c] - most) / sum - (c === label ? 1 : 0)) / BATCH;
      gb3[c] += d;
      for (let k = 0; k < FEATURES; k++) {
        g3[c * FEATURES + k] += d * features[k];
        slope[k] += d * w3[c * FEATURES + k];
      }
    }
    slope2.fill(0);
    for (let k = 0; k < FEATURES; k++) {
      if (from2[k] < 0) continue;
      slope2[from2[k]] = slope[k];
      gb2[Math.floor(k / few)] += slope[k];
    }
    slopeSmall.fill(0);
    for (let m = 0; m < MORE; m++)
      for (let f = 0; f < FEW; f++) {
        learn(small, f * middle, slope2, m * middle, g2, 9 * (m * FEW + f), HALF);
        spread(slope2, m * middle, w2, 9 * (m * FEW + f), slopeSmall, f * middle, HALF, true);
      }
    for (let f = 0; f < FEW; f++) {
      slope1.fill(0);
      for (let row = 0; row < HALF; row++)
        for (let column = 0; column < HALF; column++) {
          const place = from1[f * area + row * HALF + column];
          if (place < 0) continue;
          const d = slopeSmall[f * middle + (row + 1) * (HALF + 2) + column + 1];
          slope1[place - f * big] = d;
          gb1[f] += d;
        }
      learn(picture, 0, slope1, 0, g1, 9 * f, SIDE);
    }
    return loss;
  }

  return {
    call() {
      for (const g of gradients) g.fill(0);
      let loss = 0;
      for (let n = 0; n < BATCH; n++) {
        forward(n, inputs.pictures.data);
        loss += learnOne(Number(inputs.labels.data[n]));
      }
      for (let t = 0; t < weights.length; t++)
        for (let k = 0; k < weights[t].length; k++) weights[t][k] -= RATE * gradients[t][k];
      return { loss: [loss / BATCH] };
    },
    state: () => ({ weights }),
    restart: () => weights.forEach((w, k) => w.set(state.weights[k].data)),
  };
}
