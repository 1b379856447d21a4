// The arc of a complex number that turns.

const POINTS = 64;

export function prepare({ inputs }) {
  const arc = new Float32Array(2 * POINTS);
  return {
    call() {
      const theta = inputs.theta.data[0], [re, im] = inputs.z.data;
      for (let i = 0; i < POINTS; i++) {
        const angle = (theta * i) / (POINTS - 1), c = Math.cos(angle), s = Math.sin(angle);
        arc[2 * i] = re * c - im * s;
        arc[2 * i + 1] = re * s + im * c;
      }
      return { arc };
    },
  };
}
