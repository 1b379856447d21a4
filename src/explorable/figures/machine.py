"""Machine: the runtime's own machine in V8, with a module of a group: set controls, step, read
slots."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import numpy

from ..engine import Engine
from ..graphs import Type
from ..link import link
from ..parts.controls import Control, Point, Points, Tensor
from ..parts.span import Range
from ..parts.uploads import has_length
from ..trace import tensor_bytes
from ..trace.compare import received
from .extents import shape_now

Json = Any  # the shapes of spec.d.ts
_PREFIX = "explorable"


@cache
def engine_script() -> str:
    """The runtime as a classic script for V8."""
    return link("engine.js", name=_PREFIX).text


class Machine:
    """A program running in V8, with the files that it names."""

    def __init__(
        self,
        engine: Engine,
        program: Json,
        files: Mapping[str, bytes],
        variant: str = "plain",
    ) -> None:
        engine.once(engine_script(), name="the runtime")
        for name, data in files.items():
            engine.put(name, data)
        self.engine = engine
        self._slots = program["slots"]
        self.id = int(engine.call(f"{_PREFIX}.open", program, variant))

    def close(self) -> None:
        """Let V8 forget it."""
        self.engine.call(f"{_PREFIX}.close", self.id)

    def set(self, settings: dict[str, Json]) -> dict[str, Json]:
        """Set controls; what each took after clamping and snapping."""
        return self.engine.call(f"{_PREFIX}.set", self.id, settings)

    def settle(self) -> None:
        """Run what is stale."""
        self.engine.call(f"{_PREFIX}.settle", self.id)

    def restart(self, simulation: str) -> None:
        """Begin a simulation again."""
        self.engine.call(f"{_PREFIX}.restart", self.id, simulation)

    def advance(self, simulation: str, steps: int) -> int:
        """Take steps; how many were taken."""
        return self.engine.call(f"{_PREFIX}.advance", self.id, simulation, steps)

    def slope(self, drag: Json, element: int) -> None:
        """Compute where an element of a dragged mark is, and how it moves."""
        self.engine.call(f"{_PREFIX}.slope", self.id, drag, element)

    def block(self, field: Json, at: list[float]) -> None:
        """Compute the block of a field's pixels that lies there."""
        self.engine.call(f"{_PREFIX}.block", self.id, field, at)

    def picture(self, mark: Json, columns: int, rows: int) -> tuple[Type, bytes]:
        """All pixels of a field."""
        self.engine.call(f"{_PREFIX}.picture", self.id, mark, columns, rows)
        return Type((rows, columns, 4), "uint8"), self.engine.bytes(f"{_PREFIX}.pixels({self.id})")

    def key(self, figure: str) -> str:
        """The static key of a figure."""
        return self.engine.call(f"{_PREFIX}.key", self.id, figure)

    @property
    def slots(self) -> Collection[str]:
        """The names of all slots."""
        return self._slots.keys()

    def kind(self, slot: str) -> Type:
        """What a slot holds now."""
        _, dtype, shape = self._slots[slot]
        return Type(shape_now(shape, self._number), dtype)

    def _number(self, slot: str) -> int:
        return int(self.tensor(slot).item())

    def data(self, slot: str) -> bytes:
        """The bytes of a slot, as far as its shape is there now."""
        _, _, shape = self._slots[slot]
        if all(isinstance(extent, int) for extent in shape):
            return self._bytes(slot)
        return tensor_bytes(self.tensor(slot))[1]

    def _bytes(self, slot: str) -> bytes:
        quoted = slot.replace("\\", "\\\\").replace("'", "\\'")
        return self.engine.bytes(f"{_PREFIX}.bytes({self.id}, '{quoted}')")

    def text(self, slot: str, form: str) -> str:
        """A number as live text shows it."""
        return self.engine.call(f"{_PREFIX}.text", self.id, slot, form)

    def tensor(self, slot: str) -> Any:
        """A slot as a tensor."""
        _, dtype, shape = self._slots[slot]
        bounds = tuple(extent if isinstance(extent, int) else extent[0] for extent in shape)
        whole = received(Type(bounds, dtype), self._bytes(slot))
        return whole[tuple(map(slice, self.kind(slot).shape))] if bounds else whole


def to_json(control: Control, plain: Any) -> Json:
    """A plain value (parts/accept.py) as the page writes it."""
    match control:
        case Point():
            return [plain.real, plain.imag] if isinstance(plain, complex) else list(plain)
        case Range():
            return list(plain)
        case Points():
            if control.classes is None:
                return numpy.asarray(plain).reshape(-1, 2).tolist()
            return [[*xy, int(k)] for xy, k in zip(plain[0].tolist(), plain[1], strict=True)]
        case Tensor():
            # The page holds numbers: bool as 0 and 1.
            numbers = numpy.asarray(plain).reshape(-1)
            # The fewest digits that are this float32, as the page will hold it.
            short = numbers.dtype == numpy.float32
            return [float(str(x)) for x in numbers] if short else (numbers * 1).tolist()
        case _:
            return plain


def from_json(control: Control, given: Json) -> Any:
    """The page's value as the plain value of a control."""
    match control:
        case Point():
            return complex(*given) if control.complex else (float(given[0]), float(given[1]))
        case Range():
            return float(given[0]), float(given[1])
        case Points():
            places = numpy.asarray([row[:2] for row in given], numpy.float32).reshape(-1, 2)
            if control.classes is None:
                return places
            return places, numpy.asarray([row[2] for row in given], numpy.int64)
        case Tensor():
            shape = (-1, *control.value.shape[1:]) if has_length(control) else control.value.shape
            return numpy.asarray(given).astype(control.value.dtype).reshape(shape)
        case _:
            return given
