// Live text: a number and a Python format spec to the very text Python gives. Pure.

import { BEYOND, fixed, halfEven, MOST_DIGITS } from "./fixed.js";

const SPEC =
  /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnoxX%])?$/su;

/**
 * @typedef {{ fill: string, align: string, sign: string, noNegativeZero: boolean, alternate: boolean,
 *   zero: boolean, width: number, group: string, precision: number, type: string }} FormatSpec
 * @typedef {{ data: ArrayLike<number>, dtype: string }} Numbers
 */

/** @type {Map<string, FormatSpec>} */
const known = new Map();

/** @param {string} spec @returns {FormatSpec} */
function parse(spec) {
  const cached = known.get(spec);
  if (cached) return cached;
  const match = SPEC.exec(spec);
  if (!match) throw new Error(`unknown format '${spec}'`);
  const [, fill, align, sign, z, alternate, zero, width, group, precision, type] = match;
  const parsed = {
    fill: fill ?? (zero && !align ? "0" : " "),
    align: align ?? (zero ? "=" : ">"),
    sign: sign ?? "-",
    noNegativeZero: Boolean(z),
    alternate: Boolean(alternate),
    zero: Boolean(zero),
    width: Number(width ?? 0),
    group: group ?? "",
    precision: precision === undefined ? -1 : Number(precision),
    type: type ?? "",
  };
  known.set(spec, parsed);
  return parsed;
}

/**
 * Element `index` of a slot as text, as `format(tensor.item(), spec)` in Python.
 * @param {Numbers} numbers @param {string} spec @param {number} [index]
 */
export function format(numbers, spec, index = 0) {
  const { data, dtype } = numbers;
  const parsed = parse(spec);
  if (dtype.startsWith("complex")) {
    return formatComplex(Number(data[2 * index]), Number(data[2 * index + 1]), parsed);
  }
  const value = Number(data[index]);
  if (dtype === "bool" && spec === "") return value ? "True" : "False";
  const whole = !dtype.includes("float");
  return whole && "dnxXobc".includes(parsed.type)
    ? formatInteger(value, parsed)
    : formatFloat(value, parsed);
}

/** @param {number} value @param {FormatSpec} spec */
function formatInteger(value, spec) {
  const base =
    /** @type {Record<string, number>} */ ({ x: 16, X: 16, o: 8, b: 2 })[spec.type] ?? 10;
  if (spec.type === "c") return pad("", String.fromCodePoint(value), "", spec);
  let digits = BigInt(Math.abs(value)).toString(base);
  if (spec.type === "X") digits = digits.toUpperCase();
  const prefix = spec.alternate && base !== 10 ? `0${spec.type}` : "";
  return pad(signOf(value < 0, spec) + prefix, digits, "", spec, base === 10 ? 3 : 4);
}

/** @param {number} value @param {FormatSpec} spec */
function formatFloat(value, spec) {
  const percent = spec.type === "%";
  const digits = magnitude(percent ? value * 100 : value, spec, true);
  return pad(
    signOf(isNegative(value, digits, spec), spec),
    ...split(digits),
    spec,
    3,
    percent ? "%" : "",
  );
}

/** @param {number} real @param {number} imaginary @param {FormatSpec} spec */
function formatComplex(real, imaginary, spec) {
  const plain = { ...spec, width: 0 };
  /** @param {number} value @param {string} sign */
  const part = (value, sign) => {
    const digits = magnitude(value, spec, false);
    return pad(
      signOf(isNegative(value, digits, spec), { ...spec, sign }),
      ...split(digits),
      plain,
      3,
    );
  };
  let text = "";
  if (spec.type === "" && Object.is(real, 0)) text = `${part(imaginary, spec.sign)}j`;
  else {
    text = `${part(real, spec.sign)}${part(imaginary, "+")}j`;
    if (spec.type === "") text = `(${text})`;
  }
  return pad("", text, "", spec, 0);
}

/** @param {number} value @param {string} digits @param {FormatSpec} spec */
function isNegative(value, digits, spec) {
  if (!(value < 0 || Object.is(value, -0))) return false;
  return !(spec.noNegativeZero && !/[1-9a-df-m]/.test(digits));
}

