"""Views, joins and indices of selections: the axis that is selected along is followed."""

# torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from .rules import aten, rule
from .selected import (
    Anything,
    Count,
    Measure,
    Selected,
    Tensor,
    Unruled,
    at,
    bind,
    numbers,
    selections,
    sizes,
    wholes,
    wrapped,
)


@rule("sym_size")
def _size(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    x, dim = args
    return x.count() if at(dim, x.full.ndim) == x.axis else x.full.shape[dim]


@rule("sym_numel")
def _numel(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    (x,) = args
    times = x.full.numel() // x.mask.shape[0]
    return Count(x.mask, times, x.key, x.origin, x.line)


@rule("unsqueeze")
def _unsqueeze(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    x, dim = args
    place = at(dim, x.full.ndim + 1)
    return x.of(target(x.full, dim), x.axis + (place <= x.axis))


@rule("squeeze")
def _squeeze(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    x = args[0]
    given = args[1] if len(args) > 1 else [d for d in range(x.full.ndim) if d != x.axis]
    dims = [at(d, x.full.ndim) for d in ([given] if isinstance(given, int) else given)]
    gone = [d for d in dims if d != x.axis and x.full.shape[d] == 1]
    return x.of(x.full.squeeze(gone), x.axis - sum(d < x.axis for d in gone))


@rule("permute")
def _permute(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    x, order = args
    places = [at(d, x.full.ndim) for d in order]
    return x.of(target(x.full, order), places.index(x.axis))


@rule("transpose t")
def _transpose(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    x, *dims = args
    if x.full.ndim < 2:
        return x
    one, other = [at(d, x.full.ndim) for d in dims or (0, 1)]
    axis = other if x.axis == one else one if x.axis == other else x.axis
    return x.of(target(x.full, *dims), axis)


@rule("expand new_zeros new_ones new_full new_empty full zeros ones empty")
def _sized(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    """Tensors made with a size in which a count may stand."""
    bound = bind(target, args, kwargs)
    size, places = sizes(bound["size"])
    source: Anything = bound.get("self")
    others = [numbers(a) if not isinstance(a, Selected) else a.full for a in args]
    position = list(bound).index("size")
    if len(places) > 1:
        raise Unruled
    like: Anything = size[places[0]] if places else None
    if like is not None:
        if like.times != 1:
            raise Unruled
        size[places[0]] = like.mask.shape[0]
    others[position] = size
    made = target(*others, **{k: wholes(v) for k, v in kwargs.items()})
    if like is None:
        if target is aten.expand.default and isinstance(source, Selected):
            return source.of(made, made.ndim - source.full.ndim + source.axis)
        return made
    return Selected(made, like.mask, places[0], like.key, like.origin, like.line)


@rule("arange")
def _arange(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    if target is not aten.arange.default or not isinstance(args[0], Count) or args[0].times != 1:
        raise Unruled
    (count,) = args
    ranks = count.mask.to(torch.int64).cumsum(0) - 1
    ranks = ranks.to(kwargs.get("dtype") or torch.int64)
    return Selected(ranks, count.mask, 0, count.key, count.origin, count.line)


@rule("view reshape _unsafe_view")
def _view(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    x = args[0]
    size, places = sizes(args[1])
    if not isinstance(x, Selected):
        raise Unruled
    if places and (split := _split(x, size, places[0])) is not None:
        return split
    shape, length = x.full.shape, x.mask.shape[0]
    plain = [-1 if k in places else extent for k, extent in enumerate(size)]
    times = size[places[0]].times if places else 0
    rest = math.prod(shape) // length // math.prod(extent for extent in plain if extent != -1)
    if not places:
        # What is left over has the count in it.
        places, times = [k for k, extent in enumerate(plain) if extent == -1], rest
    if len(places) != 1:
        raise Unruled
    (place,) = places
    extents = [rest // times if extent == -1 else extent for extent in plain]
    extents[place] = length * times
    before = math.prod(extents[:place])
    if times == 1 and math.prod(shape[: x.axis]) == before:
        return x.of(x.full.reshape(extents), place)
    # The axis is joined with its neighbours.
    ends = [(i, j) for i in range(x.axis + 1) for j in range(x.axis + 1, len(shape) + 1)]
    for i, j in ends:
        if math.prod(shape[:i]) == before and math.prod(shape[i:j]) == length * times:
            mask = x.mask.reshape(-1, *[1] * (j - x.axis - 1)).expand(shape[i:j]).reshape(-1)
            joined = ("joined", x.key, tuple(shape[i:j]), x.axis - i)
            return Selected(x.full.reshape(extents), mask, place, joined, x.origin, x.line)
    raise Unruled


def _split(x: Selected, size: list[Anything], place: int) -> Selected | None:
    """A view that takes apart again what one has joined."""
    count = size[place]
    if not isinstance(x.key, tuple) or x.key[:2] != ("joined", count.key) or count.times != 1:
        return None
    size[place] = count.mask.shape[0]
    return Selected(x.full.reshape(size), count.mask, place, count.key, x.origin, x.line)


@rule("select")
def _select(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    x, dim, index = args
    dim = at(dim, x.full.ndim)
    if dim != x.axis:
        return x.of(target(x.full, dim, index), x.axis - (dim < x.axis))
    place = x.places(torch.full((1,), index, dtype=torch.int64))
    return x.full.index_select(dim, place).squeeze(dim)


@rule("slice")
def _slice(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    bound = bind(target, args, kwargs)
    x, dim = bound["self"], at(bound["dim"], bound["self"].full.ndim)
    if dim != x.axis:
        return x.of(target(x.full, *[numbers(a) for a in args[1:]]), x.axis)
    start, end, step = bound["start"] or 0, bound["end"], bound["step"]
    if any(isinstance(v, (Count, Measure, torch.SymInt)) for v in (start, end, step)):
        raise Unruled
    ranks, count = x.ranks(), x.count().tensor()
    start = start if start >= 0 else (count + start).clamp(min=0)
    kept = x.mask & (ranks >= start) & ((ranks - start) % step == 0)
    if end is not None and end < 1 << 62:
        kept = kept & (ranks < (end if end >= 0 else count + end))
    named = ("slice", x.key, bound["start"], end, step)
    return Selected(x.full, kept, x.axis, named, x.origin, x.line)


@rule("flip")
def _flip(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    x, dims = args
    if x.axis not in [at(d, x.full.ndim) for d in dims]:
        return x.of(target(x.full, dims), x.axis)
    made = target(x.full, dims)
    return Selected(made, x.mask.flip(0), x.axis, ("flip", x.key), x.origin, x.line)


@rule("unbind split split_with_sizes")
def _other_dims(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    bound = bind(target, args, kwargs)
    x = bound["self"]
    dim = at(bound["dim"], x.full.ndim)
    if dim == x.axis:
        raise Unruled
    gone = dim < x.axis and target._schema.name == "aten::unbind"
    return wrapped(x, target(x.full, *args[1:], **kwargs), lambda _: x.axis - gone)


@rule("cat stack")
def _join(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    bound = bind(target, args, kwargs)
    parts: Sequence[Anything] = bound["tensors"]
    first = selections(list(parts))[0]
    stacked = target is aten.stack.default
    dim = at(bound["dim"], first.full.ndim + stacked)
    if stacked or dim != first.axis:
        same = (
            isinstance(p, Selected) and (p.key, p.axis) == (first.key, first.axis) for p in parts
        )
        if not all(same):
            raise Unruled
        axis = first.axis + (stacked and dim <= first.axis)
        return first.of(target([p.full for p in parts], dim), axis)
    if any(isinstance(p, Selected) and p.axis != dim for p in parts):
        raise Unruled
    masks = [p.mask if isinstance(p, Selected) else _everywhere(p, dim) for p in parts]
    named = ("cat", *[p.key if isinstance(p, Selected) else p.shape[dim] for p in parts])
    full = torch.cat([wholes(p) for p in parts], dim)
    return Selected(full, torch.cat(masks), dim, named, first.origin, first.line)


def _everywhere(x: Tensor, dim: int) -> Tensor:
    return torch.ones(x.shape[dim], dtype=torch.bool)


@rule("index")
def _index(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    """Whole numbers as indices, of which one may be selected."""
    x, indices = args
    given = [(k, i) for k, i in enumerate(indices) if i is not None]
    if len(given) != 1:
        raise Unruled
    ((place, index),) = given
    if not isinstance(x, Selected):
        full = target(x, [None] * place + [index.full])
        return index.of(full, place + index.axis)
    if isinstance(index, Selected):
        raise Unruled
    if place == x.axis:
        return target(x.full, [None] * place + [x.places(index.to(torch.int64))])
    made = target(x.full, [None] * place + [index])
    return x.of(made, x.axis + (index.ndim - 1 if place < x.axis else 0))


@rule("embedding")
def _embedding(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    weight, index = args[:2]
    if isinstance(weight, Selected):
        raise Unruled
    return index.of(target(weight, index.full, *args[2:]), index.axis)


@rule("embedding_dense_backward")
def _embedded(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    grad, index = args[:2]
    return target(grad.filled(0), index.full, *args[2:])


@rule("index_put")
def _put(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    """``y[mask] = f(x[mask])`` with the same mask, and ``y[index] += ...`` of selected indices."""
    x, indices, values = args[:3]
    accumulate = bool(args[3]) if len(args) > 3 else bool(kwargs.get("accumulate"))
    given = [(k, i) for k, i in enumerate(indices) if i is not None]
    if len(given) != 1:
        raise Unruled
    ((lead, index),) = given
    if isinstance(index, Selected):
        return _put_selected(target, x, lead, index, values, accumulate, key)
    if isinstance(x, Selected):
        if isinstance(values, Selected) or values.ndim or lead + index.ndim > x.axis >= lead:
            raise Unruled
        return x.of(target(x.full, indices, values, accumulate), x.axis)
    behind = x.ndim - lead - index.ndim
    if not isinstance(values, Selected) or values.key != key or index.dtype != torch.bool:
        raise Unruled
    if values.full.ndim - 1 - values.axis != behind:
        raise Unruled
    shape = values.full.shape
    spread = values.full.reshape(*shape[: values.axis], *index.shape, *shape[values.axis + 1 :])
    held = index.reshape(*index.shape, *[1] * behind)
    made = torch.where(held, x + spread if accumulate else spread.to(x.dtype), x)
    return x.copy_(made) if target is aten.index_put_.default else made


def _put_selected(
    target: Anything,
    x: Anything,
    lead: int,
    index: Selected,
    values: Anything,
    accumulate: bool,
    key: object,
) -> Anything:
    if index.full.dtype == torch.bool:
        # A mask of what was selected before.
        if not isinstance(x, Selected) or x.key != index.key or lead + index.axis != x.axis:
            raise Unruled
        behind = x.full.ndim - lead - index.full.ndim
        if isinstance(values, Selected):
            if values.key != (x.key, key) or values.full.ndim - 1 - values.axis != behind:
                raise Unruled
            values = values.full.reshape(x.full.shape)
        elif values.ndim:
            raise Unruled
        held = index.full.reshape(*index.full.shape, *[1] * behind)
        values = x.full + values if accumulate else values.to(x.full.dtype)
        made = torch.where(held, values, x.full)
        return x.of(x.full.copy_(made) if target is aten.index_put_.default else made, x.axis)
    if isinstance(x, Selected) or not accumulate:
        raise Unruled
    if not isinstance(values, Selected):
        values = index.of(values.expand(index.full.shape), index.axis) if not values.ndim else None
    if values is None or values.key != index.key:
        raise Unruled
    return target(x, [None] * lead + [index.full], values.filled(0), True)


@rule("select_backward slice_backward")
def _spread(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    grad, dim = args[0], args[2]
    size, places = sizes(args[1])
    if not isinstance(grad, Selected) or len(places) != 1 or at(dim, len(size)) == places[0]:
        raise Unruled
    size[places[0]] = grad.mask.shape[0]
    return grad.of(target(grad.full, size, dim, *args[3:]), places[0])
