// The matrix product: micro-kernels over one tile, and the packing of the right operand.
// Panels are 12, 8 or 4 columns wide; a packed panel holds its columns of every row of the right
// operand one after the other, padded with zeros.
//@ tile_pin
// Without these V8 (11 to 14) and LLVM reorder the loads and products of a tile so that its
// accumulators no longer fit the 15 vector registers, which halves the speed.
#define TILE_PIN(x) asm volatile("" : "+r"(x))
#define TILE_FENCE asm volatile("" ::: "memory")
// Row r of the left operand; rows below the last one repeat it.
#define TILE_ROW(r) (left + (r < last ? r : last) * left_row)
//@ tile_3x12: needs tile_pin
NOINLINE void tile_3x12(const float *left, int left_row, int last, int left_column,
                       const float *right, int right_row, int depth, float *out,
                       int out_row) {
  const float *a0 = left;
  const float *a1 = TILE_ROW(1);
  const float *a2 = TILE_ROW(2);
  f4 s00 = {0}, s01 = {0}, s02 = {0},
     s10 = {0}, s11 = {0}, s12 = {0},
     s20 = {0}, s21 = {0}, s22 = {0};
  for (; depth > 0; depth--) {
    f4 b0 = load_f4(right), b1 = load_f4(right + 4), b2 = load_f4(right + 8);
    f4 a;
    a = splat_f4(*a0);
    s00 = FMA(a, b0, s00);
    TILE_PIN(s00);
    s01 = FMA(a, b1, s01);
    TILE_PIN(s01);
    s02 = FMA(a, b2, s02);
    TILE_PIN(s02);
    TILE_FENCE;
    a = splat_f4(*a1);
    s10 = FMA(a, b0, s10);
    TILE_PIN(s10);
    s11 = FMA(a, b1, s11);
    TILE_PIN(s11);
    s12 = FMA(a, b2, s12);
    TILE_PIN(s12);
    TILE_FENCE;
    a = splat_f4(*a2);
    s20 = FMA(a, b0, s20);
    TILE_PIN(s20);
    s21 = FMA(a, b1, s21);
    TILE_PIN(s21);
    s22 = FMA(a, b2, s22);
    TILE_PIN(s22);
    TILE_FENCE;
    a0 += left_column; a1 += left_column; a2 += left_column;
    right += right_row;
  }
  store_f4(out, s00);
  store_f4(out + 4, s01);
  store_f4(out + 8, s02);
  store_f4(out + out_row, s10);
  store_f4(out + out_row + 4, s11);
  store_f4(out + out_row + 8, s12);
  store_f4(out + 2 * out_row, s20);
  store_f4(out + 2 * out_row + 4, s21);
  store_f4(out + 2 * out_row + 8, s22);
}

//@ tile_4x8: needs tile_pin
NOINLINE void tile_4x8(const float *left, int left_row, int last, int left_column,
                       const float *right, int right_row, int depth, float *out,
                       int out_row) {
  const float *a0 = left;
  const float *a1 = TILE_ROW(1);
  const float *a2 = TILE_ROW(2);
  const float *a3 = TILE_ROW(3);
  f4 s00 = {0}, s01 = {0},
     s10 = {0}, s11 = {0},
     s20 = {0}, s21 = {0},
     s30 = {0}, s31 = {0};
  for (; depth > 0; depth--) {
    f4 b0 = load_f4(right), b1 = load_f4(right + 4);
    f4 a;
    a = splat_f4(*a0);
    s00 = FMA(a, b0, s00);
    TILE_PIN(s00);
    s01 = FMA(a, b1, s01);
    TILE_PIN(s01);
    TILE_FENCE;
    a = splat_f4(*a1);
    s10 = FMA(a, b0, s10);
    TILE_PIN(s10);
    s11 = FMA(a, b1, s11);
    TILE_PIN(s11);
    TILE_FENCE;
    a = splat_f4(*a2);
    s20 = FMA(a, b0, s20);
    TILE_PIN(s20);
    s21 = FMA(a, b1, s21);
    TILE_PIN(s21);
    TILE_FENCE;
    a = splat_f4(*a3);
    s30 = FMA(a, b0, s30);
    TILE_PIN(s30);
    s31 = FMA(a, b1, s31);
    TILE_PIN(s31);
    TILE_FENCE;
    a0 += left_column; a1 += left_column; a2 += left_column; a3 += left_column;
    right += right_row;
  }
  store_f4(out, s00);
  store_f4(out + 4, s01);
  store_f4(out + out_row, s10);
  store_f4(out + out_row + 4, s11);
  store_f4(out + 2 * out_row, s20);
  store_f4(out + 2 * out_row + 4, s21);
  store_f4(out + 3 * out_row, s30);
  store_f4(out + 3 * out_row + 4, s31);
}

