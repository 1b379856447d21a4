// Small dense linear algebra, in double whatever the operands are. A template: REAL is the
// operands' type, _T its item dtype. Matrices are row-major; batches of them follow one another.
//@ linalg_core_T
static void widen_T(const REAL *from, double *to, int count) {
  for (int i = 0; i < count; i++) to[i] = from[i];
}
static void narrow_T(const double *from, REAL *to, int count) {
  for (int i = 0; i < count; i++) to[i] = (REAL)from[i];
}
// Rows of `from` become columns of `to`.
static void turn_T(const double *from, double *to, int rows, int columns) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
}

//@ lu_T: needs linalg_core_T
// a (m, n) becomes L (unit diagonal) and U with a = P L U; pivots are LAPACK's, counted from 1.
// The result is 0, or the first k with U[k - 1][k - 1] = 0.
static int lu_in_place_T(double *a, int *pivots, int m, int n) {
  int info = 0;
  for (int k = 0; k < m && k < n; k++) {
    int best = k;
    for (int i = k + 1; i < m; i++)
      if (__builtin_fabs(a[i * n + k]) > __builtin_fabs(a[best * n + k])) best = i;
    pivots[k] = best + 1;
    for (int j = 0; best != k && j < n; j++) {
      double swap = a[k * n + j];
      a[k * n + j] = a[best * n + j], a[best * n + j] = swap;
    }
    if (a[k * n + k] == 0) {
      if (!info) info = k + 1;
      continue;
    }
    for (int i = k + 1; i < m; i++) {
      double factor = a[i * n + k] /= a[k * n + k];
      for (int j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
    }
  }
  return info;
}
static void swap_rows_T(double *b, int i, int j, int columns) {
  for (int c = 0; i != j && c < columns; c++) {
    double swap = b[i * columns + c];
    b[i * columns + c] = b[j * columns + c], b[j * columns + c] = swap;
  }
}
// t x = b in place, t triangular (n, n); `turned` solves with its transpose.
static void triangular_T(const double *t, double *b, int n, int columns, int upper, int unit,
                         int turned) {
  int down = upper == turned;
  for (int step = 0; step < n; step++) {
    int i = down ? step : n - 1 - step;
    for (int c = 0; c < columns; c++) {
      double sum = b[i * columns + c];
      for (int k = down ? 0 : i + 1; k < (down ? i : n); k++)
        sum -= (turned ? t[k * n + i] : t[i * n + k]) * b[k * columns + c];
      b[i * columns + c] = unit ? sum : sum / t[i * n + i];
    }
  }
}
static void lu_apply_T(const double *lu, const int *pivots, double *b, int n, int columns,
                       int adjoint) {
  if (!adjoint)
    for (int i = 0; i < n; i++) swap_rows_T(b, i, pivots[i] - 1, columns);
  triangular_T(lu, b, n, columns, !adjoint ? 0 : 1, !adjoint, adjoint);
  triangular_T(lu, b, n, columns, !adjoint ? 1 : 0, adjoint, adjoint);
  if (adjoint)
    for (int i = n - 1; i >= 0; i--) swap_rows_T(b, i, pivots[i] - 1, columns);
}

//@ lu_factor_T: needs lu_T
static void lu_factor_T(const REAL *a, REAL *lu, int *pivots, int *info, double *room, int batch,
                        int m, int n) {
  int least = m < n ? m : n;
  for (; batch > 0; batch--, a += m * n, lu += m * n, pivots += least) {
    widen_T(a, room, m * n);
    *info++ = lu_in_place_T(room, pivots, m, n);
    narrow_T(room, lu, m * n);
  }
}

//@ lu_solve_T: needs lu_T
static void lu_solve_T(const REAL *lu, const int *pivots, const REAL *b, REAL *x, double *room,
                       int batch, int n, int columns, int adjoint) {
  double *right = room + n * n;
  for (; batch > 0; batch--, lu += n * n, pivots += n, b += n * columns, x += n * columns) {
    widen_T(lu, room, n * n);
    widen_T(b, right, n * columns);
    lu_apply_T(room, pivots, right, n, columns, adjoint);
    narrow_T(right, x, n * columns);
  }
}

//@ solve_T: needs lu_T
static void solve_T(const REAL *a, const REAL *b, REAL *x, REAL *lu, int *pivots, int *info,
                    double *room, int batch, int n, int columns) {
  double *right = room + n * n;
  for (; batch > 0;
       batch--, a += n * n, b += n * columns, x += n * columns, lu += n * n, pivots += n) {
    widen_T(a, room, n * n);
    widen_T(b, right, n * columns);
    *info++ = lu_in_place_T(room, pivots, n, n);
    lu_apply_T(room, pivots, right, n, columns, 0);
    narrow_T(room, lu, n * n);
    narrow_T(right, x, n * columns);
  }
}

//@ inverse_T: needs lu_T
static void inverse_T(const REAL *a, REAL *x, int *info, double *room, int batch, int n) {
  double *right = room + n * n;
  int *pivots = (int *)(right + n * n);
  for (; batch > 0; batch--, a += n * n, x += n * n) {
    widen_T(a, room, n * n);
    for (int i = 0; i < n * n; i++) right[i] = i % (n + 1) == 0;
    *info++ = lu_in_place_T(room, pivots, n, n);
    lu_apply_T(room, pivots, right, n, n, 0);
    narrow_T(right, x, n * n);
  }
}

//@ determinant_T: needs lu_T, log_d
// Sign and logarithm of the size, or with `plain` the determinant itself in `sign`. lu is that of
// the transpose: torch's gradients take it so.
static void determinant_T(const REAL *a, REAL *sign, REAL *size, REAL *lu, int *pivots,
                          double *room, int batch, int n, int plain) {
  double *spare = room + n * n;
  for (; batch > 0; batch--, a += n * n, lu += n * n, pivots += n) {
    widen_T(a, spare, n * n);
    turn_T(spare, room, n, n);
    lu_in_place_T(room, pivots, n, n);
    double product = 1, total = 0;
    for (int i = 0; i < n; i++) {
      double entry = pivots[i] != i + 1 ? -room[i * n + i] : room[i * n + i];
      if (plain) product *= entry;
      else {
        product *= entry > 0 ? 1 : entry < 0 ? -1 : entry;
        total += log_d(__builtin_fabs(entry));
      }
    }
    *sign++ = (REAL)product;
    *size++ = (REAL)total;
    narrow_T(room, lu, n * n);
  }
}

//@ solve_triangular_T: needs lu_T
static void solve_triangular_T(const REAL *a, const REAL *b, REAL *x, double *room, int batch,
                               int n, int columns, int upper, int unit, int turned) {
  double *right = room + n * n;
  for (; batch > 0; batch--, a += n * n, b += n * columns, x += n * columns) {
    widen_T(a, room, n * n);
    widen_T(b, right, n * columns);
    triangular_T(room, right, n, columns, upper, unit, turned);
    narrow_T(right, x, n * columns);
  }
}

//@ cholesky_T: needs linalg_core_T
// The lower factor of the lower triangle, or with `upper` its transpose; info counts from 1.
static void cholesky_T(const REAL *a, REAL *out, int *info, double *room, int batch, int n,
                       int upper) {
  for (; batch > 0; batch--, a += n * n, out += n * n) {
    widen_T(a, room, n * n);
    *info = 0;
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < n; i++) {
        double sum = i < j ? 0 : upper ? a[j * n + i] : a[i * n + j];
        for (int k = 0; i >= j && k < j; k++) sum -= room[i * n + k] * room[j * n + k];
        room[i * n + j] = sum;
      }
      double pivot = room[j * n + j];
      if (!(pivot > 0) && !*info) *info = j + 1;
      pivot = __builtin_sqrt(pivot);
      for (int i = j; i < n; i++) room[i * n + j] = i == j ? pivot : room[i * n + j] / pivot;
    }
    info++;
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) out[upper ? j * n + i : i * n + j] = (REAL)room[i * n + j];
  }
}

