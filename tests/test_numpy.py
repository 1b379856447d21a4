"""Functions written in NumPy: compiled and eager against NumPy itself, gradients against torch, the
messages where torch's NumPy falls short, and a figure in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.errors import ExplorableError
from explorable.trace import random_numbers
from reader import FIGURE, Reader, serving

TABLE = np.linspace(0.1, 1, 7)


def rotated(a: Any, x: Any) -> Any:
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return np.stack([x * TABLE, np.cumsum(TABLE) - a], -1) @ turn


def filled(a: Any, x: Any) -> Any:
    out = np.zeros((4, 3))
    for k in range(4):
        out[k] = a**k
    out[1, 1:] += x.sum()
    return out


def spectrum(a: Any, x: Any) -> Any:
    wave = np.sin(2 * np.pi * 3 * a * TABLE) + x[0]
    found = np.fft.rfft(wave)
    return np.abs(found), np.angle(found), np.fft.irfft(found, 7)


def methods(a: Any, x: Any) -> Any:
    y = a * TABLE - 0.3
    grid = y[:, None] * TABLE
    return [
        y.std(), y.var(ddof=1), grid.max(axis=0), grid.mean(axis=1, keepdims=True), y.argmin(),
        grid.T.reshape(-1)[::-1], y.astype(np.float32), (y > 0).astype(int), y.repeat(2),
        np.clip(y, -0.1, 0.2), y[[0, 2]], np.median(y), np.percentile(y, 30),
    ]  # fmt: skip


def choices(a: Any, x: Any) -> Any:
    y = a * TABLE - 0.3
    return [
        np.where(y > 0, y, -a),
        np.select([y > 0.2, y > 0], [y, 2 * y], -1.0),
        np.interp(a, TABLE, TABLE**2),
        np.interp(y, TABLE, TABLE**2, left=-1.0),
        np.convolve(y, [1.0, 2.0], "same"),
        np.convolve([1.0, 2.0, 3.0], y, "valid"),
        np.polyval([1.0, 2.0, 3.0], y),
        np.trapezoid(y, TABLE),
        np.add.reduce(y),
        np.multiply.outer(y, y),
        np.maximum(0, y) + np.full(7, 2.0) * np.ones_like(y),
    ]


def algebra(a: Any, x: Any) -> Any:
    m = np.outer(TABLE[:3], TABLE[1:4]) * a + np.eye(3)
    return [
        np.linalg.solve(m, np.array([1.0, a, 2.0])),
        np.linalg.norm(m, axis=1),
        np.linalg.eigvalsh(m + m.T),
        np.einsum("ij,kj->ik", m, m),
        np.dot(m, TABLE[:3]),
        np.cross(m[0], m[1]),
        np.concatenate([m, m[:1]]),
        np.meshgrid(m[0], TABLE)[0],
    ]


FUNCTIONS = [rotated, filled, spectrum, methods, choices, algebra]


def leaves(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (list, tuple)) else [result]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_compiled_and_eager_equal_numpy(function: Callable[..., Any]) -> None:
    compiled = ex.compile(function, torch.tensor(0.4), torch.arange(7.0))
    for a in (0.7, -1.3):
        x = torch.linspace(-1, 2, 7)
        wanted = leaves(function(np.float64(np.float32(a)), x.double().numpy()))
        got = leaves(compiled(torch.tensor(a), x))
        with random_numbers():
            eager = leaves(function(torch.tensor(a), x))
        for k, want in enumerate(wanted):
            for found in (got[k], eager[k]):
                assert np.shape(found) == np.shape(want), k
                assert np.allclose(np.asarray(found), want, 1e-5, 1e-5), k


def energy(w: Any) -> Any:
    return np.mean(np.exp(np.sin(w)) / np.arange(1, 6)) + np.linalg.norm(np.stack([w, w * w]))


def test_gradients_equal_torchs() -> None:
    def torchs(w: torch.Tensor) -> torch.Tensor:
        first = (torch.exp(torch.sin(w)) / torch.arange(1, 6)).mean()
        return first + torch.stack([w, w * w]).norm()

    def slope(w: torch.Tensor) -> torch.Tensor:
        return torch.func.grad(lambda v: torch.as_tensor(energy(v)))(w)

    w = torch.linspace(-1, 1.5, 5)
    wanted = torch.func.grad(torchs)(w)
    with random_numbers():
        assert torch.allclose(slope(w), wanted, atol=1e-6)
    assert torch.allclose(ex.compile(slope, torch.zeros(5))(w), wanted, atol=1e-6)


def test_numbers_of_numpy_leave_tensors_alone() -> None:
    def scaled(w: torch.Tensor) -> torch.Tensor:
        made = np.sqrt(2.0) * w
        assert isinstance(made, torch.Tensor) and made.dtype == torch.float32
        return made

    with random_numbers():
        wanted = scaled(torch.ones(3))
    assert torch.equal(ex.compile(scaled, torch.zeros(3))(torch.ones(3)), wanted)


def test_compiled_libraries_get_their_own_arrays() -> None:
    def noisy(a: torch.Tensor) -> Any:
        return a * np.random.default_rng(0).normal(size=3)

    wanted = 0.5 * np.random.default_rng(0).normal(size=3)
    assert np.allclose(ex.compile(noisy, torch.tensor(1.0))(torch.tensor(0.5)), wanted)


def stored(a: Any) -> Any:
    fixed = np.linspace(0, 1, 4)
    fixed[0] = a
    return fixed


def looked_up(a: Any) -> Any:
    return TABLE[np.argmax(a * TABLE)] + a


def in_place(a: Any) -> Any:
    fixed = np.linspace(0, 1, 4)
    fixed *= a
    return fixed


MISTAKES: dict[str, tuple[Callable[..., Any], str, str]] = {
    "missing": (
        lambda a: np.apply_along_axis(np.sum, 0, a * np.ones((3, 3))),
        "torch's NumPy has no np.apply_along_axis",
        "use torch.vmap",
    ),
    "argument": (
        lambda a: np.sum(a * TABLE, where=TABLE > 0.5),
        "torch's NumPy has no np.sum(where=...)",
        "use np.where(mask, x, 0) first",
    ),
    "method": (
        lambda a: (a * TABLE).partition(2),
        "arrays that the reader moves have no .partition",
        "write it with",
    ),
    "random": (
        lambda a: a * np.random.randn(3),  # noqa: NPY002  that is the mistake
        "np.random.randn draws numbers that no page can draw again",
        "use torch.randn",
    ),
    "generator": (
        lambda a: a * np.random.default_rng().normal(),
        "np.random.default_rng without a seed",
        "use torch.randn and torch.manual_seed(seed)",
    ),
    "stored": (
        stored,
        "an array of fixed numbers cannot hold a value the reader moves",
        "make the array with np.zeros inside the function",
    ),
    "looked up": (
        looked_up,
        "NumPy needs the numbers of an array that the reader moves",
        "np.take(table, index)",
    ),
    "in place": (
        in_place,
        "np.multiply writes what the reader moves into an array of fixed numbers",
        "write 'a = a + x'",
    ),
    "gradient": (
        lambda a: torch.func.grad(lambda v: np.sum(v * TABLE))(a),
        "torch differentiates a function that gives a tensor; this one gives a NumPy array",
        "return torch.as_tensor(...)",
    ),
    "branch": (
        lambda a: TABLE * a if np.sum(a * TABLE) > 0 else TABLE,
        "python cannot branch on a value the reader moves",
        "use torch.where",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_name_the_call_and_the_line(name: str) -> None:
    function, fact, fix = MISTAKES[name]
    with pytest.raises(ExplorableError) as caught:
        ex.compile(function, torch.tensor(0.4))
    assert fact in str(caught.value) and fix in str(caught.value)
    if name != "gradient":
        assert "test_numpy.py:" in str(caught.value)


SOURCE = '''
import numpy as np

@ex.value
def wave(f=ex.slider(1, 5, value=2)):
    t = np.linspace(0, 1, 200)
    return {"t": t, "y": np.sin(2 * np.pi * f * t)}

@ex.simulation
def pendulum():
    return np.array([1.0, 0.0])

@pendulum.step
def swing(state, g=ex.slider(1, 10, value=3)):
    x, v = state
    v = v - 0.01 * g * np.sin(x)
    return np.stack([x + 0.01 * v, v]), ex.record(energy=np.sum(v**2))

@ex.figure
def numpy_figure(wave=wave, pendulum=pendulum, a=ex.slider(0, 3, value=0.5)):
    """A wave turned by an angle, and a pendulum: written in NumPy."""
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    p = np.stack([wave["t"], wave["y"]], -1) @ turn
    x = pendulum.state[0]
    return ex.row(ex.plot(ex.curve(p, name="p"), title=f"highest {np.max(p[:, 1]):.3f}"),
                  ex.plot(ex.scatter(np.stack([np.sin(x), -np.cos(x)]), name="bob")))
'''


@pytest.mark.slow
def test_a_figure_in_numpy_in_the_page(tmp_path: Path, chromium: Browser) -> None:
    write_page(tmp_path, SOURCE)
    with serving(tmp_path) as address:
        reader = Reader(chromium).open(address)
        reader.page.evaluate(f"() => {FIGURE}.set({{ a: 1.2, f: 3 }})")
        reader.settle()
        t = np.linspace(0, 1, 200)
        turn = np.array([[np.cos(1.2), -np.sin(1.2)], [np.sin(1.2), np.cos(1.2)]])
        wanted = np.stack([t, np.sin(2 * np.pi * 3 * t)], -1) @ turn
        shown = np.array(reader.outputs()["p"]["data"], dtype=float).reshape(200, 2)
        assert np.allclose(shown, wanted, atol=1e-5)
        text = reader.page.locator(FIGURE_TEXT).inner_text()
        assert f"highest {wanted[:, 1].max():.3f}" in text
        reader.step(2)
        assert reader.steps_done() == 2
        assert not [row for row in reader.said if not row.startswith("debug")]
        reader.context.close()


FIGURE_TEXT = "explorable-figure"
