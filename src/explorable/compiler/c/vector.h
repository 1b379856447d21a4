// Types of the whole C file, and the vector operations that have no C operator. Suffixes of
// functions: _f4 four floats, _f one float with the same bits as a lane of _f4, _d one double.
//@ types
typedef float f4 __attribute__((vector_size(16)));
typedef double d2 __attribute__((vector_size(16)));
typedef int i4 __attribute__((vector_size(16)));
typedef unsigned u4 __attribute__((vector_size(16)));
typedef long long l2 __attribute__((vector_size(16)));
typedef unsigned long long ul2 __attribute__((vector_size(16)));
typedef float f4_unaligned __attribute__((vector_size(16), aligned(4), may_alias));
#ifdef __wasm_relaxed_simd__
#define FMA(a, b, c) __builtin_wasm_relaxed_madd_f32x4(a, b, c)
#else
#define FMA(a, b, c) ((a) * (b) + (c))
#endif
#define INLINE static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))
#define BRIEF __attribute__((minsize))
#define COLD NOINLINE BRIEF
// A function of loops; one that is compiled apart from its calls is not static (units.py).
#ifndef FUNCTION
#define FUNCTION NOINLINE
#endif
#define INFINITE __builtin_inff()
#define NOT_A_NUMBER __builtin_nanf("")
INLINE f4 load_f4(const float *p) { return *(const f4_unaligned *)p; }
INLINE void store_f4(float *p, f4 x) { *(f4_unaligned *)p = x; }
INLINE f4 splat_f4(float x) { return (f4){x, x, x, x}; }
INLINE i4 splat_i4(int x) { return (i4){x, x, x, x}; }
// A constant of a library function. Loops keep it, in a register or in memory; where it stands in
// an instruction V8 makes it anew each time, which takes three.
INLINE f4 kept_f4(float x) {
  f4 y = splat_f4(x);
  __asm__("" : "+r"(y));
  return y;
}
INLINE f4 select_f4(i4 mask, f4 yes, f4 no) { return (f4)((mask & (i4)yes) | (~mask & (i4)no)); }
INLINE f4 abs_f4(f4 x) { return __builtin_wasm_abs_f32x4(x); }
INLINE f4 sqrt_f4(f4 x) { return __builtin_wasm_sqrt_f32x4(x); }
