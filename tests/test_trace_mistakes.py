"""What torch cannot trace is said in the author's words, with his line."""

import math
import threading
import time

import numpy as np
import pytest
import torch

from explorable.errors import ExplorableError
from explorable.trace import author_line, explain, trace


def branch(t):
    if t > 0:
        return t
    return -t


CASES = {
    "branch": (
        branch,
        "python cannot branch on a value the reader moves ('theta')",
        "use torch.where(t > 0, a, b), or make it an ex.toggle or ex.choice",
    ),
    "math": (
        lambda t: torch.ones(2) * math.sin(t),
        "math.sin takes the number out of the graph",
        "use torch.sin",
    ),
    "float": (
        lambda t: torch.ones(2) * float(t),
        "float takes the number out of the graph",
        "use the tensor itself",
    ),
    "range": (
        lambda t: torch.ones(2) * sum(range(t.long())),
        "range takes the number out of the graph",
        "use torch.arange and masks, or make it an ex.integer",
    ),
    "max": (
        lambda t: torch.ones(2) * max(t, 0),
        "max takes the number out of the graph",
        "use torch.clamp(t, min=0)",
    ),
    "numpy": (
        lambda t: torch.as_tensor(np.float64(t)),
        "np.float64 takes the number out of the graph",
        "use .to(torch.float64)",
    ),
    "memory": (
        lambda t: torch.as_tensor(t.numpy()),
        "t.numpy needs the values of a tensor that moves",
        "use torch's functions, which stay in the graph",
    ),
    "slice": (
        lambda t: torch.ones(9)[: t.long()],
        "python needs the value of a tensor that moves ('theta')",
        "make a size an ex.integer",
    ),
    "mask": (
        lambda t: torch.ones(9)[torch.arange(9) < t],
        "how much x[mask] gives depends on the values of its tensors",
        "keep all: torch.where(mask, x, 0)",
    ),
    "equal": (
        lambda t: torch.ones(1) * torch.equal(t, t + 1),
        "torch.equal gives python a value that moves",
        "use (t == t + 1).all(), a tensor",
    ),
    "raise": (
        lambda t: t.no_such_thing,
        "AttributeError: 'Tensor' object has no attribute 'no_such_thing'",
        "",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_mistake(name):
    fn, fact, fix = CASES[name]
    with pytest.raises(ExplorableError) as caught:
        trace(
            lambda v: {"y": fn(v["control:plane.theta"])},
            {"control:plane.theta": torch.tensor(1.0)},
            where="figure 'plane'",
        )
    error = caught.value
    assert fact in error.fact
    assert fix in error.fix
    assert error.where == "figure 'plane'"
    assert error.line.file.endswith("test_trace_mistakes.py")
    assert "figure 'plane'" in str(error)


def test_the_authors_line_of_an_error():
    def fails():
        raise KeyError("mine")

    try:
        fails()
    except KeyError as error:
        line = author_line(error)
        assert line.text == 'raise KeyError("mine")'
        assert line.function == "fails"
        assert author_line(error, root="/nowhere") is None
        assert explain(error).line == line
    try:
        torch.ones(2) + torch.ones(3)
    except RuntimeError as error:
        assert "torch.ones(2) + torch.ones(3)" in author_line(error).text


def test_a_raise_inside_torch_prints_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ExplorableError, match="inconsistent tensor size"):
        trace(lambda v: {"y": (torch.ones(3) @ torch.ones(4)) * v["x"]}, {"x": torch.zeros(())})
    assert "Traceback" not in capfd.readouterr().err


def test_another_thread_of_the_authors_may_ask_for_the_time() -> None:
    asked, done = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def other() -> None:
        try:
            while not done.is_set():
                time.time()
                asked.set()
        except BaseException as error:
            errors.append(error)

    def figure(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        asked.clear()
        assert asked.wait(10)
        return {"y": v["x"].sin()}

    thread = threading.Thread(target=other)
    thread.start()
    try:
        trace(figure, {"x": torch.zeros(3)})
        with pytest.raises(ExplorableError, match=r"time\.time answers once"):
            trace(lambda v: {"y": v["x"] * time.time()}, {"x": torch.zeros(3)})
    finally:
        done.set()
        thread.join()
    assert not errors
