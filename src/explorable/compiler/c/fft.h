// Discrete Fourier transforms of any length over planar complex lines. A template: REAL is float or
// double, _T the item dtype. Lengths whose prime factors are small go through one pass per factor;
// others become a convolution of the next power of two (Bluestein).
//@ fft_T: needs sin_d, cos_d
// The table of a length: filled when first used, as memory starts as zeros. Item 0 says it is full;
// from item 4: cos and -sin of one turn in `padded` steps, then for Bluestein chirp and filter.
static int fft_smooth_T(int n) {
  while (n % 4 == 0) n /= 4;
  for (int r = 2; r <= 13; r++)
    while (n % r == 0) n /= r;
  return n == 1;
}

typedef REAL fft4_T __attribute__((vector_size(4 * sizeof(REAL))));
typedef REAL fft4u_T __attribute__((vector_size(4 * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));
typedef struct {
  fft4_T re[4], im[4];
} fft_quad_T;

// Four lanes of one butterfly of four numbers, `far` items apart.
INLINE fft_quad_T fft_butterfly_T(const REAL *re, const REAL *im, int far, fft4_T c1, fft4_T s1,
                                  fft4_T c2, fft4_T s2, fft4_T c3, fft4_T s3) {
  fft4_T ar = *(const fft4u_T *)re, ai = *(const fft4u_T *)im;
  fft4_T br = *(const fft4u_T *)(re + far), bi = *(const fft4u_T *)(im + far);
  fft4_T cr = *(const fft4u_T *)(re + 2 * far), ci = *(const fft4u_T *)(im + 2 * far);
  fft4_T dr = *(const fft4u_T *)(re + 3 * far), di = *(const fft4u_T *)(im + 3 * far);
  fft4_T tr = ar + cr, ti = ai + ci, ur = ar - cr, ui = ai - ci;
  fft4_T vr = br + dr, vi = bi + di, wr = bi - di, wi = dr - br;
  ar = ur + wr, ai = ui + wi, br = tr - vr, bi = ti - vi, cr = ur - wr, ci = ui - wi;
  return (fft_quad_T){{tr + vr, ar * c1 - ai * s1, br * c2 - bi * s2, cr * c3 - ci * s3},
                      {ti + vi, ar * s1 + ai * c1, br * s2 + bi * c2, cr * s3 + ci * c3}};
}
INLINE fft4_T fft_every_T(const REAL *x, int k) { return (fft4_T){x[0], x[k], x[2 * k], x[3 * k]}; }
INLINE fft4_T fft_splat_T(REAL x) { return (fft4_T){x, x, x, x}; }

// Four numbers of each of four butterflies that lie beside one another.
INLINE void fft_across_T(const fft4_T *x, REAL *to) {
  fft4_T a = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5);
  fft4_T b = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
  fft4_T c = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
  fft4_T d = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  *(fft4u_T *)to = __builtin_shufflevector(a, b, 0, 1, 4, 5);
  *(fft4u_T *)(to + 4) = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  *(fft4u_T *)(to + 8) = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  *(fft4u_T *)(to + 12) = __builtin_shufflevector(c, d, 2, 3, 6, 7);
}

// A pass by four. Passes by four come first, so s is 1 or a multiple of 4: lanes run over the
// transforms side by side, in the first pass over its butterflies, the last four of which may
// overlap those before. Fewer than four are computed in the first lane.
static void fft_four_T(int m, int s, const REAL *turn, const REAL *down, const REAL *re,
                       const REAL *im, REAL *re2, REAL *im2) {
  int far = s * m;
  if (s == 1 && m >= 4)
    for (int p = 0; p < m;) {
      fft_quad_T y = fft_butterfly_T(
          re + p, im + p, far, fft_every_T(turn + p, 1), fft_every_T(down + p, 1),
          fft_every_T(turn + 2 * p, 2), fft_every_T(down + 2 * p, 2),
          fft_every_T(turn + 3 * p, 3), fft_every_T(down + 3 * p, 3));
      fft_across_T(y.re, re2 + 4 * p);
      fft_across_T(y.im, im2 + 4 * p);
      p += p + 4 < m && p + 8 > m ? m - p - 4 : 4;
    }
  else
    for (int p = 0; p < m; p++) {
      int k = p * s;
      fft4_T c1 = fft_splat_T(turn[k]), s1 = fft_splat_T(down[k]);
      fft4_T c2 = fft_splat_T(turn[2 * k]), s2 = fft_splat_T(down[2 * k]);
      fft4_T c3 = fft_splat_T(turn[3 * k]), s3 = fft_splat_T(down[3 * k]);
      for (int q = 0; q < s; q += 4) {
        fft_quad_T y = fft_butterfly_T(re + k + q, im + k + q, far, c1, s1, c2, s2, c3, s3);
        REAL *yr = re2 + 4 * k + q, *yi = im2 + 4 * k + q;
        for (int j = 0; j < 4; j++, yr += s, yi += s)
          if (s > 1) {
            *(fft4u_T *)yr = y.re[j];
            *(fft4u_T *)yi = y.im[j];
          } else {
            *yr = y.re[j][0];
            *yi = y.im[j][0];
          }
      }
    }
}

