"""Colours and fonts that an author chooses: three lines for a whole page, and one colour for a
meaning in every plot, figure, formula and sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect

import explorable as ex
from authored import write_page
from explorable.engine import Engine
from explorable.errors import ExplorableError
from reader import LIVE, serving
from scenes import Scenes, plot, positions, shapes

SOURCE = """
t = torch.linspace(0, 1, 8)
meaning = {"speed": 5, "force": 1}
push = ex.slider(0, 1, value=0.5)

@ex.figure(colours=meaning)
def one(push=push):
    '''Speed, and force.'''
    return ex.row(ex.plot(ex.curve(push * t, name="speed"), title="both"),
                  ex.plot(ex.curve(t, name="other"), ex.curve(push - t, name="force")))

@ex.figure(colours=meaning)
def two(push=push):
    '''Force as bars.'''
    return ex.plot(ex.bars(push * t, name="force"), ex.scatter(t, push * t, name="speed"))
"""
TEXT = """<p>The <explorable-mark of="one.speed">speed</explorable-mark>, the
<explorable-mark of="two.force">force</explorable-mark> and
<explorable-mark of="two.speed"><math><mi>v</mi></math></explorable-mark>.</p>"""
HEAD = '<link rel="stylesheet" href="author.css">'
# The three lines of docs/looks.md, with colours for both schemes.
THREE_LINES = """
  --explorable-c0: light-dark(#7a1f5c, #e79ac8);
  --explorable-ink: light-dark(#102030, #fff0c0);
  --explorable-font: monospace;
"""
ACCENT = {"light": "rgb(122, 31, 92)", "dark": "rgb(231, 154, 200)"}
INK = {"light": "rgb(16, 32, 48)", "dark": "rgb(255, 240, 192)"}
STYLES = """(figure) => {
  const of = (selector) => getComputedStyle(figure.querySelector(selector));
  return {
    accent: of(".explorable-form input").accentColor,
    label: [of(".explorable-label").color, of(".explorable-label").fontFamily],
    still: [of(".explorable-still .ex-ink").color, of(".explorable-still .ex-ink").fontFamily],
    series: getComputedStyle(figure).getPropertyValue("--explorable-c0"),
  };
}"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("meanings")
    write_page(folder, SOURCE, head=HEAD, text=TEXT)
    (folder / "author.css").write_text(
        f":root {{ color-scheme: light dark }}\nexplorable-figure {{{THREE_LINES}}}"
    )
    with serving(folder) as found:
        yield found


def painted(page: Page, colour: str) -> int:
    """Pixels of a colour in the live drawings."""
    red, green, blue = colour.removeprefix("rgb(").removesuffix(")").split(", ")
    return page.evaluate(
        """([r, g, b]) => [...document.querySelectorAll("canvas")].reduce((sum, canvas) => {
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            for (let k = 0; k < data.length; k += 4)
                sum += data[k] === r && data[k + 1] === g && data[k + 2] === b;
            return sum;
        }, 0)""",
        [int(red), int(green), int(blue)],
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False], ids=["live", "still"])
def test_three_lines_change_a_page(chromium: Browser, url: str, scheme: Any, scripts: bool) -> None:
    context = chromium.new_context(color_scheme=scheme, java_script_enabled=scripts)
    page = context.new_page()
    page.set_viewport_size({"width": 1000, "height": 2000})
    page.goto(url)
    figure = page.locator("explorable-figure[figure=one]")
    if scripts:
        expect(page.locator(LIVE)).to_have_count(2)
        assert painted(page, ACCENT[scheme]) > 50, "the curve of the first colour"
    else:
        drawn = figure.locator(".explorable-still:visible .ex-c0").first
        assert drawn.evaluate("e => getComputedStyle(e).color") == ACCENT[scheme]

    found = figure.evaluate(STYLES)
    assert found["accent"] == ACCENT[scheme]
    assert found["label"] == [INK[scheme], "monospace"]
    assert found["still"] == [INK[scheme], "monospace"]
    if scripts:
        title = figure.locator(".explorable-live .ex-ink").first
        assert title.evaluate("e => getComputedStyle(e).color") == INK[scheme]
        assert title.evaluate("e => getComputedStyle(e).fontFamily") == "monospace"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_meaning_has_one_colour_on_a_page(chromium: Browser, url: str, scheme: Any) -> None:
    context = chromium.new_context(color_scheme=scheme)
    page = context.new_page()
    page.set_viewport_size({"width": 1000, "height": 2000})
    page.goto(url)
    expect(page.locator(LIVE)).to_have_count(2)
    palette = {
        number: page.locator("explorable-figure").first.evaluate(
            f"""(figure) => {{
                const probe = document.createElement("i");
                probe.className = "ex-c{number}";
                figure.append(probe);
                const {{ color }} = getComputedStyle(probe);
                probe.remove();
                return color;
            }}"""
        )
        for number in (1, 5)
    }
    words = page.locator("explorable-mark")
    expect(words.first).to_have_attribute("data-live", "")
    seen = """e => getComputedStyle(e.querySelector("math") ?? e)[
        e.querySelector("math") ? "color" : "textDecorationColor"]"""
    for word, number in ((0, 5), (1, 1), (2, 5)):
        assert words.nth(word).evaluate(seen) == palette[number]
    stills = page.locator(".explorable-wide svg")
    # Both colours in both figures, and in the first one more for what has no meaning.
    for k, numbers in ((0, {1, 5, 0}), (1, {1, 5})):
        classes = stills.nth(k).evaluate(
            "s => [...s.querySelectorAll('[class^=ex-c]')].map((e) => e.getAttribute('class'))"
        )
        assert {int(name.split()[0][4:]) for name in classes} == numbers
    context.close()


def test_marks_without_a_meaning_take_the_other_colours() -> None:
    line = {"a": positions([0, 1], [0, 1])}
    free, own = {"kind": "curve", "xy": "a"}, {"kind": "curve", "xy": "a", "paint": 0}
    band = {"kind": "area", "xy": "a", "low": "a", "band": True}
    with Engine() as engine:
        layout = plot(free, band, own, free)
        (panel,) = Scenes(engine).draw(layout, line)["panels"]
    assert [s["paint"] for s in shapes(panel, "path")[-4:]] == ["c1", "c0", "c0", "c2"]
    assert np.array(shapes(panel, "path")[-1]["points"]).size


def test_colours_are_in_python_too() -> None:
    @ex.figure(colours={"speed": 3})
    def line(k=ex.slider(0, 1)):
        return ex.column(ex.curve(k * torch.arange(3.0), name="speed"))

    assert 'class="ex-c3"' in line().svg()
    for wrong, message in (
        ({"speed": 8}, "colours are 0 to 7 by the names of marks, got 'speed': 8"),
        ({"speed": "red"}, "got 'speed': 'red'"),
        (["speed"], "numbers of the palette by the names of marks, got list"),
    ):
        with pytest.raises(ExplorableError, match=message):
            ex.figure(colours=wrong)(line.__wrapped__)  # pyright: ignore[reportArgumentType]
