"""ex.compile(..., relaxed=True).save(folder): the module runs the fused variant where the engine
has it and the plain one elsewhere; either computes what eager torch computes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from explorable.compiled import Compiled
from explorable.engine import engine
from explorable.trace import tensor_bytes, tensor_from_bytes
from reader import Reader, serving

WEIGHTS = torch.randn(48, 64, generator=torch.Generator().manual_seed(0))
X = torch.randn(9, 48, generator=torch.Generator().manual_seed(1))


def layer(x: torch.Tensor) -> torch.Tensor:
    return torch.tanh(x @ WEIGHTS / 7)


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return ex.compile(layer, torch.zeros(9, 48), relaxed=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, compiled: Compiled) -> Path:
    folder = tmp_path_factory.mktemp("relaxed")
    compiled.save(folder / "made")
    ex.compile(layer, torch.zeros(9, 48)).save(folder / "made", name="plain")
    (folder / "index.html").write_text("<!doctype html><title>t</title>")
    (folder / "favicon.ico").touch()
    return folder


def of_variant(compiled: Compiled, *, relaxed: bool) -> torch.Tensor:
    """What a variant computes in the engine of the build."""
    module = compiled.module
    instance = engine().load(module, relaxed=relaxed)
    instance.write(module.slots[0].name, tensor_bytes(X)[1])
    instance.run(module.entries[0])
    slot = next(s for s in module.slots if tuple(s.type.shape) == (9, 64))
    return tensor_from_bytes(slot.type, instance.read(slot.name))


def test_a_browser_that_has_it_runs_the_fused_variant_alone(
    chromium: Browser, folder: Path, compiled: Compiled
) -> None:
    with serving(folder) as url:
        reader = Reader(chromium)
        reader.page.goto(url)
        script = """async (x) => {
          const { load } = await import("/made/layer.js");
          return [...(await load())(x).data];
        }"""
        got = torch.tensor(reader.page.evaluate(script, X.tolist())).reshape(9, 64)
        fetched = [address for address in reader.fetched if address.endswith(".wasm")]
        assert reader.said == []
        reader.context.close()
    assert torch.equal(got, of_variant(compiled, relaxed=True))
    assert not torch.equal(got, of_variant(compiled, relaxed=False))
    torch.testing.assert_close(got, layer(X), rtol=1e-5, atol=1e-5)
    assert len(fetched) <= 1


def test_an_engine_without_it_runs_the_plain_one(folder: Path, compiled: Compiled) -> None:
    if shutil.which("node") is None:
        pytest.skip("no node on this machine")
    script = (
        "WebAssembly.validate = () => false;\n"
        'const { load } = await import("./made/layer.js");\n'
        f"console.log([...(await load())({X.tolist()}).data].join());\n"
    )
    (folder / "run.mjs").write_text(script)
    done = subprocess.run(
        ["node", "run.mjs"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    got = torch.tensor([float(n) for n in done.stdout.split(",")]).reshape(9, 64)
    assert torch.equal(got, of_variant(compiled, relaxed=False))


def test_who_did_not_ask_carries_neither_the_variant_nor_its_test(folder: Path) -> None:
    asked = (folder / "made" / "layer.js").read_text()
    plain = (folder / "made" / "plain.js").read_text()
    assert "WebAssembly.validate" in asked
    assert "WebAssembly.validate" not in plain
