"""ex.compile(..., state=True).save(folder): the module keeps a state in its memory, and computes
step after step what eager torch computes; its mistakes; its types."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser
from torch import nn
from torch.func import functional_call, grad_and_value

import explorable as ex
from conftest import ROOT
from explorable.errors import ExplorableError
from reader import Reader, serving

State = dict[str, Any]
torch.manual_seed(0)
NET = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))


def train(state: State, x: torch.Tensor, rate: torch.Tensor) -> tuple[State, State]:
    """A step of Adam, and two numbers that change places."""

    def loss(weights: State) -> torch.Tensor:
        return (functional_call(NET, weights, (x,)) - x.sum(-1, keepdim=True)).square().mean()

    gradient, value = grad_and_value(loss)(state["weights"])
    count = state["count"] + 1
    first = {k: 0.9 * m + 0.1 * gradient[k] for k, m in state["first"].items()}
    second = {k: 0.99 * v + 0.01 * gradient[k] ** 2 for k, v in state["second"].items()}
    weights = {
        k: w
        - rate * (first[k] / (1 - 0.9**count)) / ((second[k] / (1 - 0.99**count)).sqrt() + 1e-8)
        for k, w in state["weights"].items()
    }
    pair = state["pair"].flip(0)
    after = {"weights": weights, "first": first, "second": second, "count": count, "pair": pair}
    return {**after, "kept": state["kept"]}, {"loss": value}


def beginning() -> State:
    weights = {k: p.detach().clone() for k, p in NET.named_parameters()}
    zeros = {k: torch.zeros_like(p) for k, p in weights.items()}
    numbers = {"count": torch.tensor(0), "pair": torch.tensor([1.0, 2.0]), "kept": torch.ones(2)}
    return {"weights": weights, "first": zeros, "second": dict(zeros), **numbers}


def counter(place: torch.Tensor, by: torch.Tensor) -> torch.Tensor:
    """The next state and nothing else."""
    return place + by


X = torch.randn(8, 3)
RATE = torch.tensor(0.01)
STEPS = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("steps")
    ex.compile(train, beginning(), X, RATE, state=True).save(folder / "made")
    ex.compile(counter, torch.zeros(2), torch.tensor(1.0), state=True).save(folder / "made")
    (folder / "index.html").write_text("<!doctype html><title>t</title>")
    (folder / "favicon.ico").touch()
    return folder


def plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: plain(inner) for key, inner in tree.items()}
    return tree.tolist()


def in_page(browser: Browser, folder: Path, body: str, given: Any = None) -> Any:
    script = f"""async (given) => {{
      const {{ load }} = await import("/made/train.js");
      const {{ load: loadCounter }} = await import("/made/counter.js");
      return (async () => {{ {body} }})();
    }}"""
    with serving(folder) as url:
        reader = Reader(browser)
        reader.page.goto(url)
        result = reader.page.evaluate(script, given)
        assert reader.said == []
        reader.context.close()
    return result


def numbers(tree: Any) -> Any:
    """A state of JavaScript as tensors."""
    if "dtype" not in tree:
        return {key: numbers(inner) for key, inner in tree.items()}
    return torch.tensor(tree["data"], dtype=getattr(torch, tree["dtype"])).reshape(tree["shape"])


PLAIN = """const plain = (tree) => tree.dtype ? { ...tree, data: [...tree.data] }
  : Object.fromEntries(Object.entries(tree).map(([key, inner]) => [key, plain(inner)]));"""


def test_step_after_step_is_what_torch_computes(chromium: Browser, folder: Path) -> None:
    body = f"""{PLAIN}
      const training = await load(), losses = [];
      training.state = given.state;
      for (let k = 0; k < {STEPS}; k++) losses.push(training.step(given.x, 0.01).loss.data[0]);
      return {{ losses, state: plain(training.state) }};"""
    got = in_page(chromium, folder, body, {"state": plain(beginning()), "x": X.tolist()})

    state, losses = beginning(), list[float]()
    for _ in range(STEPS):
        state, told = train(state, X, RATE)
        losses.append(told["loss"].item())
    assert got["losses"] == pytest.approx(losses, rel=1e-4)
    torch.testing.assert_close(numbers(got["state"]), state, rtol=1e-3, atol=1e-5)


def test_a_state_that_was_read_is_a_copy_and_begins_again(chromium: Browser, folder: Path) -> None:
    body = f"""{PLAIN}
      const [one, other] = [await load(), await load()];
      one.state = given.state;
      for (let k = 0; k < 3; k++) one.step(given.x, 0.01);
      const kept = one.state, before = JSON.stringify(plain(kept));
      const first = one.step(given.x, 0.01).loss.data[0];
      other.state = kept;
      const again = other.step(given.x, 0.01).loss.data[0];
      return [JSON.stringify(plain(kept)) === before, first === again];"""
    given = {"state": plain(beginning()), "x": X.tolist()}
    assert in_page(chromium, folder, body, given) == [True, True]


def test_a_state_alone(chromium: Browser, folder: Path) -> None:
    body = """const counter = await loadCounter();
      counter.state = [1, 2];
      const told = counter.step(0.5);
      counter.step(2);
      return [told, ...counter.state.data];"""
    assert in_page(chromium, folder, body) == [None, 3.5, 4.5]


def test_mistakes_are_named(chromium: Browser, folder: Path) -> None:
    body = """const counter = await loadCounter(), said = [];
      const attempt = (what) => { try { what(); } catch (error) { said.push(error.message); } };
      attempt(() => counter.step(1));
      attempt(() => counter.state);
      attempt(() => (counter.state = [1, 2, 3]));
      counter.state = [1, 2];
      attempt(() => counter.step("1"));
      attempt(() => (counter.state = [1, "2"]));
      attempt(() => counter.step(1));
      return said;"""
    none = "[explorable] counter: there is no state yet; set .state first"
    assert in_page(chromium, folder, body) == [
        none,
        none,
        "[explorable] counter: 'state' takes float32 [2], got an array of 3",
        "[explorable] counter: 'by' takes float32 [], got \"1\"",
        "[explorable] counter: 'state' takes float32 [2], got \"2\"",
        none,
    ]


def test_python_calls_it_as_the_function() -> None:
    compiled = ex.compile(train, beginning(), X, RATE, state=True)
    for got, expected in zip(
        compiled(beginning(), X, RATE), train(beginning(), X, RATE), strict=True
    ):
        torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("step", "fact"),
    [
        (lambda state: {"a": state["a"][:1]}, r"'a' was float32\[2\], is float32\[1\]"),
        (lambda state: ({"b": state["a"]}, 1), r"'a' was float32\[2\], is not there"),
        (lambda state: state["a"].sum(), r"'a' was float32\[2\], is not there"),
    ],
)
def test_another_structure_is_refused(step: Any, fact: str) -> None:
    with pytest.raises(ExplorableError, match=fact) as caught:
        ex.compile(step, {"a": torch.zeros(2)}, state=True)
    assert "a pair of it and more" in caught.value.fix


USE = """
import { load, type State, type Result } from "./made/train.js";
const training = await load();
const zeros = { "0.weight": new Float32Array(48), "0.bias": new Float32Array(16),
  "2.weight": new Float32Array(16), "2.bias": [0] };
