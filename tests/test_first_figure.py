"""docs/first-figure.md, done step by step as a new user would."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from reader import Reader, serving

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "first-figure.md"
COMMAND = [sys.executable, "-m", "explorable"]

pytestmark = pytest.mark.slow


def blocks(language: str) -> list[str]:
    text = GUIDE.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_its_steps_do_what_they_say(tmp_path: Path, chromium: Browser) -> None:
    first, words, held = blocks("python")
    _, serve, build = (command.split() for command in blocks("sh"))
    assert serve == ["explorable", "serve", "first.py"]
    assert build == ["explorable", "build", "first.py", "-o", "public"]
    source = tmp_path / "first.py"
    source.write_text(first)

    served = subprocess.Popen(
        [*COMMAND, *serve[1:], "--port", "0"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert served.stdout is not None
        url = None
        for line in served.stdout:
            if url := re.search(r"http://127\.0\.0\.1:\d+", line):
                break
        assert url is not None
        reader = Reader(chromium)
        until = time.monotonic() + 90
        while reader.page.goto(f"{url[0]}/bell.html").status == 404:  # pyright: ignore[reportOptionalMemberAccess]
            assert time.monotonic() < until
            time.sleep(0.5)
        reader.page.wait_for_selector("[data-live]", timeout=90_000)
        reader.page.locator("input[type=range]").focus()
        reader.page.keyboard.press("End")
        reader.settle()
        assert reader.controls()["bell.width"]["value"] == 2
        reader.context.close()
    finally:
        served.send_signal(signal.SIGINT)
        served.communicate(timeout=20)

    header = first.partition("@ex.figure")[0]
    source.write_text(header + words + "\n\n" + held)
    made = subprocess.run([*COMMAND, *build[1:]], cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    with serving(tmp_path / "public") as url:
        reader = Reader(chromium).open(f"{url}bell.html")
        assert "the area is 2.50" in reader.page.locator(".explorable-live").inner_text()
        reader.open(f"{url}smooth.html")
        plane = reader.page.locator(".explorable-handle-plane")
        plane.click(position={"x": 40, "y": 40})
        reader.settle()
        assert len(reader.controls()["smooth.points"]["value"]) == 4
        reader.page.keyboard.press("Delete")
        reader.settle()
        assert len(reader.controls()["smooth.points"]["value"]) == 3
        assert reader.said == []
        reader.context.close()

    wrong = words.replace("    area", "    peak = math.exp(width)\n    area", 1)
    source.write_text("import math\n" + header + wrong)
    made = subprocess.run([*COMMAND, *build[1:]], cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode == 1
    assert "math.exp takes the number out of the graph" in made.stderr
    assert "use torch.exp" in made.stderr
