"""What all tests share: golden texts, one Chromium, and the folder of the project."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden files instead of comparing with them; review the diff",
    )


LONGEST = ("test_gallery.py", "test_lower_opinfo.py", "test_other_engines.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: no worker is left alone with one at the end. What opens a browser
    is slow."""
    items.sort(key=lambda item: item.path.name not in LONGEST)
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The functions that were traced."""
    from explorable.figures import entries

    names: list[str] = []
    real: Callable[..., Any] = entries.trace

    def trace(*args: Any, **kwargs: Any) -> Any:
        names.append(kwargs["where"])
        return real(*args, **kwargs)

    monkeypatch.setattr(entries, "trace", trace)
    yield names


@pytest.fixture(autouse=True)
def modules_stay() -> Iterator[None]:
    """A build forgets the modules of the author's, and takes a project's tests for such."""
    before = dict(sys.modules)
    yield
    for name in before.keys() - sys.modules.keys():
        if str(getattr(before[name], "__file__", "")).startswith(str(ROOT)):
            sys.modules[name] = before[name]


@pytest.fixture
def taken_apart(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A word for each operation that pass two takes apart from now on; it remembers none so far."""
    from explorable.trace.table import expand

    made: list[str] = []
    once = expand.make_fx

    def counted(*given: Any, **named: Any) -> Any:
        made.append("part")
        return once(*given, **named)

    monkeypatch.setattr(expand, "make_fx", counted)
    monkeypatch.setattr(expand, "_PARTS", {})
    return made


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``golden(name, text)``: text equals tests/golden/<name>, or becomes it (--update-golden)."""

    def compare(name: str, text: str) -> None:
        path = ROOT / "tests" / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if not path.exists():
            pytest.fail(f"no golden file {path.relative_to(ROOT)}; run pytest --update-golden")
        assert text == path.read_text()

    return compare


def find_chromium() -> str | None:
    """An installed browser ($CHROMIUM, then the usual names); None lets Playwright use its own."""
    if named := os.environ.get("CHROMIUM"):
        return named
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """One headless Chromium (playwright.sync_api.Browser) for the tests of a process.

    >>> def test_page(chromium): page = chromium.new_page()
    """
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(),
            # Tests run as root in containers, where Chromium's own sandbox cannot start.
            args=["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else [],
        )
        yield browser
        browser.close()
