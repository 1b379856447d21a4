"""Prose that is alive: conditions as Python and the page read them, numbers dragged in a sentence,
words that light up marks and are lit by them; the page that documents it, mistakes in a text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from authored import write_page
from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.figures.conditions import holds
from explorable.link import link
from hand import Hand
from pages import CONF, Site
from reader import LIVE, Reader, serving

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOW: dict[str, Any] = {"x": 0.25, "n": 3, "on": True, "off": False, "mode": "fast", "w.p": -2.0}
CONDITIONS = {
    "x > 0.2": True,
    "x > 0.25": False,
    "x >= .25": True,
    "w.p < -1": True,
    "w.p < −3": False,
    "n == 3": True,
    "n != 3": False,
    "n == 3.0 and x<1": True,
    "on": True,
    "not on": False,
    "off or not on or n > 2": True,
    "off and on or n > 5": False,
    "mode == 'fast'": True,
    'mode != "fast"': False,
    "not mode == 'slow'": True,
    "x <= n": True,
    "on == 1": True,
    "1e-3 > x": False,
}


def test_conditions_hold_alike_in_python_and_in_the_page() -> None:
    with Engine() as engine:
        engine.evaluate(link("prose/conditions.js", name="conditions").text)
        engine.evaluate(f"globalThis.now = {json.dumps(NOW)}; 0")
        engine.evaluate("globalThis.ask = (text) => conditions.holds(text, (name) => now[name]); 0")
        in_page = {text: engine.call("ask", text) for text in CONDITIONS}

    assert in_page == CONDITIONS
    assert {text: holds(text, NOW.__getitem__) for text in CONDITIONS} == CONDITIONS


@pytest.mark.parametrize("text", ["", "x +", "x > > 2", "sin(x) > 1", "mode < 'slow'"])
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(ExplorableError, match=r"is no condition|by size"):
        holds(text, NOW.__getitem__)


SOURCE = """
turns = ex.integer(1, 8, value=3, label="turns")
loud = ex.slider(0, 2, value=1.0, label="loudness")

@ex.value
def wave(turns=turns, loud=loud):
    x = loud * torch.sin(2 * torch.pi * turns * torch.linspace(0, 1, 200))
    return {"x": x, "power": x.square().mean()}

@ex.figure
def heard(wave=wave):
    "A wave and its power."
    t = torch.linspace(0, 1, 200)
    return ex.plot(ex.curve(t, wave["x"], name="wave"), ex.scatter(t[::20], wave["x"][::20]),
                   x=(0, 1), y=(-2, 2))
"""
TEXT = """
<p>The <explorable-mark of="heard.wave">wave</explorable-mark> turns
<explorable-control of="turns">3</explorable-control> times,
<explorable-control of="loud" format=".2f" aria-label="how loud">1.00</explorable-control> high;
it is <explorable-when of="wave.power > 0.5" hidden>loud</explorable-when><explorable-when
unless="wave.power > 0.5">quiet</explorable-when>.</p>
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = tmp_path_factory.mktemp("prose")
    write_page(made, SOURCE, text=TEXT)
    page = (made / "index.html").read_text()
    (made / "bare.html").write_text(page.replace(TEXT, ""))
    with serving(made) as address:
        yield address


@pytest.fixture
def reader(chromium: Browser, url: str) -> Iterator[Reader]:
    opened = Reader(chromium).open(f"{url}index.html")
    opened.page.wait_for_selector("explorable-mark[data-live]")
    yield opened
    opened.context.close()


def middle(found: Locator) -> tuple[float, float]:
    box = found.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.slow
def test_a_number_in_a_sentence_by_mouse_and_key(reader: Reader) -> None:
    page = reader.page
    turns, loud = page.locator("explorable-control").all()

    assert turns.get_attribute("role") == "slider"
    assert turns.get_attribute("aria-label") == "turns"
    assert loud.get_attribute("aria-label") == "how loud"
    assert [loud.get_attribute(f"aria-value{end}") for end in ("min", "now", "max")] == [
        "0",
        "1",
        "2",
    ]
    turns.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    reader.settle()
    assert turns.inner_text() == "5" and reader.controls()["turns"]["value"] == 5
    page.keyboard.press("End")
    reader.settle()
    assert turns.inner_text() == "8" == turns.get_attribute("aria-valuetext")

    x, y = middle(loud)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    reader.settle()
    # A quarter of the way from low to high.
    assert loud.inner_text() == "1.50" and reader.controls()["loud"]["value"] == 1.5
    page.mouse.move(x + 90, y)
    reader.settle()
    assert loud.inner_text() == "1.50"
    assert reader.said == []


@pytest.mark.slow
def test_a_number_in_a_sentence_by_finger(chromium: Browser, url: str) -> None:
    context = chromium.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{url}index.html")
    page.wait_for_selector("explorable-control[data-live]")
    x, y = middle(page.locator("explorable-control").nth(1))
    Hand(page, touch=True).stroke((x, y), (x + 60, y))

    page.wait_for_function(
        "() => document.querySelectorAll('explorable-control')[1].textContent === '1.50'"
    )
    context.close()


@pytest.mark.slow
def test_a_sentence_shows_while_its_condition_holds(reader: Reader) -> None:
    sentence = reader.page.locator("p")

    assert "it is quiet." in sentence.inner_text()
    reader.set({"loud": 1.5})
    assert "it is loud." in sentence.inner_text()
    reader.set({"loud": 0.5})
    assert "it is quiet." in sentence.inner_text()


