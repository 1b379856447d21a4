"""Running and segmented sums and bags of embeddings against torch, forward and backward, where
there is nothing to add, nothing but infinities, or a zero among the factors."""

import torch
import torch.nn.functional as F

from oracle import Case, check

INF = float("inf")


def slopes(function):
    def call(*given):
        given = [x.detach().requires_grad_(x.is_floating_point()) for x in given]
        wanted = [x for x in given if x.requires_grad]
        made = function(*given)
        return torch.autograd.grad((made * made).sum(), wanted)

    return call


def test_scans():
    def sums(x):
        return x.logcumsumexp(1)

    rows = torch.randn(3, 9)
    odd = torch.tensor([[-INF, -INF, 1.0, 2.0], [0.0, INF, 1.0, -INF], [1e4, -1e4, 0.0, 9e3]])
    turning = torch.randn(4, 5, dtype=torch.complex64) * 3
    factors = torch.randn(3, 5, dtype=torch.complex64)
    check(
        Case(sums, (rows,)),
        Case(sums, (odd,), ((odd,),)),
        Case(slopes(sums), (rows,)),
        Case(sums, (turning,)),
        Case(lambda z: z.cumprod(1), (factors,)),
        Case(lambda z: (z.prod(0), z.prod()), (factors,)),
    )


def test_segments():
    lengths, x = torch.tensor([2, 0, 3, 1]), torch.randn(6, 3)
    holes = torch.where(x > 0.4, 0.0, x)
    cases = []
    for reduce in ("sum", "mean", "prod", "max", "min"):
        for initial in (None, 2.0):

            def segments(x, lengths, reduce=reduce, initial=initial):
                return torch.segment_reduce(x, reduce, lengths=lengths, axis=0, initial=initial)

            moved = torch.tensor([1, 2, 0, 3])
            cases.append(Case(segments, (x, lengths), ((x, moved), (holes, lengths))))
            if initial is not None:
                full = torch.tensor([2, 1, 2, 1])
                cases.append(Case(slopes(segments), (x, full), ((x, full), (holes, full))))
    check(*cases)


def test_masked_scatter():
    def put(x, mask, source):
        return x.masked_scatter(mask, source)

    x, mask, source = torch.randn(4, 3), torch.rand(4, 3) < 0.5, torch.randn(12)
    check(Case(put, (x, mask, source)), Case(slopes(put), (x, mask, source)))


def test_bags():
    table, offsets = torch.randn(5, 4), torch.tensor([0, 2, 2, 5])
    words, weights = torch.tensor([1, 4, 4, 0, 2, 1]), torch.rand(6) + 0.1

    def bags(mode, **others):
        def call(words, table, offsets):
            return F.embedding_bag(words, table, offsets, mode=mode, **others)

        return call

    def weighted(words, table, offsets, weights):
        return F.embedding_bag(words, table, offsets, mode="sum", per_sample_weights=weights)

    def short(words, table):
        return F.embedding(words, table.clone(), max_norm=1.0)

    examples = (words, table, offsets)
    values = ((torch.tensor([0, 0, 3, 2, 1, 4]), torch.randn(5, 4), torch.tensor([0, 1, 4, 4])),)
    check(
        *(Case(bags(mode), examples, values) for mode in ("sum", "mean", "max")),
        *(Case(slopes(bags(mode)), examples, values) for mode in ("sum", "mean", "max")),
        Case(bags("mean", padding_idx=4, include_last_offset=True), examples, values),
        Case(slopes(bags("sum", scale_grad_by_freq=True)), examples, values),
        Case(slopes(weighted), (*examples, weights), ((*values[0], torch.rand(6)),)),
        Case(short, (words, table), ((words, torch.randn(5, 4)),)),
    )


def test_writes_through_masks():
    x, rows, pairs = torch.randn(4, 3), torch.rand(4) < 0.5, torch.rand(4, 3) < 0.5
    many = torch.randn(12)

    def written(place, accumulate=False):
        def call(x, mask, values):
            if accumulate:
                return x.index_put((mask,), values, accumulate=True)
            x = x.clone()
            x[tuple(mask if p else slice(None) for p in place)] = values
            return x

        return call

    def assigned(x, mask):
        x = x.clone()
        x[mask] = 2 * x[0, 0]
        x[:, mask[0]] = 1
        return x

    half = torch.tensor([True, False, True, False])
    check(
        Case(written([1]), (x, rows, torch.randn(3))),
        Case(written([1], True), (x, rows, torch.randn(1, 3))),
        Case(written([1]), (x, half, torch.randn(2, 3)), ((x, half.flip(0), torch.randn(2, 3)),)),
        Case(written([0, 1]), (x.mT.clone(), rows, torch.tensor(2.0))),
        Case(written([0, 1]), (x.mT.clone(), half, torch.randn(3, 2)), ((x.mT, half, x[:3, :2]),)),
        Case(written([1]), (x, pairs, torch.tensor(1.5))),
        Case(written([1]), (x, pairs | True, many), ((x, pairs | True, many + 1),)),
        Case(assigned, (x, pairs), ((x, pairs), (x, ~pairs))),
    )
