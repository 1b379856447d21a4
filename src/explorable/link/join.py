"""Joins the runtime's ES modules into one script or one module, without comments; no node needed.

Only relative static imports and named exports exist in the runtime (a test holds it to that), so
modules can stand one after the other in one scope, each with names of its own (shorten.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import ExplorableError
from .shorten import shorten, top_names
from .sources import RUNTIME, Source, ordered
from .stored import stored

LICENSE = "/*! Explorable, MIT licence */"
HASH_DIGITS = 10

Exports = dict[Path, dict[str, str]]
"""What the exports of joined modules are called."""


@dataclass(frozen=True)
class Linked:
    """The joined text and the hash of its content, for its file name."""

    text: str
    hash: str


def content_hash(data: bytes) -> str:
    """The hash that names a published file."""
    return hashlib.sha256(data).hexdigest()[:HASH_DIGITS]


def link(
    entry: Path | str,
    *,
    form: Literal["script", "module"] = "script",
    name: str = "explorable",
    without: Collection[str] = (),
    given: str | None = None,
) -> Linked:
    """Join ``entry`` and all it imports.

    >>> link("engine.js").text              # a classic script that sets globalThis.explorable
    >>> link("page/index.js", form="module")  # one module with the exports of page/index.js

    entry: path of a module, relative to the runtime's folder or absolute.
    form: "script" assigns the entry's exports to ``globalThis[name]``; "module" exports them.
    without: modules of the runtime's folder that are left out, with what they alone import; their
        exports are undefined.
    given: a JavaScript value; the only export of the module, called ``name`` (which may be
        "default"), is then what the entry's last function makes of it.
    """
    joined, last = _joined((RUNTIME / entry).resolve(), files_of(without))
    if form == "module":
        tail = exporting(last)
        if given is not None:
            opening = "default " if name == "default" else f"const {name}="
            tail = f"export {opening}{list(last.values())[-1]}({given});\n"
        text = f"{LICENSE}\n{joined}{tail}"
    else:
        listed = ",".join(f"{exported}:{local}" for exported, local in last.items())
        tail = f"globalThis.{name}={{{listed}}};\n" if last else ""
        text = f'{LICENSE}\n(()=>{{\n"use strict";\n{joined}{tail}}})();\n'
    return Linked(text, content_hash(text.encode()))


def _joined(entry: Path, left_out: frozenset[Path]) -> tuple[str, dict[str, str]]:
    """A module with all it imports, and what its exports are called."""

    def make() -> tuple[str, dict[str, str]]:
        exports: Exports = {}
        sources = ordered(entry, left_out)
        text = join(sources, exports, top_names(), lambda path, name: "undefined")
        return text, exports[entry]

    return stored(entry, ["joined", *sorted(left_out)], make)


def files_of(modules: Iterable[str]) -> frozenset[Path]:
    """Modules of the runtime's folder by their names."""
    paths = frozenset((RUNTIME / path).resolve() for path in modules)
    if unknown := [path for path in paths if not path.is_file()]:
        raise ExplorableError("link", f"no module '{unknown[0].name}' to leave out")
    return paths


def join(
    sources: Iterable[Source],
    exports: Exports,
    fresh: Iterator[str],
    elsewhere: Callable[[Path, str], str],
) -> str:
    """Modules one after the other; what their exports are called is put into ``exports``.

    elsewhere: what an export of a module is called that is not among those joined so far.
    """
    blocks: list[str] = []
    for source in sources:
        outer = {
            local: exports[path][exported] if path in exports else elsewhere(path, exported)
            for names, path in source.imports
            for exported, local in names
        }
        short = shorten(source.body, outer, fresh)
        names = outer | short.names
        if missing := [local for _, local in source.exports if local not in names]:
            fact = f"'{missing[0]}' is exported and not declared"
            raise ExplorableError("link", fact, where=source.path.name)
        exports[source.path] = {exported: names[local] for exported, local in source.exports}
        blocks.append(short.text)
    # In a page the script may stand inside an HTML element.
    return "".join(blocks).replace("</script", "<\\/script").replace("<!--", "<\\!--")


def exporting(names: dict[str, str]) -> str:
    """The statement that exports local names, by the names that others import."""
    pairs = [(local, "" if local == name else f" as {name}") for name, local in names.items()]
    listed = ",".join(local + renamed for local, renamed in pairs)
    return f"export{{{listed}}};\n" if names else ""
