// Matrix products in plain JavaScript: tiles of 2 x 4 sums in local variables, rows by rows.

/**
 * out[i, j] = start[j] + the product of row i of `a` and row j of `b`, both `depth` long.
 * @param {Float32Array} a @param {Float32Array} b @param {Float32Array} out
 * @param {number} rows @param {number} columns @param {number} depth @param {Float32Array} [start]
 */
export function dots(a, b, out, rows, columns, depth, start) {
  let i = 0;
  for (; i + 2 <= rows; i += 2) {
    const a0 = i * depth;
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
      let p = a0, q = a0 + depth;
      let b0 = j * depth, b1 = b0 + depth, b2 = b1 + depth, b3 = b2 + depth;
      for (const end = p + depth; p < end; p++, q++, b0++, b1++, b2++, b3++) {
        const x = a[p], y = a[q], u = b[b0], v = b[b1], w = b[b2], z = b[b3];
        s00 += x * u; s01 += x * v; s02 += x * w; s03 += x * z;
        s10 += y * u; s11 += y * v; s12 += y * w; s13 += y * z;
      }
      const o = i * columns + j, r = o + columns;
      if (start) {
        const c0 = start[j], c1 = start[j + 1], c2 = start[j + 2], c3 = start[j + 3];
        s00 += c0; s01 += c1; s02 += c2; s03 += c3;
        s10 += c0; s11 += c1; s12 += c2; s13 += c3;
      }
      out[o] = s00; out[o + 1] = s01; out[o + 2] = s02; out[o + 3] = s03;
      out[r] = s10; out[r + 1] = s11; out[r + 2] = s12; out[r + 3] = s13;
    }
    for (; j < columns; j++) {
      let s = 0, t = 0;
      for (let k = 0; k < depth; k++) {
        const u = b[j * depth + k];
        s += a[a0 + k] * u;
        t += a[a0 + depth + k] * u;
      }
      out[i * columns + j] = s + (start ? start[j] : 0);
      out[(i + 1) * columns + j] = t + (start ? start[j] : 0);
    }
  }
  for (; i < rows; i++) {
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      let p = i * depth, b0 = j * depth, b1 = b0 + depth, b2 = b1 + depth, b3 = b2 + depth;
      for (const end = p + depth; p < end; p++, b0++, b1++, b2++, b3++) {
        const x = a[p];
        s0 += x * b[b0]; s1 += x * b[b1]; s2 += x * b[b2]; s3 += x * b[b3];
      }
      const o = i * columns + j;
      out[o] = s0 + (start ? start[j] : 0);
      out[o + 1] = s1 + (start ? start[j + 1] : 0);
      out[o + 2] = s2 + (start ? start[j + 2] : 0);
      out[o + 3] = s3 + (start ? start[j + 3] : 0);
    }
    for (; j < columns; j++) {
      let s = start ? start[j] : 0;
      for (let k = 0; k < depth; k++) s += a[i * depth + k] * b[j * depth + k];
      out[i * columns + j] = s;
    }
  }
}

/** @param {Float32Array} from @param {Float32Array} to @param {number} rows @param {number} columns */
export function transpose(from, to, rows, columns) {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
}
