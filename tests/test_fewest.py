"""Controls that hold at least so many points or tokens: in Python, traced, and in the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable import ExplorableError
from explorable.figures import load_file
from explorable.figures.build import build
from reader import Reader, serving

SOURCE = '''
import explorable as ex

@ex.figure
def last(text=ex.text("cat", max=6, min=1), pts=ex.points([(0, 1), (1, 2), (2, 2)], max=5, min=2)):
    """What stands last, and which way the points lie."""
    slope = (pts[-1] - pts[0])[1]
    return ex.plot(ex.scatter(pts), ex.curve(text.ids.float(), name="ids"), x=(-1, 6), y=(-1, 99),
                   title=f"last {text.ids[-1]}, up {slope:.1f}")
'''


@pytest.fixture(scope="module")
def reader(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    made = tmp_path_factory.mktemp("fewest")
    write_page(made, SOURCE)
    with serving(made) as url:
        opened = Reader(chromium).open(url)
        yield opened
        opened.context.close()


def title(reader: Reader) -> str:
    shown = reader.page.locator(".explorable-live").text_content() or ""
    found = re.search(r"last \d+, up \d\.\d", shown)
    assert found, shown
    return found[0]


def test_a_text_too_short_leaves_the_figure_as_it_is(reader: Reader) -> None:
    field = reader.page.locator("input[type=text]")
    before = title(reader)
    field.fill("ab")
    reader.settle()
    seen = title(reader)
    assert seen != before
    field.fill("")
    reader.settle()
    assert title(reader) == seen
    assert field.input_value() == ""
    field.fill("b")
    reader.settle()
    assert title(reader) == seen

    field.fill("")
    field.blur()
    assert field.input_value() == "b"


def test_the_fewest_points_stay(reader: Reader) -> None:
    handles = reader.page.locator(".explorable-handle-point")
    assert handles.count() == 3
    assert handles.last.get_attribute("aria-label") == "pts"
    for _ in range(3):
        handles.last.focus()
        reader.page.keyboard.press("Delete")
        reader.settle()
    assert handles.count() == 2
    assert "at least 2 points" in reader.page.locator("explorable-figure").inner_text()


def test_the_page_refuses_what_is_set_from_outside(reader: Reader) -> None:
    for settings, wanted in (({"text": ""}, "1 tokens"), ({"pts": [[0, 0]]}, "2 points")):
        with pytest.raises(Exception, match=wanted):
            reader.set(settings)


def test_fewer_than_min_are_mistakes() -> None:
    for make, told in (
        (lambda: ex.text("", max=4, min=1), "0 tokens, fewer than min=1"),
        (lambda: ex.text("aaaaa", max=4), "5 tokens, more than max=4"),
        (
            lambda: ex.text("a", max=4, min=1, examples={"none": ""}),
            "'none' has 0 tokens, fewer than min=1",
        ),
        (lambda: ex.points([(0, 0)], max=4, min=2), "1 points are fewer than min=2"),
        (lambda: ex.points([(0, 0)], max=4, min=5), "from 0 to max=4, got 5"),
    ):
        with pytest.raises(ExplorableError, match=told):
            make()


@ex.figure
def spoken(text=ex.text("cat", max=6)):
    """The last sign."""
    return ex.plot(ex.curve(text.ids.float()), title=f"{text.ids[-1]}")


@ex.figure
def middle(pts=ex.points([(0, 1)], max=6)):
    """The last point."""
    return ex.plot(ex.scatter(pts), title=f"{pts[-1][0]:.1f}")


def test_what_may_be_empty_is_told_with_min() -> None:
    for figure, call in ((spoken, "ex.text(..., min=1)"), (middle, "ex.points(..., min=1)")):
        with pytest.raises(ExplorableError) as caught:
            build([figure])
        assert call in str(caught.value)


def test_python_refuses_fewer_too(tmp_path: Path) -> None:
    (tmp_path / "author.py").write_text(SOURCE)
    [figure] = load_file(tmp_path / "author.py")
    for given, told in (({"text": ""}, "1 to 6 tokens"), ({"pts": [[0.0, 0.0]]}, "2 to 5 points")):
        with pytest.raises(ExplorableError, match=told):
            figure(**given)


@ex.figure
def idles(
    used=ex.slider(0, 1), shown=ex.slider(0, 1), size=ex.integer(0, 9), idle=ex.integer(0, 9)
):
    """One of four sliders does nothing."""
    return ex.plot(ex.bars(torch.arange(size) * used), title=f"{shown:.1f}")


def test_a_control_that_changes_nothing_is_told() -> None:
    [bundle] = build([idles])
    [warning] = bundle.warnings
    assert "'idles.idle' changes nothing in the figure" in warning
