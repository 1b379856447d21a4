"""Byte budgets: sizes as authors write them, where the bytes are, a figure that is too large."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

import explorable as ex
from explorable.cli.budget import budgets_of
from explorable.cli.main import main
from explorable.compiler.binary import function_sizes
from explorable.errors import ExplorableError
from explorable.figures.build import build
from explorable.figures.bundle import Bundle
from explorable.hosts import (
    Budgets,
    downloads,
    loads,
    over_budget,
    page_over_budget,
    parts,
    size,
    weight_table,
)
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


@pytest.fixture(scope="module")
def other() -> Bundle:
    @ex.figure
    def turned(turn=ex.slider(0, 6, value=1.0)):
        """A point on a circle."""
        return ex.curve(torch.polar(torch.ones(20), torch.linspace(0, 1, 20) * turn))

    (built,) = build([turned])
    return built


def test_a_page_counts_every_file_once(bundle: Bundle, other: Bundle) -> None:
    shown = [(bundle, bundle.figures[0]), (other, other.figures[0])]

    found = loads(shown)

    files = downloads(bundle) | downloads(other)
    stills = [figure.html.encode() for _, figure in shown]
    raw = sum(part.raw for load in found for part in load.parts)
    assert raw == sum(map(len, files.values())) + sum(map(len, stills))
    assert [load.figures for load in found] == [(), ("layer",), ("turned",)]
    # The core stands in both bundles and is fetched once.
    shared, layer, turned = found
    assert shared.parts[0].name == "runtime"
    assert shared.packed > 15_000 > turned.packed
    assert sum(load.packed for load in found) < size(bundle) + size(other) - 10_000
    assert layer.packed + shared.packed == sum(p.packed for p in parts(*shown[0]))
    # The same figure twice costs as one; alone it shares nothing.
    assert loads(shown[:1] * 2) == loads(shown[:1])
    assert [load.figures for load in loads(shown[:1])] == [("layer",)]


def test_prose_brings_its_file(bundle: Bundle) -> None:
    shown = [(bundle, bundle.figures[0])]
    prose = json.loads(bundle.files[bundle.spec])["parts"]["prose"]

    (without,), (given,) = loads(shown), loads(shown, prose=True)

    added = sum(p.raw for p in given.parts) - sum(p.raw for p in without.parts)
    assert added == len(bundle.files[prose])


def test_a_page_over_its_budget_names_figure_and_part(bundle: Bundle, other: Bundle) -> None:
    shown = [(other, other.figures[0]), (bundle, bundle.figures[0])]
    total = sum(load.packed for load in loads(shown))

    assert page_over_budget("essay", shown, total) is None
    assert page_over_budget("essay", shown, None) is None
    told = page_over_budget("essay", shown, 30_000)

    assert told is not None
    assert f"page 'essay' is {total / 1000:.1f} kB over the wire, its budget is 30.0 kB" in told
    assert "the largest of its figures is 'layer'" in told
    assert "most of that is arrays, 1" in told
    assert '"int8" quarters them' in told
    table = told.split("\n")[-3:]
    assert [line.split("  ")[0] for line in table] == ["shared by figures", "layer", "turned"]


ESSAY = """\
# An essay

```{explorable} one.py
```

```{explorable} two.py
```
"""
FIGURE = '''
import torch
import explorable as ex

@ex.figure
def %s(turn=ex.slider(0, 6, value=1.0)):
    """A curve that is moved."""
    return ex.curve(torch.sin(torch.linspace(0, 6, %d) + turn))
'''


# Sphinx and its converters use what they will change themselves.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.slow
def test_budgets_of_the_command(tmp_path: Path) -> None:
    """A folder of figures, one page of all, and a Markdown page that shows both."""
    for name, count in (("one", 30), ("two", 31)):
        (tmp_path / f"{name}.py").write_text(FIGURE % (name, count))
    (tmp_path / "essay.md").write_text(ESSAY)
    figures = [tmp_path / "one.py", tmp_path / "two.py"]

    def built(*given: object, out: str = "out") -> tuple[int, str]:
        given = (*given, "--jobs", 1, "-o", tmp_path / out)
        done = CliRunner().invoke(main, ["build", *map(str, given)])
        return done.exit_code, done.output

    status, said = built(*figures, "--page-budget", "10kB")
    assert status == 1
    assert "page 'one' is" in said
    assert "page 'two' is" in said

    status, said = built(*figures, "--single", "--page-budget", "10kB", out="all.html")
    assert status == 1
    assert "page 'all.html' is" in said
    assert not (tmp_path / "all.html").exists()

    page = tmp_path / "essay.md"
    assert built(page, "--budget", "60kB", "--page-budget", "60kB", out="site")[0] == 0
    status, said = built(page, "--page-budget", "20kB", "--sizes", out="site")
    assert status == 1
    assert "ERROR: hosts: page 'essay' is" in said
    assert "shared by figures" in said
    # Not forgotten because no page has changed; and a figure has its own.
    status, said = built(page, "--budget", "10kB", out="site")
    assert status == 1
    assert "figure 'one' is" in said
    assert "figure 'two' is" in said


def test_the_budget_of_the_command_and_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.explorable]\nbudget = "45 kB"\n')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")

    assert budgets_of() == Budgets(45_000)
    assert budgets_of("60kB", "1 MB") == Budgets(60_000, 1_000_000)
    (tmp_path / "pyproject.toml").write_text('[tool.explorable]\npage-budget = "90 kB"\n')
    assert budgets_of(70_000) == Budgets(70_000, 90_000)
    (tmp_path / "pyproject.toml").write_text('[tool.explorable]\nbudget = "much"\n')
    with pytest.raises(ExplorableError, match=r"a size like '60 kB'.*pyproject"):
        budgets_of()
    with pytest.raises(ExplorableError, match=r"a size like '60 kB'.*--page-budget"):
        budgets_of("1 kB", "some")
