"""The state of a simulation: a pytree whose leaves may be tensors, modules and optimisers.

Gives its tensors flat, under readable paths; puts other tensors in their place for a while, so that
a step can be traced or run on them; never changes the author's objects for good.
"""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, cast
from unittest import mock

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.optim.lr_scheduler import LRScheduler
from torch.utils._python_dispatch import _disable_current_modes

from ..errors import ExplorableError
from .forms import lbfgs
from .lines import current_line

State = Any
"""Any: a pytree of the author's, of any objects."""

ZERO_START = (
    torch.optim.Adam,
    torch.optim.AdamW,
    torch.optim.RMSprop,
    torch.optim.Adagrad,
    torch.optim.RAdam,
    torch.optim.Adamax,
    torch.optim.Adadelta,
    torch.optim.NAdam,
    torch.optim.SGD,
    torch.optim.LBFGS,
)
"""Optimisers whose state before the first step is known without taking one."""

_UNKNOWN_YET = object()
"""The leaf of an optimiser that has no state and does not start at zeros."""

_OBJECTS = (torch.nn.Module, torch.optim.Optimizer, LRScheduler)


def state_tensors(tree: State, *, gradients: bool = False) -> dict[str, torch.Tensor]:
    """The tensors of a state by stable paths: parameters, buffers, optimiser state, plain tensors.

    >>> net = torch.nn.Linear(2, 1)
    >>> list(state_tensors((net, torch.optim.SGD(net.parameters(), momentum=0.9))))
    ['0.weight', '0.bias', '1.state.0.momentum_buffer', '1.state.1.momentum_buffer']

    Optimiser state that torch makes in the first step is there from the start. A state that is one
    tensor has the path ``""``. ``gradients=True`` adds ``<path>.grad`` of each parameter, zeros
    where there is none. Raises ExplorableError for foreach, fused, capturable.
    """
    found: dict[str, torch.Tensor] = {}
    seen: set[int] = set()
    for path, value in _leaves(tree, "", {}, set()):
        if isinstance(value, torch.Tensor) and id(value) not in seen:
            seen.add(id(value))
            found[path] = value
    if gradients:
        for path, value in list(found.items()):
            if value.requires_grad and value.is_leaf:
                grad = value.grad
                start = torch.zeros_like(value.detach()) if grad is None else grad.detach()
                found[f"{path}.grad"] = start
    return found


def python_numbers(tree: State) -> dict[str, int | float | bool | complex]:
    """The Python numbers of a state by path: what a page would keep at its first value.

    >>> python_numbers({"opt": torch.optim.SGD([torch.zeros(1)], lr=0.1)})["opt.param_groups.0.lr"]
    0.1
    """
    return {
        path: value
        for path, value in _leaves(tree, "", {}, set())
        if isinstance(value, (bool, int, float, complex)) and not path.endswith("training")
    }


def copy_state(tree: State) -> State:
    """A deep copy as one object, so that an optimiser keeps hold of its module's parameters."""
    memo: dict[int, Any] = {}  # Any: deepcopy's own
    for _, value in _leaves(tree, "", {}, set()):
        if isinstance(value, torch.Tensor) and not value.is_leaf:
            memo[id(value)] = value.detach().clone()
    # torch leaves out of a copied LBFGS what its step needs.
    with mock.patch.object(torch.optim.LBFGS, "__getstate__", lbfgs.everything):
        return copy.deepcopy(tree, memo)


def nudge(tree: State) -> None:
    """Moves every number of a state by one unit in the last place of float32, in place."""
    with torch.no_grad():
        for tensor in state_tensors(tree).values():
            if tensor.is_floating_point() or tensor.is_complex():
                tensor.mul_(1 + torch.finfo(torch.float32).eps)


