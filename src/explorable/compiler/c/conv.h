// Convolutions as products of the weights with patches: patches are gathered into panels of 12
// positions, so that the matrix of all of them never exists. Lines and planes count as volumes of
// extent 1 in the missing directions.
//@ conv_table: needs panels, along_tile
// One direction: sizes of what is read and made, of the kernel, and how they are laid out.
typedef struct {
  int in, kernel, out, stride, padding, dilation;
} conv_axis;
// Where tap k of made position i reads, or -1. Transposed: i was spread with this stride.
INLINE int conv_reads(conv_axis a, int i, int k, int transposed) {
  int at = transposed ? i + a.padding - k * a.dilation : i * a.stride - a.padding + k * a.dilation;
  if (at < 0) return -1;
  if (transposed) {
    if (at % a.stride) return -1;
    at /= a.stride;
  }
  return at < a.in ? at : -1;
}
// table[tap * places + place]: the offset within a channel that this tap of this place reads, or
// -1.
NOINLINE void conv_table(conv_axis z, conv_axis y, conv_axis x, int transposed, int *table) {
  for (int kz = 0; kz < z.kernel; kz++)
    for (int ky = 0; ky < y.kernel; ky++)
      for (int kx = 0; kx < x.kernel; kx++)
        for (int iz = 0; iz < z.out; iz++)
          for (int iy = 0; iy < y.out; iy++) {
            int az = conv_reads(z, iz, kz, transposed), ay = conv_reads(y, iy, ky, transposed);
            for (int ix = 0; ix < x.out; ix++) {
              int ax = conv_reads(x, ix, kx, transposed);
              *table++ = az < 0 || ay < 0 || ax < 0 ? -1 : (az * y.in + ay) * x.in + ax;
            }
          }
}
#define CONV_AXES \
  conv_axis z = {i0, k0, o0, s0, p0, h0}, y = {i1, k1, o1, s1, p1, h1}, \
            x = {i2, k2, o2, s2, p2, h2}; \
  int taps = k0 * k1 * k2, places = o0 * o1 * o2, volume = i0 * i1 * i2
#define CONV_NUMBERS \
  int batch, int groups, int channels, int rows, int transposed, int i0, int i1, int i2, int k0, \
      int k1, int k2, int o0, int o1, int o2, int s0, int s1, int s2, int p0, int p1, int p2, \
      int h0, int h1, int h2

//@ conv_f32: needs conv_table
// out (batch, groups * rows, places) from in (batch, groups * channels, volume) and
// weight (groups, rows, channels, taps).
static void conv_f32(const float *in, const float *weight, float *out, int *table, CONV_NUMBERS) {
  CONV_AXES;
  int depth = channels * taps;
  float *panel = (float *)(table + taps * places), tile[40];
  conv_table(z, y, x, transposed, table);
  for (int n = 0; n < batch; n++)
    for (int g = 0; g < groups; g++) {
      const float *from = in + (n * groups + g) * channels * volume;
      const float *left = weight + g * rows * depth;
      float *to = out + (n * groups + g) * rows * places;
      for (int first = 0, width; first < places; first += width) {
        width = panel_width(places - first);
        int wide = places - first < width ? places - first : width;
        for (int tap = 0; tap < taps; tap++)
          for (int c = 0; c < width; c += 4) {
            const int *at = table + tap * places + first + c;
            int left_over = wide - c, a = at[0], b = left_over > 1 ? at[1] : -1;
            int e = left_over > 2 ? at[2] : -1, f = left_over > 3 ? at[3] : -1;
            float *cell = panel + tap * width + c;
            const float *channel = from;
            for (int i = 0; i < channels; i++, channel += volume, cell += taps * width) {
              if (a >= 0 && b == a + 1 && e == a + 2 && f == a + 3)
                store_f4(cell, load_f4(channel + a));
              else
                store_f4(cell, (f4){a < 0 ? 0 : channel[a], b < 0 ? 0 : channel[b],
                                    e < 0 ? 0 : channel[e], f < 0 ? 0 : channel[f]});
            }
          }
        int tall = panel_rows(width);
        for (int row = 0; row < rows; row += tall) {
          int whole = wide == width && row + tall <= rows;
          float *made = whole ? to + row * places + first : tile;
          along_tile(width, left + row * depth, depth, rows - 1 - row, 1, panel, width, depth,
                     made, whole ? places : width);
          for (int r = 0; !whole && r < tall && row + r < rows; r++)
            for (int c = 0; c < wide; c++) to[(row + r) * places + first + c] = tile[r * width + c];
        }
      }
    }
}

//@ conv_weight_f32: needs conv_table
// The gradient of the weights, out (groups, rows, channels, taps), from that of the result,
// gradient (batch, groups * rows, places), and what was read, in (batch, groups * channels,
// volume).
static void conv_weight_f32(const float *gradient, const float *in, float *out, int *table,
                            CONV_NUMBERS) {
  CONV_AXES;
  int depth = channels * taps;
  float *panel = (float *)(table + taps * places), tile[40];
  conv_table(z, y, x, transposed, table);
  for (int i = 0; i < groups * rows * depth; i++) out[i] = 0;
  for (int n = 0; n < batch; n++)
    for (int g = 0; g < groups; g++) {
      const float *from = in + (n * groups + g) * channels * volume;
      const float *left = gradient + (n * groups + g) * rows * places;
      for (int first = 0, width; first < depth; first += width) {
        width = panel_width(depth - first);
        int wide = depth - first < width ? depth - first : width;
        for (int c = 0; c < width; c++) {
          int k = c < wide ? first + c : 0;
          const int *at = table + k % taps * places;
          const float *channel = from + k / taps * volume;
          for (int i = 0; i < places; i++) panel[i * width + c] = at[i] < 0 ? 0 : channel[at[i]];
        }
        int tall = panel_rows(width);
        for (int row = 0; row < rows; row += tall) {
          along_tile(width, left + row * places, places, rows - 1 - row, 1, panel, width, places,
                     tile, width);
          for (int r = 0; r < tall && row + r < rows; r++)
            for (int c = 0; c < wide; c++)
              out[(g * rows + row + r) * depth + first + c] += tile[r * width + c];
        }
      }
    }
}