//@ qr_T: needs linalg_core_T
// Householder reflections with LAPACK's signs: q (m, k), r (k, n).
static void qr_T(const REAL *a, REAL *q, REAL *r, double *room, int batch, int m, int n, int k) {
  int least = m < n ? m : n;
  double *taus = room + m * n, *made = taus + least;
  for (; batch > 0; batch--, a += m * n, q += m * k, r += k * n) {
    widen_T(a, room, m * n);
    for (int j = 0; j < least; j++) {
      double below = 0, head = room[j * n + j];
      for (int i = j + 1; i < m; i++) below += room[i * n + j] * room[i * n + j];
      taus[j] = 0;
      if (below == 0) continue;
      double size = __builtin_sqrt(head * head + below), beta = head > 0 ? -size : size;
      taus[j] = (beta - head) / beta;
      for (int i = j + 1; i < m; i++) room[i * n + j] /= head - beta;
      room[j * n + j] = beta;
      for (int c = j + 1; c < n; c++) {
        double dot = room[j * n + c];
        for (int i = j + 1; i < m; i++) dot += room[i * n + j] * room[i * n + c];
        dot *= taus[j];
        room[j * n + c] -= dot;
        for (int i = j + 1; i < m; i++) room[i * n + c] -= dot * room[i * n + j];
      }
    }
    for (int i = 0; i < m * k; i++) made[i] = i / k == i % k;
    for (int j = least - 1; j >= 0; j--)
      for (int c = 0; c < k; c++) {
        double dot = made[j * k + c];
        for (int i = j + 1; i < m; i++) dot += room[i * n + j] * made[i * k + c];
        dot *= taus[j];
        made[j * k + c] -= dot;
        for (int i = j + 1; i < m; i++) made[i * k + c] -= dot * room[i * n + j];
      }
    narrow_T(made, q, m * k);
    for (int i = 0; i < k; i++)
      for (int j = 0; j < n; j++) r[i * n + j] = i <= j ? (REAL)room[i * n + j] : 0;
  }
}

