"""What a redraw costs the page's main thread: 100,000 points, a curve of as many, 512 x 512 pixels;
and the memory that each redraw takes.

    python bench/redraw.py [redraws] [heatmap ...]

Every frame gives a slider another value; the figure computes where it does for readers (in a
worker, once it was heavy three times). Scripting is what Chromium's own trace says of the main
thread, frame by frame, on the clock of that thread: other processes do not count.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from authored import write_page  # noqa: E402  # pyright: ignore[reportMissingImports] the tests' own
from reader import LIVE, serving  # noqa: E402  # pyright: ignore[reportMissingImports] as above

FIGURES = {
    "100,000 points": """
n = torch.arange(100_000)
@ex.figure
def many(shift=ex.slider(0, 1)):
    turn = n * 2.399963 + shift
    radius = torch.sqrt(n / 100_000)
    return ex.plot(ex.scatter(radius * torch.cos(turn), radius * torch.sin(turn)),
                   x=(-1, 1), y=(-1, 1))
""",
    "100,000 points of a curve": """
t = torch.linspace(0, 40, 100_000)
@ex.figure
def line(shift=ex.slider(0, 1)):
    return ex.plot(ex.curve(t, torch.sin(t + shift) + 0.1 * torch.sin(90 * t)), y=(-1.2, 1.2))
""",
    "512 x 512, heatmap": """
u = torch.linspace(-3, 3, 512)
@ex.figure
def heat(shift=ex.slider(0, 1)):
    return ex.plot(ex.heatmap(torch.sin(u[:, None] * 2 + shift) * torch.cos(u * 3)))
""",
    "512 x 512, field": """
@ex.figure
def space(shift=ex.slider(0, 1)):
    return ex.plot(ex.field(lambda x, y: torch.sin(2 * x + shift) * torch.cos(3 * y),
                            x=(-3, 3), y=(-3, 3)))
""",
}
MOVE = """async (count) => {
  const figure = document.querySelector("explorable-figure");
  const [name] = Object.keys(figure.controls);
  let redraws = 0;
  figure.addEventListener("change", () => redraws++);
  for (let k = 0; k < count; k++) {
    await new Promise((done) => requestAnimationFrame(done));
    void figure.set({ [name]: (k % 97) / 97 });
  }
  await figure.set({ [name]: 0.5 });
  return redraws;
}"""
SAME_FRAME = 4000
"""Microseconds."""
SCRIPTS = {"FunctionCall", "FireAnimationFrame", "RunMicrotasks", "TimerFire", "EvaluateScript"}


def scripting(trace: list[dict[str, Any]]) -> list[float]:
    """Milliseconds of script in every frame of the page, by the outermost events of its thread."""
    frames = [event for event in trace if event["name"] == "FireAnimationFrame"]
    thread = statistics.mode((event["pid"], event["tid"]) for event in frames)
    events = [
        (event["ts"], event["ts"] + event.get("dur", 0), event.get("tdur", 0), event["name"])
        for event in trace
        if event["name"] in SCRIPTS and (event["pid"], event["tid"]) == thread
    ]
    spent: list[float] = []
    end = begun = 0
    for start, stop, busy, name in sorted(events):
        if start < end:
            continue  # inside another
        end = stop
        # A frame may have several callbacks, one right after the other.
        if (name == "FireAnimationFrame" and start > begun + SAME_FRAME) or not spent:
            spent.append(0.0)
            begun = start
        spent[-1] += busy / 1000
    return spent


def allocated(page: Page, redraws: Callable[[], int]) -> tuple[float, list[tuple[str, float]]]:
    """kB of JavaScript's heap that a redraw takes, collected or not, and by whom most of it."""
    client = page.context.new_cdp_session(page)
    client.send("HeapProfiler.enable")
    keep = {"includeObjectsCollectedByMajorGC": True, "includeObjectsCollectedByMinorGC": True}
    client.send("HeapProfiler.startSampling", {"samplingInterval": 4096, **keep})
    count = redraws()
    profile = client.send("HeapProfiler.stopSampling")["profile"]
    found: dict[str, float] = {}

    def visit(node: dict[str, Any]) -> None:
        frame = node["callFrame"]
        place = f"{frame['functionName']}:{frame['lineNumber'] + 1}"
        found[place] = found.get(place, 0.0) + node["selfSize"] / 1000 / count
        for child in node["children"]:
            visit(child)

    visit(profile["head"])
    most = sorted(found.items(), key=lambda item: -item[1])
    return sum(found.values()), most


def measure(browser: Browser, name: str, source: str, count: int) -> str:
    """A row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        write_page(Path(folder), source)
        with serving(Path(folder)) as address:
            page = browser.new_page()
            page.goto(address)
            page.wait_for_selector(LIVE)
            page.evaluate(MOVE, 20)  # it may move to a worker now, and is compiled
            browser.start_tracing(page=page, categories=["devtools.timeline"])
            begun = time.perf_counter()
            redraws = page.evaluate(MOVE, count)
            whole = 1000 * (time.perf_counter() - begun) / redraws
            trace = json.loads(browser.stop_tracing())["traceEvents"]
            spent = sorted(scripting(trace))
            kilobytes, most = allocated(page, lambda: page.evaluate(MOVE, count))
            workers = len(page.workers)
            page.close()
    at = [spent[int(share * (len(spent) - 1))] for share in (0.5, 0.95, 1.0)]
    where = "worker" if workers else "page"
    told = " | ".join(f"{value:.1f}" for value in at)
    by = ", ".join(f"{place} {size:.0f}" for place, size in most[:3])
    return (
        f"| {name} | {where} | {redraws / count:.2f} | {whole:.0f} | {told} | {kilobytes:.0f} "
        f"| {by} |"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| drawing | runs in | redraws per frame | ms a redraw, all in all | script ms: median "
          "| 95 % | most | kB | by |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=arguments
        )
        asked = sys.argv[2:] or [""]
        for name, source in FIGURES.items():
            if not any(word in name for word in asked):
                continue
            print(measure(browser, name, source, count), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
