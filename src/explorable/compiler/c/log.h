// log and what is made of it.
//@ log_core: needs lanes
// x = 2^n (1 + f), 1 + f in [sqrt(1/2), sqrt(2)); x positive and finite, denormals too.
typedef struct {
  f4 f, n;
} split_f4;
INLINE split_f4 split_log_f4(f4 x) {
  i4 tiny = x < kept_f4(1.17549435e-38f);
  i4 bits = (i4)select_f4(tiny, x * kept_f4(8388608.0f), x);
  i4 n = (bits - splat_i4(0x3f3504f3)) >> 23;
  f4 f = (f4)(bits - (n << 23)) - kept_f4(1);
  return (split_f4){f, __builtin_convertvector(n - (tiny & splat_i4(23)), f4)};
}
// log of 0 is -inf, of inf itself, of negative numbers and NaN NaN.
INLINE f4 log_edges_f4(f4 x, f4 y) {
  y = select_f4(x == kept_f4(0), kept_f4(-INFINITE), y);
  y = select_f4(x == kept_f4(INFINITE), x, y);
  return select_f4(x >= kept_f4(0), y, kept_f4(NOT_A_NUMBER));
}

//@ log_f4: needs log_core
INLINE f4 log_finite_f4(f4 x) {
  split_f4 s = split_log_f4(x);
  f4 f = s.f, square = f * f;
  f4 p = kept_f4(6.9716126e-02f);
  p = FMA(p, f, kept_f4(-1.14797354e-01f));
  p = FMA(p, f, kept_f4(1.16854206e-01f));
  p = FMA(p, f, kept_f4(-1.2425687e-01f));
  p = FMA(p, f, kept_f4(1.4249058e-01f));
  p = FMA(p, f, kept_f4(-1.6667803e-01f));
  p = FMA(p, f, kept_f4(2.0000716e-01f));
  p = FMA(p, f, kept_f4(-2.4999997e-01f));
  p = FMA(p, f, kept_f4(3.333333e-01f));
  f4 y = p * f * square + s.n * kept_f4(7.6436804e-04f) - square * kept_f4(0.5f);
  return (y + f) + s.n * kept_f4(6.923828e-01f);
}
static f4 log_f4(f4 x) { return log_edges_f4(x, log_finite_f4(x)); }

//@ log_f: needs log_f4
F_FROM_F4(log)

//@ log2_f4: needs log_core
static f4 log2_f4(f4 x) {
  split_f4 s = split_log_f4(x);
  f4 f = s.f;
  f4 p = kept_f4(-1.0749791e-01f);
  p = FMA(p, f, kept_f4(1.8476036e-01f));
  p = FMA(p, f, kept_f4(-1.9138838e-01f));
  p = FMA(p, f, kept_f4(2.0485765e-01f));
  p = FMA(p, f, kept_f4(-2.3960812e-01f));
  p = FMA(p, f, kept_f4(2.8855255e-01f));
  p = FMA(p, f, kept_f4(-3.6069655e-01f));
  p = FMA(p, f, kept_f4(4.8089853e-01f));
  p = FMA(p, f, kept_f4(-7.2134733e-01f));
  p = FMA(p, f, kept_f4(1.442695e+00f));
  return log_edges_f4(x, p * f + s.n);
}

//@ log2_f: needs log2_f4
F_FROM_F4(log2)

//@ log1p_f4: needs log_f4
static f4 log1p_f4(f4 x) {
  f4 u = kept_f4(1) + x;
  // What rounding took from u, relative to it.
  f4 lost = select_f4(x < kept_f4(1), x - (u - kept_f4(1)), kept_f4(1) - (u - x)) / u;
  f4 y = log_finite_f4(u) + lost;
  return select_f4(abs_f4(x) < kept_f4(1e-10f), x, log_edges_f4(u, y));
}

//@ log1p_f: needs log1p_f4
F_FROM_F4(log1p)

//@ log_core_d: needs bits_d, lanes
// x = 2^n (1 + f); log(1 + f) is f - minus.
typedef struct {
  double f, minus;
  int n;
} split_log_t;
static split_log_t split_log_d(double x) {
  int tiny = x < 2.2250738585072014e-308;
  long long bits = (long long)bits_d(tiny ? x * 18014398509481984.0 : x);
  int n = (int)((bits - 0x3fe6a09e667f3bcdLL) >> 52);
  double f = from_bits_d((unsigned long long)(bits - ((long long)n << 52))) - 1;
  double s = f / (2 + f), z = s * s, half = 0.5 * f * f;
  double p = 0.14616562422104645;
  p = p * z + 0.15331712479381301;
  p = p * z + 0.1818288939967772;
  p = p * z + 0.2222221113102852;
  p = p * z + 0.2857142862599856;
  p = p * z + 0.39999999999899455;
  p = p * z + 0.666666666666667;
  return (split_log_t){f, half - s * (half + p * z), n - (tiny ? 54 : 0)};
}
#define LOG_EDGES_D(x) \
  if (!(x > 0)) return x == 0 ? -__builtin_inf() : __builtin_nan(""); \
  if (x == __builtin_inf()) return x;

//@ log_d: needs log_core_d
NOINLINE double log_d(double x) {
  LOG_EDGES_D(x)
  split_log_t s = split_log_d(x);
  return s.n * 0.6931471803691238 - ((s.minus - s.n * 1.9082149292705877e-10) - s.f);
}

//@ log1p_d: needs log_core_d
NOINLINE double log1p_d(double x) {
  if (!(x > 1e-18 || x < -1e-18)) return x;
  double u = 1 + x;
  LOG_EDGES_D(u)
  double lost = (x < 1 ? x - (u - 1) : 1 - (u - x)) / u;
  split_log_t s = split_log_d(u);
  return s.n * 0.6931471803691238 - ((s.minus - (s.n * 1.9082149292705877e-10 + lost)) - s.f);
}

//@ log_other_base_d: needs log_core_d
// log(1 + f) / log(base) + n whole + n part: the factor is cut so that its product with the upper
// half of the logarithm is exact.
static double log_other_base_d(double x, double factor, double factor_low, double whole,
                               double part) {
  LOG_EDGES_D(x)
  split_log_t s = split_log_d(x);
  double y = s.f - s.minus, high = from_bits_d(bits_d(y) & 0xffffffff00000000ULL);
  double low = (s.f - high) - s.minus, top = from_bits_d(bits_d(factor) & 0xffffffff00000000ULL);
  double rest = (factor - top) + factor_low;
  double sum = s.n * whole, product = high * top, total = sum + product;
  double lost = sum ? (sum - total) + product : 0;
  return total + (lost + s.n * part + low * factor + high * rest);
}

//@ log2_d: needs log_other_base_d
NOINLINE double log2_d(double x) {
  return log_other_base_d(x, 1.4426950408889634, 2.0355273740931033e-17, 1, 0);
}

//@ log10_d: needs log_other_base_d
NOINLINE double log10_d(double x) {
  return log_other_base_d(x, 0.4342944819032518, 1.098319650216765e-17, 0.3010299955494702,
                          1.1451100898021838e-10);
}

//@ log10_f4: needs log10_d, lanes
F_FROM_D(log10)

//@ log10_f: needs log10_f4
