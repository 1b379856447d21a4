"""A page that comes in pieces, as over a slow line or into a busy browser: nothing moves."""

from __future__ import annotations

import time
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Browser

from authored import write_page
from reader import LIVE, SHIFTS, listening, serving

SOURCE = """
@ex.figure
def line(slope=ex.slider(-1, 1, value=0.5), steps=ex.integer(1, 9, value=4),
         kind=ex.choice(["one", "other"])):
    \"\"\"A line.\"\"\"
    return ex.plot(ex.curve(slope * torch.linspace(0, steps, 8)), title=f"{kind}")

@ex.figure
def alone(tall=ex.slider(-1, 1, value=0.5)):
    \"\"\"A line of one slider.\"\"\"
    return ex.plot(ex.curve(tall * torch.linspace(0, 1, 8)))
"""
# Chromium shows nothing of a page in its first half second.
PAUSE = 0.6
FORM = b'class="explorable-form"'


class _Slow(SimpleHTTPRequestHandler):
    """Sends a page up to each of ``ends``, and waits there until the browser has shown it."""

    ends: ClassVar[list[int]] = []

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        if not self.path.endswith(".html"):
            return super().do_GET()
        data = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        for start, end in zip([0, *self.ends], [*self.ends, len(data)], strict=True):
            self.wfile.write(data[start:end])
            self.wfile.flush()
            time.sleep(PAUSE)


@pytest.mark.parametrize("width", [1000, 390])
def test_nothing_moves_in_a_page_that_comes_in_pieces(
    chromium: Browser, tmp_path: Path, width: int
) -> None:
    write_page(tmp_path, SOURCE)
    page_text = (tmp_path / "index.html").read_bytes()
    start = page_text.index(FORM)
    # Without its number, without the second control, without the second option.
    ends = [page_text.index(name, start) for name in (b"<output", b"line.steps", b"other")]
    ends.append(page_text.index(b"<output", page_text.index(b"alone.tall")))
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.add_init_script(SHIFTS)
    with listening(type("Handler", (_Slow,), {"ends": ends}), tmp_path) as url:
        page.goto(f"{url}index.html")
        page.wait_for_selector(f"[figure=alone] {LIVE}")

    assert page.evaluate("() => window.shift") == 0
    assert page.locator(".explorable-form input:visible").count() == 5
    context.close()


def test_controls_are_seen_without_scripts(chromium: Browser, tmp_path: Path) -> None:
    write_page(tmp_path, SOURCE)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    with serving(tmp_path) as url:
        page.goto(f"{url}index.html")

        assert page.locator(".explorable-form input:visible").count() == 5
    context.close()
