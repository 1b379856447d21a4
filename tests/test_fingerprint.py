"""Fingerprints of functions in a file that is loaded again, and what a warm process traces anew."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from explorable.cli.work import Outcome, Task, perform
from explorable.figures import kept
from explorable.trace import fingerprint

SOURCE = """\
import functools
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
scale = 2.0
table = {"a": [1, 2], "b": (3.0, None)}
weights = torch.linspace(0, 1, 5)
samples = np.arange(4.0)
unused = 7


@dataclass(frozen=True)
class Options:
    width: int = 3


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(2, 2)

    def forward(self, x):
        return F.relu(self.inner(x)) * scale


net = Net()
options = Options()


def helper(x, power=2):
    return x**power + samples.sum()


def closed(factor):
    def inner(x):
        return x * factor

    return inner


tripled = closed(3.0)
halved = functools.partial(torch.mul, other=0.5)


@torch.no_grad()
def step(x):
    def local(y):
        return y + table["a"][0]

    return halved(tripled(helper(net(local(x)) + weights.sum() * options.width)))


def other(x):
    return x + unused
"""


def load(text: str) -> ModuleType:
    """The module, with the lines of one and the same file."""
    sys.modules["authored"] = module = ModuleType("authored")
    exec(compile(text, "/home/author/authored.py", "exec"), vars(module))
    return module


def test_the_same_text_has_the_same_fingerprint():
    first = fingerprint(load(SOURCE).step)
    assert first is not None
    assert fingerprint(load(SOURCE).step) == first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scale = 2.0", "scale = 3.0"),
        ("manual_seed(0)", "manual_seed(1)"),  # the weights of the module
        ('"a": [1, 2]', '"a": [2, 2]'),
        ("linspace(0, 1, 5)", "linspace(0, 2, 5)"),
        ("arange(4.0)", "arange(4)"),
        ("width: int = 3", "width: int = 4"),
        ("F.relu(self", "F.silu(self"),
        ("power=2", "power=3"),
        ("x * factor", "x + factor"),
        ("closed(3.0)", "closed(3.5)"),
        ("other=0.5", "other=0.25"),
        ("y + table", "y - table"),
        ("@torch.no_grad()", "@torch.enable_grad()"),
        ("import functools", "import functools\n"),  # lines are told in errors
        ("unused = 7", "unused = 7; F.relu = lambda x: x.abs()"),
        ("unused = 7", "unused = 7; nn.Linear.forward = lambda self, x: x"),
    ],
)
def test_what_a_function_reaches_is_in_its_fingerprint(
    old: str, new: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(torch.nn.functional, "relu", torch.nn.functional.relu)
    monkeypatch.setattr(torch.nn.Linear, "forward", torch.nn.Linear.forward)
    monkeypatch.setitem(sys.modules, "authored", None)  # put back in the end
    assert SOURCE.count(old) == 1
    before = fingerprint(load(SOURCE).step)
    after = fingerprint(load(SOURCE.replace(old, new)).step)
    assert after != before
    assert after is not None


def test_what_it_does_not_reach_is_not():
    changed = SOURCE.replace("unused = 7", "unused = 8").replace("x + unused", "x - unused")
    assert fingerprint(load(changed).step) == fingerprint(load(SOURCE).step)
    assert fingerprint(load(changed).other) != fingerprint(load(SOURCE).other)


@pytest.mark.parametrize(
    "body",
    [
        "return x * globals()['scale']",
        "return eval('x * scale')",
        "return x * next(numbers)",
        "return x * draws.random()",
        "import missing_module; return missing_module.f(x)",
    ],
)
def test_what_cannot_be_seen_has_none(body: str):
    head = "import random\nscale = 2\nnumbers = iter([1.0, 2.0])\ndraws = random.Random(0)\n"
    assert fingerprint(load(f"{head}def step(x):\n    {body}\n").step) is None


WALK = """\
import numpy as np
import torch
import explorable as ex

drift = {drift}


@ex.simulation
def walk(seed=ex.seed(0)):
    torch.manual_seed(seed)
    return torch.zeros(3) + float(np.load({data!r}).sum()) * {reads}


@walk.step
def wander(state):
    return state + drift * torch.randn(3)


@ex.value
def twice(a=ex.slider(0, 1)):
    return 2 * a


@ex.figure
def shown(walk=walk, twice=twice):
    return ex.curve(walk.state + twice + {look})
"""


def build(source: Path) -> Outcome:
    outcome = perform(Task(source, use_cache=False), lambda _: None)
    assert not outcome.problems, outcome.problems
    assert len(outcome.bundles) == 1
    return outcome


def test_only_what_changed_is_traced_again(tmp_path: Path, traced: list[str]):
    source, data = tmp_path / "walk.py", tmp_path / "data.npy"
    np.save(data, [1.0, 2.0])

    def saved(drift: str = "0.5", look: str = "1", reads: str = "0") -> list[str]:
        text = WALK.format(drift=drift, look=look, reads=reads, data=str(data))
        if reads == "0":
            text = text.replace(f" + float(np.load({str(data)!r}).sum()) * 0", "")
        source.write_text(text)
        traced.clear()
        build(source)
        return list(traced)

    figure, init_step, value = ["figure 'shown'"], ["simulation 'walk'"] * 2, ["value 'twice'"]
    assert sorted(saved()) == sorted(figure + init_step + value)
    assert saved(look="2") == figure
    # The step reads what changed, init does not.
    assert saved(drift="0.25") == init_step[:1] + figure
    # Who asks for a file is traced every time: the file may be another one now.
    assert saved(reads="1") == init_step + figure
    assert saved(reads="1", look="3") == init_step + figure


def test_a_graph_that_was_kept_gives_the_numbers_of_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source = tmp_path / "walk.py"
    text = WALK.format(drift="0.5", look="1", reads="0", data="")
    source.write_text(text.replace(" + float(np.load('').sum()) * 0", ""))
    first = build(source).bundles[0]
    monkeypatch.setattr(kept, "_BUNDLES", {})
    second = build(source).bundles[0]
    assert first.files == second.files
    assert first.spec == second.spec
