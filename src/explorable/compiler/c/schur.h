// Triangular forms of Hessenberg matrices by shifted QR steps, in LAPACK's order of eigenvalues:
// h (n, n) becomes V^H h V, with V multiplied into v. Real ones keep blocks of two rows for pairs.
//@ schur_real
// Products as in school: nothing is looked up where one is infinite.
#pragma STDC CX_LIMITED_RANGE ON
typedef _Complex double pair;
static void real_step(double *h, double *v, int n, int low, int first, int end, double p, double q,
                      double r) {
  for (int k = first; k < end; k++) {
    int three = k != end - 1;
    double size = 1;
    if (k != first) {
      p = h[k * n + k - 1], q = h[(k + 1) * n + k - 1], r = three ? h[(k + 2) * n + k - 1] : 0;
      size = __builtin_fabs(p) + __builtin_fabs(q) + __builtin_fabs(r);
      if (size == 0) continue;
      p /= size, q /= size, r /= size;
    }
    double s = __builtin_sqrt(p * p + q * q + r * r);
    if (p < 0) s = -s;
    if (s == 0) continue;
    if (k != first) h[k * n + k - 1] = -s * size;
    else if (low != first) h[k * n + k - 1] = -h[k * n + k - 1];
    p += s;
    double x = p / s, y = q / s, z = r / s;
    q /= p, r /= p;
    for (int j = k; j < n; j++) {
      double *c = h + k * n + j, sum = c[0] + q * c[n] + (three ? r * c[2 * n] : 0);
      c[0] -= sum * x, c[n] -= sum * y;
      if (three) c[2 * n] -= sum * z;
    }
    for (int i = 0; i < 2 * n; i++) {
      double *c = i < n ? h + i * n + k : v + (i - n) * n + k;
      if (i < n && i > end) continue;
      if (i < n && i > k + 3) continue;
      double sum = x * c[0] + y * c[1] + (three ? z * c[2] : 0);
      c[0] -= sum, c[1] -= sum * q;
      if (three) c[2] -= sum * r;
    }
  }
}
// The last two rows of a block: two real eigenvalues on the diagonal, or a pair of complex ones.
static void real_pair(double *h, double *v, int n, int end, pair *values) {
  double *top = h + (end - 1) * n, *row = h + end * n, x = row[end];
  double w = row[end - 1] * top[end], p = 0.5 * (top[end - 1] - x), q = p * p + w;
  double z = __builtin_sqrt(__builtin_fabs(q));
  if (q < 0) {
    values[end - 1] = __builtin_complex(x + p, z), values[end] = __builtin_complex(x + p, -z);
    return;
  }
  z = p >= 0 ? p + z : p - z;
  values[end - 1] = x + z, values[end] = z != 0 ? x - w / z : x + z;
  double s = __builtin_sqrt(row[end - 1] * row[end - 1] + z * z), sine = row[end - 1] / s;
  double cosine = z / s;
  for (int j = end - 1; j < n; j++) {
    double t = top[j];
    top[j] = cosine * t + sine * row[j], row[j] = cosine * row[j] - sine * t;
  }
  for (int i = 0; i < 2 * n; i++) {
    double *c = i < n ? h + i * n + end - 1 : v + (i - n) * n + end - 1, t = c[0];
    if (i < n && i > end) continue;
    c[0] = cosine * t + sine * c[1], c[1] = cosine * c[1] - sine * t;
  }
  row[end - 1] = 0;
}
// The subdiagonal entry left of row k may be dropped.
static int real_small(const double *h, int k, int n) {
  const double least = 2.220446049250313e-16, *at = h + k * n + k;
  double left = __builtin_fabs(at[-1]), above = __builtin_fabs(at[-n]), here = __builtin_fabs(at[0]);
  double near = here + __builtin_fabs(at[-n - 1]), apart = __builtin_fabs(at[-n - 1] - at[0]);
  if (left < 1e-290 || near == 0) return left < 1e-290;
  if (left > least * near) return 0;
  double ab = left > above ? left : above, ba = left > above ? above : left;
  double aa = here > apart ? here : apart, bb = here > apart ? apart : here, s = aa + ab;
  double limit = least * (bb * (aa / s));
  return ba * (ab / s) <= (limit > 1e-290 ? limit : 1e-290);
}
static void schur_real(double *h, double *v, pair *values, pair *room, int n) {
  for (int end = n - 1, tries = 0; end >= 0;) {
    int low = end, first;
    while (low > 0 && !real_small(h, low, n)) low--;
    if (low > 0) h[low * n + low - 1] = 0;
    if (low >= end - 1 || tries > 300) {
      for (int i = low; i <= end; i++) values[i] = h[i * n + i];
      if (low == end - 1) real_pair(h, v, n, end, values);
      end = low - 1, tries = 0;
      continue;
    }
    const double *corner = h + (end - 1) * n + end - 1;
    double a = corner[0], b = corner[1], c = corner[n], d = corner[n + 1];
    if (++tries % 10 == 0) {
      const double *at = tries % 20 ? h + low * n + low : corner;
      double s = __builtin_fabs(tries % 20 ? at[n] : c);
      s += __builtin_fabs(tries % 20 ? at[2 * n + 1] : at[-1]);
      a = d = 0.75 * s + (tries % 20 ? at[0] : d), b = -0.4375 * s, c = s;
    }
    // The shifts: a pair, or twice that of two real ones which is nearer to the corner.
    double mean = 0.5 * (a + d), gap = (a - mean) * (d - mean) - b * c, side = 0, p, q, r;
    double root = __builtin_sqrt(__builtin_fabs(gap)), one = mean + root, two = mean - root;
    if (gap >= 0) one = two = mean, side = root;
    else if (__builtin_fabs(one - d) <= __builtin_fabs(two - d)) two = one;
    else one = two;
    for (first = end - 2;; first--) {
      const double *at = h + first * n + first;
      double s = __builtin_fabs(at[0] - two) + side + __builtin_fabs(at[n]), below = at[n] / s;
      p = below * at[1] + (at[0] - one) * ((at[0] - two) / s) + side * (side / s);
      q = below * (at[0] + at[n + 1] - one - two), r = below * at[2 * n + 1];
      s = __builtin_fabs(p) + __builtin_fabs(q) + __builtin_fabs(r);
      p /= s, q /= s, r /= s;
      if (first == low) break;
      double near = __builtin_fabs(at[-n - 1]) + __builtin_fabs(at[0]) + __builtin_fabs(at[n + 1]);
      double left = __builtin_fabs(at[-1]) * (__builtin_fabs(q) + __builtin_fabs(r));
      if (left <= 2.220446049250313e-16 * __builtin_fabs(p) * near) break;
    }
    for (int i = first + 2; i <= end; i++) {
      h[i * n + i - 2] = 0;
      if (i > first + 2) h[i * n + i - 3] = 0;
    }
    real_step(h, v, n, low, first, end, p, q, r);
  }
}

