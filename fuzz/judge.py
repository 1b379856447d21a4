"""Judging: programs are traced, compiled together, run in V8 and compared with eager torch.

A number that is off is accepted within four times the distance that float64, or noise of one unit
in the last place of every rounded result, moves it: then no compiler could be asked to match it.
"""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from explorable.compiler import Entry, Module, compile_module
from explorable.compiler.halves import in_float32
from explorable.compiler.lower import Places, lower_entry
from explorable.engine import engine
from explorable.errors import ExplorableError
from explorable.graphs import Graph
from explorable.trace import (
    float64_reference,
    random_numbers,
    tensor_bytes,
    tensor_from_bytes,
    trace,
)

from .draft import REFUSALS
from .program import Program, Tensors

TURNS = (0, 1, 2)
"""Which draws of values a program is compared on."""
RELATIVE = {torch.float32: 2e-5, torch.complex64: 2e-5}
EXACT = 1e-11
"""The tolerance of float64 and complex128."""
COARSE = {"polygamma": 1e-9, "special_airy_ai": 3e-6} | {
    f"special_bessel_{kind}": 1e-6 for kind in ("j0", "j1", "y0", "y1")
}
"""Errors of functions whose approximation in torch has fewer digits than float64, against SciPy,
relative to their largest value."""
FARTHER = 4.0
ATTEMPTS = 25
"""How often noise is drawn anew before a number that is off is called wrong."""
SECONDS = 120
"""Work on a trace or a build beyond this is a hang; waiting for a run, five times as long."""
_SUMS = frozenset("mm mv bmm dot vdot addmm addmv baddbmm sum cumsum".split())
_EXACT_OPS = frozenset(
    """
    view _unsafe_view reshape permute expand squeeze unsqueeze slice select as_strided t
    transpose unfold diagonal alias split split_with_sizes unbind flip cat stack where gather
    index clone index_select detach abs neg maximum minimum amax amin max min sort relu clamp
    masked_fill copy slice_scatter select_scatter diagonal_scatter sign floor ceil round trunc
    full zeros ones arange lt le gt ge eq ne isnan real imag _conj view_as_real view_as_complex
    _to_copy fill copy_ empty full_like zeros_like ones_like constant_pad_nd empty_like
    new_zeros zero_ fill_ repeat roll tril triu isinf bitwise_and logical_not scalar_tensor eye
    complex cummax cummin
    """.split()
)
"""Operations that round nothing."""


@dataclass(frozen=True)
class Verdict:
    """What became of one program: ``passed``, ``excused`` (passed, some number ill-conditioned),
    ``refused`` (an error of ours that says why), ``mismatch``, ``crash`` or ``hang``."""

    outcome: str
    detail: str = ""
    operations: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        return self.outcome in ("mismatch", "crash", "hang")


class Hang(Exception):  # noqa: N818 it is not an error but the end of patience
    """Something took longer than SECONDS."""


