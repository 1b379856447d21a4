// Sliders whose steps multiply.

/** @param {{ low: number, high: number }} control @param {number} x */
export const logPosition = ({ low, high }, x) => Math.log(x / low) / Math.log(high / low);

/** @param {{ low: number, high: number }} control @param {number} t */
export const atLogPosition = ({ low, high }, t) => low * (high / low) ** t;

/** Three digits, of any size. @param {number} x */
export function logDigits(x) {
  const shown =
    x !== 0 && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5)
      ? x.toExponential(1)
      : String(Number(x.toPrecision(3)));
  return shown.replaceAll("-", "−");
}
