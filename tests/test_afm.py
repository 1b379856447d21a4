"""A figure as an anywidget front-end module, in a host of the test's own: a shadow tree and a plain
object for a model, no kernel, the strictest policy."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from conftest import ROOT
from explorable.errors import ExplorableError
from explorable.figures import load_file
from explorable.figures.afm import afm
from explorable.figures.build import build
from reader import Reader, serving

SOURCE = '''
import torch
import explorable as ex

turn = ex.slider(0, 6, value=1.0, label="θ")

@ex.figure
def plane(theta=turn, z=ex.point(1 + 0.5j), open=ex.toggle(False)):
    """A complex number, turned."""
    arc = z * torch.exp(1j * theta * torch.linspace(0, 1, 64))
    return ex.plot(ex.curve(arc, name="arc"), ex.scatter(z), x=(-2, 2), y=(-2, 2))

@ex.figure
def sine(theta=turn):
    """The same angle."""
    return ex.plot(ex.curve(torch.sin(theta + torch.linspace(0, 1, 8)), name="sine"))

@ex.simulation
def walk():
    return torch.zeros(())

@walk.step
def once(x, speed=ex.slider(0, 1, value=0.5)):
    return x + speed

@ex.figure
def walker(walk=walk):
    """A walk."""
    return ex.plot(ex.bars(walk.state.reshape(1), name="height"))
'''
HOST = """
// The least that a host of widgets does.
export class Model {
  constructor(state) { this.state = state; this.heard = new Map(); this.saved = 0; }
  get(name) { return this.state[name]; }
  set(name, value) {
    this.state[name] = value;
    for (const hear of this.heard.get(`change:${name}`) ?? []) hear();
  }
  on(event, hear) { this.heard.set(event, (this.heard.get(event) ?? new Set()).add(hear)); }
  off(event, hear) { this.heard.get(event)?.delete(hear); }
  save_changes() { this.saved += 1; }
}
const memories = [];
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...given) => {
  const made = await instantiate(...given);
  memories.push(new WeakRef(made.exports.memory));
  return made;
};
window.machines = () => memories.filter((memory) => memory.deref()).length;
window.show = async (file, state = {}, { shadow = true, late = false } = {}) => {
  const { default: widget } = await import(`./${file}`);
  const place = document.createElement("div");
  if (!late) document.querySelector("main").append(place);
  const el = document.createElement("div");
  (shadow ? place.attachShadow({ mode: "open" }) : place).append(el);
  const model = new Model(state);
  const ended = await widget.initialize?.({ model });
  const end = await widget.render({ model, el });
  if (late) document.querySelector("main").append(place);
  const number = (window.shown ??= []).push({ model, el, end, ended, place }) - 1;
  return number;
};
window.figure = (number) => shown[number].el.querySelector("explorable-figure");
"""
# What MyST's theme puts around the directive, given what MyST's build made of the page.
MYST = """
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { ANY_RENDERERS } from "@myst-theme/anywidget";
const page = await (await fetch("index.json")).json();
const find = (node) => (node.type === "anywidget" ? node : node.children?.map(find).find(Boolean));
const found = find(page.mdast);
const node = { ...found, esm: new URL(`.${found.esm}`, location.href).href };
const root = createRoot(document.querySelector("main"));
root.render(createElement(ANY_RENDERERS.anywidget, { node }));
window.leave = () => root.unmount();
"""
MYST_NEEDS = ["mystmd@1.8.3", "@myst-theme/anywidget@1.4.1", "react@18.3.1", "react-dom@18.3.1"]
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>host</title></head>
<body><main></main><script type="module" src="host.js"></script></body></html>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("afm")
    (folder / "author.py").write_text(SOURCE)
    for bundle in build(load_file(folder / "author.py")):
        for published in bundle.figures:
            (folder / f"{published.name}.js").write_text(afm(bundle, published))
    (folder / "host.js").write_text(HOST)
    (folder / "index.html").write_text(PAGE)
    (folder / "favicon.ico").touch()
    return folder


@pytest.fixture
def host(chromium: Browser, folder: Path) -> Iterator[Reader]:
    with serving(folder) as url:
        reader = Reader(chromium)
        reader.page.goto(url)
        reader.page.wait_for_function("() => window.show")
        yield reader
        reader.context.close()


def show(host: Reader, file: str, state: dict[str, Any] | None = None, **how: bool) -> int:
    number = host.page.evaluate("(given) => show(...given)", [file, state or {}, how])
    host.page.wait_for_function(
        "(n) => figure(n).querySelector('.explorable-box').dataset.live === ''", arg=number
    )
    return number


def state(host: Reader, number: int) -> dict[str, Any]:
    return host.page.evaluate("(n) => shown[n].model.state", number)


def last(host: Reader, number: int) -> list[float]:
    """Where the arc ends: the point, turned."""
    return host.page.evaluate("(n) => [...figure(n).outputs.arc.data.slice(-2)]", number)


def turned(theta: float, z: complex = 1 + 0.5j) -> list[float]:
    end = torch.tensor(z) * torch.exp(1j * torch.tensor(theta))
    return [end.real.item(), end.imag.item()]


def test_it_is_one_file_that_asks_for_nothing(host: Reader, folder: Path) -> None:
    number = show(host, "plane.js")

    fetched = {url.rsplit("/", 1)[1] for url in host.fetched}
    assert fetched - {"favicon.ico"} == {"", "host.js", "plane.js"}
    assert last(host, number) == pytest.approx(turned(1.0), abs=1e-6)
    assert host.said == []
    assert (folder / "plane.js").read_text().startswith("/*! Explorable")


def test_the_state_is_the_first_values(host: Reader) -> None:
    number = show(host, "plane.js", {"theta": 2.0, "z": [0.5, 1]})

    host.page.wait_for_function("(n) => figure(n).controls.turn.value === 2", arg=number)
    assert last(host, number) == pytest.approx(turned(2.0, 0.5 + 1j), abs=1e-6)
    # What the state left out is filled in.
    assert state(host, number) == {"theta": 2.0, "z": [0.5, 1], "open": False}


def test_the_reader_and_the_host_change_the_same_values(host: Reader) -> None:
    number = show(host, "plane.js")
    slider = host.page.locator("explorable-figure input[type=range]").first
    slider.focus()
    host.page.keyboard.press("End")
    host.page.wait_for_function("(n) => shown[n].model.state.theta === 6", arg=number)
    assert host.page.evaluate("(n) => shown[n].model.saved", number) >= 1

    host.page.evaluate("(n) => shown[n].model.set('theta', 3)", number)
    host.page.wait_for_function("(n) => figure(n).controls.turn.value === 3", arg=number)
    host.settle()
    assert last(host, number) == pytest.approx(turned(3.0), abs=1e-6)
    assert slider.input_value() == "3"

    # A number beyond the range is taken as the figure takes it, and told back.
    host.page.evaluate("(n) => shown[n].model.set('theta', 99)", number)
    assert state(host, number)["theta"] == 6
    assert host.said == []


def test_a_wrong_value_is_named_and_not_taken(host: Reader) -> None:
    number = show(host, "plane.js")
    host.page.evaluate("(n) => shown[n].model.set('theta', 'much')", number)

    assert state(host, number)["theta"] == 1
    assert host.said == ["error: [explorable] plane: 'turn' takes a number, got \"much\""]


def test_a_wrong_first_value_stands_in_the_figures_place(host: Reader) -> None:
    number = host.page.evaluate("() => show('plane.js', { theta: 'much' })")
    message = host.page.locator("explorable-figure [role=alert]")

    assert "'turn' takes a number" in message.inner_text()
    drawn = host.page.locator("explorable-figure .explorable-still svg:visible")
    assert drawn.count() == 1
    host.page.evaluate("(n) => shown[n].end()", number)


def test_two_figures_share_a_control(host: Reader) -> None:
    first = show(host, "plane.js")
    second = show(host, "sine.js", {"theta": 1.0})

    host.page.evaluate("(n) => shown[n].model.set('theta', 4)", first)
    assert state(host, second)["theta"] == 4
    # A third, whose state has the first value, takes the one that the page has by now.
    third = show(host, "sine.js", {"theta": 1.0})
    assert state(host, third)["theta"] == 4
    host.page.evaluate("(n) => { for (const { end } of shown) end(); }", first)
    # Nobody holds it any more: it begins anew.
    fourth = show(host, "sine.js")
    assert state(host, fourth)["theta"] == 1


def test_the_end_of_a_figure_frees_its_memory(host: Reader) -> None:
    number = show(host, "walker.js")
    host.page.locator("[data-do=play]").click()
    host.page.wait_for_function("(n) => figure(n).outputs['walk.step'].data[0] > 3", arg=number)
    assert host.page.evaluate("() => machines()") == 1

    host.page.evaluate("(n) => { shown[n].end(); shown[n].end = null; }", number)
    assert host.page.locator("explorable-figure").count() == 0
    assert host.page.evaluate(
        "(n) => [...shown[n].model.heard.values()].map((s) => s.size)", 0
    ) == [0]
    session = host.context.new_cdp_session(host.page)
    for _ in range(10):
        session.send("HeapProfiler.collectGarbage")
        if not host.page.evaluate("() => machines()"):
            break
        host.page.wait_for_timeout(100)
    assert host.page.evaluate("() => machines()") == 0
    assert host.said == []


@pytest.mark.parametrize("shadow", [True, False])
def test_it_looks_the_same_in_a_shadow_tree(host: Reader, shadow: bool) -> None:
    """Style, colours and the focus's frame, wherever ``el`` stands, also if it comes late."""
    number = show(host, "plane.js", shadow=shadow, late=True)
    look = host.page.evaluate(
        """(n) => {
            const box = figure(n).querySelector(".explorable-box");
            const canvas = box.querySelector("canvas").getContext("2d");
            const { width, height } = canvas.canvas;
            const drawn = canvas.getImageData(0, 0, width, height).data;
            const colours = new Set();
            for (let i = 0; i < drawn.length; i += 4)
              if (drawn[i + 3] === 255) colours.add(drawn.slice(i, i + 3).join());
            const input = figure(n).querySelector("input");
            return [getComputedStyle(box).position, colours.has("74,96,204"), input.disabled,
                    figure(n).lang, getComputedStyle(figure(n)).display];
        }""",
        number,
    )
    assert look == ["relative", True, False, "en", "block"]

    handle = host.page.locator("explorable-figure .explorable-handle").first
    handle.focus()
    host.page.keyboard.press("ArrowRight")
    host.page.wait_for_function("(n) => shown[n].model.state.z[0] > 1", arg=number)


