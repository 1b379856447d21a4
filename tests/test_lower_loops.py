"""torch's scan, cond and while_loop as C control flow, against eager torch."""

from __future__ import annotations

import re

import pytest
import torch
from torch._higher_order_ops import scan, while_loop

import explorable as ex
from explorable.errors import ExplorableError
from explorable.trace import loops, random_numbers
from oracle import Case, check


def collatz(start: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Where the sequence of ``start`` ends, and after how many steps."""

    def goes_on(number: torch.Tensor, steps: torch.Tensor) -> torch.Tensor:
        return (number != 1) & (steps < 1000)

    def step(number: torch.Tensor, steps: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.where(number % 2 == 0, number // 2, 3 * number + 1), steps + 1

    return while_loop(goes_on, step, (start, torch.zeros((), dtype=torch.int64)))


def either(signs: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return torch.cond(signs.sum() > 0, lambda x: x.sin(), lambda x: x * 2, (x,))


def leaky_sum(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return scan(lambda kept, row: (kept * 0.9 + row, kept.sin()), torch.zeros(3), x)


def test_a_while_loop_runs_as_often_as_its_values_say() -> None:
    numbers = tuple((torch.tensor(n),) for n in (1, 6, 27, 97))
    check(Case(collatz, (torch.tensor(7),), numbers))


def test_cond_takes_the_branch_of_its_value() -> None:
    x = torch.randn(4)
    check(Case(either, (torch.ones(3), x), ((torch.ones(3), x), (-torch.ones(3), x))))


def test_scan_carries_and_stacks() -> None:
    check(Case(leaky_sum, (torch.randn(50, 3),)))


def endless(x: torch.Tensor) -> torch.Tensor:
    """Ends for positive numbers alone."""
    return while_loop(lambda y: y < 10, lambda y: (y + x,), (torch.zeros(()),))[0]


def test_a_loop_that_does_not_end_is_an_error_and_hangs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled = ex.compile(endless, torch.ones(()))
    with pytest.raises(ExplorableError, match="a while_loop in 'run' does not end"):
        compiled(torch.zeros(()))
    assert compiled(torch.tensor(3.0)) == 12

    monkeypatch.setattr(loops, "MOST_ITERATIONS", 1000)  # eager steps take their time
    with random_numbers(), pytest.raises(ExplorableError) as caught:
        endless(torch.zeros(()))
    assert "a while_loop has not ended after 1,000 iterations" in str(caught.value)


@pytest.mark.slow
def test_a_row_written_in_a_loop_copies_nothing_else() -> None:
    def smoothed(x: torch.Tensor) -> torch.Tensor:
        kept, level = torch.zeros(900, dtype=torch.float64), x[0] * 0
        for k in range(900):
            level = level + 0.1 * (x[k] - level) * torch.sin(x[k]) + torch.cos(level) * 1e-3
            kept[k] = level
        return kept

    # In float64, as nine hundred steps keep the rounding of each.
    compiled = ex.compile(smoothed, torch.randn(900, dtype=torch.float64))
    loop = compiled.program[compiled.program.index("repeat [") :]
    assert not re.search(r"\n    for \[i", loop), loop
    x = torch.randn(900, dtype=torch.float64)
    torch.testing.assert_close(compiled(x), smoothed(x))
