"""The whole gallery in Firefox and in WebKitGTK, as Debian ships them, and in Chromium 91: every
figure comes to life, takes a control, shows the numbers of eager torch; nothing is complained of.

``EXPLORABLE_PICTURES=folder`` keeps a picture of each figure, to be looked at.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from engines import (
    Engine,
    firefox,
    missing_firefox,
    missing_oldest,
    missing_webkit,
    oldest,
    webkit,
)
from explorable.trace.compare import RELATIVE
from reader import FIGURE, LIVE, POLICY, serving
from test_gallery import Built, built, compare, figure_names, in_python, still_at, unseen

__all__ = ["built"]  # the fixture: the gallery as it is published

# Runs before every other script of a page: all that a console would show.
LISTEN = """
window.said = [];
for (const type of ["error", "warn"])
  console[type] = (...words) => window.said.push(`${type}: ${words.join(" ")}`);
for (const type of ["error", "unhandledrejection", "securitypolicyviolation"])
  addEventListener(type, (event) => {
    const what = event.message ?? event.reason ?? event.violatedDirective ?? event.target;
    window.said.push(`${type}: ${what}`);
  }, true);
"""
OUTPUTS = f"""return Object.fromEntries(Object.entries({FIGURE}.outputs).map(
  ([name, output]) => [name, {{ ...output, data: [...output.data].map(String) }}]
))"""
BOXES = """
  const box = (node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    return [left, top, width, height].map((x) => Math.round(2 * x) / 2);
  };
  const stills = [...document.querySelectorAll(".explorable-still")];
  const shown = stills.filter((still) => still.getClientRects().length);
  const { scrollWidth, clientWidth } = document.documentElement;
  return {
    shown: shown.length,
    still: box(shown[0]),
    live: box(document.querySelector(".explorable-live")),
    overflow: scrollWidth - clientWidth,
  };"""
MIDDLE = """
  const { left, top, width, height } = document.querySelector(given[0]).getBoundingClientRect();
  return [left + width / 2, top + height / 2];"""
# Chrome knows 'wasm-unsafe-eval' from 97 on.
BEFORE_97 = "default-src 'self'; script-src 'self' 'unsafe-eval'"
RIGHT = "\ue014"  # WebDriver's ArrowRight

ENGINES = {
    "firefox": (missing_firefox, firefox),
    "webkit": (missing_webkit, webkit),
    "chromium91": (missing_oldest, oldest),
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url(engine: Engine, built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gallery with a listener in every page, and the policy that the engine understands."""
    old = engine.name == "chromium91"
    folder = tmp_path_factory.mktemp("listening")
    shutil.copytree(built.folder, folder, dirs_exist_ok=True)
    (folder / "listen.js").write_text(LISTEN)
    for page in folder.glob("*.html"):
        html = page.read_text()
        if old:
            html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
        page.write_text(html.replace("<head>", '<head><script src="listen.js"></script>', 1))
    with serving(folder, policy=BEFORE_97 if old else POLICY) as address:
        yield address


@pytest.fixture(scope="module", params=list(ENGINES))
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    missing, start = ENGINES[request.param]
    if why := missing():
        pytest.skip(why)
    running: AbstractContextManager[Engine] = start(tmp_path_factory.mktemp(request.param))
    with running as opened:
        yield opened


def visit(engine: Engine, address: str) -> None:
    engine.open(address)
    engine.wait(f"document.querySelector('{LIVE}') || window.said.length")


def keep_picture(engine: Engine, name: str) -> None:
    if folder := os.environ.get("EXPLORABLE_PICTURES"):
        Path(folder, f"{engine.name}-{name}.png").write_bytes(engine.picture())


@pytest.mark.parametrize("name", figure_names(folders=("gallery", "marks")))
def test_a_figure_of_the_gallery(engine: Engine, url: str, name: str) -> None:
    visit(engine, f"{url}{name}.html")
    first: dict[str, Any] = engine.ask(OUTPUTS)
    controls: dict[str, dict[str, Any]] = engine.ask(f"return {FIGURE}.controls")
    # WebKit's driver sorts what it hands over.
    control = min(name for name, record in controls.items() if record["kind"] != "button")

    settings = {control: unseen(controls[control])}
    engine.ask(f"await {FIGURE}.set(given[0])", settings)
    taken = engine.ask(f"return {FIGURE}.controls[given[0]].value", control)
    after = engine.ask(OUTPUTS)
    keep_picture(engine, name)

    assert taken != controls[control]["value"]
    compare(first, still_at(name, {}, 0), RELATIVE)
    python = {control: in_python(controls[control], taken)}
    compare(after, still_at(name, python, 0), RELATIVE)
    boxes = engine.ask(BOXES)
    assert boxes["shown"] == 1
    assert boxes["live"] == boxes["still"]
    assert boxes["overflow"] <= 0
    assert engine.ask("return window.said") == []


def test_the_keyboard_moves_a_slider(engine: Engine, url: str) -> None:
    visit(engine, f"{url}plane.html")
    before = engine.ask(f"return {FIGURE}.controls.theta.value")

    engine.ask("document.querySelector('input[type=range]').focus()")
    engine.press(RIGHT)
    engine.wait(f"{FIGURE}.controls.theta.value !== {before}")

    assert engine.ask(f"return {FIGURE}.controls.theta.value") > before
    assert engine.ask("return window.said") == []


def test_the_pointer_drags_a_point(engine: Engine, url: str) -> None:
    if engine.name == "chromium91":
        pytest.skip("Playwright moves no mouse in a Chromium this old")
    visit(engine, f"{url}plane.html")
    x, y = engine.ask(MIDDLE, ".explorable-handle")
    before = engine.ask(f"return {FIGURE}.controls.z.value")
    pixel = 4 / engine.ask("return document.querySelector('.explorable-live').clientWidth")

    engine.drag((x, y), (x - 60, y - 40))
    engine.wait(f"{FIGURE}.controls.z.value[0] < {before[0]} - 40 * {pixel}")
    after = engine.ask(f"return {FIGURE}.controls.z.value")

    across, up = before[0] - after[0], after[1] - before[1]
    assert across / up == pytest.approx(60 / 40, rel=0.1), "one unit is as long across as up"
    # The drawing follows in the next frame.
    box = "document.querySelector('.explorable-handle').getBoundingClientRect()"
    across, up = f"{box}.left + {box}.width / 2", f"{box}.top + {box}.height / 2"
    engine.wait(f"Math.hypot({across} - {x - 60}, {up} - {y - 40}) < 1.5")
    assert engine.ask("return window.said") == []


def test_a_simulation_plays(engine: Engine, url: str) -> None:
    visit(engine, f"{url}generations.html")

    engine.ask("document.querySelector('[data-do=play]').click()")
    engine.wait("/[1-9]/.test(document.querySelector('[data-simulation] output').textContent)")

    assert engine.ask("return window.said") == []