@contextmanager
def limited(seconds: int = SECONDS) -> Generator[None]:
    """Raises Hang inside when this process has worked so long, however busy the machine is."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def operations(graph: Graph) -> tuple[str, ...]:
    """The operations of a graph, those in bodies of loops too."""
    found: list[str] = []
    for node in graph.nodes:
        found.append(node.op)
        for arg in node.args:
            if isinstance(arg, Graph):
                found += operations(arg)
    return tuple(found)


def entry_of(program: Program, name: str) -> Entry:
    """The program as an entry; results that are states take the place of their arguments."""
    places = [f"{name}.{a.name}" for a in program.arguments]
    states = {result: places[argument] for result, argument in program.states}

    def call(given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        results = program.function(*[given[place] for place in places])
        return {states.get(k, f"{name}.y{k}"): result for k, result in enumerate(results)}

    examples = dict(zip(places, program.values(0), strict=True))
    return Entry(name, trace(call, examples))


def judge(
    programs: Sequence[Program], given: Sequence[Entry | Verdict] | None = None
) -> list[Verdict]:
    """The verdicts of programs that are compiled into one module; ``given``: what `traced` gave."""
    verdicts: dict[int, Verdict] = {}
    entries: dict[int, Entry] = {}
    for number, found in enumerate(traced(programs) if given is None else given):
        checked = found if isinstance(found, Verdict) else _checked(found)
        if isinstance(checked, Verdict):
            verdicts[number] = checked
        else:
            entries[number] = checked
    _run(programs, entries, verdicts)
    return [verdicts[number] for number in range(len(programs))]


def traced(programs: Sequence[Program]) -> list[Entry | Verdict]:
    """The programs as entries f0, f1, ..., or why they are none."""
    return [
        _guarded(lambda k=k, p=program: entry_of(p, f"f{k}")) for k, program in enumerate(programs)
    ]


def _checked(entry: Entry) -> Entry | Verdict:
    """The entry, if it can be lowered."""
    used = operations(entry.graph)

    def lower() -> Entry:
        lower_entry(Entry(entry.name, in_float32(entry.graph)), Places())
        return entry

    return _guarded(lower, used)


def _guarded(make: Callable[[], Entry], used: tuple[str, ...] = ()) -> Entry | Verdict:
    """What ``make`` gives, or what is wrong."""
    try:
        with limited(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return make()
    except Hang:
        return Verdict("hang", "tracing or lowering", used)
    except ExplorableError as error:
        internal = "leaves its buffer" in error.fact or "lowered to" in error.fact
        return Verdict("crash" if internal else "refused", str(error), used)
    except Exception as error:  # whatever it is, it is not ours to raise
        return Verdict("crash", f"{type(error).__name__}: {error}", used)


def _run(
    programs: Sequence[Program], entries: dict[int, Entry], verdicts: dict[int, Verdict]
) -> None:
    """Compile and run these entries; where that fails, each half of them."""
    if not entries:
        return
    try:
        with limited():
            module = compile_module(list(entries.values()), relaxed=False)
    except Exception as error:  # the same: a crash of the compiler
        halves = _halves(entries)
        if len(halves) == 2:
            for half in halves:
                _run(programs, half, verdicts)
            return
        (number,) = entries
        outcome = "hang" if isinstance(error, Hang) else "crash"
        used = operations(entries[number].graph)
        verdicts[number] = Verdict(outcome, f"{type(error).__name__}: {error}", used)
        return
    for number, entry in entries.items():
        verdict = _compared(programs[number], module, entry.name)
        used = operations(entry.graph)
        verdicts[number] = Verdict(verdict.outcome, verdict.detail, used)


def _halves(entries: dict[int, Entry]) -> list[dict[int, Entry]]:
    keys = list(entries)
    parts = [keys[: len(keys) // 2], keys[len(keys) // 2 :]]
    return [{k: entries[k] for k in part} for part in parts if part]


def _compared(program: Program, module: Module, name: str) -> Verdict:
    """The program on every turn of values, in memory that the turn before has used."""
    excused = ""
    try:
        instance = engine().load(module)
        for turn in TURNS:
            try:
                expected = eager(program, turn)
            except REFUSALS:
                continue  # torch itself refuses these values
            for argument, value in zip(program.arguments, program.values(turn), strict=True):
                instance.write(f"{name}.{argument.name}", tensor_bytes(value)[1])
            instance.run(name, seconds=5 * SECONDS)
            states = dict(program.states)
            for k, wanted in enumerate(expected):
                place = program.arguments[states[k]].name if k in states else f"y{k}"
                slot = module.slot(f"{name}.{place}")
                got = tensor_from_bytes(slot.type, instance.read(slot.name))
                fault = difference(wanted, got)
                if fault and ill_conditioned(program, turn, k, wanted, got):
                    excused = fault
                elif fault:
                    return Verdict("mismatch", f"turn {turn}, result {k}: {fault}")
    except ExplorableError as error:
        return Verdict("hang" if "did not end" in error.fact else "crash", str(error))
    return Verdict("excused" if excused else "passed", excused)


def eager(program: Program, turn: int) -> Tensors:
    """What torch gives on the values of a turn."""
    values = program.values(turn)
    with warnings.catch_warnings(), random_numbers():
        warnings.simplefilter("ignore")
        return tuple(result.detach().clone() for result in program.function(*values))


def difference(expected: torch.Tensor, got: torch.Tensor) -> str:
    """What is wrong with a result; empty if it agrees."""
    if expected.shape != got.shape or expected.dtype != got.dtype:
        return f"{expected.dtype}{list(expected.shape)} is {got.dtype}{list(got.shape)}"
    away = _distances(expected, got)
    if not away.numel():
        return ""
    limit = _limit(expected)
    worst = int(away.reshape(-1).argmax())
    if float(away.max()) <= limit:
        return ""
    wanted, found = _flat(expected)[worst], _flat(got)[worst]
    return f"element {worst} of {list(expected.shape)} is {found}, torch says {wanted}"


def _limit(expected: torch.Tensor) -> float:
    if not (expected.is_floating_point() or expected.is_complex()):
        return 0.0
    flat = _flat(expected).double()
    finite = flat[flat.isfinite()].abs()
    scale = float(finite.max()) if finite.numel() else 0.0
    return RELATIVE.get(expected.dtype, EXACT) * scale


def _distances(expected: torch.Tensor, got: torch.Tensor) -> torch.Tensor:
    """How far apart the elements are; infinitely where NaN or infinity stand in other places.

    In complex numbers one infinite or undefined part is as good as the other."""
    one, other = _flat(expected).double(), _flat(got).double()
    if not (expected.is_floating_point() or expected.is_complex()):
        return (_flat(expected) != _flat(got)).double()
    if expected.is_complex():
        odd = [~x.reshape(-1, 2).isfinite().all(-1, keepdim=True) for x in (one, other)]
        both = (odd[0] & odd[1]).expand(-1, 2).reshape(-1)
        one, other = torch.where(both, 0.0, one), torch.where(both, 0.0, other)
    same = (one == other) | (one.isnan() & other.isnan())
    strange = ~(one.isfinite() & other.isfinite())
    return torch.where(same, 0.0, torch.where(strange, torch.inf, (one - other).abs()))


def _flat(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.is_complex():
        return torch.view_as_real(tensor.resolve_conj()).reshape(-1)
    return tensor.reshape(-1)


def ill_conditioned(
    program: Program, turn: int, number: int, expected: torch.Tensor, got: torch.Tensor
) -> bool:
    """Whether rounding alone moves this result about as far."""
    if expected.shape != got.shape or expected.dtype != got.dtype:
        return False
    away = float(_distances(expected, got).max())
    farthest = 0.0
    for seed in range(ATTEMPTS):
        try:
            other = _otherwise(program, turn, seed)[number]
        except REFUSALS:
            continue
        if other.shape != expected.shape:
            continue
        farthest = max(farthest, float(_distances(expected, other.to(expected.dtype)).max()))
        if away <= FARTHER * farthest + _limit(expected):
            return True
    return False


def _otherwise(program: Program, turn: int, seed: int) -> Tensors:
    """The program in float64 (seed 0), or with noise."""
    values = program.values(turn)
    mode = float64_reference() if seed == 0 else _Noise(seed)
    if isinstance(mode, _Noise):
        values = tuple(mode.moved(x) if x.is_complex() else x for x in values)
    # torch's fused attention has other results where a score is infinite.
    apart = sdpa_kernel(SDPBackend.MATH)
    with warnings.catch_warnings(), mode, random_numbers(), apart:
        warnings.simplefilter("ignore")
        return tuple(result.detach().clone() for result in program.function(*values))


def _unfused(func: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What torch may compute with a product that is not rounded, with one that is."""
    floats = bool(args) and isinstance(args[0], torch.Tensor) and args[0].is_floating_point()
    alpha = kwargs.get("alpha", 1)
    if floats and name in ("add", "sub") and alpha != 1:
        return args[0] + args[1] * alpha if name == "add" else args[0] - args[1] * alpha
    if floats and name == "addcmul":
        return args[0] + args[1] * args[2] * kwargs.get("value", 1)
    complexes = [isinstance(a, torch.Tensor) and a.is_complex() for a in args[:2]]
    if complexes == [True, True] and name in ("add", "sub"):
        # torch's multiplies by 1 + 0j, which makes what is infinite undefined.
        one, other = map(torch.view_as_real, torch.broadcast_tensors(*args[:2]))
        return torch.view_as_complex(one + other * alpha if name == "add" else one - other * alpha)
    if name in ("var_mean", "std_mean"):
        # torch's running means keep the rounding of each step, and lose what is infinite.
        return func(*args, **kwargs)[0], args[0].mean(
            *args[1:2], keepdim=kwargs.get("keepdim", False)
        )
    return None


