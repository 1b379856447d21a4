"""A scatter: dots by class with a name each, dots on a colour scale, dots of many sizes."""

import torch

import explorable as ex


@ex.figure
def clusters(
    spread=ex.slider(0.1, 1, value=0.5, label="spread"),
    seed=ex.seed(3),
):
    """Three clouds of dots: by the cloud each was drawn from, and by how sure a softmax of the
    distances is of the nearest centre.

    The larger the spread, the more dots lie where the clouds meet, and there nobody can be sure:
    these dots are dark and small.
    """
    torch.manual_seed(seed)
    centres = torch.polar(torch.ones(3), torch.arange(3) * 2 * torch.pi / 3 + 0.5)
    kind = torch.randint(3, (150,))
    z = centres[kind] + spread * torch.complex(torch.randn(150), torch.randn(150))
    away = (z[:, None] - centres).abs().square()
    sure = (-away / (2 * spread**2)).softmax(1).amax(1)
    within = {"x": (-2.5, 2.5), "y": (-2.5, 2.5), "aspect": "equal"}
    return ex.row(
        ex.plot(
            ex.scatter(z, labels=kind, classes=["first", "second", "third"], name="dots"), **within
        ),
        ex.plot(ex.scatter(z, size=1.5 + 4 * sure, colour=sure, high=1, name="sure"), **within,
                title="how sure"),
    )  # fmt: skip