def test_it_follows_the_theme_outside_of_its_tree(host: Reader) -> None:
    host.page.evaluate("() => { document.body.bgColor = '#101014'; }")
    number = show(host, "plane.js")
    assert host.page.evaluate("(n) => figure(n).dataset.scheme", number) == "dark"

    host.page.evaluate("() => { document.body.bgColor = '#ffffff'; }")
    host.page.wait_for_function("(n) => figure(n).dataset.scheme === 'light'", arg=number)


def test_a_host_without_a_kernel_may_throw(host: Reader) -> None:
    host.page.evaluate(
        """() => {
            const fail = () => { throw new Error("not implemented"); };
            const poor = { save_changes: fail, off: fail };
            return import("./host.js").then(({ Model }) => Object.assign(Model.prototype, poor));
        }"""
    )
    number = show(host, "plane.js", {"theta": 2.0})
    host.page.evaluate("(n) => figure(n).set({ theta: 3 })", number)
    assert state(host, number)["theta"] == 3
    host.page.evaluate("(n) => shown[n].end()", number)
    host.page.evaluate("(n) => shown[n].model.set('theta', 4)", number)
    assert host.said == []


@pytest.fixture(scope="module")
def myst(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """A MyST project with one page, built by MyST, and beside it MyST's own renderer."""
    if shutil.which("npm") is None:
        pytest.skip("no npm on this machine, so no MyST")
    site = tmp_path_factory.mktemp("myst")
    (site / "package.json").write_text("{}")
    quiet = ["--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    install = ["npm", "install", *quiet, *MYST_NEEDS, "esbuild@0.28.2"]
    done = subprocess.run(install, cwd=site, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install MyST: {done.stderr[-200:]}")
    shutil.copy(folder / "plane.js", site)
    (site / "myst.yml").write_text("version: 1\nproject:\n  toc:\n    - file: index.md\nsite: {}\n")
    (site / "index.md").write_text('# A page\n\n:::{anywidget} plane.js\n{"theta": 2.0}\n:::\n')
    # Its pages come from a template that MyST fetches from api.mystmd.org; what stands in them is
    # made here, before that.
    program = site / "node_modules" / ".bin"
    subprocess.run(
        [program / "myst", "build", "--site"], cwd=site, capture_output=True, check=False
    )
    (site / "entry.js").write_text(MYST)
    public = site / "_build" / "site" / "public"
    bundle = ["entry.js", "--bundle", "--format=esm", f"--outfile={public / 'host.js'}"]
    subprocess.run([program / "esbuild", *bundle, "--log-level=error"], cwd=site, check=True)
    shutil.copy(site / "_build" / "site" / "content" / "index.json", public)
    (public / "index.html").write_text(PAGE)
    (public / "favicon.ico").touch()
    return public


@pytest.mark.slow
def test_myst_hosts_it(chromium: Browser, myst: Path) -> None:
    with serving(myst) as url:
        reader = Reader(chromium)
        reader.page.goto(url)
        figure = reader.page.locator("main explorable-figure")
        figure.locator(".explorable-box[data-live]").wait_for()
        end = figure.evaluate("(figure) => [...figure.outputs.arc.data.slice(-2)]")
        assert end == pytest.approx(turned(2.0), abs=1e-6)

        figure.locator("input[type=range]").focus()
        reader.page.keyboard.press("End")
        reader.settle()
        end = figure.evaluate("(figure) => [...figure.outputs.arc.data.slice(-2)]")
        assert end == pytest.approx(turned(6.0), abs=1e-6)

        reader.page.evaluate("() => leave()")
        assert figure.count() == 0
        assert not [
            said for said in reader.said if said.startswith(("error", "warning", "uncaught"))
        ]
        assert all(address.startswith(url) for address in reader.fetched)
        reader.context.close()


def test_a_figure_saves_itself_as_a_module(tmp_path: Path) -> None:
    with pytest.raises(
        ExplorableError, match=r"saved as \.html or \.js, not as 'plane\.svg'"
    ) as told:
        smallest.save(tmp_path / "plane.svg")
    assert told.value.line and told.value.line.file.endswith("test_afm.py")
    smallest.save(tmp_path / "smallest.js")
    assert "export default " in (tmp_path / "smallest.js").read_text()


@ex.figure
def smallest(k=ex.slider(1, 2)):
    """A line."""
    return ex.curve(k * torch.arange(3.0))


@pytest.mark.slow
def test_build_writes_a_module_per_figure(tmp_path: Path, folder: Path) -> None:
    from click.testing import CliRunner

    from explorable.cli import main

    command = ["build", str(folder / "author.py"), "--afm", "-o", str(tmp_path), "--no-cache"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plane.js", "sine.js", "walker.js"]
    assert (tmp_path / "plane.js").read_bytes() == (folder / "plane.js").read_bytes()


def test_a_module_may_stand_in_a_script_element(folder: Path) -> None:
    text = (folder / "plane.js").read_text()
    assert "</script" not in text and "<!--" not in text
    held = text[text.rindex("export default ") :]
    given = json.loads(held[held.index("(") + 1 : held.rindex(")")])
    assert set(given) == {"spec", "html", "style", "files"}
    assert sorted(name.split("-")[0] for name in given["files"]) == ["plane", "worker"]


@pytest.mark.slow
def test_marimo_hosts_it(chromium: Browser, folder: Path, tmp_path: Path) -> None:
    """The cells of docs/hosts/anywidget.md, in marimo's own server; a drag is read in Python."""
    pytest.importorskip("marimo")
    text = (ROOT / "docs" / "hosts" / "anywidget.md").read_text()
    (cell,) = re.findall(r"## marimo\n\n```python\n(.*?)```", text, re.S)
    cells = [cell + "return (plane,)", '"so θ is " + str(plane.value["theta"])']
    app = "import marimo\n\napp = marimo.App()\n"
    for code, given in zip(cells, ("", "plane"), strict=True):
        app += f"\n@app.cell\ndef _({given}):\n{textwrap.indent(code, '    ')}\n"
    (tmp_path / "notebook.py").write_text(app)
    (tmp_path / "widgets").mkdir()
    shutil.copy(folder / "plane.js", tmp_path / "widgets")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "run", "notebook.py", "--headless", "--no-token"]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _answers(port)
            reader = Reader(chromium)
            reader.page.goto(f"http://127.0.0.1:{port}/")
            figure = reader.page.locator("explorable-figure")
            figure.locator(".explorable-box[data-live]").wait_for(timeout=60_000)
            assert figure.evaluate("(figure) => figure.controls.turn.value") == 2
            assert figure.evaluate("(figure) => figure.getRootNode() instanceof ShadowRoot")
            figure.locator("input[type=range]").focus()
            reader.page.keyboard.press("End")
            reader.page.get_by_text("so θ is 6").wait_for()
            reader.context.close()
        finally:
            server.terminate()


def _answers(port: int) -> None:
    """Wait until a server listens."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"nothing listens on port {port} after a minute")
