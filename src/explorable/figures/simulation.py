"""Simulation: init and step over any pytree, modules and optimisers included; Run: what a figure
sees of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any, final, overload

from ..errors import ExplorableError
from ..parts import Record, SimulationOptions
from ..parts.source import calling_line, definition_line
from ..trace.drawing.history import History, step_number
from ..trace.draws.random import random_numbers
from ..trace.state import copy_state, substitute
from .stepping import apply_step, check_step
from .wires import Function, Wires, read_wires


@final
class Simulation:
    """State carried from step to step; made by ``@ex.simulation`` and ``@name.step``."""

    def __init__(self, function: Function, options: SimulationOptions) -> None:
        self.wires: Wires = read_wires(function)
        self.options = options
        self.name = function.__name__
        self.line = definition_line(function)
        self.__doc__ = function.__doc__
        self.__wrapped__ = function
        self._step: Wires | None = None
        for wires in (self.wires,):
            self._refuse_runs(wires)

    def step(self, function: Function) -> Function:
        """Decorates ``step(state, ...)``; gives it back unchanged.

        >>> @training.step
        ... def train_once(state, lr=ex.slider(1e-4, 1e-1, scale="log")):
        ...     net, opt = state
        ...     opt.param_groups[0]["lr"] = lr
        ...     loss = F.cross_entropy(net(x), y)
        ...     opt.zero_grad(); loss.backward(); opt.step()
        ...     return ex.record(loss=loss)
        """
        wires = read_wires(function, skip=1)
        self._refuse_runs(wires)
        self._step = wires
        return function

    def _refuse_runs(self, wires: Wires) -> None:
        for name, node in wires.nodes.items():
            if isinstance(node, Simulation):
                raise ExplorableError(
                    "figure",
                    f"'{wires.function.__name__}' reads the simulation '{name}'; "
                    "only figures and values do",
                    line=definition_line(wires.function),
                    fix="carry both states in one simulation",
                )

    @property
    def step_wires(self) -> Wires:
        """The wires of step."""
        if self._step is None:
            raise ExplorableError(
                "figure",
                f"the simulation '{self.name}' has no step",
                line=self.line,
                fix=f"decorate a function step(state, ...) with @{self.name}.step",
            )
        return self._step

    def __call__(self, **overrides: Any) -> Any:
        """The state that init gives at the first values of its controls, or at ``overrides``."""
        from .page import page_for

        page, constants = page_for(self, overrides)
        arguments = page.arguments(self.wires) | constants
        with random_numbers(0, 0):
            return self.wires.function(**arguments)

    def run(self, steps: int = 0, **overrides: Any) -> Run:
        """The Run after ``steps`` steps, with the page's random numbers.

        >>> warped(training=training.run(100, lr=1e-3, seed=4))
        """
        from .page import page_for

        page, constants = page_for(self, overrides)
        if constants:
            raise ExplorableError(
                "figure",
                f"run sets controls, not the constants {sorted(constants)}",
                line=calling_line(),
            )
        return page.start(self).advance(steps)

    def __repr__(self) -> str:
        return f"<simulation {self.name}{self.wires}>"


@final
class Run:
    """One run of a simulation: ``state``, ``step`` (int64 ``()``) and ``history``.

    ``history["loss"]`` is float32 ``(history, *shape)``, oldest first, NaN after the newest;
    ``history["step"]`` the step numbers beside it.
    """

    def __init__(self, state: Any, step: Any, history: Any) -> None:
        self.state = state
        self.step = step
        self.history = history
        self._advance: Callable[[Run], Record | None] | None = None

    @classmethod
    def begin(cls, simulation: Simulation, state: Any, seed: Any, arguments: dict[str, Any]) -> Run:
        """A run at step 0 over a copy of ``state``; step ``k`` draws with ``seed`` at ``k``."""
        step = simulation.step_wires.function
        checked = False

        def advance(run: Run) -> Record | None:
            nonlocal checked
            number = int(run.step) + 1
            before = None if checked else check_step(simulation, run.state)
            with random_numbers(seed, number):
                run.state, record = apply_step(step, run.state, arguments)
            if before is not None:
                before(run.state)
                checked = True
            run.step = step_number(number)
            return record

        def shapes() -> dict[str, Any]:
            # What a step records is known only from a step: one on a copy.
            probe = cls(copy_state(run.state), run.step, run.history)
            record = advance(probe)
            return record.tensors if record else {}

        options = simulation.options
        run = cls(
            copy_state(state),
            step_number(0),
            History(options.history, options.record_every, shapes),
        )
        run._advance = advance
        return run

    @property
    def live(self) -> bool:
        """Whether it can take steps: not the one that a traced figure receives."""
        return self._advance is not None

    def advance(self, steps: int) -> Run:
        """This run, ``steps`` steps later."""
        if self._advance is None:
            raise ExplorableError(
                "figure", "a run inside a figure stands still", line=calling_line()
            )
        for _ in range(steps):
            record = self._advance(self)
            if record is not None:
                self.history.add(int(self.step), record.tensors)
        return self

    def __repr__(self) -> str:
        newest = self.history.newest.items() if self.live else ()
        records = [f", {name} {value:.4g}" for name, value in newest if value.ndim == 0]
        return f"<run at step {int(self.step)}{''.join(records)}>"


@contextmanager
def shown(arguments: dict[str, Any]) -> Generator[dict[str, Any]]:
    """``arguments`` as a figure or value may see them: what it does to a module of a run's state
    (``net.eval()``) is undone, or the next step would be another."""
    with ExitStack() as stack:
        seen = dict(arguments)
        for name, run in arguments.items():
            if isinstance(run, Run) and run.live:
                seen[name] = Run(
                    stack.enter_context(substitute(run.state, {})), run.step, run.history
                )
        yield seen


@overload
def simulation(function: Function, /) -> Any: ...
@overload
def simulation(
    *,
    rate: float | None = None,
    steps: int | None = None,
    history: int = 1000,
    record_every: int = 1,
    play: bool = False,
) -> Callable[[Function], Any]: ...
def simulation(
    function: Function | None = None,
    /,
    *,
    rate: float | None = None,
    steps: int | None = None,
    history: int = 1000,
    record_every: int = 1,
    play: bool = False,
) -> Any:
    """State that is carried from step to step: decorates init, and ``@name.step`` the step.

    >>> @ex.simulation(rate=20)
    ... def walk(seed=ex.seed(0)):
    ...     torch.manual_seed(seed)
    ...     return torch.zeros(100, 2)
    >>> @walk.step
    ... def move(place, width=ex.slider(0, 1)): return place + width * torch.randn_like(place)
    >>> @ex.figure
    ... def crowd(walk=walk): return ex.scatter(walk.state)

    rate: steps per second; None: what a frame's budget allows. steps: where it stops. history: how
    many records are kept. record_every: steps between records. play: starts by itself.
    """
    options = SimulationOptions(rate, steps, history, record_every, play)
    if function is not None:
        return Simulation(function, options)

    def decorate(inner: Function) -> Simulation:
        return Simulation(inner, options)

    return decorate
