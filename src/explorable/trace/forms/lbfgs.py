"""torch.optim.LBFGS without a branch on values: as many evaluations as it may ever make, each of
them with effect only while the minimisation goes on.

Nocedal & Wright, Numerical Optimization, algorithms 3.5, 3.6 and 7.4, as torch.optim.LBFGS spells
them. The two loops over the history are two triangular systems in the products of its rows.
Tried with torch 2.13.
"""

# torch is only partly typed.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

ARMIJO, CURVATURE = 1e-4, 0.9
LEAST_CURVATURE = 1e-10
CLOSE, AWAY = 0.1, 0.01
"""Shares of the bracket and of the last step that a trial keeps away from what is known."""
BRACKETS, ZOOMS = False, True


def packed(optimizer: torch.optim.LBFGS) -> dict[str, Tensor]:
    """Its state in tensors whose shapes stay: ``n_iter`` int64 ``()``, ``t`` ``()``, the
    history of steps and slopes ``(history_size, n)``, newest last, zeros before the oldest.

    Pure. What torch keeps in lists is packed; what is packed already is given back.
    """
    group = optimizer.param_groups[0]
    parameters, rows = group["params"], group["history_size"]
    state = optimizer.state.get(parameters[0], {})
    if isinstance(state.get("old_stps"), Tensor):
        return dict(state)
    like = torch.cat([_flat(p.detach()) for p in parameters])
    t, scale = state.get("t"), state.get("H_diag")
    steps, slopes = (
        torch.cat([like.new_zeros(rows - len(kept), len(like)), *(row[None] for row in kept)])
        for kept in (state.get("old_stps") or [], state.get("old_dirs") or [])
    )
    return {
        "n_iter": torch.tensor(state.get("n_iter", 0)),
        "d": like.new_zeros(len(like)) if state.get("d") is None else state["d"].clone(),
        "t": like.new_tensor(0.0 if t is None else float(t)),
        "old_stps": steps,
        "old_dirs": slopes,
        "products": steps @ slopes.T,
        "H_diag": like.new_tensor(1.0 if scale is None else float(scale)),
        "prev_flat_grad": torch.zeros_like(like)
        if state.get("prev_flat_grad") is None
        else state["prev_flat_grad"].clone(),
    }


def everything(optimizer: torch.optim.LBFGS) -> dict[str, Any]:
    """What a copy of it needs for its step, of which torch leaves a part out."""
    return dict(vars(optimizer))


def step(optimizer: torch.optim.LBFGS, closure: Callable[[], Any]) -> Any:
    """``LBFGS.step`` on a packed state: the same minimisation, to rounding; gives what the first
    call of ``closure`` gave."""
    group = optimizer.param_groups[0]
    parameters = group["params"]
    options = _Options(
        group["lr"],
        group["max_iter"],
        group["max_eval"],
        group["tolerance_grad"],
        group["tolerance_change"],
    )
    state = packed(optimizer)

    def evaluate(x: Tensor) -> tuple[Tensor, Tensor]:
        _write(parameters, x)
        with torch.enable_grad():
            loss = closure()
        return loss.detach().to(x.dtype), _slopes(parameters)

    with torch.no_grad():
        with torch.enable_grad():
            first = closure()
        x, slope = torch.cat([_flat(p.detach()) for p in parameters]), _slopes(parameters)
        loss = first.detach().to(x.dtype)
        memory = _Memory(**state)
        going = ~(slope.abs().max() <= options.tolerance_grad)
        count, evaluations = torch.tensor(0), torch.tensor(1)
        memory, count, going, gain = _begin(options, memory, slope, going, count)
        if group["line_search_fn"] is None:
            for _ in range(options.max_iter - 1):
                before = loss
                x = torch.where(going, x + memory.move(), x)
                loss, slope = evaluate(x)
                evaluations = evaluations + going.long()
                going = going & _unfinished(options, memory, loss, before, slope, evaluations)
                memory, count, going, gain = _begin(options, memory, slope, going, count)
            x = torch.where(going, x + memory.move(), x)
        else:
            trial = x
            search = _Search.at(memory.t, loss, slope, gain, options.max_eval - evaluations)
            for _ in range(options.max_eval):
                trial = torch.where(going, x + search.trial * memory.d, trial)
                found, there = evaluate(trial)
                search, over = search.seen(found, there, memory.d, options.tolerance_change)
                over = over & going
                evaluations = evaluations + going.long()
                before = loss
                where, low_loss, low_slope = search.lowest()
                memory = replace(memory, t=torch.where(over, where, memory.t))
                x = torch.where(over, x + memory.move(), x)
                loss, slope = torch.where(over, low_loss, loss), torch.where(over, low_slope, slope)
                onward = _unfinished(options, memory, loss, before, slope, evaluations)
                anew = over & onward & (count < options.max_iter)
                memory, count, anew, gain = _begin(options, memory, slope, anew, count)
                left = options.max_eval - evaluations
                fresh = _Search.at(memory.t, loss, slope, gain, left)
                search = _choose(anew, fresh, search)
                going = going & (~over | anew)
        _write(parameters, x)
    state = optimizer.state[parameters[0]]
    for name, value in vars(memory).items():
        state[name] = value
    return first


