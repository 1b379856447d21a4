"""Sizes that move, in figures: one entry in the wasm, shapes that follow the control."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.errors import ExplorableError
from explorable.figures import load_file
from explorable.figures.group import trace_group
from explorable.trace import random_numbers
from reader import FIGURE, Reader, serving

SOURCE = """
n = ex.integer(0, 300, value=20)

@ex.value
def draws(n=n, seed=ex.seed(0)):
    torch.manual_seed(seed)
    return torch.randn(n)

@ex.simulation
def walk(n=n):
    return torch.zeros(n)

@walk.step
def go(place):
    return place + torch.randn(place.shape[0]), ex.record(mean=place.abs().sum())

@ex.figure
def sizes(n=n, draws=draws, walk=walk, pts=ex.points([[0, 0], [1, 1], [2, 0]], max=9),
          text=ex.text("moves", tokenizer=ex.tokenizer("abcdefghijklmnopqrstuvwxyz "), max=12),
          mask=ex.tensor(torch.ones(12, 12).tril().bool())):
    \"\"\"Tensors as large as the reader says.\"\"\"
    k = text.ids.shape[0]
    apart = (pts[:, None] - pts[None]).norm(dim=-1)
    return ex.row(
        ex.plot(ex.curve(draws.cumsum(0), name="sums"), ex.curve(walk.state, name="walk"),
                title=f"{n} draws, {draws.shape[0] // 2} pairs"),
        ex.plot(ex.scatter(pts, name="pts"), x=(-3, 3), y=(-3, 3)),
        ex.plot(ex.heatmap(apart, name="apart")),
        ex.plot(ex.heatmap(mask[:k, :k], rows=text, columns=text, name="mask")),
    )
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sizes")
    write_page(made, SOURCE)
    return made


@pytest.fixture(scope="module")
def reader(chromium: Browser, folder: Path) -> Iterator[Reader]:
    with serving(folder) as url:
        opened = Reader(chromium).open(url)
        yield opened
        opened.context.close()


def output(reader: Reader, name: str) -> torch.Tensor:
    found = reader.outputs()[name]
    return torch.tensor([float(x) for x in found["data"]]).reshape(found["shape"])


@pytest.mark.parametrize("n", [0, 1, 2, 7, 64, 299, 300, 20])
def test_a_number_of_draws_follows_its_slider(reader: Reader, n: int) -> None:
    reader.set({"n": n})

    drawn = output(reader, "sums")
    with random_numbers(0, 0):
        wanted = torch.randn(n).cumsum(0)
    assert drawn.shape == (n, 2)
    torch.testing.assert_close(drawn[:, 1], wanted, rtol=1e-5, atol=1e-5)
    assert f"{n} draws, {n // 2} pairs" in reader.page.locator(".explorable-box").inner_text()


@pytest.mark.parametrize("count", [0, 1, 5, 9])
def test_points_and_their_distances_follow_the_points(reader: Reader, count: int) -> None:
    places = [[0.5 * k, 1.0 - k / 4] for k in range(count)]

    reader.set({"pts": places})

    at = torch.tensor(places).reshape(-1, 2)
    assert output(reader, "pts").shape == (count, 2)
    torch.testing.assert_close(output(reader, "apart"), torch.cdist(at, at), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("text", ["", "a", "twelve signs", "abc"])
def test_a_view_of_a_control_follows_the_text(reader: Reader, text: str) -> None:
    reader.set({"text": text})

    shown = output(reader, "mask")
    assert torch.equal(shown, torch.ones(12, 12).tril()[: len(text), : len(text)])


def test_a_cell_of_the_view_is_clicked(reader: Reader) -> None:
    reader.set({"text": "four"})
    cells = reader.page.locator(".explorable-handle[data-control='sizes.mask']")
    cells.scroll_into_view_if_needed()
    box = cells.bounding_box()
    assert box is not None
    assert output(reader, "mask")[0, 3] == 0

    reader.page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.1)
    reader.settle()

    assert reader.page.evaluate(f"() => {FIGURE}.controls.mask.value")[3]
    assert output(reader, "mask")[0, 3] == 1


def test_a_run_begins_again_with_its_size(reader: Reader) -> None:
    reader.set({"n": 5})
    reader.step(2)

    assert output(reader, "walk").shape == (5, 2)
    assert output(reader, "walk")[:, 1].abs().sum() > 0
    reader.set({"n": 3})
    assert output(reader, "walk")[:, 1].tolist() == [0, 0, 0]


def test_the_page_has_nothing_to_complain_of(reader: Reader) -> None:
    assert reader.said == []


def test_one_entry_serves_every_size(folder: Path) -> None:
    group = trace_group(load_file(folder / "author.py"))

    assert [entry.name for entry in group.entries()] == [
        "value_draws", "init_walk", "step_walk", "draw_sizes",
    ]  # fmt: skip


thirty: Any = ex.integer(1, 30, value=4)


@ex.figure
def counts(n=thirty):
    """Python counts."""
    return ex.curve(torch.stack([torch.sin(torch.tensor(1.0 * k)) for k in range(n)]))


@ex.figure
def counts_far(n=ex.integer(1, 500, value=4)):
    """Python counts too far."""
    return ex.curve(torch.stack([torch.ones(()) * k for k in range(n)]))


@ex.figure
def measures(pts=ex.points([[0, 0]], max=99)):
    """A length that Python takes."""
    return ex.plot(ex.scatter(pts), ex.curve(pts.cumsum(0) / len(pts)))


@ex.figure
def ranks(n=ex.integer(1, 500, value=4)):
    """An operation that needs the number."""
    return ex.curve(torch.randn(n, 2).median(0).values)


@ex.value
def series(n=thirty):
    return torch.arange(n) * 1.0


@ex.figure
def both(n=thirty, series=series):
    """One function counts, another has a size."""
    total = sum(series[k] for k in range(n))
    return ex.plot(ex.curve(series.sum() * torch.ones(3)), title=f"{total}")


@pytest.mark.slow
def test_python_that_counts_has_an_entry_for_each_value() -> None:
    assert len(trace_group([counts]).entries()) == 30


def test_too_many_values_name_the_line_that_asks() -> None:
    with pytest.raises(ExplorableError) as caught:
        trace_group([counts_far])

    assert "python needs the value of 'n': 500 entry points (limit 64)" in str(caught.value)
    assert "for k in range(n)" in str(caught.value)


def test_len_is_told_what_to_write_instead() -> None:
    with pytest.raises(ExplorableError) as caught:
        trace_group([measures])

    assert "len(pts)" in str(caught.value)
    assert "len() fixes a size that moves; use .shape[0]" in str(caught.value)


def test_an_operation_without_moving_sizes_is_named() -> None:
    with pytest.raises(ExplorableError) as caught:
        trace_group([ranks])

    assert "'aten.median.dim' cannot take a size that moves yet" in str(caught.value)
    assert "torch.randn(n, 2).median(0)" in str(caught.value)
    assert "give 'n' a range of at most 64 values" in str(caught.value)


def test_a_size_stands_still_where_another_function_counts() -> None:
    with pytest.raises(ExplorableError, match="depending on a toggle, a choice or a size"):
        trace_group([both])
