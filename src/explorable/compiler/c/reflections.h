// Householder reflections with LAPACK's signs, and symmetric indefinite factors. A template like
// linalg.h.
//@ reflections_T: needs linalg_core_T
// a (m, n) becomes R and below its diagonal the reflections I - tau v v^H.
// A head of either zero counts as positive, as +0 does there.
static void reflect_T(WIDE *a, WIDE *taus, int m, int n) {
  for (int j = 0; j < m && j < n; j++) {
    WIDE head = a[j * n + j];
    double below = 0;
    for (int i = j + 1; i < m; i++) below += square_T(a[i * n + j]);
    taus[j] = 0;
    if (below == 0 && __imag__ head == 0) continue;
    double size = __builtin_sqrt(square_T(head) + below), beta = __real__ head < 0 ? size : -size;
    taus[j] = (beta - head) / beta;
    for (int i = j + 1; i < m; i++) a[i * n + j] /= head - beta;
    a[j * n + j] = beta;
    for (int c = j + 1; c < n; c++) {
      WIDE dot = a[j * n + c];
      for (int i = j + 1; i < m; i++) dot += conj_T(a[i * n + j]) * a[i * n + c];
      dot *= conj_T(taus[j]);
      a[j * n + c] -= dot;
      for (int i = j + 1; i < m; i++) a[i * n + c] -= dot * a[i * n + j];
    }
  }
}
// c (rows, columns) times one reflection, v in column j of a (.., n): from the left or the right.
static void reflected_T(const WIDE *a, int n, int j, WIDE tau, WIDE *c, int rows, int columns,
                        int left) {
  int lines = left ? columns : rows, length = left ? rows : columns;
  int along = left ? columns : 1, across = left ? 1 : columns;
  for (int k = 0; k < lines; k++) {
    WIDE *line = c + k * across, dot = line[j * along];
    for (int i = j + 1; i < length; i++) {
      WIDE v = a[i * n + j];
      dot += (left ? conj_T(v) : v) * line[i * along];
    }
    dot *= tau;
    line[j * along] -= dot;
    for (int i = j + 1; i < length; i++) {
      WIDE v = a[i * n + j];
      line[i * along] -= dot * (left ? v : conj_T(v));
    }
  }
}
// The first `k` columns of the product of all reflections.
static void reflections_T(const WIDE *a, int n, const WIDE *taus, int count, WIDE *made, int m,
                          int k) {
  for (int i = 0; i < m * k; i++) made[i] = i / k == i % k;
  for (int j = count - 1; j >= 0; j--) reflected_T(a, n, j, taus[j], made, m, k, 1);
}

//@ qr_T: needs reflections_T
// q (m, k), r (k, n).
static void qr_T(const REAL *a, REAL *q, REAL *r, WIDE *room, int batch, int m, int n, int k) {
  int least = m < n ? m : n, plane = batch * m * n, left = batch * m * k, right = batch * k * n;
  WIDE *taus = room + m * n, *made = taus + least, zero = 0;
  for (; batch > 0; batch--, a += m * n, q += m * k, r += k * n) {
    widen_T(a, plane, room, m * n);
    reflect_T(room, taus, m, n);
    reflections_T(room, n, taus, least, made, m, k);
    narrow_T(made, q, left, m * k);
    for (int i = 0; i < k; i++)
      for (int j = 0; j < n; j++) narrow_T(i <= j ? room + i * n + j : &zero, r + i * n + j, right, 1);
  }
}

//@ geqrf_T: needs reflections_T
static void geqrf_T(const REAL *a, REAL *out, REAL *tau, WIDE *room, int batch, int m, int n) {
  int least = m < n ? m : n, plane = batch * m * n, lean = batch * least;
  for (; batch > 0; batch--, a += m * n, out += m * n, tau += least) {
    widen_T(a, plane, room, m * n);
    reflect_T(room, room + m * n, m, n);
    narrow_T(room, out, plane, m * n);
    narrow_T(room + m * n, tau, lean, least);
  }
}

