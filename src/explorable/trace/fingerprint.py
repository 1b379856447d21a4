"""When two functions compute the same: a hash of all that they reach, by name and by value.

An author who changes how a figure looks saves the file whose simulation he leaves alone. The file
is run anew, so none of its objects is what it was; this tells whether they are made the same way:
code (with its lines where they matter), the globals that code names, closures, defaults, classes,
modules' weights. Library code counts by its name. What is not understood has no fingerprint, and is
traced again.
"""

# torch is only partly typed, and what an author's function reaches may be anything.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import builtins
import dis
import functools
import hashlib
import sys
import types
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, cast

import numpy as np
import torch

from ..errors import Line
from .lines import file_owner
from .weights import rounds

_NUMBERS = (bool, int, float, complex, str, bytes, type(None), type(...), range, slice)
_BY_NAME = (
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.ClassMethodDescriptorType,
    types.MethodWrapperType,
    np.ufunc,
    torch._ops.OpOverload,  # pyright: ignore[reportPrivateUsage]
    torch._ops.OpOverloadPacket,  # pyright: ignore[reportPrivateUsage]
)
_BY_TEXT = (torch.dtype, torch.device, torch.Size, np.dtype)
_LISTS = (list, tuple, set, frozenset)
_TABLES = (dict, OrderedDict, defaultdict, types.MappingProxyType)
_IN_PYTHON = (
    "torch.optim.",
    "torch.distributions.",
    "torch.autograd.grad_mode",
    "torch.utils._contextlib",
)
_REACHES_FAR = {"globals", "locals", "vars", "eval", "exec", "compile", "__import__"}
_OF_CLASSES = {
    "__dict__", "__weakref__", "__doc__", "__annotations__", "__abstractmethods__", "_abc_impl",
    "__dataclass_fields__", "__dataclass_params__", "__parameters__", "__orig_bases__",
}  # fmt: skip
"""Of a class: what its methods are made from, or nothing reads while it computes."""


class _UnknownError(Exception):
    """Something whose state cannot be seen from Python."""


def fingerprint(*things: object, lines: bool = True) -> str | None:
    """Equal for things made of the same code and the same values; None where that cannot be known.

    >>> fingerprint(lambda x: x * weight) == fingerprint(lambda x: x * weight)
    False

    (Two places of a file are two: an error would name another line. Not so without ``lines``.)
    """
    if rounds():  # a trace then leaves more behind than its Graph
        return None
    walk = _Walk(lines=lines)
    try:
        for thing in things:
            walk.value(thing)
    except (_UnknownError, RecursionError):
        return None
    walk.say(torch.get_default_dtype(), torch.is_grad_enabled())
    return walk.digest.hexdigest()


