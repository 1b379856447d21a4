"""Convolutions in one to three dimensions, transposed and grouped ones too, and their gradients.
float32 goes through c/conv.h onto the matrix product's tiles; other dtypes are written as sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import ExplorableError
from ..graphs import Type
from .elements import Arithmetic
from .index import Aff
from .lazy import Element, Index, Lazy
from .lower import Call, lowering
from .lower_join import in_range
from .lower_reduce import reduce
from .opaque import held, run_opaque

TILE_WIDTH = 12


@dataclass(frozen=True)
class Window:
    """How made positions read: position i with tap k reads ``i * stride - padding + k * dilation``;
    spread windows (of transposed convolutions) read where that, solved for i, is whole."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    kernel: tuple[int, ...]
    spread: bool

    @property
    def taps(self) -> int:
        return math.prod(self.kernel)

    def numbers(self, read: tuple[int, ...], made: tuple[int, ...]) -> tuple[int, ...]:
        """Sizes and layout as c/conv.h takes them, three directions each."""
        rows = ((read, 1), (self.kernel, 1), (made, 1), (self.stride, 1), (self.padding, 0))
        found: list[int] = [int(self.spread)]
        for sizes, missing in (*rows, (self.dilation, 1)):
            found += [*[missing] * (3 - len(sizes)), *sizes]
        return tuple(found)

    def reads(
        self, call: Call, at: Index, tap: Index, read: tuple[int, ...]
    ) -> tuple[Index, Element]:
        """The position that is read, and whether there is one."""
        arithmetic = Arithmetic(call.exprs)
        inside = call.exprs.const(True, "bool")
        found: list[Aff] = []
        for axis, extent in enumerate(read):
            stride, padding = self.stride[axis], self.padding[axis]
            step = tap[axis] * self.dilation[axis]
            if not self.spread:
                place = at[axis] * stride - padding + step
                inside = arithmetic.test("and", inside, in_range(call, place, extent))
            else:
                place = at[axis] + padding - step
                inside = arithmetic.test("and", inside, in_range(call, place, extent * stride))
                if stride > 1:
                    rest = call.exprs.index(place % stride)
                    zero = arithmetic.const(0, rest)
                    inside = arithmetic.test("and", inside, arithmetic.test("eq", rest, zero))
                    place = place // stride
            found.append(place)
        return tuple(found), (inside,)


def _gathered(call: Call, x: Lazy, window: Window, index: Index, at: Index, tap: Index) -> Element:
    """x at (batch and channel of ``index``, where ``at`` and ``tap`` read), 0 outside."""
    arithmetic = Arithmetic(call.exprs)
    place, (inside,) = window.reads(call, at, tap, x.shape[2:])
    return tuple(
        arithmetic.select(inside, p, arithmetic.const(0, p)) for p in x.at((*index, *place))
    )


