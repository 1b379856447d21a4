"""Cells that are read and edited one by one: matrices and boards, by mouse, touch and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

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

@ex.figure
def boards(men=ex.tensor([[0, 1, 0], [2, 0, 0], [0, 0, 1]]),
           knight=ex.tensor([[0, 0, 0], [0, 1, 0]], 0, 1),
           digits=ex.tensor([[0, 9], [4, 0]], 0, 9)):
    \"\"\"Boards whose squares are clicked, dragged and typed into.\"\"\"
    notes = torch.arange(9) + digits[..., None] > 6
    return ex.row(ex.board(men, pieces=["", "♜", "♞"], name="men"),
                  ex.board(knight, pieces=["", "♞"], style="crossings", name="knight"),
                  ex.board(digits, notes=notes, boxes=(1, 1), name="digits"))
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
    return reader.page.locator(f".explorable-handle[data-control$='.{control}']")


def centre(cells: Locator, row: int, column: int, shape: tuple[int, int]) -> tuple[float, float]:
    box = cells.bounding_box()
    assert box
    return (
        box["x"] + box["width"] * (column + 0.5) / shape[1],
        box["y"] + box["height"] * (row + 0.5) / shape[0],
    )


def value(reader: Reader, control: str) -> Any:
    reader.settle()
    figure = "numbers" if control in ("A", "n") else "boards"
    find = "([figure, name]) => document.querySelector(`[figure=${figure}]`).controls[name].value"
    return reader.page.evaluate(find, [figure, control])


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
    assert reader.page.locator(".explorable-cursor").first.is_visible()
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
    reader = Reader(chromium, touch=True, width=390).open(f"{url}index.html")
    x, y = centre(grid(reader, "A"), 0, 0, (2, 2))
    client = reader.context.new_cdp_session(reader.page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x, y)
    for step in range(1, 6):
        touch("touchMove", x, y + 8 * step)
    touch("touchEnd")
    assert value(reader, "A")[0] < 0.5
    assert reader.page.evaluate("() => scrollY") == 0
    reader.context.close()


def press(reader: Reader, *keys: str) -> None:
    for key in keys:
        reader.page.keyboard.press(key)


def test_a_piece_is_dragged_to_another_square_and_off_the_board(reader: Reader) -> None:
    board = grid(reader, "men")
    reader.page.mouse.move(*centre(board, 0, 1, (3, 3)))
    reader.page.mouse.down()
    reader.page.mouse.move(*centre(board, 1, 2, (3, 3)), steps=6)
    reader.page.mouse.up()
    assert value(reader, "men") == [0, 0, 0, 2, 0, 1, 0, 0, 1]
    reader.page.mouse.move(*centre(board, 1, 0, (3, 3)))
    reader.page.mouse.down()
    reader.page.mouse.move(*centre(board, 1, 1, (3, 3)), steps=3)
    reader.page.mouse.move(*centre(board, -1, 1, (3, 3)), steps=3)
    reader.page.mouse.up()
    assert value(reader, "men") == [0, 0, 0, 0, 0, 1, 0, 0, 1]


def test_a_piece_is_taken_and_put_down_by_clicks_and_by_keys(reader: Reader) -> None:
    board = grid(reader, "men")
    reader.page.mouse.click(*centre(board, 1, 0, (3, 3)))
    reader.page.mouse.click(*centre(board, 2, 2, (3, 3)))
    assert value(reader, "men") == [0, 1, 0, 0, 0, 0, 0, 0, 2], "one piece took another"
    press(reader, "Enter", "ArrowUp", "ArrowLeft", "Enter")
    assert value(reader, "men") == [0, 1, 0, 0, 2, 0, 0, 0, 0]
    assert "row 2, column 2: ♞" in str(board.get_attribute("aria-valuetext"))
    press(reader, "Enter", "ArrowUp", "Escape", "ArrowUp", "Delete")
    assert value(reader, "men") == [0, 0, 0, 0, 2, 0, 0, 0, 0]
    assert "row 1, column 2: empty" in str(board.get_attribute("aria-valuetext"))
    press(reader, "Home", "2")
    assert value(reader, "men") == [2, 0, 0, 0, 2, 0, 0, 0, 0]


def test_a_lone_piece_goes_where_the_reader_clicks(reader: Reader) -> None:
    board = grid(reader, "knight")
    board.focus()
    press(reader, "ArrowRight", "Space")
    assert value(reader, "knight") == [0, 0, 0, 0, 0, 1], "the cursor begins on the piece"
    reader.page.mouse.click(*centre(board, 0, 0, (2, 3)))
    assert value(reader, "knight") == [1, 0, 0, 0, 0, 0]


def test_digits_are_typed_and_clicked_up(reader: Reader) -> None:
    board = grid(reader, "digits")
    reader.page.mouse.click(*centre(board, 0, 0, (2, 2)))
    assert value(reader, "digits") == [0, 9, 4, 0], "the first click only chooses the square"
    reader.page.mouse.click(*centre(board, 0, 0, (2, 2)))
    press(reader, "ArrowDown", "7", "ArrowRight", "3", "5")
    assert value(reader, "digits") == [1, 9, 7, 5]
    press(reader, "ArrowUp", "Space", "ArrowDown", "Backspace")
    assert value(reader, "digits") == [1, 0, 7, 0], "9 is followed by 0"


def test_a_finger_moves_a_piece(chromium: Browser, url: str) -> None:
    reader = Reader(chromium, touch=True, width=390).open(f"{url}index.html")
    board = grid(reader, "men")
    board.scroll_into_view_if_needed()
    reader.page.touchscreen.tap(*centre(board, 2, 2, (3, 3)))
    reader.page.touchscreen.tap(*centre(board, 2, 0, (3, 3)))
    assert value(reader, "men") == [0, 1, 0, 2, 0, 0, 1, 0, 0]
    reader.context.close()


def test_notes_stones_and_boxes(scenes: Scenes) -> None:
    cells = numpy.array([[0, 5, 0], [0, 2, 1]])
    notes = numpy.zeros((2, 3, 4), dtype=bool)
    notes[0, 0, [0, 3]] = notes[0, 2, 1] = True
    sudoku = {"kind": "board", "cells": "c", "shape": [2, 3], "style": "ruled", "notes": "n"}
    (panel,) = scenes.draw(plot({**sudoku, "boxes": [1, 3]}), {"c": cells, "n": notes})["panels"]
    assert texts(panel) == ["1", "4", "5", "2", "×", "2", "1"]
    thick = shapes(panel, "path", "ink")
    assert [len(lines["starts"]) for lines in thick] == [5]
    go = {"kind": "board", "cells": "c", "shape": [2, 3], "style": "crossings"}
    (panel,) = scenes.draw(plot({**go, "pieces": ["", "●", "○"]}), {"c": cells})["panels"]
    assert [len(dots["points"]) // 2 for dots in shapes(panel, "dots")] == [1, 1, 1]
    assert texts(panel) == ["5"], "a number without a piece is written"


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
        (
            lambda: ex.board(torch.eye(2), style=cast("Any", "chess")),
            "unknown style 'chess'; one of: ruled",
        ),
        (lambda: ex.board(torch.eye(2), pieces="♞"), "pieces is a list of strings"),
        (lambda: ex.board(torch.eye(2), pieces=["♞"]), "a text for 0"),
        (lambda: ex.board(torch.eye(2), boxes=cast("Any", 3)), "boxes is"),
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


def test_a_board_is_of_whole_numbers_and_notes_fit_it() -> None:
    @ex.figure
    def halves(k: Any = ex.slider(0, 1)) -> Any:
        """Half a knight."""
        return ex.board(k * torch.eye(2))

    with pytest.raises(ExplorableError, match=r"whole numbers, got float32 \(2, 2\); use .long"):
        _ = halves().outputs

    @ex.figure
    def short(k: Any = ex.slider(0, 1)) -> Any:
        """Notes for another board."""
        return ex.board((k * torch.eye(2)).long(), notes=torch.ones(3, 3, 9))

    with pytest.raises(ExplorableError, match=r"\(rows, columns, k\), got float32 \(3, 3, 9\)"):
        _ = short().outputs


@pytest.mark.parametrize("width", [320, 400, 720])
def test_a_board_keeps_its_squares_whatever_stands_beside_it(scenes: Scenes, width: int) -> None:
    cells = numpy.eye(8, dtype=numpy.int64)
    mark = {"kind": "board", "cells": "c", "shape": [8, 8], "style": "ruled", "shade": "c"}
    named = {"rows": ["a long name"] * 8, "columns": list("abcdefgh")}
    (panel,) = scenes.draw(plot({**mark, **named}), {"c": cells}, width)["panels"]
    (shade,) = shapes(panel, "raster")
    assert shade["width"] == pytest.approx(shade["height"])
    assert shade["y"] + shade["height"] <= panel["y"] + panel["height"] + 0.1
    assert shade["x"] + shade["width"] <= width


def test_a_matrix_with_an_aspect_keeps_its_brackets(scenes: Scenes) -> None:
    mark = {"kind": "matrix", "values": "a", "shape": [2, 2]}
    drawn = scenes.draw(plot(mark, aspect=1.5), {"a": numpy.eye(2, dtype=numpy.float32)}, 300)
    (brackets,) = shapes(drawn["panels"][0], "path", "ink")
    assert 0 < min(brackets["points"][::2]) < 10
    assert 290 < max(brackets["points"][::2]) < 300
