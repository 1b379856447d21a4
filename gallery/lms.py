"""The LMS filter learns the response of an unknown system, sample by sample."""

import torch
from torch._higher_order_ops import scan

import explorable as ex


@ex.figure
def lms(
    mu=ex.slider(1e-4, 1, value=0.05, scale="log", label="step size μ"),
    seed=ex.seed(0),
):
    """Squared error of an adaptive filter over 4,000 samples of noise, and the weights it ends
    with.

    The curve over the bars is the response to be found. A larger step learns faster, until it
    is too large and the filter runs away.
    """
    torch.manual_seed(seed)
    X, h = torch.randn(4031).unfold(0, 32, 1), torch.exp(-torch.arange(32) / 6)

    def once(w, x):
        e = x @ (h - w)
        return w + mu * e * x, e

    w, error = scan(once, torch.zeros(32), X)
    return ex.row(
        ex.plot(ex.curve(error.square(), name="error"), y_scale="log", title="squared error"),
        ex.plot(ex.bars(w, name="weights"), ex.curve(h), title="weights found"),
    )
