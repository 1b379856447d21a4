"""Sites of other generators: our figures built into them, their own programs run over them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from reader import LIVE, Reader

GALLERY = Path(__file__).resolve().parent.parent / "gallery"
PLANE = GALLERY / "plane.py"
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "</head><body>\n%s\n</body></html>\n"
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def program(name: str) -> str:
    """A program of the system; without it the test is skipped."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here (Debian: apt-get install {name})")
    return found


def run(*command: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program; what it said is in the result."""
    return subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, timeout=300
    )


def explorable(*arguments: object, folder: Path | None = None) -> str:
    """Run our command as an author does; it must succeed. What it said."""
    done = run(sys.executable, "-m", "explorable", *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def write(folder: Path, files: dict[str, str]) -> None:
    """Text files by their path in ``folder``."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def visit(chromium: Browser, url: str, **options: Any) -> Reader:
    """A page whose figures are all alive."""
    reader = Reader(chromium, **options).open(url)
    for figure in reader.page.locator("explorable-figure").all():
        figure.scroll_into_view_if_needed()
        figure.locator(LIVE).wait_for()
    return reader


def check_live(reader: Reader) -> None:
    """Every figure answers its slider; nothing moved or sticks out, the console is silent."""
    figures = reader.page.locator("explorable-figure")
    assert figures.count()
    for figure in figures.all():
        slider = figure.locator("input[type=range]").first
        before = slider.input_value()
        title = figure.locator(".explorable-text").text_content()
        slider.focus()
        reader.page.keyboard.press("ArrowRight")
        reader.settle()
        assert slider.input_value() != before
        assert figure.locator(".explorable-text").text_content() != title
    shift = reader.page.evaluate("() => window.shift")
    assert shift < 0.01, shift
    assert reader.page.evaluate(f"() => {OVERFLOW}") <= 0
    assert reader.said == []


def set_theta(reader: Reader) -> None:
    """Turn the plane, as a script of the page would."""
    reader.set({"theta": 0.25})
    reader.settle()
