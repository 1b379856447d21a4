"""Bundles: files under the hash of their content, a spec that says everything, the same bytes
anywhere."""

import hashlib
import json
import pickle
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from explorable.figures import load_file
from explorable.figures.build import build

SOURCE = '''
import torch
import explorable as ex

shift = ex.slider(0, 6, value=1.0, label="φ")
table = torch.arange(12_000.0) / 12_000


@ex.value
def wave(shift=shift, pitch=ex.integer(1, 9)):
    t = torch.linspace(0, 1, 64)
    x = (t + shift) * pitch
    return {"x": x, "power": x.square().mean()}


@ex.figure
def in_time(wave=wave, flipped=ex.toggle()):
    """A wave.

    More about it."""
    x = wave["x"]
    if flipped:
        x = -x
    return ex.plot(ex.curve(x + table[:64], name="wave"), title=f"{wave['power']:.2f}")


@ex.simulation(record_every=2, history=16, rate=10, steps=50)
def walk(seed=ex.seed(0)):
    torch.manual_seed(seed)
    return torch.randn(5)


@walk.step
def move(place, wave=wave, width=ex.slider(0, 1), kick=ex.button("kick")):
    place = place + width * wave["power"] * 0.01 + kick
    return place, ex.record(mean=place.mean())


@ex.figure(width=400)
def walking(walk=walk, at=ex.point(1 + 1j), ink=ex.tensor(torch.zeros(40, 40), 0, 1)):
    """A walk."""
    return ex.row(
        ex.plot(ex.curve(walk.history["step"], walk.history["mean"]), ex.scatter(at)),
        ex.plot(ex.heatmap(ink), ex.curve(walk.state + table[-1])),
    )


@ex.figure
def alone(z=ex.point(0.5, 0.5)):
    return ex.scatter(z, name="z")
'''


def write_source(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "figures.py"
    path.write_text(SOURCE)
    return path


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    return build(load_file(write_source(tmp_path_factory.mktemp("a") / "first")))


@pytest.fixture(scope="module")
def spec(bundles):
    return json.loads(bundles[0].files[bundles[0].spec])


def test_figures_joined_by_a_value_are_one_bundle(bundles):
    assert [[figure.name for figure in bundle.figures] for bundle in bundles] == [
        ["in_time", "walking"],
        ["alone"],
    ]


def test_every_name_carries_the_hash_of_its_content(bundles):
    for bundle in bundles:
        for name, data in bundle.files.items():
            assert re.fullmatch(r"[A-Za-z0-9_-]+-[0-9a-f]+\.(json|wasm|bin|js|css|png)", name)
            digest = hashlib.sha256(data).hexdigest()
            assert digest.startswith(re.search(r"-([0-9a-f]+)\.", name)[1])


@pytest.mark.slow
def test_the_same_file_elsewhere_gives_the_same_bytes(bundles, tmp_path):
    code = """
import pickle, sys
from explorable.figures import load_file
from explorable.figures.build import build
bundles = build(load_file(sys.argv[1]))
sys.stdout.buffer.write(pickle.dumps([(b.files, [f.html for f in b.figures]) for b in bundles]))
"""
    path = write_source(tmp_path / "second")
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, check=True, cwd=tmp_path
    )
    again = pickle.loads(run.stdout)
    assert again == [(b.files, [f.html for f in b.figures]) for b in bundles]


def test_no_path_of_the_author_reaches_a_bundle(bundles, tmp_path_factory):
    base = str(tmp_path_factory.getbasetemp()).encode()
    for bundle in bundles:
        assert all(base not in data and b"figures.py" not in data for data in bundle.files.values())


def test_the_spec_names_files_and_slots_that_are_there(bundles, spec):
    files, program = bundles[0].files, spec["program"]
    named = [
        spec["runtime"], spec["style"], spec["parts"]["worker"], spec["parts"]["prose"],
        program["wasm"]["plain"], *spec["modules"],
        *(array["file"] for array in program["arrays"]),
    ]  # fmt: skip
    assert set(named) <= set(files)
    controls = program["controls"]
    assert set(controls) == {
        "shift", "wave.pitch", "in_time.flipped", "walk.seed", "move.width", "move.kick",
        "walking.at", "walking.ink",
    }  # fmt: skip
    assert controls["shift"]["shared"] is True and "shared" not in controls["wave.pitch"]
    for control in controls.values():
        assert control.get("slot", next(iter(program["slots"]))) in program["slots"]


