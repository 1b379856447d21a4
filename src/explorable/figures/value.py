"""Value: a function of controls computed once for all who use it."""

from __future__ import annotations

from typing import Any, final

from ..trace.draws.random import random_numbers
from .wires import Function, Wires, read_wires


@final
class Value:
    """A function of wires to a pytree of tensors; made by ``@ex.value``, still callable."""

    def __init__(self, function: Function) -> None:
        self.wires: Wires = read_wires(function)
        self.name = function.__name__
        self.__doc__ = function.__doc__
        self.__wrapped__ = function

    def __call__(self, **overrides: Any) -> Any:
        """The pytree at the first values of its controls, or at ``overrides`` in the reader's
        terms."""
        from .page import page_for

        page, constants = page_for(self, overrides)
        arguments = page.arguments(self.wires) | constants
        with random_numbers(0, 0):
            return self.wires.function(**arguments)

    def __repr__(self) -> str:
        return f"<value {self.name}{self.wires}>"


def value(function: Function) -> Any:
    """Computed once per change for all figures that take it, and for the prose.

    >>> @ex.value
    ... def wave(shift=shift):
    ...     x = torch.sin(tau * 5 * t + shift)
    ...     return {"x": x, "power": x.square().mean()}
    >>> @ex.figure
    ... def in_time(wave=wave): return ex.curve(t, wave["x"])

    Returns a pytree of tensors; its parts are called ``wave.x`` and ``wave.power`` on the page.
    """
    return Value(function)
