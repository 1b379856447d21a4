// Least mean squares over 4,000 samples.

const TAPS = 32, SAMPLES = 4000;

export function prepare({ inputs }) {
  const hidden = new Float32Array(TAPS).map((_, i) => Math.exp(-i / 6));
  const off = new Float64Array(TAPS), signal = new Float64Array(SAMPLES + TAPS - 1);
  const w = new Float32Array(TAPS), errors = new Float32Array(SAMPLES);
  return {
    call() {
      const mu = inputs.mu.data[0];
      signal.set(inputs.signal.data);
      // What is left to learn; four sums, so that additions need not wait for one another.
      off.set(hidden);
      for (let n = 0; n < SAMPLES; n++) {
        let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (let j = 0; j < TAPS; j += 4) {
          s0 += signal[n + j] * off[j];
          s1 += signal[n + j + 1] * off[j + 1];
          s2 += signal[n + j + 2] * off[j + 2];
          s3 += signal[n + j + 3] * off[j + 3];
        }
        const error = s0 + s1 + (s2 + s3), step = mu * error;
        errors[n] = error;
        for (let j = 0; j < TAPS; j += 4) {
          off[j] -= step * signal[n + j];
          off[j + 1] -= step * signal[n + j + 1];
          off[j + 2] -= step * signal[n + j + 2];
          off[j + 3] -= step * signal[n + j + 3];
        }
      }
      for (let j = 0; j < TAPS; j++) w[j] = hidden[j] - off[j];
      return { w, errors };
    },
  };
}
