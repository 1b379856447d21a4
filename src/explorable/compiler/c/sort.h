// Stable sorting of lines with the places where values came from. A template: REAL is the C type of
// the values, _T the item dtype. NaN counts as larger than every number, as in torch.
//@ sort_T
typedef struct {
  REAL *keys, *spare;
  int *places, *spare_places;
} sorting_T;
// Whether a must come before b. For integers the comparisons with themselves fold away.
INLINE int before_T(REAL a, REAL b, int descending) {
  return descending ? a > b || (a != a && b == b) : a < b || (b != b && a == a);
}

// Short runs by insertion, then merges of neighbours, back and forth; the result is in keys.
static void sort_line_T(sorting_T s, int n, int descending) {
  REAL *keys = s.keys, *spare = s.spare;
  int *places = s.places, *spare_places = s.spare_places, width = 8;
  for (int start = 0; start < n; start += width)
    for (int i = start + 1; i < n && i < start + width; i++) {
      REAL key = keys[i];
      int place = places[i], j = i;
      for (; j > start && before_T(key, keys[j - 1], descending); j--)
        keys[j] = keys[j - 1], places[j] = places[j - 1];
      keys[j] = key, places[j] = place;
    }
  for (; width < n; width *= 2) {
    for (int start = 0; start < n; start += 2 * width) {
      int middle = start + width < n ? start + width : n;
      int end = start + 2 * width < n ? start + 2 * width : n, i = start, j = middle;
      for (int k = start; k < end; k++) {
        int right = i >= middle || (j < end && before_T(keys[j], keys[i], descending));
        int from = right ? j++ : i++;
        spare[k] = keys[from], spare_places[k] = places[from];
      }
    }
    REAL *swap = keys;
    keys = spare, spare = swap;
    int *swap_places = places;
    places = spare_places, spare_places = swap_places;
  }
  if (keys != s.keys)
    for (int i = 0; i < n; i++) s.keys[i] = keys[i], s.places[i] = places[i];
}

// Lines along the middle of (outer, n, inner), sorted; `count` items from the `first` on are kept.
// first -1 keeps torch's median (NaN if the line has one), -2 the median without NaN.
static void sort_lines_T(const REAL *in, REAL *values, long long *indices, unsigned char *room,
                         int outer, int n, int inner, int first, int count, int descending) {
  sorting_T s = {(REAL *)room, (REAL *)room + n, (int *)((REAL *)room + 2 * n),
                 (int *)((REAL *)room + 2 * n) + n};
  for (int o = 0; o < outer; o++)
    for (int i = 0; i < inner; i++) {
      const REAL *line = in + o * n * inner + i;
      for (int k = 0; k < n; k++) s.keys[k] = line[k * inner], s.places[k] = k;
      sort_line_T(s, n, descending);
      int at = first;
      if (first < 0) {
        int numbers = n;
        while (numbers > 0 && s.keys[numbers - 1] != s.keys[numbers - 1]) numbers--;
        at = numbers == n || (first == -2 && numbers > 0) ? (numbers - 1) / 2 : numbers;
      }
      for (int k = 0; k < count; k++) {
        int to = (o * count + k) * inner + i;
        values[to] = s.keys[at + k];
        indices[to] = s.places[at + k];
      }
    }
}
