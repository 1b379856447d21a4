"""Values read and ranges zoomed in Chromium: by mouse, by touch and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from authored import write_page
from reader import Reader, serving

SOURCE = """
@ex.figure
def read(k=ex.slider(1, 3, value=2.0)):
    "Four marks that are read."
    x = torch.arange(5)
    return ex.row(
        ex.plot(ex.curve(x, k * x, name="line"), ex.scatter(x, -k * x, name="dots"),
                x=(0, 4), y=(-12, 12), hover=True, zoom=True),
        ex.column(
            ex.plot(ex.bars(k * torch.tensor([1.0, 3.0]), labels=["a", "b"]), y=(0, 9), hover=True),
            ex.plot(ex.heatmap(k * torch.eye(2), columns=["p", "q"], name="cells"), hover=True),
        ),
    )
"""
VIEW = ".explorable-view"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("view")
    write_page(folder, SOURCE)
    with serving(folder) as address:
        yield address


@pytest.fixture
def reader(chromium: Browser, url: str) -> Iterator[Reader]:
    opened = Reader(chromium).open(url)
    yield opened
    assert opened.said == []
    opened.context.close()


def at(view: Locator, across: float, up: float) -> tuple[float, float]:
    """Pixels of a place of the data area, from 0 to 1 either way."""
    box: Any = view.bounding_box()
    return box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"]


def told(view: Locator) -> str | None:
    return view.get_attribute("aria-valuetext")


def numbers(reader: Reader) -> list[float]:
    """The numbers under the first plot's x axis."""
    words = reader.page.locator(".explorable-text text").evaluate_all(
        """(all) => {
          const view = document.querySelector(".explorable-view");
          const foot = Number(view.getAttribute("y")) + Number(view.getAttribute("height"));
          const end = Number(view.getAttribute("x")) + Number(view.getAttribute("width")) + 15;
          return all.filter((text) => Math.abs(text.getAttribute("y") - foot - 17) < 1 &&
            text.getAttribute("x") < end).map((text) => text.textContent);
        }"""
    )
    return [float(word.replace("−", "-")) for word in words]


def test_the_pointer_reads_the_nearest_datum(reader: Reader) -> None:
    line, bars, cells = reader.page.locator(VIEW).all()
    reader.page.mouse.move(*at(line, 0.74, 0.7))
    assert told(line) == "line, x 3, y 6"
    assert reader.page.locator(".explorable-handles tspan").all_text_contents() == [
        "line",
        "x 3, y 6",
    ]
    reader.page.mouse.move(*at(line, 0.49, 0.3))
    assert told(line) == "dots, x 2, y −4"
    reader.page.mouse.move(*at(bars, 0.7, 0.2))
    assert told(bars) == "b: 6"
    reader.page.mouse.move(*at(cells, 0.9, 0.1))
    assert told(cells) == "row 2, column q: 2"
    reader.page.mouse.move(2, 2)
    assert reader.page.locator(".explorable-handles tspan").count() == 0


def test_what_is_read_follows_the_figure(reader: Reader) -> None:
    line = reader.page.locator(VIEW).first
    reader.page.mouse.move(*at(line, 0.74, 0.7))
    reader.set({"k": 2.5})
    reader.settle()
    assert told(line) == "line, x 3, y 7.5"


def test_arrow_keys_walk_the_data(reader: Reader) -> None:
    line, bars, cells = reader.page.locator(VIEW).all()
    keys = reader.page.keyboard
    reader.page.locator("input").first.focus()
    line.focus()
    for key, text in [
        ("ArrowRight", "line, x 1, y 2"),
        ("End", "line, x 4, y 8"),
        ("ArrowRight", "line, x 4, y 8"),
        ("ArrowDown", "dots, x 4, y −8"),
        ("Home", "dots, x 0, y 0"),
        ("ArrowUp", "line, x 0, y 0"),
    ]:
        keys.press(key)
        assert told(line) == text
    keys.press("Escape")
    assert told(line) == ""
    bars.focus()
    keys.press("ArrowRight")
    assert told(bars) == "b: 6"
    cells.focus()
    keys.press("ArrowDown")
    assert told(cells) == "row 2, column p: 0"
    for view, role in ((line, "slider"), (cells, "slider")):
        assert view.get_attribute("role") == role
        assert view.get_attribute("aria-label") == "Read the values"