@dataclass(frozen=True)
class _Options:
    lr: Any  # Any: a number that moves
    max_iter: int
    max_eval: int
    tolerance_grad: float
    tolerance_change: float


@dataclass(frozen=True)
class _Memory:
    """What stays between steps, by torch's names."""

    n_iter: Tensor
    d: Tensor
    t: Tensor
    old_stps: Tensor
    old_dirs: Tensor
    products: Tensor
    """``old_stps @ old_dirs.T``."""
    H_diag: Tensor
    prev_flat_grad: Tensor

    def move(self) -> Tensor:
        return self.t * self.d

    def remember(self, slope: Tensor, going: Tensor) -> _Memory:
        """With the last step and how the slope changed by it, where that curves upwards."""
        y, s = slope - self.prev_flat_grad, self.move()
        ys = y.dot(s)
        keep = going & (self.n_iter > 0) & (ys > LEAST_CURVATURE)
        steps, slopes = (
            torch.cat([rows[1:], row[None]])
            for rows, row in ((self.old_stps, s), (self.old_dirs, y))
        )
        inner = self.products[1:, 1:]
        right, below = steps @ y, slopes @ s
        products = torch.cat([torch.cat([inner, right[:-1, None]], 1), below[None]])
        return replace(
            self,
            old_stps=torch.where(keep, steps, self.old_stps),
            old_dirs=torch.where(keep, slopes, self.old_dirs),
            products=torch.where(keep, products, self.products),
            H_diag=torch.where(keep, ys / y.dot(y), self.H_diag),
        )

    def direction(self, slope: Tensor) -> Tensor:
        """``-H @ slope``."""
        diagonal = self.products.diagonal()
        diagonal = torch.where(diagonal > 0, diagonal, 1)  # rows not filled yet
        upper = self.products.triu(1) + diagonal.diag()
        first = torch.linalg.solve_triangular(upper, -(self.old_stps @ slope)[:, None], upper=True)[
            :, 0
        ]
        q = self.H_diag * (-slope - self.old_dirs.T @ first)
        second = torch.linalg.solve_triangular(
            upper.T, (diagonal * first - self.old_dirs @ q)[:, None], upper=False
        )[:, 0]
        return q + self.old_stps.T @ second


def _begin(
    options: _Options, memory: _Memory, slope: Tensor, going: Tensor, count: Tensor
) -> tuple[_Memory, Tensor, Tensor, Tensor]:
    """The next iteration, where one is ``going``: memory with its direction and first step length,
    the count of iterations, whether it goes downhill, and how steeply."""
    memory = memory.remember(slope, going)
    d = memory.direction(slope)
    shorter = torch.clamp(1 / slope.abs().sum(), max=1.0)
    t = torch.where(memory.n_iter == 0, shorter, 1.0) * options.lr
    gain = slope.dot(d)
    memory = replace(
        memory,
        n_iter=memory.n_iter + going.long(),
        d=torch.where(going, d, memory.d),
        t=torch.where(going, t, memory.t),
        prev_flat_grad=torch.where(going, slope, memory.prev_flat_grad),
    )
    return memory, count + going.long(), going & ~(gain > -options.tolerance_change), gain


def _unfinished(
    options: _Options,
    memory: _Memory,
    loss: Tensor,
    before: Tensor,
    slope: Tensor,
    evaluations: Tensor,
) -> Tensor:
    return ~(
        (evaluations >= options.max_eval)
        | (slope.abs().max() <= options.tolerance_grad)
        | (memory.move().abs().max() <= options.tolerance_change)
        | ((loss - before).abs() < options.tolerance_change)
    )


