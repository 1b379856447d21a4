"""The runtime in several files, so that figures of one page share it: a core that is the same for
all bundles, and parts beside it that some figures need.

A part imports the core by the hash in its name, so parts of two versions cannot meet. The core
never imports a part: what parts export stands in one object of the core, ``LATE``, and is undefined
until the part has come. The object is made at the core's very end, so a module that asks it too
early, at its own top, fails at once and not now and then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import ExplorableError
from .join import Exports, exporting, files_of, join
from .needs import COPIED, PARTS
from .shorten import short_names, top_names
from .sources import RUNTIME, imports_of, ordered
from .stored import stored

ENTRY = "page/index.js"
LATE = "$"


@dataclass(frozen=True)
class Split:
    """The core as a module, and what it takes to link parts to it."""

    core: str
    modules: dict[str, frozenset[Path]]
    """Of each part."""
    _entry: Path = field(repr=False)
    _core: Exports = field(repr=False)
    _late: dict[tuple[Path, str], str] = field(repr=False)

    def part(self, name: str, core: str) -> str:
        """A part as a module beside the core, whose file has this name."""
        key = ["part", PARTS, self.core, name, core]
        return stored(self._entry, key, lambda: self._part(name, core))

    def _part(self, name: str, core: str) -> str:
        mine = self.modules[name]
        others = {*self._core, *(path for path, _ in self._late)} - mine
        sources = {s.path: s for path in sorted(mine) for s in ordered(path, others)}
        exports: Exports = {}
        imported = {LATE: None}  # in the order in which they are met

        def elsewhere(path: Path, exported: str) -> str:
            if path not in self._core:
                return f"{LATE}.{self._late[path, exported]}"
            local = self._core[path][exported]
            # What the core itself has from a part is a name in LATE.
            imported.setdefault(local.partition(".")[0])
            return local

        fresh = (f"_{short}" for short in top_names())
        text = join(sources.values(), exports, fresh, elsewhere)
        given = ",".join(
            f"{late}:{exports[path][exported]}"
            for (path, exported), late in self._late.items()
            if path in mine
        )
        opening = f'import{{{",".join(imported)}}}from"./{core}";\n'
        return f"{opening}{text}Object.assign({LATE},{{{given}}});\n"


def parts_of(without: Collection[str]) -> tuple[str, ...]:
    """The parts that a bundle needs which leaves these modules out."""
    needed = _reached(files_of(without))
    return tuple(name for name, modules in modules_of_parts().items() if modules & needed)


@cache
def split() -> Split:
    """The page's runtime as core and `PARTS`."""
    entry, modules = (RUNTIME / ENTRY).resolve(), modules_of_parts()
    core, exports, late = stored(entry, ["core", PARTS], lambda: _core(entry, modules))
    named = {Path(path): names for path, names in exports}
    return Split(core, modules, entry, named, {(Path(p), name): short for p, name, short in late})


def _core(entry: Path, modules: dict[str, frozenset[Path]]) -> tuple[str, Any, Any]:
    """The core's text, what the exports of its modules are called, and what those of parts are."""
    part_of = {path: name for name, paths in modules.items() for path in paths}
    sources = list(ordered(entry, part_of))
    read = [("", i) for source in sources for i in source.imports]
    read += [(part_of[path], i) for path in sorted(part_of) for i in imports_of(path)]
    asked = Counter(
        (path, exported)
        for user, (names, path) in read
        for exported, _ in names
        if part_of.get(path, "") != user
    )
    short = short_names()
    late = {key: next(short) for key, _ in asked.most_common() if key[0] in part_of}
    exports: Exports = {}
    text = join(sources, exports, top_names(), lambda path, name: f"{LATE}.{late[path, name]}")
    out = {exports[path][name] for path, name in asked if path in exports}
    plain = {name: name for name in (LATE, *sorted(o for o in out if "." not in o))}
    core = f"{text}const {LATE}={{}};\n{exporting(exports[entry] | plain)}"
    return (
        core,
        [(str(path), names) for path, names in exports.items()],
        [(str(path), name, chosen) for (path, name), chosen in late.items()],
    )


@cache
def modules_of_parts() -> dict[str, frozenset[Path]]:
    """The modules that `PARTS` lists, each with those that only its part imports."""
    listed = {path: name for name, modules in PARTS.items() for path in files_of(modules)}
    core = _reached(listed)
    users: dict[Path, set[str]] = {path: {name} for path, name in listed.items()}

    def visit(path: Path, name: str) -> None:
        for _, imported in imports_of(path):
            if imported in core or imported in listed or name in users.get(imported, ()):
                continue
            users.setdefault(imported, set()).add(name)
            visit(imported, name)

    for path, name in listed.items():
        visit(path, name)
    copied = files_of(COPIED)
    users = {path: names for path, names in users.items() if path not in copied}
    if shared := [path for path, names in users.items() if len(names) > 1]:
        fact = f"several parts import '{shared[0].name}', and none of PARTS lists it"
        raise ExplorableError("link", fact, where="needs.py")
    return {
        part: frozenset(path for path, names in users.items() if part in names) for part in PARTS
    }


def _reached(left_out: Collection[Path]) -> set[Path]:
    """The modules that the page's runtime imports, without these and what they alone import."""
    found: set[Path] = set()

    def visit(path: Path) -> None:
        if path not in found and path not in left_out:
            found.add(path)
            for _, imported in imports_of(path):
                visit(imported)

    visit((RUNTIME / ENTRY).resolve())
    return found
