"""Marks of nodes and edges: graphs, trees, commutative diagrams, networks with their weights.

All are one mark, ``graph``; where its nodes stand is decided here, or by the author's tensor.
"""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal, cast

import numpy

from .marks import (
    Channel,
    Edit,
    Mark,
    _mark,  # pyright: ignore[reportPrivateUsage]  (same floor, same checks)
)
from .source import mistake, one_of

LAYOUTS = ["spring", "circle"]
Pairs = tuple[tuple[int, int], ...]


def graph(
    edges: Any,
    *,
    at: Any = None,
    nodes: int | None = None,
    values: Any = None,
    weights: Any = None,
    labels: Sequence[str] | None = None,
    edge_labels: Sequence[str] | None = None,
    directed: bool = False,
    highlight: Any = None,
    path: Any = None,
    format: str | None = None,
    size: float | None = None,
    most: float | None = None,
    ratio: float | None = None,
    layout: Literal["spring", "circle"] = "spring",
    name: str | None = None,
    edit: Edit = None,
) -> Mark:
    """Nodes and the edges between them: edges (m, 2), whole numbers from 0.

    >>> ex.graph([(0, 1), (1, 2), (2, 0)], labels=["a", "b", "c"])      # placed at build
    >>> ex.graph(edges, at=places, directed=True)       # places=ex.points(...): nodes are dragged
    >>> ex.graph(edges, values=distance, path=on_the_way)               # both may be live

    at: places of the nodes, complex (n,), (n, 2), or a points control; without it they are placed
    by ``layout``, and the edges may not move. nodes: how many, where some have no edge. values: a
    number per node, orange above zero, blue below, full at ``most`` or the largest so far; format:
    writes it into the node, as ``.2f``. weights: a number per edge, its width and colour. labels,
    edge_labels: one text each, may be live. highlight, path: bool, nodes and edges to bring out.
    size: radius in CSS pixels. ratio: width / height of the drawing.
    """
    if layout not in LAYOUTS:
        raise mistake(one_of("layout", layout, LAYOUTS))
    if at is None:
        at = numpy.array(_placed(_known(edges), nodes, layout), numpy.float32)
    channels = [Channel("xy", "positions", (at,)), Channel("edges", "edges", (edges, at))]
    for slot, given in (("values", values), ("marked", highlight)):
        if given is not None:
            channels.append(Channel(slot, "each", (given, at)))
    for slot, given in (("weights", weights), ("path", path)):
        if given is not None:
            channels.append(Channel(slot, "along", (given, edges)))
    return _mark(
        "graph", channels, name, edit, directed=directed, format=format, size=size, most=most,
        ratio=ratio, labels=_texts("labels", labels),
        edgeLabels=_texts("edge_labels", edge_labels),
    )  # fmt: skip


def tree(
    parents: Any,
    *,
    labels: Sequence[str] | None = None,
    values: Any = None,
    highlight: Any = None,
    format: str | None = None,
    size: float | None = None,
    most: float | None = None,
    name: str | None = None,
) -> Mark:
    """A tree, its root at the top: the parent of each node, -1 for the root, or nested tuples.

    >>> ex.tree([-1, 0, 0, 1, 1], labels=["a", "b", "c", "d", "e"])
    >>> ex.tree(("S", ("NP", "the", "cat"), ("VP", "sat")))             # a label and its children
    >>> ex.tree(parents, values=visits, format="d")                     # numbers in the nodes

    The shape is known at build; labels, values and highlight (one per node, in the order of
    ``parents``, of nested tuples in the order they are written) may be live.
    """
    given: list[Any] = list(parents) if isinstance(parents, tuple) else []  # pyright: ignore[reportUnknownArgumentType]  (checked here)
    nested = bool(given) and isinstance(given[0], str)
    if nested:
        if labels is not None:
            raise mistake("a tree of nested tuples has its labels in them")
        labels, parents = _unfold(cast("Nested", parents))
    known = [int(p) for p in _known(parents, "parents")]
    places = _tidy(known)
    edges = numpy.array([(p, k) for k, p in enumerate(known) if p >= 0], numpy.int64)
    deep = 1 + max(-y for _, y in places)
    wide = 1 + max(x for x, _ in places)
    drawn = graph(
        edges.reshape(-1, 2), at=numpy.array(places, numpy.float32), labels=labels, values=values,
        highlight=highlight, format=format, size=size, most=most, name=name,
        ratio=min(2.4, max(0.9, 0.8 * wide / deep)),
    )  # fmt: skip
    words = nested and values is None and highlight is None
    return replace(drawn, options={**drawn.options, "bare": True}) if words else drawn


