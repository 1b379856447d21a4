"""What Python makes texts and keys of, while a function is traced: a whole number that moves may be
written into a drawn text, a tensor must be formatted there, and nothing is printed."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import builtins
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any, cast
from unittest import mock

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._pytree import tree_leaves

from ...errors import ExplorableError
from ..drawing.text import has_token
from ..lines import called_by_author, current_line
from .instead import call
from .mistakes import memory_needed

_MOVING = (FakeTensor, torch.SymInt, torch.SymFloat, torch.SymBool)


def _no_text(how: str) -> ExplorableError:
    return ExplorableError(
        "trace",
        f"{how} makes a text of a tensor that moves",
        line=current_line(),
        fix='format one number of it straight into a title, a label or a readout: f"{theta:.2f}"',
    )


def _no_print() -> ExplorableError:
    return ExplorableError(
        "trace",
        "print knows no number of a tensor that moves",
        line=current_line(),
        fix='show it in a title, title=f"{theta:.2f}", or print what a call in Python gives',
    )


def _shown_tensor(x: torch.Tensor, **options: Any) -> str:
    if isinstance(x, FakeTensor) and called_by_author():
        raise _no_text("str()")
    return _own_repr(x, **options).replace("FakeTensor(", "tensor(")


_own_repr = cast("Callable[..., str]", torch.Tensor.__repr__)
_own_format = cast("Callable[..., str]", torch.Tensor.__format__)


def _formatted_tensor(x: torch.Tensor, form: str) -> str:
    if isinstance(x, FakeTensor) and called_by_author():
        line = current_line()
        if call(line, lambda name: name == "print") is not None:
            raise _no_print()
        fact = "a tensor that moves was formatted into a text outside a figure"
        fix = "only a figure's title, label or readout shows numbers"
        raise ExplorableError("trace", fact, line=line, fix=fix)
    return _own_format(x, form)


def _formatted_number(x: torch.SymInt | torch.SymFloat, form: str) -> str:
    # Asking for the number gives one entry per value, or the error that says why there is none.
    return format(int(x) if isinstance(x, torch.SymInt) else float(x), form)


def _shown_number(kind: Any) -> Callable[[Any], str]:
    own = kind.__repr__

    def show(x: Any) -> str:
        # In a figure format() is live_text's: the number stays one.
        return format(x, "") if called_by_author() else own(x)

    return show


def _of_memory(name: str) -> Callable[..., Any]:
    """A method that gives numbers, or the place of a tensor in memory."""
    own = cast("Callable[..., Any]", getattr(torch.Tensor, name))

    def give(x: torch.Tensor, **options: Any) -> Any:
        if isinstance(x, FakeTensor) and called_by_author():
            raise memory_needed(current_line())
        return own(x, **options)

    return give


def _key(x: torch.SymInt) -> int:
    return hash(int(x)) if called_by_author() else _own_hash(x)


_own_hash = cast("Callable[[torch.SymInt], int]", torch.SymInt.__hash__)


def _print(*values: object, **options: Any) -> None:
    if any(isinstance(leaf, _MOVING) or has_token(leaf) for leaf in tree_leaves(values)):
        raise _no_print()
    _own_print(*values, **options)


_own_print = print


@contextmanager
def python_texts() -> Generator[None]:
    """Inside, ``str(n)`` and ``{n: ...}`` ask for the number, ``str(theta)`` and ``print(theta)``
    are errors."""
    with ExitStack() as stack:

        def put(owner: Any, name: str, new: Any) -> None:
            stack.enter_context(mock.patch.object(owner, name, new, create=True))

        put(torch.Tensor, "__repr__", _shown_tensor)
        for name in ("numpy", "data_ptr"):
            put(torch.Tensor, name, _of_memory(name))
        put(torch.Tensor, "__format__", _formatted_tensor)
        for kind in (torch.SymInt, torch.SymFloat):
            put(kind, "__repr__", _shown_number(kind))
            put(kind, "__format__", _formatted_number)
        put(torch.SymInt, "__hash__", _key)
        put(builtins, "print", _print)
        yield
