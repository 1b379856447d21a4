"""Plots in three dimensions: turned by mouse, touch and keys, drawn the farthest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.link import link, unneeded
from reader import LIVE, Reader, serving
from scenes import Scenes, plot, shapes, texts

SOURCE = """
@ex.figure
def hill(tall=ex.slider(0.5, 2, value=1)):
    \"\"\"A hill with a flag.\"\"\"
    side = torch.linspace(-1, 1, 9)
    x, y = torch.meshgrid(side, side, indexing="xy")
    z = tall * torch.exp(-3 * (x * x + y * y))
    flag = torch.stack([torch.zeros(2), torch.zeros(2), torch.stack([tall, tall + 0.5])], -1)
    return ex.space(
        ex.surface(torch.stack([x, y, z], -1), name="hill"), ex.curve(flag, name="flag"),
        ex.scatter(flag[1:], name="top"), z=(0, 3), z_label="height", view=(30, 20),
    )
"""
HANDLE = ".explorable-handle-orbit"
NOW = f"() => document.querySelector('{HANDLE}').getAttribute('aria-valuetext')"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = tmp_path_factory.mktemp("space")
    write_page(made, SOURCE)
    with serving(made) as address:
        yield address


@pytest.fixture
def reader(chromium: Browser, url: str) -> Iterator[Reader]:
    opened = Reader(chromium).open(f"{url}index.html")
    yield opened
    opened.context.close()


def view(reader: Reader) -> str:
    return reader.page.evaluate(NOW)


def middle(reader: Reader) -> tuple[float, float]:
    box = reader.page.locator(HANDLE).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_mouse_turns_it_and_nothing_is_computed(reader: Reader) -> None:
    assert view(reader) == "seen from 30°, 20° above"
    before = reader.page.locator(f"{LIVE} canvas").screenshot()
    reader.page.evaluate("""() => {
      window.changes = 0;
      const figure = document.querySelector("explorable-figure");
      figure.addEventListener("change", () => window.changes++);
    }""")
    x, y = middle(reader)
    reader.page.mouse.move(x, y)
    reader.page.mouse.down()
    reader.page.mouse.move(x - 20, y + 10)
    reader.page.mouse.move(x - 40, y + 20)
    reader.page.mouse.up()

    assert view(reader) == "seen from 50°, 30° above"
    assert reader.page.locator(f"{LIVE} canvas").screenshot() != before
    assert reader.page.evaluate("window.changes") == 0
    # It stays as it was turned when the numbers change.
    reader.set({"tall": 2.0})
    assert view(reader) == "seen from 50°, 30° above"
    assert reader.said == []


def test_keys_turn_it_no_farther_than_the_zenith(reader: Reader) -> None:
    reader.page.locator(HANDLE).focus()
    reader.page.keyboard.press("ArrowLeft")
    assert view(reader) == "seen from 25°, 20° above"
    for _ in range(30):
        reader.page.keyboard.press("ArrowUp")
    assert view(reader) == "seen from 25°, 90° above"
    handle = reader.page.locator(HANDLE)
    assert handle.get_attribute("aria-label") == "Turn the drawing"


def test_a_finger_turns_it(chromium: Browser, url: str) -> None:
    context = chromium.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{url}index.html")
    page.wait_for_selector(HANDLE)
    box = page.locator(HANDLE).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touches = context.new_cdp_session(page)
    touches.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    for step in range(1, 7):
        at = [{"x": x - 10 * step, "y": y}]
        touches.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at})
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    assert page.evaluate(NOW) == "seen from 60°, 20° above"
    context.close()


def test_the_still_is_drawn_by_the_same_code(chromium: Browser, url: str) -> None:
    reader = Reader(chromium, scripts=False)
    reader.page.goto(f"{url}index.html")
    still = reader.page.locator(".explorable-still svg:visible")

    assert still.locator("g > path").count() == 64, "a piece of the surface for each cell"
    assert "height" in still.locator("text").all_text_contents()
    reader.context.close()


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


def spaced(*marks: Any, view: tuple[float, float] = (0, 0), **options: Any) -> Any:
    seen = {"z": [-1, 1], "view": list(view), "names": [None, None, None]}
    return plot(*marks, x=[-1, 1], y=[-1, 1], space=seen, **options)


def test_the_nearer_is_drawn_over_the_farther(scenes: Scenes) -> None:
    near, far = np.float32([[1, 0, 0]]), np.float32([[-1, 0, 0]])
    marks = [{"kind": "scatter", "xyz": name} for name in ("near", "far")]
    slots = {"near": near, "far": far}
    for around, order in ((0, ["c1", "c0"]), (180, ["c0", "c1"])):
        (panel,) = scenes.draw(spaced(*marks, view=(around, 0)), slots)["panels"]
        assert [dots["paint"] for dots in shapes(panel, "dots")] == order


def test_places_stand_where_the_view_has_them(scenes: Scenes) -> None:
    """Seen along x, y runs to the right and z up."""
    places = np.float32([[0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]])
    mark = {"kind": "scatter", "xyz": "a"}
    (panel,) = scenes.draw(spaced(mark), {"a": places})["panels"]
    found = np.concatenate([d["points"] for d in shapes(panel, "dots")]).reshape(-1, 2)
    left, right = found[found[:, 0].argmin()], found[found[:, 0].argmax()]
    high, low = found[found[:, 1].argmin()], found[found[:, 1].argmax()]

    assert left[1] == pytest.approx(right[1]) and high[0] == pytest.approx(low[0])
    assert left[0] < high[0] < right[0] and high[1] < left[1] < low[1]


def test_what_is_not_a_number_is_left_out(scenes: Scenes) -> None:
    line = np.float32([[0, 0, 0], [0.5, 0, 0], [np.nan, 0, 0], [0, 0.5, 0], [0, 0, 0.5]])
    (panel,) = scenes.draw(spaced({"kind": "curve", "xyz": "a"}, view=(30, 30)), {"a": line})[
        "panels"
    ]
    drawn = shapes(panel, "path", "c0")

    assert sum(len(path["points"]) // 2 - len(path["starts"]) for path in drawn) == 2
    assert all(np.isfinite(path["points"]).all() for path in drawn)


def test_numbers_and_names_stand_inside_the_drawing(scenes: Scenes) -> None:
    for width in (320, 360, 720):
        for around in range(-180, 180, 30):
            layout = spaced({"kind": "scatter", "xyz": "a"}, view=(around, 25))
            scene = scenes.draw(layout, {"a": np.zeros((1, 3), np.float32)}, width)
            (panel,) = scene["panels"]
            assert len(texts(panel)) >= 5
            for text in shapes(panel, "text"):
                assert -2 <= text["x"] <= width + 2 and 0 <= text["y"] <= scene["height"]


def test_a_figure_without_space_downloads_nothing_of_it() -> None:
    spec = {"program": {"nodes": [], "controls": {}, "slots": {}}, "figures": {}}
    without = unneeded(spec)
    assert {"scene/space.js", "page/orbit.js"} <= set(without)
    link("page/index.js", form="module", without=without)


@pytest.mark.parametrize(
    ("make", "fact"),
    [
        (lambda: ex.space(torch.zeros(3)), "space takes marks, got Tensor"),
        (lambda: ex.space(ex.bars(torch.zeros(3))), "bars has no form in space"),
        (lambda: ex.space(view=3), "view is two angles"),
        (lambda: ex.space(view=(0, 100)), "above from -90 to 90"),
        (lambda: ex.space(aspect=2), 'aspect in space is "equal" or None'),
        (lambda: ex.space(z=(1, 0)), "low < high"),
    ],
)
def test_mistakes_are_told(make: Any, fact: str) -> None:
    with pytest.raises(ExplorableError, match=fact):
        make()


@pytest.mark.parametrize(
    ("mark", "fact"),
    [
        (
            lambda: ex.curve(torch.zeros(4, 2)),
            r"positions in space are real \(..., 3\), got \(4, 2\)",
        ),
        (lambda: ex.surface(torch.zeros(4, 3)), r"a grid in space is \(rows, columns, 3\)"),
        (lambda: ex.segments(torch.zeros(4, 3)), r"segments in space are \(..., 2, 3\)"),
    ],
)
def test_positions_of_another_form_are_told(mark: Any, fact: str) -> None:
    figure = ex.figure(lambda: ex.space(mark()))
    with pytest.raises(ExplorableError, match=fact):
        figure().svg()


def test_arrows_and_segments_from_place_to_place() -> None:
    vectors = torch.eye(3)
    figure = ex.figure(
        lambda: ex.space(
            ex.arrow(vectors, name="from zero"), ex.arrow(vectors, vectors, name="on"),
            ex.segments(vectors, -vectors, name="lines"), ex.label(vectors[0], "x"),
        )
    )  # fmt: skip
    drawn = figure().outputs

    assert torch.equal(drawn["from zero"], torch.stack([0 * vectors, vectors], 1))
    assert torch.equal(drawn["on"], torch.stack([vectors, 2 * vectors], 1))
    assert torch.equal(drawn["lines"], torch.stack([vectors, -vectors], 1))
