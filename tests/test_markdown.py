"""Markdown pages without Sphinx's part: cells that run, pages that are read, what the cache sees,
and the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from myst_parser.config.main import MdParserConfig

from explorable.cli.sources import Pages, find_pages, find_tasks
from explorable.cli.work import Outcome, Task, from_cache, perform
from explorable.errors import ExplorableError
from explorable.figures.cells import FIGURE, Cell
from explorable.figures.document import Document, run_cells
from explorable.figures.numbers import number_text, usual_form
from explorable.sphinx.pages import Page, Place, read_page

START = """import torch
import explorable as ex
from cells_helper import turns

shift = ex.slider(0, 6, value=1.0)
"""
FIGURES = '''@ex.figure
def in_time(shift=shift):
    """A wave."""
    return ex.curve(torch.sin(torch.linspace(0, turns, 9) + shift))

in_time'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of an author's, with a helper; the cache is the test's own."""
    monkeypatch.setenv("EXPLORABLE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "cells_helper.py").write_text("turns = 6.25\n")
    yield notes
    for name in set(sys.modules) - known:
        if name.startswith(("explorable_file_", "cells_helper")):
            del sys.modules[name]


def run(folder: Path, *sources: str, placed: tuple[str, ...] = ()) -> Document:
    cells = [Cell(source, 10 * (k + 1)) for k, source in enumerate(sources)]
    return run_cells(folder / "page.md", cells, placed)


def test_what_one_cell_makes_the_next_ones_use(folder: Path) -> None:
    document = run(folder, START, FIGURES, "print('seen'); display(in_time); in_time.name")

    assert document.problem is None
    assert [figure.name for figure in document.figures] == ["in_time"]
    shown = document.outputs[1][0]["data"]
    assert shown == {FIGURE: "in_time", "text/plain": "A wave."}
    printed, displayed, last = document.outputs[2]
    assert printed["text"] == "seen\n"
    assert displayed["data"][FIGURE] == "in_time"
    assert last["data"]["text/plain"] == "'in_time'"


def test_values_are_shown_as_notebooks_show_them(folder: Path) -> None:
    document = run(
        folder,
        "import torch\ntorch.ones(2)",
        "torch.ones(3);",
        "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])",
        "import sys\nprint('careful', file=sys.stderr)",
    )

    tensor, nothing, picture, errors = document.outputs
    assert tensor[0]["data"] == {"text/plain": repr(torch.ones(2))}
    assert nothing == ()
    assert picture[0]["data"]["image/png"].startswith("iVBOR")
    assert errors[0] == {"output_type": "stream", "name": "stderr", "text": "careful\n"}


def test_cells_run_in_the_folder_of_their_page(folder: Path) -> None:
    (folder / "numbers.txt").write_text("7")
    document = run(folder, "from pathlib import Path\nPath('numbers.txt').read_text()")

    assert document.outputs[0][0]["data"]["text/plain"] == "'7'"
    assert Path.cwd() != folder


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\ny = unknown_name", ["NameError", "page.md:21", "y = unknown_name"]),
        ("x = 1\nif x\n    pass", ["cannot read the cell", "page.md:21", "if x"]),
        ("%matplotlib inline\n1", ["'%matplotlib inline' is not Python", "page.md:20"]),
        (
            "@ex.figure\ndef plain(x): return 1",
            ["parameter 'x' of 'plain' has no default", "page.md:21"],
        ),
        (
            f"{FIGURES}\n{FIGURES}\n",
            [],
        ),
        (
            f"{FIGURES}\ndisplay(in_time)\n{FIGURES}",
            ["two figures of this page are called 'in_time'", "page.md:28", "rename one"],
        ),
    ],
)
def test_a_mistake_has_its_line_in_the_page(folder: Path, source: str, said: list[str]) -> None:
    document = run(folder, START, source, "print('not reached')")

    if not said:
        assert document.problem is None
        return
    assert len(document.outputs) == 1
    assert all(words in str(document.problem) for words in said), document.problem