def _apply(call: Call, x: Lazy, weight: Lazy, window: Window, groups: int, kind: Type) -> Lazy:
    """(batch, groups * rows, made...) from x (batch, groups * channels, read...) and weight
    (groups * rows, channels, kernel...)."""
    rank, rows, channels = len(window.kernel), weight.shape[0] // groups, weight.shape[1]
    if x.dtype != "float32":
        shape = (*kind.shape, channels, *window.kernel)

        def term(i: Index) -> Element:
            n, row, at = i[0], i[1], i[2 : 2 + rank]
            channel, tap = i[2 + rank], i[3 + rank :]
            place = (n, (row // rows) * channels + channel)
            read = _gathered(call, x, window, place, at, tap)
            return Arithmetic(call.exprs).c_mul(read, weight.at((row, channel, *tap)))

        terms = _terms(call, (x, weight), Type(shape, x.dtype), term)
        axes = tuple(range(2 + rank, len(shape)))
        return reduce(call, terms, axes, "sum", kind)
    made = kind.shape[2:]
    sizes = (x.shape[0], groups, channels, rows, *window.numbers(x.shape[2:], made))
    room = window.taps * (math.prod(made) + channels * TILE_WIDTH)
    (result,) = run_opaque(
        call,
        "conv_f32",
        "",
        (held(call, x), held(call, weight)),
        (kind,),
        sizes,
        scratch=(room, "i32"),
        needs=frozenset({"conv_f32"}),
    )
    return result


def _weight_gradient(
    call: Call, gradient: Lazy, x: Lazy, window: Window, groups: int, kind: Type
) -> Lazy:
    """(groups * rows, channels, kernel...) from gradient (batch, groups * rows, made...) and x."""
    rank, made = len(window.kernel), gradient.shape[2:]
    rows, channels = kind.shape[0] // groups, kind.shape[1]
    if x.dtype != "float32":
        shape = (*kind.shape, x.shape[0], *made)

        def term(i: Index) -> Element:
            row, channel, tap = i[0], i[1], i[2 : 2 + rank]
            n, at = i[2 + rank], i[3 + rank :]
            place = (n, (row // rows) * channels + channel)
            read = _gathered(call, x, window, place, at, tap)
            return Arithmetic(call.exprs).c_mul(read, gradient.at((n, row, *at)))

        terms = _terms(call, (x, gradient), Type(shape, x.dtype), term)
        return reduce(call, terms, tuple(range(2 + rank, len(shape))), "sum", kind)
    sizes = (x.shape[0], groups, channels, rows, *window.numbers(x.shape[2:], made))
    places = math.prod(made)
    (result,) = run_opaque(
        call,
        "conv_weight_f32",
        "",
        (held(call, gradient), held(call, x)),
        (kind,),
        sizes,
        scratch=(places * (window.taps + TILE_WIDTH), "i32"),
        needs=frozenset({"conv_weight_f32"}),
    )
    return result


def _terms(
    call: Call, operands: tuple[Lazy, ...], kind: Type, term: Callable[[Index], Element]
) -> Lazy:
    """The summands; operands are stored first, as each element is read many times."""
    for lazy in operands:
        held(call, lazy)
    return call.lowering.lazy(kind, term)


def _turned(call: Call, weight: Lazy, groups: int) -> Lazy:
    """Weights (groups * a, b, kernel...) as (groups * b, a, kernel...)."""
    first, second = weight.shape[0] // groups, weight.shape[1]
    shape = (groups * second, first, *weight.shape[2:])

    def at(i: Index) -> Element:
        row, channel, tap = i[0], i[1], i[2:]
        return weight.at(((row // second) * first + channel, row % second, *tap))

    return call.lowering.lazy(Type(shape, weight.dtype), at)


def _window(call: Call, start: int, kernel: tuple[int, ...]) -> tuple[Window, int]:
    """The window and the groups of the arguments from ``start`` (stride) on."""
    rank = len(kernel)

    def each(position: int, name: str) -> tuple[int, ...]:
        found = call.integers(position, name) or ()
        return found * rank if len(found) == 1 else found

    transposed = call.flag(start + 3, "transposed")
    window = Window(
        each(start, "stride"),
        each(start + 1, "padding"),
        each(start + 2, "dilation"),
        kernel,
        transposed,
    )
    if rank > 3:
        raise ExplorableError("compiler", f"no convolution over {rank} dimensions")
    return window, call.integer(start + 5, "groups", 1)


def _opposite(window: Window) -> Window:
    """Reads what the window made."""
    return Window(window.stride, window.padding, window.dilation, window.kernel, not window.spread)


@lowering("aten.convolution")
def _convolution(call: Call) -> Lazy:
    x, weight, bias = call.tensor(0), call.tensor(1), call.optional(2, "bias")
    window, groups = _window(call, 3, weight.shape[2:])
    kernel = _turned(call, weight, groups) if window.spread else weight
    made = _apply(call, x, kernel, window, groups, call.output)
    if bias is None:
        return made
    arithmetic = Arithmetic(call.exprs)
    return call.lazy(lambda i: arithmetic.c_add(made.at(i), bias.at((i[1],))))


@lowering("aten.convolution_backward")
def _convolution_backward(call: Call) -> tuple[Lazy, ...]:
    gradient, x, weight = (call.tensor(k) for k in range(3))
    window, groups = _window(call, 4, weight.shape[2:])
    wanted = call.arg(10, "output_mask")
    mask = wanted if isinstance(wanted, tuple) else (True, True, True)
    kinds = call.node.outputs
    # What is not wanted is declared empty.
    results = [call.lazy(lambda i: (), k) for k in range(3)]
    if mask[0]:
        kernel = weight if window.spread else _turned(call, weight, groups)
        results[0] = _apply(call, gradient, kernel, _opposite(window), groups, kinds[0])
    if mask[1]:
        plain = _opposite(window) if window.spread else window
        left, right = (x, gradient) if window.spread else (gradient, x)
        results[1] = _weight_gradient(call, left, right, plain, groups, kinds[1])
    if mask[2]:
        axes = (0, *range(2, len(gradient.shape)))
        results[2] = reduce(call, gradient, axes, "sum", kinds[2])
    return tuple(results)


@lowering("aten.max_pool2d_with_indices", "aten.max_pool3d_with_indices")
def _max_pool(call: Call) -> tuple[Lazy, ...]:
    x = call.tensor(0)
    values, indices = call.node.outputs
    rank = 2 if "2d" in call.node.op else 3
    kernel = call.integers(1, "kernel_size") or ()

    def each(position: int, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
        found = call.integers(position, name) or default
        return found * rank if len(found) == 1 else found

    kernel = kernel * rank if len(kernel) == 1 else kernel
    window = Window(
        each(2, "stride", kernel),
        each(3, "padding", (0,)),
        each(4, "dilation", (1,)),
        kernel,
        spread=False,
    )
    planes = math.prod(x.shape[:-rank])
    if x.planes == 2:
        raise ExplorableError("compiler", f"'{x.dtype}' has no order to pool by")
    return run_opaque(
        call,
        f"max_pool_{x.item}",
        "",
        (held(call, x),),
        (values, indices),
        (planes, *window.numbers(x.shape[-rank:], values.shape[-rank:])[1:]),
        needs=frozenset({f"max_pool_{x.item}"}),
    )


@lowering("aten.max_pool2d_with_indices_backward", "aten.max_pool3d_with_indices_backward")
def _max_pool_backward(call: Call) -> Lazy:
    gradient, x = call.tensor(0), call.tensor(1)
    indices = call.resolve(call.arg(len(call.node.args) - 1, "indices"))
    named = dict(call.node.kwargs).get("indices")
    indices = call.resolve(named) if named is not None else indices
    if indices is None or x.item not in ("f32", "f64"):
        raise ExplorableError("compiler", f"no gradient of max pooling of '{x.dtype}'")
    rank = 2 if "2d" in call.node.op else 3
    planes = math.prod(x.shape[:-rank])
    (result,) = run_opaque(
        call,
        f"max_pool_backward_{x.item}",
        "",
        (held(call, gradient), held(call, indices)),
        (call.output,),
        (planes, math.prod(x.shape[-rank:]), math.prod(gradient.shape[-rank:])),
        needs=frozenset({f"max_pool_backward_{x.item}"}),
    )
    return result
