// One step of gradient descent of a small convolutional network. The wasm backend has no gradient
// of a convolution by its weights: a product of all 3 x 3 windows stands for it.

import { tensor, tf } from "./start.js";

export function prepare({ state, inputs }) {
  const weights = state.weights.map((t) => tf.variable(tensor(t)));
  const pictures = (x) => tf.transpose(tensor(x), [0, 2, 3, 1]);

  /** Same padding, as a product of the pictures' 3 x 3 windows and the weights (o, i, 3, 3). */
  function convolve(x, w, b) {
    const [n, side, , channels] = x.shape, more = w.shape[0];
    const framed = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]);
    const windows = [];
    for (let r = 0; r < 3; r++)
      for (let c = 0; c < 3; c++) windows.push(tf.slice(framed, [0, r, c, 0], [n, side, side, channels]));
    const flat = tf.reshape(tf.concat(windows, 3), [n * side * side, 9 * channels]);
    const kernel = tf.reshape(tf.transpose(w, [2, 3, 1, 0]), [9 * channels, more]);
    return tf.reshape(tf.add(tf.matMul(flat, kernel), b), [n, side, side, more]);
  }
  /** The wasm backend has no gradient of max pooling either. */
  function pool(x) {
    const [n, side, , channels] = x.shape;
    return tf.max(tf.max(tf.reshape(x, [n, side / 2, 2, side / 2, 2, channels]), 4), 2);
  }
  function loss(x, labels) {
    const [w1, b1, w2, b2, w3, b3] = weights;
    const first = pool(tf.relu(convolve(x, w1, b1)));
    const second = pool(tf.relu(convolve(first, w2, b2)));
    const flat = tf.reshape(tf.transpose(second, [0, 3, 1, 2]), [x.shape[0], -1]);
    const logits = tf.add(tf.matMul(flat, w3, false, true), b3);
    const right = tf.sum(tf.mul(logits, labels), 1);
    return tf.mean(tf.sub(tf.logSumExp(logits, 1), right));
  }
  return {
    call: () =>
      tf.tidy(() => {
        const x = pictures(inputs.pictures), labels = tf.cast(tf.oneHot(tensor(inputs.labels), 10), "float32");
        const { value, grads } = tf.variableGrads(() => loss(x, labels), weights);
        for (const w of weights) w.assign(tf.sub(w, tf.mul(grads[w.name], 0.05)));
        return { loss: value.dataSync() };
      }),
    state: () => ({ weights: weights.map((w) => w.dataSync()) }),
    restart: () => tf.tidy(() => weights.forEach((w, k) => w.assign(tensor(state.weights[k])))),
  };
}
