"""Scales beyond straight ones, in V8: both signs over many powers of ten, dates, names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

import explorable as ex
from explorable.engine import Engine
from explorable.errors import ExplorableError
from scenes import Scenes, plot, positions, shapes, texts

CURVE = {"kind": "curve", "xy": "a"}
DAY = 8.64e7


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


@pytest.mark.parametrize("width", [360, 720])
@pytest.mark.parametrize("most", [0.5, 8.0, 300.0, 4e6, 2e12])
def test_symlog_ticks_are_powers_on_both_sides_of_zero(
    scenes: Scenes, most: float, width: int
) -> None:
    line = positions([-most, 0, most], [-most, 0, most])
    layout = plot(CURVE, xScale="symlog", yScale="symlog")
    (panel,) = scenes.draw(layout, {"a": line}, width)["panels"]
    below = [s for s in shapes(panel, "text", "soft") if s["anchor"] == "middle"]
    labels = [shape["text"] for shape in below]
    assert {"0", "0.0"} & set(labels)
    negative = [label[1:] for label in labels if label.startswith("−")]
    assert sorted(negative) == sorted(
        x for x in labels if x not in ("0", "0.0") and not x.startswith("−")
    )
    assert len(negative) >= 1
    assert panel["xRange"][0] == -panel["xRange"][1] and panel["xRange"][1] >= most
    # A place is where its logarithm is, and 0 is in the middle.
    zero = next(shape["x"] for shape in below if shape["text"] in ("0", "0.0"))
    assert zero == pytest.approx(panel["x"] + panel["width"] / 2, abs=0.5)
    (path,) = (s for s in shapes(panel, "path", "c0"))
    end = np.log1p(most) / np.log1p(panel["xRange"][1])
    assert path["points"][-2] == pytest.approx(zero + end * panel["width"] / 2, abs=0.5)


def test_symlog_bends_and_unbends(scenes: Scenes) -> None:
    for x in (-1e6, -2.5, -1e-4, 0, 0.3, 77, 1e9):
        assert scenes.script(f"symlogModule.unbend(symlogModule.bend({x}))") == pytest.approx(x)


@pytest.mark.parametrize(
    ("days", "width", "expected"),
    [
        (0.001, 720, {"06:00:00", "06:01:00"}),
        (0.9, 720, {"12:00", "18:00", "24 Mar"}),
        (14, 720, {"24 Mar", "26 Mar"}),
        (60, 360, {"13 Apr", "27 Apr"}),
        (200, 720, {"Apr", "May", "Sep"}),
        (900, 720, {"Jul", "2027"}),
        (9000, 360, {"2030", "2040"}),
        (200_000, 720, {"2100", "2500"}),
    ],
)
def test_dates_are_whole_ones_of_the_calendar(
    scenes: Scenes, days: float, width: int, expected: set[str]
) -> None:
    start = datetime(2026, 3, 23, 6, tzinfo=UTC).timestamp() * 1e3
    layout = plot(CURVE, x=[0, days], xDates={"start": start, "unit": DAY})
    (panel,) = scenes.draw(layout, {"a": positions([0, days], [0, 1])}, width)["panels"]
    labels = [s for s in shapes(panel, "text", "soft") if s["anchor"] == "middle"]
    assert expected <= {s["text"] for s in labels}
    assert 2 <= len(labels) <= 14
    places = [s["x"] for s in labels]
    assert all(right - left > 30 for left, right in pairwise(places))


@pytest.mark.parametrize(
    ("days", "locale", "expected"),
    [
        (20, "ta", {"மார். 30"}),
        (200, "ta-IN", {"மே", "ஜூலை", "செப்."}),
        (200, "constructor", {"May", "Jul", "Sep"}),
    ],
)
def test_months_have_the_names_of_the_language(
    scenes: Scenes, days: float, locale: str, expected: set[str]
) -> None:
    start = datetime(2026, 3, 23, tzinfo=UTC).timestamp() * 1e3
    layout = plot(CURVE, x=[0, days], xDates={"start": start, "unit": DAY})
    given = {"a": positions([0, days], [0, 1])}
    (panel,) = scenes.draw(layout, given, 720, locale=locale)["panels"]
    assert expected <= set(texts(panel))


def test_names_stand_at_their_places_and_shrink(scenes: Scenes) -> None:
    names = ["control", "a low dose", "a middle dose", "a high dose"]
    layout = plot(CURVE, x=[-0.5, 3.5], xNames=names)
    given = {"a": positions([0, 3], [0, 1])}
    (panel,) = scenes.draw(layout, given, 720)["panels"]
    words = [s for s in shapes(panel, "text", "soft") if s["anchor"] == "middle"]
    assert [word["text"] for word in words] == names
    unit = panel["width"] / 4
    assert [word["x"] for word in words] == pytest.approx(
        [panel["x"] + (k + 0.5) * unit for k in range(4)]
    )
    (small,) = scenes.draw(layout, given, 240)["panels"]
    short = [s["text"] for s in shapes(small, "text", "soft") if s["anchor"] == "middle"]
    assert all(word.endswith("…") or word in names for word in short)


def test_names_beside_the_axis_have_room(scenes: Scenes) -> None:
    layout = plot(CURVE, y=[-0.5, 1.5], yNames=["a rather long name", "b"])
    (panel,) = scenes.draw(layout, {"a": positions([0, 3], [0, 1])}, 360)["panels"]
    assert {"a rather long name", "b"} <= set(texts(panel))
    assert panel["x"] > 90


def test_dates_count_from_their_start():
    assert ex.dates("2026-01-01").start == datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1e3
    assert ex.dates("2026-01-01T02:00+02:00", "hour") == ex.dates("2026-01-01", "hour")
    assert ex.plot(x_scale=ex.dates("2026-01-01")).x_scale == "linear"
    assert ex.plot(x=["a", "b", "c"]).x == (-0.5, 2.5)


@pytest.mark.parametrize(
    ("make", "fact"),
    [
        (lambda: ex.dates("yesterday"), "such as '2026-01-31'"),
        (lambda: ex.dates("2026-01-01", "days"), "did you mean 'day'"),
        (lambda: ex.plot(y_scale=ex.dates("2026-01-01")), "time runs along x"),
        (lambda: ex.plot(x=["a", "b"], x_scale="log"), "an axis of names has no scale"),
        (lambda: ex.plot(x=("a", 1)), "range"),
        (lambda: ex.plot(y_scale="symlgo"), "did you mean 'symlog'"),
    ],
)
def test_a_mistake_names_the_fact(make, fact: str):
    with pytest.raises(ExplorableError, match=fact):
        make()
