"""The runtime's ES modules as they are read: bare text, imports and exports; each after those that
it imports."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..errors import ExplorableError
from .tokens import tokens

RUNTIME = Path(__file__).parent.parent / "runtime"

IMPORT = re.compile(r'import\s*\{([^}]*)\}\s*from\s*("[^"]+"|\'[^\']+\')\s*;?')
EXPORTED = re.compile(
    r"export\s+((?:async\s+)?function\s*\*?\s*(?P<function>[\w$]+)|class\s+(?P<class>[\w$]+)"
    r"|const\s+(?P<const>[\w$]+)\s*=)"
)
EXPORT_LIST = re.compile(r"export\s*\{([^}]*)\}\s*;?")

Import = tuple[tuple[tuple[str, str], ...], Path]
"""The names of an import, each as it was exported and as it is called here, and from where."""


@dataclass(frozen=True)
class Source:
    path: Path
    imports: tuple[Import, ...]
    exports: tuple[tuple[str, str], ...]
    """Exported and local name."""
    body: str


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


def ordered(entry: Path, left_out: Collection[Path]) -> Iterator[Source]:
    """The sources, each after those that it imports."""
    done: set[Path] = set()

    def visit(path: Path, trail: tuple[Path, ...]) -> Iterator[Source]:
        if path in trail:
            circle = " -> ".join(p.name for p in (*trail[trail.index(path) :], path))
            raise ExplorableError("link", f"modules import each other in a circle: {circle}")
        if path in done or path in left_out:
            return
        source = read_source(path)
        for _, imported in source.imports:
            yield from visit(imported, (*trail, path))
        done.add(path)
        yield source

    yield from visit(entry, ())


def read_source(path: Path) -> Source:
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
    return Source(path, tuple(imports), tuple(exports), "".join(lines))


def _names(listed: str) -> tuple[tuple[str, str], ...]:
    """``a, b as c`` as pairs of the exported and the local name."""
    pairs: list[tuple[str, str]] = []
    for item in filter(None, (part.strip() for part in listed.split(","))):
        exported, _, local = item.partition(" as ")
        pairs.append((exported.strip(), local.strip() or exported.strip()))
    return tuple(pairs)


@cache
def imports_of(path: Path) -> tuple[Import, ...]:
    """What a module imports, as ``read_source`` finds it, for less work."""
    found = re.finditer(f"^{IMPORT.pattern}", path.read_text(encoding="utf-8"), re.MULTILINE)
    return tuple((_names(one[1]), (path.parent / one[2][1:-1]).resolve()) for one in found)
