"""What the fuzzer found: one case for each mistake, as it was reduced."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

import explorable as ex
from explorable import ExplorableError
from oracle import Case, check

INF, NAN = torch.inf, torch.nan


def test_zero_to_the_power_zero_is_undefined_for_tensors_and_one_for_numbers():
    x = torch.tensor([0, 1j, 2, 0], dtype=torch.complex64)
    y = torch.tensor([0, 0, 1j, 2], dtype=torch.complex64)
    check(Case(lambda x, y: (x**y, x**0, x ** y[0]), (x, y), ((x, y),)))


def test_what_is_looked_up_in_empty_tensors():
    def empty(x):
        order = torch.argsort(x, stable=True)
        return torch.gather(x, -1, order), F.pad(x.cumsum(-1), (1, 1))

    check(Case(empty, (torch.zeros(3, 0),), ((torch.zeros(3, 0),),)))


def test_hypot_of_numbers_whose_squares_no_float_holds():
    x = torch.tensor([0.0, 3e38, 1e20, 3.0, 1e-40, NAN, INF, -0.0])
    y = torch.tensor([1e-40, 0.0, 1e20, 4.0, 1e-40, INF, NAN, 0.0])
    # One by one, as the error of a tensor is measured by its largest number.
    pairs = zip(x[:, None], y[:, None], strict=True)
    check(*[Case(torch.hypot, pair, (pair,)) for pair in pairs])


def test_what_is_put_into_a_tensor_takes_its_dtype():
    x = torch.tensor([[True, False], [False, True]])
    check(Case(lambda x: torch.select_scatter(x, x[0] * 2, 0, -1), (x,), ((x,),)))


def test_e_to_the_minus_infinity_is_zero_in_every_direction():
    z = torch.complex(torch.tensor([-INF, -INF, -INF, 1.0]), torch.tensor([NAN, INF, 1.0, 2.0]))
    check(Case(torch.exp, (z,), ((z,),)))


def test_the_median_of_nothing():
    check(
        *[
            Case(function, (torch.zeros(0),), ((torch.zeros(0),),))
            for function in (torch.nanmedian, torch.median)
        ]
    )


def test_the_imaginary_part_of_a_conjugate():
    z = torch.tensor([1 + 2j, -3j, 0])
    check(Case(lambda z: z.conj().imag * 2, (z,), ((z,),)))


def test_no_distance_has_no_slope_whatever_is_asked_of_it():
    def slope(x, p):
        def logarithm(x):
            return torch.cdist(x, x, p=p).log().sum()

        return torch.func.grad(logarithm)(x)

    x = torch.tensor([[0.5, 1.0], [2.0, -1.0], [0.0, 3.0]])
    check(*[Case(lambda x, p=p: slope(x, p), (x,), ((x * 1.5,),)) for p in (2.0, 3.0, 1.5)])


def test_gradients_through_a_sign_end_no_process():
    """torch's kernels read zeros that have no memory, below a mode that looks at operations."""

    def slope(x):
        def loss(x):
            return torch.sgn(torch.trapezoid(x * 2)).square() + x.sum()

        return torch.func.grad(loss)(x), torch.autograd.grad(
            loss(y := x.clone().requires_grad_()), y
        )

    x = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)
    check(Case(slope, (x,), ((-x,),)))


def test_complex_division_by_what_is_infinite_or_zero():
    tops = [1 + 2j, 0, complex(INF, 1), complex(1e38, 1e38), 1j, complex(INF, INF)]
    divisors = [complex(INF, 0), complex(0, -INF), complex(INF, INF), 0, 3 - 4j, 1e-30j]
    x = torch.tensor([a for a in tops for _ in divisors], dtype=torch.complex64)
    y = torch.tensor(divisors * len(tops), dtype=torch.complex64)
    # One by one, as the error of a tensor is measured by its largest number.
    check(Case(lambda x, y: (x / y).unbind(), (x, y), ((x, y),)))


