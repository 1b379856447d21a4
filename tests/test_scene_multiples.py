"""Small multiples in V8: one pair of ranges, numbers at the outer plots, one size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

import explorable as ex
from explorable.engine import Engine
from explorable.errors import ExplorableError
from scenes import Scenes, plot, positions, shapes


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


WAVES = {f"w{k}": positions(np.linspace(0, k + 1, 30), k * np.ones(30)) for k in range(5)}


def grid(columns: int, shared: bool = True, **options: Any) -> Any:
    plots = [plot({"kind": "curve", "xy": name}, title=[name], **options) for name in WAVES]
    return {"kind": "grid", "children": plots, "columns": columns, "shared": shared}


def numbered(panel: Any) -> tuple[bool, bool]:
    """Has it numbers under it, and beside it?"""
    words = shapes(panel, "text", "soft")
    return (
        any(word["anchor"] == "middle" for word in words),
        any(word["anchor"] == "end" for word in words),
    )


@pytest.mark.parametrize(("width", "columns"), [(720, 3), (360, 2), (200, 1)])
def test_all_have_one_size_and_one_pair_of_ranges(scenes: Scenes, width: int, columns: int) -> None:
    drawn = scenes.draw(grid(3), WAVES, width)
    panels = drawn["panels"]
    assert len({round(panel["x"]) for panel in panels}) == columns
    assert {tuple(panel["xRange"]) for panel in panels} == {(0, 5)}
    assert len({tuple(panel["yRange"]) for panel in panels}) == 1
    for side in ("width", "height"):
        assert np.ptp([panel[side] for panel in panels]) <= 1
    assert all(0 <= panel["x"] and panel["x"] + panel["width"] <= width for panel in panels)
    assert drawn["height"] == scenes.height(grid(3), width)


def test_numbers_stand_beside_the_first_and_under_the_last(scenes: Scenes) -> None:
    panels = scenes.draw(grid(3), WAVES, 720)["panels"]
    assert [numbered(panel) for panel in panels] == [
        (False, True),
        (False, False),
        (True, False),  # nothing is under it
        (True, True),
        (True, False),
    ]


def test_plots_that_share_nothing_have_their_own(scenes: Scenes) -> None:
    panels = scenes.draw(grid(3, shared=False), WAVES, 720)["panels"]
    assert len({tuple(panel["xRange"]) for panel in panels}) == 5
    assert all(numbered(panel) == (True, True) for panel in panels)


def test_a_range_of_ones_own_is_kept(scenes: Scenes) -> None:
    panels = scenes.draw(grid(2, x=[0, 3]), WAVES, 720)["panels"]
    assert {tuple(panel["xRange"]) for panel in panels} == {(0, 3)}


def test_grids_beside_one_another_share_apart(scenes: Scenes) -> None:
    far = {"far": positions([0, 900], [0, 1])}
    other = {**grid(1), "children": [plot({"kind": "curve", "xy": "far"})]}
    layout = {"kind": "column", "children": [grid(3), other]}
    panels = scenes.draw(layout, WAVES | far, 720)["panels"]
    assert panels[0]["xRange"] == [0, 5]
    assert panels[-1]["xRange"] == [0, 900]


@pytest.mark.parametrize(
    ("make", "fact"),
    [
        (lambda: ex.grid([]), "grid takes a list of plots"),
        (lambda: ex.grid([ex.row(ex.curve(torch.zeros(3)))]), "rows and columns around it"),
        (lambda: ex.grid([ex.curve(torch.zeros(3))], columns=0), "whole number from 1"),
        (lambda: ex.grid([torch.zeros(3)]), "grid takes marks or plots"),
    ],
)
def test_a_mistake_names_the_fact(make, fact: str):
    with pytest.raises(ExplorableError, match=fact):
        make()