@dataclass(frozen=True)
class _Search:
    """A search along a line for the strong Wolfe conditions, between two evaluations.

    Numbers have the parameters' dtype, as torch's have from the slopes on: at the bottom it is
    rounding that decides. An end of the bracket is its place, loss, gain and slope.
    """

    trial: Tensor
    zooming: Tensor
    tries: Tensor
    most: Tensor
    stuck: Tensor
    start: tuple[Tensor, Tensor, Tensor, Tensor]
    left: tuple[Tensor, Tensor, Tensor, Tensor]
    right: tuple[Tensor, Tensor, Tensor, Tensor]

    @classmethod
    def at(cls, t: Tensor, loss: Tensor, slope: Tensor, gain: Tensor, most: Tensor) -> _Search:
        start = (torch.zeros_like(t), loss, gain, slope)
        no = torch.tensor(False)
        return cls(t, no, torch.tensor(0), most, no, start, start, start)

    def lowest(self) -> tuple[Tensor, Tensor, Tensor]:
        """Place, loss and slope at the better end."""
        left = self.left[1] <= self.right[1]
        place, loss, _, slope = _choose(left, self.left, self.right)
        return place, loss, slope

    def seen(
        self, loss: Tensor, slope: Tensor, d: Tensor, tolerance: float
    ) -> tuple[_Search, Tensor]:
        """After an evaluation at ``trial``: the search with its next trial, and whether it is over;
        then ``left`` and ``right`` hold what was found."""
        _, f, gtd, _ = self.start
        gain = slope.dot(d)
        here = (self.trial, loss, gain, slope)
        high = loss > f + ARMIJO * self.trial * gtd
        flat = gain.abs() <= -CURVATURE * gtd
        tries = self.tries + self.zooming.long()

        # While it brackets: `left` is the point before.
        spent = ~self.zooming & (self.tries == self.most)
        worse = high | ((self.tries > 1) & (loss >= self.left[1]))
        found = ~self.zooming & ~spent & ~worse & flat
        crossed = ~self.zooming & ~spent & (worse | (~flat & (gain >= 0)))
        further = ~self.zooming & ~spent & ~crossed & ~found
        step = self.trial - self.left[0]
        farther = _between(self.left, here, self.trial + AWAY * step, self.trial * 10)

        # While it zooms: one end becomes the new point, or the better end moves there.
        left_low = self.left[1] <= self.right[1]
        low, high_end = _choose(left_low, (self.left, self.right), (self.right, self.left))
        rejected = high | (loss >= low[1])
        settled = self.zooming & ~rejected & flat
        turned = ~rejected & ~flat & (gain * (high_end[0] - low[0]) >= 0)
        new_high = _choose(rejected, here, _choose(turned, low, high_end))
        new_low = _choose(rejected, low, here)
        zoomed = _choose(left_low, (new_low, new_high), (new_high, new_low))

        left = _choose(self.zooming, zoomed[0], self.left)
        left = _choose(further | found, here, _choose(spent, self.start, left))
        right = _choose(self.zooming, zoomed[1], here)

        zooming = self.zooming | crossed
        narrow = (right[0] - left[0]).abs() * d.abs().max() < tolerance
        over = spent | found | settled | (zooming & (narrow | (tries >= self.most)))
        inner, stuck = _inner(left, right, self.stuck & self.zooming)
        return replace(
            self,
            trial=torch.where(further, farther, inner),
            zooming=zooming,
            tries=tries + further.long(),
            stuck=stuck,
            left=left,
            right=right,
        ), over


_End = tuple[Tensor, Tensor, Tensor, Tensor]


def _between(a: _End, b: _End, least: Tensor, most: Tensor) -> Tensor:
    """The minimum of the cubic through two points with their gains, within bounds."""
    (x1, f1, g1, _), (x2, f2, g2, _) = a, b
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1**2 - g1 * g2
    d2 = square.clamp(min=0).sqrt()
    rising = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    falling = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    place = torch.where(x1 <= x2, rising, falling).clamp(least, most)
    return torch.where(square >= 0, place, (least + most) / 2)


def _inner(left: _End, right: _End, stuck: Tensor) -> tuple[Tensor, Tensor]:
    """A trial inside the bracket, away from its ends when it stayed near them twice; and whether it
    stayed near one."""
    least, most = torch.minimum(left[0], right[0]), torch.maximum(left[0], right[0])
    t = _between(left, right, least, most)
    near = CLOSE * (most - least)
    close = torch.minimum(most - t, t - least) < near
    pushed = close & (stuck | (t >= most) | (t <= least))
    away = torch.where((t - most).abs() < (t - least).abs(), most - near, least + near)
    return torch.where(pushed, away, t), close & ~pushed


def _choose(condition: Tensor, yes: Any, no: Any) -> Any:
    """``torch.where`` over tuples and records."""
    if isinstance(yes, Tensor):
        return torch.where(condition, yes, no)
    if isinstance(yes, tuple):
        return tuple(_choose(condition, a, b) for a, b in zip(yes, no, strict=True))
    parts = {name: _choose(condition, part, getattr(no, name)) for name, part in vars(yes).items()}
    return type(yes)(**parts)


def _flat(p: Tensor) -> Tensor:
    return (torch.view_as_real(p) if p.is_complex() else p).reshape(-1)


def _slopes(parameters: list[Tensor]) -> Tensor:
    slopes = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
    return torch.cat([_flat(slope.detach()) for slope in slopes])


def _write(parameters: list[Tensor], x: Tensor) -> None:
    sizes = [p.numel() * (2 if p.is_complex() else 1) for p in parameters]
    for p, part in zip(parameters, x.split(sizes), strict=True):
        complex_pair = part.reshape(*p.shape, 2) if p.is_complex() else None
        p.copy_(part.view_as(p) if complex_pair is None else torch.view_as_complex(complex_pair))
