"""Many figures on one page: two versions of Explorable, shared controls, one model downloaded once,
fifty figures of which few are awake."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, expect

from explorable.figures import load_file
from explorable.figures.build import build
from explorable.figures.bundle import Bundle
from explorable.figures.figure import Figure
from reader import LIVE, Reader, serving

OLD = Path(__file__).parent / "bundles" / "format-1"
SOURCE = '''
import torch
import explorable as ex

# As the bundle of the first format has it.
phase = ex.slider(0, 6, value=1.0, label="phase")
t = torch.linspace(0, 1, 64)
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(1, 128), torch.nn.Tanh(), torch.nn.Linear(128, 128))


@ex.figure
def newer(phase=phase):
    """A wave of today."""
    return ex.plot(ex.curve(t, torch.cos(6 * t + phase), name="wave"), y=(-1, 1))


@ex.simulation
def walk(seed=ex.seed(3)):
    torch.manual_seed(seed)
    return torch.zeros(2)


@walk.step
def move(place, drift=ex.slider(0, 1, value=0.5)):
    place = place + torch.randn(2) + drift
    return place, ex.record(x=place[0])


@ex.figure
def walking(walk=walk):
    """A walk."""
    return ex.row(
        ex.plot(ex.scatter(walk.state[None], name="place")),
        ex.plot(ex.curve(walk.history["step"], walk.history["x"], name="path")),
    )
'''
# Five figures, each a bundle of its own, over one model.
for _number in range(5):
    SOURCE += f'''

@ex.figure
def output_{_number}(x=ex.slider(-1, 1, value=0.5)):
    """One output of the model."""
    y = model(torch.linspace(-1, 1, 32)[:, None] + x)[:, {_number}]
    return ex.plot(ex.curve(y, name="y"))
'''
OTHER = '''
import torch
import explorable as ex

phase = ex.slider(0, 3, value=1.0, label="phase")


@ex.figure
def narrower(phase=phase):
    """A wave over half the range."""
    return ex.plot(ex.curve(torch.linspace(0, 1, 64) * phase, name="wave"))
'''
# Weak references to every memory that a machine runs in.
COUNT = """
  window.memories = [];
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate.apply(WebAssembly, given);
    window.memories.push(new WeakRef(made.exports.memory));
    return made;
  };
