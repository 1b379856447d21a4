"""Random numbers of figures: every torch random function draws from Philox, eagerly and in a trace
alike.

A draw is keyed by (seed, step, ordinal of the draw in program order, element). All distributions
are torch code over ``bits``, so the page runs what Python runs. torch's own generator is neither
read nor moved.
"""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from importlib import import_module
from typing import Any, cast
from unittest import mock

import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._python_dispatch import TorchDispatchMode

from ...errors import ExplorableError
from ..breaks import take_break
from ..forms.arrays import numpy_front
from ..forms.upright import upright
from ..lines import current_line
from ..loops import own_loops
from ..reference import WIDER, in_reference
from .philox import bits, philox_bits
from .variates import binomial, dirichlet, gamma, poisson, von_mises

__all__ = ["Stream", "current_stream", "philox_bits", "random_numbers"]

aten = torch.ops.aten
Size = Sequence[int]
Key = int | torch.Tensor | torch.SymInt

_STREAMS: list[Stream] = []


class Stream:
    """The draws of one call: its ``seed`` and ``step``, ints or 0-dim int64, and their count."""

    def __init__(self, seed: Key, step: Key) -> None:
        self.seed: int | torch.Tensor = 0
        self.step = _key(step)
        self.ordinal: int = 0
        self.restarts: int = 0
        self.start: torch.Tensor | None = None
        """In the body of a loop: the ordinal of the body's first draw, which moves."""
        self.restart(seed)

    def restart(self, seed: Key) -> None:
        """What ``torch.manual_seed`` does: a new key, draws counted from 0."""
        self.seed = _key(seed)
        self.ordinal = 0
        self.restarts += 1

    def bits(self, size: Size) -> torch.Tensor:
        """The next draw: int64 words 0..2**32-1 of shape ``size``."""
        ordinal = self.ordinal if self.start is None else self.start + self.ordinal
        self.ordinal += 1
        return bits(_tensor(self.seed), _tensor(self.step), ordinal, size)

    def uniform(self, size: Size, dtype: torch.dtype) -> torch.Tensor:
        """[0, 1): 24 bits of one word, float64 53 bits of two."""
        if dtype == torch.float64:
            words = self.bits((*size, 2))
            high, low = words.select(-1, 0) >> 5, words.select(-1, 1) >> 6
            return (high * 2**26 + low).to(torch.float64) * 2.0**-53
        return ((self.bits(size) >> 8).to(torch.float32) * 2.0**-24).to(dtype)

    def positive(self, size: Size, dtype: torch.dtype) -> torch.Tensor:
        """(0, 1]: the uniform numbers one step up, so that a logarithm is finite."""
        return self.uniform(size, dtype) + (2.0**-53 if dtype == torch.float64 else 2.0**-24)

    def normal(self, size: Size, dtype: torch.dtype) -> torch.Tensor:
        """Standard normal by Box and Muller: two words per number, four in float64.

        The radius takes 1 - u, never 0, so the largest number is 5.77 (8.57 in float64).
        """
        if dtype.is_complex:
            part = torch.float64 if dtype == torch.complex128 else torch.float32
            return torch.view_as_complex(self.normal((*size, 2), part) * math.sqrt(0.5))
        exact = torch.float64 if dtype == torch.float64 else torch.float32
        both = self.uniform((*size, 2), exact)
        radius = torch.sqrt(-2.0 * torch.log(1.0 - both.select(-1, 0)))
        return (radius * torch.cos((2.0 * math.pi) * both.select(-1, 1))).to(dtype)

    def integers(self, low: Any, high: Any, size: Size) -> torch.Tensor:  # Any: int or SymInt
        """low..high-1 as int64: the high half of word * (high - low)."""
        span = high - low
        if isinstance(span, int) and not 0 < span <= 2**31:
            raise ExplorableError(
                "trace",
                f"randint from {low} to {high}: the range must be 1 to 2**31 numbers",
                line=current_line(),
            )
        return low + ((self.bits(size) * span) >> 32)

    def exponential(self, size: Size, dtype: torch.dtype) -> torch.Tensor:
        """Standard exponential: -log of (0, 1]."""
        return -torch.log(self.positive(size, dtype))


def _key(value: Key) -> int | torch.Tensor:
    if isinstance(value, torch.SymInt):
        return torch.scalar_tensor(cast("int", value), dtype=torch.int64)
    if isinstance(value, torch.Tensor):
        return value.to(torch.int64)
    value = int(value) & 0xFFFFFFFFFFFFFFFF
    return value - (1 << 64) if value >> 63 else value


