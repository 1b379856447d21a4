"""Light or dark on pages that say nothing about it: figures are readable, and nothing moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from authored import write_page
from reader import LIVE, SHIFTS, serving

SOURCE = """
@ex.figure
def line(slope=ex.slider(-1, 1, value=0.5)):
    \"\"\"A line.\"\"\"
    return ex.plot(ex.curve(slope * torch.linspace(0, 1, 8)), title=f"slope {slope:.2f}")
"""
READABLE = 7
INKS = """() => {
  const figure = document.querySelector("explorable-figure");
  const canvas = document.createElement("canvas").getContext("2d");
  const rgb = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  return [...document.querySelectorAll(".explorable-live .ex-ink, .explorable-form label")]
    .map((text) => rgb(getComputedStyle(text).color));
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("theme")
    write_page(made, SOURCE)
    return made


@pytest.fixture
def visit(chromium: Browser, folder: Path) -> Iterator[Callable[..., Any]]:
    """``visit(css, **options)``: the page with the author's style, alive."""
    html = (folder / "index.html").read_text()
    contexts: list[Any] = []
    with serving(folder) as url:

        def make(css: str, mark: str = "", **options: Any) -> Any:
            (folder / "author.css").write_text(css)
            styled = html.replace("<title>", '<link rel="stylesheet" href="author.css"><title>')
            styled = styled.replace("<explorable-figure", f"<explorable-figure {mark}")
            (folder / "styled.html").write_text(styled)
            context = chromium.new_context(viewport={"width": 800, "height": 900}, **options)
            contexts.append(context)
            page = context.new_page()
            page.add_init_script(SHIFTS)
            page.goto(url + "styled.html")
            page.wait_for_selector(LIVE)
            # The part that looks at the page's ground comes last.
            page.wait_for_load_state("networkidle")
            return page

        yield make
        for context in contexts:
            context.close()


def contrast(page: Any, ground: tuple[int, int, int]) -> float:
    """The least contrast of words against ``ground``."""

    def luminance(colour: Any) -> float:
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in (part / 255 for part in colour)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    inks = page.evaluate(INKS)
    assert inks
    pairs = [sorted((luminance(ink), luminance(ground))) for ink in inks]
    return min((high + 0.05) / (low + 0.05) for low, high in pairs)


DARK, LIGHT = (16, 20, 28), (250, 250, 245)


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize(
    "css",
    [
        "body { background: rgb(16 20 28); color: #ddd }",
        "html { background: oklch(0.19 0.02 264) }",
        "html { background: #fff } body { background: rgb(16 20 28 / 0.97) }",
    ],
    ids=["body", "oklch", "thin"],
)
def test_dark_by_plain_css(visit: Any, css: str, system: str) -> None:
    page = visit(css, color_scheme=system)
    assert contrast(page, DARK) >= READABLE
    assert page.evaluate("window.shift") == 0


def test_light_by_plain_css_at_night(visit: Any) -> None:
    page = visit("body { background: rgb(250 250 245) }", color_scheme="dark")
    assert contrast(page, LIGHT) >= READABLE
    assert contrast(visit("", color_scheme="dark"), (255, 255, 255)) >= READABLE


def test_a_page_that_changes_its_class_or_its_media(visit: Any) -> None:
    page = visit(
        "body { background: rgb(250 250 245) } .night body { background: rgb(16 20 28) }"
        "@media (prefers-color-scheme: dark) { body { background: rgb(16 20 28) } }",
        color_scheme="light",
    )
    box = page.locator("explorable-figure").bounding_box()
    assert contrast(page, LIGHT) >= READABLE
    page.evaluate("document.documentElement.classList.add('night')")
    assert contrast(page, DARK) >= READABLE
    page.evaluate("document.documentElement.classList.remove('night')")
    assert contrast(page, LIGHT) >= READABLE
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(100)
    assert contrast(page, DARK) >= READABLE
    assert page.locator("explorable-figure").bounding_box() == box
    assert page.evaluate("window.shift") == 0


def test_a_page_that_fades_into_the_night(visit: Any) -> None:
    page = visit(
        "body { background: rgb(250 250 245); transition: background-color 0.2s }"
        ".night body { background: rgb(16 20 28) }"
    )
    page.evaluate("document.documentElement.classList.add('night')")
    page.wait_for_timeout(400)
    assert contrast(page, DARK) >= READABLE


def test_the_author_decides(visit: Any) -> None:
    mark = page_mark(visit("body { background: #101418; color-scheme: light }"))
    assert mark is None
    assert page_mark(visit("body { background: #101418 }", 'scheme="light"')) is None
    ink = "body { background: #101418 } explorable-figure { --explorable-ink: #ffcc00 }"
    assert page_mark(visit(ink)) is None
    paper = "body { background: #101418 } explorable-figure { --explorable-paper: #101418 }"
    assert page_mark(visit(paper)) == "dark"


def page_mark(page: Any) -> str | None:
    return page.locator("explorable-figure").get_attribute("data-scheme")
