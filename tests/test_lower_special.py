"""Special functions against torch, forward and backward."""

import torch

from oracle import Case, check

special = torch.special


def points(low, high):
    return torch.linspace(low, high, 60)


def test_functions():
    far, positive = points(-40, 40), points(0.1, 20)
    check(
        Case(torch.i0, (points(-10, 10),)),
        Case(special.i0e, (far,), ((far,),)),
        Case(special.i1, (points(-10, 10),)),
        Case(special.i1e, (far,), ((far,),)),
        Case(special.bessel_j0, (far,), ((far,),)),
        Case(special.bessel_j1, (far,), ((far * 3,),)),
        Case(special.erfcx, (points(-3, 30),)),
        Case(special.ndtri, (points(0.001, 0.999),), ((points(1e-6, 1 - 1e-6),),)),
        Case(special.zeta, (points(1.1, 9), positive), ((points(1.2, 9), positive),)),
        Case(lambda x: torch.polygamma(0, x), (positive,)),
        Case(lambda x: torch.polygamma(1, x), (positive,)),
        Case(lambda x: torch.polygamma(3, x), (positive,)),
        Case(lambda x: torch.polygamma(2, x), (points(-3.7, -3.2),), ((points(-3.7, -3.2),),)),
    )


def test_gradients():
    def gradient(function):
        def call(x):
            x = x.detach().requires_grad_()
            return torch.autograd.grad(function(x).sum(), x)[0]

        return call

    check(
        Case(gradient(torch.digamma), (points(0.5, 9),)),
        Case(gradient(torch.lgamma), (points(0.5, 9),)),
        Case(gradient(torch.erfinv), (points(-0.9, 0.9),), ((points(-0.8, 0.8),),)),
        Case(gradient(torch.i0), (points(-5, 5),)),
    )
