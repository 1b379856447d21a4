"""Pooling to a size, resampling, histograms and the parts of floats against torch, forward and
backward."""

import torch
import torch.nn.functional as F

from oracle import Case, check


def slopes(function):
    def call(*given):
        given = [x.detach().requires_grad_() for x in given]
        made = function(*given)
        made = made[0] if isinstance(made, tuple) else made
        return torch.autograd.grad((made * made).sum(), given)

    return call


def both(function, *examples, values=()):
    return Case(function, examples, values), Case(slopes(function), examples, values)


def test_pools_of_a_size():
    line, plane, space = torch.randn(2, 3, 11), torch.randn(2, 3, 7, 5), torch.randn(2, 5, 4, 6)
    tied = (torch.randn(2, 3, 7, 5).round(),)
    check(
        *both(lambda x: F.adaptive_max_pool1d(x, 4, return_indices=True), line),
        *both(
            lambda x: F.adaptive_max_pool2d(x, (3, 4), return_indices=True),
            plane,
            values=(tied, (plane,)),
        ),
        *both(lambda x: F.adaptive_max_pool3d(x, (3, 2, 6)), space),
        *both(lambda x: F.adaptive_avg_pool2d(x, (4, 2)), plane),
        *both(lambda x: F.adaptive_avg_pool3d(x, (2, 3, 4)), space),
        *both(lambda x: F.pad(x, (2, -1, 0, 3), mode="replicate"), plane),
        Case(lambda x: F.max_pool2d(x, 2), (torch.randint(-9, 9, (1, 4, 6)),)),
        Case(lambda x: F.avg_pool2d(x, 2), (torch.randint(-9, 9, (1, 4, 6)),)),
    )


def test_averages_beside_an_infinity():
    x = torch.randn(1, 2, 7, 6)
    x[0, 1, 2, 3], x[0, 0, 6, 0] = torch.inf, torch.nan
    values = ((x,),)
    check(
        Case(lambda x: F.adaptive_avg_pool2d(x, (3, 4)), (x,), values),
        Case(lambda x: F.adaptive_avg_pool2d(x, (7, 3)), (x,), values),
    )


def test_antialiasing():
    picture = torch.randn(1, 2, 9, 12)

    def resized(mode, size):
        return lambda x: F.interpolate(x, size, mode=mode, antialias=True)

    def scaled(x):
        return F.interpolate(x, scale_factor=(0.6, 1.7), mode="bicubic", antialias=True)

    check(
        *both(resized("bilinear", (4, 15)), picture),
        *both(resized("bicubic", (4, 7)), picture),
        Case(scaled, (picture,)),
        Case(resized("lanczos", (5, 5)), (picture,)),
    )


def test_distances():
    points = torch.randn(6, 3)
    meeting = (torch.cat([points[:3], points[:3]]),)
    for p in (0.5, 1.0, 2.0, 3.0, float("inf")):
        check(*both(lambda x, p=p: F.pdist(x, p), points, values=((points + 1,), meeting)))


def test_histograms():
    x, y, weights = torch.randn(40), torch.randn(20, 2), torch.rand(40)
    edges = torch.tensor([-1.5, -0.5, 0.25, 1.0])
    flat = torch.full((40,), 2.0)
    check(
        Case(lambda x: torch.histogram(x, 5), (x,), ((torch.randn(40),), (flat,))),
        Case(lambda x: torch.histogram(x, 4, range=(-1.0, 1.0), density=True), (x,)),
        Case(lambda x, e, w: torch.histogram(x, e, weight=w), (x, edges, weights)),
        Case(lambda x: torch.histogramdd(x, [3, 4]), (y,)),
        Case(lambda x: torch.histc(x, 4), (x,), ((torch.randn(40),), (flat,))),
    )


def test_parts_of_floats():
    tiny = torch.tensor([0.0, -0.0, 1e-40, -3e-45, 1.0, -0.75, 3e38, float("inf"), 1e-38])
    check(
        Case(torch.frexp, (tiny,), ((tiny,),)),
        Case(torch.frexp, (tiny.double(),), ((tiny.double(),), (tiny.double() * 5e-324,))),
        Case(torch.nextafter, (tiny, -tiny), ((tiny, tiny.flip(0)), (tiny, -tiny))),
        Case(torch.nextafter, (tiny.double(), -tiny.double())),
    )
