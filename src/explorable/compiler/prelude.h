// Small operations every program may use; stands after c/vector.h's types. 4 lanes of each dtype, loads and stores without
// alignment, lane selects, conversions with torch's results on x86, guarded integer division.
typedef double d4 __attribute__((vector_size(32)));
typedef long long l4 __attribute__((vector_size(32)));
typedef float f4u __attribute__((vector_size(16), aligned(4), may_alias));
typedef int i4u __attribute__((vector_size(16), aligned(4), may_alias));
typedef double d4u __attribute__((vector_size(32), aligned(8), may_alias));
typedef long long l4u __attribute__((vector_size(32), aligned(8), may_alias));
typedef unsigned char u8x4 __attribute__((vector_size(4), aligned(1), may_alias));
typedef signed char s8x4 __attribute__((vector_size(4), aligned(1), may_alias));
typedef short s16x4 __attribute__((vector_size(8), aligned(2), may_alias));
#define TO __builtin_convertvector
#define LANES(f, x) {f((x)[0]), f((x)[1]), f((x)[2]), f((x)[3])}
#define LANES2(f, x, y) {f((x)[0], (y)[0]), f((x)[1], (y)[1]), f((x)[2], (y)[2]), f((x)[3], (y)[3])}
#define LANES3(f, x, y, z) {f((x)[0], (y)[0], (z)[0]), f((x)[1], (y)[1], (z)[1]), f((x)[2], (y)[2], (z)[2]), f((x)[3], (y)[3], (z)[3])}
INLINE d4 splat_d4(double x) { return (d4){x, x, x, x}; }
INLINE l4 splat_l4(long long x) { return (l4){x, x, x, x}; }
INLINE i4 select_i4(i4 m, i4 a, i4 b) { return (m & a) | (~m & b); }
INLINE l4 select_l4(i4 m, l4 a, l4 b) { l4 w = TO(m, l4); return (w & a) | (~w & b); }
INLINE d4 select_d4(i4 m, d4 a, d4 b) { return (d4)select_l4(m, (l4)a, (l4)b); }
INLINE int inside(int x, int n) { return x < 0 ? 0 : x >= n ? n - 1 : x; }
INLINE int near(int x, int n) { return x < -3 ? -3 : x >= n ? n - 1 : x; }
INLINE int floor_div(int x, int n) { int q = x / n; return q * n > x ? q - 1 : q; }
INLINE int floor_mod(int x, int n) { int r = x % n; return r < 0 ? r + n : r; }
// x86 gives the most negative integer for NaN and for what does not fit; wasm would saturate.
INLINE int f_to_i32(float x) { return x >= -2147483648.0f && x < 2147483648.0f ? (int)x : -2147483647 - 1; }
INLINE int d_to_i32(double x) { return x > -2147483649.0 && x < 2147483648.0 ? (int)x : -2147483647 - 1; }
INLINE long long d_to_i64(double x) {
  return x >= -9223372036854775808.0 && x < 9223372036854775808.0 ? (long long)x : (-9223372036854775807LL - 1);
}
INLINE long long f_to_i64(float x) { return d_to_i64(x); }
INLINE i4 f4_to_i4(f4 x) { return (i4)LANES(f_to_i32, x); }
INLINE i4 d4_to_i4(d4 x) { return (i4)LANES(d_to_i32, x); }
INLINE l4 f4_to_l4(f4 x) { return (l4)LANES(f_to_i64, x); }
INLINE l4 d4_to_l4(d4 x) { return (l4)LANES(d_to_i64, x); }
INLINE int truncdiv_i(int a, int b) { return b == 0 ? 0 : b == -1 ? -a : a / b; }
INLINE int fmod_i(int a, int b) { return b == 0 || b == -1 ? 0 : a % b; }
INLINE int remainder_i(int a, int b) { int r = fmod_i(a, b); return r && ((r < 0) != (b < 0)) ? r + b : r; }
INLINE int floordiv_i(int a, int b) { int q = truncdiv_i(a, b), r = fmod_i(a, b); return r && ((r < 0) != (b < 0)) ? q - 1 : q; }
INLINE long long truncdiv_l(long long a, long long b) { return b == 0 ? 0 : b == -1 ? -a : a / b; }
INLINE long long fmod_l(long long a, long long b) { return b == 0 || b == -1 ? 0 : a % b; }
INLINE long long remainder_l(long long a, long long b) { long long r = fmod_l(a, b); return r && ((r < 0) != (b < 0)) ? r + b : r; }
INLINE long long floordiv_l(long long a, long long b) { long long q = truncdiv_l(a, b), r = fmod_l(a, b); return r && ((r < 0) != (b < 0)) ? q - 1 : q; }
INLINE long long pow_l(long long a, long long n) {
  long long r = 1;
  if (n < 0) return a == 1 ? 1 : a == -1 ? (n & 1 ? -1 : 1) : 0;
  for (; n; n >>= 1, a *= a) if (n & 1) r *= a;
  return r;
}
INLINE int pow_i(int a, int n) { return (int)pow_l(a, n); }
INLINE long long gcd_l(long long a, long long b) {
  while (b) { long long r = fmod_l(a, b); a = b; b = r; }
  return a < 0 ? -a : a;
}
INLINE int gcd_i(int a, int b) { return (int)gcd_l(a, b); }
INLINE int shl_i(int a, int n) { return n < 0 || n > 31 ? 0 : (int)((unsigned)a << n); }
INLINE int shr_i(int a, int n) { return a >> (n < 0 || n > 31 ? 31 : n); }
INLINE long long shl_l(long long a, long long n) { return n < 0 || n > 63 ? 0 : (long long)((unsigned long long)a << n); }
INLINE long long shr_l(long long a, long long n) { return a >> (n < 0 || n > 63 ? 63 : n); }
#define sum_lanes(x) (((x)[0] + (x)[1]) + ((x)[2] + (x)[3]))
#define prod_lanes(x) (((x)[0] * (x)[1]) * ((x)[2] * (x)[3]))
#define or_lanes(x) (((x)[0] | (x)[1] | (x)[2] | (x)[3]) != 0)
#define and_lanes(x) (((x)[0] & (x)[1] & (x)[2] & (x)[3]) != 0)
#define max_lanes(max, x) max(max((x)[0], (x)[1]), max((x)[2], (x)[3]))