def _tensor(value: int | torch.Tensor) -> torch.Tensor:
    # full, not tensor: a literal would become a constant of the bundle.
    return value if isinstance(value, torch.Tensor) else torch.full((), value, dtype=torch.int64)


def current_stream() -> Stream | None:
    """The stream that random functions draw from now."""
    return _STREAMS[-1] if _STREAMS else None


@contextmanager
def random_numbers(seed: Key = 0, step: Key = 0) -> Generator[Stream]:
    """Inside, every torch random function draws from Philox keyed by ``seed`` and ``step``.

    >>> with random_numbers(seed=3): a = torch.randn(2)
    >>> with random_numbers(): torch.manual_seed(3); b = torch.randn(2)
    >>> torch.equal(a, b)
    True

    ``seed``, ``step``: ints, 0-dim int64 tensors, or moving ints of a trace.
    ``torch.manual_seed(n)`` inside sets the key. Yields the Stream: its ``seed`` is the key in use,
    to be handed from init to step.
    """
    stream = Stream(seed, step)
    _STREAMS.append(stream)
    try:
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(torch.random, "_manual_seed_impl", _manual_seed))
            stack.enter_context(
                mock.patch.object(torch.nn.init, "_no_grad_trunc_normal_", _truncated_normal)
            )
            stack.enter_context(mock.patch.object(_VON_MISES, "_rejection_sample", _von_mises))
            stack.enter_context(own_loops(current_stream))
            stack.enter_context(numpy_front())
            # What torch.compile made runs as the function it was made of.
            stack.enter_context(torch.compiler.set_stance("force_eager"))
            stack.enter_context(_Draws())
            yield stream
    finally:
        _STREAMS.pop()


def _manual_seed(seed: Key) -> torch.Generator:
    _STREAMS[-1].restart(seed)
    return torch.default_generator


def _truncated_normal(
    tensor: torch.Tensor, mean: float, std: float, a: float, b: float, generator: object = None
) -> torch.Tensor:
    """torch draws again until all fit, which a trace cannot; this inverts the distribution."""

    def below(x: float) -> float:
        return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0

    low, high = below((a - mean) / std), below((b - mean) / std)
    with torch.no_grad():
        tensor.uniform_(2 * low - 1, 2 * high - 1).erfinv_()
        return tensor.mul_(std * math.sqrt(2.0)).add_(mean).clamp_(min=a, max=b)


_VON_MISES = import_module("torch.distributions.von_mises")


def _von_mises(
    loc: torch.Tensor, concentration: torch.Tensor, proposal: torch.Tensor, x: torch.Tensor
) -> torch.Tensor:
    return von_mises(_STREAMS[-1], loc, concentration, proposal, x.shape)


def _lazy_conjugates(args: tuple[object, ...]) -> AbstractContextManager[object]:
    """torch resolves them above all modes: what an operation makes of others in here (pinv) would
    read a lazy conjugate as if it were none."""
    if not any(type(arg) is torch.Tensor and arg.is_complex() for arg in args):
        return nullcontext()
    keys, excluded = torch._C.DispatchKey, torch._C._dispatch_tls_local_exclude_set()
    excluded = excluded.remove(keys.Conjugate).remove(keys.Negative)
    return torch._C._ForceDispatchKeyGuard(torch._C._dispatch_tls_local_include_set(), excluded)