// Passes over all factors (Stockham's order: no bit reversal); the result ends in re and im.
static void fft_passes_T(int length, const REAL *turn, REAL *re, REAL *im, REAL *re2, REAL *im2) {
  REAL *home = re;
  const REAL *down = turn + length;
  int n = length, s = 1;
  while (n > 1) {
    int r = n % 4 == 0 ? 4 : 2;
    while (n % r) r++;
    int m = n / r;
    if (r == 4) fft_four_T(m, s, turn, down, re, im, re2, im2);
    for (int p = 0; p < m && r != 4; p++) {
      for (int k = 0; k < r; k++) {
        REAL *restrict yr = re2 + s * (r * p + k), *restrict yi = im2 + s * (r * p + k);
        for (int q = 0; q < s; q++) yr[q] = re[q + s * p], yi[q] = im[q + s * p];
        for (int j = 1; j < r; j++) {
          int at = j * k % r * (length / r);
          REAL c = turn[at], d = down[at];
          const REAL *xr = re + s * (p + m * j), *xi = im + s * (p + m * j);
          for (int q = 0; q < s; q++) {
            yr[q] += xr[q] * c - xi[q] * d;
            yi[q] += xr[q] * d + xi[q] * c;
          }
        }
        REAL c = turn[p * k * s], d = down[p * k * s];
        for (int q = 0; q < s; q++) {
          REAL a = yr[q];
          yr[q] = a * c - yi[q] * d;
          yi[q] = a * d + yi[q] * c;
        }
      }
    }
    n = m;
    s *= r;
    REAL *swap = re;
    re = re2, re2 = swap;
    swap = im, im = im2, im2 = swap;
  }
  if (re != home)
    for (int i = 0; i < length; i++) re2[i] = re[i], im2[i] = im[i];
}

NOINLINE void fft_fill_T(int n, int padded, REAL *table, REAL *room) {
  REAL *turn = table + 4, *chirp = turn + 2 * padded, *filter = chirp + 2 * n;
  for (int i = 0; i < padded; i++) {
    double angle = 6.283185307179586 * i / padded;
    turn[i] = (REAL)cos_d(angle);
    turn[i + padded] = (REAL)-sin_d(angle);
    // Quarters exactly.
    int quarter = 4 * i / padded;
    if (quarter * padded == 4 * i) {
      turn[i] = (quarter == 0) - (quarter == 2);
      turn[i + padded] = (quarter == 3) - (quarter == 1);
    }
  }
  table[0] = 1;
  if (padded == n) return;
  REAL *re = room, *im = room + padded;
  for (int i = 0; i < padded; i++) re[i] = im[i] = 0;
  for (int i = 0; i < n; i++) {
    // i^2 modulo 2n keeps the angle exact.
    double angle = 3.141592653589793 * (double)((long long)i * i % (2 * n)) / n;
    chirp[i] = (REAL)cos_d(angle);
    chirp[i + n] = (REAL)-sin_d(angle);
    re[i] = chirp[i], im[i] = -chirp[i + n];
    if (i) re[padded - i] = re[i], im[padded - i] = im[i];
  }
  fft_passes_T(padded, turn, re, im, room + 2 * padded, room + 3 * padded);
  for (int i = 0; i < padded; i++) filter[i] = re[i] / padded, filter[i + padded] = im[i] / padded;
}

static void fft_line_T(int n, int padded, const REAL *table, REAL *room) {
  REAL *re = room, *im = room + padded, *re2 = im + padded, *im2 = re2 + padded;
  const REAL *turn = table + 4, *chirp = turn + 2 * padded, *filter = chirp + 2 * n;
  if (padded == n) {
    fft_passes_T(n, turn, re, im, re2, im2);
    return;
  }
  for (int i = 0; i < n; i++) {
    REAL a = re[i];
    re[i] = a * chirp[i] - im[i] * chirp[i + n];
    im[i] = a * chirp[i + n] + im[i] * chirp[i];
  }
  for (int i = n; i < padded; i++) re[i] = im[i] = 0;
  fft_passes_T(padded, turn, re, im, re2, im2);
  for (int i = 0; i < padded; i++) {
    REAL a = re[i];
    re[i] = a * filter[i] - im[i] * filter[i + padded];
    im[i] = a * filter[i + padded] + im[i] * filter[i];
  }
  // Backwards by exchanging real and imaginary parts.
  fft_passes_T(padded, turn, im, re, re2, im2);
  for (int i = 0; i < n; i++) {
    REAL a = re[i];
    re[i] = a * chirp[i] - im[i] * chirp[i + n];
    im[i] = a * chirp[i + n] + im[i] * chirp[i];
  }
}

// Lines along the middle of (outer, n, inner). `given` items of a line are read, the others
// mirrored (the other half of a real signal's spectrum); `wanted` are written. Imaginary parts lie
// `in_plane` and `out_plane` items behind; 0: there are none.
static void fft_lines_T(const REAL *in, REAL *table, REAL *out, REAL *room, int n, int padded,
                        int outer, int inner, int given, int wanted, int in_plane, int out_plane,
                        int inverse, double scale) {
  if (table[0] == 0) fft_fill_T(n, padded, table, room);
  REAL *re = room + (inverse ? padded : 0), *im = room + (inverse ? 0 : padded);
  REAL factor = (REAL)scale;
  for (int o = 0; o < outer; o++)
    for (int i = 0; i < inner; i++) {
      const REAL *from = in + o * given * inner + i;
      int read = given < n ? given : n;
      for (int k = 0; k < read; k++) re[k] = from[k * inner];
      for (int k = 0; k < read; k++) im[k] = in_plane ? from[in_plane + k * inner] : 0;
      for (int k = given; k < n; k++) re[k] = re[n - k], im[k] = -im[n - k];
      fft_line_T(n, padded, table, room);
      // Of a real line these are real, of one with NaN or infinity too, as torch has it.
      if (!in_plane) im[0] = 0, im[n / 2] = n % 2 ? im[n / 2] : 0;
      REAL *to = out + o * wanted * inner + i;
      for (int k = 0; k < wanted; k++) to[k * inner] = re[k] * factor;
      for (int k = 0; out_plane && k < wanted; k++) to[out_plane + k * inner] = im[k] * factor;
    }
}