/** @param {boolean} negative @param {FormatSpec} spec */
const signOf = (negative, spec) => (negative ? "-" : spec.sign === "-" ? "" : spec.sign);

/**
 * Digits of |value| without sign, width or groups.
 * @param {number} value
 * @param {FormatSpec} spec
 * @param {boolean} dot add ".0" to whole floats, as repr does
 */
function magnitude(value, spec, dot) {
  const type = spec.type.toLowerCase();
  const positive = Math.abs(value);
  let text;
  if (Number.isNaN(value)) text = "nan";
  else if (positive === Infinity) text = "inf";
  else if (type === "f" || type === "%")
    text = fixed(positive, spec.precision < 0 ? 6 : spec.precision);
  else if (type === "e") text = exponential(positive, spec.precision < 0 ? 6 : spec.precision);
  else if (type === "" && spec.precision < 0) return shortest(positive, dot);
  else
    text = general(
      positive,
      spec.precision < 0 ? 6 : spec.precision || 1,
      spec,
      dot && type === "",
    );
  if (spec.alternate && Number.isFinite(value) && !text.includes("."))
    text = text.replace(/(?=e|$)/, ".");
  return spec.type === "E" || spec.type === "F" || spec.type === "G" ? text.toUpperCase() : text;
}

/** @param {number} x @param {number} digits */
function exponential(x, digits) {
  const longer = x.toExponential(Math.min(digits + BEYOND, MOST_DIGITS));
  const [mantissa, power] = longer.split("e");
  const even = halfEven(mantissa, 2 + digits, digits ? 0 : 1);
  const [head, exponent] = even === null ? x.toExponential(digits).split("e") : [even, power];
  return `${head}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** @param {number} x @param {number} precision @param {FormatSpec} spec @param {boolean} dot */
function general(x, precision, spec, dot) {
  const scientific = exponential(x, precision - 1);
  const [mantissa, power] = scientific.split("e");
  const exponent = Number(power);
  const isFixed = exponent >= -4 && exponent < precision - (dot ? 1 : 0);
  let text = isFixed ? fixed(x, precision - 1 - exponent) : mantissa;
  if (!spec.alternate && text.includes(".")) text = text.replace(/\.?0+$/, "");
  if (isFixed) return dot && !text.includes(".") ? `${text}.0` : text;
  return `${text}e${power}`;
}

/** Python's repr of a positive float. @param {number} x @param {boolean} dot */
function shortest(x, dot) {
  const [mantissa, power] = x.toExponential().split("e");
  const exponent = Number(power);
  if (x !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${mantissa}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  }
  const digits = mantissa.replace(".", "");
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const rest = digits.slice(exponent + 1);
  return rest ? `${whole}.${rest}` : whole + (dot ? ".0" : "");
}

/** The digits before the point, and the rest. @param {string} text @returns {[string, string]} */
function split(text) {
  const end = text.search(/[^0-9]/);
  return end < 0 ? [text, ""] : end === 0 ? [text, ""] : [text.slice(0, end), text.slice(end)];
}

/**
 * @param {string} head sign and prefix
 * @param {string} whole digits that are grouped
 * @param {string} rest
 * @param {FormatSpec} spec @param {number} [size] digits per group @param {string} [end]
 */
function pad(head, whole, rest, spec, size = 3, end = "") {
  const tail = rest + end;
  if (spec.group && size && /^[0-9a-fA-F]+$/.test(whole)) {
    if (spec.fill === "0" && spec.align === "=") {
      const room = spec.width - head.length - tail.length;
      // Zeros are grouped too, and a separator never comes first.
      while (whole.length + Math.floor((whole.length - 1) / size) < room) whole = `0${whole}`;
    }
    whole = whole.replace(new RegExp(`\\B(?=(?:.{${size}})+$)`, "g"), spec.group);
  }
  const text = head + whole + tail;
  const missing = spec.width - [...text].length;
  if (missing <= 0) return text;
  const left = spec.align === "<" ? 0 : spec.align === "^" ? Math.floor(missing / 2) : missing;
  const fill = spec.fill.repeat(left);
  if (spec.align === "=") return head + fill + whole + tail;
  return fill + text + spec.fill.repeat(missing - left);
}
