"""Optimisers whose eager step asks tensors for Python numbers: the same algorithms, on numbers that
move. Tried with torch 2.13."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any
from unittest import mock

import torch
from torch._subclasses.fake_tensor import FakeTensor

from ...errors import ExplorableError
from ..lines import current_line
from . import lbfgs

# torch.optim hides these modules behind the classes of their names.
_ASGD, _RADAM, _ADAFACTOR, _MUON = (
    import_module(f"torch.optim.{name}") for name in ("asgd", "radam", "_adafactor", "_muon")
)


@contextmanager
def moving_optimizers() -> Generator[None]:
    """Inside, every optimiser of torch steps on traced parameters or says why it cannot."""
    with ExitStack() as stack:
        for module, name, ours in (
            (_ASGD, "_single_tensor_asgd", _asgd(_ASGD._single_tensor_asgd)),
            (_RADAM, "_single_tensor_radam", _radam(_RADAM._single_tensor_radam)),
            (_ADAFACTOR, "_single_tensor_adafactor", _rate(_ADAFACTOR._single_tensor_adafactor)),
            (_MUON, "_single_tensor_muon", _rate(_MUON._single_tensor_muon)),
            (torch.optim.LBFGS, "step", _lbfgs(torch.optim.LBFGS.step)),
            (torch.optim.SparseAdam, "step", _sparse(torch.optim.SparseAdam.step)),
        ):
            stack.enter_context(mock.patch.object(module, name, ours))
        # Python's own compare the numbers, which asks for their values.
        for name, ours in (("min", torch.sym_min), ("max", torch.sym_max)):
            stack.enter_context(mock.patch.object(_ADAFACTOR, name, ours, create=True))
        yield


Step = Callable[..., Any]


def _radam(own: Step) -> Step:
    """It branches on its step count; its capturable form selects, but needs float64."""

    def step(*args: Any, **kwargs: Any) -> None:
        *lists, counts = args
        with _exact(counts) as exact, _capturable():
            own(*lists, exact, **{**kwargs, "capturable": True})

    return step


def _asgd(own: Step) -> Step:
    """It branches on its step count and computes with Python's numbers, in float64."""

    def step(params: Any, grads: Any, axs: Any, mus: Any, etas: Any, counts: Any, **kw: Any):
        with _exact(mus) as mus, _exact(etas) as etas, _exact(counts) as counts, _capturable():
            own(params, grads, axs, mus, etas, counts, **{**kw, "capturable": True})

    return step


def _rate(own: Step) -> Step:
    """A learning rate that is a tensor becomes a number that moves."""

    def step(*lists: Any, lr: Any, **kwargs: Any) -> None:
        own(*lists, lr=lr.item() if isinstance(lr, torch.Tensor) else lr, **kwargs)

    return step


def _lbfgs(own: Step) -> Step:
    def step(optimizer: torch.optim.LBFGS, closure: Step) -> Any:
        if not _traced(optimizer):
            return own(optimizer, closure)
        return lbfgs.step(optimizer, closure)

    return step


def _sparse(own: Step) -> Step:
    def step(optimizer: torch.optim.Optimizer, closure: Step | None = None) -> Any:
        if not _traced(optimizer):
            return own(optimizer, closure)
        raise ExplorableError(
            "trace",
            "torch.optim.SparseAdam needs sparse gradients, which have no lowering",
            line=current_line(),
            fix="use torch.optim.Adam, and leave sparse=True out of the embedding",
        )

    return step


def _traced(optimizer: torch.optim.Optimizer) -> bool:
    parameters = (p for group in optimizer.param_groups for p in group["params"])
    return any(isinstance(p, FakeTensor) or isinstance(p.grad, FakeTensor) for p in parameters)


def _capturable() -> Any:
    # The capturable forms ask for an accelerator unless they are being compiled.
    return mock.patch.object(torch.compiler, "is_compiling", lambda: True)


@contextmanager
def _exact(numbers: list[torch.Tensor]) -> Generator[list[torch.Tensor]]:
    """Copies in float64, written back in the end."""
    exact = [number.to(torch.float64) for number in numbers]
    yield exact
    for number, done in zip(numbers, exact, strict=True):
        number.copy_(done)