//@ householder_T: needs reflections_T
// The first n columns of the product of `count` reflections in a (m, n).
static void householder_T(const REAL *a, const REAL *tau, REAL *q, WIDE *room, int batch, int m,
                          int n, int count) {
  int plane = batch * m * n, lean = batch * count;
  WIDE *taus = room + m * n, *made = taus + count;
  for (; batch > 0; batch--, a += m * n, tau += count, q += m * n) {
    widen_T(a, plane, room, m * n);
    widen_T(tau, lean, taus, count);
    reflections_T(room, n, taus, count, made, m, n);
    narrow_T(made, q, plane, m * n);
  }
}

//@ ormqr_T: needs reflections_T
// c (rows, columns) times the product of all reflections in a (m, n), or its adjoint.
static void ormqr_T(const REAL *a, const REAL *tau, const REAL *c, REAL *out, WIDE *room, int batch,
                    int m, int n, int count, int rows, int columns, int left, int adjoint) {
  int plane = batch * m * n, lean = batch * count, wide = batch * rows * columns;
  WIDE *taus = room + m * n, *made = taus + count;
  for (; batch > 0;
       batch--, a += m * n, tau += count, c += rows * columns, out += rows * columns) {
    widen_T(a, plane, room, m * n);
    widen_T(tau, lean, taus, count);
    widen_T(c, wide, made, rows * columns);
    for (int k = 0; k < count; k++) {
      int j = left == adjoint ? k : count - 1 - k;
      reflected_T(room, n, j, adjoint ? conj_T(taus[j]) : taus[j], made, rows, columns, left);
    }
    narrow_T(made, out, wide, rows * columns);
  }
}

//@ ldl_T: needs linalg_core_T
// Bunch and Kaufman's pivoting of the lower triangle, as LAPACK stores it: pivots count from 1, a
// block of two rows has both negative. With `hermitian` the mirror image is the conjugate.
INLINE WIDE mirrored_T(WIDE x, int hermitian) { return hermitian ? conj_T(x) : x; }
static int ldl_pivot_T(const WIDE *a, int k, int n, int hermitian, int *step, int *info) {
  const double alpha = 0.6403882032022076;  // (1 + sqrt(17)) / 8
  double largest = 0, row = 0, here = rank_T(hermitian ? __real__ a[k * n + k] : a[k * n + k]);
  int high = k;
  for (int i = k + 1; i < n; i++)
    if (rank_T(a[i * n + k]) > largest) largest = rank_T(a[i * n + k]), high = i;
  *step = 1;
  if (!(here > 0 || largest > 0) && !*info) *info = k + 1;
  if (!(here < alpha * largest)) return k;
  for (int j = k; j < n; j++) {
    double here = rank_T(j < high ? a[high * n + j] : a[j * n + high]);
    if (j != high && here > row) row = here;
  }
  if (here >= alpha * largest * (largest / row)) return k;
  WIDE corner = a[high * n + high];
  *step = rank_T(hermitian ? __real__ corner : corner) >= alpha * row ? 1 : 2;
  return high;
}
static void swap_T(WIDE *x, WIDE *y) {
  WIDE z = *x;
  *x = *y, *y = z;
}
static int ldl_in_place_T(WIDE *a, int *pivots, int n, int hermitian) {
  int info = 0;
  for (int k = 0, step; k < n; k += step) {
    int other = ldl_pivot_T(a, k, n, hermitian, &step, &info), far = k + step - 1;
    if (other != far) {
      for (int i = other + 1; i < n; i++) swap_T(a + i * n + far, a + i * n + other);
      for (int i = far + 1; i < other; i++) {
        WIDE *x = a + i * n + far, *y = a + other * n + i;
        *x = mirrored_T(*x, hermitian), *y = mirrored_T(*y, hermitian);
        swap_T(x, y);
      }
      a[other * n + far] = mirrored_T(a[other * n + far], hermitian);
      swap_T(a + far * n + far, a + other * n + other);
      if (step == 2) swap_T(a + far * n + k, a + other * n + k);
    }
    for (int i = k; i <= far; i++) {
      pivots[i] = step == 1 ? other + 1 : -(other + 1);
      if (hermitian) a[i * n + i] = __real__ a[i * n + i];
    }
    WIDE d = a[k * n + k], b = step == 2 ? a[far * n + k] : 0, e = step == 2 ? a[far * n + far] : 1;
    WIDE det = d * e - b * mirrored_T(b, hermitian);
    if (step == 1 && d == 0) continue;
    for (int j = far + 1; j < n; j++) {
      WIDE x = a[j * n + k], y = step == 2 ? a[j * n + far] : 0;
      WIDE first = (x * e - y * b) / det, second = (y * d - x * mirrored_T(b, hermitian)) / det;
      WIDE one = mirrored_T(first, hermitian), two = mirrored_T(second, hermitian);
      for (int i = j; i < n; i++)
        a[i * n + j] -= a[i * n + k] * one + (step == 2 ? a[i * n + far] * two : 0);
      a[j * n + k] = first;
      if (step == 2) a[j * n + far] = second;
    }
  }
  return info;
}
static void ldl_T(const REAL *a, REAL *out, int *pivots, int *info, WIDE *room, int batch, int n,
                  int hermitian) {
  int plane = batch * n * n;
  for (; batch > 0; batch--, a += n * n, out += n * n, pivots += n) {
    widen_T(a, plane, room, n * n);
    for (int i = 0; i < n * n; i++)
      if (i % n > i / n) room[i] = 0;
    *info++ = ldl_in_place_T(room, pivots, n, hermitian);
    narrow_T(room, out, plane, n * n);
  }
}

