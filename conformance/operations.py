"""Samples of op_db, PyTorch's data base of operations, for one dtype, forward or backward."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch

from .sample import (
    Arguments,
    Sample,
    Tensors,
    Tolerance,
    gradient_of,
    leaves,
    plain,
    seed_all,
    tensors_of,
    unseen_of,
)  # fmt: skip

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses hypothesis, which the samples don't need
    from torch.testing._internal.common_device_type import precisionOverride, toleranceOverride
    from torch.testing._internal.common_methods_invocations import op_db
    from torch.testing._internal.opinfo.core import DecorateInfo, OpInfo, SampleInput

DRAWS = (0, 1000)
"""What is added to the seed for the draw that is compiled on, and the one compared on."""

SYMMETRISE = (
    "gradcheck_wrapper_hermitian_input",
    "gradcheck_wrapper_triangular_input_real_positive_diagonal",
)
"""Wrappers that make of any matrix one that the operation is defined for."""


def operation_entries(dtype: torch.dtype, gradients: bool) -> dict[str, OpInfo]:
    """Every entry that takes ``dtype`` on a CPU (and has gradients of it), by its name."""
    found: dict[str, OpInfo] = {}
    for op in op_db:
        kinds = op.supported_backward_dtypes("cpu") if gradients else op.supported_dtypes("cpu")
        if dtype in kinds and (op.supports_autograd or not gradients):
            found[f"{op.name}.{op.variant_test_name}".rstrip(".")] = op
    return found


def operation_samples(
    op: OpInfo, dtype: torch.dtype, gradients: bool, seed: int
) -> list[Callable[[], Sample]]:
    """A maker of every sample of an operation, in the data base's order."""
    drawn: list[list[SampleInput]] = []
    for more in DRAWS:
        seed_all(seed + more)
        # By itself the data base gives the same values whenever it is asked.
        made = op.sample_inputs("cpu", dtype, requires_grad=gradients, set_seed=False)
        drawn.append(list(made))
    seen, unseen = drawn
    pairs: Iterator[tuple[int, SampleInput]] = enumerate(seen)
    others = unseen if len(unseen) == len(seen) else [None] * len(seen)
    tolerance = tolerance_of(op, dtype)
    return [
        lambda k=k, sample=sample, other=others[k]: _sample(
            op, gradients, f"sample {k}", sample, other, tolerance
        )
        for k, sample in pairs
    ]


def _sample(
    op: OpInfo,
    gradients: bool,
    label: str,
    sample: SampleInput,
    other: SampleInput | None,
    tolerance: Tolerance,
) -> Sample:
    arguments = _arguments(sample)
    wanted = [k for k, x in enumerate(arguments.tensors) if x.requires_grad]
    seen: Tensors = tuple(map(plain, arguments.tensors))
    unseen = unseen_of(arguments, None if other is None else _arguments(other))

    rest = tuple(leaves((sample.args, sample.kwargs)))

    def forward(*given: torch.Tensor) -> list[torch.Tensor]:
        first, positional, named = arguments.filled(given)
        if op.gradcheck_wrapper.__name__ in SYMMETRISE:
            return tensors_of(op.gradcheck_wrapper(op.op, first, *positional, **named))
        return tensors_of(op.op(first, *positional, **named))

    def processed(*given: torch.Tensor) -> object:
        first, positional, named = arguments.filled(given)
        wrapped: Any = op.gradcheck_wrapper  # Any: it takes what the operation takes
        return sample.output_process_fn_grad(wrapped(op.op, first, *positional, **named))

    if not gradients:
        return Sample(label, forward, seen, unseen, tolerance, rest)
    made = gradient_of(processed, wanted, seen) if wanted else None
    if made is None:
        return Sample(label, lambda *given: [], seen, unseen, tolerance, rest)
    function, slopes = made
    fresh = tuple(map(torch.randn_like, slopes))
    return Sample(label, function, (*seen, *slopes), (*unseen, *fresh), tolerance, rest)


def _arguments(sample: SampleInput) -> Arguments:
    return Arguments.of((sample.input, sample.args, sample.kwargs))


def tolerance_of(op: OpInfo, dtype: torch.dtype) -> Tolerance:
    """The widest that PyTorch's own tests on a CPU take for this operation and dtype."""
    rtols: list[float] = []
    atols: list[float] = []
    for decorator in op.decorators:
        here = not isinstance(decorator, DecorateInfo) or decorator.device_type in (None, "cpu")
        if isinstance(decorator, DecorateInfo):
            if "half" in (decorator.test_name or "") or not decorator.active_if:
                continue
            inner = decorator.decorators
        else:
            inner = [decorator]
        for override in inner if here else []:
            if isinstance(override, toleranceOverride) and dtype in override.d:
                rtols.append(override.d[dtype].rtol)
                atols.append(override.d[dtype].atol)
            elif isinstance(override, precisionOverride) and dtype in override.d:
                atols.append(override.d[dtype])
    if not atols and not rtols:
        return Tolerance()
    usual = 1.3e-6 if dtype in (torch.float32, torch.complex64) else 0.0
    return Tolerance(max([usual, *rtols]), max([1e-5 if usual else 0.0, *atols]))
