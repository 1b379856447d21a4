// exp and what is made of it. Polynomials are near-minimax fits; errors are in
// tests/test_clib_math.py.
//@ lanes
#define F_FROM_F4(name) \
  INLINE float name##_f(float x) { return name##_f4(splat_f4(x))[0]; }
// For functions too rare to deserve vectors: each lane goes through the double version.
#define F_FROM_D(name) \
  NOINLINE float name##_f(float x) { return (float)name##_d(x); } \
  static f4 name##_f4(f4 x) { \
    return (f4){name##_f(x[0]), name##_f(x[1]), name##_f(x[2]), name##_f(x[3])}; \
  }
#define F_FROM_D2(name) \
  NOINLINE float name##_f(float x, float y) { return (float)name##_d(x, y); } \
  static f4 name##_f4(f4 x, f4 y) { \
    return (f4){name##_f(x[0], y[0]), name##_f(x[1], y[1]), name##_f(x[2], y[2]), \
                name##_f(x[3], y[3])}; \
  }

//@ exp_core: needs lanes
// x = n ln 2 + r: adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
typedef struct {
  f4 r;
  i4 n;
} reduced_f4;
INLINE reduced_f4 reduce_exp_f4(f4 x) {
  f4 shifted = x * kept_f4(1.442695041f) + kept_f4(12582912.0f);
  f4 n = shifted - kept_f4(12582912.0f);
  f4 r = (x - n * kept_f4(6.923828e-01f)) - n * kept_f4(7.6436804e-04f);
  return (reduced_f4){r, (i4)shifted - splat_i4(0x4b400000)};
}
INLINE f4 power_of_two_f4(i4 n) { return (f4)((n + splat_i4(127)) << 23); }
// exp(r) - 1 for |r| <= ln 2 / 2
INLINE f4 expm1_small_f4(f4 r) {
  f4 p = kept_f4(1.3926198e-03f);
  p = FMA(p, r, kept_f4(8.36319e-03f));
  p = FMA(p, r, kept_f4(4.1666556e-02f));
  p = FMA(p, r, kept_f4(1.6666576e-01f));
  p = FMA(p, r, kept_f4(5.e-01f));
  return FMA(p, r * r, r);
}
INLINE f4 clamp_f4(f4 x, float low, float high) {
  // One instruction each, where min and max are eight; NaN passes.
  return __builtin_wasm_pmin_f32x4(__builtin_wasm_pmax_f32x4(x, kept_f4(low)), kept_f4(high));
}

//@ exp_f4: needs exp_core
static f4 exp_f4(f4 x) {
  reduced_f4 a = reduce_exp_f4(clamp_f4(x, -104.0f, 89.0f));
  // Twice half the power: results may be denormal or infinite.
  i4 half = a.n >> 1;
  return (expm1_small_f4(a.r) + kept_f4(1)) * power_of_two_f4(half) * power_of_two_f4(a.n - half);
}

//@ exp_f: needs exp_f4
F_FROM_F4(exp)

//@ exp_flush_f4: needs exp_core
// exp with 0 in place of denormal results, which slow down all that is done with them; for sums
// that contain a 1 (softmax, logsumexp).
static f4 exp_flush_f4(f4 x) {
  reduced_f4 a = reduce_exp_f4(clamp_f4(x, -87.3f, 88.3f));
  f4 y = (expm1_small_f4(a.r) + kept_f4(1)) * power_of_two_f4(a.n);
  return (f4)((i4)y & ~(x < kept_f4(-87.3f)));
}

//@ exp_flush_f: needs exp_flush_f4
F_FROM_F4(exp_flush)

//@ exp2_f4: needs exp_core
static f4 exp2_f4(f4 x) {
  f4 n = __builtin_wasm_nearest_f32x4(clamp_f4(x, -151.0f, 129.0f)),
     r = clamp_f4(x, -151.0f, 129.0f) - n;
  i4 whole = __builtin_wasm_trunc_saturate_s_i32x4_f32x4(n), half = whole >> 1;
  f4 p = kept_f4(1.5453163e-04f);
  p = FMA(p, r, kept_f4(1.3390863e-03f));
  p = FMA(p, r, kept_f4(9.618083e-03f));
  p = FMA(p, r, kept_f4(5.550357e-02f));
  p = FMA(p, r, kept_f4(2.402265e-01f));
  p = FMA(p, r, kept_f4(6.931472e-01f));
  return FMA(p, r, kept_f4(1)) * power_of_two_f4(half) * power_of_two_f4(whole - half);
}

