"""Iris flowers in three principal components: points in space, coloured by species."""

import torch
from sklearn.datasets import load_iris

import explorable as ex

data = load_iris()
flowers = torch.tensor(data.data, dtype=torch.float32)
species = torch.tensor(data.target)


@ex.figure
def irises(
    scaled=ex.toggle(True, label="each measure in its own unit"),
    shrink=ex.slider(0, 1, value=0.0, label="flatten the third"),
):
    """150 irises, each with four measures, seen along the three directions in which they differ
    most; the colour is the species.

    One species stands apart, two touch. Turn the cloud: flattening its third direction changes
    little, for little of the difference lies there.
    """
    centred = flowers - flowers.mean(0)
    if scaled:
        centred = centred / centred.std(0)
    _, sizes, directions = torch.linalg.svd(centred, full_matrices=False)
    cloud = centred @ directions[:3].T
    cloud = torch.cat([cloud[:, :2], (1 - shrink) * cloud[:, 2:]], -1)
    share = sizes**2 / (sizes**2).sum()
    return ex.space(
        ex.scatter(cloud, labels=species, classes=list(data.target_names), name="flowers"),
        x=(-4, 4), y=(-4, 4), z=(-4, 4), view=(-50, 20), aspect="equal",
        x_label="first", y_label="second", z_label="third",
        title=f"{share[0]:.0%}, {share[1]:.0%} and {share[2]:.0%} of all variance",
    )  # fmt: skip
