"""docs/hosts/notebook.md in real JupyterLab, Notebook 7 and nbclassic, in nbconvert's HTML and in
marimo: its cells run by a kernel, its figures moved in the browser."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import torch
from nbclient import NotebookClient
from nbformat.sign import NotebookNotary

from jupyter import free_port, jupyter, notebook, wait_for
from reader import LIVE

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "hosts" / "notebook.md").read_text()
CELLS = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
AGAIN = [
    'shift = ex.slider(0, 4, label="φ")',
    "wave",
    "wave(shift=2)",
    "arrow.widget()",
    """@ex.figure
def broken(a=ex.slider(0, 1)):
    return ex.curve(float(a) * torch.ones(3))
broken""",
]
FURTHER = ["w.shift", "w.set(shift=0.5)", "shift = ex.slider(0, 6)", "arrow"]
PAGES = {
    "JupyterLab": ("lab/tree/", ".jp-LabShell"),
    "Notebook 7": ("notebooks/", ".jp-NotebookPanel"),
    "nbclassic": ("nbclassic/notebooks/", "#notebook-container"),
}
PICTURE = "img[src^='data:image/svg+xml']"

pytestmark = [
    pytest.mark.slow,
    # Servers and kernels warn about each other's ways, on loops of their own.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def executed():
    """The document's cells and some more, run by a kernel."""
    pages = nbformat.reads(notebook(*CELLS, *AGAIN), 4)
    NotebookClient(pages, allow_errors=True, timeout=120).execute()
    return pages


@pytest.fixture(scope="module")
def server(executed, tmp_path_factory):
    """JupyterLab, Notebook 7 and nbclassic are pages of one server."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("notes")
    (home / "data").mkdir()
    nbformat.write(executed, folder / "trusted.ipynb")
    NotebookNotary(data_dir=str(home / "data")).sign(executed)
    other = nbformat.from_dict(executed)
    other.cells[0].source += "\n"
    nbformat.write(other, folder / "untrusted.ipynb")
    (folder / "fresh.ipynb").write_text(notebook(*CELLS, *FURTHER))
    with jupyter("jupyterlab", folder, home) as address:
        yield address


@pytest.fixture
def page(chromium):
    """A page on which no figure complains; Jupyter itself may."""
    context = chromium.new_context(viewport={"width": 1280, "height": 2400})
    page = context.new_page()
    ours: list[str] = []
    page.on("console", lambda said: ours.append(said.text) if "explorable" in said.text else None)
    yield page
    assert ours == []
    context.close()


def output(cell):
    (found,) = [one for one in cell.outputs if one.output_type == "execute_result"]
    return found.data


def drag(page, slider, share):
    """Press on the track of a slider at a share of its length."""
    box = slider.bounding_box()
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def live(page, count):
    page.wait_for_function(
        f"(n) => document.querySelectorAll('{LIVE}').length >= n", arg=count, timeout=60_000
    )


def opened(page, address):
    """Open a notebook with three figures and two saved widgets. Where ipywidgets' first question
    to a slow kernel is cancelled, it forgets what was saved (its restoreWidgets swallows the error)
    and says "model not found"; readers load the page again then."""
    for _ in range(3):
        page.goto(address)
        live(page, 3)
        page.wait_for_function(
            """() => document.body.innerText.includes("widget: model not found")
                || document.querySelectorAll("explorable-figure").length === 5""",
            timeout=60_000,
        )
        if page.get_by_text("widget: model not found").count() == 0:
            return
    pytest.fail("ipywidgets has lost the saved widgets three times")


def shown_values(page):
    return page.evaluate(
        """() => [...document.querySelectorAll("explorable-figure")]
            .map((figure) => figure.controls?.shift?.value)"""
    )


def settle(page):
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def test_a_cell_run_again_is_told_apart(executed):
    first, figure = executed.cells[0], executed.cells[1]
    assert "warning" not in output(figure)["text/plain"]
    warning = (
        f"figure 'wave' is wired to an old slider 'shift', which cell [{len(CELLS) + 1}] defines "
        "anew; run cell [2] again"
    )
    stale = output(executed.cells[len(CELLS) + 1])
    assert first.execution_count == 1
    assert stale["text/plain"].splitlines()[1] == f"warning: {warning}"
    assert "wired to an old slider" in stale["text/html"]
    widget = executed.cells[len(CELLS) + 3]
    told = [one.text for one in widget.outputs if one.output_type == "stream"]
    assert "figure 'arrow' is wired to an old slider 'shift'" in "".join(told)
    assert set(output(executed.cells[len(CELLS) + 2])) == {"text/plain", "image/svg+xml"}


def test_an_error_names_the_cell_and_nothing_of_ours(executed):
    cell = executed.cells[-1]
    (error,) = [one for one in cell.outputs if one.output_type == "error"]
    text = "\n".join(error.traceback)
    assert f"in cell [{cell.execution_count}]:3" in text and "float(a)" in text
    assert "site-packages" not in text and "src/explorable" not in text


@pytest.mark.parametrize("template", ["lab", "basic", "classic"])
def test_exported_html_is_live_from_disk(executed, template, page, tmp_path):
    from nbconvert import HTMLExporter

    asked = {}
    for kind in ("plain", "figures"):
        copy = nbformat.from_dict(executed)
        if kind == "plain":
            copy = nbformat.from_dict({**copy, "cells": [{**c, "outputs": []} for c in copy.cells]})
        html, _ = HTMLExporter(template_name=template).from_notebook_node(copy)
        path = tmp_path / f"{kind}.html"
        path.write_text(html)
        asked[kind] = set()
        page.unroute_all()
        page.route("**", lambda route: route.abort())
        page.route("file://**", lambda route: route.continue_())
        hear = asked[kind].add
        page.on("request", lambda request, hear=hear: hear(request.url.split("/")[-1]))
        page.goto(path.as_uri())
        page.wait_for_timeout(300)
    live(page, 2)
    assert asked["figures"] - asked["plain"] - {"figures.html"} == set()
    drag(page, page.locator("[figure=wave] input[type=range]").first, 0.75)
    settle(page)
    values = shown_values(page)
    assert values[0] == values[1] and 4 < values[0] < 5


@pytest.mark.parametrize("application", PAGES)
def test_a_notebook_opens_live_if_trusted_else_as_a_picture(application, server, page):
    path, shell = PAGES[application]
    page.goto(server.format(page=f"{path}untrusted.ipynb"))
    page.wait_for_selector(f"{shell} {PICTURE}", timeout=60_000)
    picture = page.locator(PICTURE).first
    assert picture.get_attribute("alt") == "A sine wave and its phase."
    page.wait_for_function("(e) => e.naturalWidth > 300", arg=picture.element_handle())
    assert page.locator("explorable-figure").count() == 0

    opened(page, server.format(page=f"{path}trusted.ipynb"))
    # The widget comes back as it was saved, and shares its slider with the two figures.
    page.wait_for_function(
        "() => document.querySelector('[figure=wave]').controls.shift.value === 0.3"
    )
    slider = page.locator("[figure=wave] input[type=range]").first
    drag(page, slider, 0.75)
    settle(page)
    values = shown_values(page)
    assert values[0] == values[1] and 4 < values[0] < 5
    # A key that moves the slider leaves the cells alone.
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    settle(page)
    after = shown_values(page)
    assert after[0] == after[1] and after[0] < values[0]
    assert slider.evaluate("(input) => input === document.activeElement")


def test_python_and_page_follow_each_other_in_jupyterlab(server, page):
    page.goto(server.format(page="lab/tree/fresh.ipynb"))
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.first.wait_for(timeout=60_000)
    page.get_by_text("| Idle").wait_for(timeout=60_000)

    def run(number):
        cells.nth(number).locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        cells.nth(number).locator("text=/^\\[\\d+\\]:$/").first.wait_for(timeout=60_000)

    for number in range(len(CELLS)):
        run(number)
    # wave, arrow, and the widget, which shares the slider with both.
    live(page, 3)
    page.wait_for_function(
        """() => [...document.querySelectorAll("explorable-figure")]
            .every((figure) => figure.controls?.shift?.value === 0.3)""",
    )
    widget = cells.nth(3).locator("explorable-figure")
    drag(page, widget.locator("input[type=range]"), 0.5)
    page.keyboard.press("ArrowDown")
    settle(page)
    assert page.evaluate("() => document.activeElement.type") == "range"
    moved = shown_values(page)
    assert moved[0] == moved[1] == moved[2] and 2.5 < moved[0] < 3.5
    run(len(CELLS))
    told = cells.nth(len(CELLS)).locator(".jp-OutputArea-output").inner_text()
    assert float(told) == pytest.approx(moved[0])
    run(len(CELLS) + 1)
    page.wait_for_function(
        "(figure) => figure.controls.shift.value === 0.5", arg=widget.element_handle()
    )
    settle(page)
    assert shown_values(page) == [0.5, 0.5, 0.5]
    drawn = widget.evaluate("(figure) => [...figure.outputs.turned.data]")
    turned = torch.view_as_real(2j * torch.exp(torch.tensor(0.5j)))
    assert torch.tensor(drawn[-2:]).allclose(turned, atol=1e-6)

    run(len(CELLS) + 2)
    run(len(CELLS) + 3)
    cells.nth(len(CELLS) + 3).locator("text=wired to an old slider").wait_for()
    # A cell that is run again shows its figure anew; the others stay as they are.
    run(1)
    page.wait_for_function(
        """() => document.querySelector("[figure=wave]")?.controls?.shift?.value === 3"""
    )
    settle(page)
    assert shown_values(page)[1] == 0.5


MARIMO = """
import marimo

