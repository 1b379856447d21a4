"""The Sphinx extension over a real site: pages with figures, read in Chromium, LaTeX, EPUB, text;
what is built again and what is not; mistakes with their lines. Builds run in this process."""

from __future__ import annotations

import html
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser

from explorable import cache
from explorable.cli.pages import build_pages
from explorable.cli.sources import Pages, find_pages
from explorable.hosts import Place
from explorable.hosts import site as site_of_folder
from explorable.sphinx import shelf
from pages import CONF, INDEX, LINE, PLACED, PLAIN, WAVES, Built, Site, write_pages
from reader import LIVE, Reader, serving

# Sphinx and its converters use what they will change themselves.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

HOSTS = Path(__file__).resolve().parent.parent / "docs" / "hosts"


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache for these tests, whose entries outlive changes in this checkout meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORABLE_CACHE", str(tmp_path_factory.mktemp("cache")))
        # Workers that other files' tests have started write to another cache.
        shelf._WORKERS.close()
        yield
    shelf._WORKERS.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = tmp_path_factory.mktemp("site")
    made = Site(root / "docs", root / "made")
    pages = {"index.md": INDEX, "waves.md": WAVES, "sub/placed.md": PLACED, "plain.md": PLAIN}
    others = {"conf.py": CONF, "line.py": LINE, "wave_helper.py": "turns = 31.4\n"}
    for name, text in (pages | others).items():
        made.write(name, text)
    return made


@pytest.fixture(scope="module")
def built(site: Site) -> Built:
    found = site.build()
    assert found.said == "" and found.status == 0
    assert found.ran() == ["line.py", "waves.md"]
    return found


def test_a_page_shows_numbers_formulas_and_numbered_figures(built: Built) -> None:
    page = built.page("waves.html")

    assert '<explorable-value of="shift" format=".2f">1.00</explorable-value>' in page
    assert '<mtext><explorable-value of="shift" format=".1f">1.0</explorable-value></mtext>' in page
    assert re.search(r'href="#fig-time"><span class="std std-numref">Fig. 1<', page)
    assert '<figure class="align-default" id="fig-time">' in page
    assert page.count("<explorable-figure ") == 2
    placed = built.page("sub/placed.html")
    assert 'src="../_static/explorable/line-' in placed
    assert '<explorable-value of="line.slope" format=".4g">0.5</explorable-value>' in placed
    assert "Fig. 2 </span>" in placed
    assert "<explorable-figure" not in built.page("plain.html")


def test_bundles_are_published_once_and_byte_for_byte(built: Built) -> None:
    folder = built.out / "_static" / "explorable"
    files = {path.name: path.read_bytes() for path in folder.iterdir()}

    made = {n: d for o in built.outcomes for b in o.bundles for n, d in b.files.items()}
    assert {name: files[name] for name in made} == made
    beside = site_of_folder([Place("line")], title="")
    assert {f"explorable/{name}" for name in set(files) - set(made)} <= set(beside)
    assert len([name for name in files if name.startswith("stub-")]) == 1
    for name in ("waves.html", "sub/placed.html"):
        for url in re.findall(
            r'(?:src|href)="((?:\.\./)?_static/explorable/[^"]+)"', built.page(name)
        ):
            assert ((built.out / name).parent / url).resolve().is_file(), url


def test_two_figures_share_a_control_with_the_text(built: Built, chromium: Browser) -> None:
    with serving(built.out) as url:
        reader = Reader(chromium)
        reader.open(url + "waves.html")
        reader.page.locator("explorable-figure").nth(1).scroll_into_view_if_needed()
        reader.page.locator(LIVE).nth(1).wait_for()
        seen: dict[str, list[str]] = {}
        for value in (0.25, 3.0):
            reader.set({"shift": value})
            reader.settle()
            seen[str(value)] = reader.page.locator("explorable-value").all_inner_texts()
        others = reader.page.evaluate(
            "() => document.querySelectorAll('explorable-figure')[1].controls.shift.value"
        )
        hosts = {found.split("/")[2] for found in reader.fetched}
        shift = reader.page.evaluate("() => window.shift")
        reader.context.close()

    import torch

    t = torch.linspace(0, 0.93, 200)
    for value, (power, phase, formula) in seen.items():
        exact = torch.sin(31.4 * t + float(value)).square().mean()
        assert power == f"{exact:.3f}"
        assert (phase, formula) == (f"{float(value):.2f}", f"{float(value):.1f}")
    assert others == 3.0
    assert len(hosts) == 1
    assert shift < 0.01
    assert [line for line in reader.said if "favicon" not in line] == []


