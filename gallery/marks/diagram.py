"""A commutative diagram: objects on a grid, arrows with labels, two ways that agree or not."""

import torch

import explorable as ex


@ex.figure(width=520)
def square(
    angle=ex.slider(0, 3.14, value=0.8, label="θ"),
    s=ex.slider(0.2, 2, value=1.5, label="s"),
    t=ex.slider(0.2, 2, value=1.5, label="t"),
):
    """Turning and stretching: the square commutes if both directions are stretched alike."""
    c, d = torch.cos(angle), torch.sin(angle)
    turn = torch.stack([torch.stack([c, -d]), torch.stack([d, c])])
    stretch = torch.diag(torch.stack([s, t]))
    apart = (turn @ stretch - stretch @ turn).abs().max()
    return ex.column(
        ex.diagram(
            [["ℝ²", "ℝ²"], ["ℝ²", "ℝ²"]],
            [
                ((0, 0), (0, 1), f"turn by {angle:.1f}"),
                ((0, 0), (1, 0), f"stretch {s:.1f}, {t:.1f}"),
                ((0, 1), (1, 1), f"stretch {s:.1f}, {t:.1f}"),
                ((1, 0), (1, 1), f"turn by {angle:.1f}"),
            ],
            path=(apart < 0.05).expand(4),
        ),
        ex.readout(f"{apart:.2f}", label="the two ways differ by"),
        ex.plot(ex.matrix(turn @ stretch - stretch @ turn, name="difference"), title="difference"),
    )
