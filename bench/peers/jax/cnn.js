// One step of gradient descent of a small convolutional network, compiled as one function.

import { free, jit, lax, nn, np, tensor, valueAndGrad } from "./start.js";

const CLASSES = 10, RATE = 0.05;

function loss(weights, x, labels) {
  const [w1, b1, w2, b2, w3, b3] = weights;
  const layer = (x, w, b) => {
    const more = w.shape[0], [n, , side] = x.shape;
    const y = nn.relu(lax.conv(x, w, [1, 1], "SAME").add(b.reshape([more, 1, 1])));
    return np.max(np.max(y.reshape([n, more, side / 2, 2, side / 2, 2]), 5), 3);
  };
  const flat = layer(layer(x, w1, b1), w2, b2).reshape([labels.shape[0], -1]);
  const logits = np.matmul(flat, np.transpose(w3)).add(b3);
  return np.mean(np.sum(nn.logSoftmax(logits, -1).mul(labels), 1)).mul(-1);
}

export function prepare({ state, inputs }) {
  const gradient = valueAndGrad(loss);
  const step = jit((weights, pictures, labels) => {
    const [value, slopes] = gradient(weights.map((w) => w.ref), pictures, labels);
    return [weights.map((w, k) => w.sub(slopes[k].mul(RATE))), value];
  });
  let weights = state.weights.map(tensor);
  return {
    call() {
      let value;
      [weights, value] = step(weights, tensor(inputs.pictures), nn.oneHot(tensor(inputs.labels), CLASSES));
      return { loss: value.dataSync() };
    },
    state: () => ({ weights: weights.map((w) => w.ref.dataSync()) }),
    restart() {
      free(weights);
      weights = state.weights.map(tensor);
    },
  };
}