def test_without_scripts_stills_and_numbers_are_there(built: Built, chromium: Browser) -> None:
    with serving(built.out) as url:
        reader = Reader(chromium, scripts=False)
        reader.page.goto(url + "waves.html")
        assert reader.page.locator("explorable-figure svg:visible").count() == 2
        assert reader.page.locator("explorable-value").all_inner_texts()[1:] == ["1.00", "1.0"]
        reader.context.close()


def test_epub_has_stills_and_plain_numbers(site: Site, built: Built) -> None:
    found = site.build("epub")

    assert [line for line in found.said.splitlines() if "epub." not in line] == []
    assert found.ran() == [] and found.read == []
    with zipfile.ZipFile(found.out / "Notes.epub") as book:
        page = book.read("waves.xhtml").decode()
        stills = re.findall(r'alt="A wave in time\."[^>]*src="([^"]+\.svg)"', page)
        assert len(stills) == 1
        svg = book.read(stills[0]).decode()
    assert svg.startswith("<svg ") and "#4a60cc" in svg and "var(" not in svg
    assert "explorable-" not in page
    assert "at φ = 1.00" in page


def test_latex_has_stills_as_pdf(site: Site, built: Built) -> None:
    try:
        import cairosvg  # noqa: F401
    except OSError as error:
        pytest.skip(f"no cairo: {error}")
    found = site.build("latex")

    text = (found.out / "notes.tex").read_text()
    stills = re.findall(r"\\sphinxincludegraphics\{\{(still-[0-9a-f]+)\}\.pdf\}", text)
    assert len(set(stills)) == 3
    assert all((found.out / f"{name}.pdf").read_bytes().startswith(b"%PDF") for name in stills)
    assert r"\pi t + {1.0})" in text
    assert "at φ = 1.00" in text


def test_text_has_the_alternatives(site: Site, built: Built) -> None:
    found = site.build("text")

    text = (found.out / "waves.txt").read_text()
    assert "[A wave in time.]" in text and "[Its spectrum.]" in text
    assert "at φ = 1.00" in text


