"""The scene: ranges, ticks, places, clipping, labels, handles; its SVG; golden texts."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest

from explorable.engine import Engine
from scenes import Scenes, column, described, plot, positions, row, shapes, texts

Golden = Callable[[str, str], None]
SVG = "{http://www.w3.org/2000/svg}"
CURVE = {"kind": "curve", "xy": "a"}
WAVE = positions(np.linspace(0, 6, 50), np.sin(np.linspace(0, 6, 50)))


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 1]), (0.13, 0.92, [0.1, 0.95]), (0, 6.2831, [0, 6.5]), (-3, 3900, [-200, 4000])],
)
def test_round_ranges_hold_the_data(
    scenes: Scenes, low: float, high: float, expected: list[float]
) -> None:
    found = scenes.script(f"rangesModule.roundRange({low}, {high}, 'linear')")
    assert found == expected


def test_round_range_of_one_value_and_of_none(scenes: Scenes) -> None:
    low, high = scenes.script("rangesModule.roundRange(3, 3, 'linear')")
    assert low < 3 < high
    assert scenes.script("rangesModule.roundRange(Infinity, -Infinity, 'linear')") == [0, 1]


@pytest.mark.parametrize("exponent", range(-12, 13, 3))
def test_ticks_are_few_round_and_inside(scenes: Scenes, exponent: int) -> None:
    low, high = -2.3 * 10**exponent, 7.1 * 10**exponent
    room = "(t) => textModule.widthOf(t, 12) + 14"
    ticks = scenes.script(f"ticksModule.ticksOf([{low}, {high}], 'linear', 600, 60, {room})")
    values = [tick["value"] for tick in ticks]
    assert 4 <= len(values) <= 11
    assert low <= min(values) and max(values) <= high
    steps = np.diff(values)
    assert np.allclose(steps, steps[0])
    lead = steps[0] / 10 ** math.floor(math.log10(steps[0]) + 1e-9)
    assert min(abs(lead - wanted) for wanted in (1, 2, 5)) < 1e-6
    assert len({tick["label"] for tick in ticks}) == len(ticks)


def test_log_ticks_are_powers_of_ten(scenes: Scenes) -> None:
    drawn = scenes.draw(plot(CURVE, yScale="log"), {"a": positions([0, 1, 2], [1e-7, 1, 1e5])})
    assert {"10⁻⁶", "1"} <= set(texts(drawn["panels"][0]))


@pytest.mark.parametrize("width", [200, 360, 720])
@pytest.mark.parametrize("scale", [1e-6, 1, 12345, 1e9])
def test_tick_labels_never_collide(scenes: Scenes, width: int, scale: float) -> None:
    line = positions(np.linspace(0, scale, 9), np.linspace(-scale, scale, 9))
    (panel,) = scenes.draw(plot(CURVE), {"a": line}, width)["panels"]
    below = [s for s in shapes(panel, "text", "soft") if s["anchor"] == "middle"]
    spans = []
    for shape in below:
        half = scenes.script(f"textModule.widthOf({json.dumps(shape['text'])}, 12)") / 2
        spans.append((shape["x"] - half, shape["x"] + half))
    assert len(spans) >= 2
    assert all(left[1] < right[0] for left, right in pairwise(spans))
    assert spans[-1][1] <= width


def test_ranges_remember_what_they_have_held(scenes: Scenes) -> None:
    wide = scenes.draw(plot(CURVE), {"a": positions([0, 1], [0, 10])}, memory="kept")
    narrow = scenes.draw(plot(CURVE), {"a": positions([0, 1], [4, 5])}, memory="kept")
    fresh = scenes.draw(plot(CURVE), {"a": positions([0, 1], [4, 5])})
    assert narrow["panels"][0]["yRange"] == wide["panels"][0]["yRange"] == [0, 10]
    assert fresh["panels"][0]["yRange"] == [4, 5]


def test_a_scene_is_pure(scenes: Scenes) -> None:
    assert scenes.draw(plot(CURVE), {"a": WAVE}) == scenes.draw(plot(CURVE), {"a": WAVE})


LAYOUTS = [
    plot(CURVE),
    plot(CURVE, x=[-2, 2], y=[-2, 2], aspect="equal", title=["a ", {"slot": "n", "format": ".2f"}]),
    row(plot(CURVE, aspect=2), plot(CURVE | {"name": "named"})),
    column(plot(CURVE, title=["one"]), row(plot(CURVE), plot(CURVE, aspect="equal"))),
    plot(CURVE | {"name": "x" * 40}, CURVE | {"name": "y" * 40}),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=range(len(LAYOUTS)))
@pytest.mark.parametrize("width", [360, 720])
def test_height_is_known_before_the_numbers(
    scenes: Scenes, layout: dict[str, object], width: int
) -> None:
    for wave in (WAVE, 1e6 * WAVE):
        drawn = scenes.draw(layout, {"a": wave, "n": np.float32(-1234.5)}, width)
        assert drawn["height"] == scenes.height(layout, width)
        for panel in drawn["panels"]:
            assert panel["x"] >= 0 and panel["x"] + panel["width"] <= width
            assert panel["y"] >= 0 and panel["y"] + panel["height"] <= drawn["height"]


def test_rows_stand_side_by_side_and_stack_when_narrow(scenes: Scenes) -> None:
    layout = row(plot(CURVE, title=["left"]), plot(CURVE))
    left, right = scenes.draw(layout, {"a": WAVE}, 720)["panels"]
    assert left["y"] == right["y"] and left["height"] == right["height"]
    assert left["x"] + left["width"] < right["x"]
    above, below = scenes.draw(layout, {"a": WAVE}, 360)["panels"]
    assert above["y"] + above["height"] < below["y"] and above["x"] == below["x"]


def test_equal_units_are_equal(scenes: Scenes) -> None:
    for options in ({}, {"x": [-1, 3]}, {"x": [-1, 3], "y": [0, 1]}):
        layout = plot(CURVE, aspect="equal", **options)
        (panel,) = scenes.draw(layout, {"a": WAVE})["panels"]
        across = panel["width"] / (panel["xRange"][1] - panel["xRange"][0])
        up = panel["height"] / (panel["yRange"][1] - panel["yRange"][0])
        assert across == pytest.approx(up)


def test_live_titles_are_pythons(scenes: Scenes) -> None:
    title = ["θ = ", {"slot": "n", "format": ".2f"}]
    drawn = scenes.draw(plot(CURVE, title=title), {"a": WAVE, "n": np.float32(math.pi)})
    assert texts(drawn["panels"][0])[-1] == f"θ = {math.pi:.2f}"


def test_curves_break_at_what_is_not_a_number(scenes: Scenes) -> None:
    line = positions(range(7), [0, 1, np.nan, 2, 3, np.inf, 1])
    (path,) = shapes(scenes.draw(plot(CURVE), {"a": line})["panels"][0], "path", "c0")
    assert path["starts"] == [0, 2] and len(path["points"]) == 8


def test_curves_are_clipped_where_they_leave(scenes: Scenes) -> None:
    line = positions([0, 1, 2], [0, 1e9, 0])
    (panel,) = scenes.draw(plot(CURVE, x=[0, 2], y=[0, 1]), {"a": line})["panels"]
    (path,) = shapes(panel, "path", "c0")
    heights = np.array(path["points"]).reshape(-1, 2)[:, 1]
    assert heights.min() > panel["y"] - 10
    assert path["starts"] == [0, 2]


def test_dense_curves_are_thinned_and_keep_their_peaks(scenes: Scenes) -> None:
    heights = np.zeros(50_000)
    heights[31_234], heights[31_240] = 1, -1
    (panel,) = scenes.draw(plot(CURVE), {"a": positions(range(50_000), heights)})["panels"]
    (path,) = shapes(panel, "path", "c0")
    found = np.array(path["points"]).reshape(-1, 2)
    assert len(found) < 5 * 720
    assert found[:, 1].min() == pytest.approx(panel["y"], abs=0.01)
    assert found[:, 1].max() == pytest.approx(panel["y"] + panel["height"], abs=0.01)


def test_a_band_of_a_curve_has_two_points_per_column_its_lowest_and_highest(scenes: Scenes) -> None:
    index = np.arange(50_000)
    heights = np.sin(index * 1.7)
    (panel,) = scenes.draw(plot(CURVE), {"a": positions(index, heights)})["panels"]
    (path,) = shapes(panel, "path", "c0")
    found = np.array(path["points"]).reshape(-1, 2)
    columns = np.floor(found[:, 0] + 1e-4)
    within = columns[(columns > columns[0]) & (columns < columns[-1])]
    assert (np.unique(within, return_counts=True)[1] == 2).all()
    high, low = panel["y"], panel["y"] + panel["height"]
    assert np.sort(found[2:-2, 1].reshape(-1, 2)) == pytest.approx(
        np.broadcast_to([high, low], (len(found) // 2 - 2, 2)), abs=3
    )


@pytest.mark.parametrize("height", [0, 1])
def test_a_dense_curve_is_broken_where_a_place_is_no_number(scenes: Scenes, height: float) -> None:
    heights = height * np.sin(np.arange(50_000) * 1.7)
    line = positions(np.arange(50_000), heights)
    line[20_000, 0] = line[30_000, 1] = np.nan
    (panel,) = scenes.draw(plot(CURVE), {"a": line})["panels"]
    (path,) = shapes(panel, "path", "c0")
    assert len(path["starts"]) == 3


def test_contours_lie_on_their_level(scenes: Scenes) -> None:
    y, x = np.mgrid[0:30, 0:40]
    values = np.hypot(x - 20, y - 15)
    lines = scenes.script(f"contourModule.isolines({values.reshape(-1).tolist()}, 30, 40, 9.5)")
    assert len(lines) == 1  # one ring, joined
    found = np.array(lines[0]).reshape(-1, 2)
    assert (found[0] == found[-1]).all()
    assert np.hypot(found[:, 0] - 20, found[:, 1] - 15) == pytest.approx(9.5, abs=0.05)


@pytest.mark.parametrize("flip", [1, -1])
def test_saddles_are_cut_by_their_middle(scenes: Scenes, flip: int) -> None:
    values = [flip * v for v in (3, -1, -1, 3)]  # middle 1 or -1
    first, second = scenes.script(f"contourModule.isolines({values}, 2, 2, 0)")
    # The corners that agree with the middle are joined: a line cuts off each of the others.
    for line in (first, second):
        x, y = np.array(line).reshape(-1, 2).mean(0)
        assert (x > 0.5) != (y > 0.5)


def test_levels_are_round(scenes: Scenes) -> None:
    assert scenes.script("contourModule.levelsOf([0.03, 0.97], 8)") == pytest.approx(
        [0.2, 0.4, 0.6, 0.8]
    )


def test_colours_rise_in_lightness_and_part_at_zero(scenes: Scenes) -> None:
    rgba = np.array(
        scenes.script("colourModule.colour(Array.from({length: 32}, (_, k) => k), 0, 31, false)")
    )
    light = rgba.reshape(-1, 4) @ [0.2126, 0.7152, 0.0722, 0]
    assert (np.diff(light) > 0).all()
    below, zero, above = np.reshape(
        scenes.script("colourModule.colour([-1, 0, 1], -1, 1, true)"), (3, 4)
    )
    assert below[2] > below[0] and above[0] > above[2]
    assert zero[3] <= 2 and below[3] == above[3] == 255
    # Beyond the ends are their colours, whole words; what is not a number is clear.
    ends = "colourModule.colour([-1e9, 1e9, NaN, 0, 31], 0, 31, false, new Uint32Array(5))"
    far = np.reshape(scenes.script(ends), (5, 4))
    assert (far[[0, 1]] == far[[3, 4]]).all() and (far[2] == 0).all()


def test_heatmaps_have_row_0_at_the_top_and_clear_gaps(scenes: Scenes) -> None:
    heat = {"kind": "heatmap", "values": "v", "low": 0, "high": 1}
    values = np.array([[0, 1, np.nan], [0, 0, 0]], dtype=np.float32)
    (panel,) = scenes.draw(plot(heat), {"v": values})["panels"]
    rgba = np.array(shapes(panel, "raster")[0]["rgba"]).reshape(2, 3, 4)
    assert rgba[0, 1].sum() > rgba[0, 0].sum()
    assert rgba[0, 2, 3] == 0
    assert panel["width"] / 3 == pytest.approx(panel["height"] / 2)


def test_typed_text_labels_cells(scenes: Scenes) -> None:
    heat = {"kind": "heatmap", "values": "v", "low": None, "high": None}
    layout = plot(heat | {"rows": {"text": "typed"}, "columns": ["x", "y"]})
    slots = {"v": np.eye(2, dtype=np.float32)}
    typed = {"text": "கொb", "tokenizer": {"kind": "words", "vocabulary": ["கொb"]}}
    (panel,) = scenes.draw(layout, slots, texts={"typed": typed})["panels"]
    assert texts(panel)[:3] == ["கொb", "x", "y"]
    typed["tokenizer"]["kind"] = "characters"
    (panel,) = scenes.draw(layout, slots, texts={"typed": typed})["panels"]
    assert texts(panel)[:4] == ["கொ", "கொ", "x", "y"], "a letter is not torn"


def test_labels_keep_clear_of_each_other(scenes: Scenes) -> None:
    labels = [{"kind": "label", "xy": f"p{k}", "text": [f"label {k}"]} for k in range(4)]
    slots = {f"p{k}": positions([1 + 0.01 * k], [1]) for k in range(4)}
    (panel,) = scenes.draw(plot(*labels, x=[0, 2], y=[0, 2]), slots)["panels"]
    boxes = []
    for shape in shapes(panel, "text", "ink"):
        width = scenes.script(f"textModule.widthOf({json.dumps(shape['text'])}, 13)")
        boxes.append((shape["x"], shape["y"] - 10, shape["x"] + width, shape["y"] + 2))
    assert len(boxes) == 4
    for k, a in enumerate(boxes):
        for b in boxes[:k]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_handles_say_where_the_reader_edits(scenes: Scenes) -> None:
    edit = {"control": "z", "offset": 0, "strides": [2, 1], "shape": [2, 2]}
    layout = plot({"kind": "scatter", "xy": "a", "edit": edit}, x=[0, 4], y=[0, 2])
    (panel,) = scenes.draw(layout, {"a": positions([1, 9], [1, 1])})["panels"]
    first, outside = panel["handles"]
    assert first["kind"] == "point" and first["control"] == "z"
    assert first["x"] == pytest.approx(panel["x"] + panel["width"] / 4)
    assert first["y"] == pytest.approx(panel["y"] + panel["height"] / 2)
    assert outside["x"] == panel["x"] + panel["width"]  # waits at the edge


def test_unknown_marks_are_named(scenes: Scenes) -> None:
    with pytest.raises(Exception, match="unknown mark 'curv'; one of: arrow, area"):
        scenes.draw(plot({"kind": "curv"}), {})


def test_svg_is_complete_and_escaped(scenes: Scenes) -> None:
    layout = plot(CURVE, title=['<b> & "q"'])
    svg = scenes.svg(layout, {"a": WAVE}, alt="a <wave>")
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and root.get("viewBox") == f"0 0 720 {root.get('height')}"
    assert root.findtext(f"{SVG}title") == "a <wave>"
    assert '<b> & "q"' in [text.text for text in root.iter(f"{SVG}text")]
    assert "style" not in svg and "data:" not in svg
    colours = {
        element.get("class"): element.get("color")
        for element in root.iter()
        if element.get("class")
    }
    assert colours["ex-c0"] and colours["ex-ink"]


def test_large_rasters_are_files_and_small_ones_rectangles(scenes: Scenes) -> None:
    image = {"kind": "image", "values": "v"}
    small = scenes.svg(plot(image), {"v": np.random.default_rng(0).random((8, 8, 3))})
    large = scenes.svg(plot(image), {"v": np.zeros((40, 40), np.uint8)})
    assert "<image" not in small and small.count("<path fill=") == 64
    assert "<image" in large


EDIT = {"control": "z", "offset": 0, "strides": [1], "shape": [2]}
PLANE = plot(
    CURVE, {"kind": "arrow", "xy": "z", "edit": EDIT},
    x=[-2, 2], y=[-2, 2], aspect="equal", title=["θ = ", {"slot": "n", "format": ".2f"}],
)  # fmt: skip


def test_golden_plane(scenes: Scenes, golden: Golden) -> None:
    angle = np.linspace(0, 1, 9)
    slots = {
        "a": positions(np.cos(angle), np.sin(angle)),
        "z": np.array([[[0, 0], [1, 0]]], np.float32),
        "n": np.float32(1),
    }
    golden("scene/plane.txt", described(scenes.draw(PLANE, slots)))
    golden("scene/plane.svg", scenes.svg(PLANE, slots, 360, alt="a plane") + "\n")


def test_golden_marks(scenes: Scenes, golden: Golden) -> None:
    heat = {"kind": "heatmap", "values": "v", "low": None, "high": None, "columns": ["a", "b"]}
    y, x = np.mgrid[-1:1:9j, -1:1:9j]
    layout = column(
        row(
            plot({"kind": "bars", "heights": "h", "labels": [["one"], ["two"], ["three"]]}),
            plot(heat, title=["cells"]),
        ),
        plot(
            {"kind": "contour", "values": "s", "x": [-1, 1], "y": [-1, 1], "levels": 3},
            {"kind": "area", "xy": "a", "name": "area"},
            {"kind": "segments", "xy": "g", "name": "segments"},
            {"kind": "mesh", "xy": "m"},
            {"kind": "scatter", "xy": "p", "labels": "k", "name": "dots"},
            {"kind": "label", "xy": "p1", "text": ["here"]},
            {"kind": "readout", "text": ["0.5"], "label": "value"},
        ),
    )
    slots = {
        "h": np.array([1, -2, 3], np.float32),
        "v": np.array([[-1, 2], [0, 1]], np.float32),
        "s": (x * x + y).astype(np.float32),
        "a": positions([-1, 0, 1], [0, 1, 0]),
        "g": np.array([[[0, 0], [1, 1]]], np.float32),
        "m": np.stack([x, y], -1)[::4, ::4].astype(np.float32),
        "p": positions([0, 0.5], [0.5, 0]),
        "k": np.array([0, 3]),
        "p1": positions([0], [0.5]),
    }
    golden("scene/marks.txt", described(scenes.draw(layout, slots)))


def test_contours_cross_every_edge_once(scenes: Scenes) -> None:
    values = np.random.default_rng(5).random((12, 15))
    above = values >= 0.5
    crossed = (above[:, 1:] != above[:, :-1]).sum() + (above[1:] != above[:-1]).sum()
    lines = scenes.script(f"contourModule.isolines({values.reshape(-1).tolist()}, 12, 15, 0.5)")
    points = [tuple(point) for line in lines for point in np.reshape(line, (-1, 2))]
    rings = sum(line[:2] == line[-2:] for line in lines)
    assert len(points) - rings == len(set(points)) == crossed


def test_several_images_stand_in_rows_with_a_line_under_each(scenes: Scenes) -> None:
    images = np.arange(5 * 8 * 8, dtype=np.float32).reshape(5, 8, 8) / 320
    labels = [[name] for name in "abcde"]
    mark = {"kind": "image", "values": "a", "grid": [5, 8, 8], "across": 3, "labels": labels}
    for width in (300, 720):
        (panel,) = scenes.draw(plot(mark), {"a": images}, width)["panels"]
        (raster,) = shapes(panel, "raster")

        assert (raster["columns"], raster["rows"]) == (3 * 9 - 1, 2 * (8 + 1 + 3))
        assert raster["width"] / raster["columns"] == pytest.approx(
            raster["height"] / raster["rows"], rel=0.02
        )
        assert not raster.get("smooth")
        pixels = np.array(raster["rgba"]).reshape(raster["rows"], raster["columns"], 4)
        assert (pixels[:8, 8, 3] == 0).all(), "a gap shows the paper"
        np.testing.assert_allclose(pixels[12:20, 9:17, 0], 255 * images[4], atol=0.6)
        assert texts(panel) == list("abcde")
