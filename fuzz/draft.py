"""Draft: a program while it is made, line by line. Every line is run as soon as it is written, so
that the next one knows shapes and dtypes; a line that torch refuses is dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from explorable.errors import ExplorableError

Item = TypeVar("Item")
REFUSALS = (
    *(RuntimeError, IndexError, ValueError, TypeError, NotImplementedError, AttributeError),
    *(NameError, AssertionError, ExplorableError),
)
"""What a line raises that is no program."""
LARGEST = 2000
"""Elements of the largest tensor."""
DEEPEST = 5
"""Dimensions of the deepest one."""
KNOWN = (
    torch.float32, torch.float64, torch.complex64, torch.complex128, torch.bool, torch.int64,
    torch.int32, torch.int16, torch.int8, torch.uint8,
)  # fmt: skip
_PLACE = re.compile(r"\{(\w+)(?::([^}]*))?\}")
_NUMBERS = ("2.0", "0.5", "-1.5", "3", "-2", "0.0", "1", "-1", "1.0", "0.1", "100.0", "1e-3")


class Draft:
    """The names so far with their tensors; ``choose(n)`` gives a number below n."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.choose = choose
        self.names: dict[str, torch.Tensor] = {}
        self.lines: list[str] = []
        self.written: list[str] = []
        self.space: dict[str, object] = {"torch": torch, "F": torch.nn.functional}

    def pick(self, items: Sequence[Item]) -> Item:
        """One of ``items``."""
        return items[self.choose(len(items))]

    def recent(self, items: Sequence[Item]) -> Item:
        """One of ``items``, rather one of the last."""
        return items[-1 - min(self.choose(len(items)), self.choose(len(items)))]

    def number(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.choose(high - low + 1)

    def add(self, template: str) -> bool:
        """The line ``name = template`` (names, if it gives several), unless torch refuses it."""
        try:
            text = self.fill(template)
            made = eval(text, self.space)
        except REFUSALS:
            return False
        parts = list(made) if isinstance(made, (tuple, list)) else [made]
        if not parts or not all(_fits(part) for part in parts):
            return False
        start = len(self.names)
        names = [f"v{start + k}" for k in range(len(parts))]
        comma = "," if isinstance(made, (tuple, list)) and len(parts) == 1 else ""
        self.lines.append(f"{', '.join(names)}{comma} = {text}")
        for name, part in zip(names, parts, strict=True):
            self.keep(name, part)
        return True

    def write(self, target: str, template: str) -> bool:
        """The statement ``template``, which changes ``target`` in place."""
        before = self.names[target].dtype, self.names[target].shape
        try:
            text = self._apart(target, self.fill(template, target))
            exec(text, self.space)
        except REFUSALS:
            return False
        changed = self.names[target]
        assert (changed.dtype, changed.shape) == before or "_(" in text
        self.lines.append(text)
        self.written.append(target)
        return True

    def _apart(self, target: str, text: str) -> str:
        """The statement with copies of what lies in the target's memory: torch leaves open what
        comes of reading and writing one place at once."""
        place = self.names[target].untyped_storage().data_ptr()
        for name, tensor in self.names.items():
            if name != target and tensor.untyped_storage().data_ptr() == place and place:
                text = re.sub(rf"\b{name}\b", f"{name}.clone()", text)
        return text

    def keep(self, name: str, tensor: torch.Tensor) -> None:
        """A tensor under its name."""
        self.names[name] = tensor
        self.space[name] = tensor

    def fill(self, template: str, *first_operand: str) -> str:
        """The template with every place filled; see `operand` and `_other` for what they say."""
        first = list(first_operand)
        again: dict[str, str] = {}

        def place(match: re.Match[str]) -> str:
            kind, detail = match[1], match[2]
            if kind == "k":
                low, high = map(int, detail.split(","))
                return str(self.number(low, high))
            if kind == "v":
                return self.pick(_NUMBERS)
            if kind == "one":
                return self.pick(detail.split("|"))
            if kind == "self":
                return first[0]
            if kind in ("indices", "distinct", "indices0"):
                extent = self._extent(first, detail) if kind != "indices0" else self.number(1, 3)
                again[kind] = self._indices(extent, distinct=kind == "distinct")
                return again[kind]
            if kind.endswith("_again"):
                return again[kind.removesuffix("_again")]
            if kind == "columns":
                return self._columns(self.tensor(first[-1]), first[-1])
            if first and kind in ("y", "like", "dim"):
                return self._other(kind, detail, first[0])
            text = self._special(kind) if kind[0] in "fms" else self._plain(kind)
            first.append(text)
            return text

        return _PLACE.sub(place, template)

    def tensor(self, text: str) -> torch.Tensor:
        """The tensor that an operand's text stands for."""
        made = eval(text, self.space)
        assert isinstance(made, torch.Tensor)
        return made

    def operand(self, kind: str, rank: int = 0) -> str:
        """A tensor of a kind with at least ``rank`` dimensions, one converted if need be.

        r: real float, c: complex, z: float or complex, i: integer, n: float or integer, b: bool,
        l: integer or bool, a: anything.
        """
        fitting = [
            name
            for name, tensor in self.names.items()
            if is_kind(tensor, kind) and tensor.dim() >= rank
        ]
        if fitting and self.choose(8):
            return self.recent(fitting)
        name = self.recent(list(self.names))
        text = name
        while self.names[name].dim() < rank and self.tensor(text).dim() < rank:
            text += self.pick((".unsqueeze(0)", ".unsqueeze(-1)"))
        return self.converted(text, kind)

    def converted(self, text: str, kind: str) -> str:
        """The tensor as one of a kind."""
        tensor = self.tensor(text)
        if is_kind(tensor, kind):
            return text
        if tensor.is_complex():
            text = text + self.pick((".real", ".imag", ".abs()"))
            tensor = self.tensor(text)
        if kind in "rzn":
            return text if is_kind(tensor, kind) else f"{text}.float()"
        if kind == "c":
            real = text if tensor.is_floating_point() else f"{text}.float()"
            return self.pick((f"{real}.to(torch.complex64)", f"torch.complex({real}, {real} * 2)"))
        if kind in "b":
            return f"({text} > 0)"
        if tensor.is_floating_point():
            text = f"torch.nan_to_num({text}).clamp(-100, 100)"
        return f"{text}.to({self.pick(('torch.int64', 'torch.int32'))})"

    def _other(self, kind: str, detail: str | None, first: str) -> str:
        """What depends on the first operand.

        y: a tensor that broadcasts with it, of the kind named; like: one of its shape and dtype;
        dim: one of its dimensions.
        """
        tensor = self.tensor(first)
        if kind == "dim":
            return str(self.number(-tensor.dim(), tensor.dim() - 1) if tensor.dim() else 0)
        wanted = detail or ("c" if tensor.is_complex() else "n")
        if kind == "like":
            fitting = [
                n
                for n, t in self.names.items()
                if t.shape == tensor.shape and t.dtype == tensor.dtype
            ]
            return self.recent(fitting) if fitting else first
        fitting = [
            n for n, t in self.names.items() if is_kind(t, wanted) and _meets(t.shape, tensor.shape)
        ]
        if fitting and self.choose(6):
            return self.recent(fitting)
        name = self.recent(list(self.names))
        other = self.names[name]
        if _meets(other.shape, tensor.shape):
            return self.converted(name, wanted)
        if other.numel() and self.choose(2):
            return self.converted(f"{name}.reshape(-1)[0]", wanted)
        return self.converted(f"{name}.sum()", wanted)

    def _extent(self, first: list[str], detail: str | None) -> int:
        """The extent of the first operand along the dimension that ``detail`` names."""
        shape = self.tensor(first[0]).shape if first else ()
        along = int(detail or 0)
        return shape[along] if -len(shape) <= along < len(shape) else 1

    def _indices(self, extent: int, *, distinct: bool) -> str:
        """Whole numbers below ``extent`` as a tensor: written out, or computed from another."""
        if not extent:
            return "torch.zeros(0, dtype=torch.int64)"
        if distinct:
            return self.pick(
                (f"torch.arange({extent}).flip(0)[:{extent // 2 + 1}]", "torch.tensor([0])")
            )
        fitting = [n for n, t in self.names.items() if is_kind(t, "i") and t.dim() == 1]
        if fitting and self.choose(2):
            return f"({self.recent(fitting)}.long() % {extent})"
        return f"torch.tensor({[self.choose(extent) for _ in range(self.number(1, 4))]})"

    def _plain(self, kind: str) -> str:
        return self.operand(kind[0], int(kind[1:] or 0))

    def _special(self, kind: str) -> str:
        """Floats whose functions are well known. f: finite ones; m: finite ones neither large nor
        nearly zero; s: square matrices that can be inverted and factored."""
        text = self.operand("r", int(kind[1:] or 0))
        if kind[0] == "m":
            return f"F.hardshrink(torch.nan_to_num({text}).clamp(-20, 20), 1e-3)"
        text = f"torch.nan_to_num({text}).clamp(-9, 9)"
        if kind[0] == "f":
            return text
        text += "[..., :8]"
        n = self.tensor(text).shape[-1]
        product = self.pick((f"{text}.mT @ {text}", f"({text}.mT @ {text}).sin()"))
        return f"({product} + {self.number(2, 4)} * torch.eye({n}))"

    def _columns(self, tensor: torch.Tensor, first: str) -> str:
        depth = tensor.shape[-1]
        fitting = [
            n
            for n, t in self.names.items()
            if t.dim() >= 2
            and t.shape[-2] == depth
            and t.dtype == tensor.dtype
            and _meets(t.shape[:-2], tensor.shape[:-2])
        ]
        if fitting and self.choose(3):
            return self.recent(fitting)
        turned = [
            n
            for n, t in self.names.items()
            if t.dim() >= 2
            and t.shape[-1] == depth
            and t.dtype == tensor.dtype
            and _meets(t.shape[:-2], tensor.shape[:-2])
        ]
        return f"{self.recent(turned)}.mT" if turned else f"{first}.mT"


def is_kind(tensor: torch.Tensor, kind: str) -> bool:
    """Whether a tensor is of a kind of `Draft.operand`."""
    real, whole = (
        tensor.is_floating_point(),
        not (tensor.is_floating_point() or tensor.is_complex() or tensor.dtype == torch.bool),
    )
    return {
        "a": True,
        "r": real,
        "c": tensor.is_complex(),
        "z": real or tensor.is_complex(),
        "i": whole,
        "n": real or whole,
        "b": tensor.dtype == torch.bool,
        "l": whole or tensor.dtype == torch.bool,
    }[kind]


def _fits(made: object) -> bool:
    return (
        isinstance(made, torch.Tensor)
        and made.numel() <= LARGEST
        and made.dim() <= DEEPEST
        and made.dtype in KNOWN
        and made.layout == torch.strided
    )


def _meets(one: Sequence[int], other: Sequence[int]) -> bool:
    try:
        size = torch.Size(torch.broadcast_shapes(tuple(one), tuple(other))).numel()
    except RuntimeError:
        return False
    return size <= LARGEST
