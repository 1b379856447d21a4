// Eigenvalues and eigenvectors of any square matrix. A template like linalg.h.
//@ eigen_T: needs reflections_T, schur_T
// Rows and columns that already stand alone go to the end and the beginning, as LAPACK puts them.
static void exchange_T(WIDE *a, WIDE *v, int i, int j, int n) {
  swap_rows_T(a, i, j, n);
  for (int k = 0; k < n; k++) {
    WIDE swap = a[k * n + i];
    a[k * n + i] = a[k * n + j], a[k * n + j] = swap;
    swap = v[k * n + i], v[k * n + i] = v[k * n + j], v[k * n + j] = swap;
  }
}
static void isolate_T(WIDE *a, WIDE *v, int n) {
  int first = 0, end = n;
  for (int j = end - 1; j >= 0 && end > 1; j--) {
    int alone = 1;
    for (int i = 0; i < end; i++) alone &= i == j || a[j * n + i] == 0;
    if (alone) exchange_T(a, v, j, --end, n), j = end;
  }
  for (int j = first; j < end; j++) {
    int alone = 1;
    for (int i = first; i < end; i++) alone &= i == j || a[i * n + j] == 0;
    if (alone) exchange_T(a, v, j, first++, n), j = first - 1;
  }
}
// a becomes V^H a V with nothing below its first subdiagonal.
static void hessenberg_T(WIDE *a, WIDE *v, WIDE *room, int n) {
  for (int j = 0; j + 2 < n; j++) {
    // The reflection that geqrf would make of the column below row j, as a matrix of one column.
    int m = n - j - 1;
    for (int i = 0; i < m; i++) room[i] = a[(j + 1 + i) * n + j];
    WIDE *tau = room + n;
    reflect_T(room, tau, m, 1);
    if (*tau == 0) continue;
    for (int i = 0; i < m; i++) a[(j + 1 + i) * n + j] = i ? 0 : room[0];
    room[0] = 1;
    for (int c = j + 1; c < n; c++) {
      WIDE dot = 0;
      for (int i = 0; i < m; i++) dot += conj_T(room[i]) * a[(j + 1 + i) * n + c];
      for (int i = 0; i < m; i++) a[(j + 1 + i) * n + c] -= conj_T(*tau) * dot * room[i];
    }
    for (int r = 0; r < 2 * n; r++) {
      WIDE *row = (r < n ? a + r * n : v + (r - n) * n) + j + 1, dot = 0;
      for (int i = 0; i < m; i++) dot += row[i] * room[i];
      for (int i = 0; i < m; i++) row[i] -= *tau * dot * conj_T(room[i]);
    }
  }
}
// x with (t - value) x = 0, where value stands at row k of t (n, n), which has blocks of two rows
// where a subdiagonal is not 0.
static void eigenvector_T(const WIDE *t, pair value, int k, pair *x, int n, double small) {
  int i = k - 1;
  for (int j = k + 1; j < n; j++) x[j] = 0;
  x[k] = 1;
  if (k > 0 && t[k * n + k - 1] != 0) x[k - 1] = (value - t[k * n + k]) / t[k * n + k - 1], i--;
  while (i >= 0) {
    pair right = 0, over = 0, d = t[i * n + i] - value;
    int two = i > 0 && t[i * n + i - 1] != 0;
    for (int j = i + 1; j <= k; j++) right -= t[i * n + j] * x[j];
    if (!two) {
      if (__builtin_fabs(__real__ d) + __builtin_fabs(__imag__ d) < small) d = small;
      x[i--] = right / d;
      continue;
    }
    for (int j = i + 1; j <= k; j++) over -= t[(i - 1) * n + j] * x[j];
    pair a = t[(i - 1) * n + i - 1] - value, b = t[(i - 1) * n + i], c = t[i * n + i - 1];
    pair det = a * d - b * c;
    if (__builtin_fabs(__real__ det) + __builtin_fabs(__imag__ det) < small * small)
      det = small * small;
    x[i] = (a * right - c * over) / det, x[i - 1] = (d * over - b * right) / det;
    i -= 2;
  }
}
// Complex values and columns of vectors of length 1, upright.
static void eigen_T(const REAL *in, REAL *values, REAL *vectors, WIDE *room, int batch, int n) {
  int plane = batch * n * n, lean = batch * n;
  WIDE *a = room, *v = a + n * n, *spare = v + n * n;
  pair *found = (pair *)(spare + 2 * n + 2), *x = found + n, *turns = x + n;
  for (; batch > 0; batch--, in += n * n, values += n, vectors += n * n) {
    widen_T(in, plane, a, n * n);
    double norm = 0;
    for (int i = 0; i < n * n; i++) v[i] = i / n == i % n, norm += size_T(a[i]);
    isolate_T(a, v, n);
    hessenberg_T(a, v, spare, n);
    schur_T(a, v, found, turns, n);
    for (int k = 0; k < n; k++) {
      // By falling real part, then falling imaginary part (trace/upright.py).
      int place = 0;
      for (int j = 0; j < n; j++) {
        double re = __real__ found[j] - __real__ found[k], im = __imag__ found[j] - __imag__ found[k];
        place += re > 0 || (re == 0 && (im > 0 || (im == 0 && j < k)));
      }
      values[place] = (REAL)__real__ found[k], values[place + lean] = (REAL)__imag__ found[k];
      // The second of a pair is the first's conjugate.
      int pairs = sizeof(WIDE) == 8 && __imag__ found[k] != 0, second = __imag__ found[k] < 0;
      int row = k + pairs;
      if (!(pairs && second)) eigenvector_T(a, found[row], row, x, n, norm * 1e-16 + 1e-300);
      double length = 0, most = 0;
      pair turn = 1, *made = turns;
      for (int i = 0; i < n; i++) {
        made[i] = 0;
        for (int j = 0; j < n; j++) made[i] += v[i * n + j] * x[j];
        double square = __real__(made[i] * ~made[i]);
        length += square;
        if (square > most) most = square;
      }
      // Upright, as upright_T.
      for (int i = n - 1; i >= 0; i--) {
        double square = __real__(made[i] * ~made[i]);
        if (most > 0 && square >= 0.998001 * most) turn = ~made[i] / __builtin_sqrt(square);
      }
      for (int i = 0; i < n; i++) {
        pair here = made[i] * turn / __builtin_sqrt(length);
        vectors[i * n + place] = (REAL)__real__ here;
        double side = __imag__ here;
        vectors[i * n + place + plane] = (REAL)(pairs && !second ? -side : side);
      }
    }
  }
}
