"""Everything that is published says under which licence: text files in their first lines, the
others through LICENSES.txt beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import explorable as ex
from conftest import ROOT
from explorable.link import RUNTIME
from explorable.link.licences import LICENCES, licences

SOURCE = '''
import torch
import explorable as ex

ground = torch.linspace(0, 1, 4900).square().reshape(70, 70)

@ex.figure
def hills(height=ex.slider(0, 1, value=0.5)):
    """Hills, drawn as an image, with constants that are stored apart."""
    return ex.plot(ex.image(height * ground))

@ex.simulation
def walk():
    return torch.zeros(2)

@walk.step
def stride(state, size=ex.slider(0, 1, value=0.5)):
    return state + size

@ex.figure
def path(walk=walk):
    """A simulation, whose steps may run in a worker."""
    return ex.plot(ex.scatter(walk.state), x=(0, 9), y=(0, 9))
'''
OURS = "Explorable"
LINE = "MIT licence"
# A line of text in these would be part of the author's words, or is not possible.
NAMED_BESIDE = {".wasm", ".json", ".bin", ".png"}
PAGES = {".html", ".md"}
FIRST_LINES = 3


def check_folder(folder: Path) -> list[str]:
    """What under ``folder`` lacks its licence."""
    lacking: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.name in (LICENCES, ".gitattributes"):
            continue
        ending = "".join(path.suffixes[-2:]) if path.name.endswith(".d.ts") else path.suffix
        if ending in NAMED_BESIDE:
            beside = path.parent / LICENCES
            said = beside.is_file() and ending in beside.read_text(encoding="utf-8")
        else:
            head = " ".join(path.read_text(encoding="utf-8").splitlines()[:FIRST_LINES])
            said = OURS in head and LINE in head
        if not said:
            lacking.append(path.relative_to(folder).as_posix())
    return lacking


Build = Callable[..., Path]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """``build(*options)``: the folder that `explorable build` fills with the options."""
    source = tmp_path_factory.mktemp("source") / "hills.py"
    source.write_text(SOURCE)

    def run(*options: str, signs: tuple[str, ...] = ()) -> Path:
        out = tmp_path_factory.mktemp("out")
        for sign in signs:
            (out / sign).touch()
        command = [sys.executable, "-m", "explorable", "build", str(source), "-o", str(out)]
        made = subprocess.run([*command, *options], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        for sign in signs:
            (out / sign).unlink()
        return out

    return run


def test_the_text_holds_the_licence_of_the_project() -> None:
    assert licences().endswith((ROOT / "LICENSE").read_bytes())


def test_no_source_is_anybody_elses() -> None:
    """LICENSES.txt says that nothing is; a notice in a source would say otherwise."""
    folders = [RUNTIME, RUNTIME.parent / "compiler" / "c", RUNTIME.parent / "hosts"]
    for path in [file for folder in folders for file in folder.rglob("*") if file.is_file()]:
        if path.suffix == ".pyc":
            continue
        text = path.read_text(encoding="utf-8").lower()
        for sign in ("copyright", "(c) ", "©", "spdx-", "all rights reserved", "apache-2", "bsd-"):
            assert sign not in text, f"{path}: {sign}"


def test_a_folder_of_pages(build: Build) -> None:
    out = build()

    kinds = {path.suffix for path in (out / "explorable").iterdir()}
    assert {".js", ".css", ".svg", ".wasm", ".json", ".png", ".bin"} <= kinds
    assert check_folder(out / "explorable") == []
    assert {path.suffix for path in out.iterdir() if path.is_file()} <= PAGES


@pytest.mark.parametrize(("host", "sign"), [("hugo", "hugo.toml"), ("jekyll", "_config.yml")])
def test_a_folder_in_a_site(build: Build, host: str, sign: str) -> None:
    out = build("--host", host, signs=(sign,))

    assert list(out.rglob("*.wasm"))
    for folder in {path.parent for path in out.rglob("*.wasm")}:
        assert check_folder(folder) == []
    for template in [*out.rglob("explorable*.html")]:
        assert LINE in template.read_text(), template


def test_a_page_in_one_file(build: Build) -> None:
    for page in build("--single").glob("*.html"):
        script = page.read_text().split("<script>")[1]
        assert script.startswith(f"/*! {OURS}, {LINE} */")


def test_a_module(tmp_path: Path) -> None:
    wide = torch.linspace(0, 1, 4096).reshape(64, 64)
    # Much arithmetic: a small program stands inside its module.
    ex.compile(
        lambda x: torch.special.zeta(torch.fft.fft(wide @ x).abs() + 2, x.exp()), torch.zeros(64)
    ).save(tmp_path, name="wide")

    assert json.loads((tmp_path / "package.json").read_text())
    assert {".js", ".wasm", ".bin"} <= {path.suffix for path in tmp_path.iterdir()}
    assert check_folder(tmp_path) == []
