"""States that are always equal lie in one place: found by what the entries compute."""

from __future__ import annotations

from collections.abc import Callable

import torch

from explorable.compiler import Entry, Module, compile_module
from explorable.compiler.same_state import same_states
from explorable.engine import engine
from explorable.trace import tensor_from_bytes, trace

Values = dict[str, torch.Tensor]
Function = Callable[[Values], Values]
ONE = torch.ones(())


def entries(**functions: tuple[Function, Values]) -> list[Entry]:
    return [Entry(name, trace(f, example)) for name, (f, example) in functions.items()]


def begin(_: Values) -> Values:
    return {name: torch.zeros(()) for name in "abc"} | {"d": torch.ones(())}


def counted(v: Values) -> Values:
    """Steps of two parameters, and two that are not the same: c counts by 2, d began at 1."""
    return {"a": v["a"] + 1, "b": v["b"] + 1, "c": v["c"] + 2, "d": v["d"] + 1}


STATE = dict.fromkeys("abcd", ONE)


def test_counters_that_begin_and_step_alike_are_one() -> None:
    made = entries(start=(begin, {"seed": ONE}), step=(counted, STATE))
    assert same_states(made, "abcd") == {"b": "a"}
    assert same_states(made, "bcd") == {}, "somebody else may write a"


def test_what_one_entry_leaves_different_is_not_the_same() -> None:
    only_a = (lambda v: {"a": v["a"] + v["x"]}, {"a": ONE, "x": ONE})
    both = (lambda v: {n: v[n] + v["x"] for n in "ab"}, {"a": ONE, "b": ONE, "x": ONE})
    steps = {"start": (begin, {"seed": ONE}), "step": (counted, STATE)}
    assert same_states(entries(**steps, more=only_a), "abcd") == {}
    assert same_states(entries(**steps, more=both), "abcd") == {"b": "a"}


def test_states_that_feed_each_other_are_compared_in_turn() -> None:
    """x and y are the same only if p and q are, and the other way round; r is not x, for s is not
    p."""

    def step(v: Values) -> Values:
        return {
            "x": v["p"] + 1, "y": v["q"] + 1, "p": v["x"] * 2, "q": v["y"] * 2,
            "r": v["s"] + 1, "s": v["r"] * 3,
        }  # fmt: skip

    made = entries(step=(step, dict.fromkeys("xypqrs", ONE)))
    assert same_states(made, "xypqrs") == {"y": "x", "q": "p"}


def test_numbers_that_are_equal_and_not_the_same() -> None:
    def step(v: Values) -> Values:
        return {"a": v["a"] * 0.0, "b": v["b"] * -0.0, "c": v["c"] * 1, "d": v["d"] * 1.0}

    long = torch.ones((), dtype=torch.int64)
    assert same_states(entries(step=(step, STATE)), "abcd") == {}
    kinds = (lambda v: {"a": v["a"] + 1, "b": v["b"] + 1}, {"a": ONE, "b": long})
    assert same_states(entries(step=kinds), "ab") == {}


def read(instance: object, module: Module, name: str) -> torch.Tensor:
    return tensor_from_bytes(module.slot(name).type, instance.read(name))  # type: ignore[attr-defined]


def test_they_run_as_before_under_all_their_names() -> None:
    decay = (lambda v: {"y": 0.9 ** v["a"] + 0.9 ** v["b"] + v["d"]}, STATE)
    made = entries(start=(begin, {"seed": ONE}), step=(counted, STATE), draw=decay)
    module, apart = (compile_module(made, relaxed=False, own=own) for own in ("abcd", ()))
    assert module.slot("a").offset == module.slot("b").offset != module.slot("c").offset
    assert len({apart.slot(name).offset for name in "abcd"}) == 4
    instance = engine().load(module)
    instance.run("start")
    state = begin({})
    for _ in range(3):
        instance.run("step")
        state = counted(state)
        for name, want in state.items():
            assert torch.equal(read(instance, module, name), want), name
    instance.run("draw")
    assert torch.allclose(read(instance, module, "y"), decay[0](state)["y"])


def test_an_optimiser_counts_once() -> None:
    """Adam's step of each parameter; the moments differ."""
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
    moments = {f"{m}{k}": torch.zeros_like(p) for k, p in enumerate(net.parameters()) for m in "uv"}
    counts = {f"n{k}": torch.zeros(()) for k in range(4)}

    def step(v: Values) -> Values:
        after: Values = {}
        for k in range(4):
            n, grad = v[f"n{k}"] + 1, torch.ones_like(v[f"u{k}"]) * k
            after |= {f"n{k}": n, f"u{k}": v[f"u{k}"].lerp(grad, 0.1)}
            after[f"v{k}"] = v[f"v{k}"] * 0.999 + grad * grad
        return after

    same = same_states(entries(step=(step, moments | counts)), [*moments, *counts])
    assert {n: first for n, first in same.items() if n[0] == "n"} == dict.fromkeys(
        ("n1", "n2", "n3"), "n0"
    )
