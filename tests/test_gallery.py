"""Every figure of the gallery in Chromium, on the bytes that a build publishes.

Numbers are those of the author's own functions run eagerly in torch, at settings that no build saw.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import numpy
import pytest
import torch
from playwright.sync_api import Browser

from explorable.figures.figure import Figure
from explorable.figures.load import load_file
from explorable.figures.page import page_for
from explorable.figures.still import Still
from explorable.figures.value import Value
from explorable.figures.wires import upstream
from explorable.trace.compare import RELATIVE
from explorable.trace.tree import flatten, plain_tensors
from reader import LIVE, Reader, serving

GALLERY = Path(__file__).resolve().parent.parent / "gallery"
STEPS = 3
# Several optimiser steps magnify rounding: a gradient near zero may change its sign.
AFTER_STEPS = 1e-3
KILOBYTES = {
    "turn": 20,
    "plane": 28,
    "lms": 36,
    "descent": 37,
    "warped": 48,
    "attention": 47,
    "digits": 95,
}
FLOW_WASM = 11_000

pytestmark = pytest.mark.slow


def sources() -> list[Path]:
    """The whole figures, and those of one mark or control each."""
    return sorted(GALLERY.rglob("*.py"))


def figure_names(*, folders: Collection[str] = (), simulations: bool = False) -> list[str]:
    """The functions under @ex.figure in every file of the gallery, or of these folders of it; with
    ``simulations`` only those that view one."""
    found: list[str] = []
    for path in sources():
        if folders and path.parent.name not in folders:
            continue
        functions = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)]
        runs = {f.name for f in functions if "ex.simulation" in _decorators(f)}
        for function in functions:
            if "ex.figure" not in _decorators(function):
                continue
            wired = {d.id for d in function.args.defaults if isinstance(d, ast.Name)}
            if wired & runs or not simulations:
                found.append(function.name)
    return found


def _decorators(function: ast.FunctionDef) -> set[str]:
    return {ast.unparse(d).partition("(")[0] for d in function.decorator_list}


@cache
def eager() -> dict[str, Figure]:
    return {f.name: f for path in sources() for f in load_file(path)}


@dataclass
class Built:
    folder: Path
    url: str


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The gallery as `explorable build` publishes it."""
    out = tmp_path_factory.mktemp("gallery")
    folders = sorted({str(path.parent) for path in sources()})
    command = [sys.executable, "-m", "explorable", "build", *folders, "-o", str(out)]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    with serving(out) as url:
        yield Built(out, url)


@pytest.fixture
def reader(chromium: Browser) -> Iterator[Reader]:
    opened = Reader(chromium)
    yield opened
    opened.context.close()


@pytest.fixture(scope="module")
def windows(chromium: Browser) -> Iterator[tuple[Reader, Reader]]:
    """One with scripts and one without, for one figure after the other."""
    opened = Reader(chromium), Reader(chromium, scripts=False)
    # From the start, or the first dialogue might open before anybody listens.
    opened[0].page.on("filechooser", lambda _: None)
    yield opened
    for window in opened:
        window.context.close()


@pytest.fixture
def screen(windows: tuple[Reader, Reader]) -> Reader:
    return windows[0].afresh()


@pytest.fixture
def paper(windows: tuple[Reader, Reader]) -> Reader:
    """Scripts off."""
    return windows[1].afresh()


def unseen(control: dict[str, Any]) -> Any:
    """A value that is neither the first one nor an end of the range."""
    value = control["value"]
    match control["kind"]:
        case "slider" if control["scale"] == "log":
            return control["low"] ** 0.37 * control["high"] ** 0.63
        case "slider":
            value = control["low"] + 0.63 * (control["high"] - control["low"])
            step = control.get("step") or 1e-9
            return control["low"] + round((value - control["low"]) / step) * step
        case "range":
            low, high = control["low"], control["high"]
            return [low + 0.25 * (high - low), low + 0.875 * (high - low)]
        case "integer":
            return value + 1 if value < control["high"] else value - 1
        case "seed":
            return value + 7
        case "toggle":
            return not value
        case "choice":
            return control["options"][-1]
        case "point":
            return [value[0] * 0.5 + 0.25, value[1] * 0.5 - 0.125]
        case "points" if control.get("classes"):
            return [[value[0][0] + 0.5, value[0][1] + 0.25, 1], *value[1:], [1.5, 1.25, 0]]
        case "points":
            return [[value[0][0] + 0.5, value[0][1] + 0.25], *value[1:], [1.5, 2.5]]
        case "tensor" if control["dtype"] == "bool":
            return [not element if k % 5 == 0 else element for k, element in enumerate(value)]
        case "tensor" if "int" in control["dtype"]:
            top = control.get("high", 9)
            return [
                (element + 1 if element < top else element - 1) if k % 5 == 0 else element
                for k, element in enumerate(value)
            ]
        case "tensor":
            return [0.375 if k % 5 == 0 else element for k, element in enumerate(value)]
        case "text":
            return "a big dog ran"
    raise AssertionError(f"no value for {control}")