//@ ldl_solve_T: needs ldl_T
static void ldl_solve_in_place_T(const WIDE *a, const int *pivots, WIDE *b, int n, int columns,
                                 int hermitian) {
  for (int k = 0, step; k < n; k += step) {
    step = pivots[k] > 0 ? 1 : 2;
    int far = k + step - 1, other = (step == 1 ? pivots[k] : -pivots[k]) - 1;
    swap_rows_T(b, far, other, columns);
    WIDE d = a[k * n + k], c = step == 2 ? a[far * n + k] : 0, e = step == 2 ? a[far * n + far] : 1;
    WIDE mirror = mirrored_T(c, hermitian), det = d * e - c * mirror;
    for (int j = 0; j < columns; j++) {
      WIDE *x = b + k * columns + j, *y = b + far * columns + j, one = *x, two = *y;
      for (int i = far + 1; i < n; i++)
        b[i * columns + j] -= a[i * n + k] * one + (step == 2 ? a[i * n + far] * two : 0);
      *x = step == 2 ? (one * e - two * mirror) / det : one / d;
      if (step == 2) *y = (two * d - one * c) / det;
    }
  }
  for (int k = n - 1, step; k >= 0; k -= step) {
    step = pivots[k] > 0 ? 1 : 2;
    int first = k - step + 1, other = (step == 1 ? pivots[k] : -pivots[k]) - 1;
    for (int r = first; r <= k; r++)
      for (int j = 0; j < columns; j++)
        for (int i = k + 1; i < n; i++)
          b[r * columns + j] -= mirrored_T(a[i * n + r], hermitian) * b[i * columns + j];
    swap_rows_T(b, k, other, columns);
  }
}
static void ldl_solve_T(const REAL *ld, const int *pivots, const REAL *b, REAL *x, WIDE *room,
                        int batch, int n, int columns, int hermitian) {
  WIDE *right = room + n * n;
  int plane = batch * n * n, wide = batch * n * columns;
  for (; batch > 0; batch--, ld += n * n, pivots += n, b += n * columns, x += n * columns) {
    widen_T(ld, plane, room, n * n);
    widen_T(b, wide, right, n * columns);
    ldl_solve_in_place_T(room, pivots, right, n, columns, hermitian);
    narrow_T(right, x, wide, n * columns);
  }
}
