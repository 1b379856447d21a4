// Round numbers.

export const TINY = 1e-9;

/** The smallest of 1, 2, 5 times a power of ten that is not below x. @param {number} x */
export function roundUp(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  const lead = x / power;
  return power * (lead <= 1 + TINY ? 1 : lead <= 2 + TINY ? 2 : lead <= 5 + TINY ? 5 : 10);
}
