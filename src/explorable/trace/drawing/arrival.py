"""How a control arrives in the author's function: from a plain value in eager calls, from a slot in
a trace."""

from __future__ import annotations

from typing import Any

import numpy
import torch

from ...errors import ExplorableError
from ...parts.controls import (
    Button,
    Choice,
    Control,
    Integer,
    Point,
    Points,
    Seed,
    Slider,
    Tensor,
    Text,
    Toggle,
)
from ...parts.marks import Typed
from ...parts.span import Range
from ...parts.uploads import Rows
from ..lines import called_by_author, current_line

Arrived = Any  # a tensor, an int, a bool, the chosen object, Typed, or (xy, classes)


def arrive(control: Control, value: Any) -> Arrived:
    """The control's plain value (parts/accept.py) as the author's function receives it."""
    match control:
        case Slider():
            return torch.tensor(_as_page(value), dtype=torch.float32)
        case Point() if control.complex:
            return torch.tensor(complex(_as_page(value.real), _as_page(value.imag)))
        case Point() | Range():
            return torch.tensor([_as_page(v) for v in value], dtype=torch.float32)
        case Tensor():
            return torch.tensor(value)
        case Points():
            if control.classes is None:
                return torch.tensor(value, dtype=torch.float32)
            return torch.tensor(value[0], dtype=torch.float32), torch.tensor(value[1])
        case Text():
            ids = control.tokenizer.ids(value)
            return Typed(value, torch.tensor(ids, dtype=torch.int64), control)
        case Button():
            return torch.tensor(value, dtype=torch.int64)
        case Choice():
            return control.options[value]
        case _:
            return value


def _as_page(value: float) -> float:
    # The page holds float32; the float64 reference must begin at the same number.
    return float(numpy.float32(value))


def slot_value(control: Control, value: Any) -> torch.Tensor | int | None:
    """What stands in the control's slot for a plain value; None: no slot (Python alone reads it).

    Controls whose length moves fill the front of a slot of their greatest length.
    """
    match control:
        case Integer() | Seed():
            return int(value)
        case Toggle() | Choice():
            return None
        case Points():
            xy = value if control.classes is None else value[0]
            slot = torch.zeros(control.max, 2)
            slot[: len(xy)] = torch.tensor(xy, dtype=torch.float32).reshape(-1, 2)
            return slot
        case Rows():
            slot = torch.zeros(control.max, control.value.shape[1])
            slot[: len(value)] = torch.tensor(value)
            return slot
        case Text():
            ids = control.tokenizer.ids(value)
            slot = torch.zeros(control.max, dtype=torch.int64)
            slot[: len(ids)] = torch.tensor(ids, dtype=torch.int64)
            return slot
        case _:
            return arrive(control, value)


def class_slot(control: Control) -> torch.Tensor | None:
    """An example of the slot that holds the classes of points; None: it has none."""
    if isinstance(control, Points) and control.classes is not None:
        return torch.zeros(control.max, dtype=torch.int64)
    return None


def from_slot(
    control: Control, slot: Any, length: int | None, value: Any, classes: Any = None
) -> Arrived:
    """What the author's function receives while it is traced: ``slot`` is the graph's input,
    ``classes`` that of the classes of points, ``value`` the text typed. ``length``: of those who
    have one, where Python knows it; None: the slot's shape moves."""
    match control:
        case Points():
            return slot[:length] if classes is None else (slot[:length], classes[:length])
        case Rows():
            return slot[:length]
        case Text():
            return _TypedByReader(value, slot[:length], control)
        case _:
            return slot


class _TypedByReader(Typed):
    """A text in a trace: its numbers move, and what it says is not known."""

    def __getattribute__(self, name: str) -> Any:
        if name == "text" and called_by_author():
            raise _unknown_text()
        return super().__getattribute__(name)

    def __str__(self) -> str:
        if called_by_author():
            raise _unknown_text()
        return super().__str__()


def _unknown_text() -> ExplorableError:
    return ExplorableError(
        "trace",
        "python cannot read a text that the reader types",
        line=current_line(),
        fix="use .ids, the numbers of its characters; rows= and columns= of a heatmap take the "
        "text",
    )


def editing(
    tensor: torch.Tensor, slots: dict[str, torch.Tensor]
) -> tuple[str, int, tuple[int, ...], tuple[int | None, ...]] | None:
    """Which slot ``tensor`` is, or is a view of: name, element offset, strides, shape (None where
    it moves).

    Decided by storage: a computed tensor has its own, a slice, reshape or transpose shares it.
    """
    storage = tensor.untyped_storage()._cdata  # pyright: ignore[reportPrivateUsage] identity of fake storages
    for name, slot in slots.items():
        if slot.untyped_storage()._cdata == storage and slot.dtype == tensor.dtype:  # pyright: ignore[reportPrivateUsage] as above
            offset = int(tensor.storage_offset()) - int(slot.storage_offset())
            shape = (None if isinstance(e, torch.SymInt) else e for e in tensor.shape)
            return name, offset, tuple(map(int, tensor.stride())), tuple(shape)
    return None
