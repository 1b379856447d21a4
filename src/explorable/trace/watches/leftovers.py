"""What a function leaves behind in the author's own objects: globals, lists, attributes of modules.

Traced tensors are taken out of them again, for a trace never changes what is the author's; a number
that changed or a list that grew is an error, for the next call would read it and no page could.
"""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import ast
import linecache
import operator
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import CellType, ModuleType
from typing import Any, cast

import torch
from torch._subclasses.fake_tensor import FakeTensor

from ...errors import ExplorableError, Line
from ...parts.source import shown_path
from ..lines import file_owner

_PLAIN = (bool, int, float, complex, str, bytes)
_DEEPEST = 8
_LARGEST = 10_000
"""Items of a container that is watched."""
_GROW = ("append", "extend", "insert", "appendleft", "add", "update")


@dataclass
class _Kept:
    """One container of the author's, as it was: a list, set, deque or dict of his, or the names
    that a module or an object holds."""

    label: str
    """How he writes it; empty: the names of the file's module."""
    file: str
    where: Any
    before: Any
    names: bool = False
    kind: type | None = None
    """The class of the object whose names they are: it has first values too."""

    def path(self, key: object) -> str:
        """How the author writes one item of it."""
        if self.names:
            return f"{self.label}.{key}" if self.label else str(key)
        return _item(self.label, key)

    def held(self) -> dict[Any, Any] | None:
        """What it holds now by name or key; None of a list, set or deque."""
        if isinstance(self.where, _Cells):
            return self.where.contents()
        if isinstance(self.where, type):
            return dict(vars(self.where))
        return cast("dict[Any, Any]", self.where) if isinstance(self.where, dict) else None

    def error(self) -> ExplorableError | None:
        """What the next call would read in it, if anything."""
        held = self.held()
        if held is None:
            return self._grown()
        for key, new in list(held.items()):
            old = self.before.get(key, getattr(self.kind, str(key), _MISSING))
            if new is old or str(key).startswith("_") or key == "training":
                continue
            if isinstance(old, _PLAIN) and isinstance(new, _PLAIN) and old != new:
                fact = f"figure changes '{self.path(key)}' from {old!r} to {new!r}"
                fact += f", the page would keep it at {old!r}"
            elif old is not _MISSING and not self.label and isinstance(new, FakeTensor):
                around = isinstance(self.where, _Cells)
                named = f"'{key}' of the function around it" if around else f"the global '{key}'"
                fact = f"figure changes {named}"
            else:
                continue
            fix = "return it from a simulation's init, and what it becomes from step"
            line = _assigned(
                self.file, str(key), self._target(), outer=isinstance(self.where, _Cells)
            )
            return ExplorableError("trace", fact, line=line, fix=fix)
        return None

    def _target(self) -> type[ast.expr]:
        if not self.names:
            return ast.Subscript
        return ast.Attribute if self.label else ast.Name

    def _grown(self) -> ExplorableError | None:
        count, now = len(self.before), len(self.where)
        if now <= count:
            return None
        kept = isinstance(self.where, set) or all(map(operator.is_, self.before, self.where))
        name = self.label.rsplit(".", 1)[-1]
        if not kept or _called_on(self.file, name, ("clear",)) is not None:
            return None  # begun anew in each call
        fact = f"figure adds to '{self.label}', which had {count} items and has {now}"
        fix = "make the list in the function; a simulation keeps numbers with ex.record"
        return ExplorableError("trace", fact, line=_called_on(self.file, name, _GROW), fix=fix)

    def holds_traced(self) -> bool:
        """Whether something traced is in it now."""
        held = self.held()
        return any(map(_holds_traced, list(self.where if held is None else held.values())))

    def restore(self) -> None:
        """Puts back what was there. Names one by one: a notebook's are read by others meanwhile."""
        held = self.held()
        if held is None:
            self.where.clear()
            grow = self.where.update if isinstance(self.where, set) else self.where.extend
            grow(self.before)
            return
        for key, new in list(held.items()):
            ours = _holds_traced(new) or (isinstance(new, _PLAIN) and key != "training")
            if ours and new is not self.before.get(key, _MISSING):
                self._put(key, self.before.get(key, _MISSING))
        for key in self.before.keys() - held.keys():
            self._put(key, self.before[key])

    def _put(self, key: Any, old: object) -> None:
        if isinstance(self.where, _Cells):
            self.where.put(key, old)
        elif isinstance(self.where, type):
            delattr(self.where, key) if old is _MISSING else setattr(self.where, key, old)
        elif old is _MISSING:
            del self.where[key]
        else:
            self.where[key] = old


_MISSING = object()


@dataclass(frozen=True)
class _Cells:
    """The variables of the functions around a function."""

    cells: dict[str, CellType]

    def contents(self) -> dict[str, object]:
        """By name; a variable that has no value yet is left out."""
        found: dict[str, object] = {}
        for name, cell in self.cells.items():
            with suppress(ValueError):
                found[name] = cell.cell_contents
        return found

    def put(self, name: str, old: object) -> None:
        """Give it its old value, or none."""
        if old is _MISSING:
            del self.cells[name].cell_contents
        else:
            self.cells[name].cell_contents = old


def _item(label: str, key: object) -> str:
    return f'{label}["{key}"]' if isinstance(key, str) else f"{label}[{key!r}]"


def _holds_traced(value: object) -> bool:
    parts: Iterable[object] = (value,)
    if isinstance(value, (list, tuple, set, deque)):
        parts = cast("Iterable[object]", value)
    elif isinstance(value, dict):
        parts = cast("dict[object, object]", value).values()
    return any(isinstance(part, FakeTensor) for part in parts)


_FOREIGN: set[str] = set()
"""Names of modules that are not the author's: thousands, and asked about in every trace."""


