// Rarer special functions, all in double: zeta and polygamma's core, Bessel functions of order 0
// and 1, scaled erfc, the normal quantile.
//@ zeta_d/2: needs pow_d
// Hurwitz zeta: terms until q is large, then Euler and Maclaurin. The terms of a negative q are
// those of a positive one, of the other sign if s is odd, so that their number has a bound.
NOINLINE double zeta_d(double s, double q) {
  static const double numbers[] = {0.08333333333333333,    -0.001388888888888889,
                                   3.306878306878307e-05,  -8.267195767195768e-07,
                                   2.08767569878681e-08,   -5.284190138687493e-10,
                                   1.3382536530684679e-11, -3.3896802963225827e-13,
                                   8.586062056277845e-15,  -2.174868698558062e-16};
  if (s == 1) return __builtin_inf();
  if (!(s > 1)) return __builtin_nan("");
  if (q <= 0) {
    if (q == __builtin_floor(q)) return __builtin_inf();
    if (s != __builtin_floor(s)) return __builtin_nan("");
    double part = -q - __builtin_floor(-q), below = zeta_d(s, part) - zeta_d(s, 1 - q);
    return zeta_d(s, 1 - part) + (s * 0.5 == __builtin_floor(s * 0.5) ? below : -below);
  }
  double sum = 0;
  for (; q < 12; q += 1) sum += pow_d(q, -s);
  double power = pow_d(q, -s), factor = s * power / q;
  sum += pow_d(q, 1 - s) / (s - 1) + 0.5 * power;
  for (int k = 0; k < 10; k++) {
    sum += factor * numbers[k];
    factor *= (s + 2 * k + 1) * (s + 2 * k + 2) / (q * q);
  }
  return sum;
}

//@ bessel_i_d: needs exp_d
// exp(-|x|) I(x) of order 0 or 1: the series has no cancellation, the asymptotic one is good
// from 30.
NOINLINE double bessel_i_scaled_d(double x, int order) {
  double a = __builtin_fabs(x), sum, term;
  if (a < 30) {
    double quarter = 0.25 * a * a;
    sum = term = order ? 0.5 * a : 1;
    for (int k = 1; term > sum * 1e-17; k++) sum += term *= quarter / ((double)k * (k + order));
    sum *= exp_d(-a);
  } else {
    sum = term = 1;
    for (int k = 1; k < 30; k++) {
      double odd = 2 * k - 1, next = term * (odd * odd - 4 * order) / (8 * a * k);
      if (!(__builtin_fabs(next) < __builtin_fabs(term))) break;
      sum += term = next;
    }
    sum /= __builtin_sqrt(6.283185307179586 * a);
  }
  return order && x < 0 ? -sum : sum;
}

//@ i0e_d/1: needs bessel_i_d
static double i0e_d(double x) { return bessel_i_scaled_d(x, 0); }

//@ i1e_d/1: needs bessel_i_d
static double i1e_d(double x) { return bessel_i_scaled_d(x, 1); }

//@ i0_d/1: needs bessel_i_d
// Half the exponential at a time, as it overflows before the result does.
static double i0_d(double x) {
  double e = exp_d(0.5 * __builtin_fabs(x));
  return bessel_i_scaled_d(x, 0) * e * e;
}

//@ i1_d/1: needs bessel_i_d
static double i1_d(double x) {
  double e = exp_d(0.5 * __builtin_fabs(x));
  return bessel_i_scaled_d(x, 1) * e * e;
}

//@ bessel_far: needs sin_d, cos_d
// Hankel's expansion of J and Y for large x > 0.
static void bessel_far_d(double x, int order, double *j, double *y) {
  double p = 1, q = 0, term = 1, mu = 4 * order;
  for (int k = 1; k < 40; k++) {
    double odd = 2 * k - 1, next = term * (mu - odd * odd) / (8 * x * k);
    if (!(__builtin_fabs(next) < __builtin_fabs(term))) break;
    term = next;
    double sign = k & 2 ? -1 : 1;
    if (k & 1) q += sign * term;
    else p += sign * term;
  }
  // cos(x - pi / 4 - order pi / 2) and its sine without rounding the angle
  double s = sin_d(x), c = cos_d(x), u = order ? s - c : c + s, v = order ? -s - c : s - c;
  double size = __builtin_sqrt(3.141592653589793 * x);
  *j = (p * u - q * v) / size, *y = (p * v + q * u) / size;
}

//@ bessel_j_d: needs bessel_far
// Backward recurrence, normalised by J0 + 2 J2 + 2 J4 + ... = 1; from 30 on Hankel's expansion.
NOINLINE double bessel_j_d(double x, int order) {
  double a = __builtin_fabs(x), found;
  if (a != a) return a;
  if (a < 30) {
    double after = 0, here = 1e-300, sum = 0, first = 0;
    if (a < 1e-8) return order ? 0.5 * x : 1;
    for (int k = 2 * ((int)a / 2 + 25); k > 0; k--) {
      double before = 2 * k / a * here - after;
      after = here, here = before;
      if (k == 2) first = before;
      if (k % 2 && k > 1) sum += 2 * before;
      if (__builtin_fabs(here) > 1e200)
        here *= 1e-200, after *= 1e-200, sum *= 1e-200, first *= 1e-200;
    }
    sum += here;
    found = (order ? first : here) / sum;
  } else {
    double unused;
    bessel_far_d(a, order, &found, &unused);
  }
  return order && x < 0 ? -found : found;
}

//@ bessel_j0_d/1: needs bessel_j_d
static double bessel_j0_d(double x) { return bessel_j_d(x, 0); }

//@ bessel_j1_d/1: needs bessel_j_d
static double bessel_j1_d(double x) { return bessel_j_d(x, 1); }

//@ erfcx_d/1: needs erfc_d
NOINLINE double erfcx_d(double x) {
  if (x < 0.5) return exp_d(x * x) * erfc_d(x);
  if (x > 27) {
    double z = 1 / (x * x), sum = 1;
    for (int k = 6; k > 0; k--) sum = 1 - (k - 0.5) * z * sum;
    return 0.5641895835477563 / x * sum;
  }
  return erfc_scaled_d(x);
}

//@ ndtri_d/1: needs erfinv_d, log_d
NOINLINE double ndtri_d(double p) {
  double y = p > 0.5 ? 1 - p : p;
  if (!(y > 0)) return y == 0 ? __builtin_copysign(__builtin_inf(), p - 0.5) : __builtin_nan("");
  double x;
  if (y > 0.02) x = 1.4142135623730951 * erfinv_d(1 - 2 * y);
  else {
    double t = __builtin_sqrt(-2 * log_d(y));
    x = t - (log_d(t) + 0.9189385332046727) / t;
    for (int i = 0; i < 5; i++) {
      double tail = 0.5 * erfc_d(x * 0.7071067811865476);
      // Newton for the logarithm of the tail, whose slope is nearly -x.
      x += (log_d(tail) - log_d(y)) * tail / (0.3989422804014327 * exp_d(-0.5 * x * x));
    }
  }
  return p > 0.5 ? x : -x;
}
