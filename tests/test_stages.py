"""Stages: buttons, keys, and a link for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.errors import ExplorableError
from reader import FIGURE, Reader, serving

SOURCE = """
@ex.figure
def steps(stage=ex.stages(["one", "two & three", "four"]), k=ex.slider(0, 1)):
    \"\"\"A number that grows by stages.\"\"\"
    marks = [ex.scatter((k + n)[None], (k + n)[None]) for n in range(stage + 1)]
    return ex.plot(*marks, ex.readout(k + stage, name="sum"), x=(0, 4), y=(0, 4))
"""
LINK = '<p><a id="third" href="#steps=3">the third stage</a> <a id="other" href="#top">top</a></p>'


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("stages")
    write_page(folder, SOURCE, text=LINK)
    with serving(folder) as address:
        yield f"{address}index.html"


@pytest.fixture
def reader(chromium: Browser) -> Iterator[Reader]:
    opened = Reader(chromium, touch=True)
    yield opened
    assert opened.said == []
    opened.context.close()


def stage(reader: Reader) -> str:
    reader.settle()
    shown = reader.page.locator(".explorable-stages select").input_value()
    assert reader.page.evaluate(f"() => {FIGURE}.controls.stage.value") == shown
    return shown


def hash_of(reader: Reader) -> str:
    return reader.page.evaluate("() => location.hash")


@pytest.mark.parametrize("way", ["click", "tap", "key"])
def test_buttons_go_forward_and_back(reader: Reader, url: str, way: str) -> None:
    page = reader.open(url).page
    back, forward = page.locator(".explorable-stages button").all()

    def press(button: Any) -> None:
        if way == "key":
            button.focus()
            page.keyboard.press("Enter")
        else:
            getattr(button, way)(force=True)  # also where it says that it is at the end

    assert back.get_attribute("aria-disabled") == "true"
    press(forward)
    assert stage(reader) == "two & three"
    assert hash_of(reader) == "#steps=2"
    press(forward)
    assert stage(reader) == "four"
    assert forward.get_attribute("aria-disabled") == "true"
    press(forward)
    assert stage(reader) == "four", "the last one"
    press(back)
    assert stage(reader) == "two & three"
    assert "One step back" in str(back.get_attribute("aria-label"))


def test_the_menu_jumps(reader: Reader, url: str) -> None:
    page = reader.open(url).page
    menu = page.locator(".explorable-stages select")
    assert menu.locator("option").all_inner_texts() == ["1. one", "2. two & three", "3. four"]
    menu.select_option("four")
    assert stage(reader) == "four"
    assert hash_of(reader) == "#steps=3"
    menu.focus()
    page.keyboard.press("ArrowUp")
    assert stage(reader) == "two & three"


def test_a_stage_has_a_link(reader: Reader, url: str) -> None:
    page = reader.open(f"{url}#steps=2").page
    assert stage(reader) == "two & three"
    page.click("#third")
    assert stage(reader) == "four"
    page.click("#other")
    assert stage(reader) == "four", "another place of the page"
    page.go_back()
    assert hash_of(reader) == "#steps=3"
    reader.set({"stage": "one"})
    assert hash_of(reader) == "#steps=1"


@pytest.mark.parametrize("wrong", ["#steps=9", "#steps=x", "#steps", "#else=2"])
def test_a_link_to_no_stage_shows_the_first(reader: Reader, url: str, wrong: str) -> None:
    reader.open(url + wrong)
    assert stage(reader) == "one"
    assert hash_of(reader) == wrong


def test_stages_arrive_as_numbers() -> None:
    @ex.figure
    def steps(stage: Any = ex.stages(["a", "b", "c"], value="b")) -> Any:
        """A dot as high as the stage."""
        return ex.scatter(torch.tensor([[1.0, stage]]), name="place")

    assert steps().outputs["place"].tolist() == [[1, 1]]
    assert steps(stage="c").outputs["place"].tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["one"], "stages are two or more, got 1"),
        ("one", "stages are a list of strings"),
        (["a", "a"], "two stages have the same label"),
    ],
)
def test_mistakes(given: Any, message: str) -> None:
    with pytest.raises(ExplorableError, match=message):
        ex.stages(given)
    with pytest.raises(ExplorableError, match="unknown stage 'z'; one of: a, b"):
        ex.stages(["a", "b"], value="z")