const weights = zeros, count = 0, kept = [1, 1];
training.state = { weights, first: zeros, second: zeros, count, pair: [1, 2], kept };
const result: Result = training.step(new Float32Array(24), 0.1);
const loss: Float32Array = result.loss.data, state: State = training.state;
training.state = state;
// @ts-expect-error
{ training.step(new Float32Array(24)); }
// @ts-expect-error
{ training.state = {}; }
// @ts-expect-error
{ result.weights; }
export { loss };
"""


@pytest.mark.slow
def test_types_are_exact(folder: Path) -> None:
    compiler = ROOT / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        pytest.skip("no TypeScript in node_modules: ./check installs it where there is npm")
    (folder / "use.ts").write_text(USE)
    options = {"strict": True, "noEmit": True, "target": "es2022", "module": "nodenext"}
    listed = {"compilerOptions": {**options, "types": [], "lib": ["es2022", "dom"]}}
    (folder / "tsconfig.json").write_text(json.dumps({**listed, "files": ["use.ts"]}))
    (folder / "package.json").write_text('{ "type": "module" }')
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        [compiler, "-p", "."], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.stdout == "" and done.returncode == 0


def test_node_keeps_it_too(folder: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("no node on this machine")
    (folder / "run.mjs").write_text(
        'import { load } from "./made/counter.js"; const counter = await load();'
        "counter.state = [1, 2]; counter.step(3); console.log(counter.state.data.join());"
    )
    done = subprocess.run(["node", folder / "run.mjs"], capture_output=True, text=True)
    assert done.stdout.strip() == "4,5", done.stderr


def test_what_is_small_is_no_request(tmp_path: Path) -> None:
    def page(x: torch.Tensor) -> torch.Tensor:
        return torch.eye(40) @ x

    def mixed(x: torch.Tensor) -> Any:
        return [torch.fft.fft(x), torch.linalg.svd(x.reshape(8, 8)), torch.sort(x)]

    ex.compile(page, torch.zeros(40)).save(tmp_path / "small")
    ex.compile(mixed, torch.randn(64)).save(tmp_path / "large")
    files = [sorted(p.suffix for p in (tmp_path / f).glob("*-*")) for f in ("small", "large")]
    assert files == [[], [".wasm"]]
