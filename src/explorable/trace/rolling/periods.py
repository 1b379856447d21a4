"""Periodic stretches of a traced graph: where an author's Python loop was written out. Finds them,
and says for every argument of one iteration how it differs from iteration to iteration."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import fx

LEAST_REPEATS = 16
LEAST_NODES = 600
"""Shorter stretches stay as they are: written out they are fused across iterations."""

LONGEST_MEMORY = 8
"""An iteration may read what this many iterations before it have computed."""

_LIKELY = 64
"""Periods looked at in one part of a graph."""

_TRIES = 6
"""Runs whose arguments are looked at, the longest first."""


@dataclass(frozen=True)
class Same:
    """An argument from outside, the same in every iteration."""

    value: Any  # fx.Node, or a literal


@dataclass(frozen=True)
class Back:
    """What node ``slot`` of the iteration ``distance`` before this one has computed."""

    slot: int
    distance: int


@dataclass(frozen=True)
class Each:
    """Another tensor from outside for every iteration."""

    values: tuple[fx.Node, ...]


@dataclass(frozen=True)
class Numbers:
    """Another number for every iteration."""

    values: tuple[int | float, ...]


Kind = Same | Back | Each | Numbers


@dataclass(frozen=True)
class Stretch:
    """``count`` iterations of ``period`` nodes each, from node ``start`` on.

    ``kinds``: for every node of an iteration, its flat arguments. ``initial``: what a Back of the
    first iterations reads: the value of (slot, k) k iterations before the first.
    """

    start: int
    period: int
    count: int
    kinds: tuple[tuple[Kind, ...], ...]
    initial: dict[tuple[int, int], fx.Node]

    @property
    def end(self) -> int:
        return self.start + self.period * self.count


def leaves(node: fx.Node) -> list[Any]:
    """The flat arguments of a node: nodes, numbers and other literals, positions first."""
    found: list[Any] = []

    def visit(part: Any) -> None:
        if isinstance(part, (list, tuple)):
            for inner in part:
                visit(inner)
        elif isinstance(part, slice):
            visit((part.start, part.stop, part.step))
        else:
            found.append(part)

    visit(node.args)
    visit(tuple(node.kwargs.values()))
    return found


class _Places:
    """Where nodes stand: inputs and constants before all others, a row where its tensor does."""

    def __init__(self, nodes: Sequence[fx.Node], rows: Mapping[fx.Node, fx.Node]) -> None:
        self._places = {node: k for k, node in enumerate(nodes)}
        self._rows = rows

    def is_row(self, node: fx.Node) -> bool:
        return node in self._rows

    def __getitem__(self, node: Any) -> int:
        while node in self._rows:
            node = self._rows[node]
        return self._places.get(node, -1)


def _is_number(part: object) -> bool:
    return isinstance(part, (int, float)) and not isinstance(part, bool)


def _tokens(nodes: Sequence[fx.Node]) -> np.ndarray[Any, Any]:
    """One integer per node; equal ones do the same to arguments of the same kinds."""
    numbers: dict[object, int] = {}
    found = np.empty(len(nodes), dtype=np.int64)
    for k, node in enumerate(nodes):
        value = node.meta.get("val")
        kind = (
            (value.dtype, *map(_extent, value.shape))
            if isinstance(value, torch.Tensor)
            else type(value)
        )
        key = (node.target, kind, _outline(node.args), _outline(tuple(node.kwargs.items())))
        found[k] = numbers.setdefault(key, len(numbers))
    return found


def _extent(size: int) -> object:
    return size if type(size) is int else str(size)


def _outline(part: Any) -> object:
    if isinstance(part, fx.Node):
        return fx.Node
    if isinstance(part, (list, tuple)):
        return tuple(map(_outline, part))
    if _is_number(part):
        return type(part)
    return part if isinstance(part, (bool, str, type(None))) else str(part)


def stretches(nodes: Sequence[fx.Node], rows: Mapping[fx.Node, fx.Node]) -> list[Stretch]:
    """The stretches of a graph's nodes that can be written as loops, in order, none within
    another.

    ``rows``: nodes that are not among ``nodes``, each one of the rows of another.
    """
    if len(nodes) < LEAST_NODES:
        return []
    place = _Places(nodes, rows)
    tokens = _tokens(nodes)
    found: list[Stretch] = []
    pending = [(0, len(nodes))]
    while pending:
        begin, end = pending.pop()
        stretch = _longest(nodes, place, tokens, begin, end)
        if stretch is not None:
            found.append(stretch)
            pending += [(begin, stretch.start), (stretch.end, end)]
    return sorted(found, key=lambda stretch: stretch.start)


def _longest(
    nodes: Sequence[fx.Node],
    place: _Places,
    tokens: np.ndarray[Any, Any],
    begin: int,
    end: int,
) -> Stretch | None:
    if end - begin < LEAST_NODES:
        return None
    runs: list[tuple[int, int, int, int]] = []
    for period in _periods(tokens[begin:end]):
        for first, length in _runs(tokens[begin:end], period):
            runs.append((-(length // period) * period, period, begin + first, length))
    for _, period, first, length in sorted(runs)[:_TRIES]:
        stretch = _classified(nodes, place, first, period, length // period)
        if stretch is not None:
            return stretch
    return None


def _periods(tokens: np.ndarray[Any, Any]) -> list[int]:
    """Distances between equal nodes that occur often, those of the rarest nodes above all."""
    order = np.argsort(tokens, kind="stable")
    votes: Counter[int] = Counter()
    counts = np.bincount(tokens)
    for apart in (1, 2, 3, 4):
        same = tokens[order[apart:]] == tokens[order[:-apart]]
        distances = (order[apart:] - order[:-apart])[same]
        often = counts[tokens[order[apart:]][same]]
        for distance in np.unique(distances[often >= LEAST_REPEATS]):
            votes[int(distance)] += int((distances == distance).sum())
    likely = [p for p, many in votes.most_common(_LIKELY) if many >= LEAST_REPEATS - 1]
    return [p for p in likely if p * LEAST_REPEATS <= len(tokens)]


def _runs(tokens: np.ndarray[Any, Any], period: int) -> Iterator[tuple[int, int]]:
    """Start and length of the parts that repeat themselves after ``period`` nodes."""
    same = np.concatenate([[False], tokens[period:] == tokens[:-period], [False]])
    edges = np.flatnonzero(same[1:] != same[:-1])
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        length = int(last - first) + period
        if length >= max(LEAST_NODES, LEAST_REPEATS * period):
            yield int(first), length


def _classified(
    nodes: Sequence[fx.Node], place: _Places, first: int, period: int, count: int
) -> Stretch | None:
    """The longest part of a periodic run whose arguments follow a rule."""
    rows = [[leaves(nodes[first + k * period + s]) for k in range(count)] for s in range(period)]
    middle = count // 2
    # What an argument is in the middle is what it should be everywhere.
    rules: list[list[str]] = []
    good = np.ones(count, dtype=bool)  # good[k]: iteration k follows iteration k - 1
    good[0] = False
    memory = 0
    for s in range(period):
        rules.append([])
        for position in range(len(rows[s][0])):
            values = [row[position] for row in rows[s]]
            here = first + middle * period + s
            rule = _rule(values[middle - 1], values[middle], place, first, period)
            rules[-1].append(rule)
            if rule == "back":
                distance = here - place[values[middle]]
                memory = max(memory, _iterations(distance, s, period))
            for k in range(1, count):
                if good[k] and not _follows(values[k - 1], values[k], rule, place, period):
                    good[k] = False
    begin, end = _around(good, middle)
    if memory > LONGEST_MEMORY or end - begin < LEAST_REPEATS:
        return None
    for start in range(begin - memory - 1, begin + 3):
        if start < 0 or (end - start) * period < LEAST_NODES or end - start < LEAST_REPEATS:
            continue
        stretch = _stretch(rows, rules, place, (first, period), start, end)
        if stretch is not None:
            return stretch
    return None


def _iterations(distance: int, slot: int, period: int) -> int:
    """How many iterations lie between a node and one ``distance`` nodes before it."""
    return -((slot - distance) // period) if distance > slot else 0


def _around(good: np.ndarray[Any, Any], middle: int) -> tuple[int, int]:
    """The iterations around the middle one of which each follows the one before."""
    begin = middle
    while good[begin]:
        begin -= 1
    end = middle + 1
    while end < len(good) and good[end]:
        end += 1
    return begin, end


def _alike(one: fx.Node, other: fx.Node) -> bool:
    """Whether two nodes give tensors of one type."""
    a, b = one.meta.get("val"), other.meta.get("val")
    if not isinstance(a, torch.Tensor) or not isinstance(b, torch.Tensor):
        return False
    return a.dtype == b.dtype and a.shape == b.shape


def _rule(before: Any, now: Any, place: _Places, first: int, period: int) -> str:
    if isinstance(now, fx.Node) and isinstance(before, fx.Node):
        if before is now:
            return "same"
        computed = place[now] >= first and place[before] >= 0 and not place.is_row(now)
        return "back" if computed and place[now] - place[before] == period else "each"
    if _is_number(now):
        return "number"
    return "same"


def _follows(before: Any, now: Any, rule: str, place: _Places, period: int) -> bool:
    if rule == "same":
        return before is now or (not isinstance(now, fx.Node) and before == now)
    if rule == "number":
        return True
    if rule == "back":
        return place[now] - place[before] == period
    return now is not before


def _stretch(
    rows: list[list[list[Any]]],
    rules: list[list[str]],
    place: _Places,
    origin: tuple[int, int],
    start: int,
    end: int,
) -> Stretch | None:
    """Iterations ``start`` to ``end`` as a Stretch, if every argument of every one fits."""
    first, period = origin
    begin = first + start * period
    kinds: list[tuple[Kind, ...]] = []
    initial: dict[tuple[int, int], fx.Node] = {}
    for s in range(period):
        row: list[Kind] = []
        for position, rule in enumerate(rules[s]):
            values = [rows[s][k][position] for k in range(start, end)]
            kind = _kind(values, rule, place, (begin, period, s), initial)
            if kind is None:
                return None
            row.append(kind)
        kinds.append(tuple(row))
    return Stretch(begin, period, end - start, tuple(kinds), initial)


def _kind(
    values: list[Any],
    rule: str,
    place: _Places,
    origin: tuple[int, int, int],
    initial: dict[tuple[int, int], fx.Node],
) -> Kind | None:
    begin, period, s = origin
    if rule == "number":
        same = all(value == values[0] for value in values)
        return Same(values[0]) if same else Numbers(tuple(values))
    if rule == "same":
        outside = not isinstance(values[0], fx.Node) or place[values[0]] < begin
        alike = all(v is values[0] or v == values[0] for v in values)
        return Same(values[0]) if outside and alike else None
    if rule == "each":
        outside = all(isinstance(v, fx.Node) and place[v] < begin for v in values)
        return Each(tuple(values)) if outside else None
    middle = len(values) // 2
    distance = begin + middle * period + s - place[values[middle]]
    back = _iterations(distance, s, period)
    slot = (s - distance) % period
    for k, value in enumerate(values):
        if not isinstance(value, fx.Node):
            return None
        if k >= back:
            if place[value] != begin + (k - back) * period + slot:
                return None
        elif initial.setdefault((slot, back - k), value) is not value:
            return None
        elif place[value] >= begin or not _alike(value, values[middle]):
            return None
    return Back(slot, back)
