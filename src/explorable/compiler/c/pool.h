// Max pooling with the places of the maxima. A template: REAL is a real number's type, _T the
// item dtype.
//@ max_pool_T
// NaN wins, and the first of equal values, as in torch.
static void max_pool_T(const REAL *in, REAL *values, long long *indices, int planes, int i0, int i1,
                       int i2, int k0, int k1, int k2, int o0, int o1, int o2, int s0, int s1,
                       int s2, int p0, int p1, int p2, int h0, int h1, int h2) {
  for (int n = 0; n < planes; n++, in += i0 * i1 * i2)
    for (int z = 0; z < o0; z++)
      for (int y = 0; y < o1; y++)
        for (int x = 0; x < o2; x++) {
          REAL best = 0;
          int place = -1;
          for (int a = 0; a < k0; a++)
            for (int b = 0; b < k1; b++)
              for (int c = 0; c < k2; c++) {
                int u = z * s0 - p0 + a * h0, v = y * s1 - p1 + b * h1, w = x * s2 - p2 + c * h2;
                if (u < 0 || v < 0 || w < 0 || u >= i0 || v >= i1 || w >= i2) continue;
                int at = (u * i1 + v) * i2 + w;
                if (place < 0 || in[at] > best || in[at] != in[at]) best = in[at], place = at;
              }
          *values++ = best;
          *indices++ = place;
        }
}

//@ max_pool_backward_T
static void max_pool_backward_T(const REAL *gradient, const long long *indices, REAL *out,
                                int planes, int volume, int places) {
  for (int i = 0; i < planes * volume; i++) out[i] = 0;
  for (int n = 0; n < planes; n++, out += volume)
    for (int i = 0; i < places; i++) out[*indices++] += *gradient++;
}