//@ exp2_f: needs exp2_f4
F_FROM_F4(exp2)

//@ expm1_f4: needs exp_core
static f4 expm1_f4(f4 x) {
  reduced_f4 a = reduce_exp_f4(clamp_f4(x, -18.0f, 89.0f));
  // 2^(n - 1) and a doubling, as 2^128 is not a float.
  f4 power = power_of_two_f4(a.n - splat_i4(1));
  f4 y = FMA(expm1_small_f4(a.r), power, power - kept_f4(0.5f)) * kept_f4(2);
  return select_f4(abs_f4(x) < kept_f4(1e-10f), x, y);
}

//@ expm1_f: needs expm1_f4
F_FROM_F4(expm1)

//@ sigmoid_f4: needs exp_f4
static f4 sigmoid_f4(f4 x) {
  f4 e = exp_f4(-abs_f4(x)), one = kept_f4(1);
  return select_f4(x < kept_f4(0), e, one) / (one + e);
}

//@ sigmoid_f: needs sigmoid_f4
F_FROM_F4(sigmoid)

//@ bits_d
INLINE unsigned long long bits_d(double x) {
  return (union {
           double d;
           unsigned long long u;
         }){x}
      .u;
}
INLINE double from_bits_d(unsigned long long u) {
  return (union {
           unsigned long long u;
           double d;
         }){u}
      .d;
}
#define high_word(x) ((int)(bits_d(x) >> 32))

//@ scale_d: needs bits_d
// x 2^n, rightly rounded into denormals; |n| < 2000
INLINE double scale_d(double x, int n) {
  int half = n >> 1;
  return x * from_bits_d((unsigned long long)(1023 + half) << 52) *
         from_bits_d((unsigned long long)(1023 + n - half) << 52);
}

//@ exp_core_d: needs scale_d
// exp(r) - 1 for |r| <= ln 2 / 2
static double expm1_small_d(double r) {
  double p = 2.510040371657669e-08;
  p = p * r + 2.7620112139572367e-07;
  p = p * r + 2.7557268421682613e-06;
  p = p * r + 2.4801521246131495e-05;
  p = p * r + 0.0001984126986307828;
  p = p * r + 0.0013888888917245787;
  p = p * r + 0.008333333333330056;
  p = p * r + 0.041666666666624066;
  p = p * r + 0.16666666666666669;
  p = p * r + 0.5000000000000001;
  return p * r * r + r;
}

//@ exp_d: needs exp_core_d
NOINLINE double exp_d(double x) {
  if (x != x) return x;
  if (x > 710) return __builtin_inf();
  if (x < -746) return 0;
  double n = __builtin_rint(x * 1.4426950408889634), high = x - n * 0.6931471803691238,
         low = n * 1.9082149292705877e-10;
  double r = high - low;
  return scale_d(expm1_small_d(r) + ((high - r) - low) + 1, (int)n);
}

//@ exp_flush_d: needs exp_d
static double exp_flush_d(double x) { return x < -708 ? 0 : exp_d(x); }

//@ exp2_d: needs exp_core_d
NOINLINE double exp2_d(double x) {
  if (x != x) return x;
  if (x > 1025) return __builtin_inf();
  if (x < -1080) return 0;
  double n = __builtin_rint(x);
  return scale_d(expm1_small_d((x - n) * 0.6931471805599453) + 1, (int)n);
}

//@ expm1_d: needs exp_core_d
NOINLINE double expm1_d(double x) {
  if (x > 710) return __builtin_inf();
  if (x < -40) return -1;
  if (!(x > 1e-18 || x < -1e-18)) return x;
  double n = __builtin_rint(x * 1.4426950408889634), high = x - n * 0.6931471803691238,
         low = n * 1.9082149292705877e-10;
  double r = high - low, y = expm1_small_d(r), slack = (high - r) - low,
         power = scale_d(1, (int)n - 1);
  y += slack + slack * y;
  return 2 * (y * power + (power - 0.5));
}

//@ sigmoid_d: needs exp_d
static double sigmoid_d(double x) {
  double e = exp_d(-__builtin_fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}
