"""Every kind of control by mouse, by finger and by keyboard, on its figure of the gallery."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from hand import Hand, inside
from reader import FIGURE, LIVE, Reader, serving

CONTROLS = Path(__file__).resolve().parent.parent / "gallery" / "controls"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    out = tmp_path_factory.mktemp("controls")
    command = [sys.executable, "-m", "explorable", "build", str(CONTROLS), "-o", str(out)]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    with serving(out) as url:
        yield url


class Visit:
    """An open page of one figure, and a hand on it."""

    def __init__(self, reader: Reader, hand: Hand) -> None:
        self.reader, self.page, self.hand = reader, reader.page, hand
        self.press = reader.page.keyboard.press

    def value(self, name: str) -> Any:
        self.reader.settle()
        return self.page.evaluate(f"(name) => {FIGURE}.controls[name].value", name)

    def row(self, name: str) -> Locator:
        return self.page.locator(f"[data-control$='.{name}']:not(.explorable-handle)")

    def handles(self, name: str) -> Locator:
        return self.page.locator(f".explorable-handle[data-control$='.{name}']")


@pytest.fixture(scope="module", params=[False, True], ids=["mouse", "finger"])
def visit(
    request: pytest.FixtureRequest, chromium: Browser, site: str
) -> Iterator[Callable[[str], Visit]]:
    """``visit(figure)``: its page, fresh."""
    context = chromium.new_context(
        viewport={"width": 800, "height": 900}, has_touch=request.param, is_mobile=request.param
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(10_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    reader = Reader.__new__(Reader)
    reader.context, reader.page, reader.said = context, page, said
    hand = Hand(page, touch=request.param)

    def open_page(figure: str) -> Visit:
        page.goto(f"{site}{figure}.html")
        page.wait_for_selector(LIVE)
        return Visit(reader, hand)

    yield open_page
    context.close()
    assert said == []


Visits = Callable[[str], Visit]


def test_a_slider_is_dragged_and_steps(visit: Visits) -> None:
    at = visit("beat")
    track = at.row("second").locator("input[type=range]")
    at.hand.stroke(inside(track, 0.7), inside(track, 0.2))
    moved = at.value("second")
    assert moved < 2.5
    assert moved == pytest.approx(round(moved, 1))
    track.focus()
    at.press("ArrowRight")
    assert at.value("second") == pytest.approx(moved + 0.1)
    at.press("End")
    assert at.value("second") == 6


def test_a_sweep_plays_until_it_is_taken(visit: Visits) -> None:
    at = visit("beat")
    play = at.row("second").locator("[data-do=sweep]")
    at.hand.tap(*inside(play))
    assert play.get_attribute("aria-pressed") == "true"
    at.page.wait_for_function(
        "() => document.querySelector('explorable-figure').controls.second.value > 4.5"
    )
    play.focus()
    at.press("Enter")
    assert play.get_attribute("aria-pressed") == "false"
    assert at.value("second") == at.value("second")


def test_an_integer_takes_whole_steps(visit: Visits) -> None:
    at = visit("leibniz")
    track = at.row("terms").locator("input")
    at.hand.stroke(inside(track, 0.2), inside(track, 0.61))
    moved = at.value("terms")
    assert 30 <= moved <= 43
    track.focus()
    at.press("ArrowLeft")
    assert at.value("terms") == moved - 1


def test_a_toggle_and_its_name_are_tapped(visit: Visits) -> None:
    at = visit("leakage")
    at.hand.tap(*inside(at.row("hann").locator(".explorable-label")))
    assert at.value("hann") is True
    at.row("hann").locator("input").focus()
    at.press("Space")
    assert at.value("hann") is False


def test_a_choice_by_radio_and_by_menu(visit: Visits) -> None:
    at = visit("activation")
    at.hand.tap(*inside(at.row("shown").locator("label", has_text="slope")))
    assert at.value("shown") == "slope"
    at.press("ArrowLeft")
    assert at.value("shown") == "value"
    at.row("function").locator("select").focus()
    at.press("ArrowUp")
    assert at.value("function") == "ReLU"
    at.row("function").locator("select").select_option("SiLU")
    assert at.value("function") == "SiLU"


def test_a_seed_is_diced(visit: Visits) -> None:
    at = visit("walks")
    at.hand.tap(*inside(at.row("seed").locator("[data-do=dice]")))
    diced = at.value("seed")
    assert diced != 1
    at.row("seed").locator("[data-do=dice]").focus()
    at.press("Enter")
    assert at.value("seed") != diced


def test_a_button_is_pressed(visit: Visits) -> None:
    at = visit("pendulum_kicked")
    at.hand.tap(*inside(at.row("kick").locator("button")))
    at.reader.settle()
    assert at.reader.steps_done() == 1
    assert float(at.reader.outputs()["bob"]["data"][0]) > 0
    at.row("kick").locator("button").focus()
    at.press("Enter")
    at.reader.settle()
    assert at.reader.steps_done() == 2


def test_a_point_is_dragged(visit: Visits) -> None:
    at = visit("inversion")
    x, y = inside(at.handles("z"))
    before = at.value("z")
    at.hand.stroke((x, y), (x - 60, y + 40))
    moved = at.value("z")
    assert moved[0] < before[0] - 0.3
    assert moved[1] < before[1] - 0.2
    at.handles("z").focus()
    at.press("ArrowUp")
    assert at.value("z")[1] == pytest.approx(moved[1] + 0.036, abs=1e-3)


def test_a_point_among_points_is_dragged(visit: Visits) -> None:
    at = visit("least_squares")
    x, y = inside(at.handles("points").nth(2))
    before = at.value("points")
    at.hand.stroke((x, y), (x, y - 50))
    moved = at.value("points")
    assert moved[2][1] > before[2][1] + 0.2
    assert moved[:2] + moved[3:] == before[:2] + before[3:]


def test_bars_follow_a_stroke(visit: Visits) -> None:
    at = visit("tempered")
    sheet = at.handles("logits")
    at.hand.stroke(inside(sheet, 0.05, 0.9), inside(sheet, 0.95, 0.1))
    drawn = at.value("logits")
    assert drawn == sorted(drawn)
    assert drawn[0] < -1.5
    assert drawn[-1] > 1.5
    sheet.focus()
    at.press("Home")
    at.press("ArrowUp")
    assert at.value("logits")[0] == pytest.approx(drawn[0] + 0.06, abs=1e-4)


def test_a_curve_is_drawn_in_one_sweep(visit: Visits) -> None:
    at = visit("drawn_series")
    sheet = at.handles("drawn")
    at.hand.stroke(inside(sheet, 0, 0.8), inside(sheet, 1, 0.2), moves=3)
    drawn = at.value("drawn")
    steps = [b - a for a, b in pairwise(drawn)]
    # No gap where the hand was quick.
    assert max(steps) < 0.02
    assert min(steps) > 0
    sheet.focus()
    at.press("ArrowRight")
    at.press("ArrowDown")
    assert at.value("drawn") != drawn


def test_a_sheet_is_painted_without_gaps(visit: Visits) -> None:
    at = visit("edges")
    sheet = at.handles("ink")
    at.hand.stroke(inside(sheet, 0.04, 0.04), inside(sheet, 0.96, 0.04), moves=2)
    painted = at.value("ink")
    assert painted[:12] == [1] * 12
    assert painted[12:24] == [0] * 12
    sheet.focus()
    at.press("Delete")
    assert at.value("ink")[11] == 0
    at.press("Space")
    assert at.value("ink")[11] == 1


def test_a_switch_is_tapped(visit: Visits) -> None:
    at = visit("reachable")
    sheet = at.handles("step")
    at.hand.tap(*inside(sheet, 0.5, 0.5))
    assert at.value("step")[3 * 7 + 3] == 1
    at.hand.tap(*inside(sheet, 0.5, 0.5))
    assert at.value("step")[3 * 7 + 3] == 0
    at.press("ArrowRight")
    at.press("Space")
    assert at.value("step")[3 * 7 + 4] == 0


def test_a_number_is_typed_into_a_cell(visit: Visits) -> None:
    at = visit("magic_square")
    at.hand.tap(*inside(at.handles("cells"), 0.9, 0.9))
    at.press("2")
    assert at.value("cells")[8] == 2
    assert set(at.reader.outputs()["sums"]["data"][1::2]) == {"15"}
    at.press("Backspace")
    assert at.value("cells")[8] == 0


def test_two_ends_never_cross(visit: Visits) -> None:
    at = visit("between")
    track = at.row("ends").locator(".explorable-ends")
    low, high = at.row("ends").locator("input").all()
    at.hand.stroke(inside(track, 0.38), inside(track, 0.9))
    assert at.value("ends") == [1, 1]
    at.hand.stroke(inside(track, 0.62), inside(track, 0.2))
    assert at.value("ends")[0] == pytest.approx(-2.4, abs=0.15)
    assert at.value("ends")[1] == 1
    at.hand.tap(*inside(track, 0.9))
    assert at.value("ends")[1] == pytest.approx(3.2, abs=0.15)
    high.focus()
    before = at.value("ends")
    at.press("ArrowLeft")
    assert at.value("ends") == [before[0], pytest.approx(before[1] - 0.05)]
    at.press("Home")
    assert at.value("ends") == [before[0], before[0]]
    low.focus()
    at.press("Home")
    assert at.value("ends") == [-4, before[0]]
    assert low.get_attribute("aria-valuetext") == "−4.00 σ"
    at.reader.set({"ends": [9, -9]})
    assert at.value("ends") == [-4, 4]


def test_a_stepper_steps_and_is_typed(visit: Visits) -> None:
    at = visit("organ")
    less, more = at.row("pitch").locator("button").all()
    at.hand.tap(*inside(more))
    assert at.value("pitch") == 1.75
    at.hand.tap(*inside(less))
    at.hand.tap(*inside(less))
    assert at.value("pitch") == 1.25
    field = at.row("pipes").locator("input")
    at.hand.tap(*inside(field))
    field.select_text()
    for sign in "11":
        at.press(sign)
    assert at.value("pipes") == 11
    at.press("ArrowUp")
    at.press("ArrowUp")
    assert at.value("pipes") == 12
    at.press("PageDown")
    assert at.value("pipes") == 2
    assert field.input_value() == "2"


def test_a_segment_is_tapped(visit: Visits) -> None:
    at = visit("organ")
    at.hand.tap(*inside(at.row("shape").locator("label", has_text="triangle")))
    assert at.value("shape") == "triangle"
    at.press("ArrowLeft")
    assert at.value("shape") == "square"


def test_a_number_is_typed_beside_its_slider(visit: Visits) -> None:
    at = visit("beat")
    output = at.row("first").locator("output")
    at.hand.tap(*inside(output))
    field = at.row("first").locator(".explorable-exact")
    assert field.get_attribute("aria-label") == "first, Hz"
    field.fill("3,25 Hz")
    at.press("Enter")
    assert at.value("first") == 3.25
    assert output.inner_text() == "3.25 Hz"
    # Back on the slider: a digit begins a number.
    at.press("5")
    at.press(".")
    at.press("5")
    at.press("Tab")
    assert at.value("first") == 5.5
    at.hand.tap(*inside(output))
    field.fill("nothing")
    at.press("Escape")
    assert at.value("first") == 5.5
    assert field.count() == 0


def test_points_come_and_go(visit: Visits) -> None:
    at = visit("least_squares")
    first = at.value("points")
    plane = at.page.locator(".explorable-handle-plane")
    at.hand.tap(*inside(plane, 0.25, 0.1))
    added = at.value("points")
    assert added[:-1] == first
    assert added[-1] == pytest.approx([-1.5, 1.6], abs=0.1)
    # The new point has the focus: keys move it, put one beside it, take it away.
    at.press("ArrowRight")
    assert at.value("points")[-1][0] == pytest.approx(added[-1][0] + 0.06, abs=1e-3)
    at.press("Insert")
    assert len(at.value("points")) == 8
    at.press("Delete")
    assert len(at.value("points")) == 7
    at.press("Backspace")
    assert at.value("points") == first
    at.press("Control+z")
    assert len(at.value("points")) == 7
    at.press("Control+Shift+z")
    assert at.value("points") == first
    x, y = inside(at.handles("points").nth(1))
    box = plane.bounding_box()
    assert box is not None
    at.hand.stroke((x, y), (x, box["y"] + box["height"] + 60))
    assert at.value("points") == first[:1] + first[2:]
    place = inside(at.handles("points").nth(0))
    at.hand.tap(*place)
    at.hand.tap(*place)
    assert at.value("points") == first[2:]
    plane.focus()
    at.press("Enter")
    assert at.value("points") == [*first[2:], [0, 0]]


def test_a_point_has_the_class_that_is_chosen(visit: Visits) -> None:
    at = visit("kernel_vote")
    at.hand.tap(*inside(at.row("points").locator("label", has_text="dog")))
    at.hand.tap(*inside(at.page.locator(".explorable-handle-plane"), 0.1, 0.1))
    assert [place[2] for place in at.value("points")] == [0, 0, 0, 1, 1, 1, 1]
    at.press("1")
    assert at.value("points")[-1][2] == 0
    at.hand.tap(*inside(at.row("points").locator("[data-tool=undo]")))
    assert at.value("points")[-1][2] == 1
    at.hand.tap(*inside(at.row("points").locator("[data-tool=clear]")))
    assert at.value("points") == []


def test_a_wide_brush_and_examples(visit: Visits) -> None:
    at = visit("edges")
    at.row("ink").locator("[data-tool=example]").select_option("corner")
    assert sum(at.value("ink")) == 78
    brush = at.row("ink").locator("[data-tool=brush]")
    brush.focus()
    for _ in range(3):
        at.press("ArrowRight")
    sheet = at.handles("ink")
    at.hand.tap(*inside(sheet, 0.875, 0.125))
    assert sum(at.value("ink")) == 78 + 9
    assert at.row("ink").locator("[data-tool=example]").input_value() == ""
    sheet.focus()
    at.press("Control+z")
    assert sum(at.value("ink")) == 78
    at.hand.tap(*inside(at.row("ink").locator("[data-tool=clear]")))
    assert sum(at.value("ink")) == 0


def test_a_picture_is_painted_in_colour(visit: Visits) -> None:
    at = visit("separations")
    sheet = at.handles("picture").first
    at.hand.tap(*inside(at.row("picture").locator(".explorable-palette label").nth(3)))
    at.hand.stroke(inside(sheet, 0.1, 0.5), inside(sheet, 0.9, 0.5), moves=2)
    row = at.value("picture")[12 * 32 * 3 : 13 * 32 * 3]
    red = [0xB4 / 255, 0x3F / 255, 0x06 / 255]
    for column in range(5, 28):
        assert row[3 * column : 3 * column + 3] == pytest.approx(red)
    sheet.focus()
    at.press("Control+z")
    assert at.value("picture")[12 * 32 * 3 : 13 * 32 * 3] != row
    # One colour of it is a view of the same control.
    at.hand.tap(*inside(at.handles("picture").nth(3), 0.01, 0.01))
    assert at.value("picture")[:3] == pytest.approx([0.55, 0.75, 0])


def test_a_table_is_pasted(visit: Visits) -> None:
    at = visit("magic_square")
    sheet = at.handles("cells")
    sheet.focus()
    write = "(text) => navigator.clipboard.writeText(text)"
    at.page.evaluate(write, "1\t2\t3\n4\t5\t6\n7\t8\t9\n")
    at.press("Control+v")
    assert at.value("cells") == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    at.press("Control+c")
    copied = at.page.evaluate("() => navigator.clipboard.readText()")
    assert copied.replace("\r", "") == "1\t2\t3\n4\t5\t6\n7\t8\t9\n"
    at.page.evaluate(write, "1,2\n3,4")
    at.press("Control+v")
    note = at.page.locator(".explorable-note")
    assert note.inner_text() == "this takes a table of 3 × 3, got 2 × 2"
    at.page.evaluate(write, "one two")
    at.press("Control+v")
    assert "no table of numbers" in note.inner_text()
    assert at.value("cells") == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    at.press("Control+z")
    assert at.value("cells") == [8, 1, 6, 3, 5, 7, 4, 9, 0]
