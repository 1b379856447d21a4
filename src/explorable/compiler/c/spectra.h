// Symmetric eigenvalues and singular values by Jacobi's rotations. A template like linalg.h.
//@ eigen_symmetric_T: needs linalg_core_T
// Two columns become c x - s y and s x + c y.
static void rotate_T(WIDE *x, WIDE *y, int count, int step, double c, double s) {
  for (int k = 0; k < count * step; k += step) {
    WIDE p = x[k], q = y[k];
    x[k] = c * p - s * q, y[k] = s * p + c * q;
  }
}
static void scale_T(WIDE *x, int count, int step, WIDE factor) {
  for (int k = 0; k < count * step; k += step) x[k] *= factor;
}
// The tangent of the angle that makes two columns or rows independent.
static double tangent_T(double first, double second, double shared) {
  double theta = (second - first) / (2 * shared);
  double t = 1 / (__builtin_fabs(theta) + __builtin_sqrt(theta * theta + 1));
  return theta < 0 ? -t : t;
}
// What makes the first of the largest numbers of a column real and positive. Equal ones are equal
// only up to rounding (trace/upright.py has the same rule).
static WIDE upright_T(const WIDE *x, int count, int step) {
  double most = 0;
  for (int k = 0; k < count * step; k += step)
    if (size_T(x[k]) > most) most = size_T(x[k]);
  for (int k = 0; k < count * step; k += step)
    if (most > 0 && size_T(x[k]) >= 0.999 * most) return conj_T(x[k]) / size_T(x[k]);
  return 1;
}
// Values ascending, vectors as columns, upright.
static void eigen_symmetric_T(const REAL *in, REAL *values, REAL *vectors, WIDE *room, int batch,
                              int n, int upper) {
  WIDE *a = room, *v = room + n * n;
  int plane = batch * n * n;
  for (; batch > 0; batch--, in += n * n, values += n, vectors += n * n) {
    widen_T(in, plane, v, n * n);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) {
        WIDE one = v[i * n + j], other = conj_T(v[j * n + i]);
        a[i * n + j] = i == j ? __real__ one : (i > j) == !upper ? one : other;
      }
    for (int i = 0; i < n * n; i++) v[i] = i / n == i % n;
    for (int sweep = 0; sweep < 60; sweep++) {
      double off = 0, all = 0;
      for (int i = 0; i < n * n; i++) {
        all += square_T(a[i]);
        if (i / n != i % n) off += square_T(a[i]);
      }
      if (!(off > all * 1e-32)) break;
      for (int p = 0; p < n; p++)
        for (int q = p + 1; q < n; q++) {
          double size = size_T(a[p * n + q]);
          // Below, its square has lost digits, and a turn would not keep lengths.
          if (size < 1e-140) continue;
          if (sizeof(WIDE) > 8) {
            WIDE turn = conj_T(a[p * n + q]) / size;
            scale_T(a + q, n, n, turn), scale_T(a + q * n, n, 1, conj_T(turn));
            scale_T(v + q, n, n, turn);
          }
          double t = tangent_T(__real__ a[p * n + p], __real__ a[q * n + q], __real__ a[p * n + q]);
          double c = 1 / __builtin_sqrt(t * t + 1), s = t * c;
          rotate_T(a + p, a + q, n, n, c, s), rotate_T(a + p * n, a + q * n, n, 1, c, s);
          rotate_T(v + p, v + q, n, n, c, s);
        }
    }
    for (int place = 0; place < n; place++) {
      int best = -1;
      for (int i = 0; i < n; i++) {
        double size = __real__ a[i * n + i];
        if (size == size && (best < 0 || size < __real__ a[best * n + best])) best = i;
      }
      // NaN everywhere: nothing has an order.
      if (best < 0) best = 0;
      values[place] = (REAL)__real__ a[best * n + best];
      scale_T(v + best, n, n, upright_T(v + best, n, n));
      for (int k = 0; k < n; k++) narrow_T(v + k * n + best, vectors + k * n + place, plane, 1);
      a[best * n + best] = __builtin_inf();
    }
  }
}

