// pow, fmod, remainder, hypot.
//@ pow_edges: needs bits_d
// Whether y is 0 (not whole), 1 (odd) or 2 (even).
INLINE int parity_d(double y) {
  double half = y * 0.5;
  return __builtin_trunc(y) != y ? 0 : __builtin_trunc(half) == half ? 2 : 1;
}
// pow where x is 0, infinite or 1, or y is 0 or infinite.
static double pow_edges_d(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return x + y;
  double a = __builtin_fabs(x);
  if (y - y != 0) return a == 1 ? 1 : (a > 1) == (y > 0) ? __builtin_inf() : 0;
  double size = (a > 1) == (y > 0) ? __builtin_inf() : 0;
  return __builtin_signbit(x) && parity_d(y) == 1 ? -size : size;
}
#define POW_EDGES(x, y) \
  int parity = parity_d(y); \
  if (x != x || y != y || x == 0 || x == 1 || y == 0 || x - x != 0 || y - y != 0) \
    return pow_edges_d(x, y); \
  if (x < 0 && parity == 0) return __builtin_nan("");

//@ pow_f4: needs pow_edges, exp_d, log_d, lanes
// Floats have room in doubles: no care for the last bits is needed.
static double pow_float_d(double x, double y) {
  POW_EDGES(x, y)
  double z = exp_d(y * log_d(__builtin_fabs(x)));
  return x < 0 && parity == 1 ? -z : z;
}
NOINLINE float pow_f(float x, float y) { return (float)pow_float_d(x, y); }
static f4 pow_f4(f4 x, f4 y) {
  return (f4){pow_f(x[0], y[0]), pow_f(x[1], y[1]), pow_f(x[2], y[2]), pow_f(x[3], y[3])};
}

//@ pow_f: needs pow_f4

//@ raise_d: needs exp_d
#define upper_half(x) from_bits_d(bits_d(x) & 0xfffffffff8000000ULL)
// exp(y (high + low)) where that sum is known better than to a double: a logarithm.
NOINLINE double raise_d(double y, double high, double low) {
  double product = y * high, power = exp_d(product);
  if (!(__builtin_fabs(product) < 800) || power - power != 0) return power;
  double yh = upper_half(y), hh = upper_half(high);
  double error = ((yh * hh - product) + yh * (high - hh) + (y - yh) * hh) + (y - yh) * (high - hh);
  return power + power * (error + y * low);
}

//@ pow_d: needs pow_edges, raise_d, log_core_d
NOINLINE double pow_d(double x, double y) {
  POW_EDGES(x, y)
  double a = __builtin_fabs(x);
  // Whole powers of whole numbers are exact as long as they have room.
  if (parity && y >= -53 && y <= 53 && __builtin_trunc(a) == a) {
    double product = 1, square = a;
    for (int n = (int)__builtin_fabs(y); n; n >>= 1, square *= square)
      if (n & 1) product *= square;
    if (product <= 9007199254740992.0) {
      if (x < 0 && parity == 1) product = -product;
      return y < 0 ? 1 / product : product;
    }
  }
  int tiny = a < 2.2250738585072014e-308;
  long long bits = (long long)bits_d(tiny ? a * 18014398509481984.0 : a);
  int n = (int)((bits - 0x3fe6a09e667f3bcdLL) >> 52);
  double m = from_bits_d((unsigned long long)(bits - ((long long)n << 52)));
  if (tiny) n -= 54;
  // s = (m - 1) / (m + 1) with its remainder
  double f = m - 1, d = m + 1, lost = (m - d) + 1, s = f / d;
  double sh = upper_half(s), dh = upper_half(d);
  double rest = ((f - sh * dh) - sh * (d - dh) - (s - sh) * d - s * lost) / d;
  double z = s * s;
  double t = 0.14616562422104645;
  t = t * z + 0.15331712479381301;
  t = t * z + 0.1818288939967772;
  t = t * z + 0.2222221113102852;
  t = t * z + 0.2857142862599856;
  t = t * z + 0.39999999999899455;
  // The square of s in two parts, for the cubic term, which is not small enough to be rounded.
  double zh = upper_half(z), zl = ((sh * sh - zh) + 2 * sh * (s - sh)) + (s - sh) * (s - sh);
  double p = 0.666666666666667 + z * t, ph = upper_half(p),
         pl = ((0.666666666666667 - ph) + z * t) + 6.0638600999582555e-18;
  double ch = zh * ph, cl = zl * ph + (zh + zl) * pl;
  double c = ch + cl, c_head = upper_half(c), c_tail = (ch - c_head) + cl;
  double cubic = sh * c_head, cubic_low = sh * c_tail + (s - sh) * c;
  double ln2 = n * 0.6931471803691238, ln2_low = n * 1.9082149292705877e-10;
  double u = 2 * s, t1 = ln2 + u, e1 = n ? (ln2 - t1) + u : 0, t2 = t1 + cubic;
  double e2 = __builtin_fabs(t1) > __builtin_fabs(cubic) ? (t1 - t2) + cubic : (cubic - t2) + t1;
  double low = e1 + e2 + cubic_low + ln2_low + 2 * rest;
  double high = t2 + low;
  low = (t2 - high) + low;
  double power = raise_d(y, high, low);
  return x < 0 && parity == 1 ? -power : power;
}

