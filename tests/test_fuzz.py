"""A fixed slice of the fuzzer's programs; that it finds bugs, shrinks them, and tells the pass."""

from __future__ import annotations

from itertools import islice

import pytest
import torch
from fuzz.judge import difference, entry_of, judge
from fuzz.passes import wrong_pass
from fuzz.program import Argument, Program
from fuzz.reduce import reduced
from fuzz.search import drawn, program_of

from explorable.errors import ExplorableError

SEED = 7


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.slow
def test_random_programs_agree_with_eager_torch():
    programs = [program for _, program in islice(drawn(SEED), 150)]
    bad = [
        f"{verdict.outcome} {verdict.detail}\n{program}"
        for program, verdict in zip(programs, judge(programs), strict=True)
        if verdict.bad
    ]
    assert not bad, "\n".join(bad)


@pytest.mark.slow
def test_every_pass_keeps_the_numbers():
    checked = 0
    for number, program in islice(drawn(SEED, 500), 25):
        try:
            entry = entry_of(program, "f")
            fault = wrong_pass(program, entry)
        except ExplorableError:
            continue  # refused: an operation without a lowering
        assert not fault, f"program {number}: {fault}\n{program}"
        checked += 1
    assert checked >= 20


def test_a_number_always_gives_the_same_program():
    assert str(program_of(SEED, 12)) == str(program_of(SEED, 12))


def test_a_lost_nan_is_a_difference_and_rounding_is_none():
    one = torch.tensor([1.0, torch.nan, torch.inf])
    assert not difference(one, one * (1 + 1e-6))
    assert "torch says nan" in difference(one, torch.tensor([1.0, 0.0, torch.inf]))
    assert "torch says inf" in difference(one, torch.tensor([1.0, torch.nan, -torch.inf]))
    assert difference(torch.tensor([1, 2]), torch.tensor([1, 3]))
    assert difference(torch.ones(2), torch.ones(2, 1))


def test_a_program_is_reduced_to_the_lines_that_matter():
    x = Argument("x0", (3,), "float32", "normal")
    y = Argument("x1", (3,), "float32", "normal")
    lines = ("v2 = x0.sin()", "v3 = x1.exp()", "v4 = v3 * 2", "v5 = v2 + v4")
    program = Program((x, y), lines, ("v5", "v3", "v4"), gradient=True)
    found = reduced(program, lambda candidate: "x1.exp()" in str(candidate))
    assert (found.lines, found.results, found.gradient) == (("v3 = x1.exp()",), ("v3",), False)
    assert [a.name for a in found.arguments] == ["x1"]
