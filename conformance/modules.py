"""Samples of module_db, PyTorch's data base of modules: parameters and buffers are inputs beside
the module's own, so that their values too are unseen; buffers are results as well."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.func import functional_call

from .operations import DRAWS
from .sample import (
    Arguments,
    Sample,
    Tensors,
    gradient_of,
    plain,
    seed_all,
    tensors_of,
    unseen_of,
)  # fmt: skip

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses hypothesis, which the samples don't need
    from torch.testing._internal.common_modules import ModuleInfo, ModuleInput, module_db


def module_entries() -> dict[str, ModuleInfo]:
    """Every module by its name."""
    return {info.name: info for info in module_db}


@dataclass(frozen=True)
class _Draw:
    """One module as the data base makes it, and what it is called with."""

    module: torch.nn.Module
    arguments: Arguments

    @property
    def named(self) -> dict[str, torch.Tensor]:
        return {**dict(self.module.named_parameters()), **dict(self.module.named_buffers())}


def module_samples(info: ModuleInfo, gradients: bool, seed: int) -> list[Callable[[], Sample]]:
    """A maker of every sample of a module: in training and in use where they differ."""
    makers: list[Callable[[], Sample]] = []
    for training in (True, False) if info.train_and_eval_differ else (False,):
        drawn: list[list[ModuleInput]] = []
        for more in DRAWS:
            seed_all(seed + more)
            drawn.append(
                info.module_inputs_func(
                    info, device="cpu", dtype=torch.float32, requires_grad=gradients,
                    training=training,
                )
            )  # fmt: skip
        mode = "training" if training else "eval"
        for k, (seen, unseen) in enumerate(zip(*drawn, strict=True)):
            makers.append(
                lambda k=k, seen=seen, unseen=unseen, mode=mode, training=training: _sample(
                    info, gradients, f"{mode} sample {k}",
                    *(_draw(info, given, training, seed + more)
                      for given, more in zip((seen, unseen), DRAWS, strict=True)),
                )
            )  # fmt: skip
    return makers


def _draw(info: ModuleInfo, given: ModuleInput, training: bool, seed: int) -> _Draw:
    seed_all(seed)
    made = given.constructor_input
    module: torch.nn.Module = info.module_cls(*made.args, **made.kwargs)
    module = module.to(torch.float32).train(training)
    called = given.forward_input
    assert called is not None  # only samples for constructors alone have none
    return _Draw(module, Arguments.of((called.args, called.kwargs)))


def _sample(info: ModuleInfo, gradients: bool, label: str, seen: _Draw, other: _Draw) -> Sample:
    names = list(seen.named)
    parameters = {name for name, _ in seen.module.named_parameters()}
    buffers = [name for name in names if name not in parameters]

    def call(*given: torch.Tensor) -> tuple[Any, list[torch.Tensor]]:
        values = dict(zip(names, given, strict=False))
        for name in buffers:
            values[name] = values[name].clone()
        args, kwargs = seen.arguments.filled(given[len(names) :])
        result = functional_call(seen.module, values, args, kwargs)
        return result, [values[name] for name in buffers]

    def forward(*given: torch.Tensor) -> list[torch.Tensor]:
        result, states = call(*given)
        return [*tensors_of(result), *states]

    held: Tensors = tuple(map(plain, seen.named.values()))
    fresh: Tensors = tuple(map(plain, other.named.values()))
    given = (*held, *map(plain, seen.arguments.tensors))
    unseen = (*fresh, *unseen_of(seen.arguments, other.arguments))
    if not gradients:
        return Sample(label, forward, given, unseen)
    called = [len(names) + k for k, x in enumerate(seen.arguments.tensors) if x.requires_grad]
    wanted = [k for k, name in enumerate(names) if name in parameters] + called
    made = gradient_of(lambda *given: call(*given)[0], wanted, given) if wanted else None
    if made is None:
        return Sample(label, lambda *given: [], given, unseen)
    function, slopes = made
    fresh_slopes = tuple(map(torch.randn_like, slopes))
    return Sample(label, function, (*given, *slopes), (*unseen, *fresh_slopes))