def in_python(control: dict[str, Any], value: Any) -> Any:
    """A value of the page in the terms of a call in Python."""
    if control["kind"] == "point" and control.get("complex"):
        return complex(*value)
    if control["kind"] in ("point", "range"):
        return tuple(value)
    if control["kind"] == "points" and control.get("classes"):
        return [place[:2] for place in value], [int(place[2]) for place in value]
    if control["kind"] == "tensor":
        return torch.tensor(value, dtype=getattr(torch, control["dtype"])).view(control["shape"])
    return value


def still_at(name: str, settings: dict[str, Any], steps: int) -> dict[str, Any]:
    """The author's functions run eagerly, as far as his simulation has run: marks by their names,
    values by their paths, the step and the newest records of runs."""
    figure = eager()[name]
    page, _ = page_for(figure, settings, steps=steps)
    found: dict[str, Any] = {}
    for node in upstream(figure):
        made = page.node(node)
        if isinstance(node, Value):
            for path, tensor in plain_tensors(flatten(made)[0]).items():
                found[f"{node.name}.{path}" if path else node.name] = tensor
            continue
        found[f"{node.name}.step"] = made.step
        found |= {f"{node.name}.{name}": new for name, new in made.history.newest.items()}
    return found | Still(name, "", 0, figure.layout(page.arguments(figure.wires))).outputs


def compare(got: dict[str, Any], wanted: dict[str, Any], relative: float) -> None:
    """Page and torch agree on every named output."""
    assert set(got) == set(wanted)
    assert wanted, "a figure of the gallery names what it draws"
    for name, tensor in wanted.items():
        expected = torch.as_tensor(tensor).detach()
        if expected.is_complex():
            expected = torch.view_as_real(expected)
        expected = expected.to(torch.float64).numpy()
        words = {"true": "1", "false": "0"}
        found = numpy.array([float(words.get(x, x)) for x in got[name]["data"]])
        size = numpy.nanmax(
            numpy.abs(numpy.where(numpy.isfinite(expected), expected, 0)), initial=0
        )
        numpy.testing.assert_allclose(
            found.reshape(expected.shape),
            expected,
            rtol=0,
            atol=relative * size + 1e-6,
            err_msg=name,
        )


@pytest.mark.parametrize("name", figure_names())
def test_values_equal_torch_at_first_and_after_set(built: Built, screen: Reader, name: str) -> None:
    screen.open(f"{built.url}{name}.html")
    compare(screen.outputs(), still_at(name, {}, 0), RELATIVE)

    runs = screen.page.locator("[data-simulation]").count()
    assert bool(runs) == (name in figure_names(simulations=True))
    controls = screen.controls()
    asked = {n: unseen(c) for n, c in controls.items() if c["kind"] != "button"}
    assert asked

    for control, value in asked.items():
        accepted = screen.set({control: value})
        assert accepted[control] == pytest.approx(value) if isinstance(value, float) else True
    settings = {n: screen.controls()[n]["value"] for n in asked}

    python = {n: in_python(controls[n], value) for n, value in settings.items()}
    compare(screen.outputs(), still_at(name, python, 0), RELATIVE)
    assert all(settings[n] != controls[n]["value"] for n in asked)
    assert screen.said == []


@pytest.mark.parametrize("name", figure_names(simulations=True))
def test_simulations_step_as_in_torch(built: Built, reader: Reader, name: str) -> None:
    reader.open(f"{built.url}{name}.html")
    controls = reader.controls()
    asked = {
        n: unseen(c) for n, c in controls.items() if c["kind"] in ("slider", "seed", "integer")
    }
    reader.set(asked)
    settings = {n: reader.controls()[n]["value"] for n in asked}

    reader.step(STEPS)
    after = reader.outputs()
    reader.page.locator("[data-simulation] [data-do=reset]").click()
    reader.settle()

    compare(after, still_at(name, settings, STEPS), AFTER_STEPS)
    assert reader.steps_done() == 0
    reader.step(STEPS)
    assert reader.outputs() == after
    assert reader.said == []


