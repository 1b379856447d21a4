"""What operations do with a selection: a table by torch's names. Those that look at one element
after the other are in none: all of the tensor goes through them."""

# torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch

from ...errors import Line
from .selected import (
    Anything,
    Count,
    Measure,
    Selected,
    Tensor,
    Unruled,
    at,
    bind,
    call,
    dims_of,
    greatest,
    least,
    numbers,
    selections,
    wholes,
    wrapped,
)

aten = torch.ops.aten
Rule = Callable[[Anything, Anything, Anything, object], Anything]
RULES: dict[str, Rule] = {}
"""torch's name of an operation -> rule(target, args, kwargs, key of the mask it indexes with)."""


def rule(names: str) -> Callable[[Rule], Rule]:
    """Enters a rule under its names."""

    def enter(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(names.split(), function))
        return function

    return enter


# What selects.


def _by_mask(
    x: Anything, indices: Anything, *, key: object, line: Line | None, origin: str
) -> Selected:
    """``x[mask]``, ``x[:, mask]``."""
    lead = next(k for k, index in enumerate(indices) if index is not None)
    mask = indices[lead]
    if isinstance(x, Selected) or isinstance(mask, Selected):
        if not (isinstance(x, Selected) and isinstance(mask, Selected)) or mask.key != x.key:
            raise Unruled
        if lead + mask.axis != x.axis:
            raise Unruled
        full, both = x.full.clone(), mask.full & mask.held()
        if both.ndim > 1:
            full, both = full.flatten(lead, lead + both.ndim - 1), both.reshape(-1)
        return Selected(full, both, lead, (x.key, key), origin, line)
    mask = mask.to(torch.bool)
    # A copy, as it may be written to.
    full = x.clone() if mask.ndim == 1 else x.clone().flatten(lead, lead + mask.ndim - 1)
    return Selected(full, mask.reshape(-1), lead, key, origin, line)


def _by_masked_select(
    x: Anything, mask: Anything, *, key: object, line: Line | None, origin: str
) -> Selected:
    if selections([x, mask]):
        raise Unruled
    x, mask = torch.broadcast_tensors(x, mask)
    return Selected(x.clone().reshape(-1), mask.reshape(-1), 0, key, origin, line)


def _by_nonzero(x: Anything, *, key: object, line: Line | None, origin: str) -> Selected:
    """(count, ndim): the places of what is not zero."""
    if isinstance(x, Selected):
        raise Unruled
    grid = torch.meshgrid(*[torch.arange(n) for n in x.shape], indexing="ij")
    places = torch.stack([line.reshape(-1) for line in grid], 1)
    return Selected(places, (x != 0).reshape(-1), 0, key, origin, line)


SELECTING: dict[object, Callable[..., Selected]] = {
    aten.index.Tensor: _by_mask,
    aten.masked_select.default: _by_masked_select,
    aten.nonzero.default: _by_nonzero,
}


# One element after the other.

_LIKE = frozenset(
    "clone detach detach_ alias _to_copy copy copy_ fill fill_ zero_ zeros_like ones_like "
    "full_like empty_like lift_fresh_copy lift_fresh masked_fill masked_fill_".split()
)


def pointwise(target: Anything, args: Anything, kwargs: Anything) -> Anything:
    """An operation on elements, on all of them."""
    name = target._schema.name.removeprefix("aten::")
    if torch.Tag.pointwise not in target.tags and name not in _LIKE:
        raise Unruled
    among = selections([list(args), list(kwargs.values())])
    if not among:
        return call(target, args, kwargs)
    first = among[0]
    from_right = first.full.ndim - first.axis
    alike = all(s.key == first.key and s.full.ndim - s.axis == from_right for s in among)
    written = target._schema.is_mutable
    if not alike or (written and not isinstance(args[0], Selected)):
        raise Unruled
    made = call(target, args, kwargs)
    return wrapped(first, made, lambda t: t.ndim - from_right)


# Sums and their kin: what is not meant is filled with what changes nothing.


