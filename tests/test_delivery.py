"""Figures reach readers over servers that are wrong, far, cut off or Windows; under names with
spaces and Tamil letters."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, expect

from explorable.figures import load_file
from explorable.figures.build import build
from explorable.figures.bundle import Bundle
from explorable.hosts import Place, site, write_site
from explorable.parts import source as source_of_parts
from reader import LIVE, Reader, serving
from test_serve import Serving, get

NAME = "அலை"
SOURCE = f'''
import torch
import explorable as ex

torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(1, 128), torch.nn.Tanh(), torch.nn.Linear(128, 128))


@ex.figure
def {NAME}(x=ex.slider(-1, 1, value=0.5)):
    """ஒரு மாதிரியின் வெளியீடு."""
    return ex.plot(ex.curve(model(x[None]), name="y"))
'''
MESSAGE = ".explorable-message"
STILL = ".explorable-still svg:visible"
# A folder of Linux whose name would show if a path of Windows went where none may.
FOLDER = "C:\\figures\\என் படங்கள் 1"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("delivery") / FOLDER
    folder.mkdir()
    (folder / "இரு அலைகள்.py").write_text(SOURCE, encoding="utf-8")
    (made,) = build(load_file(folder / "இரு அலைகள்.py"))
    return made


@pytest.fixture
def folder(bundle: Bundle, tmp_path: Path) -> Path:
    """The figure's page and files, in a folder of its own."""
    out = tmp_path / "வெளியீடு 1"
    write_site(site([Place(NAME, bundle, bundle.figures[0])], title="படங்கள்"), out)
    return out


@pytest.fixture
def reader(chromium: Browser) -> Iterator[Reader]:
    opened = Reader(chromium)
    yield opened
    opened.context.close()


@pytest.fixture
def serve() -> Iterator[Any]:
    with ExitStack() as closing:
        yield lambda folder, **options: closing.enter_context(serving(folder, **options))


def only(folder: Path, pattern: str) -> Path:
    (found,) = (folder / "explorable").glob(pattern)
    return found


def make_heavy(folder: Path) -> None:
    """From now on the figure computes in a worker from the start."""
    place = only(folder, "*.json")
    spec = json.loads(place.read_text())
    spec["program"]["heavy"] = True
    place.write_text(json.dumps(spec))


def answers(reader: Reader) -> None:
    """The figure takes a setting, and says that it took it."""
    reader.page.wait_for_selector(LIVE)
    assert reader.set({"x": -0.25}) == {"x": -0.25}
    assert reader.page.locator(MESSAGE).count() == 0


def stays_still(reader: Reader, *said: str) -> None:
    """The still is there, nothing moved, and the message names what is wrong."""
    message = reader.page.locator(MESSAGE)
    for words in said:
        expect(message).to_contain_text(words)
    assert reader.page.locator(STILL).count() == 1
    assert reader.page.locator(LIVE).count() == 0
    assert reader.page.locator("explorable-figure input:enabled").count() == 0
    assert reader.page.evaluate("() => window.shift") == 0


@pytest.mark.parametrize(
    "kind", ["application/octet-stream", "text/plain", "application/wasm; charset=utf-8"]
)
def test_wasm_of_a_wrong_type_is_fetched_once(
    folder: Path, reader: Reader, serve: Any, kind: str
) -> None:
    reader.page.goto(f"{serve(folder, types={'.wasm': kind})}{NAME}.html")

    answers(reader)
    assert len([url for url in reader.fetched if url.endswith(".wasm")]) == 1
    assert reader.said == []


@pytest.mark.parametrize("policy", [None, "worker-src 'none'"], ids=["worker", "no worker"])
def test_a_bundle_on_another_origin(
    folder: Path, reader: Reader, serve: Any, tmp_path: Path, policy: str | None
) -> None:
    """A worker starts from no URL of another origin: from a blob, or the page computes itself."""
    make_heavy(folder)
    assets = serve(folder, policy=None, headers={"Access-Control-Allow-Origin": "*"})
    (tmp_path / "pages").mkdir()
    html = (folder / f"{NAME}.html").read_text(encoding="utf-8")
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    html = html.replace('="explorable/', f'="{assets}explorable/')
    (tmp_path / "pages" / "index.html").write_text(html, encoding="utf-8")

    reader.page.goto(serve(tmp_path / "pages", policy=policy))

    answers(reader)
    assert len(reader.page.workers) == (0 if policy else 1)
    assert [text for text in reader.said if "[explorable]" in text] == []