def test_what_is_real_in_the_transform_of_a_real_line_has_no_noise():
    def signs(x):
        f = torch.fft.rfft(x).imag
        return (
            f[:, 0].abs().ceil(),
            f[:, -1].abs().ceil(),
            torch.fft.ihfft(x).imag[:, -1].abs().ceil(),
        )

    for n in (2, 6, 10, 30, 64):
        x, y = torch.randn(3, n), torch.randn(3, n)
        check(Case(signs, (x,), ((y,),)))


def test_distances_of_batches_that_are_broadcast():
    def slopes(x, y):
        x, y = x.detach().requires_grad_(), y.detach().requires_grad_()
        apart = torch.cdist(x, y, 1.5).sin().sum() + torch.cdist(x, y, INF).sin().sum()
        return torch.autograd.grad(apart, [x, y])

    x, y = torch.randn(1, 1, 2), torch.randn(2, 1, 2, 2)
    check(Case(slopes, (x, y), ((x * 2, y + 1),)))


def test_windows_of_a_single_number():
    check(Case(lambda x: x.unfold(0, 1, 1) * 2, (torch.tensor(2.0),), ((torch.tensor(3.0),),)))


def test_whether_any_of_no_complex_numbers_is_true():
    def found(x):
        return x.cfloat().any(), x.cfloat().sum(-1), x.cfloat().prod(-1)

    check(Case(found, (torch.zeros(2, 0),), ((torch.zeros(2, 0),),)))


def test_the_hyperbolic_tangent_of_what_is_infinite_is_real():
    z = torch.tensor([complex(INF, NAN), complex(-INF, 3), complex(30, 1e20), complex(-1, 0.5)])
    check(Case(lambda z: z.tanh().unbind(), (z,), ((z,),)))


def test_the_norm_of_a_single_number():
    x = torch.tensor(2.0)
    check(Case(lambda x: torch.linalg.vector_norm(x, 2, 0), (x,), ((-x,),)))


def test_what_is_real_in_the_transform_of_infinite_lines_is_zero():
    def parts(x):
        lines = torch.fft.rfft(x).imag
        return lines[:, 0], lines[:, -1]

    for strange in (INF, NAN):
        x, y = torch.randn(3, 6), torch.randn(3, 6)
        y[0, 0] = y[1, 2] = strange
        check(Case(parts, (x,), ((y,),)))


def test_a_position_in_one_element_beside_a_sum():
    def places(x):
        mixed = F.scaled_dot_product_attention(x, x, x)
        return (mixed.to(torch.int64).argmax(0, keepdim=True) + 1).minimum(torch.tensor(3)), mixed

    x = torch.randn(1, 12, 3, dtype=torch.float64)
    check(Case(places, (x,), ((torch.randn_like(x),),)))


def test_memory_beyond_a_view_is_refused():
    with pytest.raises(ExplorableError, match=r"memory that the view does not show(?s:.*)clone"):
        ex.compile(lambda x: x[:0].as_strided((2, 2), (1, 1)) * 1, torch.zeros(33, 7))
    x = torch.randn(5, 7)
    check(Case(lambda x: x[:1].as_strided((2, 5), (1, 1)) * 1, (x,), ((x * 2,),)))


def test_rows_of_a_turned_tensor_are_filled():
    rows = torch.tensor([2, 0])

    def filled(x):
        y = x.permute(2, 0, 1).index_fill(1, rows, -1.5)
        return y, y.flatten(), torch.autograd.grad(y.square().sum(), x)[0]

    x = torch.randn(4, 3, 2, requires_grad=True)
    check(Case(filled, (x,), ((torch.randn(4, 3, 2, requires_grad=True),),)))


def test_zero_to_a_negative_complex_power_is_infinite():
    def powers(x, y):
        z = torch.complex(x, 2 * x) ** y
        return z.real, torch.autograd.grad(z.real.sum() + z.imag.sum(), x)[0]

    x = torch.tensor([0.0, 1.5, -2.0, 0.0], requires_grad=True)
    exponents = [torch.tensor(y, dtype=torch.complex64) for y in (-1, -2.5, -1 + 0.5j, 2)]
    check(Case(powers, (x, exponents[0]), tuple((x, y) for y in exponents)))
