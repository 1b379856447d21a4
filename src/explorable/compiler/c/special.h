// erf, erfc and its inverse, lgamma, digamma.
//@ erf_f4: needs exp_core
static f4 erf_f4(f4 x) {
  f4 y = clamp_f4(x, -3.93f, 3.93f), z = y * y;
  f4 p = kept_f4(2.04197e-06f);
  p = FMA(p, z, kept_f4(2.8480674e-04f));
  p = FMA(p, z, kept_f4(3.7795575e-03f));
  p = FMA(p, z, kept_f4(5.2790124e-02f));
  p = FMA(p, z, kept_f4(1.9078273e-01f));
  p = FMA(p, z, kept_f4(1.1283791e+00f));
  f4 q = kept_f4(3.800397e-05f);
  q = FMA(q, z, kept_f4(1.1651989e-03f));
  q = FMA(q, z, kept_f4(1.4997334e-02f));
  q = FMA(q, z, kept_f4(1.1425705e-01f));
  q = FMA(q, z, kept_f4(5.024095e-01f));
  q = FMA(q, z, kept_f4(1.e+00f));
  return clamp_f4(y * p / q, -1, 1);
}

//@ erf_f: needs erf_f4
F_FROM_F4(erf)

//@ erf_core_d: needs exp_d
static double erf_small_d(double x) {
  double z = x * x;
  double p = 5.957176147748911e-11;
  p = p * z + -1.1372848856791674e-09;
  p = p * z + 1.4659775274047436e-08;
  p = p * z + -1.6350312701054695e-07;
  p = p * z + 1.6461000484121368e-06;
  p = p * z + -1.4925595266831182e-05;
  p = p * z + 0.0001205533111164271;
  p = p * z + -0.000854832698083379;
  p = p * z + 0.0052239776248180145;
  p = p * z + -0.026866170645076792;
  p = p * z + 0.11283791670954879;
  p = p * z + -0.3761263890318375;
  p = p * z + 1.1283791670955126;
  return x * p;
}
// erfc(x) for 0.5 <= x < 28: exp(-x^2) times a smooth function; x^2 in two parts, as exp magnifies
// its error.
static double erfc_scaled_d(double x) {
  double t = (x - 4) / (x + 4);
  double p = -1.0476718674668371e-08;
  p = p * t + -1.2224048303152388e-08;
  p = p * t + 1.0568025135820959e-07;
  p = p * t + 6.702452833728971e-08;
  p = p * t + -8.22559563206072e-07;
  p = p * t + 2.9955790685567077e-07;
  p = p * t + 5.7086428044048145e-06;
  p = p * t + -1.12247322473501e-05;
  p = p * t + -2.4398983809134553e-05;
  p = p * t + 0.00015062249512264785;
  p = p * t + -0.00019925671345040716;
  p = p * t + -0.0007577734486762808;
  p = p * t + 0.0050319699756138135;
  p = p * t + -0.01619773403826592;
  p = p * t + 0.03716751553818893;
  p = p * t + -0.06633036581360713;
  p = p * t + 0.09373283499828751;
  p = p * t + -0.10103906603625375;
  p = p * t + 0.0680970542546948;
  p = p * t + 0.015379652102619027;
  p = p * t + -0.13962111684056253;
  p = p * t + 1.2329951186255526;
  return p / (1 + 2 * x);
}
NOINLINE double erfc_large_d(double x) {
  double cut = from_bits_d(bits_d(x) & 0xffffffff00000000ULL);
  return exp_d(-cut * cut) * exp_d((cut - x) * (cut + x)) * erfc_scaled_d(x);
}

//@ erf_d: needs erf_core_d
NOINLINE double erf_d(double x) {
  double a = __builtin_fabs(x);
  if (!(a >= 1)) return erf_small_d(x);
  return __builtin_copysign(a > 6 ? 1 : 1 - erfc_large_d(a), x);
}

//@ erfc_d/1: needs erf_core_d
NOINLINE double erfc_d(double x) {
  double a = __builtin_fabs(x);
  if (!(a >= 0.5)) return 1 - erf_small_d(x);
  double y = a > 28 ? 0 : erfc_large_d(a);
  return x < 0 ? 2 - y : y;
}