//@ svd_T: needs eigen_symmetric_T
static void swap_columns_T(WIDE *x, int i, int j, int rows, int columns) {
  for (int k = 0; k < rows * columns; k += columns) {
    WIDE swap = x[k + i];
    x[k + i] = x[k + j], x[k + j] = swap;
  }
}
// One-sided: columns of w (m, n), m >= n, are rotated until they are orthogonal. u (m, full), s
// (n), v (n, n), columns by falling s; those of u are upright, and those of v that no s binds to them.
static void svd_tall_T(WIDE *w, WIDE *v, double *s, WIDE *u, int m, int n, int full) {
  for (int i = 0; i < n * n; i++) v[i] = i / n == i % n;
  for (int sweep = 0, busy = 1; sweep < 60 && busy; sweep++) {
    busy = 0;
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++) {
        double pp = 0, qq = 0;
        WIDE pq = 0;
        for (int k = 0; k < m; k++) {
          WIDE x = w[k * n + p], y = w[k * n + q];
          pp += square_T(x), qq += square_T(y), pq += conj_T(x) * y;
        }
        if (!(square_T(pq) > pp * qq * 1e-31 + 1e-280)) continue;
        busy = 1;
        double shared = __real__ pq;
        if (sizeof(WIDE) > 8) {
          shared = size_T(pq);
          WIDE turn = conj_T(pq) / shared;
          scale_T(w + q, m, n, turn), scale_T(v + q, n, n, turn);
        }
        double t = tangent_T(pp, qq, shared), c = 1 / __builtin_sqrt(t * t + 1);
        rotate_T(w + p, w + q, m, n, c, t * c), rotate_T(v + p, v + q, n, n, c, t * c);
      }
  }
  double top = 0;
  for (int j = 0; j < n; j++) {
    double sum = 0;
    for (int k = 0; k < m; k++) sum += square_T(w[k * n + j]);
    s[j] = __builtin_sqrt(sum);
    if (s[j] > top) top = s[j];
  }
  for (int j = 0; j < n; j++) {
    int best = j;
    for (int i = j + 1; i < n; i++)
      if (s[i] > s[best]) best = i;
    double swap = s[j];
    s[j] = s[best], s[best] = swap;
    swap_columns_T(w, j, best, m, n), swap_columns_T(v, j, best, n, n);
  }
  for (int j = 0; j < full; j++) {
    WIDE turn = 1;
    if (j < n && s[j] > top * 1e-15) {
      turn = upright_T(w + j, m, n);
      for (int k = 0; k < m; k++) u[k * full + j] = w[k * n + j] * turn / s[j];
    }
    if (j < n) {
      int bound = s[j] > top * (sizeof(REAL) == 4 ? 1e-6 : 1e-14);
      scale_T(v + j, n, n, bound ? turn : upright_T(v + j, n, n));
      if (s[j] > top * 1e-15) continue;
    }
    // A column that the matrix does not determine: the unit vector that is left over the most.
    double longest = 0;
    for (int e = 0; e < m && longest < 0.5; e++) {
      double length = 1;
      for (int c = 0; c < j; c++) length -= square_T(u[e * full + c]);
      if (length <= longest) continue;
      longest = length;
      for (int k = 0; k < m; k++) {
        WIDE rest = k == e;
        for (int c = 0; c < j; c++) rest -= conj_T(u[e * full + c]) * u[k * full + c];
        u[k * full + j] = rest / __builtin_sqrt(length);
      }
    }
    scale_T(u + j, m, full, upright_T(u + j, m, full));
  }
}
// in (m, n): u (m, k), s (least), vh (l, n), where k and l are the sizes the caller wants.
static void svd_T(const REAL *in, REAL *u, REAL *s, REAL *vh, WIDE *room, int batch, int m, int n,
                  int k, int l) {
  int tall = m >= n, high = tall ? m : n, low = tall ? n : m, full = tall ? k : l;
  int plane = batch * m * n, first = batch * m * k, second = batch * l * n;
  WIDE *w = room, *v = w + high * low, *left = v + low * low, *spare = left + high * full;
  double *sizes = (double *)(spare + high * high);
  for (; batch > 0; batch--, in += m * n, u += m * k, s += low, vh += l * n) {
    widen_T(in, plane, tall ? w : spare, m * n);
    if (!tall) turn_T(spare, w, m, n);
    svd_tall_T(w, v, sizes, left, high, low, full);
    narrow_sizes_T(sizes, s, low);
    // a = left s v^H, or of the transpose, so that a = conj(v) s left^T.
    WIDE *other = tall ? v : left;
    int size = tall ? low : high, columns = tall ? low : full;
    for (int i = 0; i < low * low && !tall; i++) v[i] = conj_T(v[i]);
    narrow_T(tall ? left : v, u, first, m * k);
    turn_T(other, spare, size, columns);
    for (int i = 0; i < size * columns && tall; i++) spare[i] = conj_T(spare[i]);
    narrow_T(spare, vh, second, l * n);
  }
}
