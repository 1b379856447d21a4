"""Special functions against torch, forward and backward."""

import torch

from oracle import Case, check

special = torch.special


def points(low, high, count=60):
    return torch.linspace(low, high, count)


def test_functions():
    far, positive = points(-40, 40), points(0.1, 20)
    ends = torch.tensor([torch.inf, 1e30, 1e15, 1e-15, -1e-15] * 12)
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
        Case(lambda x: torch.polygamma(1, x), (points(-39.7, 39.8),), ((ends,),)),
        Case(lambda x: torch.polygamma(4, x), (points(-900.7, -900.2),)),
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


def test_second_kinds_and_polynomials():
    positive, wide, unit = points(0.02, 60), points(-30, 30), points(-1, 1)
    degree = torch.randint(-1, 12, (60,))
    far = (torch.cat([points(1e-9, 0.01, 29), points(29, 31, 29), torch.tensor([0.0, -1.0])]),)
    waves = ("bessel_y0", "bessel_y1", "modified_bessel_k0", "modified_bessel_k1")
    scaled = ("scaled_modified_bessel_k0", "scaled_modified_bessel_k1")
    kinds = [f"{a}chebyshev_polynomial_{b}" for a in ("", "shifted_") for b in "tuvw"]
    kinds += ["hermite_polynomial_h", "hermite_polynomial_he", "legendre_polynomial_p"]
    check(
        *(Case(getattr(special, w), (positive,), ((positive,), far)) for w in (*waves, *scaled)),
        Case(special.airy_ai, (wide,), ((wide,), (points(-9, 3),))),
        Case(special.spherical_bessel_j0, (wide,), ((wide,), (unit,))),
        *(Case(getattr(special, k), (unit, degree), ((unit * 1.2, degree),)) for k in kinds),
        Case(special.laguerre_polynomial_l, (wide, degree), ((points(-3, 9), degree),)),
        Case(lambda x: special.hermite_polynomial_h(x, 129), (unit,)),
        Case(torch.igamma, (points(0, 40), positive), ((points(0, 40), positive),)),
        Case(torch.igammac, (points(0.1, 9), positive), ((points(3, 90), points(80, 1)),)),
    )
