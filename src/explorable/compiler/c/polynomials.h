// Orthogonal polynomials by their recurrences, and the incomplete gamma functions, in double.
//@ order
// The degree that torch makes of its second argument: cut towards 0.
INLINE long long order_of(double n) {
  return __builtin_fabs(n) < 9e15 ? (long long)n : n > 0 ? 1LL << 53 : -1;
}

//@ chebyshev: needs order
// p(0) = 1, p(1) = slope x + shift, p(k + 1) = 2 x p(k) - p(k - 1).
NOINLINE double chebyshev_d(double x, double degree, double slope, double shift) {
  long long n = order_of(degree);
  double before = 1, here = slope * x + shift;
  if (n <= 0) return n == 0;
  for (long long k = 1; k < n && here == here; k++) {
    double next = 2 * x * here - before;
    before = here, here = next;
  }
  return here;
}

//@ chebyshev_t_d/2: needs chebyshev
static double chebyshev_t_d(double x, double n) { return chebyshev_d(x, n, 1, 0); }

//@ chebyshev_u_d/2: needs chebyshev
static double chebyshev_u_d(double x, double n) { return chebyshev_d(x, n, 2, 0); }

//@ chebyshev_v_d/2: needs chebyshev
static double chebyshev_v_d(double x, double n) { return chebyshev_d(x, n, 2, -1); }

//@ chebyshev_w_d/2: needs chebyshev
static double chebyshev_w_d(double x, double n) { return chebyshev_d(x, n, 2, 1); }

//@ shifted_chebyshev_t_d/2: needs chebyshev
static double shifted_chebyshev_t_d(double x, double n) { return chebyshev_d(2 * x - 1, n, 1, 0); }

//@ shifted_chebyshev_u_d/2: needs chebyshev
static double shifted_chebyshev_u_d(double x, double n) { return chebyshev_d(2 * x - 1, n, 2, 0); }

//@ shifted_chebyshev_v_d/2: needs chebyshev
static double shifted_chebyshev_v_d(double x, double n) { return chebyshev_d(2 * x - 1, n, 2, -1); }

//@ shifted_chebyshev_w_d/2: needs chebyshev
static double shifted_chebyshev_w_d(double x, double n) { return chebyshev_d(2 * x - 1, n, 2, 1); }

//@ hermite: needs order
// p(k + 1) = scale (x p(k) - k p(k - 1)).
NOINLINE double hermite_d(double x, double degree, double scale) {
  long long n = order_of(degree);
  double before = 1, here = scale * x;
  if (n <= 0) return n == 0;
  for (long long k = 1; k < n && here == here; k++) {
    double next = scale * (x * here - k * before);
    before = here, here = next;
  }
  return here;
}

//@ hermite_polynomial_h_d/2: needs hermite
static double hermite_polynomial_h_d(double x, double n) { return hermite_d(x, n, 2); }

//@ hermite_polynomial_he_d/2: needs hermite
static double hermite_polynomial_he_d(double x, double n) { return hermite_d(x, n, 1); }

//@ laguerre_polynomial_l_d/2: needs order
NOINLINE double laguerre_polynomial_l_d(double x, double degree) {
  long long n = order_of(degree);
  double before = 1, here = 1 - x;
  if (n <= 0) return n == 0;
  for (long long k = 1; k < n && here == here; k++) {
    double next = ((2 * k + 1 - x) * here - k * before) / (k + 1);
    before = here, here = next;
  }
  return here;
}

//@ legendre_polynomial_p_d/2: needs order
NOINLINE double legendre_polynomial_p_d(double x, double degree) {
  long long n = order_of(degree);
  double before = 1, here = x;
  if (n <= 0) return n == 0;
  for (long long k = 1; k < n && here == here; k++) {
    double next = ((2 * k + 1) * x * here - k * before) / (k + 1);
    before = here, here = next;
  }
  return here;
}

//@ gamma_part: needs lgamma_d, exp_d, log_d
// The lower (or upper) regularised incomplete gamma function: its series left of a + 1, Lentz's
// continued fraction right of it.
NOINLINE double gamma_part_d(double a, double x, int upper) {
  if (!(a >= 0 && x >= 0)) return __builtin_nan("");
  double lower;
  if (a == 0) lower = x > 0 ? 1 : __builtin_nan("");
  else if (x == 0) lower = 0;
  else if (a - a != 0) lower = x - x != 0 ? __builtin_nan("") : 0;
  else if (x - x != 0) lower = 1;
  else {
    double front = exp_d(a * log_d(x) - x - lgamma_d(a));
    if (x < a + 1) {
      double term = 1 / a, sum = term;
      for (int k = 1; k < 100000 && term > sum * 1e-17; k++) sum += term *= x / (a + k);
      lower = front * sum;
    } else {
      double b = x + 1 - a, c = 1e300, d = 1 / b, fraction = d;
      for (int k = 1; k < 100000; k++) {
        double step = k * (a - k);
        b += 2;
        d = 1 / (b + step * d), c = b + step / c;
        fraction *= c * d;
        if (__builtin_fabs(c * d - 1) < 1e-16) break;
      }
      return upper ? front * fraction : 1 - front * fraction;
    }
  }
  return upper ? 1 - lower : lower;
}

//@ igamma_d/2: needs gamma_part
static double igamma_d(double a, double x) { return gamma_part_d(a, x, 0); }

//@ igammac_d/2: needs gamma_part
static double igammac_d(double a, double x) { return gamma_part_d(a, x, 1); }