@contextmanager
def substitute(tree: State, tensors: Mapping[str, torch.Tensor]) -> Generator[State]:
    """The state with ``tensors`` (paths of ``state_tensors``) standing in their places, inside a
    trace or out.

    >>> with substitute((net, opt), {"0.weight": torch.zeros(1, 2)}) as (net, opt): net(x)

    Modules and optimisers are the author's own objects and are restored exactly afterwards;
    containers are rebuilt. Raises ExplorableError for a path that is not there or another shape.
    """
    states: dict[int, dict[torch.Tensor, dict[str, Any]]] = {}
    replacements: dict[int, torch.Tensor] = {}
    known: set[str] = set()
    kept: list[torch.Tensor] = []  # ids in `replacements` stay valid while their tensors live
    for path, value in _leaves(tree, "", states, set()):
        if not isinstance(value, torch.Tensor):
            continue
        known |= {path, f"{path}.grad"}
        if path in tensors and id(value) not in replacements:
            kept.append(value)
            replacements[id(value)] = _stand_in(
                path, value, tensors[path], tensors.get(f"{path}.grad")
            )
    unknown = sorted(set(tensors) - known)
    if unknown:
        raise ExplorableError(
            "trace", f"the state has no tensor '{unknown[0]}'", fix=f"it has {sorted(known)}"
        )
    saved: list[tuple[Any, dict[str, Any]]] = []
    try:
        yield _replaced(tree, replacements, states, saved, {})
    finally:
        for thing, attributes in reversed(saved):
            thing.__dict__.clear()
            thing.__dict__.update(attributes)


def _fits(given: torch.Size, wanted: torch.Size) -> bool:
    """Whether a shape is the wanted one, as far as it does not move."""
    pairs = zip(given, wanted, strict=False)
    same = (isinstance(e, torch.SymInt) or e == extent for e, extent in pairs)
    return len(given) == len(wanted) and all(same)


def _stand_in(
    path: str, original: torch.Tensor, given: torch.Tensor, gradient: torch.Tensor | None
) -> torch.Tensor:
    if not _fits(given.shape, original.shape):
        raise ExplorableError(
            "trace", f"state '{path}' has shape {tuple(original.shape)}, got {tuple(given.shape)}"
        )
    fit = given.requires_grad and given.is_leaf
    if original.requires_grad and original.is_leaf and not fit:
        given = given.detach().requires_grad_()
    if gradient is not None:
        given.grad = gradient
    return given


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _leaves(
    value: Any,  # Any: whatever the author keeps
    path: str,
    states: dict[int, dict[torch.Tensor, dict[str, Any]]],
    seen: set[int],
) -> Iterator[tuple[str, Any]]:
    """Leaves by path, in one fixed order. Leaves full optimiser states in ``states``, by id."""
    if (
        isinstance(value, torch.Tensor)
        or value is None
        or isinstance(value, (bool, int, float, complex, str))
    ):
        yield path, value
        return
    if id(value) in seen:
        return
    if isinstance(value, torch.optim.Optimizer):
        seen.add(id(value))
        yield from _optimizer_leaves(value, path, states, seen)
        return
    if isinstance(value, Mapping):
        children = list(cast("Mapping[object, Any]", value).items())
    elif isinstance(value, (list, tuple, deque)):
        children = list(enumerate(cast("list[Any]", value)))
    elif isinstance(value, torch.nn.Module):
        seen.add(id(value))
        plain = [
            (k, v) for k, v in vars(value).items() if not k.startswith("_") and not callable(v)
        ]
        children = [
            *value._parameters.items(),
            *value._buffers.items(),
            *value._modules.items(),
            *plain,
        ]
    elif isinstance(value, LRScheduler) or dataclasses.is_dataclass(value):
        seen.add(id(value))
        children = [(k, v) for k, v in vars(value).items() if not callable(v)]
    else:
        return
    for name, child in children:
        yield from _leaves(child, _join(path, name), states, seen)


def _optimizer_leaves(
    optimizer: torch.optim.Optimizer,
    path: str,
    states: dict[int, dict[torch.Tensor, dict[str, Any]]],
    seen: set[int],
) -> Iterator[tuple[str, Any]]:
    full = states[id(optimizer)] = full_state(optimizer)
    if not starts_at_zero(optimizer) and not any(full.values()):
        yield _join(path, "state."), _UNKNOWN_YET
    position = 0
    for k, group in enumerate(optimizer.param_groups):
        for name, value in group.items():
            # A hyperparameter that is a tensor is a control set in each step, or a constant.
            if name != "params" and not isinstance(value, torch.Tensor):
                yield from _leaves(value, _join(path, f"param_groups.{k}.{name}"), states, seen)
        for parameter in group["params"]:
            for name, value in full.get(parameter, {}).items():
                yield from _leaves(value, _join(path, f"state.{position}.{name}"), states, seen)
            position += 1


def starts_at_zero(optimizer: torch.optim.Optimizer) -> bool:
    """Whether a step from zeros is the step that torch takes first; else that one is special."""
    dampened = any(group.get("dampening") for group in optimizer.param_groups)
    return type(optimizer) in ZERO_START and not dampened


