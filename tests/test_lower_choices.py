"""What picks elements by their order, their number or a mask, against torch."""

import torch

from oracle import Case, check


def test_most_frequent():
    few, floats = torch.randint(-2, 3, (4, 9)), torch.randint(-2, 3, (4, 9)) / 2

    def slopes(x):
        x = x.detach().requires_grad_()
        return torch.autograd.grad((x.mode(1)[0] ** 2).sum(), x)

    check(
        Case(lambda x: x.mode(1), (few,)),
        Case(lambda x: x.mode(0, keepdim=True), (floats,), ((floats.flip(0),), (floats * 0,))),
        Case(slopes, (floats,), ((floats.flip(1),),)),
        Case(lambda x: (x.sum().mode(), x.sum().topk(1)), (torch.randn(3),)),
    )


def test_places_of_what_is_not_zero():
    few, none = torch.randint(0, 2, (3, 4)), torch.zeros(3, 4, dtype=torch.int64)

    def places(size, filler):
        return lambda x: torch.nonzero_static(x, size=size, fill_value=filler)

    check(
        Case(places(5, -1), (few,), ((few,), (none,), (none + 1,))),
        Case(places(20, 7), (few,), ((1 - few,), (none,))),
        Case(places(3, -1), (few > 0,)),
    )


def test_repeats():
    counts, x = torch.tensor([2, 0, 3, 1]), torch.randn(4, 2)

    def repeated(x, counts):
        return x.repeat_interleave(counts, dim=0, output_size=6)

    check(Case(repeated, (x, counts), ((x, counts.flip(0)), (x + 1, counts))))