@pytest.fixture
def copied(site: Site, built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The site again, to be changed, built once. Changes in this checkout do not count."""
    same = cache.versions()
    for module in ("explorable.cache", "explorable.sphinx.shelf"):
        monkeypatch.setattr(f"{module}.versions", lambda: same)
    shutil.copytree(site.source, tmp_path / "docs")
    return Site(tmp_path / "docs", tmp_path / "made")


def test_only_what_changed_is_built_again(copied: Site) -> None:
    first = copied.build()
    assert first.ran() == ["line.py", "waves.md"] and len(first.read) == 4

    assert copied.build().read == []
    # Sphinx has forgotten everything, our cache has not.
    fresh = copied.build(fresh=True)
    assert len(fresh.read) == 4
    assert fresh.said == "" and fresh.ran() == [], [o.source.name for o in fresh.outcomes]

    copied.write("wave_helper.py", "turns = 25.0\n")
    helped = copied.build()
    assert helped.read == ["waves"] and helped.ran() == ["waves.md"]

    copied.write("line.py", LINE.replace("A line.", "A straight line."))
    placed = copied.build()
    assert placed.read == ["sub/placed"] and placed.ran() == ["line.py"]

    copied.write("waves.md", WAVES.replace("The power is", "More prose.\n\nThe power is"))
    prose = copied.build()
    assert prose.read == ["waves"] and prose.ran() == []
    assert "More prose." in prose.page("waves.html")


def test_mistakes_name_their_page_and_line(copied: Site) -> None:
    copied.write("waves.md", WAVES.replace("turns * t", "turns * tt"))
    copied.write("sub/placed.md", PLACED.replace("line.py:line", "line.py:lime"))
    copied.write(
        "plain.md",
        "# Plain\n\n{ex}`power`\n\n```{explorable} gone.py\n```\n\n```{explorable} nothing\n```\n",
    )
    broken = copied.build()

    assert broken.status == 1
    number = WAVES.split("\n").index("    x = torch.sin(turns * t + shift)") + 1
    assert f"waves.md:{number}: ERROR: trace: NameError: name 'tt' is not defined" in broken.said
    assert "placed.md:5: ERROR: 'line.py' has no figure 'lime'; one of: line" in broken.said
    assert "plain.md:5: ERROR: there is no 'gone.py' beside this page" in broken.said
    assert "plain.md:8: ERROR: no cell of this page makes a figure 'nothing'" in broken.said
    assert "name 'tt' is not defined" in html.unescape(broken.page("waves.html"))
    assert "Traceback" not in broken.said

    # Not forgotten because nothing changed; all well once it is mended.
    again = copied.build()
    assert again.status == 1 and "name 'tt'" in again.said
    for name, text in (("waves.md", WAVES), ("sub/placed.md", PLACED), ("plain.md", PLAIN)):
        copied.write(name, text)
    mended = copied.build()
    assert mended.status == 0 and mended.said == ""


def test_a_number_that_nothing_has(copied: Site) -> None:
    text = WAVES.replace("wave.power:.3f", "wave.powr:.3f").replace("shift:.2f", "wave.x")
    copied.write("waves.md", text)
    broken = copied.build()

    assert broken.status == 1
    assert "waves.md" in broken.said
    assert "unknown name 'wave.powr'; one of: " in broken.said
    assert "did you mean 'wave.power'?" in broken.said
    assert "'wave.x' is a tensor, not one number" in broken.said


def test_a_notebook_that_was_run_elsewhere(copied: Site, built: Built) -> None:
    from explorable.figures.display import bundle_to_json

    bundle = next(o.bundles[0] for o in built.outcomes if o.source.name == "line.py")
    output = nbformat.v4.new_output(
        "display_data", {"application/vnd.explorable+json": bundle_to_json(bundle)}
    )
    cells = [
        nbformat.v4.new_markdown_cell("# Notebook\n\n{ex}`slope:.1f`"),
        nbformat.v4.new_code_cell("line", outputs=[output], execution_count=1),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    copied.write("notebook.ipynb", nbformat.writes(notebook))
    copied.write("index.md", INDEX.replace("plain\n", "plain\nnotebook\n"))
    found = copied.build()

    assert found.said == ""
    page = found.page("notebook.html")
    assert 'src="_static/explorable/line-' in page
    assert '<explorable-value of="line.slope" format=".1f">0.5</explorable-value>' in page
    assert all((found.out / "_static" / "explorable" / name).is_file() for name in bundle.files)


def test_a_site_of_twenty_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    same = cache.versions()
    for module in ("explorable.cache", "explorable.sphinx.shelf"):
        monkeypatch.setattr(f"{module}.versions", lambda: same)
    site = Site(tmp_path / "docs", tmp_path / "made")
    write_pages(site, 20)
    first = site.build()
    assert first.said == "" and first.status == 0
    assert len(first.ran()) == 20 and len(first.read) == 21
    times = sorted(outcome.seconds for outcome in first.outcomes)
    print(f"a page: median {times[10]:.2f} s, slowest (torch is imported) {times[-1]:.2f} s")

    fresh = site.build(fresh=True)
    assert fresh.ran() == [] and len(fresh.read) == 21
    assert json.dumps(sorted(p.name for p in (fresh.out / "_static/explorable").iterdir()))

    site.write("pages_helper.py", "x = 2\n")
    helped = site.build()
    reading = [f"page{n:02}" for n in range(0, 20, 5)]
    assert helped.read == reading
    assert helped.ran() == [f"{name}.md" for name in reading]


# What docs/hosts says


def documented(page: str, language: str) -> str:
    """The first block of a page in that language."""
    text = (HOSTS / page).read_text(encoding="utf-8")
    found = re.search(rf"^(`{{3,}}){language}\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[2]


def test_the_lines_it_takes_with_sphinx(tmp_path: Path) -> None:
    site = Site(tmp_path / "docs", tmp_path / "made")
    pages = {"index.md": "# Notes\n\n```{toctree}\nwaves\n```\n"}
    pages["waves.md"] = documented("sphinx.md", "markdown")
    for name, text in (pages | {"conf.py": documented("sphinx.md", "python")}).items():
        site.write(name, text)
    site.write("plane.py", (HOSTS.parents[1] / "gallery" / "plane.py").read_text())
    built = site.build()

    assert (built.said, built.status) == ("", 0)
    page = built.page("waves.html")
    assert page.count("<explorable-figure ") == 2
    assert re.findall(r'<explorable-value of="(\S+)"', page) == ["wave.power", "shift", "shift"]
    assert 'href="#fig-plane"><span class="std std-numref">Fig. 1<' in page


def test_the_lines_it_takes_without(tmp_path: Path, chromium: Browser) -> None:
    notes, out = tmp_path / "notes", tmp_path / "public"
    notes.mkdir()
    (notes / "euler.md").write_text(documented("markdown.md", "markdown"), encoding="utf-8")
    (notes / "other.md").write_text("# Another\n\nSee [Euler](euler.md).\n")

    assert build_pages(find_pages([notes]) or Pages(notes), out)
    with serving(out) as url:
        reader = Reader(chromium).open(url + "euler.html")
        reader.set({"theta": 2.0})
        reader.settle()
        assert reader.page.locator("p explorable-value").inner_text() == "2.00"
        assert reader.page.locator("pre", has_text="euler(theta=0.3)").count() == 1
        assert reader.page.locator("math").count() == 1
        reader.page.click("nav.neighbours a")
        assert reader.page.locator("h1").inner_text().startswith("Another")
        assert [line for line in reader.said if "favicon" not in line] == []
        reader.context.close()
    assert 'href="euler.html"' in (out / "index.html").read_text()
