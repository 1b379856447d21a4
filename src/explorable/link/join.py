"""Joins the runtime's ES modules into one script or one module, without comments; no node needed.

Only relative static imports and named exports exist in the runtime (a test holds it to that), so
a module becomes a function called once: imports are its constants, exports what it returns.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import ExplorableError
from .shorten import shorten
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
    exports: tuple[str, ...]
    body: str


def content_hash(data: bytes) -> str:
    """The hash that names a published file."""
    return hashlib.sha256(data).hexdigest()[:HASH_DIGITS]


def link(
    entry: Path | str, *, form: Literal["script", "module"] = "script", name: str = "explorable"
) -> Linked:
    """Join ``entry`` and all it imports.

    >>> link("core/index.js").text          # a classic script that sets globalThis.explorable
    >>> link("page/index.js", form="module")  # one module with the exports of page/index.js

    entry: path of a module, relative to the runtime's folder or absolute.
    form: "script" assigns the entry's exports to ``globalThis[name]``; "module" exports them.
    """
    sources = list(_ordered((RUNTIME / entry).resolve()))
    number = {source.path: k for k, source in enumerate(sources)}
    blocks = [_block(source, number) for source in sources]
    last = sources[-1]
    if form == "module":
        names = ", ".join(last.exports)
        tail = f"const {{ {names} }} = m{len(sources) - 1};\nexport {{ {names} }};\n"
        text = f"{LICENSE}\n" + "".join(blocks) + (tail if names else "")
    else:
        tail = f"globalThis.{name} = m{len(sources) - 1};\n" if last.exports else ""
        text = f'{LICENSE}\n(() => {{\n"use strict";\n' + "".join(blocks) + tail + "})();\n"
    return Linked(text, content_hash(text.encode()))


def stylesheet() -> str:
    """The style of figures without comments, indentation and empty lines."""
    text = (RUNTIME / "style.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


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
        if out and "\n" in gap:
            out.append("\n")
        elif out and gap and _apart(out[-1][-1], token.text[0]):
            out.append(" ")
        gap = ""
        out.append(token.text)
    return "".join(out) + "\n"


def _apart(before: str, after: str) -> bool:
    """Would two tokens become another one without the space between them?"""
    sticky = "+-/<&|?.=*!"
    word = re.compile(r"[\w$#\\\u0080-\uffff]")
    return bool(word.match(before) and word.match(after)) or (before in sticky and after in sticky)


def _keep_newlines(comment: str) -> str:
    # A comment over several lines ends a statement as a newline does.
    return "\n" if "\n" in comment else " "


def _ordered(entry: Path) -> Iterator[_Source]:
    """The sources, each after those that it imports."""
    done: set[Path] = set()

    def visit(path: Path, trail: tuple[Path, ...]) -> Iterator[_Source]:
        if path in trail:
            circle = " -> ".join(p.name for p in (*trail[trail.index(path) :], path))
            raise ExplorableError("link", f"modules import each other in a circle: {circle}")
        if path in done:
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
    exports: list[str] = []
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
            exports += [name for name, _ in _names(statement[1])]
            rest = rest[statement.end() :].lstrip("\n")
            continue
        if exported := EXPORTED.match(rest):
            exports.append(exported["function"] or exported["class"] or exported["const"])
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


def _block(source: _Source, number: dict[Path, int]) -> str:
    head = ""
    for names, path in source.imports:
        wanted = ",".join(a if a == b else f"{a}:{b}" for a, b in names)
        head += f"const{{{wanted}}}=m{number[path]};\n"
    tail = f"return{{{','.join(source.exports)}}};\n" if source.exports else ""
    # In a page the script may stand inside an HTML element.
    short = "".join(token.text for token in shorten(list(tokens(head + source.body + tail))))
    safe = short.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return f"const m{number[source.path]}=(()=>{{\n{safe}}})();\n"
