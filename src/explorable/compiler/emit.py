"""C of a whole program: one function per distinct kernel body (buffers are its parameters), one
exported function per entry that calls them, runs of the same function as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from importlib.resources import files
from math import prod

from ..sizes import Formula, Named, formula_of
from .c import c_library
from .emit_body import Body
from .emit_loops import emit_loops
from .emit_matmul import emit_matmul, emit_pack
from .expr import Exprs
from .index import Var
from .lower import Places
from .plan import Plan
from .program import Branch, Buffer, Kernel, Loops, Opaque, Pack, Program, Repeat
from .read import items
from .spell import MEMORY, literal
from .units import Function, Source, source, stable_name

TABLE_RUN = 4
"""This many neighbouring calls of one function become a table and a loop."""
BRIEF = 2048
"""Points of all the loops that one function runs: so few are over before a reader could tell that
exp is called there, and a call is less to download than exp once more."""
_OPERATIONS = {
    "add": "({} + {})",
    "mul": "({} * {})",
    "floordiv": "floor_div({0}, {1} ? {1} : 1)",
    "mod": "floor_mod({0}, {1} ? {1} : 1)",
    "min": "({0} < {1} ? {0} : {1})",
    "max": "({0} > {1} ? {0} : {1})",
}


@dataclass(frozen=True)
class KernelCall:
    """A call of function ``name`` with pointers and integers."""

    name: str
    pointers: tuple[Buffer, ...]
    integers: tuple[str, ...]


@dataclass
class Emitter:
    """What has been written so far: functions by body, statics, library functions needed."""

    exprs: Exprs
    plan: Plan
    functions: dict[str, Function] = field(default_factory=dict[str, Function])
    points: Counter[str] = field(default_factory=Counter[str])
    """How many points the loops of each function have, in all its calls."""
    names: set[str] = field(default_factory=set[str])
    types: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    statics: dict[Buffer, None] = field(default_factory=dict[Buffer, None])
    tables: list[str] = field(default_factory=list[str])
    opaque: dict[str, None] = field(default_factory=dict[str, None])
    needs: set[str] = field(default_factory=set[str])
    sizes: dict[Named, str] = field(default_factory=dict[Named, str])
    """The sizes that the entry's function reads, by their names in C."""

    def address(self, buffer: Buffer) -> str:
        """Where a buffer lies, as a typed C pointer."""
        kind = MEMORY[buffer.dtype]
        if buffer.kind == "static":
            self.statics.setdefault(buffer)
            return f"({kind}*){buffer.name}"
        return f"({kind}*)(arena + {self.plan.offsets[buffer]})"

    def function(
        self, body: str, parameters: tuple[str, ...], needs: AbstractSet[str], note: str
    ) -> str:
        """The name of the function with this body; made if it is new."""
        shown = ", ".join(parameters)
        key = f"{shown}\n{body}"
        if key not in self.functions:
            name = self._name(key)
            head = f"void {name}({shown})"
            text = f"// {note}\nFUNCTION {head} {{\n{body}\n}}"
            self.functions[key] = Function(name, head, text, frozenset(needs))
            self.types[name] = parameters
        return self.functions[key].name

    def named(self, text: Callable[[str], str], needs: AbstractSet[str], note: str) -> str:
        """The name of a function written by others as a text of its name; made if it is new."""
        key = text("?")
        if key not in self.functions:
            name = self._name(key)
            self.functions[key] = Function(name, "", f"// {note}\n{text(name)}", frozenset(needs))
        return self.functions[key].name

    def _name(self, key: str) -> str:
        name = stable_name(key, self.names)
        self.names.add(name)
        return name

    def loops(self, kernel: Loops, bound: dict[Var, str]) -> KernelCall:
        """The call that runs a loop nest, inside of the loops that ``bound`` names."""
        body = Body(self.exprs, kernel.writes())
        emit_loops(body, kernel)
        pointers = tuple(body.buffers)
        parameters = tuple(
            f"{MEMORY[b.dtype]}* {name}" for b, name in body.buffers.items()
        ) + tuple(f"int {name}" for name in body.outer.values())
        text = "\n".join("  " + row for row in body.scopes[0].lines)
        name = self.function(text, parameters, body.needs, kernel.note)
        around = prod(var.extent for var in (*bound, *kernel.dims))
        self.points[name] += around * sum(prod(v.extent for v in p.dims) for p in kernel.phases)
        return KernelCall(name, pointers, tuple(self.outer(v, bound) for v in body.outer))

    def outer(self, key: Var | Formula, bound: dict[Var, str]) -> str:
        """An integer that a kernel is called with: a loop's position, or a number of the sizes."""
        return bound[key] if isinstance(key, Var) else self.size(key)

    def size(self, formula: Formula) -> str:
        """A number of the sizes in C, inside the function of an entry."""
        if isinstance(formula, int):
            return str(formula)
        if isinstance(formula, Named):
            return self.sizes.setdefault(formula, f"size{len(self.sizes) + 1}")
        total, *rest = map(self.size, formula.args)
        for other in rest:
            total = _OPERATIONS[formula.op].format(total, other)
        return total

    def extent(self, number: int) -> str:
        """An extent in C, inside the function of an entry."""
        return self.size(formula_of(number))

    def read_sizes(self, slots: Mapping[str, Buffer]) -> list[str]:
        """The statements that read the sizes used since the last call."""
        lines: list[str] = []
        for named, name in self.sizes.items():
            # Kept inside its bounds, whatever the page has written: memory depends on it.
            place, count = self.address(slots[named.name]), named.high - named.low + 1
            lines.append(
                f"  const int {name} = inside((int)*{place} - {named.low}, {count}) + {named.low};"
            )
        self.sizes.clear()
        return lines

    def calls(self, kernels: tuple[Kernel, ...], bound: dict[Var, str], pad: str) -> list[str]:
        """The statements that run kernels in order."""
        lines: list[str] = []
        run: list[KernelCall] = []

        def flush() -> None:
            lines.extend(pad + row for row in self._run(run))
            run.clear()

        for kernel in kernels:
            if isinstance(kernel, Loops):
                call = self.loops(kernel, bound)
                if run and run[0].name != call.name:
                    flush()
                run.append(call)
                continue
            flush()
            if isinstance(kernel, Repeat):
                name = f"r{len(bound) + 1}"
                inner = {**bound, kernel.var: name}
                end = self.extent(kernel.var.extent)
                if kernel.condition is None:
                    lines.append(f"{pad}for (int {name} = 0; {name} < {end}; {name}++) {{")
                else:
                    lines.append(f"{pad}for (int {name} = 0;; {name}++) {{")
                    lines += self.calls(kernel.test, inner, pad + "  ")
                    lines.append(f"{pad}  if (!*{self.address(kernel.condition)}) break;")
                    # runtime/core/run.js puts it into words.
                    lines.append(f"{pad}  if ({name} == {end}) __builtin_trap();")
                lines += self.calls(kernel.body, inner, pad + "  ")
                lines.append(f"{pad}}}")
            elif isinstance(kernel, Branch):
                lines.append(f"{pad}if (*{self.address(kernel.condition)}) {{")
                lines += self.calls(kernel.yes, bound, pad + "  ")
                lines.append(f"{pad}}} else {{")
                lines += self.calls(kernel.no, bound, pad + "  ")
                lines.append(f"{pad}}}")
            elif isinstance(kernel, Opaque):
                lines.append(pad + self._opaque(kernel))
            elif isinstance(kernel, Pack):
                lines.append(pad + emit_pack(self, kernel))
            else:
                lines += [pad + row for row in emit_matmul(self, kernel, bound)]
        flush()
        return lines

    def _opaque(self, kernel: Opaque) -> str:
        self.opaque.setdefault(kernel.text)
        self.needs |= kernel.needs
        buffers = [*kernel.inputs, *kernel.outputs]
        shown = [self.address(b) for b in buffers]
        if kernel.scratch is not None:
            # The function may keep other things there than its items.
            shown.append(f"(void*){self.address(kernel.scratch)}")
        shown += [
            literal(n, "f64") if isinstance(n, float) else self.extent(n) for n in kernel.numbers
        ]
        return f"{kernel.name}({', '.join(shown)});"

    def _run(self, run: list[KernelCall]) -> list[str]:
        plain = all(b.kind != "static" for c in run for b in c.pointers)
        if len(run) < TABLE_RUN or not plain or run[0].integers:
            return [
                self.call(c.name, [self.address(b) for b in c.pointers], c.integers) for c in run
            ]
        table = f"table{len(self.tables) + 1}"
        rows = ["{" + ", ".join(str(self.plan.offsets[b]) for b in c.pointers) + "}" for c in run]
        width = len(run[0].pointers)
        self.tables.append(
            f"static const int {table}[{len(run)}][{width}] = {{{', '.join(rows)}}};"
        )
        kinds = [p.split("*")[0] for p in self.types[run[0].name]]
        shown = [f"({kind}*)(arena + {table}[n][{k}])" for k, kind in enumerate(kinds)]
        call = self.call(run[0].name, shown, ())
        return [f"for (int n = 0; n < {len(run)}; n++) {call}"]

    def call(self, name: str, pointers: list[str], integers: tuple[str, ...]) -> str:
        """One call as a statement."""
        return f"{name}({', '.join([*pointers, *integers])});"


