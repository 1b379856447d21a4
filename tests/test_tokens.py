"""The strip of tokens: whole letters in lines, tints and arcs by weight; in Chromium, rows of
weights by mouse, finger and key, and texts to begin with."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.engine import Engine
from explorable.errors import ExplorableError
from reader import Reader, serving
from scenes import Scenes, plot, shapes, texts

WORDS = {"kind": "words", "vocabulary": ["?"]}
SIGNS = {"kind": "characters", "vocabulary": ["?"]}


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


def strip(scenes: Scenes, text: str, tokenizer: Any, width: int = 400, **given: Any) -> Any:
    """The panel of one strip; arrays become slots."""
    chosen = given.pop("chosen", {})
    mark: dict[str, Any] = {
        "kind": "tokens", "ids": "ids", "text": {"text": "t"}, "max": 40, "letters": 120
    }  # fmt: skip
    slots = {"ids": np.zeros(1, np.int64)}
    for name, value in given.items():
        if isinstance(value, np.ndarray):
            slots[name] = value
        mark[name] = name if isinstance(value, np.ndarray) else value
    typed = {"t": {"text": text, "tokenizer": tokenizer}}
    (panel,) = scenes.draw(plot(mark), slots, width, texts=typed, chosen=chosen)["panels"]
    return panel


def pills(panel: Any) -> list[tuple[float, float]]:
    """Left and right of each tint, in order."""
    found = [shape["points"] for shape in shapes(panel, "path") if shape.get("fill")]
    return [(min(points[::2]), max(points[::2])) for points in found]


def test_a_letter_of_several_tokens_is_drawn_once_with_a_tint_for_each(scenes: Scenes) -> None:
    panel = strip(scenes, "கொa👩‍👧", SIGNS)

    assert texts(panel) == ["கொ", "a", "👩‍👧"]
    drawn = pills(panel)
    assert len(drawn) == 2 + 1 + 3
    # Beside each other, in the order of the text, one after the other.
    assert all(a[1] <= b[0] for a, b in pairwise(drawn))


def test_neighbours_of_one_group_are_one(scenes: Scenes) -> None:
    panel = strip(scenes, "lower", SIGNS, groups=np.array([0, 0, 2, 2, 4]))

    assert texts(panel) == ["lo", "we", "r"]
    assert len(pills(panel)) == 3


@pytest.mark.parametrize("width", [200, 400, 900])
def test_lines_break_between_words_inside_the_frame(scenes: Scenes, width: int) -> None:
    text = "she sells sea shells by the sea shore and the shells she sells are sea shells"
    panel = strip(scenes, text, SIGNS, width, letters=90)

    assert all(
        panel["x"] <= left <= right <= panel["x"] + panel["width"] for left, right in pills(panel)
    )
    lines: dict[float, str] = {}
    for shape in shapes(panel, "text"):
        lines[shape["y"]] = lines.get(shape["y"], "") + shape["text"]
        assert shape["y"] <= panel["y"] + panel["height"]
    assert "".join(lines.values()) == text
    assert set(" ".join(lines.values()).split()) == set(text.split()), "no word is torn"


def test_what_no_token_holds_is_drawn_too(scenes: Scenes) -> None:
    panel = strip(scenes, "a  b", WORDS)

    assert [text for text in texts(panel) if text.strip()] == ["a", "b"]
    assert len(pills(panel)) == 2


def test_weights_tint_and_a_chosen_row_draws_its_arcs(scenes: Scenes) -> None:
    looks = np.array([[0.1, 0.9, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]], np.float32)
    free = strip(scenes, "a b c", WORDS, weights=looks, arcs=True)
    first = strip(scenes, "a b c", WORDS, weights=looks, arcs=True, chosen={"ids": 0})

    def arcs(panel: Any) -> int:
        lines = [s for s in shapes(panel, "path", "c0") if not s.get("fill")]
        return sum(len(line["starts"]) for line in lines)

    def tints(panel: Any) -> list[float]:
        return [s["opacity"] for s in shapes(panel, "path", "c0") if s.get("fill")]

    assert arcs(free) == 2, "a to b, b to c; no arc to itself"
    assert arcs(first) == 1
    assert tints(free) == [0.06] * 3
    assert tints(first) == pytest.approx([0.06 + 0.54 * w for w in (0.1, 0.9, 0)], abs=0.006)
    assert len(first["handles"][0]["boxes"]) == 3


def test_what_tokens_refuses() -> None:
    with pytest.raises(ExplorableError, match="tokens draws the text of an ex"):
        ex.tokens(torch.zeros(3))
    with pytest.raises(ExplorableError, match="the example 'long' has 5 tokens, more than max=3"):
        ex.text("a", max=3, examples={"long": "abcde"})


SOURCE = """
typed = ex.text("see sea", tokenizer=ex.words("see sea shell"), max=8,
                examples={"more": "sea shell see", "அதிகம்": "see see sea sea"})

@ex.figure
def looks(text=typed):
    "Who looks at whom."
    a = (text.ids[:, None] == text.ids).float() + 0.5
    return ex.tokens(text, weights=a / a.sum(1, keepdim=True), arcs=True, name="looks")
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = tmp_path_factory.mktemp("tokens")
    write_page(made, SOURCE)
    with serving(made) as address:
        yield address


def outlined(reader: Reader) -> bool:
    """Is a token chosen? Its tint is on the canvas, its row in what a screen reader hears."""
    return "looks at" in (
        reader.page.locator("[data-tokens]").get_attribute("aria-valuetext") or ""
    )


@pytest.mark.slow
def test_a_row_by_key_mouse_and_finger(chromium: Browser, url: str) -> None:
    reader = Reader(chromium).open(url)
    page = reader.page
    handle = page.locator("[data-tokens]")

    assert handle.get_attribute("role") == "slider"
    assert handle.get_attribute("aria-label") == "looks"
    assert handle.get_attribute("aria-valuetext") == "see sea"
    handle.focus()
    page.keyboard.press("ArrowRight")
    assert handle.get_attribute("aria-valuetext") == "see: looks at see 0.75, sea 0.25"
    page.keyboard.press("End")
    assert handle.get_attribute("aria-valuetext") == "sea: looks at sea 0.75, see 0.25"
    page.keyboard.press("Escape")
    assert not outlined(reader)

    box = handle.bounding_box()
    assert box
    page.mouse.move(box["x"] + 12, box["y"] + box["height"] - 20)
    assert outlined(reader)
    page.mouse.move(box["x"] + 12, box["y"] + box["height"] + 90)
    assert not outlined(reader)
    assert reader.said == []
    reader.context.close()

    context = chromium.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    finger = context.new_page()
    finger.goto(url)
    finger.wait_for_selector("[data-tokens]")
    box = finger.locator("[data-tokens]").bounding_box()
    assert box
    finger.touchscreen.tap(box["x"] + 12, box["y"] + box["height"] - 20)
    finger.wait_for_function(
        "() => /looks/.test(document.querySelector('[data-tokens]').getAttribute('aria-valuetext'))"
    )
    context.close()


@pytest.mark.slow
def test_texts_to_begin_with(chromium: Browser, url: str) -> None:
    reader = Reader(chromium).open(url)
    buttons = reader.page.locator("[data-do=write]")

    assert buttons.all_inner_texts() == ["more", "அதிகம்"]
    buttons.nth(1).focus()
    reader.page.keyboard.press("Enter")
    reader.settle()

    assert reader.page.locator("input[type=text]").input_value() == "see see sea sea"
    assert reader.outputs()["looks"]["data"] == ["0", "0", "1", "1"]
    assert reader.said == []
    reader.context.close()
