"""ex.compile: a PyTorch function as WebAssembly, called from Python. The compiler without the
figure."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import cached_property
from typing import Any, cast, final

from .compiler import Entry, Module, compile_module
from .engine import Instance, engine
from .errors import ExplorableError
from .graph import Graph, Type
from .parts.source import calling_line
from .trace import tensor_bytes, tensor_from_bytes, trace
from .trace.random import random_numbers
from .trace.tensors import as_dtype, tensor_type
from .trace.tree import flatten, is_tensor

_ENTRY = "run"


@final
class Compiled:
    """A function compiled for one set of shapes; made by :func:`compile`.

    ``graph`` is what the trace saw, ``program`` the loop nests, ``c`` the C, ``wasm`` the bytes;
    each prints.
    """

    def __init__(
        self,
        name: str,
        graph: Graph,
        module: Module,
        inputs: dict[str, Any],
        outputs: list[str | None],
        fixed: list[Any],
        rebuild: Callable[[list[Any]], Any],
    ) -> None:
        self.name = name
        self.graph = graph
        self.module = module
        self._inputs = inputs  # path -> Type, or the fixed value
        self._outputs = outputs  # slot of each leaf of the result; None: `fixed` holds it
        self._fixed = fixed
        self._rebuild = rebuild
        self._instance: Instance | None = None

    @property
    def program(self) -> str:
        """The Program: loop nests over buffers."""
        return self.module.program

    @property
    def c(self) -> str:
        """The C that zig compiled."""
        return self.module.c

    @property
    def wasm(self) -> bytes:
        """The module that runs everywhere."""
        return self.module.wasm

    @property
    def wat(self) -> str:
        """The module as WebAssembly text."""
        from .compiler.text import wasm_text

        return wasm_text(self.module.wasm)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Bytes: wasm as it is and compressed, constants beside it, memory while it runs."""
        import brotli  # pyright: ignore[reportMissingTypeStubs] it has none

        squeeze = cast("Callable[[bytes], bytes]", brotli.compress)  # pyright: ignore[reportUnknownMemberType] no stubs
        return {
            "wasm": len(self.wasm),
            "wasm brotli": len(squeeze(self.wasm)),
            "wasm gzip": len(gzip.compress(self.wasm, 9)),
            "arrays": sum(len(array.data) for array in self.module.arrays),
            "memory": self.module.memory,
        }

    def __call__(self, *arguments: Any) -> Any:
        """The function's result, computed by the wasm in V8: the same pytree, of torch tensors."""
        leaves, _ = flatten(arguments)
        if list(leaves) != list(self._inputs):
            raise self._refused("the arguments have another structure than the example")
        for path, wanted in self._inputs.items():
            given = leaves[path]
            if isinstance(wanted, Type):
                if not is_tensor(given) or tensor_type(given) != wanted:
                    got = tensor_type(given) if is_tensor(given) else repr(given)
                    raise self._refused(f"argument {path} was {wanted}, is {got}")
            elif given is not wanted and given != wanted:
                raise self._refused(f"argument {path} was fixed at {wanted!r}, is {given!r}")
        instance = self._running()
        held = {slot.name for slot in self.module.slots}
        for path, wanted in self._inputs.items():
            if isinstance(wanted, Type) and f"in:{path}" in held:
                kind = self.module.slot(f"in:{path}").type
                instance.write(f"in:{path}", tensor_bytes(as_dtype(leaves[path], kind.dtype))[1])
        instance.run(_ENTRY)
        # float16 and bfloat16 are computed, and stand in memory, as rounded float32.
        types = self.graph.types()
        kinds = {output.name: types[output.value].dtype for output in self.graph.outputs}
        results: list[Any] = []
        for slot, fixed in zip(self._outputs, self._fixed, strict=True):
            if slot is None:
                results.append(fixed)
            else:
                found = tensor_from_bytes(self.module.slot(slot).type, instance.read(slot))
                results.append(as_dtype(found, kinds[slot]))
        return self._rebuild(results)

    def benchmark(self, seconds: float = 0.5) -> float:
        """Best seconds per call inside V8, transfers not counted, at the inputs of the last
        call."""
        return self._running().time(_ENTRY, seconds)

    def _running(self) -> Instance:
        if self._instance is None:
            self._instance = engine().load(self.module)
        return self._instance

    def _refused(self, fact: str) -> ExplorableError:
        return ExplorableError(
            "compiled",
            fact,
            where=f"'{self.name}'",
            line=calling_line(),
            fix="compile it again with such an example: shapes, dtypes and Python values are fixed",
        )

    def __repr__(self) -> str:
        return f"<compiled {self.name}: {len(self.wasm):,} bytes of wasm>"


def compile(function: Callable[..., Any], *example: Any, relaxed: bool = False) -> Compiled:
    """Compile a PyTorch function to WebAssembly for inputs like ``example``.

    >>> f = ex.compile(lambda x: torch.softmax(x, -1), torch.randn(4, 10))
    >>> f(torch.randn(4, 10))                    # runs the wasm in V8, gives a tensor
    >>> print(f.graph); print(f.program); f.sizes; f.benchmark()

    Tensors in the example (any pytree) are inputs; Python numbers, strings and None are fixed, and
    another value at the call is an error. Closed-over tensors and modules are constants. Random
    functions draw the page's numbers: seed 0, unless the function calls ``torch.manual_seed``.
    ``relaxed`` also builds the variant with fused multiply-add (``.module.relaxed``).

    Raises ExplorableError with the op and the author's line for what can't be compiled.
    """
    leaves, rebuild = flatten(example)
    name = getattr(function, "__name__", type(function).__name__)
    inputs = {path: leaf for path, leaf in leaves.items() if is_tensor(leaf)}
    outputs: list[str | None] = []
    fixed: list[Any] = []
    built: list[Callable[[list[Any]], Any]] = []

    def run(values: dict[str, Any]) -> dict[str, Any]:
        given = [values.get(f"in:{path}", leaf) for path, leaf in leaves.items()]
        with random_numbers(0, 0):
            result = function(*rebuild(given))
        found, again = flatten(result)
        built.append(again)
        results: dict[str, Any] = {}
        for path, leaf in found.items():
            slot = f"out:{path}" if is_tensor(leaf) else None
            outputs.append(slot)
            fixed.append(None if slot else leaf)
            if slot:
                results[slot] = leaf
        return results

    try:
        graph = trace(run, {f"in:{path}": leaf for path, leaf in inputs.items()}, where=f"'{name}'")
    except ExplorableError as error:
        raise error.within(where=f"'{name}'") from error
    module = compile_module([Entry(_ENTRY, graph)], relaxed=relaxed)
    kinds = {p: tensor_type(leaf) if is_tensor(leaf) else leaf for p, leaf in leaves.items()}
    return Compiled(name, graph, module, kinds, outputs, fixed, built[-1])
