// Small dense linear algebra, in double whatever the operands are. A template: REAL is what they
// are made of, WIDE what is computed with (double, or pairs of them), _T their kind. Matrices are
// row-major; batches follow one another; complex ones are planar: behind all real parts of an
// operand, `plane` items on, lie its imaginary ones.
//@ linalg_core_T
// Products as in school: nothing is looked up where one is infinite.
#pragma STDC CX_LIMITED_RANGE ON
static void widen_T(const REAL *from, int plane, WIDE *to, int count) {
  for (int i = 0; i < count; i++)
    to[i] = sizeof(WIDE) == 8 ? from[i] : __builtin_complex((double)from[i], (double)from[i + plane]);
}
static void narrow_T(const WIDE *from, REAL *to, int plane, int count) {
  for (int i = 0; i < count; i++) {
    to[i] = (REAL)__real__ from[i];
    if (sizeof(WIDE) > 8) to[i + plane] = (REAL)__imag__ from[i];
  }
}
static void narrow_sizes_T(const double *from, REAL *to, int count) {
  for (int i = 0; i < count; i++) to[i] = (REAL)from[i];
}
INLINE WIDE conj_T(WIDE x) { return __builtin_complex(__real__ x, -__imag__ x); }
INLINE double square_T(WIDE x) { return __real__ x * __real__ x + __imag__ x * __imag__ x; }
INLINE double size_T(WIDE x) {
  return sizeof(WIDE) == 8 ? __builtin_fabs(__real__ x) : __builtin_sqrt(square_T(x));
}
// What LAPACK compares pivots by.
INLINE double rank_T(WIDE x) { return __builtin_fabs(__real__ x) + __builtin_fabs(__imag__ x); }
// Rows of `from` become columns of `to`.
static void turn_T(const WIDE *from, WIDE *to, int rows, int columns) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
}
static void swap_rows_T(WIDE *b, int i, int j, int columns) {
  for (int c = 0; i != j && c < columns; c++) {
    WIDE swap = b[i * columns + c];
    b[i * columns + c] = b[j * columns + c], b[j * columns + c] = swap;
  }
}

