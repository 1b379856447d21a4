"""A reader's browser over a folder of pages: a static server under the policy, an open page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Browser, Page

POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
FIGURE = "document.querySelector('explorable-figure')"
LIVE = ".explorable-box[data-live]"
SHIFTS = """
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
"""


class _Handler(SimpleHTTPRequestHandler):
    """Any static host, with the strictest policy that we promise to work under."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".wasm": "application/wasm",
    }
    headers_sent: ClassVar[dict[str, str]] = {}

    def end_headers(self) -> None:
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def serving(
    folder: Path,
    *,
    policy: str | None = POLICY,
    types: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Iterator[str]:
    """The address of a server for ``folder``; ``types`` by ending, ``headers`` sent with all."""
    own = {
        "extensions_map": _Handler.extensions_map | (types or {}),
        "headers_sent": ({"Content-Security-Policy": policy} if policy else {}) | (headers or {}),
    }
    with listening(type("Handler", (_Handler,), own), folder) as address:
        yield address


@contextmanager
def listening(handler: type[SimpleHTTPRequestHandler], folder: Path) -> Iterator[str]:
    """The address at which ``handler`` answers for ``folder``, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Reader:
    """One page in the browser: what it said, what it fetched, and its figure."""

    def __init__(
        self, browser: Browser, *, scripts: bool = True, width: int = 1000, touch: bool = False
    ) -> None:
        self.context = browser.new_context(
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            has_touch=touch,
        )
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.fetched: list[str] = []
        self.page.on("console", lambda m: self.said.append(f"{m.type}: {m.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))
        self.page.on("response", lambda answer: self.fetched.append(answer.url))
        if scripts:
            self.page.add_init_script(SHIFTS)

    def afresh(self) -> Reader:
        """Leave the page, and forget what it said and fetched."""
        self.page.goto("about:blank")
        self.said.clear()
        self.fetched.clear()
        return self

    def open(self, url: str) -> Reader:
        """Open a page and wait until its figure answers."""
        self.page.goto(url)
        self.page.wait_for_selector(LIVE)
        return self

    def controls(self) -> dict[str, dict[str, Any]]:
        return self.page.evaluate(f"() => {FIGURE}.controls")

    def set(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Set controls; what the page accepted."""
        return self.page.evaluate(f"(settings) => {FIGURE}.set(settings)", settings)

    def outputs(self) -> dict[str, dict[str, Any]]:
        """Named outputs; numbers as text, for JSON knows no NaN."""
        return self.page.evaluate(
            f"""() => Object.fromEntries(Object.entries({FIGURE}.outputs).map(
                ([name, output]) => [name, {{ ...output, data: [...output.data].map(String) }}]
            ))"""
        )

    def steps_done(self) -> int:
        shown = self.page.locator("[data-simulation] output").inner_text()
        return int("".join(sign for sign in shown if sign.isdigit()))

    def step(self, times: int) -> None:
        """Press the transport's step button, each time until it shows."""
        button = self.page.locator("[data-simulation] [data-do=forward]")
        for _ in range(times):
            wanted = self.steps_done() + 1
            button.focus()
            self.page.keyboard.press("Enter")
            self.page.wait_for_function(
                """(n) => document.querySelector("[data-simulation] output")
                    .textContent.replace(/\\D/g, "") === String(n)""",
                arg=wanted,
            )

    def settle(self) -> None:
        """Two frames: what was asked for is drawn."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
