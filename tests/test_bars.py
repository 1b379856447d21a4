"""Bars that lie, dragged by mouse, finger and key; error bars on dots and bars."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.engine import Engine
from hand import Hand, inside
from reader import Reader, serving
from scenes import Scenes, plot, positions, shapes, texts

SOURCE = """
@ex.figure
def lying(scores=ex.tensor([1., 2., -1.], -4, 4), more=ex.slider(0, 1, value=0.5)):
    '''Bars that lie.'''
    return ex.plot(
        ex.bars(scores, labels=["a", "b", f"{more:.1f}"], horizontal=True, name="scores"),
        ex.errorbars(torch.arange(3.), scores - more, scores + more, horizontal=True, name="sure"),
        x=(-4, 4))
"""


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


@pytest.mark.parametrize("stacked", [False, True])
def test_bars_lie_from_zero_with_words_beside_them(scenes: Scenes, stacked: bool) -> None:
    heights = np.array([[1, 2], [3, -1]], np.float32)
    mark: dict[str, object] = {
        "kind": "bars",
        "heights": "h",
        "horizontal": True,
        "labels": [["one"], ["two"]],
    }
    mark = {**mark, "stacked": stacked}
    (panel,) = scenes.draw(plot(mark, x=[-6, 6]), {"h": heights})["panels"]
    unit, zero = panel["width"] / 12, panel["x"] + panel["width"] / 2
    found = [np.array(s["boxes"]).reshape(-1, 4) for s in shapes(panel, "rects")]
    ends = [[[(x - zero) / unit, (x + w - zero) / unit] for x, _, w, _ in b] for b in found]
    second = [[1, 4] if stacked else [0, 3], [-1, 0]]
    np.testing.assert_allclose(ends, [[[0, 1], [0, 2]], second], atol=1e-3)
    # The first place is at the bottom; of a group the first is the upper one.
    assert found[0][0, 1] > found[0][1, 1]
    assert stacked or found[0][0, 1] < found[1][0, 1]
    assert {"one", "two"} <= set(texts(panel))
    words = [s for s in panel["shapes"] if s["kind"] == "text" and s["text"] in ("one", "two")]
    assert all(s["x"] < panel["x"] and s["anchor"] == "end" for s in words)


def test_error_bars_have_caps_across_them_and_the_next_colour(scenes: Scenes) -> None:
    ends = np.stack([positions([0, 1], [1, 2]), positions([0, 1], [3, 2.5])], 1)
    mark = {"kind": "segments", "xy": "e", "caps": True, "band": True}
    dots = {"kind": "scatter", "xy": "d"}
    given = {"e": ends, "d": positions([0, 1], [2, 2.2]), "h": np.array([2, 2.2], np.float32)}
    (panel,) = scenes.draw(plot(mark, dots), given)["panels"]
    path = shapes(panel, "path")[-1]
    assert path["paint"] == shapes(panel, "dots")[0]["paint"] == "c0"
    lines = np.array(path["points"]).reshape(-1, 4)  # every line has two points
    assert len(lines) == 2 + 4
    caps = lines[2:]
    assert (caps[:, 1] == caps[:, 3]).all()
    np.testing.assert_allclose(caps[:, 2] - caps[:, 0], 8)
    np.testing.assert_allclose(sorted(caps[:, 1]), sorted(lines[:2, [1, 3]].reshape(-1)))

    over = plot({"kind": "bars", "heights": "h"}, mark)
    assert shapes(scenes.draw(over, given)["panels"][0], "path")[-1]["paint"] == "ink"


def test_ends_are_where_the_author_says() -> None:
    t, mean = torch.tensor([1.0, 2, 4]), torch.tensor([3.0, 1, 2])

    @ex.figure
    def sure():
        return ex.plot(
            ex.errorbars(t, mean - 1, mean + 2, name="up"),
            ex.errorbars(t, mean - 1, mean + 2, horizontal=True, name="across"),
        )

    found = sure().outputs
    assert found["up"][0].tolist() == [[1, 2], [1, 5]]
    assert found["across"][2].tolist() == [[1, 4], [4, 4]]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("bars")
    write_page(folder, SOURCE)
    with serving(folder) as found:
        yield found


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
def test_lying_bars_are_dragged_to_the_side(chromium: Browser, url: str, touch: bool) -> None:
    reader = Reader(chromium, touch=touch).open(url)
    hand = Hand(reader.page, touch=touch)
    handle = reader.page.locator(".explorable-handle-bars")
    # The middle one of three; then a stroke over all of them.
    hand.stroke(inside(handle, 0.5, 0.5), inside(handle, 0.875, 0.5))
    reader.settle()
    assert reader.controls()["lying.scores"]["value"] == pytest.approx([1.0, 3.0, -1.0], abs=0.05)
    hand.stroke(inside(handle, 0.25, 0.1), inside(handle, 0.25, 0.9), moves=8)
    reader.settle()
    assert reader.controls()["lying.scores"]["value"] == pytest.approx([-2.0, -2.0, -2.0], abs=0.05)
    sure = [float(x) for x in reader.outputs()["sure"]["data"]]
    assert sure[:4] == pytest.approx([-2.5, 0.0, -1.5, 0.0], abs=0.05)

    handle.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowRight"):
        reader.page.keyboard.press(key)
    reader.settle()
    after = reader.controls()["lying.scores"]["value"]
    assert after[1] == pytest.approx(-2 + 8 / 100, abs=0.05)
    assert after[1] > after[0]
    assert handle.get_attribute("aria-valuetext") == f"number 2: {after[1]:.3g}"
    assert reader.said == []
    reader.context.close()