def diagram(
    objects: Sequence[Sequence[str]],
    arrows: Sequence[tuple[Any, ...]],
    *,
    path: Any = None,
    name: str | None = None,
) -> Mark:
    """A commutative diagram: objects on a grid, arrows with labels from one to another.

    >>> ex.diagram([["A", "B"], ["C", "D"]],
    ...            [("A", "B", "f"), ("A", "C", "g"), ("B", "D", "h"), ("C", "D", "k")])

    objects: rows of texts, "" for no object; two of one name are told apart as (row, column).
    arrows: from, to, and a label, which may be a live f-string. path: bool, one per arrow, those
    to bring out; may be live.
    """
    places = [(r, c) for r, row in enumerate(objects) for c, text in enumerate(row) if text]
    texts = [objects[r][c] for r, c in places]
    if not places or any(not isinstance(text, str) for text in texts):
        raise mistake('objects are rows of strings: [["A", "B"], ["C", "D"]]')

    def number(given: Any) -> int:
        if given in places:
            return places.index(given)
        if not isinstance(given, str) or given not in texts:
            raise mistake(one_of("object", given, texts))
        if texts.count(given) > 1:
            raise mistake(f"two objects are called '{given}'; say which: (row, column)")
        return texts.index(given)

    if any(len(arrow) not in (2, 3) for arrow in arrows):
        raise mistake('an arrow is (from, to) or (from, to, label): ("A", "B", "f")')
    edges = [(number(arrow[0]), number(arrow[1])) for arrow in arrows]
    rows, columns = len(objects), max(len(row) for row in objects)
    at = numpy.array([(1.0 * c, -1.0 * r) for r, c in places], numpy.float32)
    edge = numpy.array(edges, numpy.int64).reshape(-1, 2)
    channels = [Channel("xy", "positions", (at,)), Channel("edges", "edges", (edge, at))]
    if path is not None:
        channels.append(Channel("path", "along", (path, edge)))
    return _mark(
        "graph", channels, name, None, directed=True, bare=True, labels=tuple(texts),
        edgeLabels=tuple(arrow[2] if len(arrow) == 3 else "" for arrow in arrows),
        ratio=min(3.0, max(1.0, 1.5 * columns / rows)),
    )  # fmt: skip


def network(
    weights: Sequence[Any],
    *,
    activations: Sequence[Any] | None = None,
    gradients: Sequence[Any] | None = None,
    errors: Sequence[Any] | None = None,
    format: str | None = ".2f",
    labels: Sequence[str] | None = None,
    name: str | None = None,
) -> Mark:
    """A network of layers, left to right, with what is on its nodes and edges; up to about 8 nodes
    a layer stay legible.

    >>> ex.network([net[0].weight, net[2].weight], activations=[x, h, y])
    >>> ex.network(weights, activations=activations, gradients=slopes, errors=deltas)

    weights: one matrix (out, in) per layer, the width and colour of its edges: orange above zero,
    blue below. activations: one vector per layer, the first the input; written into the nodes.
    gradients: one matrix per layer as weights, a dot on each edge. errors: one vector per layer as
    activations, a ring around each node. labels: of the input nodes and after them of the output
    nodes.
    """
    if not isinstance(weights, (list, tuple)) or not weights:
        raise mistake("network takes a list of matrices (out, in), one per layer")
    shapes: list[Any] = [tuple(getattr(w, "shape", ())) for w in weights]
    if any(len(shape) != 2 for shape in shapes):
        raise mistake(f"weights are matrices (out, in), got {shapes}")
    sizes = [int(shapes[0][1]), *(int(out) for out, _ in shapes)]
    if any(int(shape[1]) != size for shape, size in zip(shapes, sizes, strict=False)):
        raise mistake(f"each matrix is (out, in) and its in is the out before: got {shapes}")
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    tallest = max(sizes)
    at = [
        (1.0 * layer, (size - 1) / 2 - k) for layer, size in enumerate(sizes) for k in range(size)
    ]
    edges = [
        (starts[layer] + j, starts[layer + 1] + i)
        for layer in range(len(weights))
        for i in range(sizes[layer + 1])
        for j in range(sizes[layer])
    ]
    place = numpy.array(at, numpy.float32)
    channels = [
        Channel("xy", "positions", (place,)),
        Channel("edges", "edges", (numpy.array(edges, numpy.int64), place)),
        Channel("weights", "joined", (len(edges), *weights)),
    ]
    for slot, given, count in (
        ("values", activations, len(at)),
        ("slopes", gradients, len(edges)),
        ("errors", errors, len(at)),
    ):
        if given is not None:
            channels.append(Channel(slot, "joined", (count, *given)))
    named: list[str] | None = None
    if labels is not None:
        ends = sizes[0] + sizes[-1]
        if len(labels) != ends:
            raise mistake(f"labels are of the {ends} input and output nodes, got {len(labels)}")
        named = [*labels[: sizes[0]], *[""] * (len(at) - ends), *labels[sizes[0] :]]
    return _mark(
        "graph", channels, name, None, format=format if activations is not None else None,
        labels=_texts("labels", named), layers=tallest,
        ratio=min(2.2, max(0.8, 1.5 * len(sizes) / tallest)),
    )  # fmt: skip


