"""Figures on a slow device without workers: Chromium's throttle at a sixth of the speed, and a
policy that forbids workers. Redraws a second, what each takes of the page's thread by the clock of
that thread (which other processes move least), and its longest task.

    python bench/slow.py [slower] [flow ...]

Simulations play, the others are given another value every frame; a second goes by before counting.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from redraw import FIGURES

ROOT = Path(__file__).resolve().parents[1]

from authored import write_page  # noqa: E402  # pyright: ignore[reportMissingImports] the tests' own
from reader import LIVE, POLICY, serving  # noqa: E402  # pyright: ignore[reportMissingImports]

SECONDS = 5
PLAY = "[data-simulation] [data-do=play]"
START = """() => {
  const figure = document.querySelector("explorable-figure");
  window.redraws = 0;
  figure.addEventListener("change", () => (window.redraws += 1));
}"""
MOVE = """([name, low, high]) => {
  const figure = document.querySelector("explorable-figure");
  let k = 0;
  const next = () => {
    void figure.set({ [name]: low + (high - low) * ((k++ % 97) / 97) });
    requestAnimationFrame(next);
  };
  next();
}"""
GALLERY: dict[str, tuple[str, float, float] | None] = {
    "flow": None,  # plays
    "descent": ("momentum", 0.0, 0.9),
    "lms": ("mu", 0.001, 0.2),
    "attention": ("temperature", 0.2, 2.0),
    "plane": ("theta", 0.0, 6.28),
}


def measure(
    browser: Browser, name: str, source: str, moves: tuple[str, float, float] | None, slower: int
) -> str:
    """A row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        write_page(Path(folder), source)
        with serving(Path(folder), policy=f"{POLICY}; worker-src 'none'") as address:
            page = browser.new_page()
            page.goto(address)
            page.wait_for_selector(LIVE)
            client = page.context.new_cdp_session(page)
            client.send("Emulation.setCPUThrottlingRate", {"rate": slower})
            if moves is None:
                page.locator(PLAY).first.click()
            else:
                page.evaluate(MOVE, list(moves))
            page.wait_for_timeout(1000)
            browser.start_tracing(
                page=page, categories=["disabled-by-default-devtools.timeline", "devtools.timeline"]
            )
            page.evaluate(START)
            page.wait_for_timeout(1000 * SECONDS)
            redraws = page.evaluate("() => window.redraws")
            trace = json.loads(browser.stop_tracing())["traceEvents"]
            workers = len(page.workers)
            page.close()
    assert not workers
    found = tasks(trace)
    each = sum(task.get("tdur", 0) for task in found) / 1000 / redraws
    spent = sorted(task["dur"] / 1000 for task in found if task.get("dur", 0) > 1000)
    late = spent[int(0.95 * (len(spent) - 1))]
    return f"| {name} | {redraws / SECONDS:.0f} | {each:.0f} | {late:.0f} | {spent[-1]:.0f} |"


def tasks(trace: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every task of the page's thread, as the trace has it: microseconds."""
    main = {
        (e["pid"], e["tid"])
        for e in trace
        if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    busy = [e for e in trace if e["name"] == "RunTask" and (e["pid"], e["tid"]) in main]
    frames = [e for e in trace if e["name"] == "FireAnimationFrame"]
    page = max(main, key=lambda key: sum((e["pid"], e["tid"]) == key for e in frames))
    return [e for e in busy if (e["pid"], e["tid"]) == page]


def main() -> None:
    slower = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    only = sys.argv[2:]
    figures = {
        f"{name}, the gallery's": ((ROOT / "gallery" / f"{name}.py").read_text(), moves)
        for name, moves in GALLERY.items()
    } | {
        name: (FIGURES[name], ("shift", 0.0, 1.0))
        for name in ("100,000 points of a curve", "512 x 512, field")
    }
    figures = {
        name: given for name, given in figures.items() if not only or any(o in name for o in only)
    }
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    columns = ("redraws a second", "ms of the thread each", "task ms: 95 %", "longest")
    print(f"| {slower} times slower, no worker | {' | '.join(columns)} |")
    print("|---|---|---|---|---|")
    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=root)
        for name, (source, moves) in figures.items():
            print(measure(browser, name, source, moves, slower), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