def test_a_cell_may_be_meant_to_raise(folder: Path) -> None:
    cells = [Cell("1 / 0", 3, raises=True), Cell("2", 9)]
    document = run_cells(folder / "page.md", cells)

    assert document.problem is None
    raised = document.outputs[0][0]
    assert raised["ename"] == "ZeroDivisionError"
    assert any("page.md" in line and "line 3" in line for line in raised["traceback"])
    assert str(folder) not in "".join(raised["traceback"])


def test_a_placed_figure_that_no_cell_makes(folder: Path) -> None:
    document = run(folder, START, FIGURES, placed=("in_tiem",))

    assert "unknown figure 'in_tiem'" in str(document.problem)
    assert "did you mean 'in_time'?" in str(document.problem)


# Reading pages


def page(text: str, *, fences: bool = False) -> Page:
    config = MdParserConfig(enable_extensions={"dollarmath"})
    return read_page(textwrap.dedent(text), Path("page.md"), config, fences=fences)


CELLS = """\
# A page

```{code-cell} python
:tags: [hide-input]

import explorable as ex
```

```{code-cell} python
---
mystnb:
  figure:
    name: fig
---
1 + 1
```

```{code-cell} python
:tags: [skip-execution]
2 + 2
```
"""


def test_cells_know_their_lines() -> None:
    found = page(CELLS)

    lines = CELLS.split("\n")
    assert [cell.source for cell in found.cells] == ["import explorable as ex", "1 + 1"]
    assert [lines[cell.line - 1] for cell in found.cells] == ["import explorable as ex", "1 + 1"]


def test_other_notebooks_are_left_to_myst_nb() -> None:
    assert page(CELLS.replace("import explorable as ex", "import torch")).notebook is None
    assert page("---\nexplorable: false\n---\n" + CELLS).notebook is None
    helped = CELLS.replace("import explorable as ex", "from figures import plane")
    assert page("---\nexplorable: true\n---\n" + helped).cells[0].line == 9


FENCES = """\
```python
import explorable as ex
```

- in a list:

  ```python
  shown = True
  ```

```python static
shown = True
```

~~~python
1 + 1
~~~
"""


def test_plain_fences_are_cells_where_that_is_asked_for() -> None:
    assert page(FENCES).cells == ()
    found = page(FENCES, fences=True).cells
    assert found == (Cell("import explorable as ex", 2), Cell("1 + 1", 16))
    assert page(FENCES.replace("explorable", "torch"), fences=True).cells == ()


def test_places_are_found_at_any_depth() -> None:
    found = page(
        """
        ````{note}
        ```{explorable} sub/plane.py:plane
        ```
        ````
        :::{explorable} plane.py
        :::
        ```{explorable} in_time
        ```
        """
    )
    assert found.places == (
        Place("sub/plane.py", "plane"),
        Place("plane.py", None),
        Place(None, "in_time"),
    )
    assert found.placed == ("in_time",)


# First values


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [(0.5, ".2f", "0.50"), (3, "", "3"), ([1.0, -2.0], ".1f", "1.0-2.0j"), ("bowl", "", "bowl")],
)
def test_a_first_value_reads_as_python_writes_it(number: object, form: str, shown: str) -> None:
    assert number_text("name", number, form) == shown


def test_a_number_without_a_format_is_short() -> None:
    assert number_text("x", 0.1 + 0.2, usual_form(0.1 + 0.2)) == "0.3"
    assert number_text("n", 12345678, usual_form(12345678)) == "12345678"


@pytest.mark.parametrize(
    ("number", "form", "said"),
    [
        ({"shape": [4]}, "", "is a tensor, not one number"),
        (0.5, ".2q", "formats are those of Python"),
    ],
)
def test_what_is_no_number(number: object, form: str, said: str) -> None:
    with pytest.raises(ExplorableError, match=said):
        number_text("x", number, form)