def _reduction(names: str, fill: Callable[[torch.dtype], float]) -> None:
    def reduced(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
        if target._overloadname == "other":
            return pointwise(target, args, kwargs)
        bound = bind(target, args, kwargs)
        x = bound["self"]
        if not isinstance(x, Selected):
            raise Unruled
        dims = dims_of(bound, x.full.ndim)
        across = x.axis in dims
        if target is aten.linalg_vector_norm.default and not bound["ord"] > 0:
            raise Unruled
        full = x.filled(fill(x.full.dtype)) if across else x.full
        made = target(full, *args[1:], **kwargs)
        if not across:
            return _kept(x, made, dims, bool(bound.get("keepdim")))
        if isinstance(made, tuple):  # the extreme and where it is
            return made[0], _ranked(x, made[1])
        if "arg" not in target._schema.name:
            return made
        if len(dims) > 1:
            raise Unruled
        return _ranked(x, made)

    rule(names)(reduced)


def _kept(x: Selected, made: Anything, dims: list[int], keep: bool) -> Anything:
    """What was reduced along other dimensions than that of the selection."""
    return wrapped(x, made, lambda _: x.axis - (0 if keep else sum(d < x.axis for d in dims)))


def _ranked(x: Selected, places: Tensor) -> Tensor:
    return x.ranks().index_select(0, places.reshape(-1)).reshape(places.shape)


_reduction("sum nansum any linalg_vector_norm", lambda _: 0)
_reduction("prod all", lambda _: 1)
_reduction("amax max logsumexp argmax", least)
_reduction("amin min argmin", greatest)


def _measured(x: Selected, bound: dict[str, Any]) -> tuple[list[int], bool, Tensor]:
    """The dimensions, whether they stay, and how many elements a mean is of."""
    dims = dims_of(bound, x.full.ndim)
    others = 1
    for d in dims:
        others *= 1 if d == x.axis else x.full.shape[d]
    return dims, bool(bound.get("keepdim")), x.count().tensor() * others


@rule("mean")
def _mean(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    bound = bind(target, args, kwargs)
    x = bound["self"]
    dims, keep, count = _measured(x, bound)
    if x.axis not in dims:
        return _kept(x, target(x.full, *args[1:], **kwargs), dims, keep)
    return x.filled(0).sum(dims, keep, dtype=bound.get("dtype")) / count


@rule("var std var_mean std_mean")
def _var(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    name, kind = target._schema.name.removeprefix("aten::"), target._overloadname
    bound = bind(target, args, kwargs)
    x = bound["self"]
    dims, keep, count = _measured(x, bound)
    if x.axis not in dims:
        return _kept(x, target(x.full, *args[1:], **kwargs), dims, keep)
    correction = bound.get("correction")
    if not kind.startswith("correction"):
        correction = int(bound.get("unbiased", True))
    correction = 1 if correction is None else correction
    middle = x.filled(0).sum(dims, True) / count
    apart = x.of(x.full - middle, x.axis).filled(0)
    var = (apart * apart).sum(dims, keep) / (count - numbers(correction)).clamp(min=0)
    made = var.sqrt() if name.startswith("std") else var
    if not name.endswith("mean"):
        return made
    return made, middle if keep else middle.squeeze(dims)


def _along(names: str, *fills: Callable[[torch.dtype], float]) -> None:
    """Operations of the same shape along one dimension; ``fills`` of their first tensors."""

    def along(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
        bound = bind(target, args, kwargs)
        among = [bound[name] for name in list(bound)[: len(fills)]]
        first = among[0]
        if not all(isinstance(s, Selected) and s.key == first.key for s in among):
            raise Unruled
        if at(bound["dim"], first.full.ndim) == first.axis:
            fulls = [s.filled(f(s.full.dtype)) for s, f in zip(among, fills, strict=True)]
        else:
            fulls = [s.full for s in among]
        made = target(*fulls, *args[len(fills) :], **kwargs)
        return wrapped(first, made, lambda _: first.axis)

    rule(names)(along)


_along("cumsum", lambda _: 0)
_along("cumprod", lambda _: 1)
_along("_softmax _log_softmax logcumsumexp", least)
_along("_softmax_backward_data _log_softmax_backward_data", lambda _: 0, lambda _: 0)


@rule("sort")
def _sort(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    bound = bind(target, args, kwargs)
    x = bound["self"]
    if at(bound["dim"], x.full.ndim) != x.axis:
        return wrapped(x, target(x.full, *args[1:], **kwargs), lambda _: x.axis)
    last = least if bound["descending"] else greatest
    values, order = target(x.filled(last(x.full.dtype)), *args[1:], **kwargs)
    front = torch.arange(x.mask.shape[0]) < x.count().tensor()
    first = Selected(values, front, x.axis, ("sorted", x.key), x.origin, x.line)
    return first, first.of(_ranked(x, order), x.axis)


@rule("median")
def _median(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    (x,) = args[:1]
    if len(args) > 1 or x.full.ndim != 1 or not x.full.is_floating_point():
        raise Unruled
    ordered = x.filled(float("inf")).sort().values
    middle = ((x.count().tensor() - 1) // 2).clamp(min=0).reshape(1)
    found = ordered.index_select(0, middle).squeeze(0)
    return torch.where((x.full.isnan() & x.mask).any(), float("nan"), found)


# Products.


def _product(left: Anything, right: Anything, product: Anything) -> Anything:
    """``left @ right``: matrices, of which one may be a vector."""
    inner, outer = wholes(left).ndim - 1, max(wholes(right).ndim - 2, 0)
    if not isinstance(left, Selected):
        if right.axis == outer:
            raise Unruled
        return right.of(product(left, right.full), wholes(left).ndim - 1)
    if not isinstance(right, Selected):
        if left.axis == inner:
            raise Unruled
        return left.of(product(left.full, right), left.axis)
    if left.key != right.key or left.axis != inner or right.axis != outer:
        raise Unruled
    return product(left.filled(0), right.filled(0))


@rule("mm mv dot vdot")
def _mm(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    return _product(args[0], args[1], target)


@rule("addmm")
def _addmm(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    bias, left, right = args[:3]
    made = _product(left, right, torch.mm)
    return pointwise(aten.add.Tensor, (made, bias), {}) if selections([made, bias]) else made + bias


# What the tables of python and of losses need.


@rule("python")
def _python(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    """Arithmetic of Python on a count, and parts of a tuple."""
    if target is operator.getitem:
        return args[0][args[1]]
    if target is operator.mul and len(selections(list(args))) == 0:
        counts = [a for a in args if isinstance(a, Count)]
        others = [a for a in args if isinstance(a, int)]
        if len(counts) == len(others) == 1:
            (count,) = counts
            return Count(count.mask, count.times * others[0], count.key, count.origin, count.line)
    known = [a for a in args if isinstance(a, (Count, Measure))]
    if not known or selections(list(args)):
        raise Unruled
    if target is torch.sym_float:
        made = known[0].tensor().to(torch.float64)
    elif target in (torch.sym_max, torch.sym_min):
        function = torch.maximum if target is torch.sym_max else torch.minimum
        made = function(*[torch.as_tensor(numbers(a)) for a in args])
    elif getattr(target, "__module__", "") == "_operator":
        made = target(*[numbers(a) for a in args])
    else:
        raise Unruled
    return Measure(made, known[0].origin, known[0].line)


@rule("scalar_tensor")
def _scalar(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    return numbers(args[0]).to(kwargs.get("dtype") or torch.get_default_dtype())


@rule("mse_loss binary_cross_entropy smooth_l1_loss huber_loss soft_margin_loss")
def _loss(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    bound = bind(target, args, kwargs)
    kind = bound["reduction"]
    among = selections(list(bound.values()))
    if not all((s.key, s.axis) == (among[0].key, among[0].axis) for s in among):
        raise Unruled
    each = target(*[wholes(value) for value in (bound | {"reduction": 0}).values()])
    losses = among[0].of(each, among[0].axis)
    if kind == 0:
        return losses
    reduced = aten.mean.default if kind == 1 else aten.sum.default
    return RULES[reduced._schema.name.removeprefix("aten::")](reduced, (losses,), {}, None)


@rule(
    "mse_loss_backward binary_cross_entropy_backward smooth_l1_loss_backward huber_loss_backward "
    "soft_margin_loss_backward"
)
def _loss_slope(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    bound = bind(target, args, kwargs)
    kind, x = bound["reduction"], bound["self"]
    total = 2 if kind == 1 else kind
    slope = target(*[wholes(value) for value in (bound | {"reduction": total}).values()])
    if kind == 1:
        slope = slope / (x.count().tensor() * (x.full.numel() // x.mask.shape[0]))
    return x.of(slope, x.axis)


@rule("nll_loss_forward nll_loss_backward")
def _nll(target: Anything, args: Anything, kwargs: Anything, key: object) -> Anything:
    bound = bind(target, args, kwargs)
    x, labels = bound["self"], bound["target"]
    if not (isinstance(x, Selected) and isinstance(labels, Selected)) or x.key != labels.key:
        raise Unruled
    if x.axis or x.full.ndim != 2:
        raise Unruled
    bound |= {"self": x.full, "target": labels.filled(bound["ignore_index"])}
    if isinstance(bound.get("grad_output"), Selected):
        bound["grad_output"] = bound["grad_output"].full
    made = target(*[numbers(value) for value in bound.values()])
    if target is aten.nll_loss_backward.default:
        return x.of(made, 0)
    loss, total = made
    return (x.of(loss, 0) if loss.ndim else loss), total
