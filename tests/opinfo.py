"""PyTorch's own samples (OpInfo) as cases: forward, and gradients of all float arguments."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils import _pytree as pytree

from explorable.compiler.lower import Places, lower_entry
from explorable.errors import ExplorableError
from oracle import Case, entry_of, leaves

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses hypothesis, which the samples don't need
    from torch.testing._internal import common_utils
    from torch.testing._internal.common_methods_invocations import op_db
    from torch.testing._internal.opinfo import core

# For each sample they go through the whole stack, source and all, for a test of torch's own.
for module in (common_utils, core):
    module.extract_test_fn = lambda: None

UNSUITABLE = (
    # no values to compare, shapes that depend on data, random values, other storage
    *("item", "equal", "allclose", "broadcast_shapes", "empty", "resize", "sparse", "jiterator"),
    *("nonzero", "argwhere", "masked_select", "unique", "bincount", "combinations", "to_list"),
    *("rand", "normal", "bernoulli", "multinomial", "dropout", "cauchy", "exponential", "rrelu"),
    *("geometric", "uniform", "pca_lowrank", "svd_lowrank", "fractional_max_pool", "half"),
    *("bfloat16", "chalf", "multi_head_attention", "scaled_dot_product"),
    # positions of equal values are anybody's choice
    *("kthvalue", "mode", "topk"),
)
PLAIN = (torch.Tensor, int, float, bool, str, complex, type(None), torch.dtype, torch.device)


@dataclass(frozen=True)
class Sample:
    """One sample of one op, as a case."""

    name: str
    case: Case


def samples(dtype: torch.dtype, *, gradients: bool = False) -> Iterator[Sample]:
    """The second sample of every suitable op (the first is often trivial), or its only one."""
    for op in op_db:
        if any(word in op.name for word in UNSUITABLE) or dtype not in op.supported_dtypes("cpu"):
            continue
        if gradients and not op.supports_autograd:
            continue
        name = f"{op.name}.{op.variant_test_name}".rstrip(".")
        chosen = None
        for number, sample in enumerate(op.sample_inputs("cpu", dtype, requires_grad=False)):
            chosen = sample
            if number == 1:
                break
        if chosen is not None:
            case = _case(op.op, (chosen.input, chosen.args, chosen.kwargs), gradients)
            if case is not None:
                yield Sample(name, case)


def _case(op: Callable[..., Any], arguments: object, gradients: bool) -> Case | None:
    flat, spec = pytree.tree_flatten(arguments)
    if not all(isinstance(part, PLAIN) for part in flat):
        return None
    places = [k for k, part in enumerate(flat) if isinstance(part, torch.Tensor)]
    tensors = tuple(flat[k].detach().clone() for k in places)

    def call(*given: torch.Tensor) -> object:
        parts = list(flat)
        for k, tensor in zip(places, given, strict=True):
            parts[k] = tensor
        first, positional, named = pytree.tree_unflatten(parts, spec)
        return op(first, *positional, **named)

    def gradient(*given: torch.Tensor) -> object:
        inputs = [x.detach().requires_grad_(x.is_floating_point()) for x in given]
        made = [y for y in leaves(call(*inputs)) if isinstance(y, torch.Tensor) and y.requires_grad]
        total = sum(((y * y).sum() / 2 + y.sum() for y in made), torch.zeros(()))
        wanted = [x for x in inputs if x.requires_grad]
        found = torch.autograd.grad(total, wanted, allow_unused=True)
        return [g for g in found if g is not None]

    return Case(gradient if gradients else call, tensors, (tensors,))


def sort_out(found: Iterator[Sample]) -> tuple[list[Sample], list[str]]:
    """The samples that lower, and a line for each that does not: its name and why."""
    lowered: list[Sample] = []
    refused: list[str] = []
    for sample in found:
        try:
            sample.case.function(*sample.case.examples)
        except (RuntimeError, NotImplementedError):
            continue  # torch itself refuses this sample
        try:
            lower_entry(entry_of(sample.case, "f"), Places())
        except ExplorableError as error:
            refused.append(f"{sample.name}: {error.fact.splitlines()[0]}")
        else:
            lowered.append(sample)
    return lowered, refused
