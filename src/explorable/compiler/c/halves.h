// Rounding of a float to the nearest float16 or bfloat16, ties to even; the result is a float.
//@ to_float16_f4: needs types, lanes
static f4 to_float16_f4(f4 x) {
  u4 bits = (u4)x, sign = bits & (u4)splat_i4((int)0x80000000u), size = bits ^ sign;
  // Thirteen bits less; what is beyond 65504 by half a step becomes infinite.
  u4 even = (size + (u4)splat_i4(0xfff) + ((size >> 13) & (u4)splat_i4(1))) & ~(u4)splat_i4(0x1fff);
  f4 normal = select_f4((i4)even > splat_i4(0x477fffff), splat_f4(INFINITE), (f4)even);
  // Below 2^-14 the step is 2^-24: that of a float between 0.5 and 1.
  f4 small = ((f4)size + splat_f4(0.5f)) - splat_f4(0.5f);
  f4 y = select_f4((i4)size < splat_i4(0x38800000), small, normal);
  y = select_f4((i4)size > splat_i4(0x7f800000), x, y);
  return (f4)((u4)y | sign);
}

//@ to_float16_f: needs to_float16_f4
F_FROM_F4(to_float16)

//@ to_bfloat16_f4: needs types, lanes
static f4 to_bfloat16_f4(f4 x) {
  u4 bits = (u4)x;
  u4 even = (bits + (u4)splat_i4(0x7fff) + ((bits >> 16) & (u4)splat_i4(1))) & ~(u4)splat_i4(0xffff);
  return select_f4(x == x, (f4)even, x);
}

//@ to_bfloat16_f: needs to_bfloat16_f4
F_FROM_F4(to_bfloat16)
