"""Byte budgets: sizes as authors write them, where the bytes are, a figure that is too large."""

import json
from pathlib import Path

import pytest
import torch

import explorable as ex
from explorable.cli.budget import budget_of
from explorable.compiler.binary import function_sizes
from explorable.errors import ExplorableError
from explorable.figures.build import build
from explorable.figures.bundle import Bundle
from explorable.hosts import downloads, over_budget, parts, size, weight_table
from explorable.parts.options import size_in_bytes

weights = torch.randn(64, 64, generator=torch.Generator().manual_seed(2))


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    @ex.figure(budget="12 kB")
    def layer(shift=ex.slider(-1, 1, value=0.3)):
        """One layer of a network."""
        return ex.curve(torch.tanh(weights @ (torch.linspace(-1, 1, 64) + shift)))

    (built,) = build([layer])
    return built


@pytest.mark.parametrize(
    ("given", "count"), [("60kB", 60_000), ("1.5 MB", 1_500_000), ("800 b", 800), (20_000, 20_000)]
)
def test_sizes_as_authors_write_them(given: object, count: int) -> None:
    assert size_in_bytes(given) == count


@pytest.mark.parametrize("given", ["60", "many kB", "-1 kB", 0, True, None, 2.5])
def test_what_is_no_size(given: object) -> None:
    with pytest.raises(ExplorableError, match="a size like '60 kB'"):
        size_in_bytes(given)


def test_every_byte_is_counted_once(bundle: Bundle) -> None:
    (figure,) = bundle.figures
    found = parts(bundle, figure)

    files = downloads(bundle)
    assert sum(part.raw for part in found) == sum(map(len, files.values())) + len(
        figure.html.encode()
    )
    still = next(part for part in found if part.name == "still")
    assert sum(part.packed for part in found) - still.packed == size(bundle)
    assert {part.name for part in found} == {
        "runtime", "style", "arrays", "wasm", "spec", "still",
    }  # fmt: skip
    assert found == sorted(found, key=lambda part: -part.packed)


def test_wasm_is_told_by_entry(bundle: Bundle) -> None:
    spec = json.loads(bundle.files[bundle.spec])
    wasm = bundle.files[spec["program"]["wasm"]["plain"]]

    sizes = function_sizes(wasm)

    assert {"draw_layer", "init", "kernels"} <= set(sizes)
    assert len(wasm) - 400 < sum(sizes.values()) < len(wasm)
    assert "draw_layer" in weight_table(parts(bundle, bundle.figures[0]))


def test_a_figure_over_its_budget_says_where_its_bytes_are(bundle: Bundle) -> None:
    (figure,) = bundle.figures
    assert figure.budget == 12_000

    told = over_budget(bundle, figure, None)

    assert told is not None
    assert "figure 'layer' is " in told
    assert "its budget is 12.0 kB; most of it is " in told
    assert "arrays" in told
    # The figure's own budget counts, not that of all.
    assert over_budget(bundle, figure, 10**9) == told


def test_the_budget_of_the_command_and_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.explorable]\nbudget = "45 kB"\n')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")

    assert budget_of(None) == 45_000
    assert budget_of("60kB") == 60_000
    (tmp_path / "pyproject.toml").write_text('[tool.explorable]\nbudget = "much"\n')
    with pytest.raises(ExplorableError, match=r"a size like '60 kB'.*pyproject"):
        budget_of(None)