def test_the_spec_says_what_a_change_makes_stale(spec):
    nodes = {node["name"]: node for node in spec["program"]["nodes"]}
    assert list(nodes) == ["wave", "walk", "in_time", "walking"]
    assert nodes["wave"]["needs"] == ["shift", "wave.pitch"]
    assert nodes["in_time"]["needs"] == ["in_time.flipped", "wave"]
    assert nodes["in_time"]["run"]["statics"] == ["in_time.flipped"]
    assert set(nodes["in_time"]["run"]["entries"]) == {"false", "true"}
    assert nodes["walking"]["needs"] == ["walking.at", "walking.ink", "walk"]
    walk = nodes["walk"]
    assert walk["restart"] == ["walk.seed"]
    assert walk["needs"] == ["move.width", "move.kick", "wave"]
    assert walk["records"] == {"mean": {"slot": "record:walk.mean", "history": "history:walk.mean"}}
    assert (walk["recordEvery"], walk["history"], walk["rate"], walk["steps"]) == (2, 16, 10, 50)


def test_controls_are_shown_own_first_then_those_upstream(spec):
    assert spec["figures"]["in_time"]["controls"] == ["in_time.flipped", "shift", "wave.pitch"]
    assert spec["figures"]["walking"]["controls"] == [
        "walk", "walking.at", "walking.ink", "shift", "wave.pitch", "walk.seed", "move.width",
        "move.kick",
    ]  # fmt: skip


def test_marks_that_are_given_a_control_edit_it(spec):
    layout = spec["figures"]["walking"]["layouts"][0]
    scatter = layout["children"][0]["marks"][1]
    assert scatter["edit"] == {
        "control": "walking.at", "offset": 0, "strides": [1], "shape": [2],
    }  # fmt: skip
    heatmap = layout["children"][1]["marks"][0]
    assert heatmap["edit"]["strides"] == [40, 1]
    assert (heatmap["low"], heatmap["high"]) == (0, 1)


def test_stills_are_svg_with_a_text_alternative(bundles):
    for published in [figure for bundle in bundles for figure in bundle.figures]:
        stills = re.findall(r"<svg xmlns.*?</svg>", published.html, re.DOTALL)
        assert len(stills) == 2
        assert [width for width, _ in published.heights] == [360, 720]
        for still, (width, height) in zip(stills, published.heights, strict=True):
            root = ElementTree.fromstring(still)
            assert root.attrib["viewBox"] == f"0 0 {width} {height}"
            assert (root[0].text or "") == published.alt
        assert ("style=" not in published.html and "<input" in published.html) or not published.alt


def test_large_pictures_are_files_of_their_own(bundles):
    pictures = [name for name in bundles[0].files if name.endswith(".png")]
    html = bundles[0].figures[1].html
    assert pictures and all(f'"@/{name}"' in html for name in pictures)
    assert bundles[0].files[pictures[0]].startswith(b"\x89PNG")


def test_a_missing_docstring_is_a_warning_with_its_line(bundles):
    assert bundles[0].warnings == ()
    (warning,) = bundles[1].warnings
    assert "figure 'alone' has no docstring" in warning and "figures.py:" in warning


def test_a_fragment_finds_its_files_where_the_host_puts_them(bundles):
    published = bundles[1].figures[0]
    html = published.at("../media/")
    assert f'src="../media/{bundles[1].spec}"' in html
    assert '"@/' not in html


def test_specs_fit_the_contract(bundles, tmp_path):
    root = Path(__file__).resolve().parent.parent
    compiler = root / "node_modules" / ".bin" / "tsc"
    if not compiler.exists() or shutil.which("node") is None:
        pytest.skip("typescript is not installed: npm install")
    contract = root / "src" / "explorable" / "runtime" / "spec"
    for number, bundle in enumerate(bundles):
        text = bundle.files[bundle.spec].decode()
        lines = f'import type {{ Spec }} from "{contract}";\nexport const spec: Spec = {text};\n'
        (tmp_path / f"spec{number}.ts").write_text(lines)
    run = subprocess.run(
        [compiler, "--noEmit", "--strict", *tmp_path.glob("*.ts")], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout
