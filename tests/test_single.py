"""Single HTML files in Chromium: from a disk, in iframes, several figures in one; no request."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from playwright.sync_api import Browser, Frame, Page

from explorable.cli.main import main
from explorable.figures import load_file
from explorable.figures.build import build
from explorable.figures.bundle import Bundle
from explorable.figures.single import inlined, single_page
from explorable.hosts import Place, single_document, single_files, write_site
from reader import LIVE, Reader, serving
from sites import GALLERY, explorable
from test_docs import blocks

# Two figures that share a control alone, so that each is a bundle.
SOURCE = '''
import torch
import explorable as ex

phase = ex.slider(0, 6, value=1.0, label="φ")
t = torch.linspace(0, 1, 64)


@ex.figure
def அலை(phase=phase):
    """A wave, turned by the phase."""
    return ex.plot(ex.curve(t, torch.sin(6 * t + phase), name="wave"), title=f"φ = {phase:.2f}")


@ex.simulation
def walk(seed=ex.seed(0)):
    torch.manual_seed(seed)
    return torch.zeros(2)


@walk.step
def move(place, phase=phase):
    return place + 0.1 * torch.randn(2) + 0.01 * torch.cos(phase)


@ex.figure
def walking(walk=walk, phase=phase):
    """A walk {that} drifts with the phase."""
    return ex.plot(ex.scatter(walk.state[None], name="place"), x=(-3, 3), y=(-3, 3))
'''
WAVE = "explorable-figure[figure='அலை']"


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> list[Bundle]:
    source = tmp_path_factory.mktemp("sources") / "இரண்டு படங்கள்.py"
    source.write_text(SOURCE, encoding="utf-8")
    return build(load_file(source))


@pytest.fixture(scope="module")
def places(bundles: list[Bundle]) -> list[Place]:
    return [Place(p.name, bundle, p) for bundle in bundles for p in bundle.figures]


@pytest.fixture(scope="module")
def folder(places: list[Place], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file per figure, and one page of both; space and Tamil in every path."""
    out = tmp_path_factory.mktemp("out") / "வெளியீடு 1"
    both = single_document(places, title="Two {figures} & more")
    write_site(single_files(places) | {"both.html": both}, out)
    return out


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens a page; ``page.said`` hears its console, ``page.asked`` every request."""
    contexts: list[Any] = []

    def opened(url: str, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": 800, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        context.on("request", lambda request: page.asked.append(request.url))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()


def wave_at(frame: Page | Frame, phase: float) -> list[float]:
    """Set the phase of the wave; what it then draws."""
    frame.wait_for_selector(LIVE)
    return frame.evaluate(
        f"""async (phase) => {{
            const figure = document.querySelector("{WAVE}");
            await figure.set({{ phase }});
            return [...figure.outputs.wave.data];
        }}""",
        phase,
    )


def close_to_torch(drawn: list[float], phase: float) -> bool:
    t = torch.linspace(0, 1, 64)
    expected = torch.stack([t, torch.sin(6 * t + phase)], -1)
    return torch.allclose(torch.tensor(drawn).reshape(64, 2), expected, atol=2e-5)


def beyond(page: Any) -> list[str]:
    """What was asked for besides the page's own documents (and what lies in them)."""
    return [u for u in page.asked if not u.startswith(("blob:", "data:")) and ".html" not in u]


@pytest.mark.parametrize("mailed", [False, True], ids=["built", "mailed"])
def test_it_opens_from_a_disk(folder: Path, visit: Any, tmp_path: Path, mailed: bool) -> None:
    file = folder / "அலை.html"
    if mailed:  # saved by a mail program, under a name of its own
        file = Path(shutil.copy(file, tmp_path / "அலை (1) copy.html"))

    page = visit(file.as_uri(), offline=True)

    assert close_to_torch(wave_at(page, 2.5), 2.5)
    assert page.said == []
    assert page.asked == [file.as_uri()]
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


FRAMES = {
    "iframe": '<iframe src="{url}" width="700" height="600"></iframe>',
    "sandbox": '<iframe src="{url}" sandbox="allow-scripts" width="700" height="600"></iframe>',
    "srcdoc": '<iframe srcdoc="{page}" width="700" height="600"></iframe>',
    "sandboxed srcdoc": '<iframe srcdoc="{page}" sandbox="allow-scripts" height="600"></iframe>',
}


@pytest.mark.parametrize("kind", list(FRAMES))
def test_it_is_live_in_an_iframe(
    bundles: list[Bundle], visit: Any, tmp_path: Path, kind: str
) -> None:
    """Heavy, so that the worker starts from a blob too, also in an opaque origin."""
    spec = json.loads(bundles[0].files[bundles[0].spec])
    spec["program"]["heavy"] = True
    files = bundles[0].files | {bundles[0].spec: json.dumps(spec).encode()}
    heavy = replace(bundles[0], files=files)
    inner = single_page(inlined(heavy, heavy.figures[0])[0], [heavy], title="inner")
    (tmp_path / "inner page.html").write_text(inner)
    frame = FRAMES[kind].format(url="inner%20page.html", page=escape(inner))
    (tmp_path / "outer.html").write_text(f"<!doctype html><title>outer</title>{frame}")

    page = visit((tmp_path / "outer.html").as_uri())

    assert close_to_torch(wave_at(page.frames[1], 4.5), 4.5)
    assert page.said == []
    assert beyond(page) == []
    assert len(page.workers) == 1


def test_two_files_stand_on_one_page(folder: Path, visit: Any) -> None:
    frames = '<iframe src="அலை.html" height="600"></iframe><iframe src="walking.html"></iframe>'
    (folder / "frames.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>frames</title>{frames}', encoding="utf-8"
    )
    with serving(folder, policy=None) as url:
        page = visit(f"{url}frames.html")
        first, second = page.frames[1:]

        assert close_to_torch(wave_at(first, 2), 2)
        second.locator("[data-do=forward]").click()
        second.wait_for_selector("[data-simulation] output:has-text('step 1')")

        assert first.evaluate(f'() => document.querySelector("{WAVE}").controls.phase.value') == 2
        assert (
            second.evaluate(
                "() => document.querySelector('explorable-figure').controls.phase.value"
            )
            == 1
        )


def test_figures_in_one_file_share_a_control(folder: Path, visit: Any) -> None:
    page = visit((folder / "both.html").as_uri(), offline=True)
    page.locator("explorable-figure[figure=walking]").scroll_into_view_if_needed()
    page.wait_for_selector(f"[figure=walking] {LIVE}")

    assert close_to_torch(wave_at(page, 3.25), 3.25)

    walking = "document.querySelector('[figure=walking]')"
    assert page.evaluate(f"() => {walking}.controls.phase.value") == 3.25
    shown = page.locator("[figure=walking] [data-control=phase] input")
    assert shown.input_value() == "3.25"
    page.evaluate(f"() => {walking}.set({{ phase: 0.5 }})")
    assert page.evaluate(f'() => document.querySelector("{WAVE}").controls.phase.value') == 0.5
    assert page.locator("h1").inner_text() == "Two {figures} & more"
    assert page.locator("h2").all_inner_texts() == ["அலை", "Walking"]
    assert page.locator("main > p").nth(1).inner_text() == "A walk {that} drifts with the phase."
    assert page.said == []
    assert page.asked == [(folder / "both.html").as_uri()]


def test_a_file_of_two_holds_the_runtime_once(folder: Path) -> None:
    sizes = {path.stem: path.stat().st_size for path in folder.glob("*.html")}
    assert sizes["both"] < 0.75 * (sizes["அலை"] + sizes["walking"])


