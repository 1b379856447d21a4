"""A vector field as arrows on a grid, and as the lines along which it flows."""

import torch

import explorable as ex

within = {"x": (-2.0, 2.0), "y": (-1.5, 1.5)}


def grid(columns, rows):
    x, y = torch.linspace(*within["x"], columns), torch.linspace(*within["y"], rows)
    return torch.complex(*torch.meshgrid(x, y, indexing="xy"))


@ex.figure(width=720)
def currents(
    source=ex.point(-0.8 + 0.3j),
    whirl=ex.point(0.9 - 0.2j),
    spin=ex.slider(-2, 2, value=1.0, label="spin"),
):
    """A source and a whirl in a stream: arrows whose lengths are speeds, and the lines of the flow.

    Drag the two places. Between them there is one where the water stands still.
    """

    def flow(z):
        away, beside = z - source, z - whirl
        out = away / (away.abs().square() + 0.3)
        turn = 1j * spin * beside / (beside.abs().square() + 0.3)
        return 0.6 + out + turn

    places = [ex.scatter(source, name="source"), ex.scatter(whirl, name="whirl")]
    return ex.row(
        ex.plot(ex.arrows(flow(grid(21, 16)), **within, name="arrows"), *places,
                **within, aspect="equal", legend=False),
        ex.plot(ex.streamlines(flow(grid(61, 46)), **within, name="flow"),
                ex.scatter(source), ex.scatter(whirl),
                **within, aspect="equal", legend=False),
    )  # fmt: skip