//@ fmod_d: needs bits_d
// The remainder of long division, one bit of the quotient after the other; exact.
NOINLINE double fmod_d(double x, double y) {
  double a = __builtin_fabs(x), b = __builtin_fabs(y);
  if (b == 0 || a - a != 0 || y != y) return __builtin_nan("");
  if (a < b) return x;
  while (a >= b) {
    // b 2^k with 2^k as large as stays below a
    int k = (int)(bits_d(a) >> 52) - (int)(bits_d(b) >> 52);
    double c = b;
    if (k > 0) {
      int first = k > 1000 ? 1000 : k;
      c *= from_bits_d((unsigned long long)(1023 + first) << 52);
      for (k -= first; k > 0; k--) c *= 2;
    }
    a -= c <= a ? c : c * 0.5;
  }
  return __builtin_copysign(a, x);
}

//@ fmod_f4: needs fmod_d, lanes
// In double the product of a float and a quotient below 2^29 is exact, and so is the difference.
static double fmod_float_d(double x, double y) {
  double q = x / y;
  if (!(__builtin_fabs(q) < 536870912.0)) return fmod_d(x, y);
  if (q == 0) return x;
  double r = x - __builtin_trunc(q) * y;
  return __builtin_copysign(r, x);
}
NOINLINE float fmod_f(float x, float y) { return (float)fmod_float_d(x, y); }
static f4 fmod_f4(f4 x, f4 y) {
  return (f4){fmod_f(x[0], y[0]), fmod_f(x[1], y[1]), fmod_f(x[2], y[2]), fmod_f(x[3], y[3])};
}

//@ fmod_f: needs fmod_f4

//@ remainder_d: needs fmod_d
static double remainder_d(double x, double y) {
  double r = fmod_d(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

//@ remainder_f4: needs fmod_f4
NOINLINE float remainder_f(float x, float y) {
  float r = fmod_f(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
static f4 remainder_f4(f4 x, f4 y) {
  return (f4){remainder_f(x[0], y[0]), remainder_f(x[1], y[1]), remainder_f(x[2], y[2]),
              remainder_f(x[3], y[3])};
}

//@ remainder_f: needs remainder_f4

//@ hypot_d
NOINLINE double hypot_d(double x, double y) {
  double a = __builtin_fabs(x), b = __builtin_fabs(y), scale = 1;
  if (a == __builtin_inf() || b == __builtin_inf()) return __builtin_inf();
  if (a > 1e150 || b > 1e150) scale = 0x1p600, a *= 0x1p-600, b *= 0x1p-600;
  else if (a < 1e-150 && b < 1e-150) scale = 0x1p-600, a *= 0x1p600, b *= 0x1p600;
  return scale * __builtin_sqrt(a * a + b * b);
}

//@ hypot_f4: needs hypot_d, lanes
F_FROM_D2(hypot)

//@ hypot_f: needs hypot_f4
