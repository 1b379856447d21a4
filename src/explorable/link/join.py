"""Joins the runtime's ES modules into one script or one module, without comments; no node needed.

Only relative static imports and named exports exist in the runtime (a test holds it to that), so
modules can stand one after the other in one scope, each with names of its own (shorten.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import ExplorableError
from .shorten import short_names, shorten
from .tokens import tokens

RUNTIME = Path(__file__).parent.parent / "runtime"
LICENSE = "/*! Explorable, MIT licence */"
HASH_DIGITS = 10

IMPORT = re.compile(r'import\s*\{([^}]*)\}\s*from\s*("[^"]+"|\'[^\']+\')\s*;?')
EXPORTED = re.compile(
    r"export\s+((?:async\s+)?function\s*\*?\s*(?P<function>[\w$]+)|class\s+(?P<class>[\w$]+)"
    r"|const\s+(?P<const>[\w$]+)\s*=)"
)
EXPORT_LIST = re.compile(r"export\s*\{([^}]*)\}\s*;?")


@dataclass(frozen=True)
class Linked:
    """The joined text and the hash of its content, for its file name."""

    text: str
    hash: str


@dataclass(frozen=True)
class _Source:
    path: Path
    imports: tuple[tuple[tuple[tuple[str, str], ...], Path], ...]
    exports: tuple[tuple[str, str], ...]
    """Exported and local name."""
    body: str


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
    left_out = frozenset((RUNTIME / path).resolve() for path in without)
    if unknown := [path for path in left_out if not path.is_file()]:
        raise ExplorableError("link", f"no module '{unknown[0].name}' to leave out")
    sources = _ordered((RUNTIME / entry).resolve(), left_out)
    fresh = (f"${short}" for short in short_names())
    exports: dict[Path, dict[str, str]] = {}
    blocks: list[str] = []
    last: dict[str, str] = {}
    for source in sources:
        outer = {
            local: exports[path][exported] if path in exports else "undefined"
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
        last = exports[source.path]
    # In a page the script may stand inside an HTML element.
    joined = "".join(blocks).replace("</script", "<\\/script").replace("<!--", "<\\!--")
    if form == "module":
        listed = ",".join(f"{local} as {exported}" for exported, local in last.items())
        tail = f"export{{{listed}}};\n" if last else ""
        if given is not None:
            opening = "default " if name == "default" else f"const {name}="
            tail = f"export {opening}{list(last.values())[-1]}({given});\n"
        text = f"{LICENSE}\n{joined}{tail}"
    else:
        listed = ",".join(f"{exported}:{local}" for exported, local in last.items())
        tail = f"globalThis.{name}={{{listed}}};\n" if last else ""
        text = f'{LICENSE}\n(()=>{{\n"use strict";\n{joined}{tail}}})();\n'
    return Linked(text, content_hash(text.encode()))


def strip(source: str) -> str:
    """The same program without comments and needless space; lines and strings are untouched.

    >>> strip("a = 1; // one\\n  b = '//';\\n")
    "a=1;\\nb='//';\\n"
    """
    out: list[str] = []
    gap = ""
    for token in tokens(source):
        if token.kind in ("space", "comment"):
            gap += token.text if token.kind == "space" else _keep_newlines(token.text)
            continue
        if out and "\n" in gap and out[-1] == "," and token.text in (")", "]", "}"):
            out.pop()  # the comma at the end of a list that takes several lines
        if out and "\n" in gap and not _goes_on(out[-1][-1], token.text[0]):
            out.append("\n")
        elif out and gap and _apart(out[-1][-1], token.text[0]):
            out.append(" ")
        gap = ""
        out.append(token.text)
    return "".join(out) + "\n"


def _goes_on(before: str, after: str) -> bool:
    """Is a line of these ends a part of the statement before or after it?"""
    return before in "([,=?:&|>" or after in ".?:&|)]"


def _apart(before: str, after: str) -> bool:
    """Would two tokens become another one without the space between them?"""
    sticky = "+-/<&|?.=*!"
    word = re.compile(r"[\w$#\\\u0080-\uffff]")
    return bool(word.match(before) and word.match(after)) or (before in sticky and after in sticky)


def _keep_newlines(comment: str) -> str:
    # A comment over several lines ends a statement as a newline does.
    return "\n" if "\n" in comment else " "


def _ordered(entry: Path, left_out: frozenset[Path]) -> Iterator[_Source]:
    """The sources, each after those that it imports."""
    done: set[Path] = set()

    def visit(path: Path, trail: tuple[Path, ...]) -> Iterator[_Source]:
        if path in trail:
            circle = " -> ".join(p.name for p in (*trail[trail.index(path) :], path))
            raise ExplorableError("link", f"modules import each other in a circle: {circle}")
        if path in done or path in left_out:
            return
        source = _read(path)
        for _, imported in source.imports:
            yield from visit(imported, (*trail, path))
        done.add(path)
        yield source

    yield from visit(entry, ())


def _read(path: Path) -> _Source:
    try:
        body = strip(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExplorableError("link", f"no module '{path.name}' in '{path.parent}'") from None
    imports: list[tuple[tuple[tuple[str, str], ...], Path]] = []
    exports: list[tuple[str, str]] = []
    lines: list[str] = []
    rest = body
    while rest:
        statement = IMPORT.match(rest) or EXPORT_LIST.match(rest)
        if statement is not None and statement.re is IMPORT:
            url = statement[2][1:-1]
            if not url.startswith(("./", "../")):
                raise ExplorableError("link", f"'{url}' is not a relative import", where=path.name)
            imports.append((_names(statement[1]), (path.parent / url).resolve()))
            rest = rest[statement.end() :].lstrip("\n")
            continue
        if statement is not None:
            exports += [(exported, local) for local, exported in _names(statement[1])]
            rest = rest[statement.end() :].lstrip("\n")
            continue
        if exported := EXPORTED.match(rest):
            own = exported["function"] or exported["class"] or exported["const"]
            exports.append((own, own))
            rest = rest[len("export ") :].lstrip()
        elif re.match(r"(export|import)\b(?!\s*[(.])", rest):
            shown = rest.split("\n", 1)[0]
            fact = f"'{shown}' is not a form that link knows"
            fix = "use import { name } from './file.js', export function, class, const or { name }"
            raise ExplorableError("link", fact, where=path.name, fix=fix)
        line, _, rest = rest.partition("\n")
        lines.append(line + "\n")
    return _Source(path, tuple(imports), tuple(exports), "".join(lines))


def _names(listed: str) -> tuple[tuple[str, str], ...]:
    """``a, b as c`` as pairs of the exported and the local name."""
    pairs: list[tuple[str, str]] = []
    for item in filter(None, (part.strip() for part in listed.split(","))):
        exported, _, local = item.partition(" as ")
        pairs.append((exported.strip(), local.strip() or exported.strip()))
    return tuple(pairs)
