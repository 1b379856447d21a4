"""Every control and mark has its file in the gallery and its page in the reference, with an example
and a live figure. (What Chromium makes of each file: test_gallery.py, test_gallery_sweep.py.)"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import explorable as ex
from explorable.link.needs import FILES
from explorable.link.needs import MARKS as LEFT_OUT
from explorable.parts.controls import CONTROLS
from explorable.parts.marks import MARKS

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "gallery"
# A control or mark whose file has another name: those that are made of others, or shown with them.
SHOWN_IN = {
    "bracket": "annotation",
    "density": "histogram",
    "label": "annotation",
    "readout": "area",
    "segments": "arrow",
    "streamlines": "arrows",
}


def called(path: Path) -> set[str]:
    """The names of ``ex`` that a file calls."""
    return {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "ex"
    }


def files_of(name: str, folder: str) -> list[Path]:
    stem = SHOWN_IN.get(name, name)
    found = sorted((GALLERY / folder).glob(f"{stem}*.py"))
    return [path for path in found if name in called(path)]


@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_has_its_gallery_file(name: str) -> None:
    assert files_of(name, "controls"), f"gallery/controls/{name}.py"


@pytest.mark.parametrize("name", MARKS)
def test_a_mark_has_its_gallery_file(name: str) -> None:
    assert files_of(name, "marks"), f"gallery/marks/{name}.py"


@pytest.mark.parametrize("path", sorted(GALLERY.glob("*/*.py")), ids=lambda path: path.stem)
def test_a_gallery_file_is_small_and_says_what_it_shows(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "its first lines say what it shows"
    assert len(text.splitlines()) <= 60
    figures = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(d).startswith("ex.figure") for d in node.decorator_list)
    ]
    assert figures
    for figure in figures:
        assert ast.get_docstring(figure), f"{figure.name} has a text alternative"


@pytest.mark.parametrize("name", [*CONTROLS, *MARKS])
def test_a_name_has_its_page_with_a_figure_and_an_example(name: str) -> None:
    assert callable(getattr(ex, name))
    page = (ROOT / "docs" / "reference" / f"{name}.md").read_text()
    assert f"ex.{name}(" in page.split("```")[1]
    assert page.count("```python") >= 2, "an example"
    assert "```{explorable}" in page, "a live figure"


def test_what_few_figures_need_is_left_out_of_the_others() -> None:
    kinds = {kind for group, _ in LEFT_OUT for kind in group}
    assert {"graph", "board", "matrix", "tokens", "sound", "field", "contour"} <= kinds
    assert set(FILES) == {"table", "image", "sound", "microphone"}
