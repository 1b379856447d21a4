"""The machine's SIMD ceiling and what the matrix product reaches of it, in one process.

    python bench/ceiling.py

The ceiling is a loop of multiply-adds on 12 independent vectors: what 128 bits can do in V8 here.
Fractions of it can be compared between machines; milliseconds can't. Browsers guard wasm's memory
by pages; mini-racer, our V8 at build time, checks every access. Both are measured (see `guarded`).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from explorable.compiler.build import STACK, build
from explorable.compiler.c import c_library
from explorable.compiler.matmul import (
    MatmulShape,
    Strides,
    matmul_call,
    matmul_function,
    pack_call,
    plan_matmul,
)
from explorable.compiler.module import Module
from explorable.engine import Engine, engine, parent

PEAK_ROUNDS = 20_000
ACCUMULATORS = 12
SECONDS = 0.1
ROUNDS = 9
"""Ceiling and product take turns, so that a busy neighbour hits both: the fraction is the median of
neighbouring measurements, the rates are the best."""
MEMORY = 32 << 20


@dataclass(frozen=True)
class Product:
    """One product: sizes, operands transposed in memory, epilogue, whether packing counts."""

    rows: int
    columns: int
    depth: int
    left_turned: bool = False
    right_turned: bool = False
    epilogue: bool = False
    pack: bool = True

    @property
    def flops(self) -> int:
        return 2 * self.rows * self.columns * self.depth

    def __str__(self) -> str:
        notes = ["transposed left"] * self.left_turned + ["transposed right"] * self.right_turned
        notes += ["bias and relu"] * self.epilogue + ["packed once"] * (not self.pack)
        shown = f"({self.rows}, {self.depth}) @ ({self.depth}, {self.columns})"
        return shown + (f", {', '.join(notes)}" if notes else "")


PRODUCTS = (
    Product(64, 64, 64),
    Product(64, 64, 64, right_turned=True, pack=False),
    Product(256, 64, 64, right_turned=True),
    Product(256, 64, 64, right_turned=True, epilogue=True),
    Product(64, 64, 256, left_turned=True),
    Product(64, 128, 128, right_turned=True, pack=False),
    Product(64, 512, 128, right_turned=True, pack=False),
    Product(96, 96, 480),
    Product(256, 256, 256),
    Product(512, 512, 512),
    Product(1, 256, 256, right_turned=True, pack=False),
    Product(256, 2, 64, right_turned=True),
)


def entry(name: str, body: str) -> str:
    return f'__attribute__((export_name("{name}"))) void entry_{name}(void) {{\n{body}\n}}'


def peak() -> str:
    """The ceiling's loop."""
    names = [f"c{i}" for i in range(ACCUMULATORS)]
    start = "f4 x = load_f4(floats(0)), y = x * splat_f4(0.999f);\n"
    start += "f4 " + ", ".join(f"{n} = x * splat_f4({i})" for i, n in enumerate(names)) + ";\n"
    steps = " ".join(f"{n} = FMA(y, {n}, x);" for n in names)
    end = f"store_f4(floats(0), {' + '.join(names)});"
    return entry("peak", f"{start}for (int i = 0; i < {PEAK_ROUNDS}; i++) {{ {steps} }}\n{end}")


def product(number: int, p: Product) -> tuple[str, frozenset[str]]:
    """C of one product over its own part of the arena, and the library names it needs."""
    left = Strides(0, 1, p.rows) if p.left_turned else Strides(0, p.depth, 1)
    right = Strides(0, 1, p.depth) if p.right_turned else Strides(0, p.columns, 1)
    shape = MatmulShape(1, p.rows, p.columns, p.depth, left, right)
    plan = plan_matmul(shape, constant=not p.pack)
    places = [1024]
    for floats in (p.rows * p.depth, p.columns * p.depth, plan.packed, p.rows * p.columns):
        places.append(places[-1] + -(-floats // 16) * 16 + 16)
    a, b, packed, out, _ = (f"floats({place})" for place in places)
    at = "p0 + ROW * n0 + COL"
    if p.epilogue:
        zero = "splat_f4(0)"
        vector = f"store_f4({at}, __builtin_elementwise_maximum(ACC + load_f4(p1 + COL), {zero}));"
        scalar = f"*({at}) = __builtin_elementwise_maximum(ACC + p1[COL], 0.0f);"
    else:
        vector, scalar = f"store_f4({at}, ACC);", f"*({at}) = ACC;"
    function = matmul_function(
        plan,
        f"mm{number}",
        parameters="float *p0, const float *p1, int n0",
        vector=vector,
        scalar=scalar,
        direct=None if p.epilogue else (at, "n0"),
    )
    packing = pack_call(plan, b, packed) if plan.packed else ""
    operand = packed if plan.packed else b
    body = matmul_call(plan, f"mm{number}", a, operand, out, "floats(0)", str(p.columns))
    first = entry(f"first{number}", packing)
    every = packing if p.pack else ""
    return f"{function}{first}\n{entry(f'run{number}', every + body)}", plan.needs


def guarded() -> Engine:
    """V8 without a check at every access to memory, as a browser runs it. Only for code that has
    been verified: mini-racer has no guard pages that would catch a wrong address."""
    kept, parent.FLAGS = parent.FLAGS, (*parent.FLAGS, "--no-wasm-bounds-checks")
    try:
        made = Engine()
        made.evaluate("0")
    finally:
        parent.FLAGS = kept
    return made


def measured(v8: Engine, module: Module, relaxed: bool) -> list[str]:
    """A column of the table: the ceiling, then every product's rate and share of it."""
    instance = v8.load(module, relaxed=relaxed)
    shown, highest = list[str](), 0.0
    for number, p in enumerate(PRODUCTS):
        instance.run(f"first{number}")
        best, fractions = 0.0, list[float]()
        for _ in range(ROUNDS):
            ceiling = 8 * ACCUMULATORS * PEAK_ROUNDS / instance.time("peak", SECONDS)
            rate = p.flops / instance.time(f"run{number}", SECONDS)
            best, highest = max(best, rate), max(highest, ceiling)
            fractions.append(rate / ceiling)
        shown.append(f"{best / 1e9:.1f} ({median(fractions):.0%})")
    return [f"{highest / 1e9:.1f}", *shown]


def main() -> None:
    texts, needs = [peak()], set[str]()
    for number, p in enumerate(PRODUCTS):
        text, used = product(number, p)
        texts.append(text)
        needs |= used
    size = 12 << 20
    fill = "for (int i = 0; i < (1 << 20); i++) floats(0)[i] = (float)(i % 13) * 0.1f;"
    head = f"unsigned char arena[{size}] __attribute__((aligned(64)));\n"
    head += "#define floats(i) ((float *)arena + (i))\n"
    c = c_library(needs) + head + "\n".join([*texts, entry("init", fill)])
    plain, relaxed = build((c,), MEMORY, relaxed=True)
    assert relaxed is not None
    names = ["peak"]
    for number in range(len(PRODUCTS)):
        names += [f"first{number}", f"run{number}"]
    module = Module(plain.data, relaxed.data, (), (), tuple(names), MEMORY + STACK, "", c)
    browser = guarded()
    columns = [
        measured(v8, module, relaxed) for v8 in (browser, engine()) for relaxed in (False, True)
    ]
    print("| GFLOP/s (of the ceiling) | plain | relaxed | plain, checked | relaxed, checked |")
    print("|---|---|---|---|---|")
    for title, *row in zip(["ceiling", *map(str, PRODUCTS)], *columns, strict=True):
        print(f"| {title} | {' | '.join(row)} |")


if __name__ == "__main__":
    main()
