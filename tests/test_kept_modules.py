"""A module is compiled again only where its C may change: not for words, and not for the numbers of
large constants, which come out as they are."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from explorable.compiler import Entry, Module, compile_module
from explorable.figures import kept
from explorable.trace import trace

FIGURE = """
import torch
import explorable as ex

rows = torch.linspace({low}, 1, 300)


@ex.figure
def titled(a=ex.slider(0, 1)):
    return ex.plot(ex.curve(rows * a), title=f"{title} {{a:.2f}}")
"""


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The entries that were compiled."""
    names: list[str] = []

    def counted(entries: list[Entry], **options: Any) -> Module:
        names.extend(entry.name for entry in entries)
        return compile_module(entries, **options)

    monkeypatch.setattr(kept, "compile_module", counted)
    monkeypatch.setattr(kept, "_MODULES", {})
    return names


def entry(function: Callable[[torch.Tensor], torch.Tensor]) -> Entry:
    return Entry("run", trace(lambda v: {"y": function(v["x"])}, {"x": torch.zeros(200)}))


def made(function: Callable[[torch.Tensor], torch.Tensor], **bounds: tuple[float, float]) -> Module:
    return kept.kept_module(
        [entry(function)], relaxed=False, bounds=bounds, own=(), told=lambda _: None
    )


def test_numbers_of_large_constants_come_out_without_compiling(compiled: list[str]) -> None:
    torch.manual_seed(0)
    numbers = [torch.randn(200), torch.randn(200), torch.zeros(200), torch.randn(200)]
    found = [made(lambda x, c=c: (x + c) * c.flip(0)) for c in numbers]
    # Zeros are a number in the C.
    assert len(compiled) == 2
    for c, module in zip(numbers, found, strict=True):
        alone = compile_module([entry(lambda x, c=c: (x + c) * c.flip(0))], relaxed=False)
        assert module.wasm == alone.wasm
        assert module.arrays == alone.arrays
        assert module.slots == alone.slots


def test_constants_that_were_equal_and_are_not_any_more(compiled: list[str]) -> None:
    one, other = torch.arange(200.0), torch.arange(200.0) ** 2
    pairs = ((one, one.clone()), (other, other.clone()), (one, other), (other, one))
    modules = [made(lambda x, a=a, b=b: x * a + b.sin()) for a, b in pairs]
    assert len(compiled) == 2
    assert [len(module.arrays) for module in modules] == [1, 1, 2, 2]
    swapped = [[a.data for a in module.arrays] for module in modules[2:]]
    assert swapped[0] == swapped[1][::-1]


def test_what_the_c_holds_is_compiled(compiled: list[str]) -> None:
    small = torch.arange(5.0)
    for function in (
        lambda x: x * 0.0,
        lambda x: x * -0.0,
        lambda x: x.int() * 2,
        lambda x: x.int() * 2.0,
        lambda x: x[:5] + small,
        lambda x: x[:5] + small * 2,
    ):
        made(function)
    made(lambda x: x.sin())
    made(lambda x: x.sin(), x=(0.0, 1.0))
    assert len(compiled) == 8
    made(lambda x: x.sin())
    assert len(compiled) == 8


def test_a_title_and_a_range_of_data_are_live_without_compiling(
    compiled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explorable.figures import load_file
    from explorable.figures.build import build

    monkeypatch.setattr(sys, "path", [*sys.path])  # its folder stays there
    source = tmp_path / "titled.py"
    drawn: list[bytes] = []
    for low, title in (("0", "at"), ("0", "for a ="), ("-1", "at")):
        source.write_text(FIGURE.format(low=low, title=title))
        (bundle,) = build(load_file(source))
        assert bundle.verified["worst"] < 1e-6
        drawn.append(b"".join(data for name, data in bundle.files.items() if "titled-" in name))
    assert compiled == ["draw_titled"]
    assert len(set(drawn)) == 3
