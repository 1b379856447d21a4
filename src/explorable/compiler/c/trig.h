// sin, cos, tan and the arcus functions, right for arguments of any size. Where a program's angles
// are known to be below a million (ranges.py), near_f4 and near_d stand for reduce_f4 and reduce_d.
//@ angle_d
typedef struct {
  double r, low;
  int quadrant;
} angle;
INLINE angle reduce_near_d(double x) {
  double n = __builtin_rint(x * 0.6366197723675814), a = x - n * 1.5707963267341256,
         b = n * 6.077100506303966e-11;
  double r = a - b, low = ((a - r) - b) - n * 2.0222662487959506e-21, total = r + low;
  return (angle){total, (r - total) + low, (int)n};
}

//@ reduce_huge: needs angle_d, bits_d
// 2 / pi in words of 32 bits
static const unsigned two_over_pi[] = {
    0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
    0xdebbc561, 0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e,
    0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b,
    0xbdf9283b, 0x1ff897ff, 0xde05980f, 0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7,
    0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1,
    0x1f8d5d08, 0x56033046, 0xfc7b6bab, 0xf0cfbc20, 0x9af4361d, 0xa9e39161, 0x5ee61b08};
// Any finite x: the bits of x * 2 / pi that matter, multiplied out as whole numbers.
COLD angle reduce_huge(double x) {
  unsigned long long bits = bits_d(x), m = (bits & 0xfffffffffffffULL) | 0x10000000000000ULL;
  int e = (int)(bits >> 52 & 2047) - 1075, skip = e < 34 ? 0 : (e - 2) / 32,
      n = 2 + 32 * (skip + 7) - e;
  unsigned product[9] = {0}, factors[2] = {(unsigned)m, (unsigned)(m >> 32)};
  for (int i = 0; i < 2; i++) {
    unsigned long long carry = 0;
    for (int j = 0; j < 7; j++) {
      carry += (unsigned long long)factors[i] * two_over_pi[skip + 6 - j] + product[i + j];
      product[i + j] = (unsigned)carry;
      carry >>= 32;
    }
    product[i + 7] = (unsigned)carry;
  }
  // The lowest n bits are x * 2 / pi modulo 4, as a number below 4 with n - 2 bits of fraction.
  unsigned long long top[2];
  for (int i = 0; i < 2; i++) {
    int from = n - 64 * (i + 1);
    unsigned long long word = 0;
    for (int k = 2; k >= 0; k--) {
      int at = (from >> 5) + k;
      unsigned long long part = at >= 0 && at < 9 ? product[at] : 0;
      int shift = 32 * k - (from & 31);
      word |= shift >= 0 ? (shift < 64 ? part << shift : 0) : part >> -shift;
    }
    top[i] = word;
  }
  int quadrant = (int)(top[0] >> 62);
  long long high = (long long)(top[0] << 2 | top[1] >> 62);
  unsigned long long rest = top[1] << 2;
  if (high < 0) quadrant++;
  // high + rest as a signed fraction of 2^64 (a quarter turn), normalised before it becomes a
  // double.
  int negative = high < 0;
  unsigned long long a = (unsigned long long)high, b = rest;
  if (negative) {
    b = ~b + 1;
    a = ~a + (b == 0);
  }
  int zeros = a ? __builtin_clzll(a) : 64;
  if (zeros == 64) a = b, b = 0;
  else if (zeros) a = a << zeros | b >> (64 - zeros), b <<= zeros;
  double scale = from_bits_d((unsigned long long)(1023 - 64 - zeros) << 52);
  unsigned long long upper = a & ~0x7ffULL;
  double first = (double)upper, second = (double)(a - upper) + (double)(b >> 11) * 0x1p-53;
  double turn = 1.5707963267948966, head = from_bits_d(bits_d(first) & ~0x7ffffffULL);
  double turn_head = 1.5707963109016418, tail = first - head, turn_tail = turn - turn_head;
  double r = first * turn;
  double low = ((head * turn_head - r) + head * turn_tail + tail * turn_head) + tail * turn_tail;
  low += first * 6.123233995736766e-17 + second * turn;
  double sign = (negative != (x < 0)) ? -scale : scale, total = r + low;
  angle found = {total * sign, ((r - total) + low) * sign, x < 0 ? -quadrant : quadrant};
  return found;
}

