"""A table of the reader's own: two columns of a CSV, from which a line is fitted."""

import torch

import explorable as ex

torch.manual_seed(4)
bill = 5 + 45 * torch.rand(40)
tip = 0.6 + 0.13 * bill + 0.8 * torch.randn(40)
first = torch.stack([bill, tip], -1).round(decimals=2)


@ex.figure
def fitted_line(
    table=ex.upload(first, "table", min=3, max=400, columns=["bill", "tip"], label="table"),
):
    """Two columns of a table as dots, the line with the least squared error, and what it leaves."""
    x, y = table[:, 0], table[:, 1]
    slope = ((x - x.mean()) * (y - y.mean())).mean() / ((x - x.mean()) ** 2).mean()
    fit = y.mean() + slope * (x - x.mean())
    explained = 1 - ((y - fit) ** 2).mean() / ((y - y.mean()) ** 2).mean()
    gaps = torch.stack([torch.stack([x, y], -1), torch.stack([x, fit], -1)], 1)
    return ex.plot(
        ex.segments(gaps), ex.scatter(table, name="rows"), ex.curve(x, fit, name="fit"),
        title=f"slope {slope:.3f},  R² {explained:.2f}", legend=False,
    )  # fmt: skip
