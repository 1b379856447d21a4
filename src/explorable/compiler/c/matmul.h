// The matrix product: micro-kernels over one tile, and the packing of the right operand.
// Panels are 12, 8 or 4 columns wide; a packed panel holds its columns of every row of the right
// operand one after the other, padded with zeros.
//@ tile_pin
// LLVM reorders the loads and products of a tile so that its sums no longer fit V8's 15 vector
// registers, which halves the speed (V8 11 to 14). So the order is nailed down: loads are written
// as instructions, sums and pointers pass through empty ones. Four steps per round, as the loop
// itself costs as much as a sixth of a step.
#define TILE_LOAD(x, at) \
  asm volatile("local.get %1\n\tv128.load " #at "\n\tlocal.set %0" : "=r"(x) : "r"(right))
#define TILE_PIN(x) asm volatile("" : "+r"(x))
#define TILE_NEXT(x, by) \
  x += by; \
  TILE_PIN(x)
#define TILE_ADD(sum, b) \
  sum = FMA(a, b, sum); \
  TILE_PIN(sum)
#define TILE_DEPTH(STEP) \
  for (; depth > 3; depth -= 4) { \
    STEP STEP STEP STEP \
  } \
  for (; depth > 0; depth--) STEP
// Row r of the left operand; rows below the last one repeat it.
#define TILE_ROW(r) (left + (r < last ? r : last) * left_row)
//@ tile_3x12: needs tile_pin
#define STEP_3X12 \
  { \
    f4 a, b0, b1, b2; \
    TILE_LOAD(b0, 0); \
    TILE_LOAD(b1, 16); \
    TILE_LOAD(b2, 32); \
    a = splat_f4(*a0); \
    TILE_ADD(s00, b0); \
    TILE_ADD(s01, b1); \
    TILE_ADD(s02, b2); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a1); \
    TILE_ADD(s10, b0); \
    TILE_ADD(s11, b1); \
    TILE_ADD(s12, b2); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a2); \
    TILE_ADD(s20, b0); \
    TILE_ADD(s21, b1); \
    TILE_ADD(s22, b2); \
    asm volatile("" ::: "memory"); \
    TILE_NEXT(a0, left_column); \
    TILE_NEXT(a1, left_column); \
    TILE_NEXT(a2, left_column); \
    TILE_NEXT(right, right_row); \
  }
NOINLINE void tile_3x12(const float *left, int left_row, int last, int left_column,
                        const float *right, int right_row, int depth, float *out, int out_row) {
  const float *a0 = left;
  const float *a1 = TILE_ROW(1);
  const float *a2 = TILE_ROW(2);
  f4 s00 = {0}, s01 = {0}, s02 = {0}, s10 = {0}, s11 = {0}, s12 = {0}, s20 = {0}, s21 = {0},
     s22 = {0};
  TILE_DEPTH(STEP_3X12)
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
#define STEP_4X8 \
  { \
    f4 a, b0, b1; \
    TILE_LOAD(b0, 0); \
    TILE_LOAD(b1, 16); \
    a = splat_f4(*a0); \
    TILE_ADD(s00, b0); \
    TILE_ADD(s01, b1); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a1); \
    TILE_ADD(s10, b0); \
    TILE_ADD(s11, b1); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a2); \
    TILE_ADD(s20, b0); \
    TILE_ADD(s21, b1); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a3); \
    TILE_ADD(s30, b0); \
    TILE_ADD(s31, b1); \
    asm volatile("" ::: "memory"); \
    TILE_NEXT(a0, left_column); \
    TILE_NEXT(a1, left_column); \
    TILE_NEXT(a2, left_column); \
    TILE_NEXT(a3, left_column); \
    TILE_NEXT(right, right_row); \
  }
NOINLINE void tile_4x8(const float *left, int left_row, int last, int left_column,
                       const float *right, int right_row, int depth, float *out, int out_row) {
  const float *a0 = left;
  const float *a1 = TILE_ROW(1);
  const float *a2 = TILE_ROW(2);
  const float *a3 = TILE_ROW(3);
  f4 s00 = {0}, s01 = {0}, s10 = {0}, s11 = {0}, s20 = {0}, s21 = {0}, s30 = {0}, s31 = {0};
  TILE_DEPTH(STEP_4X8)
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
#define STEP_8X4 \
  { \
    f4 a, b0; \
    TILE_LOAD(b0, 0); \
    a = splat_f4(*a0); \
    TILE_ADD(s0, b0); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a1); \
    TILE_ADD(s1, b0); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a2); \
    TILE_ADD(s2, b0); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a3); \
    TILE_ADD(s3, b0); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a4); \
    TILE_ADD(s4, b0); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a5); \
    TILE_ADD(s5, b0); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a6); \
    TILE_ADD(s6, b0); \
    asm volatile("" ::: "memory"); \
    a = splat_f4(*a7); \
    TILE_ADD(s7, b0); \
    asm volatile("" ::: "memory"); \
    TILE_NEXT(a0, left_column); \
    TILE_NEXT(a1, left_column); \
    TILE_NEXT(a2, left_column); \
    TILE_NEXT(a3, left_column); \
    TILE_NEXT(a4, left_column); \
    TILE_NEXT(a5, left_column); \
    TILE_NEXT(a6, left_column); \
    TILE_NEXT(a7, left_column); \
    TILE_NEXT(right, right_row); \
  }
NOINLINE void tile_8x4(const float *left, int left_row, int last, int left_column,
                       const float *right, int right_row, int depth, float *out, int out_row) {
  const float *a0 = left;
  const float *a1 = TILE_ROW(1);
  const float *a2 = TILE_ROW(2);
  const float *a3 = TILE_ROW(3);
  const float *a4 = TILE_ROW(4);
  const float *a5 = TILE_ROW(5);
  const float *a6 = TILE_ROW(6);
  const float *a7 = TILE_ROW(7);
  f4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0}, s6 = {0}, s7 = {0};
  TILE_DEPTH(STEP_8X4)
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
  else tile_8x4(left, left_row, last, left_column, right, right_row, depth, out, out_row);
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