//@ near_d: needs angle_d
#define reduce_d reduce_near_d

//@ reduce_d: needs reduce_huge
static angle reduce_d(double x) {
  if (__builtin_fabs(x) < 1e6) return reduce_near_d(x);
  if (x - x != 0) return (angle){__builtin_nan(""), 0, 0};
  return reduce_huge(x);
}

//@ turns_d: needs reduce_d
static double sin_small_d(double r, double low) {
  double z = r * r;
  double p = -7.586696964319367e-13;
  p = p * z + 1.6058531616384064e-10;
  p = p * z + -2.505210623243116e-08;
  p = p * z + 2.755731921933912e-06;
  p = p * z + -0.00019841269841265065;
  p = p * z + 0.008333333333333331;
  p = p * z + -0.16666666666666666;
  return r + (p * z * r + low * (1 - 0.5 * z));
}
static double cos_small_d(double r, double low) {
  double z = r * r, half = 0.5 * z, one = 1 - half;
  double p = 4.745871816762601e-14;
  p = p * z + -1.1470460886163255e-11;
  p = p * z + 2.08767557910713e-09;
  p = p * z + -2.75573192214028e-07;
  p = p * z + 2.4801587301584645e-05;
  p = p * z + -0.0013888888888888887;
  p = p * z + 0.041666666666666664;
  return one + (((1 - one) - half) + (p * z * z - r * low));
}
NOINLINE double sin_quadrant_d(angle a) {
  double y = a.quadrant & 1 ? cos_small_d(a.r, a.low) : sin_small_d(a.r, a.low);
  return a.quadrant & 2 ? -y : y;
}

//@ sin_d: needs turns_d
static double sin_d(double x) { return x == 0 ? x : sin_quadrant_d(reduce_d(x)); }

//@ cos_d: needs turns_d
static double cos_d(double x) {
  angle a = reduce_d(x);
  a.quadrant++;
  return sin_quadrant_d(a);
}

//@ tan_d: needs turns_d
NOINLINE double tan_d(double x) {
  if (x == 0) return x;
  angle a = reduce_d(x);
  double s = sin_small_d(a.r, a.low), c = cos_small_d(a.r, a.low);
  return a.quadrant & 1 ? -c / s : s / c;
}

//@ angle_f4: needs lanes
// Reduced in double: a float times a quarter turn keeps its small remainders. n is the quadrant.
typedef struct {
  f4 r;
  i4 n;
} angle_f4;
INLINE d2 reduce_half(d2 x, d2 *n) {
  *n = x * (d2){0.6366197723675814, 0.6366197723675814} +
       (d2){6755399441055744.0, 6755399441055744.0};
  d2 k = *n - (d2){6755399441055744.0, 6755399441055744.0};
  return (x - k * (d2){1.5707963267341256, 1.5707963267341256}) -
         k * (d2){6.077100506303966e-11, 6.077100506303966e-11};
}
INLINE angle_f4 reduce_near_f4(f4 x) {
  d2 n, m;
  d2 a = reduce_half((d2){x[0], x[1]}, &n), b = reduce_half((d2){x[2], x[3]}, &m);
  return (angle_f4){(f4){(float)a[0], (float)a[1], (float)b[0], (float)b[1]},
                    __builtin_shufflevector((i4)n, (i4)m, 0, 2, 4, 6)};
}

//@ near_f4: needs angle_f4
#define reduce_f4 reduce_near_f4