//@ lu_T: needs linalg_core_T
// a (m, n) becomes L (unit diagonal) and U with a = P L U; pivots are LAPACK's, counted from 1.
// The result is 0, or the first k with U[k - 1][k - 1] = 0.
static int lu_in_place_T(WIDE *a, int *pivots, int m, int n) {
  int info = 0;
  for (int k = 0; k < m && k < n; k++) {
    int best = k;
    for (int i = k + 1; i < m; i++)
      if (rank_T(a[i * n + k]) > rank_T(a[best * n + k])) best = i;
    pivots[k] = best + 1;
    swap_rows_T(a, k, best, n);
    if (a[k * n + k] == 0) {
      if (!info) info = k + 1;
      continue;
    }
    for (int i = k + 1; i < m; i++) {
      WIDE factor = a[i * n + k] /= a[k * n + k];
      for (int j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
    }
  }
  return info;
}
// t x = b in place, t triangular (n, n); `turned` solves with its transpose.
static void triangular_T(const WIDE *t, WIDE *b, int n, int columns, int upper, int unit,
                         int turned) {
  int down = upper == turned;
  for (int step = 0; step < n; step++) {
    int i = down ? step : n - 1 - step;
    for (int c = 0; c < columns; c++) {
      WIDE sum = b[i * columns + c];
      for (int k = down ? 0 : i + 1; k < (down ? i : n); k++)
        sum -= (turned ? t[k * n + i] : t[i * n + k]) * b[k * columns + c];
      b[i * columns + c] = unit ? sum : sum / t[i * n + i];
    }
  }
}
static void lu_apply_T(const WIDE *lu, const int *pivots, WIDE *b, int n, int columns, int turned) {
  if (!turned)
    for (int i = 0; i < n; i++) swap_rows_T(b, i, pivots[i] - 1, columns);
  triangular_T(lu, b, n, columns, !turned ? 0 : 1, !turned, turned);
  triangular_T(lu, b, n, columns, !turned ? 1 : 0, turned, turned);
  if (turned)
    for (int i = n - 1; i >= 0; i--) swap_rows_T(b, i, pivots[i] - 1, columns);
}

//@ lu_factor_T: needs lu_T
static void lu_factor_T(const REAL *a, REAL *lu, int *pivots, int *info, WIDE *room, int batch,
                        int m, int n) {
  int least = m < n ? m : n, plane = batch * m * n;
  for (; batch > 0; batch--, a += m * n, lu += m * n, pivots += least) {
    widen_T(a, plane, room, m * n);
    *info++ = lu_in_place_T(room, pivots, m, n);
    narrow_T(room, lu, plane, m * n);
  }
}

//@ lu_order_d
// What a row becomes after all swaps: row i of P^T a is row order[i] of a.
static void lu_order_d(const int *pivots, int *order, int batch, int least, int m) {
  for (; batch > 0; batch--, pivots += least, order += m) {
    for (int i = 0; i < m; i++) order[i] = i;
    for (int i = 0; i < least; i++) {
      int other = pivots[i] - 1;
      if (other < 0 || other >= m) continue;
      int swap = order[i];
      order[i] = order[other], order[other] = swap;
    }
  }
}

//@ lu_solve_T: needs lu_T
static void lu_solve_T(const REAL *lu, const int *pivots, const REAL *b, REAL *x, WIDE *room,
                       int batch, int n, int columns, int turned, int conjugate) {
  WIDE *right = room + n * n;
  int plane = batch * n * n, wide = batch * n * columns;
  for (; batch > 0; batch--, lu += n * n, pivots += n, b += n * columns, x += n * columns) {
    widen_T(lu, plane, room, n * n);
    for (int i = 0; conjugate && i < n * n; i++) room[i] = conj_T(room[i]);
    widen_T(b, wide, right, n * columns);
    lu_apply_T(room, pivots, right, n, columns, turned);
    narrow_T(right, x, wide, n * columns);
  }
}

//@ solve_T: needs lu_T
static void solve_T(const REAL *a, const REAL *b, REAL *x, REAL *lu, int *pivots, int *info,
                    WIDE *room, int batch, int n, int columns) {
  WIDE *right = room + n * n;
  int plane = batch * n * n, wide = batch * n * columns;
  for (; batch > 0;
       batch--, a += n * n, b += n * columns, x += n * columns, lu += n * n, pivots += n) {
    widen_T(a, plane, room, n * n);
    widen_T(b, wide, right, n * columns);
    *info++ = lu_in_place_T(room, pivots, n, n);
    lu_apply_T(room, pivots, right, n, columns, 0);
    narrow_T(room, lu, plane, n * n);
    narrow_T(right, x, wide, n * columns);
  }
}

//@ inverse_T: needs lu_T
static void inverse_T(const REAL *a, REAL *x, int *info, WIDE *room, int batch, int n) {
  WIDE *right = room + n * n;
  int *pivots = (int *)(right + n * n), plane = batch * n * n;
  for (; batch > 0; batch--, a += n * n, x += n * n) {
    widen_T(a, plane, room, n * n);
    for (int i = 0; i < n * n; i++) right[i] = i % (n + 1) == 0;
    *info++ = lu_in_place_T(room, pivots, n, n);
    lu_apply_T(room, pivots, right, n, n, 0);
    narrow_T(right, x, plane, n * n);
  }
}

//@ determinant_T: needs lu_T, log_d
// Sign and logarithm of the size, or with `plain` the determinant itself in `sign`. lu is that of
// the transpose: torch's gradients take it so.
static void determinant_T(const REAL *a, REAL *sign, REAL *size, REAL *lu, int *pivots, WIDE *room,
                          int batch, int n, int plain) {
  WIDE *spare = room + n * n;
  int many = batch, plane = batch * n * n;
  for (; batch > 0; batch--, a += n * n, lu += n * n, pivots += n) {
    widen_T(a, plane, spare, n * n);
    turn_T(spare, room, n, n);
    lu_in_place_T(room, pivots, n, n);
    WIDE product = 1;
    double total = 0;
    for (int i = 0; i < n; i++) {
      WIDE entry = pivots[i] != i + 1 ? -room[i * n + i] : room[i * n + i];
      double length = size_T(entry);
      product *= plain || entry == 0 ? entry : entry / length;
      total += log_d(length);
    }
    narrow_T(&product, sign++, many, 1);
    *size++ = (REAL)total;
    narrow_T(room, lu, plane, n * n);
  }
}

//@ solve_triangular_T: needs lu_T
static void solve_triangular_T(const REAL *a, const REAL *b, REAL *x, WIDE *room, int batch, int n,
                               int columns, int upper, int unit, int turned) {
  WIDE *right = room + n * n;
  int plane = batch * n * n, wide = batch * n * columns;
  for (; batch > 0; batch--, a += n * n, b += n * columns, x += n * columns) {
    widen_T(a, plane, room, n * n);
    widen_T(b, wide, right, n * columns);
    triangular_T(room, right, n, columns, upper, unit, turned);
    narrow_T(right, x, wide, n * columns);
  }
}

//@ cholesky_T: needs linalg_core_T
// The lower factor of the lower triangle, or with `upper` its transpose; info counts from 1.
static void cholesky_T(const REAL *a, REAL *out, int *info, WIDE *room, int batch, int n,
                       int upper) {
  WIDE *made = room + n * n;
  int plane = batch * n * n;
  for (; batch > 0; batch--, a += n * n, out += n * n) {
    widen_T(a, plane, made, n * n);
    *info = 0;
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < n; i++) {
        WIDE sum = i < j ? 0 : upper ? conj_T(made[j * n + i]) : made[i * n + j];
        for (int k = 0; i >= j && k < j; k++) sum -= room[i * n + k] * conj_T(room[j * n + k]);
        room[i * n + j] = sum;
      }
      double pivot = __real__ room[j * n + j];
      if (!(pivot > 0) && !*info) *info = j + 1;
      pivot = __builtin_sqrt(pivot);
      for (int i = j; i < n; i++) room[i * n + j] = i == j ? pivot : room[i * n + j] / pivot;
    }
    info++;
    turn_T(room, made, n, n);
    for (int i = 0; i < n * n; i++) made[i] = upper ? conj_T(made[i]) : room[i];
    narrow_T(made, out, plane, n * n);
  }
}

//@ matrix_exp_T: needs linalg_core_T
static void multiply_T(const WIDE *a, const WIDE *b, WIDE *c, int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      WIDE sum = 0;
      for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
}
// Halved until small, the series, then squared as often.
static void matrix_exp_T(const REAL *in, REAL *out, WIDE *room, int batch, int n) {
  WIDE *a = room, *sum = a + n * n, *term = sum + n * n, *next = term + n * n;
  int plane = batch * n * n;
  for (; batch > 0; batch--, in += n * n, out += n * n) {
    widen_T(in, plane, a, n * n);
    double norm = 0;
    for (int i = 0; i < n; i++) {
      double row = 0;
      for (int j = 0; j < n; j++) row += size_T(a[i * n + j]);
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
    narrow_T(sum, out, plane, n * n);
  }
}