//@ eigen_symmetric_T: needs linalg_core_T
// Jacobi's rotations: values ascending, vectors as columns, each with its largest entry positive.
static void eigen_symmetric_T(const REAL *in, REAL *values, REAL *vectors, double *room, int batch,
                              int n, int upper) {
  double *a = room, *v = room + n * n;
  for (; batch > 0; batch--, in += n * n, values += n, vectors += n * n) {
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) {
        a[i * n + j] = (i > j) == !upper ? in[i * n + j] : in[j * n + i];
        v[i * n + j] = i == j;
      }
    for (int sweep = 0; sweep < 60; sweep++) {
      double off = 0, all = 0;
      for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
          all += a[i * n + j] * a[i * n + j];
          if (i != j) off += a[i * n + j] * a[i * n + j];
        }
      if (!(off > all * 1e-32)) break;
      for (int p = 0; p < n; p++)
        for (int q = p + 1; q < n; q++) {
          double apq = a[p * n + q];
          if (apq == 0) continue;
          double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
          double t = 1 / (__builtin_fabs(theta) + __builtin_sqrt(theta * theta + 1));
          if (theta < 0) t = -t;
          double c = 1 / __builtin_sqrt(t * t + 1), s = t * c;
          for (int k = 0; k < n; k++) {
            double x = a[k * n + p], y = a[k * n + q];
            a[k * n + p] = c * x - s * y, a[k * n + q] = s * x + c * y;
          }
          for (int k = 0; k < n; k++) {
            double x = a[p * n + k], y = a[q * n + k];
            a[p * n + k] = c * x - s * y, a[q * n + k] = s * x + c * y;
          }
          for (int k = 0; k < n; k++) {
            double x = v[k * n + p], y = v[k * n + q];
            v[k * n + p] = c * x - s * y, v[k * n + q] = s * x + c * y;
          }
        }
    }
    for (int place = 0; place < n; place++) {
      int best = -1;
      for (int i = 0; i < n; i++)
        if (a[i * n + i] == a[i * n + i] && (best < 0 || a[i * n + i] < a[best * n + best]))
          best = i;
      // NaN everywhere: nothing has an order.
      if (best < 0) best = 0;
      values[place] = (REAL)a[best * n + best];
      int largest = 0;
      for (int k = 1; k < n; k++)
        if (__builtin_fabs(v[k * n + best]) > __builtin_fabs(v[largest * n + best]) * (1 + 1e-9))
          largest = k;
      double sign = v[largest * n + best] < 0 ? -1 : 1;
      for (int k = 0; k < n; k++) vectors[k * n + place] = (REAL)(sign * v[k * n + best]);
      a[best * n + best] = __builtin_inf();
    }
  }
}

