"""What a mask selects, as authors use it: ``x[mask]`` in sums, products, losses, assignments, and
its gradients, against eager torch at masks that the compiler has not seen."""

import pytest
import torch
import torch.nn.functional as F

from explorable.errors import ExplorableError
from explorable.trace import trace
from oracle import Case, check

SEED = torch.Generator().manual_seed(11)
POINTS = torch.randn(12, 3, generator=SEED)
HEIGHTS = torch.randn(12, generator=SEED)
LABELS = torch.randint(0, 3, (12,), generator=SEED)
LIMIT = torch.tensor(0.1)


def centres(points, labels):
    return torch.stack([points[labels == k].mean(0) for k in range(3)])


def spread(points, heights, limit):
    chosen = points[heights > limit]
    shape = torch.cov(chosen.T).diagonal()
    return chosen.std(0), chosen.var(), chosen.amax(0), chosen.min(), chosen.norm(), shape


def covariance(points, heights, limit):
    chosen = points[heights > limit]
    apart = chosen - chosen.mean(0)
    return apart.T @ apart / (chosen.shape[0] - 1)


def counted(points, heights, limit):
    chosen = points[heights > limit]
    return chosen.sum() / chosen.shape[0], chosen.numel() * limit, torch.tensor(chosen.shape[0])


def doubled(points, heights, limit):
    y = points.clone()
    y[y > limit] = y[y > limit] * 2
    y[heights < 0] += heights[heights < 0, None]
    y[:, 0][heights > limit] *= 3
    return y


def twice(points, heights, limit):
    chosen = points[heights > limit]
    first = chosen[:, 0]
    return first[first > 0].sum(), chosen[chosen > 0].sum()


def zeroed(points, heights, limit):
    chosen = points[heights > limit]
    chosen[chosen < 0] = 0
    return chosen.sum(0)


def network(points, heights, weight, limit):
    hidden = torch.relu(F.linear(points[heights > limit], weight))
    return hidden.softmax(1).mean(0), hidden.log_softmax(0).amax()


def half_supervised(points, labels, heights, limit):
    known = heights > limit
    return F.cross_entropy(points[known], labels[known]), F.mse_loss(
        points[known], points[known] * 2
    )


def places(points, heights, limit):
    rows = torch.nonzero(heights > limit)[:, 0]
    (others,) = torch.where(heights <= limit)
    return points[rows].sum(0), points[others].mean(0), rows.sum()


def ordered(heights, limit):
    chosen = heights[heights < limit]
    ranked = chosen.sort(descending=True).values
    return chosen.cumsum(0)[-1], ranked[0], ranked[1], chosen[0], chosen[-2], chosen[1:].sum()


def middle(heights, limit):
    chosen = heights[heights < limit]
    return chosen.median(), chosen.argmax(), chosen.max(0).indices, chosen.flip(0)[0]


def joined(points, heights, limit):
    above, below = heights > limit, heights <= limit
    both = torch.cat([points[above], points[below] * 2])
    pairs = torch.stack([points[above, 0], points[above, 1]], 1)
    return both.sum(0), (pairs * torch.arange(2.0)).sum(), points[above].reshape(-1).sum()


def drawn_rows(points, labels, heights, limit):
    table = points[:3]
    return table[labels[heights > limit]].sum(0), F.embedding(labels[heights > limit], table).mean()


def selected(points, heights, limit):
    grid = heights.reshape(3, 4)
    return torch.masked_select(grid, grid > limit).exp().sum(), grid[grid > limit].mean()


THREE = (POINTS, HEIGHTS, LIMIT)
FOUR = (POINTS, LABELS, HEIGHTS, LIMIT)


def test_selections_in_values():
    few = tuple(torch.tensor(v) for v in (-0.4, 0.6, 0.3, 0.0))
    unseen = [(POINTS.flip(0) * 1.3, HEIGHTS.roll(5), limit) for limit in few]
    labelled = [(p, LABELS.roll(2), h, limit) for p, h, limit in unseen]
    check(
        Case(centres, (POINTS, LABELS), ((POINTS.flip(0), LABELS.roll(3)),)),
        *[
            Case(function, THREE, tuple(unseen))
            for function in (
                spread,
                covariance,
                counted,
                doubled,
                twice,
                zeroed,
                places,
                joined,
                selected,
            )
        ],
        *[Case(function, FOUR, tuple(labelled)) for function in (half_supervised, drawn_rows)],
        Case(ordered, (HEIGHTS, LIMIT), tuple((h, v) for _, h, v in unseen)),
        Case(middle, (HEIGHTS, LIMIT), tuple((h, v) for _, h, v in unseen)),
        Case(
            network,
            (POINTS, HEIGHTS, torch.randn(5, 3), LIMIT),
            tuple((p, h, torch.linspace(-1, 1, 15).reshape(5, 3), v) for p, h, v in unseen),
        ),
    )


def test_gradients_of_selections():
    def slopes(function, *given):
        points, *rest = given

        def loss(points):
            results = function(points, *rest)
            results = results if isinstance(results, tuple) else (results,)
            return sum(r.sin().sum() for r in results if r.is_floating_point())

        return torch.func.grad(loss)(points)

    def case(function, given, *unseen):
        return Case(lambda *args: slopes(function, *args), given, unseen)

    three = (POINTS.flip(0), HEIGHTS.roll(4), torch.tensor(-0.3))
    four = (POINTS.flip(0), LABELS.roll(4), HEIGHTS.roll(4), torch.tensor(-0.3))
    check(
        case(centres, (POINTS, LABELS), (POINTS.flip(0), LABELS.roll(3))),
        *[case(function, THREE, three) for function in (spread, covariance, doubled, twice)],
        *[case(function, FOUR, four) for function in (half_supervised, drawn_rows)],
    )


def test_a_loop_of_k_means():
    def clusters(points, start):
        centre = start
        for _ in range(4):
            near = torch.linalg.vector_norm(points[:, None] - centre, dim=-1).argmin(1)
            centre = torch.stack([points[near == k].mean(0) for k in range(3)])
        return centre, near

    check(Case(clusters, (POINTS, POINTS[:3]), ((POINTS.flip(0), POINTS[5:8]),)))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[x > 0],
        lambda x: x[x > 0].outer(x[x > 0]).sum() + (x > 0).nonzero()[:, 0].unique().sum(),
        lambda x: (x > 0).nonzero(),
    ],
)
def test_what_needs_the_length_is_refused_with_its_line(function):
    with pytest.raises(ExplorableError) as raised:
        trace(lambda given: {"y": function(given["x"])}, {"x": HEIGHTS})
    assert "depends on the values of its tensors" in str(raised.value)
    assert raised.value.line is not None
    assert "test_selections.py" in str(raised.value.line.file)
