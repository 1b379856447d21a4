// Philox4x32-10, the generator of all random numbers: words that depend on nothing but seed, step,
// ordinal of the draw and element.
//@ philox
typedef struct {
  u4 a, b, c, d;
} philox_words;
// Upper halves of the products of four words with a constant; the lower ones are u4 products.
INLINE u4 high_product_u4(u4 x, unsigned factor) {
  ul2 low =
      __builtin_convertvector(__builtin_shufflevector(x, x, 0, 1), ul2) * (ul2){factor, factor};
  ul2 high =
      __builtin_convertvector(__builtin_shufflevector(x, x, 2, 3), ul2) * (ul2){factor, factor};
  return __builtin_shufflevector((u4)low, (u4)high, 1, 3, 5, 7);
}
// Four blocks, their first counter words in the lanes of `block`.
static philox_words philox_u4(u4 block, unsigned long long seed, unsigned long long step,
                              unsigned ordinal) {
  unsigned low = (unsigned)step, high = (unsigned)(step >> 32);
  unsigned key = (unsigned)seed, key2 = (unsigned)(seed >> 32);
  u4 a = block, b = {ordinal, ordinal, ordinal, ordinal}, c = {low, low, low, low};
  u4 d = {high, high, high, high};
  for (int round = 0; round < 10; round++) {
    u4 first = high_product_u4(a, 0xd2511f53u), second = high_product_u4(c, 0xcd9e8d57u);
    u4 product = a * 0xd2511f53u, product2 = c * 0xcd9e8d57u;
    a = second ^ b ^ key;
    c = first ^ d ^ key2;
    b = product2;
    d = product;
    key += 0x9e3779b9u;
    key2 += 0xbb67ae85u;
  }
  return (philox_words){a, b, c, d};
}

//@ philox_bits: needs philox
// out[e] for e < size: the words as numbers 0 to 2^32 - 1.
static void philox_bits(long long *out, int size, unsigned long long seed, unsigned long long step,
                        unsigned ordinal) {
  u4 block = {0, 1, 2, 3};
  for (int e = 0; e < size; e += 16, block += 4) {
    philox_words w = philox_u4(block, seed, step, ordinal);
    for (int i = 0; i < 4 && e + 4 * i < size; i++) {
      unsigned words[4] = {w.a[i], w.b[i], w.c[i], w.d[i]};
      for (int k = 0; k < 4 && e + 4 * i + k < size; k++) out[e + 4 * i + k] = words[k];
    }
  }
}

//@ philox_at
// One element alone: the same number as philox_bits gives it.
NOINLINE long long philox_at(int element, unsigned long long seed, unsigned long long step,
                             unsigned ordinal) {
  unsigned a = (unsigned)element >> 2, b = ordinal, c = (unsigned)step, d = (unsigned)(step >> 32);
  unsigned key = (unsigned)seed, key2 = (unsigned)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    unsigned long long first = 0xd2511f53ull * a, second = 0xcd9e8d57ull * c;
    a = (unsigned)(second >> 32) ^ b ^ key;
    c = (unsigned)(first >> 32) ^ d ^ key2;
    b = (unsigned)second;
    d = (unsigned)first;
    key += 0x9e3779b9u;
    key2 += 0xbb67ae85u;
  }
  return (element & 3) == 0 ? a : (element & 3) == 1 ? b : (element & 3) == 2 ? c : d;
}
