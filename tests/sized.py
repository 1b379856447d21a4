"""One wasm for every size: traces a function with a size that moves, runs it at each and compares
with eager torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from explorable.compiler import Entry, Module, compile_module
from explorable.engine import Instance, engine
from explorable.graphs import Type
from explorable.sizes import Named, Size, now
from explorable.trace import Moving, random_numbers, tensor_bytes, tensor_from_bytes, trace

Function = Callable[..., Any]  # of the size, then of the tensors
JUNK = 77
"""What stands behind the elements there are: nothing may read it."""


@dataclass(frozen=True)
class Sized:
    """A compiled function of a size ``n`` and of tensors whose shapes follow it."""

    module: Module
    instance: Instance

    def __call__(self, n: int, **tensors: torch.Tensor) -> list[torch.Tensor]:
        """What the wasm gives at one size."""
        given: dict[str, torch.Tensor] = {"n": torch.tensor(n), **tensors}
        for slot in self.module.slots:
            if slot.name in given:
                self.instance.write(slot.name, padded(slot.type, given[slot.name]))
        self.instance.run("run")
        names = sorted(slot.name for slot in self.module.slots if slot.name.startswith("y"))
        return [self._read(name, n) for name in names]

    def _read(self, name: str, n: int) -> torch.Tensor:
        kind = self.module.slot(name).type
        bound = Type(tuple(map(int, kind.shape)), kind.dtype)
        whole = tensor_from_bytes(bound, self.instance.read(name))
        return whole[tuple(slice(extent) for extent in now(kind.shape, {"n": n}))]


def padded(kind: Type, tensor: torch.Tensor) -> bytes:
    """The bytes of a slot that holds ``tensor`` in front of each of its extents."""
    whole = torch.full(tuple(map(int, kind.shape)), JUNK, dtype=tensor.dtype)
    whole[tuple(map(slice, tensor.shape))] = tensor
    return tensor_bytes(whole)[1]


def sized(function: Function, low: int, high: int, **shapes: tuple[int | str, ...]) -> Sized:
    """Compile ``function(n, **tensors)`` once for all n; "n" in a shape is the size. Tensors are
    float32, those called ``i...`` int64."""
    named = Named("n", low, high)
    inputs: dict[str, Type | Moving] = {"n": Moving(low, high)}
    for name, shape in shapes.items():
        extents = tuple(Size(named) if e == "n" else int(e) for e in shape)
        inputs[name] = Type(extents, dtype_of(name))

    def run(values: Mapping[str, Any]) -> dict[str, Any]:
        with random_numbers(0, 0):
            results = listed(function(**values))
        return {f"y{number}": result for number, result in enumerate(results)}

    module = compile_module([Entry("run", trace(run, inputs))], relaxed=False)
    return Sized(module, engine().load(module))


def dtype_of(name: str) -> str:
    """What `sized` gives a tensor of this name."""
    return "int64" if name.startswith("i") else "float32"


def listed(result: Any) -> list[Any]:
    """Several results as a list."""
    return list(result) if isinstance(result, (tuple, list)) else [result]


def check(function: Function, low: int, high: int, **shapes: tuple[int | str, ...]) -> Sized:
    """Compare with eager torch at every size from ``low`` to ``high``."""
    compiled = sized(function, low, high, **shapes)
    for n in range(low, high + 1):
        draw = torch.Generator().manual_seed(n)
        tensors: dict[str, torch.Tensor] = {}
        for name, shape in shapes.items():
            extents = [n if e == "n" else int(e) for e in shape]
            if dtype_of(name) == "int64":
                tensors[name] = torch.randint(0, 2, extents, generator=draw)
            else:
                tensors[name] = torch.randn(extents, generator=draw)
        with random_numbers(0, 0):
            wanted = listed(function(n=n, **tensors))
        for got, want in zip(compiled(n, **tensors), wanted, strict=True):
            torch.testing.assert_close(
                got,
                want.detach(),
                rtol=1e-4,
                atol=3e-6 * max([1.0, *want.detach().abs().flatten().tolist()]),
                equal_nan=True,
                msg=lambda m, n=n: f"n={n}: {m}",
            )
    return compiled
