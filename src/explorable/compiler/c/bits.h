// What floats are made of: mantissa and exponent, the next float.
//@ nextafter_d
NOINLINE double nextafter_d(double x, double y) {
  union { double number; long long bits; } of = {x};
  if (x != x || y != y) return x + y;
  if (x == y) return y;
  if (x == 0) of.bits = 1;
  else of.bits += (x < y) == (x > 0) ? 1 : -1;
  return x == 0 && y < 0 ? -of.number : of.number;
}

//@ nextafter_f
NOINLINE float nextafter_f(float x, float y) {
  union { float number; int bits; } of = {x};
  if (x != x || y != y) return x + y;
  if (x == y) return y;
  if (x == 0) of.bits = 1;
  else of.bits += (x < y) == (x > 0) ? 1 : -1;
  return x == 0 && y < 0 ? -of.number : of.number;
}

//@ nextafter_f4: needs nextafter_f
static f4 nextafter_f4(f4 x, f4 y) {
  return (f4){nextafter_f(x[0], y[0]), nextafter_f(x[1], y[1]), nextafter_f(x[2], y[2]),
              nextafter_f(x[3], y[3])};
}

//@ frexp_exponent_d/1: needs lanes
// 0 for what has no exponent, as C has it.
NOINLINE double frexp_exponent_d(double x) {
  union { double number; unsigned long long bits; } of = {x};
  if (x == 0 || x - x != 0) return 0;
  int small = !(of.bits >> 52 & 2047);
  if (small) of.number *= 0x1p54;
  return (int)(of.bits >> 52 & 2047) - 1022 - (small ? 54 : 0);
}

//@ frexp_mantissa_d/1: needs lanes
NOINLINE double frexp_mantissa_d(double x) {
  union { double number; unsigned long long bits; } of = {x};
  if (x == 0 || x - x != 0) return x;
  if (!(of.bits >> 52 & 2047)) of.number *= 0x1p54;
  of.bits = (of.bits & ~(2047ULL << 52)) | 1022ULL << 52;
  return of.number;
}
