"""Matrix products as C: which way a product is computed, the packing, and the function around the
micro-kernel of c/matmul.h with the caller's epilogue. Floats only.
Knows no Program.

    plan = plan_matmul(shape)                     # once per product
    plan.packed                                   # floats of the packed right operand, or 0
    pack_call(plan, "right", "packed")            # fills them; in init() if right never changes
    matmul_function(plan, "mm1", parameters="float *out", vector=..., scalar=...)
    matmul_call(plan, "mm1", "left", "packed", "out")
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent

from ..errors import ExplorableError

TILE = 40
"""Floats of the largest tile."""
BLOCK = 80
"""Rows that are multiplied with one panel after the other; a multiple of every tile's height."""
DIRECT_BYTES = 16 << 10
"""A right operand up to this size is read where it lies, if its columns are neighbours."""
DIRECT_ROWS = 12
"""Fewer rows than this do not pay for packing a larger one."""


@dataclass(frozen=True)
class Strides:
    """Distances in items: element (b, i, j) is at ``b * batch + i * row + j * column``."""

    batch: int
    row: int
    column: int

    @property
    def turned(self) -> Strides:
        return Strides(self.batch, self.column, self.row)


@dataclass(frozen=True)
class MatmulShape:
    """``(batch, rows, depth) @ (batch, depth, columns)`` of floats."""

    batch: int
    rows: int
    columns: int
    depth: int
    left: Strides
    right: Strides


