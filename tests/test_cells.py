"""Cells that are read and edited one by one: matrices and boards, by mouse, touch and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from playwright.sync_api import Browser, Locator

import explorable as ex
from authored import write_page
from explorable.engine import Engine
from explorable.errors import ExplorableError
from reader import Reader, serving
from scenes import Scenes, plot, shapes, texts

SOURCE = """
@ex.figure
def numbers(A=ex.tensor(torch.tensor([[1., -2.], [0.5, 0.25]]), -5, 5),
            n=ex.tensor(torch.tensor([3, 12]), 0, 40)):
    \"\"\"Numbers that are dragged and typed.\"\"\"
    return ex.row(ex.matrix(A, name="A", highlight=A > 0.75), ex.matrix(n, name="n"),
                  ex.matrix(A @ A, name="square"))
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cells")
    write_page(folder, SOURCE)
    with serving(folder) as address:
        yield address


@pytest.fixture
def reader(chromium: Browser, url: str) -> Iterator[Reader]:
    opened = Reader(chromium).open(f"{url}index.html")
    yield opened
    assert opened.said == []
    opened.context.close()


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


def grid(reader: Reader, control: str) -> Locator:
    return reader.page.locator(f".explorable-handle[data-control='numbers.{control}']")


def centre(cells: Locator, row: int, column: int, shape: tuple[int, int]) -> tuple[float, float]:
    box = cells.bounding_box()
    assert box
    return (
        box["x"] + box["width"] * (column + 0.5) / shape[1],
        box["y"] + box["height"] * (row + 0.5) / shape[0],
    )


def value(reader: Reader, control: str) -> Any:
    reader.settle()
    return reader.controls()[f"numbers.{control}"]["value"]


def test_a_number_is_dragged_up_and_down(reader: Reader) -> None:
    cells = grid(reader, "A")
    x, y = centre(cells, 0, 1, (2, 2))
    reader.page.mouse.move(x, y)
    reader.page.mouse.down()
    reader.page.mouse.move(x + 40, y - 30, steps=4)
    reader.page.mouse.up()

    now = value(reader, "A")
    assert now == pytest.approx([1, now[1], 0.5, 0.25])
    assert now[1] > -1.5
    assert now[1] == pytest.approx(round(now[1], 2)), "what is shown is what it is"
    square = torch.tensor(now).view(2, 2)
    shown = [float(x) for x in reader.outputs()["square"]["data"]]
    assert shown == pytest.approx((square @ square).flatten().tolist(), abs=1e-5)


def test_a_number_is_typed(reader: Reader) -> None:
    cells = grid(reader, "A")
    x, y = centre(cells, 1, 0, (2, 2))
    reader.page.mouse.click(x, y)
    assert reader.page.locator(".explorable-cursor").is_visible()
    for sign in "-1.25":
        reader.page.keyboard.press(sign)
    assert value(reader, "A") == [1, -2, -1.25, 0.25]
    assert "row 2, column 1: -1.25" in str(cells.get_attribute("aria-valuetext"))
    reader.page.keyboard.press("Backspace")
    assert value(reader, "A")[2] == pytest.approx(-1.2)
    reader.page.keyboard.press("Enter")
    for sign in "99":
        reader.page.keyboard.press(sign)
    assert value(reader, "A") == pytest.approx([1, -2, -1.2, 5]), "kept inside the bounds"
    reader.page.keyboard.press("Delete")
    assert value(reader, "A")[3] == 0


def test_keys_alone(reader: Reader) -> None:
    grid(reader, "A").focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "ArrowRight", "PageDown", "End", "ArrowDown"):
        reader.page.keyboard.press(key)
    now = value(reader, "A")
    assert now[0] == 1
    assert now[1] > -2
    assert now[2] < 0.5
    assert now[3] < 0.25


