"""Headless Chromium: all contestants in one page, timed in turn; and each in a page of its own, for
the bytes that it fetches and the time until it has computed something."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
from playwright.sync_api import Browser, Page, sync_playwright

KEPT = Path(__file__).resolve().parent / "node_modules" / ".brotli"
PATIENCE = 120_000
"""Milliseconds until a page counts as broken."""


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a static server for ``folder``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The installed browser."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    # Root in a container has no sandbox.
    sandbox = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=sandbox)


class Arena:
    """The page in which contestants take turns."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.page: Page = browser.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.goto(address + "arena.html")
        self.page.evaluate("async () => { window.measure = await import('./measure.js'); }")

    def begin(self, key: str, entry: str, data: dict[str, Any]) -> float | str:
        """How far a contestant is from torch, or why it does not run."""
        try:
            script = "([key, entry, data]) => measure.begin(key, entry, data)"
            off = self.page.evaluate(script, [key, f"./{entry}", data])
            # A number that is not finite comes as None.
            return float("inf") if off is None else float(off)
        except Exception as error:
            print(f"{key}: {error}", file=sys.stderr)
            return str(error).split("\n")[0].removeprefix("Page.evaluate: ")

    def alone(self, key: str, file: str, data: dict[str, Any]) -> None:
        """A compiled function without its module's arguments and results."""
        script = "([key, file, data]) => measure.alone(key, file, data)"
        self.page.evaluate(script, [key, file, data])

    def ceiling(self, key: str, file: str) -> None:
        """The machine's own speed."""
        self.page.evaluate("([key, file]) => measure.ceiling(key, file)", [key, file])

    def sample(self, key: str, seconds: float) -> list[float]:
        """Seconds per call, one for each sample."""
        script = "([key, window]) => measure.sample(key, window)"
        return [t / 1000 for t in self.page.evaluate(script, [key, seconds * 1000])]


def first_result(browser: Browser, url: str) -> tuple[float, dict[str, bytes]]:
    """Seconds from navigation to the first result in a fresh context, and what it fetched beside
    the page itself."""
    context = browser.new_context()
    try:
        page = context.new_page()
        answers = list[Any]()
        # Playwright marks the function it is given, and ``answers.append`` cannot be marked.
        page.on("response", lambda answer: answers.append(answer))
        page.goto(url)
        page.wait_for_function("() => window.first", timeout=PATIENCE)
        seconds = page.evaluate("() => window.first") / 1000
        others = [answer for answer in answers if answer.url != url and answer.ok]
        return seconds, {answer.url.rsplit("/", 1)[1]: answer.body() for answer in others}
    finally:
        context.close()


def _compressed(data: bytes) -> int:
    """Of large files it takes minutes, so it is kept beside the peers."""
    kept = KEPT / hashlib.sha256(data).hexdigest()
    if not kept.exists():
        KEPT.mkdir(exist_ok=True)
        kept.write_text(str(len(brotli.compress(data))))
    return int(kept.read_text())


def compressed(files: dict[str, bytes]) -> int:
    """Bytes as a good host sends them."""
    return sum(map(_compressed, files.values()))