//@ reduce_f4: needs angle_f4
// 2 / pi in words of 32 bits, after one of zeros
static const unsigned two_over_pi_f[] = {0,          0xa2f9836e, 0x4e441529, 0xfc2757d1,
                                         0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
// Lanes from 2^17 on: of 2 / pi only 96 bits matter to a float, those from the second before the
// point of x * 2 / pi on. The sum is that product modulo 4, with 62 bits behind its point.
COLD angle_f4 reduce_huge_f4(f4 x, angle_f4 found) {
  union {
    f4 lanes;
    float r[4];
    unsigned bits[4];
  } in = {x}, out = {found.r};
  union {
    i4 lanes;
    int n[4];
  } quadrants = {found.n};
  for (int i = 0; i < 4; i++) {
    unsigned long long sum = 0;
    unsigned bits = in.bits[i], m = (bits & 0x7fffff) | 0x800000;
    int from = (int)(bits >> 23 & 255) - 120;
    if (from < 24) continue;
    if (from > 134) {
      out.r[i] = NOT_A_NUMBER;
      continue;
    }
    for (int k = 0; k < 3; k++) {
      const unsigned *word = two_over_pi_f + (from >> 5) + k;
      unsigned long long two = (unsigned long long)word[0] << 32 | word[1];
      two = (unsigned long long)m * (unsigned)(two << (from & 31) >> 32);
      sum += k < 1 ? two << 32 : k < 2 ? two : two >> 32;
    }
    int n = (int)((sum + (1ULL << 61)) >> 62), negative = (int)(bits >> 31);
    float r = (float)((double)(long long)(sum - ((unsigned long long)n << 62)) *
                      3.4061215800304564e-19);  // pi / 2^63
    out.r[i] = negative ? -r : r;
    quadrants.n[i] = negative ? -n : n;
  }
  return (angle_f4){out.lanes, quadrants.lanes};
}
INLINE angle_f4 reduce_f4(f4 x) {
  angle_f4 found = reduce_near_f4(x);
  if (!__builtin_wasm_all_true_i32x4(abs_f4(x) < splat_f4(1e6f))) found = reduce_huge_f4(x, found);
  return found;
}

//@ turns_f4: needs reduce_f4
INLINE f4 sin_small_f4(f4 r) {
  f4 z = r * r;
  f4 p = splat_f4(2.7249926e-06f);
  p = FMA(p, z, splat_f4(-1.9840087e-04f));
  p = FMA(p, z, splat_f4(8.333332e-03f));
  p = FMA(p, z, splat_f4(-1.6666667e-01f));
  return FMA(p * z, r, r);
}
INLINE f4 cos_small_f4(f4 r) {
  f4 z = r * r;
  f4 p = splat_f4(2.4547942e-05f);
  p = FMA(p, z, splat_f4(-1.3888302e-03f));
  p = FMA(p, z, splat_f4(4.1666664e-02f));
  return FMA(p, z * z, splat_f4(1) - z * splat_f4(0.5f));
}
INLINE f4 sin_quadrant_f4(f4 r, i4 n) {
  f4 y = select_f4((n & splat_i4(1)) != 0, cos_small_f4(r), sin_small_f4(r));
  return (f4)((i4)y ^ ((n & splat_i4(2)) << 30));
}

//@ turned_f4: needs turns_f4
// The sine, some quarters of a turn further.
static f4 turned_f4(f4 x, int quarters) {
  angle_f4 a = reduce_f4(x);
  return sin_quadrant_f4(a.r, a.n + splat_i4(quarters));
}

//@ sin_f4: needs turned_f4
INLINE f4 sin_f4(f4 x) { return select_f4(x == splat_f4(0), x, turned_f4(x, 0)); }

//@ sin_f: needs sin_f4
F_FROM_F4(sin)

//@ cos_f4: needs turned_f4
INLINE f4 cos_f4(f4 x) { return turned_f4(x, 1); }

//@ cos_f: needs cos_f4
F_FROM_F4(cos)

//@ tan_f4: needs turns_f4
static f4 tan_f4(f4 x) {
  angle_f4 a = reduce_f4(x);
  f4 s = sin_small_f4(a.r), c = cos_small_f4(a.r);
  i4 odd = (a.n & splat_i4(1)) != 0;
  return select_f4(x == splat_f4(0), x, select_f4(odd, -c, s) / select_f4(odd, s, c));
}

//@ tan_f: needs tan_f4
F_FROM_F4(tan)

//@ atan2_f4: needs lanes
static f4 atan2_f4(f4 y, f4 x) {
  i4 sign = splat_i4((int)0x80000000u);
  f4 up = abs_f4(y), across = abs_f4(x), one = splat_f4(1);
  i4 steep = up > across;
  f4 low = select_f4(steep, across, up), high = select_f4(steep, up, across);
  // inf / inf is a diagonal, 0 / 0 no angle at all.
  i4 same = low == high;
  low = select_f4(same & (high == splat_f4(INFINITE)), one, low);
  high = select_f4(same & ((high == splat_f4(INFINITE)) | (high == splat_f4(0))), one, high);
  i4 wide = low > high * splat_f4(0.41421356f);
  f4 t = select_f4(wide, low - high, low) / select_f4(wide, low + high, high), z = t * t;
  f4 p = splat_f4(-6.451918e-02f);
  p = FMA(p, z, splat_f4(1.0743728e-01f));
  p = FMA(p, z, splat_f4(-1.4263955e-01f));
  p = FMA(p, z, splat_f4(1.999954e-01f));
  p = FMA(p, z, splat_f4(-3.333333e-01f));
  f4 a = FMA(p * z, t, t);
  a = select_f4(wide, (a + splat_f4(-2.18556941e-8f)) + splat_f4(0.785398185f), a);
  a = select_f4(steep, splat_f4(1.57079637f) - (a + splat_f4(4.37113883e-8f)), a);
  a = select_f4((i4)x < 0, splat_f4(3.14159274f) - (a + splat_f4(8.74227766e-8f)), a);
  a = (f4)((i4)a | ((i4)y & sign));
  return select_f4((x == x) & (y == y), a, splat_f4(NOT_A_NUMBER));
}

//@ atan2_f: needs atan2_f4
INLINE float atan2_f(float y, float x) { return atan2_f4(splat_f4(y), splat_f4(x))[0]; }

//@ atan_f4: needs atan2_f4
static f4 atan_f4(f4 x) { return atan2_f4(x, splat_f4(1)); }

//@ atan_f: needs atan_f4
F_FROM_F4(atan)

//@ asin_f4: needs atan2_f4
static f4 asin_f4(f4 x) { return atan2_f4(x, sqrt_f4((splat_f4(1) - x) * (splat_f4(1) + x))); }

//@ asin_f: needs asin_f4
F_FROM_F4(asin)

//@ acos_f4: needs atan2_f4
static f4 acos_f4(f4 x) { return atan2_f4(sqrt_f4((splat_f4(1) - x) * (splat_f4(1) + x)), x); }

//@ acos_f: needs acos_f4
F_FROM_F4(acos)

//@ atan2_d
NOINLINE double atan2_d(double y, double x) {
  if (x != x || y != y) return x + y;
  double up = __builtin_fabs(y), across = __builtin_fabs(x);
  int steep = up > across;
  double low = steep ? across : up, high = steep ? up : across;
  if (high == 0) high = 1;
  if (low == __builtin_inf()) low = high = 1;
  // t near the diagonal is a ratio of exact or nearly exact numbers.
  int wide = low > high * 0.41421356237309503;
  if (high > 8e307) low *= 0.5, high *= 0.5;
  double t = wide ? (low - high) / (low + high) : low / high, z = t * t;
  double p = 0.016285690132646337;
  p = p * z + -0.03457050177495121;
  p = p * z + 0.0455159087959994;
  p = p * z + -0.052304537574396216;
  p = p * z + 0.058789289281531744;
  p = p * z + -0.0666642487967792;
  p = p * z + 0.07692296374694724;
  p = p * z + -0.09090908753489207;
  p = p * z + 0.11111111105155212;
  p = p * z + -0.14285714285659826;
  p = p * z + 0.19999999999999804;
  p = p * z + -0.3333333333333333;
  double a = t + t * z * p;
  if (wide) a = 0.7853981633974483 + (a + 3.061616997868383e-17);
  if (steep) a = 1.5707963267948966 - (a - 6.123233995736766e-17);
  if (__builtin_signbit(x)) a = 3.141592653589793 - (a - 1.2246467991473532e-16);
  return __builtin_copysign(a, y);
}

//@ atan_d: needs atan2_d
static double atan_d(double x) { return atan2_d(x, 1); }

//@ asin_d: needs atan2_d
static double asin_d(double x) { return atan2_d(x, __builtin_sqrt((1 - x) * (1 + x))); }

//@ acos_d: needs atan2_d
static double acos_d(double x) { return atan2_d(__builtin_sqrt((1 - x) * (1 + x)), x); }
