"""Live text: f-strings over moving numbers, and the numbers they keep."""

import pytest
import torch

from explorable.errors import ExplorableError
from explorable.trace import live_text, split_text, trace
from interpret import interpret


def test_eager_pieces():
    with live_text() as store:
        text = f"θ = {torch.tensor(1.5):.2f}, {3} of {torch.tensor(4)}"
        pieces = split_text(text, store)
        store.check_drawn()
    assert [p if isinstance(p, str) else (p[0].item(), p[1]) for p in pieces] == [
        "θ = ",
        (1.5, ".2f"),
        ", 3 of ",
        (4, ""),
    ]
    assert f"{torch.tensor(1.5):.1f}" == "1.5"


def test_traced_numbers_become_outputs():
    def fn(v):
        with live_text() as store:
            text = f"{v['t'] * 2:.2f} {v['n']} {v['n'] / 2:.1f} {v['t'].item():.3f} {v['z']:.1f}"
            pieces = split_text(text, store)
            return {str(k): p[0] for k, p in enumerate(pieces) if not isinstance(p, str)}

    example = {"t": torch.tensor(1.0), "n": 3, "z": torch.tensor(1j)}
    unseen = {"t": torch.tensor(0.5), "n": 9, "z": torch.tensor(2 + 1j)}
    got = interpret(trace(fn, example), unseen)
    assert [value.item() for value in got.values()] == [1.0, 9, 4.5, 0.5, 2 + 1j]


def test_text_that_is_not_drawn():
    with live_text() as store:
        kept = f"{torch.tensor(1.0):.1f}"
        split_text(f"{torch.tensor(2.0)}", store)
        with pytest.raises(
            ExplorableError, match="formatted into a text that is not drawn"
        ) as error:
            store.check_drawn()
    assert kept and "kept = " in error.value.line.text


def test_one_number_at_a_time():
    with live_text(), pytest.raises(ExplorableError, match=r"a tensor of shape \(2,\) in a text"):
        f"{torch.zeros(2)}"
