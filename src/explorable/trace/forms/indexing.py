"""``x[k]``, ``x[k] = y`` and ``x[k : k + 8]`` with a moving ``k``: selections by tensors of
indices, whose shapes stand still."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch._C import _functorch  # pyright: ignore[reportAttributeAccessIssue] compiled, unlisted
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils.weak import WeakIdKeyDictionary

from ...errors import ExplorableError
from ..lines import current_line

Moving = Any
"""Any: a SymInt, or a 0-dim tensor of whole numbers."""

_SUMS: dict[object, int] = {
    torch.add: 1,
    torch.Tensor.add: 1,
    torch.Tensor.__add__: 1,
    torch.Tensor.__radd__: 1,
    torch.sub: -1,
    torch.Tensor.sub: -1,
    torch.Tensor.__sub__: -1,
}


def is_traced(x: torch.Tensor) -> bool:
    """Whether a tensor has no values while tracing."""
    return isinstance(x, FakeTensor) or _functorch.is_functorch_wrapped_tensor(x)


def moves(index: object) -> bool:
    """Whether an index is one moving whole number."""
    if isinstance(index, torch.SymInt):
        return True
    if (
        not isinstance(index, torch.Tensor)
        or index.ndim
        or index.dtype in (torch.bool, torch.uint8)
    ):
        return False
    return is_traced(index) and not index.is_floating_point()


@dataclass
class Places:
    """Which moving numbers are others plus a constant: all that says how long ``k : k + 8`` is."""

    _sums: WeakIdKeyDictionary = field(default_factory=WeakIdKeyDictionary)

    def note(self, func: object, args: Sequence[Any], result: Any) -> None:  # Any: torch's
        """Remembers ``k + 8`` and ``k - 8``."""
        if func not in _SUMS or len(args) != 2:
            return
        given, number = args
        if isinstance(given, int) and _SUMS[func] > 0:
            given, number = number, given
        if isinstance(number, int) and moves(given) and isinstance(given, torch.Tensor):
            base, offset = self._base(given)
            self._sums[result] = (base, offset + _SUMS[func] * number)

    def _base(self, number: torch.Tensor) -> tuple[torch.Tensor, int]:
        found = cast("tuple[torch.Tensor, int] | None", self._sums.get(number, None))
        return found or (number, 0)

    def length(self, part: slice) -> int | None:
        """How many elements a slice between moving ends has; None where that moves too."""
        start, stop = part.start, part.stop
        if isinstance(start, torch.SymInt) and isinstance(stop, torch.SymInt):
            apart = cast("int | None", (stop - start).node.maybe_as_int())
        elif isinstance(start, torch.Tensor) and isinstance(stop, torch.Tensor):
            first, before = self._base(start)
            last, behind = self._base(stop)
            apart = behind - before if first is last else None
        else:
            return None
        return None if apart is None else max(math.ceil(apart / (part.step or 1)), 0)

    def handles(self, index: Sequence[object]) -> bool:
        """Whether an index has moving numbers, and nothing else than we can take apart."""
        return any(moves(i) or self._slides(i) for i in index) and all(
            moves(i) or self._slides(i) or _is_plain(i) for i in index
        )

    def _slides(self, item: object) -> bool:
        """Whether an item of an index is a window of a fixed length that moves."""
        if not isinstance(item, slice) or not (moves(item.start) and moves(item.stop)):
            return False
        stride = cast(object, item.step)
        forward = stride is None or (isinstance(stride, int) and stride > 0)
        return forward and self.length(item) is not None

    def at(self, x: torch.Tensor, index: Sequence[object], *value: Any) -> torch.Tensor | None:
        """``x[index]``, or ``x[index] = value``: first what stands still, then what moves."""
        named = sum(1 for i in index if i is not None and i is not Ellipsis)
        still: list[object] = []
        rows: list[tuple[int, torch.Tensor, bool]] = []  # axis, indices, whether it is one alone
        position = source = 0
        for item in index if Ellipsis in map(_or_none, index) else (*index, Ellipsis):
            if item is Ellipsis:
                still += [slice(None)] * (x.ndim - named)
                position += x.ndim - named
                source += x.ndim - named
                continue
            if moves(item):
                rows.append((position, _place(item, x.shape[source]), True))
                item = slice(None)
            elif self._slides(item):
                rows.append((position, self._window(cast("slice", item), x.shape[source]), False))
                item = slice(None)
            still.append(item)
            position += not isinstance(item, int)
            source += item is not None
        part = x[cast("Any", tuple(still))]  # Any: whatever mix of ints, slices and None
        if not value:
            for axis, places, alone in reversed(rows):
                part = part.index_select(axis, places)
                part = part.squeeze(axis) if alone else part
            return part
        *others, (axis, places, alone) = rows
        if others:
            raise ExplorableError(
                "trace",
                "two moving indices in one assignment",
                line=current_line(),
                fix="use index_put_ with tensors of indices",
            )
        shape = list(part.shape)
        shape[axis : axis + 1] = [] if alone else [places.shape[0]]
        given = value[0] if isinstance(value[0], torch.Tensor) else torch.full((), value[0])
        row = given.to(part.dtype).expand(shape)
        part.index_copy_(axis, places, row.unsqueeze(axis) if alone else row)
        return None

    def _window(self, part: slice, size: int) -> torch.Tensor:
        length = self.length(part)
        assert length is not None
        if length > size:
            raise ExplorableError(
                "trace",
                f"a slice of {length} elements moves along an extent of {size}",
                line=current_line(),
            )
        step = part.step or 1
        # Past the end, torch's slice would be shorter: a shape that moves.
        start = _place(part.start, size).clamp(0, size - (length - 1) * step - 1)
        return start + step * torch.arange(length)


def _is_plain(index: object) -> bool:
    whole = isinstance(index, int) and not isinstance(index, bool)
    if isinstance(index, slice):
        return not any(moves(end) for end in (index.start, index.stop))
    return whole or index is None or index is Ellipsis


def _or_none(item: object) -> object:
    # A tensor compared with Ellipsis would answer with a tensor.
    return item if item is Ellipsis else None


def _place(number: Moving, size: int) -> torch.Tensor:
    if isinstance(number, torch.SymInt):
        number = torch.scalar_tensor(cast("int", number), dtype=torch.int64)
    return torch.where(number < 0, number + size, number).to(torch.int64).reshape(1)