def inked(reader: Reader) -> dict[str, int]:
    """Pixels of the canvas by how much paint is on them: faint and full."""
    return reader.page.evaluate(
        """() => {
            const canvas = document.querySelector('canvas');
            const { data } = canvas.getContext('2d')
                .getImageData(0, 0, canvas.width, canvas.height);
            const found = { wave: 0, dots: 0 };
            for (let i = 0; i < data.length; i += 4) {
                if (data[i + 3] < 200) continue;
                if (data[i + 2] > data[i] + 80) found.wave += 1;
                if (data[i] > data[i + 2] + 80) found.dots += 1;
            }
            return found;
        }"""
    )


@pytest.mark.slow
def test_a_word_lights_up_its_mark_and_is_lit_by_it(reader: Reader) -> None:
    page = reader.page
    word = page.locator("explorable-mark")
    before = inked(reader)

    assert word.get_attribute("role") == "button"
    assert before["wave"] > 100 and before["dots"] > 100
    word.focus()
    assert word.get_attribute("aria-pressed") == "true"
    assert inked(reader)["wave"] >= before["wave"] and inked(reader)["dots"] == 0
    page.keyboard.press("Escape")
    assert inked(reader) == before
    page.mouse.move(*middle(word))
    assert inked(reader)["dots"] == 0
    page.mouse.move(2, 2)
    assert inked(reader) == before

    box = page.locator(LIVE).bounding_box()
    data = reader.outputs()["wave"]["data"]
    assert box and data
    at = page.evaluate("() => document.querySelector('canvas').getBoundingClientRect().toJSON()")
    # Somewhere on the zero line the wave goes through: every turn does so twice.
    y = at["top"] + at["height"] * 0.46
    lit = 0
    for step in range(60):
        page.mouse.move(at["left"] + at["width"] * (0.1 + 0.8 * step / 60), y)
        lit += word.get_attribute("data-lit") is not None
    assert 0 < lit < 60
    page.mouse.move(2, 2)
    assert word.get_attribute("data-lit") is None
    colour = "(e) => e.style.getPropertyValue('--explorable-mark')"
    assert word.evaluate(colour) != ""
    # Of the canvas being read, by this test.
    assert [said for said in reader.said if "getImageData" not in said] == []


@pytest.mark.slow
def test_pages_without_such_words_ask_for_nothing(chromium: Browser, url: str) -> None:
    reader = Reader(chromium).open(f"{url}bare.html")
    reader.settle()
    reader.page.wait_for_timeout(200)

    assert not [address for address in reader.fetched if "/prose-" in address]
    reader.context.close()
    without = Reader(chromium, scripts=False)
    without.page.goto(f"{url}index.html")
    assert "turns 3 times, 1.00 high; it is quiet." in without.page.locator("p").inner_text()
    without.context.close()


WARNINGS = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
MISTAKEN = """

A {ex:mark}`wace <heard.wace>`, {ex:when}`wave.powr > 1 ? loud`, {ex:control}`wave.power`.

{ex:when}`loud`
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORABLE_CACHE", str(root / "cache"))
        made = Site(root / "docs", root / "made")
        made.write("conf.py", CONF)
        made.write("index.md", "# Pages\n\n```{toctree}\nprose\n```\n")
        made.write("prose.md", (DOCS / "prose.md").read_text())
        yield made


@pytest.mark.filterwarnings(*[mark.args[0] for mark in WARNINGS[1:]])
@pytest.mark.slow
def test_the_page_about_prose_is_alive(site: Site, chromium: Browser) -> None:
    built = site.build()
    assert built.said == "" and built.status == 0
    html = built.page("prose.html")

    assert '<explorable-control of="turns">3</explorable-control>' in html
    assert '<explorable-when of="wave.power &gt; 0.5">that is loud</explorable-when>' in html
    assert '<explorable-when unless="wave.power &gt; 0.5" hidden>that is quiet' in html
    assert '<explorable-when of="wave.power &gt; 1 and turns == 1" hidden>' in html
    assert '<mtext><explorable-mark of="heard.power"><math' in html
    with serving(built.out) as url:
        reader = Reader(chromium).open(f"{url}prose.html")
        page = reader.page
        page.wait_for_selector(
            "math explorable-control[data-live], explorable-mark[data-live] math"
        )
        page.locator("explorable-mark:has(math)").first.focus()
        assert page.locator("explorable-mark[data-lit]").all_inner_texts()[0] == "mean power"
        reader.set({"turns": 1, "loud": 2})
        assert page.get_by_text("One slow turn").is_visible()
        assert reader.said == []
        reader.context.close()


@pytest.mark.filterwarnings(*[mark.args[0] for mark in WARNINGS[1:]])
@pytest.mark.slow
def test_mistakes_in_a_text_are_told_with_their_line(site: Site) -> None:
    text = (DOCS / "prose.md").read_text()
    site.write("prose.md", text + MISTAKEN)
    built = site.build()
    site.write("prose.md", text)

    line = text.count("\n") + 3
    for told in (
        "unknown mark 'heard.wace'; one of: heard.wave, heard.power; did you mean 'heard.wave'?",
        "unknown name 'wave.powr'",
        "'wave.power' is no slider or integer",
        "'loud' has no sentence; write {ex:when}`wave.power > 0.5 ? loud : quiet`",
    ):
        assert told in built.said
    assert f"prose.md:{line}" in built.said
    assert built.status != 0