//@ svd_T: needs linalg_core_T
// One-sided Jacobi: columns of w (m, n), m >= n, are rotated until they are orthogonal. u (m,
// full), s (n), v (n, n), columns by falling s; each column of u has its largest entry positive.
static void svd_tall_T(double *w, double *v, double *s, double *u, int m, int n, int full) {
  for (int i = 0; i < n * n; i++) v[i] = i / n == i % n;
  for (int sweep = 0, busy = 1; sweep < 60 && busy; sweep++) {
    busy = 0;
    for (int p = 0; p < n; p++)
      for (int q = p + 1; q < n; q++) {
        double pp = 0, qq = 0, pq = 0;
        for (int k = 0; k < m; k++) {
          double x = w[k * n + p], y = w[k * n + q];
          pp += x * x, qq += y * y, pq += x * y;
        }
        if (!(pq * pq > pp * qq * 1e-31)) continue;
        busy = 1;
        double theta = (qq - pp) / (2 * pq);
        double t = 1 / (__builtin_fabs(theta) + __builtin_sqrt(theta * theta + 1));
        if (theta < 0) t = -t;
        double c = 1 / __builtin_sqrt(t * t + 1), d = t * c;
        for (int k = 0; k < m; k++) {
          double x = w[k * n + p], y = w[k * n + q];
          w[k * n + p] = c * x - d * y, w[k * n + q] = d * x + c * y;
        }
        for (int k = 0; k < n; k++) {
          double x = v[k * n + p], y = v[k * n + q];
          v[k * n + p] = c * x - d * y, v[k * n + q] = d * x + c * y;
        }
      }
  }
  double top = 0;
  for (int j = 0; j < n; j++) {
    double sum = 0;
    for (int k = 0; k < m; k++) sum += w[k * n + j] * w[k * n + j];
    s[j] = __builtin_sqrt(sum);
    if (s[j] > top) top = s[j];
  }
  for (int j = 0; j < n; j++) {
    int best = j;
    for (int i = j + 1; i < n; i++)
      if (s[i] > s[best]) best = i;
    double swap = s[j];
    s[j] = s[best], s[best] = swap;
    for (int k = 0; k < m; k++)
      swap = w[k * n + j], w[k * n + j] = w[k * n + best], w[k * n + best] = swap;
    for (int k = 0; k < n; k++)
      swap = v[k * n + j], v[k * n + j] = v[k * n + best], v[k * n + best] = swap;
  }
  for (int j = 0; j < full; j++) {
    if (j < n && s[j] > top * 1e-15) {
      int largest = 0;
      for (int k = 1; k < m; k++)
        if (__builtin_fabs(w[k * n + j]) > __builtin_fabs(w[largest * n + j]) * (1 + 1e-9))
          largest = k;
      double scale = (w[largest * n + j] < 0 ? -1 : 1) / s[j];
      for (int k = 0; k < m; k++) u[k * full + j] = w[k * n + j] * scale;
      for (int k = 0; k < n && scale < 0; k++) v[k * n + j] = -v[k * n + j];
      continue;
    }
    // A column that the matrix does not determine: the unit vector that is left over the most.
    double longest = 0;
    for (int e = 0; e < m && longest < 0.5; e++) {
      double rest[1] = {0}, length = 1;
      for (int c = 0; c < j; c++) length -= u[e * full + c] * u[e * full + c];
      if (length <= longest) continue;
      longest = length;
      for (int k = 0; k < m; k++) {
        rest[0] = k == e;
        for (int c = 0; c < j; c++) rest[0] -= u[e * full + c] * u[k * full + c];
        u[k * full + j] = rest[0] / __builtin_sqrt(length);
      }
    }
  }
}
// in (m, n): u (m, k), s (least), vh (l, n), where k and l are the sizes the caller wants.
static void svd_T(const REAL *in, REAL *u, REAL *s, REAL *vh, double *room, int batch, int m, int n,
                  int k, int l) {
  int tall = m >= n, high = tall ? m : n, low = tall ? n : m, full = tall ? k : l;
  double *w = room, *v = w + high * low, *sizes = v + low * low, *left = sizes + low;
  for (; batch > 0; batch--, in += m * n, u += m * k, s += low, vh += l * n) {
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) w[tall ? i * n + j : j * m + i] = in[i * n + j];
    svd_tall_T(w, v, sizes, left, high, low, full);
    narrow_T(sizes, s, low);
    if (tall) {
      narrow_T(left, u, m * k);
      for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) vh[i * n + j] = (REAL)v[j * n + i];
    } else {
      narrow_T(v, u, m * m);
      for (int i = 0; i < l; i++)
        for (int j = 0; j < n; j++) vh[i * n + j] = (REAL)left[j * l + i];
    }
  }
}

