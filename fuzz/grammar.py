"""Programs by Hypothesis: `programs()` is the strategy that every program comes from, so that one
that fails can be shrunk."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

import torch
from hypothesis import assume
from hypothesis import strategies as st

from explorable.trace import random_numbers

from .draft import REFUSALS, Draft
from .program import Argument, Program
from .templates import DECK, IN_PLACE

EXTENTS = (3, 2, 4, 5, 1, 8, 7, 16, 17, 0, 33, 12, 6, 9)
RANKS = (1, 2, 2, 1, 3, 0, 2, 4)
DTYPES = (
    *("float32",) * 11, *("complex64",) * 3, *("int64",) * 3, "bool", "bool", "int32", "int32",
    "float64", "float64", "uint8", "int8", "int16", "complex128",
)  # fmt: skip
KINDS = ("normal", "normal", "whole", "strange", "unit")
LINES, RESULTS = 12, 6


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A random program of 1 to 12 lines that eager torch runs.

    Three in ten return gradients, two in ten write in place.
    """

    def choose(count: int) -> int:
        return draw(st.integers(0, count - 1)) if count > 1 else 0

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = _program(choose)
    assume(made is not None)
    assert made is not None
    return made


def _program(choose: Callable[[int], int]) -> Program | None:
    gradient, in_place = choose(20) >= 12, choose(20) >= 15
    count = 1 + choose(LINES)
    arguments = _arguments(choose, gradient)
    draft = Draft(choose)
    for argument in arguments:
        value = argument.value(0)
        grows = gradient and (value.is_floating_point() or value.is_complex())
        draft.keep(argument.name, value.requires_grad_() if grows else value)
    with random_numbers():
        for number in range(count):
            if in_place and (number == count - 1 or choose(3) == 0):
                _write(draft)
            else:
                draft.add(draft.pick(draft.pick(DECK)))
    results = _results(draft, choose)
    if not draft.lines or not results:
        return None
    program = Program(
        arguments,
        tuple(draft.lines),
        results,
        gradient,
        bool(draft.written),
        _states(draft, arguments, results, choose),
    )
    return program if runs(program, 0) else None


def runs(program: Program, turn: int) -> bool:
    """Whether eager torch runs the program on the values of a turn."""
    try:
        values = program.values(turn)
        with warnings.catch_warnings(), random_numbers():
            warnings.simplefilter("ignore")
            program.function(*values)
    except REFUSALS:
        return False
    return True


def _arguments(choose: Callable[[int], int], gradient: bool) -> tuple[Argument, ...]:
    shared = tuple(EXTENTS[choose(len(EXTENTS))] for _ in range(RANKS[choose(len(RANKS))]))
    made: list[Argument] = []
    for number in range(1 + choose(3)):
        how = choose(4)
        if how < 2 or not shared:
            shape = shared
        elif how == 2:  # one that broadcasts with it
            shape = tuple(extent if choose(2) else 1 for extent in shared[choose(len(shared)) :])
        else:
            shape = tuple(EXTENTS[choose(len(EXTENTS))] for _ in range(RANKS[choose(len(RANKS))]))
        if torch.Size(shape).numel() > 600:
            shape = shape[:2]
        dtype = DTYPES[choose(len(DTYPES))]
        if gradient and number == 0 and not dtype.startswith(("float", "complex")):
            dtype = "float32"
        made.append(Argument(f"x{number}", shape, dtype, KINDS[choose(len(KINDS))]))
    return tuple(made)


def _write(draft: Draft) -> None:
    """A statement that changes a tensor; several tries, as torch refuses many."""
    names = [n for n in draft.names if not _is_leaf(draft.names[n])]
    for _ in range(4 if names else 0):
        if draft.write(draft.recent(names), draft.pick(IN_PLACE)):
            return


def _is_leaf(tensor: torch.Tensor) -> bool:
    try:
        return tensor.requires_grad and tensor.is_leaf
    except RuntimeError:  # one of several views, spoilt by a write to what they show
        return True


def _results(draft: Draft, choose: Callable[[int], int]) -> tuple[str, ...]:
    """What is returned: the last tensors that no line reads, what was written in place, and one
    more for every third program."""
    names = list(draft.names)
    used = set(
        re.findall(r"\w+", " ".join(line.partition(" = ")[2] or line for line in draft.lines))
    )
    unread = [name for name in names if name not in used]
    found = dict.fromkeys([*unread[:-RESULTS:-1], *draft.written[:RESULTS]])
    if not choose(3) or not found:
        found.setdefault(names[-1 - choose(len(names))])
    return tuple(found)


def _states(
    draft: Draft,
    arguments: tuple[Argument, ...],
    results: tuple[str, ...],
    choose: Callable[[int], int],
) -> tuple[tuple[int, int], ...]:
    """Results that are kept where an argument was, for one program in three."""
    if choose(3):
        return ()
    pairs: list[tuple[int, int]] = []
    for number, argument in enumerate(arguments):
        for k, name in enumerate(results):
            tensor = draft.names[name]
            kind = tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")
            taken = any(k == other for other, _ in pairs)
            if kind == (argument.shape, argument.dtype) and not taken:
                pairs.append((k, number))
                break
    return tuple(pairs)