def special_starts(tree: State) -> tuple[str, ...]:
    """Where optimisers of a state will keep what their special first step makes: beginnings of
    paths.

    >>> net = torch.nn.Linear(2, 1)
    >>> special_starts((net, torch.optim.Rprop(net.parameters())))
    ('1.state.',)
    """
    return tuple(path for path, leaf in _leaves(tree, "", {}, set()) if leaf is _UNKNOWN_YET)


def full_state(optimizer: torch.optim.Optimizer) -> dict[torch.Tensor, dict[str, Any]]:
    """An optimiser's state by parameter, with what torch makes in the first step where that is
    known without taking it; pure."""
    if isinstance(optimizer, torch.optim.LBFGS):
        (first, *_) = optimizer.param_groups[0]["params"]
        with nullcontext() if isinstance(first, FakeTensor) else _disable_current_modes():
            return {first: lbfgs.packed(optimizer)}
    called = f"torch.optim.{type(optimizer).__name__}"
    for group in optimizer.param_groups:
        for option in ("foreach", "fused", "capturable"):
            if group.get(option) is True:
                raise ExplorableError(
                    "trace",
                    f"{called}({option}=True) has no CPU trace",
                    line=current_line(),
                    fix="leave these three options at None",
                )
    shadow = copy.copy(optimizer)
    shadow.state = defaultdict(dict, {p: dict(s) for p, s in optimizer.state.items()})
    trained = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
    if all(shadow.state.get(p) for p in trained):
        return dict(shadow.state)
    if not starts_at_zero(optimizer):
        return dict(shadow.state)
    gradients = [p.grad for p in trained]
    traced = any(isinstance(p, FakeTensor) for p in trained)
    try:
        # Outside a trace, no mode has a say in this: the float64 reference would widen the state.
        with nullcontext() if traced else _disable_current_modes():
            for parameter in trained:
                parameter.grad = (
                    parameter.detach()
                )  # torch makes state only where there is a gradient
            for group in optimizer.param_groups:
                # Private, and the one place where each optimiser says how its state begins.
                begin = cast("Callable[..., object]", shadow._init_group)  # pyright: ignore
                begin(group, *([] for _ in list(inspect.signature(begin).parameters)[1:]))
                if type(optimizer) is torch.optim.SGD and group["momentum"] != 0:
                    for parameter in group["params"]:
                        if shadow.state[parameter].get("momentum_buffer") is None:
                            shadow.state[parameter]["momentum_buffer"] = torch.zeros_like(
                                parameter.detach()
                            )
    finally:
        for parameter, gradient in zip(trained, gradients, strict=True):
            parameter.grad = gradient
    return dict(shadow.state)


def _replaced(
    value: Any,  # Any: whatever the author keeps
    replacements: Mapping[int, torch.Tensor],
    states: Mapping[int, dict[torch.Tensor, dict[str, Any]]],
    saved: list[tuple[Any, dict[str, Any]]],
    done: dict[int, Any],
) -> Any:
    """``value`` with tensors exchanged: containers rebuilt, objects changed in place and noted
    in ``saved``."""
    if isinstance(value, torch.Tensor):
        return replacements.get(id(value), value)
    if id(value) in done:
        return done[id(value)]

    def again(part: Any) -> Any:
        return _replaced(part, replacements, states, saved, done)

    if isinstance(value, _OBJECTS) or (
        dataclasses.is_dataclass(value) and not isinstance(value, type)
    ):
        thing = cast("Any", value)
        done[id(thing)] = thing
        saved.append((thing, dict(thing.__dict__)))
        # A packed LBFGS is for traces: torch's own step goes on from its lists.
        if id(thing) in states and (replacements or not isinstance(thing, torch.optim.LBFGS)):
            thing.__dict__["state"] = defaultdict(dict, states[id(thing)])
        for name, part in list(thing.__dict__.items()):
            thing.__dict__[name] = again(part)
        return thing
    if isinstance(value, (dict, defaultdict)):
        table = cast("dict[Any, Any]", value)
        new = copy.copy(table)
        done[id(table)] = new
        new.clear()
        new.update({again(k): again(v) for k, v in table.items()})
        return new
    if isinstance(value, (list, deque)):
        row = cast("list[Any]", value)
        new_row = copy.copy(row)
        done[id(row)] = new_row
        for k, part in enumerate(row):
            new_row[k] = again(part)
        return new_row
    if isinstance(value, tuple):
        parts = [again(part) for part in cast("tuple[Any, ...]", value)]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value
