"""Graphs, modules and bundles that a process keeps: what an author has not touched is not made
again when he saves.

Graphs and bundles only where a recording hears what files the author's code asks for (`serve`,
`build`), and of what asks for none while it is run and traced: then its fingerprint says all.
Modules always: they follow from their graphs.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from random import Random
from types import FunctionType
from typing import Any, TypeVar

from ..compiler import Entry, Module, compile_module, lies_apart
from ..graphs import Type
from ..parts.controls import Choice, Control
from ..parts.source import source_text
from ..recording import asked, cache_root, data_read
from ..trace import fingerprint, type_of
from ..trace.tree import copied
from .bundle import Bundle
from .figure import Figure
from .page import Page
from .value import Value

Key = TypeVar("Key")
Made = TypeVar("Made")
Alike = Callable[[Mapping[Control, Any]], object | None]
MOST, MOST_MODULES, MOST_BUNDLES, MOST_RESULTS = 128, 8, 64, 32
_GRAPHS: dict[object, Any] = {}  # and what a trace left beside its Graph
_MODULES: dict[bytes, Module] = {}
_RESULTS: dict[object, Any] = {}  # pytrees
_BUNDLES: dict[object, Bundle] = {}


def alike(*things: object, lines: bool = True) -> str | None:
    """Equal for functions of which one trace does; None where nothing is kept."""
    return None if asked() is None else fingerprint(*things, lines=lines)


def alike_always(*things: object) -> Alike:
    """Equal for functions of which one trace does, whatever their plain values."""
    same = alike(*things)
    return lambda plains: same


def alike_at(figure: Figure) -> Alike:
    """Equal for figures of which one trace does at plain values: of a choice only the option counts
    that is taken."""
    wires = figure.wires
    function = wires.function
    # Its defaults are the wires: a choice among them holds all its options.
    bare = FunctionType(
        function.__code__, function.__globals__, function.__name__, None, function.__closure__
    )
    bare.__dict__.update(function.__dict__)
    chosen = {name: c for name, c in wires.controls.items() if isinstance(c, Choice)}
    others = {name: c for name, c in wires.controls.items() if name not in chosen}
    common = alike(bare, others, wires.nodes, wires.constants, figure.options, figure.name)

    def same(plains: Mapping[Control, Any]) -> object | None:
        taken = {name: c.options[plains[c]] for name, c in chosen.items()}
        return common and (own := alike(taken)) and (common, own)

    return same


def _keep(known: dict[Key, Made], key: Key, made: Made, most: int) -> None:
    known[key] = made
    if len(known) > most:
        del known[next(iter(known))]


def kept(
    which: object | None,
    inputs: Callable[[], dict[str, Any]],  # Any: a tensor, its Type or a number
    make: Callable[[dict[str, Any]], Made],
) -> Made:
    """What ``make`` gives for the examples ``inputs``, or what it gave before for ``which`` and
    examples of the same types."""
    before = asked()
    examples = inputs()
    types = tuple((name, _type(example)) for name, example in examples.items())
    if which is None or any(found is None for _, found in types):
        return make(examples)
    key = (which, types)
    made = _GRAPHS.get(key)
    if made is None or asked() != before:
        made = make(examples)
        if asked() == before:
            _keep(_GRAPHS, key, made, MOST)
    return made


def kept_result(value: Value, page: Page, at: object) -> Any:
    """What Python makes of a value on ``page``, whose settings ``at`` tells; or a copy of what it
    made before of an equal one."""
    before = asked()
    same = alike(value)
    if same is None or id(value) in page.given:
        return page.node(value)
    if (same, at) in _RESULTS:
        page.given[id(value)] = copied(_RESULTS[same, at])
        return page.node(value)
    made = page.node(value)
    if asked() == before:
        _keep(_RESULTS, (same, at), copied(made), MOST_RESULTS)
    return made


def kept_bundle(
    group: Sequence[Figure],
    make: Callable[[], Bundle],
    *,
    again: Callable[[Bundle], None] | None = None,
) -> Bundle:
    """The bundle that ``make`` gives for figures wired to each other, or the one that it gave for
    equal ones, which ``again`` is told. Where they stand in their file is no part of it, unless a
    warning says so; what data their file has read is, whoever may read it again."""
    before = asked()
    texts = [source_text(figure.wires.function) for figure in group]
    same = alike(texts, *group, lines=False)
    which = (same, data_read(), cache_root())
    if same is not None and which in _BUNDLES:
        if again is not None:
            again(_BUNDLES[which])
        return _BUNDLES[which]
    bundle = make()
    if same is not None and asked() == before and not bundle.warnings:
        _keep(_BUNDLES, which, bundle, MOST_BUNDLES)
    return bundle


def kept_module(
    entries: Sequence[Entry],
    *,
    relaxed: bool,
    bounds: Mapping[str, tuple[float, float]],
    own: Collection[str],
    told: Callable[[str], None],
) -> Module:
    """What `compile_module` gives, or gave before for the same graphs: words, colours and the
    numbers of large constants are no part of them."""
    numbers: dict[tuple[bytes, str], bytes] = {}
    given = [_without_numbers(entry, numbers) for entry in entries]
    key = _spelled(list(map(_without_lines, given)), relaxed, bounds, own, cache_root())
    module = _MODULES.get(key)
    if module is None:
        module = compile_module(given, relaxed=relaxed, bounds=bounds, own=own, told=told)
        _keep(_MODULES, key, module, MOST_MODULES)
    meant = {stand_in: data for (data, _), stand_in in numbers.items()}
    arrays = (replace(a, data=meant.get(a.data, a.data)) for a in module.arrays)
    return replace(module, arrays=tuple(arrays))


def _without_numbers(entry: Entry, known: dict[tuple[bytes, str], bytes]) -> Entry:
    """Other bytes for each large constant, equal where they were equal: C does not hold them."""
    constants = [
        replace(c, data=known.setdefault((c.data, c.type.dtype), _noise(len(known), len(c.data))))
        if lies_apart(c)
        else c
        for c in entry.graph.constants
    ]
    return replace(entry, graph=replace(entry.graph, constants=tuple(constants)))


def _noise(number: int, count: int) -> bytes:
    return Random(number).randbytes(count)


def _without_lines(entry: Entry) -> Entry:
    """Where a node comes from is for errors."""
    nodes = tuple(replace(node, line=None) for node in entry.graph.nodes)
    return replace(entry, graph=replace(entry.graph, nodes=nodes))


def _spelled(*things: object) -> bytes:
    """Equal for what is equal to the bit: 0.0 is not -0.0, and 1 is neither 1.0 nor True."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written)
    pickler.fast = True  # which parts are one object does not matter
    pickler.dump(things)
    return hashlib.sha256(written.getvalue()).digest()


def _type(example: object) -> object:
    """Of an example that a trace takes; None of one whose size moves."""
    if isinstance(example, (int, float)):
        return (type(example), example)
    found = example if isinstance(example, Type) else type_of(example)
    return None if found is None or found.moves else found