class _Draws(TorchDispatchMode):
    """Below autograd, above the tracer: answers operations that would ask torch's generator."""

    supports_higher_order_operators = True

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing compiles in a trace: the guard against it would cost each operation its share."""
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # Any: torch's own protocol
        take_break()
        kwargs = kwargs or {}
        if func is torch.ops.prim.device.default and isinstance(args[0], FakeTensor):
            # Asked thousands of times in a trace; what each mode below would hand on.
            if not args[0].fake_mode.in_kernel_invocation:
                return args[0].fake_device
        if not isinstance(func, torch._ops.OpOverload):
            return func(*args, **kwargs)  # a loop, whose body has drawn already
        if func is torch.ops.aten._efficientzerotensor.default:
            # Zeros without memory, which torch's kernels read all the same below a mode like this.
            func = torch.ops.aten.zeros.default
        draw = _DRAWS.get(func._schema.name.removesuffix("_functional"))
        if draw is None:
            if torch.Tag.nondeterministic_seeded in func.tags and not _draws_nothing(
                func, args, kwargs
            ):
                raise ExplorableError(
                    "trace",
                    f"'{func._schema.name.split('::')[1]}' draws in a way that is not offered yet",
                    line=current_line(),
                    fix="draw with torch.rand, randn, randint, bernoulli or multinomial",
                )
            with _lazy_conjugates(args):
                return upright(func._schema.name, func(*args, **kwargs))
        named = {
            argument.name: args[k]
            if k < len(args)
            else kwargs.get(argument.name, argument.default_value)
            for k, argument in enumerate(func._schema.arguments)
        }
        if named.get("generator") is not None:
            raise ExplorableError(
                "trace",
                "a torch.Generator is not carried to the page",
                line=current_line(),
                fix="call torch.manual_seed(seed) in the same function",
            )
        result = draw(_STREAMS[-1], named)
        if func._schema.is_mutable and isinstance(result, torch.Tensor):
            named["self"].copy_(result)
            return named["self"]
        return result


def _draws_nothing(func: Any, args: Any, kwargs: Any) -> bool:
    """Fused attention is marked as random for its dropout, mostly 0."""
    for k, argument in enumerate(func._schema.arguments):
        if argument.name == "dropout_p":
            given = args[k] if k < len(args) else kwargs.get("dropout_p", argument.default_value)
            return given == 0
    return False


Named = dict[str, Any]
Draw = Callable[[Stream, Named], Any]  # Any: a tensor, or what the operation gives


_NARROWER = {wide: narrow for narrow, wide in WIDER.items()}


def _dtype(n: Named) -> torch.dtype:
    if n.get("dtype") is not None:
        return n["dtype"]
    own = n["self"].dtype if isinstance(n.get("self"), torch.Tensor) else torch.get_default_dtype()
    # The reference draws what the author's float32 function draws, and only then computes in
    # float64.
    return _NARROWER.get(own, own) if in_reference() else own


def _integer_dtype(n: Named) -> torch.dtype:
    if isinstance(n["dtype"], torch.dtype):  # a schema's own default is a number, always int64
        return n["dtype"]
    return n["self"].dtype if "self" in n else torch.int64


def _size(n: Named) -> Size:
    return n["size"] if n.get("size") is not None else n["self"].shape


def _rand(stream: Stream, n: Named) -> torch.Tensor:
    return stream.uniform(_size(n), _dtype(n))


def _randn(stream: Stream, n: Named) -> torch.Tensor:
    return stream.normal(_size(n), _dtype(n))


def _randint(stream: Stream, n: Named) -> torch.Tensor:
    return stream.integers(n.get("low", 0), n["high"], _size(n)).to(_integer_dtype(n))


def _randperm(stream: Stream, n: Named) -> torch.Tensor:
    order = torch.argsort(stream.bits((n["n"],)), stable=True)
    return order.to(_integer_dtype(n))


def _normal(stream: Stream, n: Named) -> torch.Tensor:
    # normal_(mean, std) has self; normal(mean, std) takes tensors in either place, or a size.
    mean, std = n["mean"], n["std"]
    if "self" in n:
        return stream.normal(_size(n), _dtype(n)) * std + mean
    if "size" in n:
        return stream.normal(n["size"], _dtype(n)) * std + mean
    tensors = [t for t in (mean, std) if isinstance(t, torch.Tensor)]
    size = torch.broadcast_shapes(*(t.shape for t in tensors))
    return stream.normal(size, _dtype({"self": tensors[0]})) * std + mean


def _uniform(stream: Stream, n: Named) -> torch.Tensor:
    low, high = n["from"], n["to"]
    return stream.uniform(_size(n), _dtype(n)) * (high - low) + low


_RANDOM_TOP = {
    torch.float32: 2**24,
    torch.float64: 2**31,
    torch.uint8: 256,
    torch.int8: 128,
    torch.bool: 2,
}


def _random(stream: Stream, n: Named) -> torch.Tensor:
    dtype = _dtype(n)
    high = n.get("to")
    low = n.get("from") or 0
    top = high if high is not None else _RANDOM_TOP.get(dtype, 2**31)
    return stream.integers(low, top, _size(n)).to(dtype)


def _bernoulli(stream: Stream, n: Named) -> torch.Tensor:
    chance = n["self"] if n.get("p") is None else n["p"]
    return (stream.uniform(_size(n), torch.float32) < chance).to(_dtype(n))


def _exponential(stream: Stream, n: Named) -> torch.Tensor:
    return stream.exponential(_size(n), _dtype(n)) / n["lambd"]


def _geometric(stream: Stream, n: Named) -> torch.Tensor:
    exact = _dtype(n) if _dtype(n).is_floating_point else torch.float32
    count = torch.ceil(torch.log(stream.positive(_size(n), exact)) / math.log1p(-n["p"]))
    return count.clamp(min=1).to(_dtype(n))


def _cauchy(stream: Stream, n: Named) -> torch.Tensor:
    angle = math.pi * (stream.uniform(_size(n), _dtype(n)) - 0.5)
    return n["median"] + n["sigma"] * torch.tan(angle)


def _log_normal(stream: Stream, n: Named) -> torch.Tensor:
    return torch.exp(stream.normal(_size(n), _dtype(n)) * n["std"] + n["mean"])


def _multinomial(stream: Stream, n: Named) -> torch.Tensor:
    """The first in a race of exponentials has the wanted chance; the first k are k distinct."""
    weights, count = n["self"], n["num_samples"]
    if n["replacement"] or count == 1:
        shape = (*weights.shape[:-1], count, weights.shape[-1])
        times = stream.exponential(shape, torch.float32)
        return torch.argmax(weights.unsqueeze(-2) / times, -1)
    times = stream.exponential(weights.shape, torch.float32)
    return torch.argsort(weights / times, dim=-1, descending=True, stable=True).narrow(-1, 0, count)


def _gamma(stream: Stream, n: Named) -> torch.Tensor:
    return gamma(stream, n["self"].to(_dtype(n))).to(n["self"].dtype)


def _dirichlet(stream: Stream, n: Named) -> torch.Tensor:
    return dirichlet(stream, n["self"].to(_dtype(n))).to(n["self"].dtype)


def _poisson(stream: Stream, n: Named) -> torch.Tensor:
    return poisson(stream, n["self"])


def _binomial(stream: Stream, n: Named) -> torch.Tensor:
    return binomial(stream, n["count"], n["prob"])


def _native_dropout(stream: Stream, n: Named) -> tuple[torch.Tensor, torch.Tensor]:
    """Same draw and same rounding as eager dropout: ``bernoulli_(1 - p).div_(1 - p)``."""
    x, p = n["input"], n["p"]
    if n["train"] is False or p == 0:
        return x.clone(), torch.ones_like(x, dtype=torch.bool)
    keep = stream.uniform(x.shape, torch.float32) < 1 - p
    if p == 1:
        return torch.zeros_like(x), torch.zeros_like(x, dtype=torch.bool)
    return x * keep.to(x.dtype).div(1 - p), keep


def _rrelu(stream: Stream, n: Named) -> torch.Tensor:
    x, low, high = n["self"], n["lower"], n["upper"]
    if not n["training"]:
        return torch.where(x < 0, x * ((low + high) / 2), x)
    slope = stream.uniform(x.shape, _dtype(n)) * (high - low) + low
    n["noise"].copy_(torch.where(x <= 0, slope, 1.0))
    return torch.where(x <= 0, x * slope, x)


_DRAWS: dict[str, Draw] = {
    "aten::rand": _rand,
    "aten::rand_like": _rand,
    "aten::randn": _randn,
    "aten::randn_like": _randn,
    "aten::randint": _randint,
    "aten::randint_like": _randint,
    "aten::randperm": _randperm,
    "aten::normal": _normal,
    "aten::normal_": _normal,
    "aten::uniform": _uniform,
    "aten::uniform_": _uniform,
    "aten::random": _random,
    "aten::random_": _random,
    "aten::bernoulli": _bernoulli,
    "aten::bernoulli_": _bernoulli,
    "aten::exponential": _exponential,
    "aten::exponential_": _exponential,
    "aten::geometric": _geometric,
    "aten::geometric_": _geometric,
    "aten::cauchy": _cauchy,
    "aten::cauchy_": _cauchy,
    "aten::log_normal": _log_normal,
    "aten::log_normal_": _log_normal,
    "aten::multinomial": _multinomial,
    "aten::_standard_gamma": _gamma,
    "aten::_sample_dirichlet": _dirichlet,
    "aten::poisson": _poisson,
    "aten::binomial": _binomial,
    "aten::native_dropout": _native_dropout,
    "aten::rrelu_with_noise": _rrelu,
    "aten::rrelu_with_noise_": _rrelu,
}