def _becomes_complex(result: Any, args: tuple[Any, ...]) -> bool:
    """Whether complex numbers were made of real ones, which all lie on the cuts of functions."""
    given = bool(args) and isinstance(args[0], torch.Tensor) and args[0].is_complex()
    return isinstance(result, torch.Tensor) and result.is_complex() and not given


class _Noise(TorchDispatchMode):
    """Below autograd: every result that is rounded is moved by one unit in the last place, or not,
    or the other way."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func._schema.name.split("::")[1]
        result = _unfused(func, name, args, kwargs or {})
        if name == "prod":
            args = self._shuffled(*args)
        if name.lstrip("_").startswith("linalg_"):
            # A column of zeros up to rounding has a direction that rounding chooses.
            args = pytree.tree_map_only(torch.Tensor, self.moved, args)
            result = None
        if result is None:
            result = func(*args, **(kwargs or {}))
        if name == "sort" and not (kwargs or {}).get("stable"):
            return self._sorted(*args, **(kwargs or {}))
        if name == "topk":
            return self._topmost(*args, **(kwargs or {}))
        if name in ("fmax", "fmin", "maximum", "minimum"):
            return self.either_zero(result)
        if name == "pow" and isinstance(result, torch.Tensor) and result.is_complex():
            result = self._beyond(result, args[1])
        if name in _EXACT_OPS and not _becomes_complex(result, args):
            return result
        if name in ("hardshrink_backward", "softshrink_backward", "hardtanh_backward"):
            # torch's vectors, and what is left over after them, differ where x is no number.
            slope = args[0] if int(torch.randint(2, (), generator=self.generator)) else 0.0
            return torch.where(args[1].isnan(), slope, result)
        if name == "gelu":
            # It is 1 + erf(x) before it is multiplied, which is rounded where it is nearly 0.
            within = torch.rand(result.shape, generator=self.generator) * 2 - 1
            return result + args[0] * torch.finfo(result.dtype).eps * within
        if name.startswith("_fft_") and result.numel():
            # A sum of as many terms of either sign: what is nearly 0 has no digit that is right.
            finite = result.detach().abs().nan_to_num(0, 0, 0).max()
            away = torch.rand(result.shape, generator=self.generator).to(finite.dtype) * 2 - 1
            result = result + away * finite * torch.finfo(finite.dtype).eps
            # What infinite terms add up to, or cancel, depends on their order.
            lost = torch.randint(2, result.shape, generator=self.generator) > 0
            lost = lost & bool(torch.randint(4, (), generator=self.generator))
            return torch.where(result.isfinite() | lost, result, float("nan"))
        if name in _SUMS and isinstance(result, torch.Tensor):
            result = self.either_zero(result)
        if name == "native_layer_norm":
            # What is nearly the mean is as far from it as rounding moves the mean.
            away = args[0].abs().amax() * result[2].amax() * torch.finfo(args[0].dtype).eps
            within = torch.rand(result[0].shape, generator=self.generator) * 2 - 1
            return result[0] + (within * away).to(result[0].dtype), *result[1:]
        if name in COARSE and result.dtype == torch.float64:
            finite = result[result.isfinite()].abs()
            away = COARSE[name] * float(finite.max()) if finite.numel() else 0.0
            return result + away * (torch.rand(result.shape, generator=self.generator) * 2 - 1)
        if name.endswith("_") and isinstance(result, torch.Tensor):
            return result.copy_(self.moved(result))
        return pytree.tree_map_only(torch.Tensor, self.moved, result)

    def _sorted(self, x: torch.Tensor, dim: int = -1, *rest: Any, **options: Any) -> Any:
        """Which of equal numbers comes first is left open; zeros of either sign are equal."""
        if not x.ndim:
            return torch.sort(x, dim, *rest, **options)
        order = torch.randperm(x.shape[dim], generator=self.generator)
        values, places = torch.sort(x.index_select(dim, order), dim, *rest, **options)
        return values, order[places]

    def _topmost(self, x: torch.Tensor, k: int, dim: int = -1, *rest: Any, **options: Any) -> Any:
        """As of sorting: which of equal numbers it is."""
        if not x.ndim:
            return torch.topk(x, k, dim, *rest, **options)
        order = torch.randperm(x.shape[dim], generator=self.generator)
        values, places = torch.topk(x.index_select(dim, order), k, dim, *rest, **options)
        return values, order[places]

    def _beyond(self, result: torch.Tensor, exponent: object) -> torch.Tensor:
        """Complex powers near the largest number, which may be met on the way, and of infinite
        exponents, which torch leaves to the C library."""
        parts = torch.view_as_real(result.resolve_conj())
        coin = torch.randint(2, parts.shape, generator=self.generator) > 0
        near = parts.abs() > torch.finfo(parts.dtype).max / 4
        parts = torch.where(near & coin, torch.copysign(torch.tensor(torch.inf), parts), parts)
        if isinstance(exponent, torch.Tensor):
            endless = (~exponent.isfinite()).expand(result.shape).unsqueeze(-1)
            zero = torch.randint(2, parts.shape, generator=self.generator) > 0
            open_ = torch.where(zero, 0.0, torch.nan).to(parts.dtype)
            parts = torch.where(endless & coin, open_, parts)
        return torch.view_as_complex(parts.contiguous())

    def _shuffled(self, x: torch.Tensor, *rest: Any) -> tuple[Any, ...]:
        """The factors of a product in another order: one that overflows before it meets its zero
        is undefined, the other way round it is zero."""
        if x.dim() and rest and isinstance(rest[0], int):
            order = torch.randperm(x.shape[rest[0]], generator=self.generator)
            return x.index_select(rest[0], order), *rest
        return x.reshape(-1)[torch.randperm(x.numel(), generator=self.generator)], *rest

    def either_zero(self, tensor: torch.Tensor) -> torch.Tensor:
        """Zeros of either sign: that of a sum depends on what it begins with."""
        if not tensor.is_floating_point():
            return tensor
        sign = torch.randint(2, tensor.shape, generator=self.generator) * 2 - 1
        return torch.where(tensor == 0, tensor * sign, tensor)

    def moved(self, tensor: torch.Tensor) -> torch.Tensor:
        """Every number or its neighbour; complex ones are turned too, off the cuts of functions."""
        if not (tensor.is_floating_point() or tensor.is_complex()):
            return tensor
        step = torch.randint(-1, 2, (2, *tensor.shape, 2), generator=self.generator).double()
        if not tensor.is_complex():
            step = step.select(-1, 0)
        kind = torch.finfo(tensor.dtype)
        relative, least = step[0] * kind.eps, step[1] * kind.smallest_normal * kind.eps
        if tensor.is_complex():
            relative, least = torch.view_as_complex(relative), torch.view_as_complex(least)
        relative, least = relative.to(tensor.dtype), least.to(tensor.dtype)
        still = (tensor == 0) | ~tensor.isfinite()
        return torch.where(still, tensor, tensor * (1 + relative) + least)
