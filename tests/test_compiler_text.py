"""Golden texts: what fusion and emission make of three small programs. Review the diff."""

from __future__ import annotations

from collections.abc import Callable

import torch

from explorable.compiler import Entry, compile_module
from explorable.trace import trace

Golden = Callable[[str, str], None]


def plane(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    arc = v["z"] * torch.exp(1j * v["theta"] * torch.linspace(0, 1, 64))
    return {"arc": torch.view_as_real(arc), "tip": torch.view_as_real(arc[-1])}


def attention(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    q, k = v["x"] @ v["wq"], v["x"] @ v["wk"]
    scores = (q @ k.T / 4).masked_fill(torch.ones(12, 12).triu(1).bool(), -torch.inf)
    return {"weights": scores.softmax(-1)}


def descent(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    w = v["w"].detach().requires_grad_()
    loss = ((v["x"] @ w).sigmoid() - 0.5).square().mean()
    (gradient,) = torch.autograd.grad(loss, w)
    return {"w": v["w"] - v["rate"] * gradient, "loss": loss.detach()}


def test_plane(golden: Golden) -> None:
    example = {"theta": torch.tensor(1.0), "z": torch.tensor(1 + 0.5j)}
    module = compile_module([Entry("plane", trace(plane, example))], relaxed=False)
    golden("plane.program.txt", module.program + "\n")


def test_attention(golden: Golden) -> None:
    example = {"x": torch.zeros(12, 16), "wq": torch.zeros(16, 16), "wk": torch.zeros(16, 16)}
    module = compile_module([Entry("attention", trace(attention, example))], relaxed=False)
    golden("attention.program.txt", module.program + "\n")


def test_descent(golden: Golden) -> None:
    example = {"w": torch.zeros(8, 8), "x": torch.zeros(20, 8), "rate": torch.tensor(0.1)}
    module = compile_module([Entry("step", trace(descent, example))], relaxed=False)
    golden("descent.program.txt", module.program + "\n")
    own = module.c[module.c.index("unsigned char arena[") :]
    golden("descent.c.txt", own)
