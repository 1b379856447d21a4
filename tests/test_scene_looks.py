"""How plots look when an author says nothing, and what tells that a mark can be dragged; in V8."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

import explorable as ex
from explorable.engine import Engine
from explorable.errors import ExplorableError
from scenes import Json, Scenes, plot, positions, shapes, texts

CURVE = {"kind": "curve", "xy": "a"}
DOTS = {"kind": "scatter", "xy": "a"}
BARS = {"kind": "bars", "heights": "h"}
MAP = {"kind": "heatmap", "values": "v", "low": None, "high": None}
LINE = positions([0, 1, 2, 3], [0, 1, 4, 9])


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


def edited(*shape: int) -> Json:
    return {"control": "c", "offset": 0, "strides": [1] * len(shape), "shape": list(shape)}


def numbers_below(panel: Json) -> list[Json]:
    words = shapes(panel, "text", "soft")
    return sorted((s for s in words if s["anchor"] == "middle"), key=lambda s: s["x"])


def test_an_empty_plot_has_no_numbers_but_those_of_ranges_that_are_known(scenes: Scenes) -> None:
    nothing = np.full((5, 2), np.nan, np.float32)
    (panel,) = scenes.draw(plot(CURVE), {"a": nothing})["panels"]
    assert texts(panel) == []
    (panel,) = scenes.draw(plot(CURVE, y=[0, 1]), {"a": nothing})["panels"]
    assert texts(panel)[0] == "0.0" and len(numbers_below(panel)) == 0
    (panel,) = scenes.draw(plot(CURVE), {"a": LINE})["panels"]
    assert len(texts(panel)) > 4


@pytest.mark.parametrize("width", [200, 360, 720])
@pytest.mark.parametrize(
    ("low", "high"), [(0, 5e-10), (0, 5e9), (1e6, 1e6 + 1), (-3e7, -3e7 + 40), (-1e-9, 1e12)]
)
def test_huge_tiny_and_close_numbers_keep_apart(
    scenes: Scenes, low: float, high: float, width: int
) -> None:
    line = np.linspace(low, high, 9)
    slots = {"a": np.stack([line, line], -1)}  # float64: the ends are what they are
    (panel,) = scenes.draw(plot(CURVE), slots, width)["panels"]
    below = numbers_below(panel)
    assert len({shape["text"] for shape in below}) == len(below) >= 1
    half = [scenes.script(f"textModule.widthOf({shape['text']!r}, 12)") / 2 for shape in below]
    for (a, left), (b, right) in pairwise(zip(below, half, strict=True)):
        assert a["x"] + left < b["x"] - right
    assert max(len(text) for text in texts(panel)) <= 11


def test_a_live_number_is_set_with_a_minus_and_none_before_zero(scenes: Scenes) -> None:
    title = [{"slot": "n", "format": ".2f"}, " and ", {"slot": "z", "format": ".3f"}]
    slots = {"a": LINE, "n": np.float32(-1.5), "z": np.float32(-0.0)}
    (panel,) = scenes.draw(plot(CURVE, title=title), slots)["panels"]
    assert "−1.50 and 0.000" in texts(panel)


def test_a_bar_alone_is_still_a_bar(scenes: Scenes) -> None:
    (panel,) = scenes.draw(plot(BARS), {"h": np.array([3], np.float32)})["panels"]
    (bar,) = shapes(panel, "rects", "c0")
    left, _, width, _ = bar["boxes"]
    assert 60 < width < 160
    assert left + width / 2 == pytest.approx(panel["x"] + panel["width"] / 2, abs=0.5)


def test_what_can_be_dragged_has_a_halo(scenes: Scenes) -> None:
    plain = scenes.draw(plot(DOTS), {"a": LINE})["panels"][0]
    held = scenes.draw(plot(DOTS | {"edit": edited(4, 2)}), {"a": LINE})["panels"][0]
    assert len(shapes(plain, "dots")) == 1
    halo, rim, dots = shapes(held, "dots")
    assert halo["opacity"] < 0.3 and halo["radius"] > rim["radius"] > dots["radius"]
    assert rim["paint"] == "paper"

    drawn = scenes.draw(plot(CURVE | {"edit": edited(4)}), {"a": LINE})["panels"][0]
    halo, line = shapes(drawn, "path", "c0")
    assert halo["width"] > 4 * line["width"] and halo["opacity"] < 0.3


def test_bars_that_are_dragged_have_a_cap_at_their_end_also_at_zero(scenes: Scenes) -> None:
    heights = np.array([2, 0, -1], np.float32)
    layout = plot(BARS | {"edit": edited(3)}, y=[-2, 2])
    (panel,) = scenes.draw(layout, {"h": heights})["panels"]
    _, caps = shapes(panel, "rects", "c0")
    boxes = np.array(caps["boxes"]).reshape(-1, 4)
    middle = panel["y"] + panel["height"] * (2 - heights) / 4
    assert boxes[:, 1] + boxes[:, 3] / 2 == pytest.approx(middle, abs=0.1)
    assert (boxes[:, 2] > 40).all()

    lying = plot(BARS | {"edit": edited(3), "horizontal": True}, x=[-2, 2])
    (panel,) = scenes.draw(lying, {"h": heights})["panels"]
    _, caps = shapes(panel, "rects", "c0")
    boxes = np.array(caps["boxes"]).reshape(-1, 4)
    middle = panel["x"] + panel["width"] * (heights + 2) / 4
    assert boxes[:, 0] + boxes[:, 2] / 2 == pytest.approx(middle, abs=0.1)


def test_a_mark_has_the_colour_it_was_given(scenes: Scenes) -> None:
    marks = [CURVE | {"paint": 5}, CURVE, DOTS | {"paint": "ink"}, DOTS]
    label = {"kind": "label", "xy": "p", "text": ["here"], "paint": 5}
    slots = {"a": LINE, "p": np.array([[1, 1]], np.float32)}
    (panel,) = scenes.draw(plot(*marks, label), slots)["panels"]
    assert shapes(panel, "path", "c5") and shapes(panel, "path", "c0")
    assert [dots["paint"] for dots in shapes(panel, "dots")] == ["ink", "c1"]
    assert [shape["text"] for shape in shapes(panel, "text", "c5")] == ["here"]


def test_words_keep_clear_of_arrows_and_halos(scenes: Scenes) -> None:
    arrow = {"kind": "arrow", "xy": "v", "edit": edited(1, 2)}
    label = {"kind": "label", "xy": "p", "text": ["tip"]}
    width = scenes.script("textModule.widthOf('tip', 13)")
    for x, y in ((1, 1), (-1, 0.2), (-1, -1), (0.4, -1)):
        slots = {"v": np.array([[[0, 0], [x, y]]], np.float32), "p": np.array([[x, y]], np.float32)}
        layout = plot(arrow, label, x=[-2, 2], y=[-2, 2], aspect="equal")
        (panel,) = scenes.draw(layout, slots)["panels"]
        (word,) = (shape for shape in shapes(panel, "text") if shape["text"] == "tip")
        (handle,) = panel["handles"]
        across = max(word["x"] - handle["x"], handle["x"] - word["x"] - width)
        up = max(word["y"] - 10 - handle["y"], handle["y"] - word["y"])
        assert max(across, up) > 10


def test_what_the_reader_paints_fades_into_the_ground(scenes: Scenes) -> None:
    values = np.array([[0, 0.5, 1.0]], np.float32)
    for mark in (MAP | {"tint": True}, MAP | {"edit": edited(1, 3)}):
        (panel,) = scenes.draw(plot(mark), {"v": values})["panels"]
        picture = next(s for s in shapes(panel, "raster") if s["columns"] == 3)
        rgba = np.array(picture["rgba"]).reshape(3, 4)
        assert rgba[0, 3] < 5 < rgba[1, 3] < rgba[2, 3] == 255
        assert np.ptp(rgba[1:, :3], axis=0).max() <= 1, "one colour"
        assert shapes(panel, "rects", "grid")
    tinted = scenes.draw(plot(MAP | {"tint": True}), {"v": values})["panels"][0]
    assert {"0", "1"} <= set(texts(tinted)), "the key goes from zero to the largest"
    plain = scenes.draw(plot(MAP), {"v": values})["panels"][0]
    (picture,) = (s for s in shapes(plain, "raster") if s["columns"] == 3)
    assert set(picture["rgba"][3::4]) == {255}


def test_colours_are_checked_where_they_are_given() -> None:
    assert ex.curve([0.0], colour=3).options["paint"] == 3
    assert ex.label((0, 0), "x", colour="soft").options["paint"] == "soft"
    assert "paint" not in ex.arrow([0.0]).options
    assert ex.scatter([0.0], colour="ink").options["paint"] == "ink"
    for wrong in (8, -1, True, "red"):
        with pytest.raises(ExplorableError, match="colour is a number of the series, 0 to 7, or"):
            ex.area([0.0], colour=wrong)  # pyright: ignore[reportArgumentType]  (checked here)
    with pytest.raises(ExplorableError, match="groups of bars have one colour each"):
        ex.bars([0.0], groups=["a"], colour=1)