def test_control_and_wheel_zoom_where_the_pointer_is_and_a_double_click_resets(
    reader: Reader,
) -> None:
    line = reader.page.locator(VIEW).first
    page = reader.page
    assert numbers(reader) == [0, 1, 2, 3, 4]
    page.mouse.move(*at(line, 0.5, 0.5))
    page.mouse.wheel(0, -50)
    reader.settle()
    assert numbers(reader) == [0, 1, 2, 3, 4], "the wheel alone scrolls the page"
    page.keyboard.down("Control")
    for _ in range(3):
        page.mouse.wheel(0, -50)
    page.keyboard.up("Control")
    reader.settle()
    near = numbers(reader)
    assert min(near) >= 1 and max(near) <= 3 and 2 in near
    page.mouse.down()
    page.mouse.move(*at(line, 0.0, 0.5), steps=4)
    page.mouse.up()
    reader.settle()
    assert max(numbers(reader)) > max(near)
    page.mouse.dblclick(*at(line, 0.5, 0.5))
    reader.settle()
    assert numbers(reader) == [0, 1, 2, 3, 4]


def test_keys_zoom_and_pan(reader: Reader) -> None:
    line = reader.page.locator(VIEW).first
    line.focus()
    keys = reader.page.keyboard
    for _ in range(4):
        keys.press("+")
    reader.settle()
    near = numbers(reader)
    assert max(near) - min(near) < 2
    for _ in range(5):
        keys.press("Shift+ArrowRight")
    reader.settle()
    assert max(numbers(reader)) > max(near)
    keys.press("-")
    keys.press("0")
    reader.settle()
    assert numbers(reader) == [0, 1, 2, 3, 4]


def test_fingers_read_and_pinch(chromium: Browser, url: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".explorable-box[data-live]")
    reader = Reader.__new__(Reader)
    reader.page = page
    line = page.locator(VIEW).first
    page.touchscreen.tap(*at(line, 0.74, 0.7))
    assert told(line) == "line, x 3, y 6"
    session = context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    middle = at(line, 0.5, 0.5)
    for half in (20, 40, 60, 80):
        kind = "touchStart" if half == 20 else "touchMove"
        touch(kind, (middle[0] - half, middle[1]), (middle[0] + half, middle[1]))
    touch("touchEnd")
    reader.settle()
    near = numbers(reader)
    assert max(near) - min(near) < 2
    assert near[0] < 2 < near[-1]
    context.close()


HEIGHTS = """
@ex.figure
def heights(h=ex.tensor([1.0, 30.0, 100.0], -1000, 1000)):
    "Heights over places of their own, on an axis of both signs."
    return ex.plot(ex.scatter(torch.tensor([1.0, 2.0, 4.0]), h, name="dots"),
                   x=(0, 5), y=(-1000, 1000), y_scale="symlog")
"""


@pytest.fixture(scope="module")
def heights_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("heights")
    write_page(folder, HEIGHTS)
    with serving(folder) as address:
        yield address


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_heights_are_dragged_over_places_of_their_own(
    chromium: Browser, heights_url: str, touch: bool
) -> None:
    reader = Reader(chromium).open(heights_url)
    page = reader.page
    second = page.locator(".explorable-handle").nth(1)
    box: Any = second.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    zero: Any = page.locator(".explorable-live").bounding_box()
    if touch:
        session = reader.context.new_cdp_session(page)
        for kind, down in (("touchStart", 0), ("touchMove", 40), ("touchMove", 80)):
            points = [{"x": x - down / 2, "y": y + down}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 40, y + 80, steps=4)
        page.mouse.up()
    reader.settle()

    first, dragged, last = reader.controls()["heights.h"]["value"]
    assert (first, last) == (1, 100)
    moved: Any = second.bounding_box()
    # It follows the pointer up and down, and stays over its place.
    assert moved["y"] - box["y"] == pytest.approx(80, abs=1)
    assert moved["x"] == pytest.approx(box["x"], abs=0.5)
    assert -1000 < dragged < 30 and zero["height"] > 100
    dots = reader.outputs()["dots"]["data"]
    assert [float(v) for v in dots] == pytest.approx([1, 1, 2, dragged, 4, 100])
    assert reader.said == []
    reader.context.close()


def test_heights_are_moved_by_keys(chromium: Browser, heights_url: str) -> None:
    reader = Reader(chromium).open(heights_url)
    handle = reader.page.locator(".explorable-handle").nth(2)
    handle.focus()
    reader.page.keyboard.press("ArrowUp")
    reader.settle()
    first, second, third = reader.controls()["heights.h"]["value"]
    assert (first, second) == (1, 30) and 100 < third < 130
    assert handle.get_attribute("aria-valuetext") == f"x 4, y {third:.3g}"
    assert reader.said == []
    reader.context.close()