def author_modules() -> Iterator[ModuleType]:
    """Those imported from files of the author's, and the program itself."""
    for name in sorted(sys.modules.keys() - _FOREIGN):
        # Some libraries put other objects there.
        module = cast("object", sys.modules[name])
        if isinstance(module, ModuleType) and (name == "__main__" or _is_authors(module)):
            yield module
        else:
            _FOREIGN.add(name)


def _is_authors(module: ModuleType | None) -> bool:
    file = None if module is None else vars(module).get("__file__")
    return isinstance(file, str) and file.endswith(".py") and file_owner(file) == "author"


def _watched(seen: set[int], label: str, file: str, value: Any, depth: int) -> Iterator[_Kept]:
    if id(value) in seen or depth > _DEEPEST:
        return
    seen.add(id(value))
    if isinstance(value, (list, set, deque, dict)):
        if len(value) > _LARGEST:
            return
        yield _Kept(label, file, value, value.copy())
        for key, part in list(value.items()) if isinstance(value, dict) else []:
            yield from _watched(seen, _item(label, key), file, part, depth + 1)
        return
    module = sys.modules.get(type(value).__module__)
    held = getattr(value, "__dict__", None)
    if isinstance(held, dict) and (isinstance(value, torch.nn.Module) or _is_authors(module)):
        source = vars(module).get("__file__") if _is_authors(module) and module else None
        file = source or file
        yield _Kept(label, file, held, dict(held), names=True, kind=type(value))
        for key, part in list(held.items()):
            inner = label if key in ("_modules", "_buffers") else f"{label}.{key}"
            if key == "_modules":
                for name, child in list(part.items()):
                    yield from _watched(seen, f"{label}.{name}", file, child, depth + 1)
            elif key == "_buffers" or not key.startswith("_"):
                yield from _watched(seen, inner, file, part, depth + 1)


def _snapshot(
    author: Callable[..., Any] | None, caches: dict[int, tuple[Any, int]]
) -> Iterator[_Kept]:
    seen: set[int] = set()
    code, closure = getattr(author, "__code__", None), getattr(author, "__closure__", None)
    if code is not None and closure:
        around = _Cells(dict(zip(code.co_freevars, closure, strict=True)))
        yield _Kept("", code.co_filename, around, around.contents(), names=True)
    for module in author_modules():
        names = vars(module)
        file = names.get("__file__") or "__main__"
        yield _Kept("", file, names, dict(names), names=True)
        for name, value in list(names.items()):
            if name.startswith("__"):
                continue
            inner_names = dict(vars(value)) if isinstance(value, type) else {}
            inner = inner_names.values()
            if isinstance(value, type) and _is_authors(sys.modules.get(value.__module__)):
                yield _Kept(name, file, value, inner_names, names=True)
            for found in (value, *inner):
                if (count := _cached(found)) is not None:
                    caches[id(found)] = (found, count)
            yield from _watched(seen, name, file, value, 0)


def _cached(found: Any) -> int | None:
    """How many results a function keeps, as those of functools tell it; None of anything else, be
    its methods named alike."""
    if not (hasattr(found, "cache_clear") and hasattr(found, "cache_info")):
        return None
    try:
        return found.cache_info().currsize
    except (AttributeError, TypeError):
        return None


def _assigned(file: str, name: str, kind: type[ast.expr], *, outer: bool = False) -> Line | None:
    """The line in a function of the file that gives a new value to a name or an attribute;
    ``outer``: a function for which the name is another function's."""

    def assigns(node: ast.AST) -> bool:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else targets
        several = [t.elts if isinstance(t, ast.Tuple) else [t] for t in targets]
        each = [target for targets in several for target in targets]
        return any(isinstance(target, kind) and _called(target) == name for target in each)

    def nonlocal_here(function: ast.AST) -> bool:
        return any(isinstance(n, ast.Nonlocal) and name in n.names for n in ast.walk(function))

    return _first(file, assigns, nonlocal_here if outer else None)


def _called_on(file: str, name: str, methods: tuple[str, ...]) -> Line | None:
    """The line that calls one of these methods of a name or an attribute."""

    def calls(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in methods
            and _called(node.func.value) == name
        )

    return _first(file, calls)


def _called(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return node.id if isinstance(node, ast.Name) else ""


def _first(
    file: str,
    wanted: Callable[[ast.AST], bool],
    within: Callable[[ast.AST], bool] | None = None,
) -> Line | None:
    """The first statement or expression like this in a function, in the innermost of those
    ``within``."""
    lines = linecache.getlines(file)
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return None
    functions = list(ast.walk(tree))
    for function in functions if within is None else filter(within, reversed(functions)):
        begins = getattr(function, "name", "") == "__init__"
        if isinstance(function, (ast.FunctionDef, ast.Lambda)) and not begins:
            for node in ast.walk(function):
                if wanted(node) and isinstance(node, (ast.stmt, ast.expr)):
                    name = getattr(function, "name", "<lambda>")
                    text = lines[node.lineno - 1].strip()
                    return Line(shown_path(file), node.lineno, name, text)
    return None


@contextmanager
def nothing_left(author: Callable[..., Any] | None = None) -> Generator[None]:
    """Inside, the author's objects may hold traced tensors; at the end they are as they were, and
    so are the variables around his function."""
    caches: dict[int, tuple[Any, int]] = {}
    kept = list(_snapshot(author, caches))
    broken: list[ExplorableError] = []
    try:
        yield
        for each in kept:
            if (error := each.error()) is not None:
                each.restore()
                broken.append(error)
    finally:
        for each in kept:
            if each.holds_traced():
                each.restore()
        for cached, count in caches.values():
            if _cached(cached) != count:
                cached.cache_clear()
    if broken:
        raise broken[0]
