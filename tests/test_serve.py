"""`explorable serve` as an author uses it: a file is saved and the page hears of it; a mistake is
shown above the last good version; `--once` is for machines."""

from __future__ import annotations

import asyncio
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from explorable.cli.serve import Show
from explorable.cli.work import Outcome, Task
from explorable.cli.workers import Workers
from reader import LIVE

SECONDS = 120
GOOD = '''
import torch
import explorable as ex
from heights import heights

@ex.figure
def wave(a=ex.slider(0, 1)):
    """A first wave."""
    return ex.curve(heights * a)
'''
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-u", "-m", "explorable", "serve", *map(str, arguments)]


def get(url: str) -> tuple[str, dict[str, str]]:
    with OPENER.open(url, timeout=10) as answer:
        return answer.read().decode(), dict(answer.headers)


class Serving:
    """The command while it runs, with what it says."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command(folder, "--port", 0), stderr=subprocess.PIPE, text=True, env=environment
        )
        self.said: queue.Queue[str] = queue.Queue()
        self.thread = threading.Thread(target=self.listen)
        self.thread.start()
        self.url = re.findall(r"http://\S+", self.wait("Figures at"))[0]

    def listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.put(line)

    def wait(self, words: str) -> str:
        """Read on until a line holds ``words``."""
        end = time.monotonic() + SECONDS
        while True:
            line = self.said.get(timeout=max(0.1, end - time.monotonic()))
            if words in line:
                return line

    def page(self, words: str, name: str = "wave.html") -> str:
        """The page as soon as it holds ``words``."""
        end, text = time.monotonic() + SECONDS, ""
        while time.monotonic() < end:
            try:
                text, _ = get(self.url + name)
            except urllib.error.HTTPError:
                pass
            if words in text:
                return text
            time.sleep(0.1)
        raise AssertionError(f"no {words!r} in {text[:2000]}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout=30)
        self.thread.join(timeout=10)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return status


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "figures"
    folder.mkdir()
    (folder / "wave.py").write_text(GOOD)
    (folder / "heights.py").write_text("import torch\nheights = torch.linspace(0, 1, 5)\n")
    return folder


@pytest.fixture(scope="module")
def environment(project: Path) -> dict[str, str]:
    return os.environ | {"EXPLORABLE_CACHE": str(project.parent / "cache")}


@pytest.fixture(scope="module")
def serving(project: Path, environment: dict[str, str]) -> Iterator[Serving]:
    running = Serving(project, environment)
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.mark.slow
class TestServe:
    """In order: one server sees a file change, break, and come right again."""

    def test_pages_come_with_types_and_policy(self, serving: Serving) -> None:
        text = serving.page("A first wave.")
        spec = re.findall(r'src="(explorable/[^"]+\.json)"', text)[0]
        wasm = re.findall(r'"plain":"([^"]+\.wasm)"', get(serving.url + spec)[0])[0]

        for path, kind in (
            ("", "text/html; charset=utf-8"),
            (spec, "application/json"),
            (re.findall(r'src="(explorable/stub[^"]+)"', text)[0], "text/javascript"),
        ):
            headers = get(serving.url + path)[1]
            assert headers["content-type"].startswith(kind)
            # A name that tells the content is asked for once; a page may change.
            assert ("immutable" in headers["cache-control"]) == (path != "")
            assert "script-src 'self' 'wasm-unsafe-eval'" in headers["content-security-policy"]
        with OPENER.open(serving.url + "explorable/" + wasm, timeout=10) as answer:
            assert answer.headers["content-type"] == "application/wasm"
            assert answer.read()[:4] == b"\0asm"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(serving.url + "nothing.html")

    def test_the_page_is_told_of_a_change(self, serving: Serving, project: Path) -> None:
        serving.page("A first wave.")
        with OPENER.open(
            serving.url + "explorable/-events?page=wave.html", timeout=SECONDS
        ) as events:
            assert events.readline().startswith(b"retry")
            (project / "wave.py").write_text(GOOD.replace("first", "second"))

            while not (line := events.readline()).startswith(b"event"):
                assert line.strip() == b""

        assert line == b"event: change\n"
        assert "A second wave." in get(serving.url + "wave.html")[0]

    def test_a_mistake_is_shown_above_the_last_good_version(
        self, serving: Serving, project: Path
    ) -> None:
        broken = GOOD.replace("return ex", "return ex.plot if a > 0 else ex")
        (project / "wave.py").write_text(broken)

        text = serving.page("python cannot branch on a value the reader moves")

        assert "wave.py:9" in text
        assert text.index('role="alert"') < text.index("<explorable-figure")
        assert "A second wave." in text

    def test_an_unreadable_file_keeps_the_last_good_version(
        self, serving: Serving, project: Path
    ) -> None:
        (project / "wave.py").write_text("def wave(:\n")

        text = serving.page("python cannot read the file")

        assert "A second wave." in text

    def test_it_comes_right_again(self, serving: Serving, project: Path) -> None:
        (project / "wave.py").write_text(GOOD.replace("first", "third"))

        assert 'role="alert"' not in serving.page("A third wave.")

    def test_a_changed_helper_and_a_new_file_are_seen(
        self, serving: Serving, project: Path
    ) -> None:
        before = serving.page("A third wave.")
        (project / "heights.py").write_text("import torch\nheights = torch.linspace(0, 2, 5)\n")
        spec = re.findall(r'src="(explorable/[^"]+\.json)"', before)[0]
        end = time.monotonic() + SECONDS
        while spec in serving.page("A third wave.") and time.monotonic() < end:
            time.sleep(0.1)
        assert spec not in serving.page("A third wave.")

        (project / "more.py").write_text(GOOD.replace("def wave", "def more"))

        assert "A first wave." in serving.page("A first wave.", "more.html")
        assert "more.html" in serving.page("More", "index.html")

    def test_an_open_page_shows_it_in_its_place(
        self, serving: Serving, project: Path, chromium: Browser
    ) -> None:
        page = chromium.new_page()
        page.goto(serving.url + "wave.html")
        page.wait_for_selector(LIVE)
        page.locator("details.code summary").click()
        page.evaluate("() => (window.mine = true)")
        for word in ("fourth", "fifth"):
            changed = GOOD.replace("first", word).replace("a=ex.slider", f"{word}=ex.slider")
            (project / "wave.py").write_text(changed.replace("* a", f"* {word}"))

            expect(page.locator("main > p").first).to_have_text(f"A {word} wave.", timeout=60_000)
            expect(page.locator("details[open] code")).to_contain_text(f"heights * {word}")
            page.wait_for_selector(f"[data-control$={word}] input:enabled")
            assert page.evaluate("() => window.mine")

        (project / "wave.py").write_text("def wave(:\n")

        expect(page.get_by_role("alert")).to_contain_text("cannot read the file", timeout=60_000)
        page.wait_for_selector(LIVE)
        page.context.close()

    def test_it_stops_at_once(self, serving: Serving) -> None:
        assert serving.stop() in (0, 1)


SLOW = '''
import time, torch
import explorable as ex

@ex.figure
def slow(a=ex.slider(0, 1)):
    """A figure that takes its time to compare."""
    time.sleep(0.2)
    return ex.curve(torch.linspace(0, 1, 5) * a)
'''


@pytest.mark.slow
def test_a_figure_is_shown_before_it_is_compared_and_left_where_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORABLE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "slow.py").write_text(SLOW)
    task = Task(tmp_path / "slow.py", early=True)
    seen: list[Outcome] = []
    with Workers(1) as workers:

        def stop(_: Task, told: str | Outcome) -> None:
            if isinstance(told, Outcome):
                seen.append(told)
                workers.stop()

        (stopped,) = workers.run([task], stop)
        whole = next(workers.run([task], lambda *_: None))

    (early,) = seen
    assert early.early
    assert [figure.name for bundle in early.bundles for figure in bundle.figures] == ["slow"]
    assert early.bundles[0].verified["settings"] == 0
    assert (stopped.stopped, stopped.bundles, stopped.problems) == (True, (), ())
    assert not whole.cached
    assert not whole.problems
    (bundle,) = whole.bundles
    assert bundle.verified["settings"] == 11
    # It was warm: torch and V8 were there.
    assert next(spent.seconds for spent in whole.stages if spent.stage == "load") < 1
    # Nothing in the page but this record tells the two apart.
    differing = {*bundle.files} ^ {*early.bundles[0].files}
    assert differing == {bundle.spec, early.bundles[0].spec}


@pytest.mark.slow
def test_a_file_saved_during_the_first_build_is_built_at_once(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW.replace("0.2", "1"))
    serving = Serving(tmp_path, os.environ | {"EXPLORABLE_CACHE": str(tmp_path / "cache")})
    try:
        serving.page("takes its time", "slow.html")  # shown, and being compared
        (tmp_path / "slow.py").write_text(SLOW.replace("its time", "less time"))
        while "changed: slow.py" not in (line := serving.wait("slow.py")):
            assert "✓" not in line
        serving.page("takes less time", "slow.html")
    finally:
        serving.stop()


class Quiet(Show):
    """A site without anything to build."""

    def build(self, loop: asyncio.AbstractEventLoop, changed: Collection[Path] = ()) -> bool:
        return True

    def matters(self, changed: Collection[Path]) -> bool:
        return False

    def stop(self) -> None: ...

    def folders(self) -> list[Path]:
        return []

    def close(self) -> None: ...


def test_only_a_page_that_changed_aloud_is_loaded_anew() -> None:
    async def versions() -> list[tuple[str, str]]:
        show, loop = Quiet(), asyncio.get_running_loop()
        found: list[tuple[str, str]] = []
        for a, b, quiet in ((b"1", b"1", ()), (b"2", b"2", ("a.html",)), (b"2", b"3", ())):
            show.publish({"a.html": a, "b.html": b}, loop, quiet)
            found.append((show.loaded("a.html"), show.loaded("b.html")))
        return found

    # In a thread of its own: Playwright keeps a loop running in the main one.
    with ThreadPoolExecutor() as threads:
        first, second, third = threads.submit(asyncio.run, versions()).result()

    assert first[0] == second[0] == third[0]
    assert len({first[1], second[1], third[1]}) == 3


def test_an_open_page_finds_its_files_though_newer_ones_are_shown() -> None:
    async def found() -> list[bytes | None]:
        show, loop = Quiet(), asyncio.get_running_loop()
        show.publish({"a.html": b"early", "b.html": b"", "explorable/a-1.json": b"1"}, loop)
        show.publish({"a.html": b"final", "explorable/a-2.json": b"2"}, loop, ("a.html",))
        return [show.find(p) for p in ("explorable/a-1.json", "explorable/a-2.json", "b.html")]

    with ThreadPoolExecutor() as threads:
        assert threads.submit(asyncio.run, found()).result() == [b"1", b"2", None]


@pytest.mark.slow
def test_once_builds_asks_and_exits(
    project: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "wave.py").write_text(GOOD.replace("heights * a", "torch.linspace(0, 1, 5) * a"))
    (tmp_path / "heights.py").write_text("heights = 1\n")

    def once() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(tmp_path / "wave.py", "--once", "--port", 0),
            capture_output=True,
            text=True,
            env=environment,
            timeout=SECONDS,
        )

    good = once()
    (tmp_path / "wave.py").write_text("raise ValueError('no such wave')\n")
    bad = once()

    assert good.returncode == 0, good.stderr
    served, total = map(int, re.findall(r"served (\d+) of (\d+) files", good.stdout)[0])
    assert served == total > 5
    assert bad.returncode == 1
    assert "no such wave" in bad.stderr
    assert "Traceback" not in bad.stderr