@dataclass(frozen=True)
class Plan:
    """How one product is computed.

    ``packed``: tiles over packed panels; ``direct``: tiles over the right operand as it lies.
    ``turned``: the transposed product is computed, because
    the columns of the result are few and the rows of the left operand are neighbours; the epilogue
    still gets true rows and columns, but no vectors.
    A product reads up to 28 bytes behind its operands: the arena's end leaves them.
    """

    shape: MatmulShape
    way: str
    turned: bool = False

    @property
    def packed(self) -> int:
        """Floats of the packed right operand: scratch that must be 16-aligned; 0 if none."""
        if self.way != "packed":
            return 0
        shape = self.shape
        copies = shape.batch if shape.right.batch else 1
        return copies * shape.depth * -(-shape.columns // 4) * 4

    @property
    def walk(self) -> str:
        """The way of the tiles through the left operand (c/tiles.py)."""
        left = self.shape.left
        return "along" if left.column == 1 else "across" if left.row == 1 else "apart"

    @property
    def needs(self) -> frozenset[str]:
        """Names for ``c_library``: what the function and the packing call."""
        tile = {"panels", f"{self.walk}_tile"}
        return frozenset(tile | ({"pack_panels"} if self.way == "packed" else set()))

    @property
    def takes_vectors(self) -> bool:
        """Whether the function uses a vector epilogue."""
        return not self.turned and self.shape.columns >= 4


def plan_matmul(shape: MatmulShape, *, constant: bool = False) -> Plan:
    """The way for one product; ``constant``: the right operand never changes (packing is free)."""
    if shape.columns < 4 and shape.rows > shape.columns and shape.left.row == 1:
        turned = MatmulShape(
            shape.batch,
            shape.columns,
            shape.rows,
            shape.depth,
            shape.right.turned,
            shape.left.turned,
        )
        return Plan(turned, "direct", turned=True)
    size = shape.depth * shape.columns * 4
    near = shape.right.column == 1 and (size <= DIRECT_BYTES or shape.rows < DIRECT_ROWS)
    return Plan(shape, "direct" if near and not constant else "packed")


def pack_call(plan: Plan, right: str, packed: str) -> str:
    """The statement that packs the right operand at pointer ``right`` into ``packed``."""
    shape = plan.shape
    if plan.way != "packed":
        raise ExplorableError("compiler", f"a product computed the {plan.way} way packs nothing")
    strides = shape.right
    copies = shape.batch if strides.batch else 1
    numbers = (copies, strides.batch, strides.row, strides.column, shape.columns, shape.depth)
    return f"pack_panels({right}, {packed}, {', '.join(map(str, numbers))});"


def matmul_call(plan: Plan, name: str, left: str, right: str, *arguments: str) -> str:
    """The statement that calls ``matmul_function``'s function.

    ``right`` is the packed operand if ``plan.packed``, else the operand itself. Of a turned plan
    the operands change places here: give them as they stand in the product.
    """
    given = (*operands(plan, left, right), *map(str, numbers(plan)), *arguments)
    return f"{name}({', '.join(given)});"


def operands(plan: Plan, left: str, right: str) -> tuple[str, str]:
    """The two pointers in the order in which the function takes them."""
    return (right, left) if plan.turned else (left, right)


def numbers(plan: Plan) -> tuple[int, ...]:
    """The integers that follow the two pointers."""
    shape = plan.shape
    left, right = shape.left, shape.right
    if plan.way == "packed":
        right_batch = shape.depth * -(-shape.columns // 4) * 4 if right.batch else 0
        strides = (left.row, left.column, 0)
    else:
        right_batch = right.batch
        strides = (left.row, left.column, right.row)
    found = (*strides, shape.rows, shape.columns, shape.depth)
    return (*found, shape.batch, left.batch, right_batch) if shape.batch > 1 else found


def matmul_function(
    plan: Plan,
    name: str,
    *,
    parameters: str,
    scalar: str,
    vector: str | None = None,
    direct: tuple[str, str] | None = None,
) -> str:
    """The C function of one product with its epilogue. Equal texts serve products of any size.

    ``scalar``: statements for one element; they see ``ACC`` (its value, a float) and the ints
    ``BATCH``, ``ROW``, ``COL``.
    ``vector``: the same for columns COL to COL + 3, ``ACC`` an f4; None runs ``scalar`` for each.
    ``direct``: (address of element (BATCH, ROW, COL), distance of rows) when the epilogue only
    stores ACC and columns are neighbours: whole tiles then go there without a detour.
    ``parameters``: of the function, after its own, e.g. ``"float *p0, const float *p1, int n0"``;
    such names (a letter and a digit) are free in the function, others may be taken.
    """
    row, column = ("COL", "ROW") if plan.turned else ("ROW", "COL")
    straight = direct is not None and not plan.turned
    four, whole = "", ""
    if plan.takes_vectors and vector is not None:
        given = f", {parameters}" if parameters else ""
        four = _FOUR.format(name=name, parameters=given, body=_body(vector, 2))
        call = f"{name}_four(BATCH, ROW, {{}}, load_f4(tile + {{}}){_names(parameters)});"
        whole = "" if straight else "".join(_written_out(call, width) for width in (8,))
        whole += f"        for (; c + 4 <= wide; c += 4) {call.format('first + c', 'c')}\n"
    batch = plan.shape.batch > 1
    return four + _TILED.format(
        name=name,
        more=", int batch, int left_batch, int right_batch" if batch else "",
        parameters=f", {parameters}" if parameters else "",
        open=_EACH_BATCH if batch else _ONE_BATCH,
        block=BLOCK,
        room=TILE,
        walk=plan.walk,
        straight=(
            _STRAIGHT.format(walk=plan.walk, address=direct[0], distance=direct[1])
            if direct is not None and straight
            else ""
        ),
        row=row,
        column=column,
        whole=whole,
        scalar=_body(scalar, 10),
    )


def _names(parameters: str) -> str:
    """The parameters as arguments that follow others."""
    return "".join(f", {p.split()[-1].lstrip('*')}" for p in parameters.split(",") if p.strip())


def _written_out(call: str, width: int) -> str:
    """The epilogue of a row of a whole panel: a loop would cost as much as its body."""
    calls = "".join(f"          {call.format(f'first + {c}', c)}\n" for c in range(0, width, 4))
    return f"        if (wide == {width}) {{\n{calls}          continue;\n        }}\n"


_FOUR = """INLINE void {name}_four(int BATCH, int ROW, int COL, f4 ACC{parameters}) {{
  (void)BATCH, (void)ROW, (void)COL;
{body}}}
"""
_TILED = """static void {name}(const float *left, const float *right, int left_row, int left_column,
    int right_row, int rows, int columns, int depth{more}{parameters}) {{
{open}
  for (int top = 0; top < rows; top += {block})
  for (int first = 0, width; first < columns; first += width) {{
    width = panel_width(columns - first);
    const int tall = panel_rows(width), wide = columns - first < width ? columns - first : width;
    const float *panel = right + (right_row ? first : first * depth);
    for (int row = top; row < rows && row < top + {block}; row += tall) {{
      const int last = rows - 1 - row, high = last < tall ? last + 1 : tall;
{straight}      float tile_room[{room}];
      {walk}_tile(width, left + row * left_row, left_row, last, left_column, panel,
                  right_row ? right_row : width, depth, tile_room, width);
      for (int r = 0; r < high; r++) {{
        const int {row} = row + r;
        const float *tile = tile_room + r * width;
        int c = 0;
{whole}        for (; c < wide; c++) {{
          const int {column} = first + c;
          const float ACC = tile[c];
          (void)ROW, (void)COL;
{scalar}        }}
      }}
    }}
  }}
}}
"""
_EACH_BATCH = """  for (int BATCH = 0; BATCH < batch; BATCH++,
       left += left_batch, right += right_batch)"""
_ONE_BATCH = """  const int BATCH = 0;
  (void)BATCH;"""
_STRAIGHT = """      if (high == tall && wide == width) {{
        const int ROW = row, COL = first;
        {walk}_tile(width, left + row * left_row, left_row, last, left_column, panel,
                    right_row ? right_row : width, depth, {address}, {distance});
        continue;
      }}
"""


def _body(snippet: str, width: int) -> str:
    return indent(snippet.strip("\n") + "\n", " " * width)