def _texts(what: str, given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is not None and (
        isinstance(given, str) or any(not isinstance(text, str) for text in given)
    ):
        raise mistake(f"{what} is a list of strings, got {given!r:.60}")
    return None if given is None else tuple(given)


def _known(given: Any, what: str = "edges") -> Any:
    """Whole numbers that are there at build, as nested lists."""
    try:
        found: Any = given.tolist() if hasattr(given, "tolist") else given
        pairs = [tuple(map(int, pair)) for pair in found] if what == "edges" else []
        return pairs or list(found)
    except (TypeError, ValueError, RuntimeError):
        fix = "pass at=, where the nodes stand" if what == "edges" else ""
        raise mistake(f"{what} are whole numbers that are known at build", fix=fix) from None


def _placed(edges: Any, nodes: int | None, layout: str) -> Any:
    if any(len(pair) != 2 or min(pair) < 0 for pair in edges):
        raise mistake("edges are pairs of whole numbers from 0: [(0, 1), (1, 2)]")
    count = max([nodes or 0, *(1 + max(pair) for pair in edges)])
    if not count:
        raise mistake("a graph needs an edge, or nodes= and at=")
    if layout == "circle":
        turn = numpy.pi / 2 - 2 * numpy.pi * numpy.arange(count) / count
        return numpy.stack([numpy.cos(turn), numpy.sin(turn)], 1)
    return _spring(tuple(edges), count)


@cache
def _spring(edges: Pairs, count: int) -> Any:
    """Places by springs along the edges, always the same for the same graph."""
    try:
        import networkx
    except ImportError:
        raise mistake(
            "networkx places the nodes, and is not installed",
            fix="pip install networkx, or pass at=, where the nodes stand",
        ) from None
    drawn: Any = networkx.Graph()  # pyright: ignore[reportUnknownVariableType]  (untyped)
    drawn.add_nodes_from(range(count))
    drawn.add_edges_from(edges)
    found: Any = networkx.spring_layout(drawn, seed=1, iterations=300, k=1.4 / count**0.5)  # pyright: ignore[reportUnknownMemberType]  (untyped)
    return tuple(tuple(map(float, found[k])) for k in range(count))


Nested = tuple[Any, ...]


def _unfold(nested: Nested) -> tuple[list[str], list[int]]:
    """Labels and parents of nested tuples, in the order in which they are written."""
    labels: list[str] = []
    parents: list[int] = []

    def visit(part: Any, parent: int) -> None:
        label: Any = next(iter(part), None) if isinstance(part, tuple) else part  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  (checked here)
        if not isinstance(label, str):
            raise mistake('a nested tree is ("label", child, child), a leaf a string')
        labels.append(label)
        parents.append(parent)
        here = len(labels) - 1
        for child in cast("Nested", part)[1:] if isinstance(part, tuple) else ():
            visit(child, here)

    visit(nested, -1)
    return labels, parents


def _tidy(parents: Sequence[int]) -> list[tuple[float, float]]:
    """Places of a tree: leaves side by side, parents over the middle of their children."""
    count = len(parents)
    if [p for p in parents if p < 0] != [-1] or any(p >= count for p in parents):
        raise mistake("a tree has one root, whose parent is -1, and parents from 0 to n - 1")
    children: list[list[int]] = [[] for _ in parents]
    for node, parent in enumerate(parents):
        if parent >= 0:
            children[parent].append(node)
    places: dict[int, tuple[float, float]] = {}
    leaves = 0.0

    def put(node: int, depth: int) -> float:
        nonlocal leaves
        if children[node]:
            ends = [put(child, depth + 1) for child in children[node]]
            x = (ends[0] + ends[-1]) / 2
        else:
            x, leaves = leaves, leaves + 1
        places[node] = (x, float(-depth))
        return x

    put(parents.index(-1), 0)
    if len(places) < count:
        raise mistake("some nodes of the tree do not hang on its root")
    return [places[node] for node in range(count)]
