"""Formulas in labels, titles and names of axes: one line of Unicode, made at the build."""

from __future__ import annotations

import pytest
import torch

import explorable as ex
from explorable.errors import ExplorableError, Line
from explorable.figures.build import build
from explorable.parts.formulas import formulas

SPELLED = {
    r"$\theta_1$": "θ₁",
    r"loss $L(\theta) = \frac{1}{2} x_1^2$": "loss L(θ) = 1/2\u2009x₁²",
    r"$e^{i\theta}$ on the circle": "eⁱᶿ on the circle",
    r"$x_{i+1} = x_i - \eta \nabla f(x_i)$": "xᵢ₊₁ = xᵢ − η∇f(xᵢ)",
    r"$-x \le 0$": "−x ≤ 0",
    r"$a = -b$": "a = −b",
    r"$(-1)^n$": "(−1)ⁿ",
    r"$\frac{a + b}{2}$, $\frac{\partial f}{\partial x}$": "(a + b)/2, (∂f)/(∂x)",
    r"$\frac{1}{\sigma} \exp(-\frac{(x - \mu)^2}{2 \sigma^2})$": "1/σ\u2009exp(−(x − μ)²/(2σ²))",
    r"$\sqrt{x}$, $\sqrt{x^2 + y^2}$": "√x, √(x² + y²)",
    r"$\hat{y}$, $\bar x$, $\vec{v}$": "y\u0302, x\u0304, v\u20d7",
    r"$A: \mathbb{R}^n \to \mathbb{R}^m$": "A:ℝⁿ → ℝᵐ",
    r"$W^\top x$": "Wᵀx",
    r"$\sin 2\pi f t$, $\sin(x)$, $\sin^2 x$": "sin 2πft, sin(x), sin²x",
    r"$0.3 \sin 3x$": "0.3\u2009sin 3x",
    r"$\log p(x \mid z)$": "log p(x ∣ z)",
    r"$x_{\text{max}}$": "xₘₐₓ",
    r"$\text{KL}(q \| p)$": "KL(q‖p)",
    r"$f \circ g$, $90^\circ$, $f'(x)$": "f∘g, 90°, f′(x)",
    "$5 and $6": "$5 and $6",
    r"costs \$5, or 6$ there": "costs $5, or 6$ there",
    "no formula": "no formula",
    "$$m$$, $n$": "$$m$$, n",
    r"$\mathrm{d}x\,\mathrm{d}y$": "dx\u2009dy",
    r"$x \in [0, 1)$": "x ∈ [0,1)",
}


@pytest.mark.parametrize("text", SPELLED)
def test_a_formula_is_a_line_of_characters(text: str) -> None:
    assert formulas(text) == SPELLED[text]


WRONG = {
    r"$x^q$": r"the formula $x^q$ has a raised 'q', for which there is no character",
    r"$x_{\alpha}$": "has a lowered 'α'",
    r"$\int_0^1 \mathscr{F}$": r"has \mathscr, which one line of text cannot show",
    r"$\mathbb{X}$": r"has \mathbb{X}, for which there is no character",
    r"$x^{2$": "has a { without a }",
    r"$P_{\text{max}$": "has a { without a }",
    r"$\text{KL$": "has a { without a }",
    r"$x}$": "has a } without a {",
    r"$x^$": "ends where something is to follow",
    "$x_\ue0000\ue001$": "lowers a live number, which keeps its place in a line",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_a_line_cannot_show(text: str) -> None:
    with pytest.raises(ExplorableError) as caught:
        formulas(text, Line("notes.py", 7))
    assert WRONG[text] in str(caught.value)
    assert "notes.py:7" in str(caught.value)
    assert "write it in words or in characters" in str(caught.value)


def test_a_figure_shows_them_beside_live_numbers() -> None:
    @ex.figure
    def wave(eta=ex.slider(0, 1, value=0.5, label=r"$\eta_0$")):
        """A wave."""
        t = torch.linspace(0, 1, 9)
        top = eta * t[4]
        return ex.plot(
            ex.curve(t, eta * t),
            ex.label((t[4], top), rf"$y_{{1}}^2 = {top:.2f}$"),
            title=r"$\eta_0 \cdot t$", x_label=r"$t \to \infty$",
        )  # fmt: skip

    (bundle,) = build([wave])
    html = bundle.figures[0].html

    for shown in ("η₀ · t", "t → ∞", "y₁² = 0.25", "η₀"):
        assert shown in html, shown
    spec = bundle.files[bundle.spec].decode()
    assert "y₁² = " in spec and "$" not in spec


def test_the_line_of_the_mark_is_told() -> None:
    @ex.figure
    def wrong(x=ex.slider(0, 1)):
        """Wrong."""
        return ex.plot(ex.curve(torch.linspace(0, 1, 3) * x), title=r"$\mathscr{F}$")

    with pytest.raises(ExplorableError) as caught:
        build([wrong])
    assert caught.value.line is not None
    assert caught.value.line.file.endswith("test_formulas.py")