def test_another_origin_that_does_not_allow_it(
    folder: Path, reader: Reader, serve: Any, tmp_path: Path
) -> None:
    """The stub and the spec come from this origin, wasm from one that says nothing of ours."""
    spec = only(folder, "*.json").name
    wasm = only(folder, "*.wasm").name
    far = serve(folder, policy=None)
    reader.page.route(f"**/{wasm}", lambda route: route.abort())
    reader.page.goto(f"{far}{NAME}.html")

    stays_still(reader, wasm, "cannot be loaded (no answer)")
    assert spec in str(reader.fetched)


@pytest.mark.parametrize("pattern", ["*.wasm", "array-*.bin", "*.json", "explorable-*.js"])
def test_a_missing_file_is_named(folder: Path, reader: Reader, serve: Any, pattern: str) -> None:
    missing = only(folder, pattern)
    missing.unlink()

    reader.page.goto(f"{serve(folder)}{NAME}.html")

    stays_still(reader, f"[explorable] {NAME}: ", missing.name)


def test_a_missing_worker_is_done_without(folder: Path, reader: Reader, serve: Any) -> None:
    make_heavy(folder)
    only(folder, "worker-*.js").unlink()

    reader.page.goto(f"{serve(folder)}{NAME}.html")

    answers(reader)


@pytest.mark.slow
def test_off_line_after_it_was_loaded(folder: Path, reader: Reader, serve: Any) -> None:
    page = folder / f"{NAME}.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("</main>", "<p>far</p>" * 200 + "</main>"), encoding="utf-8")
    reader.page.goto(f"{serve(folder)}{NAME}.html")
    answers(reader)

    reader.context.set_offline(True)
    reader.page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    reader.page.wait_for_timeout(5000)  # its machine has given its memory back
    reader.page.evaluate("() => scrollTo(0, 0)")

    assert reader.set({"x": 0.75}) == {"x": 0.75}
    assert reader.said == []


def test_a_figure_reached_off_line_starts_when_the_line_is_back(
    folder: Path, reader: Reader, serve: Any
) -> None:
    reader.page.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    reader.page.route("**/*.json", lambda route: route.abort())
    spec = only(folder, "*.json").name
    reader.page.goto(f"{serve(folder)}{NAME}.html")
    stays_still(reader, f"[explorable] {NAME}: ", f"{spec} cannot be loaded")

    reader.page.unroute("**/*.json")
    reader.page.evaluate("() => dispatchEvent(new Event('online'))")

    answers(reader)


def test_scripts_as_plain_text_leave_the_still(folder: Path, reader: Reader, serve: Any) -> None:
    """No browser runs a module of that type; docs/hosts/static-server.md has its words."""
    reader.page.goto(f"{serve(folder, types={'.js': 'text/plain'})}{NAME}.html")
    reader.settle()

    assert reader.page.locator(STILL).count() == 1
    assert reader.page.evaluate("() => window.shift") == 0
    (told,) = reader.said
    assert "Expected a JavaScript" in told and 'MIME type of "text/plain"' in told


@pytest.mark.slow
def test_our_server_has_types_of_its_own(tmp_path: Path, reader: Reader) -> None:
    """Whatever Windows' registry says of .js; and pages are found under Tamil names with spaces."""
    # As a Windows registry does, for every Python process that starts here.
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "sitecustomize.py").write_text(
        "import mimetypes\n"
        "for ending in ('.js', '.wasm', '.css', '.json', '.svg', '.html'):\n"
        "    mimetypes.add_type('text/plain', ending)\n"
    )
    sources = tmp_path / "என் படங்கள்"
    sources.mkdir()
    (sources / "இரு அலைகள்.py").write_text(SOURCE, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path / "registry"), os.environ.get("PYTHONPATH", "")])
    cache = {"EXPLORABLE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": path}
    running = Serving(sources, os.environ | cache)
    try:
        running.page("<svg", "index.html")
        reader.page.goto(running.url)
        reader.page.locator(".card a").click()
        answers(reader)
        assert reader.said == []
        for url in reader.fetched:
            if "-events" not in url:
                kind = get(url)[1]["content-type"] if not url.endswith((".wasm", ".bin")) else ""
                assert not kind.startswith("text/plain"), url
        # The page is found again when its source is saved.
        text = SOURCE.replace("ஒரு மாதிரியின்", "இரண்டாம் மாதிரியின்")
        (sources / "இரு அலைகள்.py").write_text(text, encoding="utf-8")
        expect(reader.page.locator("main > p").first).to_contain_text("இரண்டாம்", timeout=60_000)
    finally:
        running.stop()


