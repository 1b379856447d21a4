"""The ops of PyTorch's own database: what lowers agrees with eager, what does not is on a list
(tests/golden/not_lowered.*.txt, reviewed like any golden file). Every fourth op in float32, every
tenth in other dtypes and with gradients: `python -m conformance` tries them all."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest
import torch

from opinfo import samples, sort_out
from oracle import TOLERANCE, run_cases

BATCH = 25


@pytest.mark.slow  # hundreds of operations each
@pytest.mark.filterwarnings("ignore")  # torch warns about deprecated forms in its own samples
@pytest.mark.parametrize(
    ("dtype", "gradients"),
    [
        (torch.float32, False), (torch.float32, True), (torch.int64, False), (torch.bool, False),
        (torch.complex64, False),
    ],
)  # fmt: skip
def test_ops_agree_with_torch(
    dtype: torch.dtype, gradients: bool, golden: Callable[[str, str], None]
) -> None:
    torch.manual_seed(0)
    share = 4 if dtype is torch.float32 and not gradients else 10
    some = (
        sample
        for sample in samples(dtype, gradients=gradients)
        if zlib.crc32(sample.name.encode()) % share == 0
    )
    lowered, refused = sort_out(some)
    bad: dict[str, float] = {}
    for start in range(0, len(lowered), BATCH):
        batch = lowered[start : start + BATCH]
        for sample, error in zip(batch, run_cases([s.case for s in batch]), strict=True):
            if not error <= TOLERANCE:
                bad[sample.name] = error
    assert not bad
    name = f"{str(dtype).removeprefix('torch.')}{'.gradients' if gradients else ''}"
    golden(f"not_lowered.{name}.txt", "\n".join(sorted(refused)) + "\n")
