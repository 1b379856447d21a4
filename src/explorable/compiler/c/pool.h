// Max pooling with the places of the maxima. A template: REAL is a real number's type, _T the
// item dtype.
//@ pool_taps
// The taps of a window that lie inside, from `low` on: where tap k is at + k * step, of 0 to `in`.
INLINE int pool_taps(int at, int step, int in, int taps, int *low) {
  while (taps && at + (taps - 1) * step >= in) taps--;
  for (*low = 0; *low < taps && at + *low * step < 0;) ++*low;
  return taps;
}

//@ max_pool_T: needs pool_taps
// NaN wins, and the first of equal values, as in torch. The best is read again where it lies: a
// place can be chosen without a branch, which would be guessed wrong half of the time.
static void max_pool_T(const REAL *in, REAL *values, long long *indices, int planes, int i0, int i1,
                       int i2, int k0, int k1, int k2, int o0, int o1, int o2, int s0, int s1,
                       int s2, int p0, int p1, int p2, int h0, int h1, int h2) {
  for (int n = 0; n < planes; n++, in += i0 * i1 * i2)
    for (int z = 0; z < o0; z++) {
      int first, last = pool_taps(z * s0 - p0, h0, i0, k0, &first);
      for (int y = 0; y < o1; y++) {
        int top, bottom = pool_taps(y * s1 - p1, h1, i1, k1, &top);
        for (int x = 0; x < o2; x++) {
          int left, right = pool_taps(x * s2 - p2, h2, i2, k2, &left), place = -1;
          for (int a = first; a < last; a++)
            for (int b = top; b < bottom; b++) {
              int row = ((z * s0 - p0 + a * h0) * i1 + y * s1 - p1 + b * h1) * i2 + x * s2 - p2;
              if (place < 0) place = row + left * h2;
              for (int c = left; c < right; c++) {
                REAL best = in[place], value = in[row + c * h2];
                place = (value > best) | (value != value) ? row + c * h2 : place;
              }
            }
          int empty = first >= last || top >= bottom || left >= right;
          *values++ = empty ? 0 : in[place];
          *indices++ = empty ? -1 : place;
        }
      }
    }
}

//@ max_pool_backward_T
static void max_pool_backward_T(const REAL *gradient, const long long *indices, REAL *out,
                                int planes, int volume, int places) {
  for (int i = 0; i < planes * volume; i++) out[i] = 0;
  for (int n = 0; n < planes; n++, out += volume)
    for (int i = 0; i < places; i++) out[*indices++] += *gradient++;
}
