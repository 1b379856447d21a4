"""Every page of the gallery at three widths, light and dark: nothing overflows, neither words nor
inputs collide, nothing shifts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reader import LIVE, SHIFTS, serving
from test_gallery import figure_names, sources

WIDTHS = [320, 768, 1280]
MOST_SHIFT = 0.05

# Words as drawn, from the foot of small letters to their top: lines of one text may touch.
LOOK = """() => {
  const root = document.documentElement;
  const found = [];
  const over = root.scrollWidth - root.clientWidth;
  if (over > 0) found.push(`overflow ${over} px`);
  const figure = document.querySelector("explorable-figure");
  const outer = figure.getBoundingClientRect();
  const words = [...figure.querySelectorAll(".explorable-live > .explorable-text text")]
    .filter((text) => text.textContent.trim())
    .map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      const upright = right - left > bottom - top || text.textContent.length < 3;
      const trim = 0.2 * (upright ? bottom - top : right - left);
      return upright
        ? { said: text.textContent, left, right, top: top + trim, bottom: bottom - trim }
        : { said: text.textContent, left: left + trim, right: right - trim, top, bottom };
    });
  for (const { said, left, right } of words)
    if (left < outer.left - 2 || right > outer.right + 2) found.push(`'${said}' sticks out`);
  for (const [i, a] of words.entries()) {
    for (const b of words.slice(i + 1)) {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1.5 && down > 1.5) found.push(`'${a.said}' on '${b.said}'`);
    }
  }
  for (const part of figure.querySelectorAll(".explorable-form *")) {
    const { right, width } = part.getBoundingClientRect();
    if (width && right > outer.right + 2) found.push(`${part.localName} beyond the figure`);
  }
  // Inputs that lie over one another on purpose stand for one.
  const apart = "input, select, button, output, .explorable-label";
  const together = ".explorable-ends input, .explorable-segments input";
  for (const row of figure.querySelectorAll(".explorable-control, .explorable-transport")) {
    const parts = [...row.querySelectorAll(apart)]
      .filter((part) => part.getClientRects().length && !part.matches(together))
      .map((part) => ({ said: part.textContent || part.type, box: part.getBoundingClientRect() }));
    for (const [i, a] of parts.entries()) {
      for (const b of parts.slice(i + 1)) {
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (across > 1.5 && down > 1.5) found.push(`input '${a.said}' on '${b.said}'`);
      }
    }
  }
  return found;
}"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def open_page(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Page]]:
    out = tmp_path_factory.mktemp("sweep")
    folders = sorted({str(path.parent) for path in sources()})
    command = [sys.executable, "-m", "explorable", "build", *folders, "-o", str(out)]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    context = chromium.new_context(viewport={"width": WIDTHS[0], "height": 900})
    page = context.new_page()
    page.add_init_script(SHIFTS)
    with serving(out) as url:

        def visit(name: str) -> Page:
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": WIDTHS[0], "height": 900})
            page.goto(f"{url}{name}.html")
            page.wait_for_selector(LIVE)
            page.evaluate(SETTLED)
            return page

        yield visit
    context.close()


def ink(page: Page) -> Any:
    return page.evaluate("() => getComputedStyle(document.querySelector('.explorable-live')).color")


@pytest.mark.parametrize("name", figure_names())
def test_at_every_width_and_by_night(open_page: Callable[[str], Page], name: str) -> None:
    page = open_page(name)
    assert page.evaluate("() => window.shift") < MOST_SHIFT
    found: dict[int, list[str]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(SETTLED)
        found[width] = page.evaluate(LOOK)
    by_day = ink(page)
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    assert ink(page) != by_day
    assert page.evaluate(LOOK) == found[WIDTHS[-1]]
    assert {width: words[:6] for width, words in found.items() if words} == {}


NAMED = {
    *("button", "slider", "spinbutton", "textbox", "checkbox", "radio", "combobox", "link"),
    *("img", "image", "radiogroup", "application"),
}
"""Roles of what a reader uses or is told of: each has a name."""
TWICE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  return ids.filter((id, k) => ids.indexOf(id) !== k);
}"""
OWNERS = "[data-control], [data-simulation]"
OWNER = f"""() => {{
  const owner = document.activeElement?.closest("{OWNERS}");
  return owner?.dataset.control ?? owner?.dataset.simulation ?? null;
}}"""
ALL = f"""() => [...document.querySelectorAll("explorable-figure :is({OWNERS})")]
  .map(({{ dataset }}) => dataset.control ?? dataset.simulation)"""
STEP = "() => document.activeElement?.localName ?? ''"
MOST_TABS = 150


@pytest.mark.parametrize("name", figure_names())
def test_screen_readers_and_keys_find_every_part(
    open_page: Callable[[str], Page], name: str
) -> None:
    page = open_page(name)
    told = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    said = [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip())
        for node in told
        if not node["ignored"] and "role" in node
    ]
    assert [role for role, words in said if role in NAMED and not words] == []
    alt = page.locator("explorable-figure canvas").get_attribute("aria-label")
    assert alt
    assert any(role in ("img", "image") and words == alt for role, words in said)
    assert page.evaluate(TWICE) == []

    wanted, reached = set(page.evaluate(ALL)), set[str]()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(OWNER) or "")
        if wanted <= reached or page.evaluate(STEP) in ("", "body"):
            break
    assert wanted <= reached