@pytest.mark.parametrize("name", figure_names())
def test_every_control_by_keyboard(built: Built, screen: Reader, name: str) -> None:
    screen.open(f"{built.url}{name}.html")
    page = screen.page

    for control, record in screen.controls().items():
        field = page.locator(
            f"[data-control='{control}'] :is(input, select, button):not([tabindex='-1']), "
            f".explorable-handle[data-control='{control}']"
        ).first
        field.focus()
        before = screen.controls()[control]["value"]
        match record["kind"]:
            case "toggle" | "button":
                page.keyboard.press("Space")
            case "text":
                page.keyboard.press("End")
                page.keyboard.press("Backspace")
            case "seed":
                page.keyboard.press("ArrowUp")
            case "integer" | "slider" if record.get("style") == "stepper":
                page.keyboard.press("ArrowUp")
            case "choice" if record.get("style") == "stages":
                page.locator(f"[data-control='{control}'] button").last.focus()
                page.keyboard.press("Enter")
            case "choice":
                # The tab key, too, comes to the radio that is chosen.
                page.locator(f"[data-control='{control}'] :is(input:checked, select)").focus()
                page.keyboard.press("ArrowDown")
            case "tensor" if record.get("upload", {}).get("form") == "microphone":
                page.keyboard.press("Space")
                assert field.get_attribute("aria-pressed") == "true"
                continue  # what it hears: test_uploads.py
            case "tensor" if "upload" in record:
                with page.expect_file_chooser():
                    page.keyboard.press("Enter")
                continue  # what it makes of files: test_uploads.py
            case "tensor" if record["dtype"] == "bool":
                page.keyboard.press("Space")
            case "tensor":
                # The first cell may be at its end already; bars may lie.
                for key in ("ArrowUp", "Space", "ArrowRight"):
                    page.keyboard.press(key)
            case _:
                page.keyboard.press("ArrowLeft" if before == record.get("high") else "ArrowRight")
        screen.settle()
        if record["kind"] != "button":
            assert screen.controls()[control]["value"] != before, control
    if page.locator("[data-simulation]").count():
        screen.step(1)
    assert screen.said == []


def _is_complete(reader: Reader, alt: str) -> None:
    """Scripts off: one drawing with its text, and controls that say that they do nothing."""
    page = reader.page
    drawn = page.locator(".explorable-still svg:visible")
    assert drawn.count() == 1
    assert drawn.locator("title").first.text_content() == alt
    assert page.locator(LIVE).count() == 0
    fields = page.locator(".explorable-form :is(input, select, button)")
    assert (
        fields.count()
        == page.locator(".explorable-form :is(input, select, button):disabled").count()
    )
    assert reader.said == []


@pytest.mark.parametrize("name", figure_names())
def test_nothing_moves_when_it_comes_to_life(
    built: Built, paper: Reader, screen: Reader, name: str
) -> None:
    paper.page.goto(f"{built.url}{name}.html")
    for width in (390, 1000):
        for page in (paper.page, screen.page):
            page.set_viewport_size({"width": width, "height": 900})
        _is_complete(paper, eager()[name].alt)
        still = paper.page.locator("explorable-figure").bounding_box()
        screen.open(f"{built.url}{name}.html").settle()

        assert screen.page.evaluate("() => window.shift") == 0
        assert screen.page.locator("explorable-figure").bounding_box() == still
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert screen.page.evaluate(f"() => {overflow}") <= 0


@pytest.mark.parametrize("name", list(KILOBYTES))
def test_what_a_reader_downloads(built: Built, reader: Reader, name: str) -> None:
    """All that a figure brings to a page: its markup and every file that the browser asks for on
    its account, each compressed by brotli -q 11. (What our pages add around it is the host's.)"""
    reader.open(f"{built.url}{name}.html")
    page = (built.folder / f"{name}.html").read_text()
    fragment = page[page.index('<div class="figure') : page.index("</explorable-figure>")]
    if reader.page.locator("[data-simulation]").count():
        reader.step(STEPS)
    for slider in reader.page.locator("[data-control] input[type=range]").all():
        slider.press("ArrowRight")
        reader.settle()
    paths = {url.removeprefix(built.url) for url in reader.fetched}
    own = ("explorable/page-", "explorable/icon-", f"{name}.html")
    # What computes too slowly here for the page's own thread goes on in a worker.
    own += ("explorable/worker-", "explorable/part-away-")
    files = {path: (built.folder / path).read_bytes() for path in paths if not path.startswith(own)}
    files["markup"] = fragment.encode()
    sizes = {path: len(brotli.compress(data, quality=11)) for path, data in files.items()}
    assert len(sizes) >= 6, "markup, stub, runtime, style, spec and wasm at least"

    assert sum(sizes.values()) <= KILOBYTES[name] * 1000, sizes
    if name == "warped":
        wasm = {url: size for url, size in sizes.items() if url.endswith(".wasm")}
        assert max(wasm.values()) <= FLOW_WASM, wasm


def test_the_index_shows_every_figure(built: Built, reader: Reader) -> None:
    reader.page.goto(built.url)

    cards = reader.page.locator(".card")
    assert cards.count() == len(figure_names())
    heads = reader.page.locator("section > h2")
    assert set(heads.all_inner_texts()) == {"Marks", "Controls"}
    for head in heads.all():
        reader.page.locator(f".jump [href='#{head.get_attribute('id')}']").click()
        assert head.bounding_box()["y"] < 900  # pyright: ignore[reportOptionalSubscript]
    for card in cards.all():
        assert card.locator("svg").count() == 1
    assert reader.said == []
