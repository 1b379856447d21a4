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