//@ schur_complex: needs schur_real
static double pair_size(pair x) {
  return __builtin_sqrt(__real__ x * __real__ x + __imag__ x * __imag__ x);
}
static pair pair_root(pair x) {
  double size = pair_size(x), a = __builtin_sqrt(0.5 * (size + __builtin_fabs(__real__ x)));
  if (a == 0) return 0;
  double b = 0.5 * __imag__ x / a;
  if (__real__ x >= 0) return __builtin_complex(a, b);
  return __builtin_complex(__builtin_fabs(b), __imag__ x < 0 ? -a : a);
}
static void schur_complex(pair *h, pair *v, pair *values, pair *room, int n) {
  for (int end = n - 1, tries = 0; end > 0;) {
    int low = end;
    for (; low > 0; low--) {
      double s = pair_size(h[(low - 1) * n + low - 1]) + pair_size(h[low * n + low]);
      if (pair_size(h[low * n + low - 1]) <= 2.220446049250313e-16 * s) break;
    }
    if (low > 0) h[low * n + low - 1] = 0;
    if (low == end || tries > 300) {
      end--, tries = 0;
      continue;
    }
    pair corner = h[end * n + end], side = h[end * n + end - 1];
    pair product = h[(end - 1) * n + end] * side, t = 0.5 * (h[(end - 1) * n + end - 1] - corner);
    pair root = pair_root(t * t + product), more = t + root, less = t - root;
    if (pair_size(less) > pair_size(more)) more = less;
    pair shift = pair_size(more) > 0 ? corner - product / more : corner;
    if (++tries % 10 == 0) shift = corner + 0.75 * pair_size(side);
    for (int i = low; i <= end; i++) h[i * n + i] -= shift;
    for (int k = low; k < end; k++) {
      pair x = h[k * n + k], y = h[(k + 1) * n + k];
      double size = __builtin_sqrt(__real__(x * ~x) + __real__(y * ~y));
      room[2 * k] = size > 0 ? x / size : 1, room[2 * k + 1] = size > 0 ? y / size : 0;
      pair c = room[2 * k], s = room[2 * k + 1];
      for (int j = k; j < n; j++) {
        pair a = h[k * n + j], b = h[(k + 1) * n + j];
        h[k * n + j] = ~c * a + ~s * b, h[(k + 1) * n + j] = c * b - s * a;
      }
    }
    for (int k = low; k < end; k++)
      for (int i = 0; i < 2 * n; i++) {
        if (i < n && i > k + 1) continue;
        pair *at = i < n ? h + i * n + k : v + (i - n) * n + k, a = at[0], b = at[1];
        pair c = room[2 * k], s = room[2 * k + 1];
        at[0] = a * c + b * s, at[1] = b * ~c - a * ~s;
      }
    for (int i = low; i <= end; i++) h[i * n + i] += shift;
  }
  for (int i = 0; i < n; i++) values[i] = h[i * n + i];
}

//@ schur_f32: needs schur_real
#define schur_f32 schur_real
//@ schur_f64: needs schur_real
#define schur_f64 schur_real
//@ schur_c32: needs schur_complex
#define schur_c32 schur_complex
//@ schur_c64: needs schur_complex
#define schur_c64 schur_complex
