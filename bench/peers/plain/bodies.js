// 1,000 bodies: each pair once, as the two pulls are equal and opposite.

const STEP = 0.01, SOFT = 0.05 ** 2;

export function prepare({ state, inputs }) {
  const n = inputs.mass.data.length;
  const axes = () => [0, 1, 2].map(() => new Float64Array(n));
  const [x, y, z] = axes(), [u, v, w] = axes(), [ax, ay, az] = axes(), mass = new Float64Array(n);
  const places = new Float32Array(3 * n), speeds = new Float32Array(3 * n);

  function restart() {
    for (const [[a, b, c], { data }] of [[[x, y, z], state.x], [[u, v, w], state.v]])
      for (let i = 0; i < n; i++) [a[i], b[i], c[i]] = [data[3 * i], data[3 * i + 1], data[3 * i + 2]];
  }
  function drift() {
    for (let i = 0; i < n; i++) {
      x[i] += (STEP / 2) * u[i];
      y[i] += (STEP / 2) * v[i];
      z[i] += (STEP / 2) * w[i];
    }
  }
  restart();
  return {
    restart,
    call() {
      mass.set(inputs.mass.data);
      drift();
      ax.fill(0); ay.fill(0); az.fill(0);
      for (let i = 0; i < n; i++) {
        const xi = x[i], yi = y[i], zi = z[i], mi = mass[i];
        let sx = 0, sy = 0, sz = 0;
        for (let j = i + 1; j < n; j++) {
          const dx = x[j] - xi, dy = y[j] - yi, dz = z[j] - zi;
          const near = dx * dx + dy * dy + dz * dz + SOFT;
          const pull = 1 / (near * Math.sqrt(near)), mine = mass[j] * pull, its = mi * pull;
          sx += mine * dx; sy += mine * dy; sz += mine * dz;
          ax[j] -= its * dx; ay[j] -= its * dy; az[j] -= its * dz;
        }
        u[i] += STEP * (ax[i] + sx);
        v[i] += STEP * (ay[i] + sy);
        w[i] += STEP * (az[i] + sz);
      }
      drift();
      for (let i = 0; i < n; i++) {
        places[3 * i] = x[i];
        places[3 * i + 1] = y[i];
        places[3 * i + 2] = z[i];
      }
      return { x: places };
    },
    state() {
      for (let i = 0; i < n; i++) [speeds[3 * i], speeds[3 * i + 1], speeds[3 * i + 2]] = [u[i], v[i], w[i]];
      return { v: speeds };
    },
  };
}
