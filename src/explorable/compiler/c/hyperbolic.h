// sinh, cosh, tanh and their inverses.
//@ tanh_f4: needs exp_core
// t / (t + 2) with t = exp(2 a) - 1, which keeps its accuracy near 0. A rational fit is a little
// cheaper, but leaves saturated units a few places short of 1: their gradient 1 - tanh(x)^2 is then
// noise, which Adam scales up to whole steps. Here t + 2 is t from where tanh(a) rounds to 1.
static f4 tanh_f4(f4 x) {
  f4 a = __builtin_wasm_pmin_f32x4(abs_f4(x), kept_f4(9.0110f));
  f4 shifted = a * kept_f4(2.88539008f) + kept_f4(12582912.0f);
  f4 n = shifted - kept_f4(12582912.0f);
  f4 r = (a - n * kept_f4(3.461914e-01f)) - n * kept_f4(3.8218402e-04f);
  f4 grown = expm1_small_f4(r + r), power = (f4)(((i4)shifted + splat_i4(127)) << 23);
  f4 t = grown * power + (power - kept_f4(1)), y = t / (t + kept_f4(2));
  return (f4)((i4)y | ((i4)x & splat_i4((int)0x80000000u)));
}

//@ tanh_f: needs tanh_f4
F_FROM_F4(tanh)

//@ sinh_f4: needs expm1_f4
static f4 sinh_f4(f4 x) {
  f4 a = abs_f4(x), e = expm1_f4(a * kept_f4(0.5f));
  // With h = sinh(a / 2) and c = cosh(a / 2): sinh(a) = 2 h c, which does not overflow too early.
  f4 grown = e + kept_f4(1), inverse = kept_f4(1) / grown;
  f4 y = (kept_f4(0.5f) * e * (kept_f4(1) + inverse)) * (grown + inverse);
  y = select_f4(a < kept_f4(1e-4f), a, y);
  y = select_f4(a < kept_f4(INFINITE), y, a);
  return (f4)((i4)y | ((i4)x & splat_i4((int)0x80000000u)));
}

//@ sinh_f: needs sinh_f4
F_FROM_F4(sinh)

//@ cosh_f4: needs exp_f4
static f4 cosh_f4(f4 x) {
  f4 e = exp_f4(abs_f4(x) * kept_f4(0.5f)), half = e * kept_f4(0.5f);
  return half * e + kept_f4(0.5f) / (e * e);
}

//@ cosh_f: needs cosh_f4
F_FROM_F4(cosh)

//@ sinh_d: needs expm1_d
NOINLINE double sinh_d(double x) {
  double a = __builtin_fabs(x), y;
  if (a < 709) {
    double e = expm1_d(a);
    y = 0.5 * (e + e / (e + 1));
  } else {
    double e = expm1_d(0.5 * a);
    y = 0.5 * e * e + e;
  }
  return __builtin_copysign(y, x);
}

//@ cosh_d: needs exp_d
NOINLINE double cosh_d(double x) {
  double a = __builtin_fabs(x), e = exp_d(a < 709 ? a : 0.5 * a);
  return a < 709 ? 0.5 * e + 0.5 / e : 0.5 * e * e;
}

//@ tanh_d: needs expm1_d
NOINLINE double tanh_d(double x) {
  double t = expm1_d(-2 * __builtin_fabs(x));
  return __builtin_copysign(t / (t + 2), x);
}

//@ asinh_d: needs log1p_d
NOINLINE double asinh_d(double x) {
  double a = __builtin_fabs(x);
  double y = a > 1e9 ? log1p_d(a - 1) + 0.6931471805599453
                     : log1p_d(a + a * a / (1 + __builtin_sqrt(1 + a * a)));
  return __builtin_copysign(y, x);
}

//@ acosh_d: needs log1p_d
NOINLINE double acosh_d(double x) {
  double t = x - 1;
  if (!(x >= 1)) return __builtin_nan("");
  return x > 1e9 ? log1p_d(t) + 0.6931471805599453 : log1p_d(t + __builtin_sqrt(2 * t + t * t));
}

//@ atanh_d: needs log1p_d
NOINLINE double atanh_d(double x) {
  double a = __builtin_fabs(x);
  return __builtin_copysign(0.5 * log1p_d(2 * a / (1 - a)), x);
}

//@ asinh_f4: needs asinh_d, lanes
F_FROM_D(asinh)

//@ asinh_f: needs asinh_f4

//@ acosh_f4: needs acosh_d, lanes
F_FROM_D(acosh)

//@ acosh_f: needs acosh_f4

//@ atanh_f4: needs atanh_d, lanes
F_FROM_D(atanh)

//@ atanh_f: needs atanh_f4