def emit(
    program: Program, plan: Plan, places: Places, near: AbstractSet[str] = frozenset()
) -> Source:
    """The C of a program; ``near``: see `c_library`."""
    emitter = Emitter(places.exprs, plan)
    entries: list[str] = []
    for function in program.functions:
        lines = emitter.calls(function.kernels, {}, "  ")
        body = "\n".join([*emitter.read_sizes(places.slots), *lines])
        head = f'__attribute__((export_name("{function.name}"))) void run_{len(entries)}(void)'
        entries.append(f"{head} {{\n{body}\n}}")
    init = "\n".join(emitter.calls(program.init, {}, "  "))
    entries.append(f'__attribute__((export_name("init"))) void init(void) {{\n{init}\n}}')
    statics = [
        f"static const {MEMORY[b.dtype]} {b.name}[] = {{"
        + ", ".join(literal(v, b.dtype) for v in items(b.data, b.dtype))
        + "};"
        for b in emitter.statics
    ]
    prelude = files("explorable.compiler").joinpath("prelude.h").read_text(encoding="utf-8")

    def library(needs: AbstractSet[str]) -> str:
        return "\n".join(filter(None, [c_library(needs, near), prelude]))

    memory = f"unsigned char arena[{plan.size}] __attribute__((aligned(64)));"
    before = "\n".join([memory, *statics, *emitter.tables, *emitter.opaque])
    functions = tuple(
        replace(f, text=f.text.replace(f.head, f"BRIEF {f.head}", 1))
        if f.head and emitter.points[f.name] <= BRIEF
        else f
        for f in emitter.functions.values()
    )
    return source(functions, emitter.needs, library, before, "\n".join(entries))
