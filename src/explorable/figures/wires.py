"""Wires: the default arguments of an author's function, and the names their controls have on the
page."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import ExplorableError
from ..parts.controls import Control, Point, Points, Tensor
from ..parts.formulas import formulas
from ..parts.source import definition_line
from ..parts.uploads import Upload

if TYPE_CHECKING:
    from .simulation import Simulation
    from .value import Value

Function: TypeAlias = Callable[..., Any]  # the author's


@dataclass(frozen=True, eq=False)
class Wires:
    """Parameter by parameter: what each default is."""

    function: Function
    controls: dict[str, Control]
    nodes: dict[str, Value | Simulation]
    constants: dict[str, Any]  # any other default
    held: dict[str, Control | Value | Simulation]
    """What is wired, by the name of the module's variable that held it when the function was
    decorated."""

    def __str__(self) -> str:
        """The parameters that a reader moves or that are computed: ``(theta, z)``."""
        names = inspect.signature(self.function).parameters
        return (
            f"({', '.join(name for name in names if name in self.controls or name in self.nodes)})"
        )


def read_wires(function: Function, *, skip: int = 0) -> Wires:
    """The wires of ``function``; its first ``skip`` parameters are filled by us."""
    from .simulation import Simulation  # these two hold Wires themselves
    from .value import Value

    if not inspect.isfunction(function):
        raise ExplorableError(
            "figure",
            f"decorate a function, got {type(function).__name__}",
            line=definition_line(function),
        )
    controls: dict[str, Control] = {}
    nodes: dict[str, Value | Simulation] = {}
    constants: dict[str, Any] = {}
    parameters = list(inspect.signature(function).parameters.values())
    if len(parameters) < skip:
        raise ExplorableError(
            "figure",
            f"'{function.__name__}' takes the state as its first parameter",
            line=definition_line(function),
        )
    for parameter in parameters[skip:]:
        name, default = parameter.name, parameter.default
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            fact, fix = f"'{function.__name__}' takes any arguments", "name each, with a default"
            raise ExplorableError("figure", fact, line=definition_line(function), fix=fix)
        if default is parameter.empty:
            raise ExplorableError(
                "figure",
                f"parameter '{name}' of '{function.__name__}' has no default, "
                "so nothing is wired to it",
                line=definition_line(function),
                fix=f"give it a control, a value, a simulation or a constant: "
                f"{name}=ex.slider(0, 1)",
            )
        if isinstance(default, Control):
            controls[name] = default
        elif isinstance(default, (Value, Simulation)):
            nodes[name] = default
        else:
            constants[name] = default
    wired = {id(source) for source in (*controls.values(), *nodes.values())}
    held = {name: source for name, source in function.__globals__.items() if id(source) in wired}
    return Wires(function, controls, nodes, constants, held)


def all_wires(node: Any) -> list[Wires]:
    """Wires of the functions of one decorated object: one for a figure or value, init and step of a
    simulation."""
    from .simulation import Simulation

    if isinstance(node, Simulation):
        return [node.wires, node.step_wires]
    return [node.wires]


def upstream(node: Any) -> Iterator[Any]:
    """Values and simulations that ``node`` reads, directly or not, dependencies first; each
    once."""
    seen: set[int] = set()

    def visit(inner: Any) -> Iterator[Any]:
        for wires in all_wires(inner):
            for source in wires.nodes.values():
                if id(source) not in seen:
                    seen.add(id(source))
                    yield from visit(source)
                    yield source

    return visit(node)


def page_names(nodes: list[Any]) -> dict[Control, str]:
    """Controls by name: a module-level variable's name, else ``function.parameter``.

    >>> page_names([plane])
    {Slider(...): 'plane.theta', Point(...): 'plane.z'}
    """
    names: dict[Control, str] = {}
    for node in nodes:
        for wires in all_wires(node):
            held = {
                id(value): name
                for name, value in wires.function.__globals__.items()
                if isinstance(value, Control)
            }
            for parameter, control in wires.controls.items():
                if control not in names:
                    own = f"{wires.function.__name__}.{parameter}"
                    names[control] = held.get(id(control), own)
    taken: dict[str, Control] = {}
    for control, name in names.items():
        if name in taken:
            fact = f"two controls are called '{name}' on the page"
            raise ExplorableError("figure", fact, line=control.line, fix="rename one function")
        taken[name] = control
    return names


def parameter_names(node: Any, names: dict[Control, str]) -> dict[str, str]:
    """What ``node`` calls its controls: its own parameters, then those of the functions it reads
    where they agree on what a parameter means.

    >>> parameter_names(warped, page_names([warped]))
    {'seed': 'training.seed', 'lr': 'train_once.lr'}
    """
    own = {p: names[c] for wires in all_wires(node) for p, c in wires.controls.items()}
    further: dict[str, set[str]] = {}
    for inner in upstream(node):
        for wires in all_wires(inner):
            for parameter, control in wires.controls.items():
                further.setdefault(parameter, set()).add(names[control])
    return {p: next(iter(found)) for p, found in further.items() if len(found) == 1} | own


def parameter_labels(nodes: list[Any]) -> dict[Control, str]:
    """What to write beside a control that has no label: the name of its first parameter."""
    labels: dict[Control, str] = {}
    for node in nodes:
        for wires in all_wires(node):
            for parameter, control in wires.controls.items():
                labels.setdefault(control, formulas(control.label or parameter, control.line))
    return labels


def in_a_mark(control: Control) -> bool:
    """Whether the reader edits it in the mark that draws it."""
    edited = isinstance(control, (Point, Points, Tensor))
    return edited and not isinstance(control, Upload)


def drawn_by(control: Control, name: str) -> str:
    """How an author gives such a control to a mark."""
    if isinstance(control, Tensor):
        return f"give it to a mark: ex.bars({name}), ex.curve, ex.heatmap, ex.matrix..."
    return f"give it to a mark: ex.scatter({name}), or edit=True in a mark computed from it"