def test_windows_line_ends_change_nothing(folder: Path, visit: Any, tmp_path: Path) -> None:
    file = tmp_path / "windows.html"
    file.write_bytes((folder / "அலை.html").read_bytes().replace(b"\n", b"\r\n"))

    page = visit(file.as_uri())

    assert close_to_torch(wave_at(page, 5), 5)
    assert page.said == []


@pytest.mark.slow
def test_the_command_writes_files_or_one_page(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("EXPLORABLE_CACHE", str(tmp_path / "cache"))
    source = tmp_path / "இரண்டு படங்கள்.py"
    source.write_text(SOURCE, encoding="utf-8")
    (tmp_path / "taken").write_text("a file")
    (tmp_path / "folder.html").mkdir()

    def run(*given: object) -> Any:
        return CliRunner().invoke(main, ["build", str(source), "--single", *map(str, given)])

    apart, page = run("-o", tmp_path / "out"), run("-o", tmp_path / "out" / "page.html")
    again = run("-o", tmp_path / "out" / "page.html")

    assert (apart.exit_code, page.exit_code, again.exit_code) == (0, 0, 0), apart.output
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == sorted(["அலை.html", "walking.html", "page.html"])
    assert "kB with all it needs" in apart.output
    for out, said in (
        ("taken", "is a file"),
        ("folder.html", "is a folder"),
        ("taken/out", "cannot write"),
    ):
        refused = run("-o", tmp_path / out)
        assert refused.exit_code == 1 and said in refused.output and "-o" in refused.output
    assert run("-o", "x", "--host", "hugo").exit_code == 2


@pytest.mark.slow
def test_the_page_about_single_files(visit: Any, tmp_path: Path) -> None:
    """Its commands and its Python are run; its iframe stands in a page."""
    for name in ("plane", "normal"):
        shutil.copy(GALLERY / f"{name}.py", tmp_path)
    for line in blocks("single-file.md", "sh")[0].splitlines():
        explorable(*shlex.split(line, comments=True)[1:], folder=tmp_path)
    (code,) = blocks("single-file.md", "python")
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    (iframe,) = blocks("single-file.md", "html")
    (tmp_path / "page.html").write_text(f"<!doctype html><title>page</title>{iframe}")

    assert (tmp_path / "plane.html").read_bytes() == (tmp_path / "files/plane.html").read_bytes()
    page = visit((tmp_path / "page.html").as_uri())
    page.frames[1].wait_for_selector(LIVE)
    assert page.frames[1].evaluate("() => document.documentElement.scrollHeight") <= 640
    assert (beyond(page), page.said) == ([], [])
    both = visit((tmp_path / "both.html").as_uri())
    assert both.locator("h1").inner_text() == "Two figures"
    for figure in both.locator("explorable-figure").all():
        figure.scroll_into_view_if_needed()
        figure.locator(LIVE).wait_for()
    assert both.locator("explorable-figure").count() == 2
    assert both.said == []


@pytest.mark.slow
def test_the_page_about_static_servers(chromium: Browser, tmp_path: Path) -> None:
    """Its command is run; the fragment works on a page of one's own."""
    shutil.copy(GALLERY / "plane.py", tmp_path)
    (command,) = blocks("static-server.md", "sh")
    explorable(*shlex.split(command)[1:], folder=tmp_path)
    built = (tmp_path / "public" / "plane.html").read_text(encoding="utf-8")
    start = built.index("<link", built.index('<div class="figure'))
    fragment = built[start : built.index("</script>", start) + len("</script>")]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "index.html").write_text(f"<!doctype html><title>own</title>{fragment}")
    shutil.copytree(tmp_path / "public" / "explorable", tmp_path / "own" / "explorable")
    (tmp_path / "own" / "favicon.ico").touch()

    for folder, path in (("public", "plane.html"), ("own", "")):
        with serving(tmp_path / folder) as url:
            reader = Reader(chromium).open(url + path)
            assert reader.set({"theta": 2}) == {"theta": 2}
            assert reader.said == []
            reader.context.close()
