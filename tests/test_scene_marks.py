"""What marks over a pair of axes draw beyond their plainest form, in V8."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from explorable.engine import Engine
from scenes import Scenes, plot, positions, shapes, texts

DOTS = {"kind": "scatter", "xy": "a"}
LINE = positions([0, 1, 2, 3], [0, 1, 4, 9])


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


def test_each_dot_has_its_radius_and_those_without_are_left_out(scenes: Scenes) -> None:
    sizes = np.float32([2, np.nan, 0, 5])
    (panel,) = scenes.draw(plot(DOTS | {"radii": "r"}), {"a": LINE, "r": sizes})["panels"]
    (dots,) = shapes(panel, "dots")
    assert len(dots["points"]) == 4
    assert dots["radii"][:2] == [2, 5]


def test_colours_of_dots_rise_with_their_values_and_have_a_key(scenes: Scenes) -> None:
    layout = plot(DOTS | {"colours": "v"})
    values = np.float32([1, 2, np.nan, 4])
    (panel,) = scenes.draw(layout, {"a": LINE, "v": values})["panels"]
    (dots,) = shapes(panel, "dots")
    rgba = np.array(dots["rgba"]).reshape(4, 4)
    light = rgba[:, :3] @ [0.3, 0.6, 0.1]
    assert light[0] < light[1] < light[3]
    assert len(set(rgba[2, :3])) == 1, "what is not a number is grey"
    (key,) = shapes(panel, "raster")
    assert key["x"] > panel["x"] + panel["width"]
    assert {"0", "4"} <= set(texts(panel))
    assert panel["x"] + panel["width"] < key["x"] < 720


def test_colours_around_zero_are_grey_there(scenes: Scenes) -> None:
    layout = plot(DOTS | {"colours": "v"})
    (panel,) = scenes.draw(layout, {"a": LINE, "v": np.float32([-2, 0, 1, 2])})["panels"]
    (dots,) = shapes(panel, "dots")
    rgba = np.array(dots["rgba"]).reshape(4, 4)
    assert np.ptp(rgba[1, :3]) < 8 < np.ptp(rgba[0, :3])


def test_classes_stand_in_the_legend_in_their_colours(scenes: Scenes) -> None:
    layout = plot(DOTS | {"labels": "k", "classes": ["cat", "dog"]})
    given = {"a": LINE, "k": np.int64([0, 1, 1, 0])}
    (panel,) = scenes.draw(layout, given)["panels"]
    assert texts(panel)[-2:] == ["cat", "dog"]
    assert [dots["paint"] for dots in shapes(panel, "dots")[1:]] == ["c0", "c1"]


def test_a_still_writes_each_dots_size_and_colour(scenes: Scenes) -> None:
    layout = plot(DOTS | {"radii": "r", "colours": "v"})
    given = {"a": LINE, "r": np.float32([1, 2, 3, 4]), "v": np.float32([1, 2, 3, 4])}
    svg = scenes.svg(layout, given)
    for width in (2, 4, 6, 8):
        assert f'stroke-width="{width}" stroke-linecap="round"' in svg
    assert svg.count('color="rgb(') == 4


@pytest.mark.parametrize("width", [360, 720])
def test_names_of_axes_stand_clear_of_numbers(scenes: Scenes, width: int) -> None:
    layout = plot(DOTS, xLabel=["time in seconds"], yLabel=["height ", {"slot": "n", "format": ""}])
    drawn = scenes.draw(layout, {"a": LINE, "n": np.float32(2)}, width)
    (panel,) = drawn["panels"]
    assert drawn["height"] == scenes.height(layout, width)
    named = {shape["text"]: shape for shape in shapes(panel, "text")}
    across, up = named["time in seconds"], named["height 2.0"]
    numbers = [shape for shape in shapes(panel, "text") if shape not in (across, up)]
    assert across["y"] - 12 > max(shape["y"] for shape in numbers)
    assert across["y"] < drawn["height"]
    assert up["y"] + 2 < panel["y"] and up["y"] - 10 >= 0
    assert all(shape["y"] - 10 > up["y"] or shape["x"] > 60 for shape in numbers)


SIDE = np.linspace(-2, 2, 41, dtype=np.float32)
HILL = {"v": np.float32(SIDE[None] ** 2 + SIDE[:, None] ** 2)}
LEVELS = {"kind": "contour", "values": "v", "x": [-2, 2], "y": [-2, 2], "levels": [1, 2, 3]}


@pytest.mark.parametrize("width", [360, 720])
def test_numbers_of_levels_stand_in_gaps_of_their_lines(scenes: Scenes, width: int) -> None:
    layout = plot(LEVELS | {"labels": True}, x=[-2, 2], y=[-2, 2], aspect="equal")
    (panel,) = scenes.draw(layout, HILL, width)["panels"]
    numbers = [text for text in shapes(panel, "text") if text["size"] == 10]
    assert [text["text"] for text in numbers] == ["1", "2", "3"]
    for text, line in zip(numbers, shapes(panel, "path", "soft"), strict=True):
        level = float(text["text"])
        xy = np.array(line["points"]).reshape(-1, 2)
        # On the level: the distance from the middle is its root.
        middle = np.array([panel["x"] + panel["width"] / 2, panel["y"] + panel["height"] / 2])
        place = np.array([text["x"], text["y"] - 3.6 * np.cos(np.radians(text["rotate"]))])
        place[0] += 3.6 * np.sin(np.radians(text["rotate"]))
        away = np.linalg.norm(place - middle) / (panel["width"] / 4)
        assert away == pytest.approx(level**0.5, rel=0.03)
        assert np.linalg.norm(xy - place, axis=1).min() > 5, "the line does not cross its number"
        assert len(line["starts"]) == 2


def test_bands_have_one_colour_each_and_a_key(scenes: Scenes) -> None:
    layout = plot(LEVELS | {"filled": True}, x=[-2, 2], y=[-2, 2], aspect="equal")
    (panel,) = scenes.draw(layout, HILL)["panels"]
    picture, key = shapes(panel, "raster")
    rgba = np.array(picture["rgba"]).reshape(picture["rows"], picture["columns"], 4)
    bands = np.array(key["rgba"]).reshape(-1, 4)[::-1]
    assert len(bands) == 4 == len(np.unique(bands, axis=0))
    across = (np.arange(picture["columns"]) + 0.5) / picture["columns"] * 4 - 2
    values = across[None] ** 2 + across[:, None] ** 2
    for k, band in enumerate(bands):
        inside = (values > k + 0.1) & (values < (k + 0.9 if k < 3 else 9))
        assert (rgba[inside] == band).all()
    assert texts(panel)[-3:] == ["1", "2", "3"]


def test_a_key_of_bands_counts_from_zero(scenes: Scenes) -> None:
    layout = plot(LEVELS | {"filled": True, "levels": 20}, x=[-2, 2], y=[-2, 2])
    given = {"v": HILL["v"] - 4}
    (panel,) = scenes.draw(layout, given)["panels"]
    right = panel["x"] + panel["width"]
    key = [shape["text"] for shape in shapes(panel, "text") if shape["x"] > right + 20]
    assert "0" in key and len(key) <= 9


def test_stacked_bars_stand_upon_one_another_and_hang_below_zero(scenes: Scenes) -> None:
    heights = np.float32([[1, 2], [3, -1], [2, -4]])
    mark = {"kind": "bars", "heights": "h", "stacked": True, "classes": ["a", "b", "c"]}
    (panel,) = scenes.draw(plot(mark, y=[-6, 6]), {"h": heights})["panels"]
    unit = panel["height"] / 12
    zero = panel["y"] + panel["height"] / 2
    found = []
    for shape in shapes(panel, "rects")[:3]:
        boxes = np.array(shape["boxes"]).reshape(-1, 4)
        found.append([[(zero - top) / unit, high / unit] for _, top, _, high in boxes])
        assert np.ptp(boxes[:, 2]) < 1e-3
    wanted = [[[1, 1], [2, 2]], [[4, 3], [0, 1]], [[6, 2], [-1, 4]]]
    np.testing.assert_allclose(found, wanted, atol=1e-3)
    assert texts(panel)[-3:] == ["a", "b", "c"]


def test_a_band_has_the_colour_of_the_curve_over_it_and_darkens_inwards(scenes: Scenes) -> None:
    upper = np.stack([positions([0, 1], [2, 2]), positions([0, 1], [1, 1])])
    lower = np.stack([positions([0, 1], [-2, -2]), positions([0, 1], [-1, -1])])
    band = {"kind": "area", "xy": "u", "low": "l", "band": True}
    layout = plot(band, {"kind": "curve", "xy": "m"}, DOTS)
    given = {"u": upper, "l": lower, "m": positions([0, 1], [0, 0]), "a": LINE}
    (panel,) = scenes.draw(layout, given)["panels"]
    assert [shape["paint"] for shape in shapes(panel, "path")[-3:]] == ["c0", "c0", "c0"]
    assert [bool(shape.get("fill")) for shape in shapes(panel, "path")[-3:]] == [True, True, False]
    assert shapes(panel, "dots")[0]["paint"] == "c1"


def test_streamlines_follow_the_field_evenly_apart(scenes: Scenes) -> None:
    x = np.tile(np.linspace(-2, 2, 41), (21, 1))
    vectors = np.float32(np.stack([1 + 0 * x, np.cos(2 * x)], -1))
    mark = {"kind": "streamlines", "vectors": "v", "x": [-2, 2], "y": [-1, 1]}
    (panel,) = scenes.draw(plot(mark, aspect="equal"), {"v": vectors})["panels"]
    path = next(s for s in shapes(panel, "path", "soft") if not s.get("fill"))
    unit = panel["width"] / 4
    points = np.array(path["points"]).reshape(-1, 2)
    data = (points - [panel["x"], panel["y"] + panel["height"]]) / [unit, -unit] + [-2, -1]
    lines = np.split(data, path["starts"][1:])
    assert len(lines) > 8
    for line in lines:
        # dy/dx = cos 2x: y - sin(2x)/2 stays what it is.
        along = line[:, 1] - np.sin(2 * line[:, 0]) / 2
        assert np.ptp(along) < 0.03
        assert (np.diff(line[:, 0]) > 0).all()
    for k, line in enumerate(lines):
        others = np.concatenate(lines[:k] + lines[k + 1 :])
        away = np.linalg.norm(line[:, None] - others, axis=-1).min(1) * unit
        assert away.min() > 9, "no nearer than half the distance"
    # No place is far from a line.
    spots = np.stack(np.meshgrid(np.linspace(-1.9, 1.9, 30), np.linspace(-0.9, 0.9, 15)), -1)
    away = np.linalg.norm(spots.reshape(-1, 1, 2) - data, axis=-1).min(1) * unit
    assert away.max() < 45


def test_a_field_that_stands_still_has_no_lines(scenes: Scenes) -> None:
    mark = {"kind": "streamlines", "vectors": "v", "x": [-2, 2], "y": [-1, 1]}
    for value in (0, np.nan):
        given = {"v": np.full((4, 5, 2), value, np.float32)}
        (panel,) = scenes.draw(plot(mark), given)["panels"]
        assert all(not shape["points"] for shape in shapes(panel, "path", "soft"))


def test_a_bracket_lies_on_the_left_of_its_way(scenes: Scenes) -> None:
    mark = {"kind": "bracket", "xy": "s", "text": ["one"]}
    for ends, above in (([[0, 1], [2, 1]], True), ([[2, 1], [0, 1]], False)):
        layout = plot(mark, x=[-1, 3], y=[0, 2])
        (panel,) = scenes.draw(layout, {"s": np.float32([ends])})["panels"]
        (path,) = shapes(panel, "path", "ink")
        y = np.array(path["points"]).reshape(-1, 2)[:, 1]
        line = panel["y"] + panel["height"] / 2
        assert (y < line).all() if above else (y > line).all()
        text = next(shape for shape in shapes(panel, "text") if shape["text"] == "one")
        beyond = text["y"] < y.min() if above else text["y"] - 8 > y.max()
        assert beyond
        middle = panel["x"] + panel["width"] / 2
        width = scenes.script("textModule.widthOf('one', 13)")
        assert text["x"] + width / 2 == pytest.approx(middle, abs=0.5)


def test_a_text_elsewhere_has_a_line_to_its_place_and_stays_inside(scenes: Scenes) -> None:
    mark = {"kind": "label", "xy": "p", "text": ["the very peak"], "at": "t"}
    layout = plot(mark, x=[0, 10], y=[0, 10])
    given = {"p": positions([2], [2]), "t": positions([10], [8])}
    (panel,) = scenes.draw(layout, given)["panels"]
    text = next(shape for shape in shapes(panel, "text") if shape["text"] == "the very peak")
    width = scenes.script("textModule.widthOf('the very peak', 13)")
    assert text["x"] + width <= panel["x"] + panel["width"] + 0.5
    leader = shapes(panel, "path", "soft")[-1]["points"]
    place = [panel["x"] + 0.2 * panel["width"], panel["y"] + 0.8 * panel["height"]]
    assert np.hypot(leader[2] - place[0], leader[3] - place[1]) == pytest.approx(5, abs=0.1)
    assert leader[0] <= text["x"] - 3
