"""A fixed slice of PyTorch's modules, one sample of each (operations: test_lower_opinfo.py), and
the command itself: it finds wrong results, survives crashes, goes on where it stopped."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import torch
from conformance import __main__ as command
from conformance import supervise, work
from conformance.compare import CHOSEN, CLOSE, ROUNDED, Different, verdict
from conformance.result import Result
from conformance.sample import Sample, Tolerance
from conformance.sections import MOST_EXCLUDED, SECTIONS, split

from trial_entries import trial

EVERY = 4


@pytest.mark.slow  # about 25 modules each
@pytest.mark.filterwarnings("ignore")  # torch warns about deprecated forms in its own samples
@pytest.mark.parametrize("section", ["modules", "modules-gradients"])
def test_modules_agree_with_torch(section: str) -> None:
    names = split(section)[0][::EVERY]
    results = work.run_entries(section, names, seed=0, wanted=1, tell=lambda said: None)

    assert [failure for result in results for failure in result.failures] == []


@pytest.mark.parametrize("section", SECTIONS)
def test_few_entries_are_left_out(section: str) -> None:
    names, left_out = split(section)

    assert len(left_out) <= MOST_EXCLUDED * (len(names) + len(left_out))


def sample_of(function: Callable[..., Sequence[torch.Tensor]], *unseen: torch.Tensor) -> Sample:
    return Sample("sample", lambda *given: list(function(*given)), unseen, unseen)


def test_wrong_results_are_found() -> None:
    x = torch.linspace(1, 2, 5)
    sample = sample_of(lambda x: [x.sin()], x)
    (want,) = sample.function(x)
    off = want.clone()
    off[2] += 3e-5
    lost = want.clone()
    lost[0] = float("nan")

    assert verdict("sin", sample, [want.clone()], [want]) == CLOSE
    for got in ([off], [lost], [want[:4]], [want.double()], []):
        with pytest.raises(Different):
            verdict("sin", sample, got, [want])
    wide = dataclasses.replace(sample, tolerance=Tolerance(1.3e-6, 1e-4))
    assert verdict("sin", wide, [off], [want]) == CLOSE


def test_float32_is_not_asked_for_more_than_eager_has() -> None:
    x = torch.tensor([30.0, 1.0])
    sample = sample_of(lambda x: [(x.exp() * 1e-3).sin()], x)
    (want,) = sample.function(x)
    error = (want.double() - sample.function(x.double())[0]).abs().max()

    assert verdict("sin", sample, [(want.double() + 3 * error).float()], [want]) == ROUNDED
    with pytest.raises(Different):
        verdict("sin", sample, [(want.double() + 5 * error).float()], [want])


def test_factors_may_differ_in_phase_only() -> None:
    a = torch.randn(4, 4, generator=torch.Generator().manual_seed(0))
    sample = sample_of(lambda a: torch.linalg.eigh(a), a)
    w, v = sample.function(a)
    turned = v * torch.tensor([-1.0, 1, 1, -1])
    bent = v.clone()
    bent[0, 0] += 0.01

    assert verdict("linalg.eigh", sample, [w, turned], [w, v]) == CHOSEN
    for got in ([w, bent], [w + 0.01, turned], [w, v.flip(1)]):
        with pytest.raises(Different):
            verdict("linalg.eigh", sample, got, [w, v])


def test_positions_may_differ_where_the_numbers_do_not() -> None:
    x = torch.tensor([2, 1, 2, 0])
    sample = sample_of(lambda x: torch.topk(x, 2), x)
    values, places = sample.function(x)

    assert verdict("topk", sample, [values, places.flip(0)], [values, places]) == CHOSEN
    for other in ([0, 0], [0, 1], [0, 9]):
        with pytest.raises(Different):
            verdict("topk", sample, [values, torch.tensor(other)], [values, places])


@pytest.mark.slow
def test_one_entry_that_dies_or_hangs_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "SILENCE_SECONDS", 10.0)
    work = {"trial": ["first", "dies", "between", "hangs", "last"]}

    results = {r.entry: r for r, _ in supervise.run_all(supervise.Order(trial, 0, 1), work, 1)}

    assert [name for name in work["trial"] if results[name].green] == ["first", "between", "last"]
    assert results["dies"].failures == [
        "all samples: crash: the process died (3) while trying dies"
    ]
    assert results["hangs"].failures == ["all samples: crash: hung for 10 s while trying hangs"]


def test_what_is_green_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def run_all(
        order: supervise.Order, work: dict[str, list[str]], jobs: int
    ) -> Iterator[tuple[Result, int]]:
        for section, names in work.items():
            for name in names:
                ran.append(name)
                result = Result(section, name, order.seed, order.wanted, samples=1)
                if name == "add":
                    result.fail("sample 1", "wrong", "result 0: Mismatched elements: 1 / 2 (50%)")
                yield result, 0

    monkeypatch.setattr(command, "run_all", run_all)
    kept = tmp_path / "results.jsonl"
    arguments = ["--section", "bool", "--entry", "ad*", "--results", str(kept)]

    assert command.main(arguments) == 1
    first = list(ran)
    with kept.open("a") as text:
        text.write('{"section": "bool", "ent')  # the run was stopped here
    ran.clear()
    assert command.main(arguments) == 1

    assert "add" in first and len(first) > 1
    assert ran == ["add"]
    told = capsys.readouterr().out
    assert "sample 1: wrong: result 0: Mismatched elements: 1 / 2 (50%)" in told
    assert f"| bool | {len(first) - 1} | {len(first)} " in told
