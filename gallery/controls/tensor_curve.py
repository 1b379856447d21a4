"""A tensor as a curve: the reader draws it with one sweep of the pointer."""

import torch

import explorable as ex

sketch = torch.where(torch.arange(128) < 64, 0.7, -0.5)


@ex.figure
def drawn_series(drawn=ex.tensor(sketch, -1, 1), waves=ex.integer(0, 40, value=6)):
    """A function drawn by hand, and the same from its slowest waves alone."""
    spectrum = torch.fft.rfft(drawn)
    kept = torch.where(torch.arange(65) <= waves, spectrum, 0)
    return ex.plot(
        ex.curve(torch.fft.irfft(kept, n=128), name="its waves"),
        ex.curve(drawn, name="drawn"),
        y=(-1.2, 1.2),
    )
