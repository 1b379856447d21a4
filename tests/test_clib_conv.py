"""Convolutions and max pooling against torch, forward and backward."""

import torch
from torch.nn import functional as F

from oracle import Case, check


def rows(*shape, dtype=torch.float32):
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=generator, dtype=dtype)


def convolution(function, **options):
    return lambda x, weight, bias: function(x, weight, bias, **options)


def gradients(function):
    """The gradients of a weighted sum of the result, for every argument."""

    def call(*arguments):
        leaves = [a.detach().requires_grad_() for a in arguments]
        result = function(*leaves)
        weights = torch.arange(result.numel(), dtype=result.dtype).reshape(result.shape)
        return torch.autograd.grad((result * torch.cos(weights)).sum(), leaves)

    return call


KINDS = [
    # function, options, shapes of x, weight, bias
    (F.conv1d, {}, (2, 3, 20), (5, 3, 4), 5),
    (F.conv1d, {"stride": 2, "padding": 3, "dilation": 2}, (2, 4, 17), (6, 2, 3), 6),
    (F.conv2d, {"padding": 1}, (3, 2, 8, 8), (7, 2, 3, 3), 7),
    (F.conv2d, {"stride": (2, 1), "padding": (0, 2)}, (1, 3, 9, 11), (4, 3, 3, 2), 4),
    (F.conv2d, {"groups": 3, "dilation": (1, 2)}, (2, 6, 7, 9), (9, 2, 2, 3), 9),
    (F.conv2d, {}, (2, 1, 14, 14), (16, 1, 5, 5), 16),
    (F.conv3d, {"stride": 2, "padding": 1}, (1, 2, 5, 6, 7), (3, 2, 3, 3, 3), 3),
    (F.conv_transpose1d, {"stride": 2}, (2, 3, 7), (3, 4, 3), 4),
    (
        F.conv_transpose2d,
        {"stride": 2, "padding": 1, "output_padding": 1},
        (2, 4, 5, 5),
        (4, 3, 3, 3),
        3,
    ),
    (F.conv_transpose2d, {"groups": 2, "dilation": 2}, (1, 4, 5, 6), (4, 3, 2, 2), 6),
]


def with_groups(function, options):
    """conv1d with fewer weights than channels means groups."""
    if function is F.conv1d and options:
        options = options | {"groups": 2}
    return convolution(function, **options)


def cases(dtype, wrap):
    return [
        Case(
            wrap(with_groups(function, options)),
            (rows(*x, dtype=dtype), rows(*w, dtype=dtype), rows(b, dtype=dtype)),
        )
        for function, options, x, w, b in KINDS
    ]


def test_forward():
    check(*cases(torch.float32, lambda f: f))


def test_backward():
    check(*cases(torch.float32, gradients))


def test_double():
    check(*cases(torch.float64, lambda f: f)[1:5], *cases(torch.float64, gradients)[3:5])


def test_max_pooling():
    x = rows(2, 3, 9, 8)
    nan = x.clone()
    nan[0, 0, 4, 4] = float("nan")
    check(
        Case(lambda x: F.max_pool2d(x, 2, return_indices=True), (x,)),
        Case(lambda x: F.max_pool2d(x, 3, stride=2, padding=1), (x,), ((x,), (nan,))),
        Case(lambda x: F.max_pool2d(x, (2, 3), dilation=2, ceil_mode=True), (x,)),
        Case(lambda x: F.max_pool3d(x, 2), (rows(1, 2, 4, 5, 6),)),
        Case(gradients(lambda x: F.max_pool2d(x, 3, stride=2)), (x,)),
        Case(lambda x: F.max_pool1d(x, 3), (rows(2, 3, 10),)),
    )


def test_gradient_of_the_weights_alone():
    def gradient(x, weight):
        weight = weight.detach().requires_grad_()
        return torch.autograd.grad(F.conv2d(x, weight, padding=1).square().sum(), weight)[0]

    check(Case(gradient, (rows(2, 3, 6, 6), rows(4, 3, 3, 3))))
