"""The road of a group in one place: trace, compile, verify, draw the stills, bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..compiler import Module
from ..engine import engine
from ..errors import ExplorableError
from ..es_module import array_files
from ..link import content_hash
from ..parts.controls import Text
from ..parts.tokenizers import files_of
from ..trace import as_rounded, smaller_weights
from ..trace.compare import one_thread
from .bundle import Bundle
from .figure import Figure
from .group import Group, trace_group
from .kept import kept_bundle, kept_module
from .load import groups
from .publish import file_stem, publish
from .rounding import cost
from .spec import program
from .stored import stored
from .verify import Checked, unchecked, verify

Progress = Callable[[tuple[str, ...], str], None]
Told = Callable[[str], None]
Show = Callable[[Bundle], None]


@dataclass(frozen=True)
class Compiled:
    """A group with its module, and the program the page runs."""

    group: Group
    module: Module
    program: Any  # the spec's
    files: dict[str, bytes]
    """Wasm and arrays by published name."""


def build(
    figures: Sequence[Figure], *, progress: Progress | None = None, show: Show | None = None
) -> list[Bundle]:
    """One Bundle per group of wired figures: traced, compiled, verified against PyTorch, drawn.

    >>> (bundle,) = build(load_file("plane.py"))
    >>> bundle.verified["worst"]
    1.3e-07

    progress(names of the group's figures, stage) is called at each stage; show(bundle) with each
    bundle before it is compared with PyTorch, for an author who waits for his figure. A group that
    this process built before (kept.py) is not built again. Raises ExplorableError at the first
    thing that fails, with the author's line.
    """
    return [_bundle(members, progress, show) for members in groups(list(figures))]


def _bundle(members: list[Figure], progress: Progress | None, show: Show | None) -> Bundle:
    told = _teller(members, progress)

    def published(compiled: Compiled, checked: Checked) -> Bundle:
        told("still")
        return publish(compiled.group, compiled.program, compiled.files, checked, engine())

    def early(compiled: Compiled) -> None:
        if show is not None:
            show(published(compiled, unchecked(compiled.group)))

    def made() -> Bundle:
        return published(*_verified(members, told, early))

    return kept_bundle(members, made, again=show)


def check(figures: Sequence[Figure], *, progress: Progress | None = None) -> list[Checked]:
    """Verification alone: one Checked per group; raises ExplorableError at the first mismatch."""
    found: list[Checked] = []
    for members in groups(list(figures)):
        found.append(_verified(members, _teller(members, progress), lambda _: None)[1])
    return found


def _verified(
    members: list[Figure], told: Told, early: Callable[[Compiled], None]
) -> tuple[Compiled, Checked]:
    with ExitStack() as stack:
        smaller = _smaller(members)
        rounded = stack.enter_context(smaller_weights(smaller)) if smaller else None
        compiled = compile_group(members, told)
        early(compiled)
        told("verify")
        lost = None
        if rounded is not None:
            lost = cost(compiled.group, rounded)
            stack.enter_context(as_rounded(rounded))
        stack.enter_context(one_thread())
        program, files = compiled.program, compiled.files
        checked = verify(
            compiled.group, program, files, engine(), progress=lambda _: told("verify")
        )
        return compiled, replace(checked, rounding=lost, weights=smaller)


def _smaller(members: list[Figure]) -> str | None:
    """The one dtype that figures of a group ask for beside float32."""
    asked = {f.options.weights: f for f in members if f.options.weights != "float32"}
    if len(asked) > 1:
        first, second = asked.values()
        raise ExplorableError(
            "figures",
            f"figures wired to each other have the same weights: '{first.name}' asks for "
            f"{first.options.weights}, '{second.name}' for {second.options.weights}",
            line=second.line,
            fix="ask for one of them in both",
        )
    return next(iter(asked), None)


def compile_group(members: list[Figure], told: Told) -> Compiled:
    """Trace and compile."""
    told("trace")
    group = trace_group(members)
    fast = any(figure.options.fast for figure in members) and not group.simulations
    module = kept_module(
        group.entries(), relaxed=fast, bounds=group.bounds(), own=group.states(), told=told
    )
    stem = file_stem(members[0].name)
    files: dict[str, bytes] = {}
    variants: dict[str, str] = {}
    for variant, wasm in (("plain", module.wasm), ("relaxed", module.relaxed)):
        if wasm is not None:
            variants[variant] = f"{stem}-{content_hash(wasm)}.wasm"
            files[variants[variant]] = wasm
    for control in group.names:
        if isinstance(control, Text):
            files |= files_of(control.tokenizer)
    spec = program(group, module, variants)
    spec["arrays"] = array_files(module, stem, files, partial(stored, weights=_smaller(members)))
    return Compiled(group, module, spec, files)


def _teller(members: list[Figure], progress: Progress | None) -> Told:
    names = tuple(figure.name for figure in members)
    return lambda stage: progress(names, stage) if progress is not None else None
