"""torch's functions that look at values, traced and compiled without looking."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from oracle import Case, check


def test_statistics_with_weights() -> None:
    x = torch.randn(3, 7)
    often, heavy = torch.randint(1, 4, (7,)), torch.rand(7) + 0.1

    def weighted(x: torch.Tensor, often: torch.Tensor, heavy: torch.Tensor) -> tuple[object, ...]:
        plain = torch.cov(x), torch.cov(x, correction=0), x[0].cov(), torch.corrcoef(x)
        return *plain, torch.cov(x, fweights=often, aweights=heavy), torch.cov(x, aweights=heavy)

    check(
        Case(weighted, (x, often, heavy)),
        Case(lambda x: torch.func.grad(lambda a: torch.corrcoef(a)[0, 1])(x), (x,)),
        Case(lambda z: (torch.cov(z), z.corrcoef()), (torch.randn(3, 7, dtype=torch.complex64),)),
    )


def test_parts_that_begin_at_a_moving_place() -> None:
    x = torch.randn(5, 4)
    starts = tuple((x, torch.tensor(start)) for start in (0, 3, -2))
    check(
        Case(lambda x, at: (torch.narrow(x, 0, at, 2), x.narrow(1, 1, 3)), starts[0], starts),
        Case(lambda x, at: (torch.take(x, at), x.take(at.reshape(1))), starts[0], starts),
    )


def test_gradients_of_filled_places() -> None:
    x, value = torch.randn(4, 5), torch.tensor(2.0)
    places, weights = torch.tensor([3, 0, 3]), torch.randn(4, 5)

    def slopes(x: torch.Tensor, value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return torch.func.grad(
            lambda x, value: (x.index_fill(1, places, value) * weights).sum(), argnums=(0, 1)
        )(x, value)

    check(Case(slopes, (x, value)))


def test_the_top_of_one_number() -> None:
    check(Case(lambda x: (torch.topk(x, 1), x.sort(), x.kthvalue(1)), (torch.tensor(3.0),)))


def test_ranges_of_whole_numbers() -> None:
    def ranges(low: torch.Tensor) -> tuple[torch.Tensor, ...]:
        whole = torch.linspace(4.3, -1.6, 50, dtype=torch.int64)
        one = torch.linspace(-3.5, 9, 1, dtype=torch.int64)
        return whole, one, torch.linspace(low, 40, 7, dtype=torch.int64), torch.linspace(0, 1, 3)

    check(Case(ranges, (torch.tensor(3),)))


def test_whole_powers_are_exact() -> None:
    base = torch.arange(-9, 10, dtype=torch.float64).unsqueeze(1)
    power = torch.arange(0, 16, dtype=torch.float64)
    check(Case(lambda a, n: (a**n).long(), (base, power), ((base, power),)))


def test_an_undefined_slope_ends_where_the_function_is_flat() -> None:
    x = torch.tensor([0.1, 0.2, 0.7, -0.6, torch.inf])
    slope = torch.tensor([torch.nan, torch.nan, 2.0, torch.nan, torch.inf])

    def shrunk(x: torch.Tensor, slope: torch.Tensor) -> tuple[torch.Tensor, ...]:
        x = x.detach().requires_grad_()
        made = (F.softshrink(x), F.hardshrink(x, 0.3))
        return (*made, *(torch.autograd.grad(y, x, slope)[0] for y in made))

    check(Case(shrunk, (x, slope), ((x, slope),)))


def test_an_argument_may_change_its_shape_in_place() -> None:
    def reshaped(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        doubled = x * 2
        x.t_()
        doubled.unsqueeze_(0)
        x.mul_(doubled[0].mT)
        return x @ x.mT, doubled

    check(Case(reshaped, (torch.randn(2, 3),)))


def test_the_length_of_one_number_whose_square_is_none() -> None:
    values = tuple((torch.tensor([[x], [-x]]),) for x in (1e-30, 1e30, 2.0))
    check(Case(lambda x: (x.norm(dim=1), x[:1].norm(), x[0].norm(3)), values[2], values))