class _Walk:
    def __init__(self, *, lines: bool) -> None:
        self.lines = lines
        self.digest = hashlib.sha256()
        self.seen: dict[int, int] = {}
        self.kept: list[object] = []
        """What is made on the way must live on, or another would have its identity."""

    def say(self, *parts: object) -> None:
        for part in parts:
            text = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
            self.digest.update(len(text).to_bytes(8, "little") + text)

    def value(self, value: Any) -> None:
        if isinstance(value, _NUMBERS) and type(value) in _NUMBERS:
            self.say(type(value).__name__, value if isinstance(value, bytes) else repr(value))
            return
        if isinstance(value, Line) and not self.lines:
            return
        if id(value) in self.seen:
            self.say("again", self.seen[id(value)])
            return
        self.seen[id(value)] = len(self.seen)
        self.kept.append(value)
        self.say(type(value).__qualname__)
        if isinstance(value, torch.Tensor):
            self.tensor(value)
        elif isinstance(value, (np.ndarray, np.generic)):
            self.array(np.asarray(value))
        elif isinstance(value, _BY_TEXT):
            self.say(value)
        elif isinstance(value, types.FunctionType):
            self.function(value)
        elif isinstance(value, types.MethodType):
            self.each(value.__func__, value.__self__)
        elif isinstance(value, (staticmethod, classmethod)):
            self.value(value.__func__)
        elif isinstance(value, property):
            self.each(value.fget, value.fset, value.fdel)
        elif isinstance(value, functools.partial):
            self.each(value.func, value.args, value.keywords)
        elif isinstance(value, _BY_NAME):
            self.say(getattr(value, "__module__", ""), getattr(value, "__qualname__", value))
        elif isinstance(value, types.ModuleType):
            self.module(value)
        elif isinstance(value, type):
            self.type(value)
        else:
            self.object(value)

    def each(self, *values: object) -> None:
        for value in values:
            self.value(value)

    def table(self, table: Mapping[Any, Any], *, without: Iterable[str] = ()) -> None:
        self.say(len(table))
        for key, held in table.items():
            if key not in without:
                self.each(key, held)

    def tensor(self, value: torch.Tensor) -> None:
        dense = value.layout is torch.strided and value.device.type == "cpu"
        if not dense or value.grad_fn is not None or value.grad is not None:
            raise _UnknownError
        if type(value) not in (torch.Tensor, torch.nn.Parameter) or vars(value):
            raise _UnknownError
        if value._backward_hooks:  # pyright: ignore[reportPrivateUsage]
            raise _UnknownError
        self.say(value.dtype, tuple(value.shape), value.stride(), value.requires_grad)
        self.say(value.is_conj(), value.is_neg())
        plain = value.detach().resolve_conj().resolve_neg().contiguous()
        self.say(plain.flatten().view(torch.uint8).numpy().tobytes())

    def array(self, value: np.ndarray[Any, Any]) -> None:
        if value.dtype.hasobject or type(value) is not np.ndarray:
            raise _UnknownError
        self.say(value.dtype.str, value.shape, value.tobytes())

    def function(self, value: types.FunctionType) -> None:
        if file_owner(value.__code__.co_filename) == "author":
            self.each(value.__defaults__, value.__kwdefaults__)
            self.code(value.__code__, value.__globals__)
        else:
            self.say(value.__module__, value.__qualname__)
        for cell in value.__closure__ or ():
            try:
                self.value(cell.cell_contents)
            except ValueError:  # a variable that has no value yet
                self.say("empty")
        self.table(value.__dict__)

    def code(self, code: types.CodeType, names: dict[str, Any]) -> None:
        self.say(code.co_qualname, code.co_flags, code.co_code)
        if self.lines:  # part of a Graph: an error names them
            self.say(code.co_filename, code.co_firstlineno, code.co_linetable)
        self.say(code.co_exceptiontable, code.co_names, code.co_varnames)
        self.say(code.co_freevars, code.co_cellvars, code.co_argcount, code.co_kwonlyargcount)
        self.say(code.co_posonlyargcount)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self.code(constant, names)
            else:
                self.value(constant)
        for name in code.co_names:
            if name in names:
                self.value(names[name])
                if isinstance(names[name], types.ModuleType):
                    self.put_in(map(vars(names[name]).get, code.co_names))
            elif name in _REACHES_FAR and hasattr(builtins, name):
                raise _UnknownError
        for instruction in dis.get_instructions(code):
            if instruction.opname == "IMPORT_NAME":
                module = sys.modules.get(str(instruction.argval))
                if module is None:
                    raise _UnknownError
                self.value(module)

    def put_in(self, held: Iterable[object]) -> None:
        """Functions of the author's that he has put into a library."""
        for one in held:
            if isinstance(one, types.FunctionType):
                if file_owner(one.__code__.co_filename) == "author":
                    self.value(one)

    def module(self, value: types.ModuleType) -> None:
        self.say(value.__name__)
        if _is_authors(value):
            held = {name: held for name, held in vars(value).items() if name[:2] != "__"}
            self.table(held)

    def type(self, value: type) -> None:
        self.say(value.__module__, value.__qualname__)
        if not _is_authors(sys.modules.get(value.__module__)):
            for base in value.__mro__:
                self.put_in(vars(base).values())
            return
        self.each(type(value), *value.__bases__)
        self.table(vars(value), without=_OF_CLASSES)

    def object(self, value: object) -> None:
        kind = type(value)
        if isinstance(value, functools._lru_cache_wrapper):  # pyright: ignore[reportPrivateUsage]
            self.value(cast("Any", value).__wrapped__)
            return
        known = kind in _LISTS or kind in _TABLES
        if not known and not all(map(_shows_its_state, kind.__mro__)):
            raise _UnknownError
        self.value(kind)
        if isinstance(value, (set, frozenset)):
            self.each(*sorted(value, key=repr))
        elif isinstance(value, (list, tuple)):
            self.say(len(value))
            self.each(*value)
        elif isinstance(value, (dict, types.MappingProxyType)):
            self.table(cast("Mapping[Any, Any]", value))
        if isinstance(value, defaultdict):
            self.value(value.default_factory)
        self.table(getattr(value, "__dict__", {}))
        for base in kind.__mro__:
            slots = vars(base).get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if name not in ("__dict__", "__weakref__"):
                    self.each(name, getattr(value, name, None))


def _is_authors(module: object) -> bool:
    if not isinstance(module, types.ModuleType):
        return True  # no longer known by its name: as the classes of a cell
    file = getattr(module, "__file__", None)
    # Python's own are built in; the module of a document's cells comes from nowhere.
    return module.__spec__ is None if file is None else file_owner(str(file)) == "author"


def _shows_its_state(kind: type) -> bool:
    """Whether all that an object of this class holds is in its names or its items."""
    if kind in (object, *_LISTS, *_TABLES) or issubclass(kind, torch.nn.Module):
        return True
    name = kind.__module__
    if name.partition(".")[0] == "explorable" or name in ("typing", "abc", "enum"):
        return True
    if name.startswith(_IN_PYTHON):
        return True
    return _is_authors(sys.modules.get(name))
