"""Calls of ours with arguments they do not take: the message names the parameter that was meant and
says what the function takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import explorable as ex
from explorable.calls import public, wrong_call
from explorable.parts.marks import Typed

grid = [1.0, 2.0]  # as an author calls his numbers

# Any: calls that a type checker refuses too.
ours: Any = ex


@pytest.mark.parametrize(
    ("call", "fact", "fix"),
    [
        (lambda: ours.slider(0, 1, default=0.5), "ex.slider takes no 'default'", "'value' is"),
        (lambda: ours.curve([1], color="red"), "ex.curve takes no 'color'", "'colour' is"),
        (lambda: ours.curve([1], widht=2), "ex.curve takes no 'widht'", "'width' is"),
        (lambda: ours.bars([1], columns=["a"]), "ex.bars takes no 'columns'", "'labels' is its"),
        (lambda: ours.bars([1], highlight=0), "ex.bars takes no 'highlight'", "it is ex.bars("),
        (lambda: ours.grid([], size=0), "ex.grid takes no 'size'", "it is ex.grid(plots,"),
        (
            lambda: ours.text("a", length=3),
            "ex.text takes no 'length'",
            "tokenizer=ex.characters, max",
        ),
        (lambda: ours.curve([1], qqq=2), "ex.curve takes no 'qqq'", "it is ex.curve(x, y=None,"),
        (lambda: ours.point(1, 0, x=(0, 1)), "multiple values for argument 'x'", "ex.point(x,"),
        (lambda: ours.slider(), "ex.slider() missing 2 required", "it is ex.slider(low, high,"),
        (lambda: ours.toggle(1, 2, 3), "positional argument", "it is ex.toggle("),
        (lambda: ours.quiver(1), "explorable has no 'quiver'", "nearest: ex.arrows"),
        (lambda: ours.sldier(0, 1), "explorable has no 'sldier'", "nearest: ex.slider"),
        (lambda: ours.qqqqqq, "explorable has no 'qqqqqq'", "there are: area, arrow,"),
    ],
)
def test_what_the_function_takes(call: Callable[[], object], fact: str, fix: str):
    with pytest.raises((TypeError, AttributeError)) as caught:
        call()
    told = wrong_call("trace", caught.value, None)
    assert told is not None
    assert fact in told.fact
    assert fix in told.fix


def _slider(low: float) -> float:
    return low


def test_others_of_the_same_name_and_other_errors_are_not_ours():
    loose: Any = _slider
    loose.__name__ = "slider"

    def theirs() -> None:
        raise TypeError("slider() got an unexpected keyword argument 'default'")

    for call in (lambda: loose(0, default=1), lambda: {}.nothing, lambda: [][1]):  # pyright: ignore
        with pytest.raises((TypeError, AttributeError, IndexError)) as caught:
            call()
        assert wrong_call("trace", caught.value, None) is None
    found: dict[str, Any] = {}
    exec("def slider(low): return low\ndef call(): slider(0, default=1)", found)
    with pytest.raises(TypeError) as caught:
        found["call"]()
    assert wrong_call("trace", caught.value, None) is None
    with pytest.raises(TypeError):
        theirs()


def test_what_there_is():
    names = public(ex)  # pyright: ignore[reportArgumentType]
    assert {"figure", "simulation", "value", "compile", "slider", "curve", "grid"} <= set(names)
    assert not {"import_module", "ExplorableError", "annotations"} & set(names)
    assert all(getattr(ex, name) for name in names)


def test_a_text_is_no_tensor():
    text: Any = Typed("a", None, ex.text("a", max=3))
    with pytest.raises(AttributeError) as caught:
        text.clamp(0, 1)
    told = wrong_call("trace", caught.value, None)
    assert told is not None
    assert (told.fact, told.fix) == ("a text has no 'clamp'", "its tokens are .ids, int64 (n,)")


@pytest.mark.slow
def test_a_build_tells_it_with_the_line(tmp_path: Path):
    (tmp_path / "two.py").write_text(
        "import torch\n"
        "import explorable as ex\n"
        "@ex.figure\n"
        "def thick(k=ex.slider(0, 1)):\n"
        "    return ex.curve(torch.arange(3.0) * k, linewidth=2)\n"
    )
    (tmp_path / "one.py").write_text("import explorable as ex\nk = ex.slider(0, 1, default=1)\n")
    command = [sys.executable, "-m", "explorable", "build", "one.py", "two.py", "-o", "site"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    shown = done.stdout + done.stderr
    assert done.returncode != 0
    assert "figure: ex.slider takes no 'default'\n    in one.py:2" in shown
    assert "trace: ex.curve takes no 'linewidth' (figure 'thick')\n    in two.py:5" in shown
    assert "'width' is its name here: ex.curve(x, y=None, *" in shown
    assert "Traceback" not in shown
