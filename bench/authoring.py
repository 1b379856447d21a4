"""What an author waits for: from saving a change to the live figure, under `explorable serve`; a
build of one changed figure in a new process; a build of a hundred of which none has changed.

    python bench/authoring.py [rounds] [flow.py ... build]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "gallery"
CHANGES = (
    # file, page, what is changed, and the same with a number of the round in its place
    ("plane.py", "plane", "torch.linspace(0, 1, 64)", "torch.linspace(0, 0.{}, 64)"),
    ("marks/curve.py", "decay", "torch.exp(-damping * time)", "0.{} * torch.exp(-damping * time)"),
    ("marks/bars.py", "power", "made = panels * sun", "made = panels * sun * 0.{}"),
    ("controls/points.py", "least_squares", "tensor([-3.0, 3.0])", "tensor([-2.{}, 3.0])"),
    ("euler.py", "euler", "2 * math.pi, 129", "1.{} * math.pi, 129"),
    ("lms.py", "lms", "torch.arange(32) / 6", "torch.arange(32) / 6.{}"),
    ("pendulum.py", "pendulum", "torch.arange(30)", "torch.arange({})"),
    ("descent.py", "descent", "x**2 / 2 + y**2", "x**2 / 2.{} + y**2"),
    ("attention.py", "attention", "q @ k.mT / temp", "q @ k.mT * 0.{} / temp"),
    ("flow.py", "warped", "torch.linspace(-2.2, 2.2, 21)", "torch.linspace(-2.{}, 2.2, 21)"),
    ("flow.py", "warped", "0.1 * torch.randn", "0.1{} * torch.randn"),
    ("flow.py", "warped", "after {training.step} steps", "after {training.step} steps, {}"),
    ("nine.py", "wave_8", "0, 8.5, 100", "0, 8.{}, 100"),
)
UNCHANGED = 100
SMALL = '''\
import torch
import explorable as ex


@ex.figure
def wave_{n}(phase=ex.slider(0, 6, value=1.0)):
    """Wave number {n}."""
    return ex.curve(torch.sin(torch.linspace(0, {n}.5, 100) + phase))
'''
MADE = {"nine.py": "\n\n".join(SMALL.format(n=n) for n in range(9))}
"""Files that are not the gallery's: several figures, of which the last is changed."""
LIVE = """(before) => {
  const figure = document.querySelector("explorable-figure");
  return figure && figure.getAttribute("src") !== before
    && document.querySelector(".explorable-box[data-live]") !== null;
}"""
ARGUMENTS = ["--no-sandbox"] if os.geteuid() == 0 else []
DRAWN = "document.querySelector('.explorable-box[data-live]').innerHTML"


@contextmanager
def served(source: Path, cache: Path) -> Iterator[str]:
    """The address of a running `explorable serve`."""
    command = [sys.executable, "-u", "-m", "explorable", "serve", str(source), "--port", "0"]
    environment = os.environ | {"EXPLORABLE_CACHE": str(cache)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    said = process.stderr
    address = next(line for line in said if "Figures at" in line).split()[-1]
    threading.Thread(target=lambda: [None for _ in said], daemon=True).start()
    try:
        yield address
    finally:
        process.terminate()
        process.wait()


def wait(page: Page, before: str | None) -> float:
    """Seconds until a figure other than the one at ``before`` is alive."""
    begun = time.perf_counter()
    while time.perf_counter() < begun + 120:
        try:
            if page.evaluate(LIVE, before):
                return time.perf_counter() - begun
        except Error:  # the page is loaded anew while we look
            pass
        time.sleep(0.01)
    raise TimeoutError


def change(page: Page, source: Path, old: str, new: str, rounds: int) -> list[float]:
    """Seconds from saving to the live figure, each time with another number in it."""
    found: list[float] = []
    text = source.read_text()
    assert old in text, (source, old)
    for number in range(rounds):
        address = page.get_attribute("explorable-figure", "src")
        drawn = page.evaluate(DRAWN)
        source.write_text(text.replace(old, new.replace("{}", str(71 + number), 1)))
        found.append(wait(page, address))
        assert page.evaluate(DRAWN) != drawn, "the new number is not to be seen"
        time.sleep(0.5)
    source.write_text(text)
    return found


def unchanged(folder: Path, cache: Path) -> tuple[float, float]:
    """Seconds of the second and of the first build of many figures."""
    folder.mkdir()
    for n in range(UNCHANGED):
        (folder / f"wave_{n}.py").write_text(SMALL.format(n=n))
    first, again = build(folder, cache), build(folder, cache)
    assert again[1].count("unchanged") == UNCHANGED, again[1]
    return again[0], first[0]


def build(source: Path, cache: Path) -> tuple[float, str]:
    """Seconds of `explorable build`, and what it said."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "explorable", "build", str(source)]
    done = subprocess.run(
        [*command, "-o", str(cache.parent / "out")],
        env=os.environ | {"EXPLORABLE_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - begun, done.stderr


def alone(folder: Path, cache: Path, rounds: int) -> list[float]:
    """Seconds of a build of one small figure, changed each time, in a process of its own; the
    first with an empty cache."""
    folder.mkdir()
    source = folder / "wave.py"
    found: list[float] = []
    for n in range(rounds + 1):
        source.write_text(SMALL.format(n=n))
        found.append(build(source, cache)[0])
    return found


def main() -> None:
    """Print a table and two lines."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| file | change | seconds to the live figure: least | median | most |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        asked = sys.argv[2:]
        for position, (file, figure, old, new) in enumerate(CHANGES):
            if asked and file not in asked:
                continue
            folder = Path(name) / str(position)
            folder.mkdir()
            source = folder / Path(file).name
            source.write_text(MADE.get(file) or (GALLERY / file).read_text())
            with served(source, Path(name) / "cache") as address:
                page = browser.new_page()
                while (answer := page.goto(address + figure + ".html")) and not answer.ok:
                    time.sleep(0.2)
                wait(page, None)
                time.sleep(10)  # the comparison, and the process that waits for changes
                found = sorted(change(page, source, old, new, rounds))
                page.close()
            cells = (found[0], found[len(found) // 2], found[-1])
            told = " | ".join(f"{seconds:.2f}" for seconds in cells)
            print(f"| {file} | `{old}` | {told} |", flush=True)
        browser.close()
        if not asked or "build" in asked:
            first, *later = alone(Path(name) / "one", Path(name) / "one-cache", rounds)
            told = " / ".join(f"{seconds:.1f}" for seconds in sorted(later))
            print(f"\none changed figure, a new process: {told} s; {first:.1f} with an empty cache")
        if asked:
            return
        again, first = unchanged(Path(name) / "many", Path(name) / "many-cache")
        print(f"\n{UNCHANGED} figures: {first:.1f} s at first, {again:.2f} s unchanged")


if __name__ == "__main__":
    main()