//@ tile_8x4: needs tile_pin
NOINLINE void tile_8x4(const float *left, int left_row, int last, int left_column,
                       const float *right, int right_row, int depth, float *out,
                       int out_row) {
  const float *a0 = left;
  const float *a1 = TILE_ROW(1);
  const float *a2 = TILE_ROW(2);
  const float *a3 = TILE_ROW(3);
  const float *a4 = TILE_ROW(4);
  const float *a5 = TILE_ROW(5);
  const float *a6 = TILE_ROW(6);
  const float *a7 = TILE_ROW(7);
  f4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0},
     s4 = {0}, s5 = {0}, s6 = {0}, s7 = {0};
  for (; depth > 0; depth--) {
    f4 b0 = load_f4(right);
    f4 a;
    a = splat_f4(*a0);
    s0 = FMA(a, b0, s0);
    TILE_PIN(s0);
    TILE_FENCE;
    a = splat_f4(*a1);
    s1 = FMA(a, b0, s1);
    TILE_PIN(s1);
    TILE_FENCE;
    a = splat_f4(*a2);
    s2 = FMA(a, b0, s2);
    TILE_PIN(s2);
    TILE_FENCE;
    a = splat_f4(*a3);
    s3 = FMA(a, b0, s3);
    TILE_PIN(s3);
    TILE_FENCE;
    a = splat_f4(*a4);
    s4 = FMA(a, b0, s4);
    TILE_PIN(s4);
    TILE_FENCE;
    a = splat_f4(*a5);
    s5 = FMA(a, b0, s5);
    TILE_PIN(s5);
    TILE_FENCE;
    a = splat_f4(*a6);
    s6 = FMA(a, b0, s6);
    TILE_PIN(s6);
    TILE_FENCE;
    a = splat_f4(*a7);
    s7 = FMA(a, b0, s7);
    TILE_PIN(s7);
    TILE_FENCE;
    a0 += left_column; a1 += left_column; a2 += left_column; a3 += left_column;
    a4 += left_column; a5 += left_column; a6 += left_column; a7 += left_column;
    right += right_row;
  }
  store_f4(out, s0);
  store_f4(out + out_row, s1);
  store_f4(out + 2 * out_row, s2);
  store_f4(out + 3 * out_row, s3);
  store_f4(out + 4 * out_row, s4);
  store_f4(out + 5 * out_row, s5);
  store_f4(out + 6 * out_row, s6);
  store_f4(out + 7 * out_row, s7);
}

//@ matmul_tile: needs tile_3x12, tile_4x8, tile_8x4
// Columns of the next panel when `columns` are left: at most three are ever padding.
INLINE int panel_width(int columns) {
  return columns <= 4 ? 4 : columns <= 8 || (columns > 12 && columns <= 16) ? 8 : 12;
}
INLINE int panel_rows(int width) { return width == 12 ? 3 : 32 / width; }
INLINE void matmul_tile(int width, const float *left, int left_row, int last, int left_column,
                        const float *right, int right_row, int depth, float *out, int out_row) {
  if (width == 12)
    tile_3x12(left, left_row, last, left_column, right, right_row, depth, out, out_row);
  else if (width == 8)
    tile_4x8(left, left_row, last, left_column, right, right_row, depth, out, out_row);
  else
    tile_8x4(left, left_row, last, left_column, right, right_row, depth, out, out_row);
}

//@ pack_panels: needs matmul_tile
static void pack_panels(const float *right, float *packed, int batch, int right_batch,
                        int right_row, int right_column, int columns, int depth) {
  for (; batch > 0; batch--, right += right_batch) {
    for (int column = 0, width; column < columns; column += width) {
      width = panel_width(columns - column);
      int wide = columns - column < width ? columns - column : width;
      const float *from = right + column * right_column;
      if (right_column == 1 && wide == width) {
        for (int k = 0; k < depth; k++, from += right_row)
          for (int c = 0; c < width; c += 4, packed += 4) store_f4(packed, load_f4(from + c));
        continue;
      }
      int k = 0;
      if (right_row == 1) {
        // Four rows of four columns at a time: both sides of the copy are read and written whole.
        for (; k + 4 <= depth; k += 4) {
          for (int c = 0; c < width; c += 4) {
            const float *p = from + c * right_column + k;
            f4 zero = {0}, x = c < wide ? load_f4(p) : zero,
               y = c + 1 < wide ? load_f4(p + right_column) : zero,
               z = c + 2 < wide ? load_f4(p + 2 * right_column) : zero,
               w = c + 3 < wide ? load_f4(p + 3 * right_column) : zero;
            f4 xy = __builtin_shufflevector(x, y, 0, 4, 1, 5);
            f4 zw = __builtin_shufflevector(z, w, 0, 4, 1, 5);
            f4 xy2 = __builtin_shufflevector(x, y, 2, 6, 3, 7);
            f4 zw2 = __builtin_shufflevector(z, w, 2, 6, 3, 7);
            float *to = packed + c;
            store_f4(to, __builtin_shufflevector(xy, zw, 0, 1, 4, 5));
            store_f4(to + width, __builtin_shufflevector(xy, zw, 2, 3, 6, 7));
            store_f4(to + 2 * width, __builtin_shufflevector(xy2, zw2, 0, 1, 4, 5));
            store_f4(to + 3 * width, __builtin_shufflevector(xy2, zw2, 2, 3, 6, 7));
          }
          packed += 4 * width;
        }
      }
      for (; k < depth; k++)
        for (int c = 0; c < width; c++)
          *packed++ = c < wide ? from[k * right_row + c * right_column] : 0;
    }
  }
}