def git(*arguments: object, cwd: Path) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_of_windows_keeps_files_byte_for_byte(
    folder: Path, tmp_path: Path, reader: Reader, serve: Any
) -> None:
    """autocrlf writes other line ends into text; a file named by its hash may not change."""
    git("init", "-q", cwd=folder)
    git("-c", "core.autocrlf=true", "add", ".", cwd=folder)
    git("commit", "-q", "-m", "figures", cwd=folder)
    clone = tmp_path / "a clone"
    git("clone", "-q", "-c", "core.autocrlf=true", folder, clone, cwd=tmp_path)

    def hashed(root: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (root / "explorable").iterdir()}

    # The page is text like any other: the clone did change line ends.
    assert b"\r\n" in (clone / f"{NAME}.html").read_bytes()
    assert hashed(clone) == hashed(folder)
    reader.page.goto(f"{serve(clone)}{NAME}.html")
    answers(reader)
    assert reader.said == []


def test_tamil_names_and_spaces(folder: Path, reader: Reader, serve: Any) -> None:
    """From the index to the page, its title and its text alternative; files in ASCII."""
    reader.page.goto(serve(folder.parent) + "வெளியீடு 1/index.html")
    reader.page.locator(".card a").click()

    answers(reader)
    assert reader.page.title() == f"{NAME} · படங்கள்"
    alt = reader.page.locator("canvas").get_attribute("aria-label")
    assert alt == "ஒரு மாதிரியின் வெளியீடு."
    assert all(path.name.isascii() for path in (folder / "explorable").iterdir())
    assert reader.said == []


def test_no_backslash_reaches_a_spec_or_a_page(bundle: Bundle, folder: Path) -> None:
    """The source lies in a folder whose name has some: no path of the author's is published."""
    texts = {name: data for name, data in bundle.files.items() if name.endswith((".json", ".css"))}
    texts |= {path.name: path.read_bytes() for path in folder.glob("*.html")}
    assert len(texts) >= 4
    for name, data in texts.items():
        assert b"\\" not in data, name
        assert "படங்கள் 1".encode() not in data, name
    pages = site([Place(NAME, bundle, bundle.figures[0])], title="a")
    assert all("\\" not in path for path in [*pages, *bundle.files])


class _WindowsPath(PureWindowsPath):
    """As much of a path on Windows as messages need."""

    @classmethod
    def cwd(cls) -> _WindowsPath:
        return cls("C:\\Users\\a b")

    def resolve(self) -> _WindowsPath:
        return self if self.is_absolute() else _WindowsPath.cwd() / self


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("C:\\Users\\a b\\notes\\அலை.py", "notes/அலை.py"),
        ("notes\\wave.py", "notes/wave.py"),
        ("D:\\else\\wave.py", "D:/else/wave.py"),
    ],
)
def test_messages_show_paths_of_windows_with_slashes(
    monkeypatch: pytest.MonkeyPatch, file: str, shown: str
) -> None:
    """`serve` puts the author's errors into pages."""
    monkeypatch.setattr(source_of_parts, "Path", _WindowsPath)

    assert source_of_parts.shown_path(file) == shown


def test_what_was_computed_is_right(folder: Path, reader: Reader, serve: Any) -> None:
    """The numbers, once, so that the tests above may ask for an answer alone."""
    reader.page.goto(f"{serve(folder)}{NAME}.html")
    answers(reader)
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(1, 128), torch.nn.Tanh(), torch.nn.Linear(128, 128))
    expected = model(torch.tensor([-0.25])).detach()
    drawn = torch.tensor([float(number) for number in reader.outputs()["y"]["data"]])
    assert torch.allclose(drawn.reshape(128, 2)[:, 1], expected, atol=2e-5)
