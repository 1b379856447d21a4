// A Fourier transform of 4,096 numbers: six stages of radix 4, in order throughout (Stockham).

const SIZE = 4096;

export function prepare({ inputs }) {
  let x = new Float64Array(2 * SIZE), y = new Float64Array(2 * SIZE);
  const spectrum = new Float32Array(2 * SIZE);
  const turns = new Float64Array(2 * SIZE);
  for (let k = 0; k < SIZE; k++) {
    turns[2 * k] = Math.cos((2 * Math.PI * k) / SIZE);
    turns[2 * k + 1] = -Math.sin((2 * Math.PI * k) / SIZE);
  }
  return {
    call() {
      x.set(inputs.z.data);
      for (let n = SIZE, stride = 1; n > 1; n >>= 2, stride <<= 2) {
        const quarter = n >> 2, far = 2 * stride * quarter;
        for (let p = 0; p < quarter; p++) {
          const t = 2 * p * stride;
          const c1 = turns[t], d1 = turns[t + 1], c2 = turns[2 * t], d2 = turns[2 * t + 1];
          const c3 = turns[3 * t], d3 = turns[3 * t + 1];
          for (let q = 0, i = 2 * stride * p, o = 8 * stride * p; q < stride; q++, i += 2, o += 2) {
            const ar = x[i], ai = x[i + 1], br = x[i + far], bi = x[i + far + 1];
            const cr = x[i + 2 * far], ci = x[i + 2 * far + 1], dr = x[i + 3 * far], di = x[i + 3 * far + 1];
            const sr = ar + cr, si = ai + ci, mr = ar - cr, mi = ai - ci;
            const tr = br + dr, ti = bi + di, nr = bi - di, ni = dr - br;
            y[o] = sr + tr;
            y[o + 1] = si + ti;
            const ur = mr + nr, ui = mi + ni, vr = sr - tr, vi = si - ti, wr = mr - nr, wi = mi - ni;
            const o1 = o + 2 * stride, o2 = o + 4 * stride, o3 = o + 6 * stride;
            y[o1] = ur * c1 - ui * d1;
            y[o1 + 1] = ur * d1 + ui * c1;
            y[o2] = vr * c2 - vi * d2;
            y[o2 + 1] = vr * d2 + vi * c2;
            y[o3] = wr * c3 - wi * d3;
            y[o3 + 1] = wr * d3 + wi * c3;
          }
        }
        [x, y] = [y, x];
      }
      spectrum.set(x);
      return { spectrum };
    },
  };
}
