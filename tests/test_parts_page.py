"""What a page fetches of the runtime, and when: parts that are wanted later, a press that comes
before its part."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from authored import write_page
from reader import LIVE, Reader, serving

SOURCE = '''
@ex.figure
def turn(theta=ex.slider(0, 6.28, value=1.0, label="θ")):
    """A number on its circle."""
    return ex.plot(ex.curve(torch.exp(1j * torch.linspace(0, theta, 9)), name="arc"),
                   ex.arrow(torch.exp(1j * theta)), x=(-1.2, 1.2), y=(-1.2, 1.2),
                   title=f"{theta:.2f}")
'''
MESSAGE = ".explorable-message"
NUMBER = '<p>Now <explorable-value of="turn.theta" format="+.3e">+1.000e+00</explorable-value></p>'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("turn")
    write_page(folder, SOURCE)
    html = (folder / "index.html").read_text()
    (folder / "number.html").write_text(html.replace("<body>", f"<body>{NUMBER}"))
    with serving(folder) as url:
        yield url


@pytest.fixture
def reader(chromium: Browser) -> Iterator[Reader]:
    opened = Reader(chromium)
    yield opened
    opened.context.close()


def parts(reader: Reader) -> list[str]:
    return sorted(re.findall(r"/part-(\w+)-\w+\.js", " ".join(reader.fetched)))


def value(reader: Reader) -> float:
    reader.settle()
    return reader.controls()["turn.theta"]["value"]


def test_a_slider_is_dragged_without_further_parts(reader: Reader, site: str) -> None:
    reader.open(f"{site}index.html")
    slider = reader.page.locator("input[type=range]")
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    reader.page.mouse.move(box["x"] + box["width"] * 0.2, middle)
    reader.page.mouse.down()
    reader.page.mouse.move(box["x"] + box["width"] * 0.7, middle, steps=4)
    reader.page.mouse.up()
    assert value(reader) > 3.5
    slider.press("ArrowRight")

    assert parts(reader) == ["arrow"]
    assert len([url for url in reader.fetched if "/explorable-" in url]) == 1
    assert len(set(reader.fetched)) == len(reader.fetched)
    assert reader.said == []


def test_a_part_that_is_missing_is_named(reader: Reader, site: str) -> None:
    reader.page.route("**/part-arrow-*.js", lambda route: route.abort())
    reader.page.goto(f"{site}index.html")

    expect(reader.page.locator(MESSAGE)).to_contain_text("part-arrow-")
    assert reader.page.locator(LIVE).count() == 0


def test_what_is_typed_while_its_part_comes_is_kept(reader: Reader, site: str) -> None:
    held: list[Route] = []
    reader.page.route("**/part-typing-*.js", lambda route: held.append(route))
    reader.open(f"{site}index.html")
    reader.page.locator("input[type=range]").focus()
    for key in "2.5":
        reader.page.keyboard.press(key)
    reader.page.wait_for_timeout(100)
    assert len(held) == 1
    assert reader.page.locator(".explorable-exact").count() == 0

    held[0].continue_()

    expect(reader.page.locator(".explorable-exact")).to_have_value("2.5")
    reader.page.keyboard.press("Enter")
    assert value(reader) == 2.5
    assert parts(reader) == ["arrow", "typing"]
    assert reader.said == []


def test_a_part_that_cannot_come_is_asked_for_again(reader: Reader, site: str) -> None:
    """The figure goes on, and the next press finds it."""
    reader.page.route("**/part-typing-*.js", lambda route: route.abort())
    reader.open(f"{site}index.html")
    output = reader.page.locator("explorable-figure output")
    output.click()
    reader.page.wait_for_timeout(100)
    assert output.is_visible() and reader.page.locator(MESSAGE).count() == 0
    assert reader.set({"theta": 2}) == {"theta": 2}

    reader.page.unroute("**/part-typing-*.js")
    output.click()

    expect(reader.page.locator(".explorable-exact")).to_have_value("2")


def test_a_number_of_the_text_brings_what_it_needs(reader: Reader, site: str) -> None:
    reader.open(f"{site}number.html")
    reader.page.wait_for_selector(LIVE)
    reader.set({"theta": 2.5})

    expect(reader.page.locator("explorable-value")).to_have_text("+2.500e+00")
    assert parts(reader) == ["arrow", "format", "value", "wiring"]
    assert reader.said == []
