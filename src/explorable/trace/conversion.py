"""``net.half()``, ``net.double()`` in a traced init: the parameters of a module in another dtype.

torch swaps the insides of traced parameters, which fails while a trace holds on to them; here the
module gets new ones instead.
"""

# This floor alone may use torch's private names.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch
from torch._subclasses.fake_tensor import FakeTensor

Convert = Callable[[torch.Tensor], torch.Tensor]


@contextmanager
def new_parameters() -> Generator[None]:
    """Inside, converting a module that is being traced replaces its parameters."""
    own: Any = torch.nn.Module._apply  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  (not typed)

    def apply(module: torch.nn.Module, convert: Convert, recurse: bool = True) -> Any:
        traced = any(isinstance(p, FakeTensor) for p in module.parameters(recurse=False))
        if not traced:
            return own(module, convert, recurse)
        if recurse:
            for child in module.children():
                child._apply(convert)  # pyright: ignore[reportUnknownMemberType]  (not typed)
        for name, parameter in module._parameters.items():
            if parameter is not None:
                with torch.no_grad():
                    converted = convert(parameter)
                if converted is not parameter:
                    made = torch.nn.Parameter(converted, parameter.requires_grad)
                    module._parameters[name] = made
        for name, buffer in module._buffers.items():
            if buffer is not None:
                module._buffers[name] = convert(buffer)
        return module

    with mock.patch.object(torch.nn.Module, "_apply", apply):
        yield
