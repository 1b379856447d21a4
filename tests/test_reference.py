"""docs/reference says what the docstrings say now; the examples in them run."""

from __future__ import annotations

import builtins
import doctest
import importlib.util
import json
import math
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy
import pytest
import torch

import explorable as ex
from explorable.parts.controls import CONTROLS
from explorable.parts.marks import MARKS
from explorable.trace.drawing.arrival import arrive

ROOT = Path(__file__).resolve().parent.parent
TOKENIZER = {
    "version": "1.0",
    "added_tokens": [],
    "normalizer": None,
    "pre_tokenizer": {"type": "Whitespace"},
    "decoder": None,
    "post_processor": None,
    "model": {"type": "BPE", "vocab": {"t": 0, "h": 1, "e": 2, "c": 3, "a": 4}, "merges": []},
}


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs/make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_those_of_today() -> None:
    made = maker().pages()

    folder = ROOT / "docs" / "reference"
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    stale = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
    assert stale == [], "run: python docs/make_reference.py"


def test_every_public_name_has_a_page() -> None:
    module = maker()
    listed = {name for names in module.SECTIONS.values() for name in names}
    others = {"ExplorableError", "characters", "tokenizer", "words"}  # docs/tokenizers.md
    others |= {"import_module"}
    public = {name for name in vars(ex) if not name.startswith("_") and callable(vars(ex)[name])}
    assert public - others <= listed


def given() -> dict[str, Any]:
    """What the examples of docstrings speak of."""
    x = torch.linspace(-1, 1, 8)
    across, up = torch.meshgrid(x, x, indexing="xy")
    return {
        "ex": ex,
        "torch": torch,
        "math": math,
        "numpy": numpy,
        "x": x,
        "y": x**2,
        "xy": torch.stack([x, x**2], -1),
        "z": torch.tensor(1 + 0.5j),
        "grid": torch.complex(across, up),
        "bowl": torch.sin,
        "saddle": torch.cos,
    }


eye = torch.eye(4)
plane = torch.stack([eye, eye], -1)
first, last = torch.nn.Linear(2, 3), torch.nn.Linear(3, 1)
net = torch.nn.Sequential(first, torch.nn.ReLU(), last)
weights = [first.weight.detach(), last.weight.detach()]
units = [torch.zeros(2), torch.zeros(3), torch.zeros(1)]
typed = arrive(ex.text("the cat", max=24), "the cat")
line = torch.linspace(0, 1, 8)


class Names(dict[str, Any]):
    """A name that nobody has given means eight numbers."""

    def __missing__(self, name: str) -> torch.Tensor:
        if name.startswith("_"):
            raise KeyError(name)
        return line


OWN: dict[str, dict[str, Any]] = {
    "band": {"t": line, "mean": line, "sd": 0.1 + line, "q": line.expand(6, 8)},
    "errorbars": {"t": line, "mean": line, "sd": 0.1 + line, "low": line, "high": line + 1},
    "density": {"width": torch.tensor(0.3)},
    "arrows": {"field": plane, "z": torch.complex(eye, eye + 1)},
    "streamlines": {"field": plane, "velocity": torch.complex(eye, eye + 1)},
    "curve": {"t": line, "h": line, "paths": torch.complex(eye, eye)},
    "scatter": {"mass": line, "depth": line, "kind": torch.tensor([0, 1] * 4)},
    "bars": {
        "heights": line[:3], "both": eye[:2, :3], "parts": eye[:2, :3],
        "days": ["a", "b", "c"],
    },
    "heatmap": {"ink": eye, "weights": eye, "text": ["a", "b", "c", "d"]},
    "image": {
        "photograph": torch.zeros(4, 4, 3), "digits": torch.zeros(2, 4, 4),
        "shares": [0.2, 0.8], "net": [torch.nn.Conv2d(1, 6, 3)],
    },
    "contour": {"f": lambda xy: eye},  # pyright: ignore[reportUnknownLambdaType]
    "readout": {"loss": 0.5},
    "stages": {"stage": 1, "marks": [], "mean": (0.0, 0.0)},
    "bracket": {"mean": torch.tensor(1j), "sd": torch.tensor(0.5)},
    "label": {"peak": (0.5, 1.0)},
    "matrix": {"J": eye, "A": eye, "k": 1, "m": eye},
    "board": {
        "puzzle": torch.zeros(9, 9).long(), "can": torch.ones(81, 9).bool(),
        "chess": torch.zeros(8, 8).long(), "go": torch.zeros(9, 9).long(),
    },
    "graph": {
        "edges": [(0, 1), (1, 2)], "places": torch.tensor([[0.0, 0], [1, 0], [0, 1]]),
        "distance": torch.arange(3), "on_the_way": torch.tensor([1, 1, 0]).bool(),
    },
    "sprite": {
        "phases": torch.zeros(30, 4, 4), "day": torch.tensor(33), "tiles": torch.zeros(32, 32, 4),
        "game": SimpleNamespace(state={"frame": torch.tensor(1)}),
        "faces": torch.zeros(6, 4, 4), "dice": torch.tensor([0, 5, 2, 3, 4]),
    },
    "surface": {"f": torch.mul},
    "tree": {"parents": [-1, 0, 0], "visits": torch.tensor([3, 2, 1])},
    "network": {
        "net": net, "weights": weights, "activations": units, "gradients": weights,
        "slopes": weights, "deltas": units, "x": units[0], "h": units[1], "y": units[2],
    },
    "tokens": {
        "text": typed, "head": torch.arange(7), "loss": torch.zeros(7), "a": torch.zeros(7, 7),
    },
}  # fmt: skip
"""What the examples of one docstring mean by their names."""


@pytest.mark.parametrize("name", [*CONTROLS, *MARKS])
def test_the_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = doctest.DocTestParser().get_examples(getattr(ex, name).__doc__ or "")
    assert examples, f"ex.{name} has no example"
    (tmp_path / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    (tmp_path / "irises.csv").write_text("sepal,petal\n5.1,1.4\n6.2,4.5\n")
    monkeypatch.chdir(tmp_path)
    space = Names(vars(builtins) | given() | OWN.get(name, {}))
    for example in examples:
        exec(example.source, {}, space)