# The cache


def done(folder: Path, *, line: int = 3, code: str = FIGURES) -> Outcome:
    """What a build now gives: from the cache, or built in this process."""
    task = Task(folder / "page.md", cells=(Cell(START, line), Cell(code, line + 10)))
    return from_cache(task) or perform(task, lambda stage: None)


@pytest.mark.slow
def test_what_makes_a_page_build_again(folder: Path) -> None:
    (folder / "page.md").write_text("the page is not read by the build\n")
    first = done(folder)
    assert not first.cached and [b.name for b in first.bundles] == ["in_time"]

    again = done(folder)
    assert again.cached and again.bundles == first.bundles and again.outputs == first.outputs
    # Prose before the cells has grown.
    assert done(folder, line=5).cached
    assert not done(folder, code=FIGURES.replace("9)", "11)")).cached
    # A helper has changed.
    assert done(folder, code=FIGURES.replace("9)", "11)")).cached
    (folder / "cells_helper.py").write_text("turns = 12.5\n")
    assert not done(folder, code=FIGURES.replace("9)", "11)")).cached


# The command line


def test_what_is_a_page_and_what_is_not(tmp_path: Path) -> None:
    for name in ("figures/a.py", "figures/README.md", "notes/b.md", "notes/_build/c.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    figures, notes = tmp_path / "figures", tmp_path / "notes"

    assert find_pages([figures]) is None
    assert find_pages([figures / "a.py"]) is None
    assert find_pages([notes]) == Pages(notes)
    assert Pages(notes).names() == ["b.md"]
    assert find_pages([notes / "b.md"]) == Pages(notes, ("b.md",))
    both = find_pages([notes / "b.md", figures / "README.md"])
    assert both == Pages(tmp_path, ("notes/b.md", "figures/README.md"))
    with pytest.raises(ExplorableError, match="folders of their own"):
        find_pages([notes, figures / "a.py"])
    with pytest.raises(ExplorableError, match="there is no"):
        find_pages([notes / "missing.md"])
    with pytest.raises(ExplorableError, match="is a page, and Python files are wanted"):
        find_tasks([notes / "b.md"])


NOTE = """\
# A wave

The phase is {ex}`shift:.1f`.

```python
"""


@pytest.mark.slow
def test_a_folder_of_notes_is_built_and_served(folder: Path, tmp_path: Path) -> None:
    (folder / "wave.md").write_text(f"{NOTE}{START}\n{FIGURES}\n```\n")
    (folder / "broken.md").write_text(f"{NOTE}import explorable as ex\nnone_such\n```\n")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "explorable"]

    def ask(*arguments: object) -> subprocess.CompletedProcess[str]:
        given = [*command, *map(str, arguments)]
        return subprocess.run(given, capture_output=True, text=True, timeout=300, env=os.environ)

    built = ask("build", folder, "-o", out)
    assert built.returncode == 1
    assert f"{folder}/broken.md:7: ERROR: figure: NameError" in built.stderr
    assert "none_such" in built.stderr and "Traceback" not in built.stderr
    assert "✓ wave.md: in_time" in built.stderr
    wave, broken = (out / "wave.html").read_text(), (out / "broken.html").read_text()
    assert '<explorable-value of="shift" format=".1f">1.0</explorable-value>' in wave
    assert "<explorable-figure" in wave and "<explorable-figure" not in broken
    assert "NameError" in broken
    assert 'href="wave.html"' in (out / "index.html").read_text()
    assert not (tmp_path / "jupyter_execute").exists()
    assert sorted(p.name for p in folder.iterdir()) == ["broken.md", "cells_helper.py", "wave.md"]

    (folder / "broken.md").write_text("# Mended\n")
    served = ask("serve", folder, "--port", 0, "--once")
    assert served.returncode == 0, served.stderr
    count = served.stdout.split()[1]
    assert f"served {count} of {count} files" in served.stdout
