// Bessel functions of the second kind and modified ones, Airy's Ai, the spherical j0, in double.
//@ bessel_y: needs bessel_far, log_d
// Neumann's series in J of all orders, found by backward recurrence; from 30 on Hankel's expansion.
NOINLINE double bessel_y_d(double x, int order) {
  const double pi = 3.141592653589793;
  if (!(x > 0)) return x == 0 ? -__builtin_inf() : __builtin_nan("");
  if (x < 30) {
    if (x < 1e-8)
      return order ? -2 / (pi * x) : 2 / pi * (log_d(0.5 * x) + 0.5772156649015329);
    double after = 0, here = 1e-300, sum = 0, series = 0, first = 0;
    for (int k = 2 * ((int)x / 2 + 25); k > 0; k--) {
      double before = 2 * k / x * here - after;
      after = here, here = before;
      int n = k - 1, m = n / 2;
      if (n == 1) first = here;
      if (n % 2 == 0 && n > 0) sum += 2 * here;
      if (n % 2 == order && m > 0)
        series += (m % 2 ? -1 : 1) * (order ? n / (m * (m + 1.0)) : 2.0 / m) * here;
      if (__builtin_fabs(here) > 1e200)
        here *= 1e-200, after *= 1e-200, sum *= 1e-200, series *= 1e-200, first *= 1e-200;
    }
    sum += here;
    double angle = log_d(0.5 * x) + 0.5772156649015329;
    if (!order) return 2 / pi * (angle * here - series) / sum;
    return (2 / pi * ((angle - 1) * first - series) - 2 / (pi * x) * here) / sum;
  }
  if (x - x != 0) return 0;
  double unused, found;
  bessel_far_d(x, order, &unused, &found);
  return found;
}

//@ bessel_y0_d/1: needs bessel_y
static double bessel_y0_d(double x) { return bessel_y_d(x, 0); }

//@ bessel_y1_d/1: needs bessel_y
static double bessel_y1_d(double x) { return bessel_y_d(x, 1); }

//@ bessel_k: needs bessel_i_d, log_d
// exp(x) K(x) for x >= 1 and any order: the integral over t of exp(x - x cosh t) cosh(order t),
// whose sum in equal steps is right to the last place.
NOINLINE double bessel_k_integral_d(double x, double order) {
  double step = 0.2, wide = __builtin_sqrt(0.4 / x), sum = 0.5;
  if (wide < step) step = wide;
  for (int k = 1; k < 200; k++) {
    double t = k * step, e = exp_d(t), grown = 0.5 * (e + 1 / e) - 1;
    // cosh t - 1 without cancellation
    if (t < 0.5) {
      double z = t * t;
      grown = z * (0.5 + z * (1. / 24 + z * (1. / 720 + z * (1. / 40320 + z / 3628800))));
    }
    if (x * grown > 45) break;
    double o = exp_d(order * t);
    sum += exp_d(-x * grown) * 0.5 * (o + 1 / o);
  }
  return step * sum;
}
NOINLINE double bessel_k_d(double x, int order, int scaled) {
  if (!(x > 0)) return x == 0 ? __builtin_inf() : __builtin_nan("");
  if (x - x != 0) return 0;
  if (x > 1) return bessel_k_integral_d(x, order) * (scaled ? 1 : exp_d(-x));
  double quarter = 0.25 * x * x, term = 1, i0 = 1, i1 = 0.5 * x, slope = i1, harmonic = 0;
  double k0 = -(log_d(0.5 * x) + 0.5772156649015329), sum = 0;
  for (int k = 1; k < 14; k++) {
    term *= quarter / ((double)k * k), harmonic += 1.0 / k;
    i0 += term, sum += term * harmonic;
    i1 += slope *= quarter / (k * (k + 1.0));
  }
  double found = k0 * i0 + sum;
  // The Wronskian: I0 K1 + I1 K0 = 1 / x.
  if (order) found = (1 / x - i1 * found) / i0;
  return scaled ? found * exp_d(x) : found;
}

//@ modified_bessel_k0_d/1: needs bessel_k
static double modified_bessel_k0_d(double x) { return bessel_k_d(x, 0, 0); }

//@ modified_bessel_k1_d/1: needs bessel_k
static double modified_bessel_k1_d(double x) { return bessel_k_d(x, 1, 0); }

//@ scaled_modified_bessel_k0_d/1: needs bessel_k
static double scaled_modified_bessel_k0_d(double x) { return bessel_k_d(x, 0, 1); }

//@ scaled_modified_bessel_k1_d/1: needs bessel_k
static double scaled_modified_bessel_k1_d(double x) { return bessel_k_d(x, 1, 1); }

//@ airy_ai_d/1: needs bessel_k, sin_d, cos_d
// Near 0 the series of Ai = a f(x) - b g(x), right of it by K of order 1/3, left by its waves.
NOINLINE double airy_ai_d(double x) {
  if (x - x != 0) return __builtin_nan("");
  if (x > 103.892) return 0;
  if (x > 2) {
    double z = x * __builtin_sqrt(x) * (2. / 3);
    return __builtin_sqrt(x / 3) / 3.141592653589793 * bessel_k_integral_d(z, 1. / 3) * exp_d(-z);
  }
  if (x > -8) {
    double cube = x * x * x, f = 1, g = x, one = 1, other = x;
    for (int k = 1; k < 60; k++) {
      f += one *= cube / ((3 * k - 1.0) * (3 * k));
      g += other *= cube / ((3 * k) * (3 * k + 1.0));
    }
    return 0.355028053887817239 * f - 0.258819403792806798 * g;
  }
  double z = -x * __builtin_sqrt(-x) * (2. / 3), term = 1, p = 1, q = 0;
  for (int k = 1; k < 30; k++) {
    double next = term * (6 * k - 5.0) * (6 * k - 1.0) / (72.0 * k * z);
    if (!(next < term)) break;
    term = next;
    double sign = k & 2 ? -1 : 1;
    if (k & 1) q += sign * term;
    else p += sign * term;
  }
  double s = sin_d(z), c = cos_d(z);
  // sin(z + pi / 4) and cos(z + pi / 4)
  double u = 0.7071067811865476 * (s + c), v = 0.7071067811865476 * (c - s);
  return (p * u - q * v) / __builtin_sqrt(3.141592653589793 * __builtin_sqrt(-x));
}

//@ spherical_bessel_j0_d/1: needs sin_d
NOINLINE double spherical_bessel_j0_d(double x) {
  double z = x * x;
  if (z < 0.01) return 1 - z / 6 * (1 - z / 20 * (1 - z / 42 * (1 - z / 72)));
  return z - z != 0 ? (x != x ? x : 0) : sin_d(x) / x;
}