"""
HEAD = '<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark">'


@dataclass
class Made:
    bundles: dict[str, Bundle]
    figures: dict[str, Figure]

    def html(self, name: str) -> str:
        return next(p for p in self.bundles[name].figures if p.name == name).at("explorable/")

    def write(self, folder: Path, *names: str) -> None:
        """The files of figures, and a page of them in order."""
        (folder / "explorable").mkdir(exist_ok=True)
        for name in names:
            for file, data in self.bundles[name].files.items():
                (folder / "explorable" / file).write_bytes(data)
        (folder / "favicon.ico").touch()
        page(folder, *map(self.html, names))


def page(folder: Path, *fragments: str) -> None:
    (folder / "index.html").write_text(HEAD + "<title>many</title>" + "\n".join(fragments))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("many")
    found = Made({}, {})
    for name, source in (("all", SOURCE), ("other", OTHER)):
        (folder / f"{name}.py").write_text(source)
        figures = load_file(folder / f"{name}.py")
        found.figures |= {figure.name: figure for figure in figures}
        for bundle in build(figures):
            found.bundles |= {published.name: bundle for published in bundle.figures}
    return found


@pytest.fixture
def visit(chromium: Browser, tmp_path: Path) -> Iterator[Any]:
    with ExitStack() as closing:

        def opened(folder: Path = tmp_path, **options: Any) -> Reader:
            url = closing.enter_context(serving(folder, **options))
            reader = Reader(chromium)
            closing.callback(reader.context.close)
            reader.page.add_init_script(COUNT)
            reader.page.goto(url)
            return reader

        yield opened


def figure(name: str) -> str:
    return f"document.querySelector('explorable-figure[figure={name}]')"


def live(reader: Reader, *names: str) -> None:
    for name in names:
        reader.page.wait_for_selector(f"[figure={name}] {LIVE}", state="attached")


def drawn(reader: Reader, name: str, output: str) -> torch.Tensor:
    return torch.tensor(reader.page.evaluate(f"() => [...{figure(name)}.outputs['{output}'].data]"))


def memories(reader: Reader) -> int:
    """Memories of machines that are still there after collecting garbage."""
    session = reader.context.new_cdp_session(reader.page)
    session.send("HeapProfiler.collectGarbage")
    return reader.page.evaluate("() => memories.filter((kept) => kept.deref()).length")


def test_two_versions_share_a_page_and_a_control(made: Made, visit: Any, tmp_path: Path) -> None:
    shutil.copytree(OLD / "explorable", tmp_path / "explorable")
    made.write(tmp_path, "newer")
    page(tmp_path, (OLD / "wave.html").read_text(), made.html("newer"))

    reader = visit()
    live(reader, "wave", "newer")
    runtimes = {url for url in reader.fetched if re.search(r"/explorable-\w+\.js$", url)}
    assert len(runtimes) == 2

    t = torch.linspace(0, 1, 64)
    reader.page.evaluate(f"() => {figure('wave')}.set({{ phase: 2.5 }})")
    reader.settle()
    assert torch.allclose(drawn(reader, "newer", "wave")[1::2], torch.cos(6 * t + 2.5), atol=2e-5)
    reader.page.evaluate(f"() => {figure('newer')}.set({{ phase: 4 }})")
    reader.settle()
    assert torch.allclose(drawn(reader, "wave", "wave")[1::2], torch.sin(12 * t + 4), atol=2e-5)
    assert reader.page.locator("[figure=wave] [data-control=phase] input").input_value() == "4"
    assert reader.page.evaluate("() => window.shift") == 0
    assert reader.said == []


def test_two_definitions_of_one_name_leave_the_stills(
    made: Made, visit: Any, tmp_path: Path
) -> None:
    made.write(tmp_path, "newer", "narrower", "output_0")

    reader = visit()
    live(reader, "output_0")

    for name, other in (("newer", "narrower"), ("narrower", "newer")):
        shown = reader.page.locator(f"[figure={name}] .explorable-message")
        expect(shown).to_contain_text("control 'phase' is defined twice on this page")
        expect(shown).to_contain_text(f"'{other}'")
        assert reader.page.locator(f"[figure={name}] {LIVE}").count() == 0
        assert reader.page.locator(f"[figure={name}] .explorable-still svg:visible").count() == 1
        assert reader.page.locator(f"[figure={name}] input:enabled").count() == 0
        (told,) = [text for text in reader.said if f"[explorable] {name}:" in text]
        assert told.startswith("error: ")
        assert "'newer'" in told and "'narrower'" in told and '"high":3' in told
    assert len(reader.said) == 2


def test_an_older_bundle_goes_on_beside_another_definition(
    made: Made, visit: Any, tmp_path: Path
) -> None:
    """The runtime of the first format knows of no such error: a newer figure that comes after it
    fails alone."""
    shutil.copytree(OLD / "explorable", tmp_path / "explorable")
    made.write(tmp_path, "narrower")
    page(tmp_path, (OLD / "wave.html").read_text())

    reader = visit()
    live(reader, "wave")
    put = "(html) => document.body.insertAdjacentHTML('beforeend', html)"
    reader.page.evaluate(put, made.html("narrower"))

    shown = reader.page.locator("[figure=narrower] .explorable-message")
    expect(shown).to_contain_text("control 'phase' is defined twice on this page")
    assert reader.page.locator("[figure=wave] .explorable-message").count() == 0


def test_five_figures_over_one_model_download_it_once(
    made: Made, visit: Any, tmp_path: Path
) -> None:
    names = [f"output_{number}" for number in range(5)]
    made.write(tmp_path, *names)
    assert len({made.bundles[name].spec for name in names}) == 5

    reader = visit()
    for name in names:
        reader.page.locator(f"[figure={name}]").scroll_into_view_if_needed()
        live(reader, name)

    fetched = [url.split("/")[-1] for url in reader.fetched]
    weights = [name for name in fetched if name.startswith("array-")]
    assert len(weights) == 1
    assert (tmp_path / "explorable" / weights[0]).stat().st_size == 128 * 128 * 4
    assert len([name for name in fetched if re.match(r"explorable-\w+\.js", name)]) == 1
    assert len(set(fetched)) == len(fetched)
    for name in names:
        expected = made.figures[name]().outputs["y"]
        assert torch.allclose(drawn(reader, name, "y"), expected.flatten(), atol=2e-5)
    assert reader.said == []


def test_figures_of_several_kinds_share_the_runtime(made: Made, visit: Any, tmp_path: Path) -> None:
    """One core, and each of its parts, once; whichever figure comes first."""
    names = ["newer", "walking", "output_0"]
    made.write(tmp_path, *names)
    specs = [json.loads(made.bundles[n].files[made.bundles[n].spec]) for n in names]
    needed = {file for spec in specs for file in spec.get("modules", [spec["runtime"]])}

    reader = visit()
    for name in names:
        reader.page.locator(f"[figure={name}]").scroll_into_view_if_needed()
        live(reader, name)

    fetched = [url.split("/")[-1] for url in reader.fetched]
    scripts = [name for name in fetched if re.match(r"(explorable|part)-", name)]
    assert sorted(scripts) == sorted(needed)
    assert len([name for name in scripts if name.startswith("explorable-")]) == 1
    assert len(scripts) >= 3
    assert not [name for name in fetched if name.startswith("joint-")]
    assert reader.said == []


FIGURES = 50
AWAKE = 5
"""Figures that fit a window of 900 pixels and the 300 above and below it."""


def write_fifty(made: Made, folder: Path) -> None:
    """Waves and walks in turn, each with a spec, and so a machine, of its own."""
    made.write(folder, "output_0", "walking")
    fragments: list[str] = []
    for number in range(FIGURES):
        name = ("output_0", "walking")[number % 2]
        spec = made.bundles[name].spec
        own = f"{name}-{number}.json"
        shutil.copy(folder / "explorable" / spec, folder / "explorable" / own)
        fragments.append(made.html(name).replace(spec, own))
    page(folder, *fragments)


@pytest.mark.slow
def test_fifty_figures_wake_near_the_screen_and_rest_far_from_it(
    made: Made, visit: Any, tmp_path: Path
) -> None:
    write_fifty(made, tmp_path)
    reader = visit()
    page, figures = reader.page, reader.page.locator("explorable-figure")
    page.wait_for_selector(LIVE)
    page.wait_for_timeout(300)
    assert 1 <= memories(reader) <= AWAKE

    first = "document.querySelectorAll('explorable-figure')[0]"
    second = "document.querySelectorAll('explorable-figure')[1]"
    page.evaluate(f"() => {first}.set({{ x: -0.25 }})")
    forward = page.locator("[figure=walking] [data-do=forward]").first
    step = page.locator("[figure=walking] .explorable-transport output").first
    for number in range(1, 13):
        forward.click()
        expect(step).to_have_text(f"step {number}")
    before = page.evaluate(f"() => [...{second}.outputs.path.data].filter((x) => x === x)")
    assert len(before) == 2 * 12

    for number in range(FIGURES):
        figures.nth(number).scroll_into_view_if_needed()
        page.wait_for_timeout(30)
    assert page.evaluate("() => memories.length") > FIGURES * 0.8
    page.wait_for_timeout(5000)

    assert memories(reader) <= AWAKE
    sized = "[...document.querySelectorAll('.explorable-live > canvas')].filter((c) => c.width > 0)"
    assert page.evaluate(f"() => {sized}.length") <= AWAKE
    # At rest a figure still answers.
    assert page.evaluate(f"() => {first}.controls.x.value") == -0.25
    assert page.evaluate(f"() => [...{second}.outputs.path.data].filter((x) => x === x)") == before

    page.evaluate("() => scrollTo(0, 0)")
    expect(step).to_have_text("step 12")
    assert page.evaluate(f"() => {second}.querySelector('canvas').width") > 0
    forward.click()
    expect(step).to_have_text("step 13")
    reader.settle()
    after = page.evaluate(f"() => [...{second}.outputs.path.data].filter((x) => x === x)")
    assert after[: len(before)] == before
    walk = made.figures["walking"].wires.nodes["walk"].run(13)
    place = torch.tensor(page.evaluate(f"() => [...{second}.outputs.place.data]"))
    assert torch.allclose(place, walk.state, atol=1e-4)
    x = made.figures["output_0"](x=-0.25).outputs["y"].flatten()
    shown = torch.tensor(page.evaluate(f"() => [...{first}.outputs.y.data]"))
    assert torch.allclose(shown, x, atol=2e-5)
    # Going back goes through what was stepped before the rest.
    back = page.locator("[figure=walking] [data-do=back]").first
    for number in range(12, 4, -1):
        back.click()
        expect(step).to_have_text(f"step {number}")
    reader.settle()
    place = torch.tensor(page.evaluate(f"() => [...{second}.outputs.place.data]"))
    walk = made.figures["walking"].wires.nodes["walk"].run(5)
    assert torch.allclose(place, walk.state, atol=1e-4)
    # Fifty figures come to life while style sheets still arrive: under a pixel in some of them.
    assert page.evaluate("() => window.shift") < 0.01
    assert reader.said == []


@pytest.mark.slow
def test_a_worker_rests_too(made: Made, visit: Any, tmp_path: Path) -> None:
    made.write(tmp_path, "walking")
    place = tmp_path / "explorable" / made.bundles["walking"].spec
    spec = json.loads(place.read_text())
    spec["program"]["heavy"] = True
    place.write_text(json.dumps(spec))
    page(tmp_path, made.html("walking"), "<p>far</p>" * 200)
    reader = visit()
    live(reader, "walking")
    reader.step(4)
    assert len(reader.page.workers) == 1

    reader.page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    reader.page.wait_for_timeout(5000)
    assert len(reader.page.workers) == 0
    assert memories(reader) == 0
    # A script may set what nobody sees; then the figure rests again.
    reader.page.evaluate(f"() => {figure('walking')}.set({{ 'move.drift': 0 }})")
    reader.page.evaluate("() => scrollTo(0, 0)")
    reader.settle()
    reader.step(2)

    walk = made.figures["walking"].wires.nodes["walk"]
    drifted, still = walk.run(6).state, walk.run(6, drift=0.0).state
    four = walk.run(4).state - walk.run(4, drift=0.0).state
    assert torch.allclose(drawn(reader, "walking", "place"), still + four, atol=1e-4)
    assert not torch.allclose(drifted, still)
    assert len(reader.page.workers) == 1
    assert reader.said == []
