"""The road of a group in one place: trace, compile, verify, draw the stills, bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..compiler import Module, compile_module
from ..engine import Engine, engine
from ..link import content_hash
from ..trace.compare import one_thread
from .bundle import Bundle
from .figure import Figure
from .group import Group, trace_group
from .load import groups
from .publish import file_stem, publish
from .spec import program
from .verify import Checked, verify

Progress = Callable[[tuple[str, ...], str], None]
_ALIGNED = 16


@dataclass(frozen=True)
class Compiled:
    """A group with its module, and the program the page runs."""

    group: Group
    module: Module
    program: Any  # the spec's
    files: dict[str, bytes]
    """Wasm and arrays by published name."""


def build(figures: Sequence[Figure], *, progress: Progress | None = None) -> list[Bundle]:
    """One Bundle per group of wired figures: traced, compiled, verified against PyTorch, drawn.

    >>> (bundle,) = build(load_file("plane.py"))
    >>> bundle.verified["worst"]
    1.3e-07

    progress(names of the group's figures, stage) is called at each stage. Raises ExplorableError at
    the first thing that fails, with the author's line.
    """
    bundles: list[Bundle] = []
    for members in groups(list(figures)):
        told = _teller(members, progress)
        compiled = compile_group(members, told)
        told("verify")
        checked = _verify(compiled, engine())
        told("still")
        bundles.append(publish(compiled.group, compiled.program, compiled.files, checked, engine()))
    return bundles


def check(figures: Sequence[Figure], *, progress: Progress | None = None) -> list[Checked]:
    """Verification alone: one Checked per group; raises ExplorableError at the first mismatch."""
    found: list[Checked] = []
    for members in groups(list(figures)):
        told = _teller(members, progress)
        compiled = compile_group(members, told)
        told("verify")
        found.append(_verify(compiled, engine()))
    return found


def compile_group(members: list[Figure], told: Callable[[str], None]) -> Compiled:
    """Trace and compile."""
    told("trace")
    group = trace_group(members)
    told("compile")
    fast = any(figure.options.fast for figure in members) and not group.simulations
    module = compile_module(group.entries(), relaxed=fast)
    stem = file_stem(members[0].name)
    files: dict[str, bytes] = {}
    variants: dict[str, str] = {}
    for variant, wasm in (("plain", module.wasm), ("relaxed", module.relaxed)):
        if wasm is not None:
            variants[variant] = f"{stem}-{content_hash(wasm)}.wasm"
            files[variants[variant]] = wasm
    spec = program(group, module, variants)
    spec["arrays"] = list(_arrays(module, stem, files))
    return Compiled(group, module, spec, files)


_OWN_FILE = 32_768
"""Bytes from which an array has a file of its own, so that figures over one model share the
download."""


def _arrays(module: Module, stem: str, files: dict[str, bytes]) -> Any:
    """``Program.arrays``; the small ones stand together in one file."""
    small = [array for array in module.arrays if len(array.data) < _OWN_FILE]
    joined = bytearray()
    starts: dict[str, int] = {}
    for array in small:
        joined += bytes(-len(joined) % _ALIGNED)
        starts[array.name] = len(joined)
        joined += array.data
    together = f"{stem}-{content_hash(bytes(joined))}.bin"
    if joined:
        files[together] = bytes(joined)
    for array in module.arrays:
        file = together
        if array.name not in starts:
            file = f"array-{content_hash(array.data)}.bin"
            files[file] = array.data
        kind = array.type
        yield {
            "slot": [array.offset, kind.dtype, list(kind.shape)],
            "file": file,
            "stored": kind.dtype,
            "start": starts.get(array.name, 0),
        }


def _verify(compiled: Compiled, running: Engine) -> Checked:
    with one_thread():
        return verify(compiled.group, compiled.program, compiled.files, running)


def _teller(members: list[Figure], progress: Progress | None) -> Callable[[str], None]:
    names = tuple(figure.name for figure in members)
    return lambda stage: progress(names, stage) if progress is not None else None