def test_whole_numbers_stay_whole(reader: Reader) -> None:
    cells = grid(reader, "n")
    x, y = centre(cells, 0, 0, (2, 1))
    reader.page.mouse.move(x, y)
    reader.page.mouse.down()
    reader.page.mouse.move(x, y - 40, steps=9)
    reader.page.mouse.up()
    first, second = value(reader, "n")
    assert first == int(first) > 3
    assert second == 12
    for sign in "127":
        reader.page.keyboard.press(sign)
    assert value(reader, "n") == [7, 12], "12 and 127: the third digit begins a new number"


def test_a_finger_drags_a_number(chromium: Browser, url: str) -> None:
    reader = Reader(chromium, width=390)
    context = chromium.new_context(has_touch=True, viewport={"width": 390, "height": 900})
    reader.page = context.new_page()
    reader.open(f"{url}index.html")
    x, y = centre(grid(reader, "A"), 0, 0, (2, 2))
    client = context.new_cdp_session(reader.page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x, y)
    for step in range(1, 6):
        touch("touchMove", x, y + 8 * step)
    touch("touchEnd")
    assert value(reader, "A")[0] < 0.5
    assert reader.page.evaluate("() => scrollY") == 0
    context.close()
    reader.context.close()


@pytest.mark.parametrize("width", [320, 360, 720])
@pytest.mark.parametrize("size", [(2, 2), (5, 9), (16, 16)])
def test_numbers_fit_their_cells(scenes: Scenes, width: int, size: tuple[int, int]) -> None:
    values = numpy.linspace(-31.4159, 99.99, size[0] * size[1], dtype=numpy.float32).reshape(size)
    mark = {"kind": "matrix", "values": "a", "shape": list(size)}
    (panel,) = scenes.draw(plot(mark), {"a": values}, width)["panels"]
    written = texts(panel)
    assert len(written) == values.size
    (brackets,) = shapes(panel, "path", "ink")
    assert 0 <= min(brackets["points"][::2]) <= max(brackets["points"][::2]) <= width
    cell = panel["width"] / size[1]
    for shape in shapes(panel, "text", "ink"):
        needed = scenes.script(f"textModule.widthOf('{shape['text']}', {shape['size']})")
        assert needed <= cell
    assert (written[0].startswith("−31") and "." in written[0]) or size == (16, 16)


def test_negative_zero_has_no_sign_and_the_frame_goes_around(scenes: Scenes) -> None:
    mark = {"kind": "matrix", "values": "a", "shape": [2, 2], "highlight": "on"}
    numbers = numpy.array([[-0.001, 0.5], [-0.5, -0.0]], dtype=numpy.float32)
    chosen = numpy.array([[True, True], [False, True]])
    (panel,) = scenes.draw(plot(mark), {"a": numbers, "on": chosen})["panels"]
    assert texts(panel) == ["0.00", "0.50", "−0.50", "0.00"]
    (frame,) = shapes(panel, "path", "c1")
    assert len(frame["starts"]) == 8, "three cells in a corner have eight edges"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ex.matrix(torch.eye(2), format="two"), "format is one of Python's"),
        (lambda: ex.matrix(torch.eye(2), tint=-1), "tint is True, False or"),
        (lambda: ex.matrix(torch.eye(2), rows=3), "strings or an ex.text"),
    ],
)
def test_mistakes(call: Any, message: str) -> None:
    with pytest.raises(ExplorableError, match=message) as caught:
        call()
    assert caught.value.line and caught.value.line.file.endswith(Path(__file__).name)


def test_a_highlight_that_does_not_fit() -> None:
    @ex.figure
    def wrong(k: Any = ex.slider(0, 1)) -> Any:
        """Three rows on two."""
        return ex.matrix(k * torch.eye(2), highlight=torch.ones(3, 1) > k)

    with pytest.raises(
        ExplorableError, match=r"highlight \(3, 1\) does not fit the cells \(2, 2\)"
    ):
        _ = wrong().outputs
