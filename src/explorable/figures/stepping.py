"""One step of a simulation: what its result means, and what it may not change. For eager runs and
traces alike."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from ..errors import ExplorableError
from ..parts import Record
from ..parts.source import definition_line
from ..trace.forms.arrays import as_tensors
from ..trace.state import python_numbers, special_starts, state_tensors
from .wires import Function

if TYPE_CHECKING:
    from .simulation import Simulation


def apply_step(step: Function, state: Any, arguments: dict[str, Any]) -> tuple[Any, Record | None]:
    """The next state and the record, from whichever of the four things ``step`` returns."""
    with warnings.catch_warnings():
        # A copied optimiser keeps the wrapper of its scheduler, which then misses its own call.
        warnings.filterwarnings("ignore", message="Seems like `optimizer.step")
        result: Any = as_tensors(step(state, **arguments))
    if result is None:
        return state, None
    if isinstance(result, Record):
        return state, _arrived(result)
    pair = cast("tuple[Any, ...]", result) if isinstance(result, tuple) else ()
    if len(pair) == 2 and isinstance(pair[1], Record):
        return pair[0], _arrived(pair[1])
    return cast("Any", result), None


def _arrived(record: Record) -> Record:
    return Record(as_tensors(record.tensors))


def check_step(simulation: Simulation, state: Any) -> Callable[[Any], None]:
    """Remembers ``state``; the function it gives raises if a later state has another structure."""
    lengths, numbers = container_lengths(state), python_numbers(state)
    types = {path: (tuple(t.shape), t.dtype) for path, t in state_tensors(state).items()}
    special = special_starts(state)

    def compare(after: Any) -> None:
        for path, count in container_lengths(after).items():
            if lengths.get(path) not in (None, count):
                raise _changed(
                    simulation,
                    f"step changed the state's structure: '{path or 'state'}' "
                    f"had {lengths[path]} items, has {count}",
                    "use ex.record(loss=loss)",
                )
        found = state_tensors(after)
        for path in [*types, *found]:
            if path not in types and path.startswith(special):
                continue
            if path not in found or path not in types:
                verb = "lost" if path not in found else "gained"
                fact = f"step changed the state's structure: it {verb} '{path}'"
                fix = "return a state made as init makes it, or change it in place"
                raise _changed(simulation, fact, fix)
            now = (tuple(found[path].shape), found[path].dtype)
            if now != types[path]:
                raise _changed(
                    simulation,
                    f"step changed '{path or 'state'}' from {_shown(*types[path])} "
                    f"to {_shown(*now)}",
                    "shapes and dtypes of the state stay",
                )
        for path, number in python_numbers(after).items():
            if path in numbers and numbers[path] != number and not path.endswith(".lr"):
                raise _changed(
                    simulation,
                    f"step changed the python number '{path}' ({numbers[path]} to {number}), "
                    f"the page would keep it at {numbers[path]}",
                    "compute lr from a step count held as a tensor"
                    if "scheduler" in path or "last_epoch" in path
                    else "hold it as a tensor: torch.tensor(...)",
                )

    return compare


def container_lengths(tree: Any, path: str = "") -> dict[str, int]:
    """How many items each list, tuple and dict of a pytree has, by path."""
    if isinstance(tree, (list, tuple)):
        items = list(enumerate(tree))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  (any tree)
    elif isinstance(tree, dict):
        items = list(tree.items())  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  (any tree)
    else:
        return {}
    found = {path: len(items)}  # pyright: ignore[reportUnknownArgumentType]  (any tree)
    for key, item in items:  # pyright: ignore[reportUnknownVariableType]  (any tree)
        found |= container_lengths(item, f"{path}.{key}" if path else str(key))  # pyright: ignore[reportUnknownArgumentType]  (any tree)
    return found


def _shown(shape: tuple[int, ...], dtype: object) -> str:
    return f"{str(dtype).removeprefix('torch.')} {shape}"


def _changed(simulation: Simulation, fact: str, fix: str) -> ExplorableError:
    function = simulation.step_wires.function
    return ExplorableError(
        "figure",
        fact,
        where=f"simulation '{simulation.name}'",
        line=definition_line(function),
        fix=fix,
    )
