"""The body of a loop that was written out: the graph of one iteration, whose inputs are carries,
one row per iteration of each changing tensor, and what stays the same."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

import torch
from torch import fx
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.node import map_arg

from ...errors import Line
from ..convert import LINE, SAME_VALUE
from .moving_numbers import moved
from .periods import Back, Each, Kind, Numbers, Same, Stretch


class Outside(Protocol):
    """The graph around the loop, as far as it is made."""

    nodes: Sequence[fx.Node]
    mode: FakeTensorMode

    def stacked(self, values: Sequence[fx.Node]) -> fx.Node:
        """One tensor of a row per value."""
        ...

    def counted(self, values: Sequence[int | float], dtype: torch.dtype) -> fx.Node:
        """One number per iteration as a tensor."""
        ...


def emit(
    graph: fx.Graph,
    mode: FakeTensorMode,
    line: Line | None,
    target: Callable[..., Any],
    *args: Any,
    **kwargs: Any,
) -> fx.Node:
    """A node at the end of a graph, with the type of its value."""
    node = graph.call_function(target, args, kwargs)
    with mode, torch.no_grad():
        value = target(*map_arg(args, _value), **map_arg(kwargs, _value))
    node.meta = {"val": value, LINE: line}
    return node


def _value(node: fx.Node) -> Any:
    return node.meta["val"]


class Body:
    """The graph of one iteration, written by ``fill``."""

    def __init__(self, rolling: Outside, stretch: Stretch) -> None:
        self.rolling, self.stretch = rolling, stretch
        self.graph = fx.Graph()
        self.slots: list[fx.Node] = []
        self.depths: dict[int, int] = {}
        for kinds in stretch.kinds:
            for kind in kinds:
                if isinstance(kind, Back) and kind.distance:
                    deep = max(self.depths.get(kind.slot, 0), kind.distance)
                    self.depths[kind.slot] = deep
        self.carries: dict[tuple[int, int], fx.Node] = {}
        self.each: list[fx.Node] = []
        self._rows: dict[object, fx.Node] = {}
        self.outer: list[fx.Node] = []
        self._outside: dict[fx.Node, fx.Node] = {}

    def template(self, slot: int) -> fx.Node:
        """The node of a slot in the first iteration."""
        return self.rolling.nodes[self.stretch.start + slot]

    def first(self, slot: int, distance: int) -> fx.Node:
        """What the first iteration reads of ``slot``, ``distance`` iterations back."""
        known = self.stretch.initial
        # Where nobody reads it, any tensor of the type will do: take the nearest that is read.
        return known.get((slot, distance)) or next(v for (s, _), v in known.items() if s == slot)

    def fill(self) -> None:
        """Writes the body."""
        for slot, deep in self.depths.items():
            for distance in range(1, deep + 1):
                value = self.template(slot).meta["val"]
                self.carries[slot, distance] = self.input(f"carry_{slot}_{distance}", value)
        self.plan_inputs()
        for slot, kinds in enumerate(self.stretch.kinds):
            self.slots.append(self.node(self.template(slot), kinds))

    def plan_inputs(self) -> None:
        """Placeholders come in the order that scan wants: rows, then what is outside."""
        for slot, kinds in enumerate(self.stretch.kinds):
            for kind in kinds:
                if isinstance(kind, Each) and kind not in self._rows:
                    self.row(kind, self.rolling.stacked(kind.values))
                elif isinstance(kind, Numbers):
                    dtype = self.number_dtype(slot)
                    if (kind, dtype) not in self._rows:
                        self.row((kind, dtype), self.rolling.counted(kind.values, dtype))
        if not self.each:
            self.row(None, self.rolling.counted(range(self.stretch.count), torch.int64))
        for kinds in self.stretch.kinds:
            for kind in kinds:
                if isinstance(kind, Same) and isinstance(kind.value, fx.Node):
                    if kind.value not in self._outside:
                        name = f"outer_{len(self.outer)}"
                        made = self.input(name, kind.value.meta["val"])
                        self._outside[kind.value] = made
                        self.outer.append(kind.value)

    def number_dtype(self, slot: int) -> torch.dtype:
        rule = moved(self.template(slot), self.stretch.kinds[slot])
        assert rule is not None
        return rule.dtype

    def row(self, key: object, source: fx.Node) -> None:
        self.each.append(source)
        with self.rolling.mode:
            value = source.meta["val"]
            value = torch.empty(value.shape[1:], dtype=value.dtype)
        self._rows[key] = self.input(f"row_{len(self.each)}", value)

    def input(self, name: str, value: Any) -> fx.Node:
        made = self.graph.placeholder(name)
        made.meta["val"] = value
        return made

    def node(self, template: fx.Node, kinds: Sequence[Kind]) -> fx.Node:
        """One node of the body."""
        line = template.meta.get(LINE)
        if str(template.target) in SAME_VALUE:
            return self.value(kinds[0])
        if any(isinstance(kind, Numbers) for kind in kinds):
            rule = moved(template, kinds)
            assert rule is not None
            given = [
                self._rows[kind, rule.dtype] if isinstance(kind, Numbers) else self.value(kind)
                for kind in kinds
            ]

            def step(target: Callable[..., Any], *args: Any, **kwargs: Any) -> fx.Node:
                return emit(self.graph, self.rolling.mode, line, target, *args, **kwargs)

            return rule.build(step, template, given)
        values = iter([self.value(kind) for kind in kinds])
        args, kwargs = _refilled(template.args, values), _refilled(dict(template.kwargs), values)
        made = self.graph.call_function(cast("Any", template.target), args, kwargs)
        made.meta = dict(template.meta)
        return made

    def value(self, kind: Kind) -> Any:
        """An argument in the body."""
        if isinstance(kind, Same):
            return self._outside[kind.value] if isinstance(kind.value, fx.Node) else kind.value
        if isinstance(kind, Back):
            if kind.distance:
                return self.carries[kind.slot, kind.distance]
            return self.slots[kind.slot]
        return self._rows[kind]

    def carried(self, slot: int, distance: int) -> fx.Node:
        """What the next iteration reads ``distance`` back."""
        return self.slots[slot] if distance == 1 else self.carries[slot, distance - 1]


def _refilled(part: Any, values: Any) -> Any:
    """The same nest of arguments with other leaves, in the order of `leaves`."""
    if isinstance(part, dict):
        return {key: _refilled(inner, values) for key, inner in part.items()}
    if isinstance(part, tuple):
        return tuple(_refilled(inner, values) for inner in part)
    if isinstance(part, list):
        return [_refilled(inner, values) for inner in part]
    if isinstance(part, slice):
        return slice(*(_refilled(inner, values) for inner in (part.start, part.stop, part.step)))
    return next(values)
