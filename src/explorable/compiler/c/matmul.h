// The matrix product: what its tiles (tiles.py) are made of, and the packing of the right operand.
// Panels are 8 or 4 columns wide; a packed panel holds its columns of every row of the right
// operand one after the other, padded with zeros.
//@ tile_steps
// LLVM reorders the loads and products of a tile so that its sums no longer fit V8's 15 vector
// registers, which halves the speed (V8 11 to 14). So the order is nailed down: loads are written
// as instructions, sums and pointers pass through empty ones. LLVM does not see that such loads
// read, so every tile starts with a barrier.
#define TILE_READ(how, x, from, at) \
  asm volatile("local.get %1\n\t" how " %2\n\tlocal.set %0" : "=r"(x) : "r"(from), "i"(at))
#define TILE_LOAD(x, from, at) TILE_READ("v128.load", x, from, at)
#define TILE_SPLAT(x, from, at) TILE_READ("v128.load32_splat", x, from, at)
#define TILE_PIN(x) asm volatile("" : "+r"(x))
#define TILE_NEXT(x, by) \
  x += by; \
  TILE_PIN(x)
#define TILE_ADD(sum, b) \
  sum = FMA(a, b, sum); \
  TILE_PIN(sum)
// Row r of the left operand; rows below the last one repeat it.
#define TILE_ROW(r) (left + (r < last ? r : last) * left_row)

//@ panels
// Columns of the next panel when `columns` are left: at most three are ever padding.
INLINE int panel_width(int columns) { return columns <= 4 ? 4 : 8; }
INLINE int panel_rows(int width) { return width == 8 ? 5 : 8; }

//@ pack_panels: needs panels
NOINLINE void pack_panels(const float *right, float *packed, int batch, int right_batch,
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