//@ pinverse_T: needs svd_T
// Singular values up to `cut` times the largest count as zero.
static void pinverse_T(const REAL *in, REAL *out, double *room, int batch, int m, int n,
                       double cut) {
  int tall = m >= n, high = tall ? m : n, low = tall ? n : m;
  double *w = room, *v = w + high * low, *sizes = v + low * low, *left = sizes + low;
  for (; batch > 0; batch--, in += m * n, out += m * n) {
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) w[tall ? i * n + j : j * m + i] = in[i * n + j];
    svd_tall_T(w, v, sizes, left, high, low, low);
    for (int i = 0; i < high; i++)
      for (int j = 0; j < low; j++) {
        double sum = 0;
        for (int k = 0; k < low; k++)
          if (sizes[k] > cut * sizes[0]) sum += left[i * low + k] * v[j * low + k] / sizes[k];
        out[tall ? j * m + i : i * m + j] = (REAL)sum;
      }
  }
}

//@ matrix_exp_T: needs linalg_core_T
static void multiply_T(const double *a, const double *b, double *c, int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
}
// Halved until small, the series, then squared as often.
static void matrix_exp_T(const REAL *in, REAL *out, double *room, int batch, int n) {
  double *a = room, *sum = a + n * n, *term = sum + n * n, *next = term + n * n;
  for (; batch > 0; batch--, in += n * n, out += n * n) {
    widen_T(in, a, n * n);
    double norm = 0;
    for (int i = 0; i < n; i++) {
      double row = 0;
      for (int j = 0; j < n; j++) row += __builtin_fabs(a[i * n + j]);
      if (!(row <= norm)) norm = row;
    }
    int halved = 0;
    for (; norm > 0.5 && halved < 1024; halved++) norm *= 0.5;
    for (int i = 0; i < n * n; i++) {
      for (int k = 0; k < halved; k++) a[i] *= 0.5;
      sum[i] = term[i] = i % (n + 1) == 0;
    }
    for (int k = 1; k <= 16; k++) {
      multiply_T(term, a, next, n);
      for (int i = 0; i < n * n; i++) sum[i] += term[i] = next[i] / k;
    }
    for (; halved > 0; halved--) {
      multiply_T(sum, sum, next, n);
      for (int i = 0; i < n * n; i++) sum[i] = next[i];
    }
    narrow_T(sum, out, n * n);
  }
}
