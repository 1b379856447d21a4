"""The micro-kernels of the matrix product as C: a tile of the result is kept in vector registers
while one row of the right operand after the other is multiplied into it.

A tile is written once per shape and per walk, the way through the left operand: `along` where its
rows lie along memory, `across` where its columns do, `apart` where neither. The first two address
the items of a round with constant offsets, so that few pointers need to move."""

from __future__ import annotations

SHAPES = ((5, 8), (8, 4))
"""Rows and columns of the tiles, widest first. With ten sums, two vectors of the right operand, one
of the left and one product, 5x8 fills V8's 15 vector registers best (bench/README.md)."""
WALKS = ("along", "across", "apart")
ROUND = 4
"""Steps per turn of a tile's loop: the loop itself costs as much as a sixth of a step."""
PARAMETERS = (
    "const float *left, int left_row, int last, int left_column,\n"
    "    const float *right, int right_row, int depth, float *out, int out_row"
)
ARGUMENTS = "left, left_row, last, left_column, right, right_row, depth, out, out_row"


def tiles() -> dict[str, str]:
    """The text of every tile by its name, and of the functions that choose one by its width."""
    found = {f"{w}_{r}x{c}": _tile(w, r, c) for w in WALKS for r, c in SHAPES}
    return found | {f"{walk}_tile": _choice(walk) for walk in WALKS}


def needs(name: str) -> tuple[str, ...]:
    """The blocks that the text of this name calls."""
    walk, shape = name.split("_")
    if shape == "tile":
        return tuple(f"{walk}_{r}x{c}" for r, c in SHAPES)
    return ("tile_steps",)


def _tile(walk: str, rows: int, columns: int) -> str:
    across = range(columns // 4)
    pointers = [] if walk == "across" else [f"a{r}" for r in range(rows)]
    step = ["f4 a, " + ", ".join(f"b{c}" for c in across) + ";"]
    step += [f"TILE_LOAD(b{c}, right, {16 * c});" for c in across]
    for r in range(rows):
        item = {"along": f"a{r}, 4 * (k)", "across": f"left, {4 * r}", "apart": f"a{r}, 0"}[walk]
        step.append(f"TILE_SPLAT(a, {item});")
        step.append(" ".join(f"TILE_ADD(s{r}{c}, b{c});" for c in across))
    step.append("TILE_NEXT(right, right_row);")
    if walk != "along":
        step += [f"TILE_NEXT({p}, left_column);" for p in pointers or ["left"]]
    starts = [f"const float *{p} = TILE_ROW({r});" for r, p in enumerate(pointers)]
    sums = ", ".join(f"s{r}{c} = {{0}}" for r in range(rows) for c in across)

    def moved(steps: int) -> str:
        if walk != "along":
            return ""
        return "\n    " + " ".join(f"TILE_NEXT({p}, {steps});" for p in pointers)

    stores = [
        f"store_f4(out + {r} * out_row + {4 * c}, s{r}{c});" for r in range(rows) for c in across
    ]
    return _TILE.format(
        name=f"{walk}_{rows}x{columns}",
        step=" \\\n    ".join(step),
        parameters=PARAMETERS,
        starts="\n  ".join([*starts, f"f4 {sums};"]),
        most=ROUND - 1,
        steps=ROUND,
        round=" ".join(f"TILE_STEP({k})" for k in range(ROUND)) + moved(ROUND),
        single="TILE_STEP(0)" + moved(1),
        stores="\n  ".join(stores),
    )


def _choice(walk: str) -> str:
    calls = [f"{walk}_{rows}x{columns}({ARGUMENTS});" for rows, columns in SHAPES]
    tests = [f"if (width == {columns}) " for _, columns in SHAPES[:-1]] + [""]
    chosen = "\n  else ".join(test + call for test, call in zip(tests, calls, strict=True))
    return f"INLINE void {walk}_tile(int width, {PARAMETERS}) {{\n  {chosen}\n}}\n"


_TILE = """#undef TILE_STEP
#define TILE_STEP(k) \\
  {{ \\
    {step} \\
  }}
NOINLINE void {name}({parameters}) {{
  asm volatile("" ::: "memory");
  {starts}
  for (; depth > {most}; depth -= {steps}) {{
    {round}
  }}
  for (; depth > 0; depth--) {{
    {single}
  }}
  {stores}
}}
"""
