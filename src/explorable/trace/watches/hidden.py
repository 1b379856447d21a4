"""Errors about values that move, taken away by an except clause of the author's: the trace would go
on by the clause, where Python goes on by the value. Tried with torch 2.13."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any, cast
from unittest import mock

from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode

from ...errors import ExplorableError
from ..lines import author_line
from .mistakes import explain

_KINDS: tuple[type[Exception], ...] = (
    GuardOnDataDependentSymNode,
    DataDependentOutputException,
    DynamicOutputShapeException,
    ExplorableError,
)


@contextmanager
def nothing_hidden() -> Generator[None]:
    """Inside, ``try: k = float(theta)`` with ``except`` raises what it hides, at the end."""
    raised: list[Exception] = []

    def noted(own: Callable[..., None]) -> Callable[..., None]:
        def begin(error: Exception, *args: Any, **kwargs: Any) -> None:
            own(error, *args, **kwargs)
            raised.append(error)

        return begin

    try:
        with ExitStack() as stack:
            for kind in _KINDS:
                begin = noted(cast("Callable[..., None]", kind.__init__))
                stack.enter_context(mock.patch.object(kind, "__init__", begin))
            yield
        for error in raised:
            # A traceback grows while an error rises: torch catches its own before our author's.
            if author_line(error) is not None:
                told = explain(error)
                fact = f"an except clause hides an error: {told.fact}"
                raise ExplorableError(told.floor, fact, line=told.line, fix=told.fix)
    finally:
        # They hold the frames they rose through, and with them the trace.
        raised.clear()
