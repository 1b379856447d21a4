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

// Passes over all factors (Stockham's order: no bit reversal); the result ends in re and im.
static void fft_passes_T(int length, const REAL *turn, REAL *re, REAL *im, REAL *re2, REAL *im2) {
  REAL *home = re;
  const REAL *down = turn + length;
  int n = length, s = 1;
  while (n > 1) {
    int r = n % 4 == 0 ? 4 : 2;
    while (n % r) r++;
    int m = n / r;
    for (int p = 0; p < m; p++) {
      if (r == 4) {
        int step = p * s;
        REAL c1 = turn[step], s1 = down[step], c2 = turn[2 * step], s2 = down[2 * step];
        REAL c3 = turn[3 * step], s3 = down[3 * step];
        const REAL *xr = re + s * p, *xi = im + s * p;
        REAL *restrict yr = re2 + s * 4 * p, *restrict yi = im2 + s * 4 * p;
        for (int q = 0; q < s; q++) {
          REAL ar = xr[q], ai = xi[q], br = xr[q + s * m], bi = xi[q + s * m];
          REAL cr = xr[q + 2 * s * m], ci = xi[q + 2 * s * m];
          REAL dr = xr[q + 3 * s * m], di = xi[q + 3 * s * m];
          REAL tr = ar + cr, ti = ai + ci, ur = ar - cr, ui = ai - ci;
          REAL vr = br + dr, vi = bi + di, wr = bi - di, wi = dr - br;
          yr[q] = tr + vr;
          yi[q] = ti + vi;
          ar = ur + wr, ai = ui + wi;
          yr[q + s] = ar * c1 - ai * s1;
          yi[q + s] = ar * s1 + ai * c1;
          ar = tr - vr, ai = ti - vi;
          yr[q + 2 * s] = ar * c2 - ai * s2;
          yi[q + 2 * s] = ar * s2 + ai * c2;
          ar = ur - wr, ai = ui - wi;
          yr[q + 3 * s] = ar * c3 - ai * s3;
          yi[q + 3 * s] = ar * s3 + ai * c3;
        }
        continue;
      }
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
      for (int k = 0; k < given && k < n; k++, from += inner) {
        re[k] = *from;
        im[k] = in_plane ? from[in_plane] : 0;
      }
      for (int k = given; k < n; k++) re[k] = re[n - k], im[k] = -im[n - k];
      fft_line_T(n, padded, table, room);
      REAL *to = out + o * wanted * inner + i;
      for (int k = 0; k < wanted; k++, to += inner) {
        *to = re[k] * factor;
        if (out_plane) to[out_plane] = im[k] * factor;
      }
    }
}