app = marimo.App()

@app.cell
def _():
    import marimo as mo
    from figures import arrow
    return arrow, mo

@app.cell
def _(arrow, mo):
    w = mo.ui.anywidget(arrow.widget())
    go = mo.ui.button(label="set", on_click=lambda _: w.widget.set(shift=0.5))
    mo.vstack([w, go])
    return (w,)

@app.cell
def _(mo, w):
    mo.md(f"python has {w.value['shift']:.3f}")
    return
"""


def test_python_and_page_follow_each_other_in_marimo(page, tmp_path):
    pytest.importorskip("marimo", reason="marimo is not installed")
    figure = "\n".join(CELLS[k].replace("\narrow\n", "\n") for k in (0, 2))
    (tmp_path / "figures.py").write_text(figure)
    (tmp_path / "notebook.py").write_text(MARIMO)
    port = free_port()
    command = [sys.executable, "-m", "marimo", "run", "notebook.py", "--headless", "--no-token"]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--host=127.0.0.1", f"--port={port}"],
            cwd=tmp_path, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/health", server, tmp_path / "log")
            page.goto(f"http://127.0.0.1:{port}/")
            slider = page.locator("explorable-figure input[type=range]")
            page.locator(LIVE).wait_for(timeout=60_000)
            page.get_by_text("python has 1.000").wait_for(timeout=60_000)
            drag(page, slider, 0.5)
            page.get_by_text(re.compile("python has (2[.][89]|3[.][01])")).wait_for()
            page.get_by_role("button", name="set", exact=True).click()
            page.wait_for_function(
                "(e) => e.closest('explorable-figure').controls.shift.value === 0.5",
                arg=slider.element_handle(),
            )
        finally:
            server.terminate()
            server.wait(30)