//@ erfinv_d/1: needs erf_d, erfc_d, log1p_d
NOINLINE double erfinv_d(double y) {
  double a = __builtin_fabs(y);
  if (!(a < 1)) return a == 1 ? __builtin_copysign(__builtin_inf(), y) : __builtin_nan("");
  // An estimate good to 0.2 %, then two steps that triple its digits.
  double l = log1p_d(-a * a), b = 4.330746750799873 + 0.5 * l;
  double x =
      a < 1e-3 ? a * 0.886226925452758 : __builtin_sqrt(__builtin_sqrt(b * b - l / 0.147) - b);
  for (int i = 0; i < 2; i++) {
    double miss = a < 0.5 ? erf_d(x) - a : (1 - a) - erfc_d(x);
    double step = miss * 0.886226925452758 * exp_d(x * x);
    x -= step / (1 + x * step);
  }
  return __builtin_copysign(x, y);
}

//@ lgamma_d/1: needs log_d, sin_d
// lgamma(x) for x in [1.5, 2.5], whose root at 2 is a factor
static double lgamma_near_two_d(double x) {
  double w = x - 2;
  double p = -5.72865310850801e-07;
  p = p * w + 1.2159620602745015e-06;
  p = p * w + -1.982565620739196e-06;
  p = p * w + 4.2553702843110484e-06;
  p = p * w + -9.452938473714576e-06;
  p = p * w + 2.0535581020500523e-05;
  p = p * w + -4.492443535898787e-05;
  p = p * w + 9.945371368841632e-05;
  p = p * w + -0.00022315489463809116;
  p = p * w + 0.0005096698119432116;
  p = p * w + -0.0011927539062598581;
  p = p * w + 0.0028905103192621994;
  p = p * w + -0.0073855510287714685;
  p = p * w + 0.02058080842799012;
  p = p * w + -0.06735230105319759;
  p = p * w + 0.32246703342411215;
  p = p * w + 0.42278433509846713;
  return w * p;
}
static double lgamma_positive_d(double x) {
  if (x < 0.5) return lgamma_near_two_d(x + 2) - log_d(x * (x + 1));
  if (x < 1.5) return lgamma_near_two_d(x + 1) - log_d(x);
  if (x < 10) {
    double product = 1;
    for (; x > 2.5; product *= x) x -= 1;
    return lgamma_near_two_d(x) + log_d(product);
  }
  if (x > 1e17) return x * (log_d(x) - 1);
  double inverse = 1 / x, z = inverse * inverse;
  double p = 0.17964437236883057;
  p = p * z + -0.029550653594771242;
  p = p * z + 0.00641025641025641;
  p = p * z + -0.0019175269175269176;
  p = p * z + 0.0008417508417508417;
  p = p * z + -0.0005952380952380953;
  p = p * z + 0.0007936507936507937;
  p = p * z + -0.002777777777777778;
  p = p * z + 0.08333333333333333;
  return ((x - 0.5) * (log_d(x) - 1) + 0.4189385332046727) + p * inverse;
}
NOINLINE double lgamma_d(double x) {
  if (x - x != 0) return x != x ? x : __builtin_inf();
  if (x > 0) return x < 1e-300 ? -log_d(x) : lgamma_positive_d(x);
  double fraction = x - __builtin_floor(x);
  if (fraction == 0) return __builtin_inf();
  if (x > -1e-17) return -log_d(-x);
  double s = sin_d(3.141592653589793 * (fraction > 0.5 ? 1 - fraction : fraction));
  return 1.1447298858494002 - log_d(s * -x) - lgamma_positive_d(-x);
}

//@ digamma_d/1: needs log_d, tan_d
NOINLINE double digamma_d(double x) {
  if (x == 0) return __builtin_copysign(__builtin_inf(), -x);
  if (x == -__builtin_inf()) return __builtin_nan("");
  double y = 0;
  if (x < 0) {
    double fraction = x - __builtin_trunc(x);
    if (fraction == 0) return __builtin_nan("");
    if (fraction < -0.5) fraction += 1;
    y = -3.141592653589793 / tan_d(3.141592653589793 * fraction);
    x = 1 - x;
  }
  for (; x < 10; x += 1) y -= 1 / x;
  double z = x < 1e17 ? 1 / (x * x) : 0;
  double p = -3.0539543302701198;
  p = p * z + 0.4432598039215686;
  p = p * z + -0.08333333333333333;
  p = p * z + 0.021092796092796094;
  p = p * z + -0.007575757575757576;
  p = p * z + 0.004166666666666667;
  p = p * z + -0.003968253968253968;
  p = p * z + 0.008333333333333333;
  p = p * z + -0.08333333333333333;
  return y + ((log_d(x) - 0.5 / x) + z * p);
}
