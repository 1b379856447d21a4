"""ex.compile: the same pytrees as eager torch at values unseen while tracing, and everything it
shows."""

import re

import pytest
import torch

import explorable as ex
from explorable.errors import ExplorableError

weight = torch.randn(3, 3, generator=torch.Generator().manual_seed(0))


def combine(data, k):
    return {"y": data["a"] * weight + data["b"][0] * k, "n": 3, "sum": data["a"].sum()}


@pytest.fixture(scope="module")
def compiled():
    return ex.compile(combine, {"a": torch.zeros(3, 3), "b": [torch.zeros(3)]}, 2.0)


def test_it_gives_the_same_pytree_at_unseen_values(compiled):
    data = {"a": torch.randn(3, 3), "b": [torch.randn(3)]}
    got, expected = compiled(data, 2.0), combine(data, 2.0)
    assert got["n"] == 3
    torch.testing.assert_close(got["y"], expected["y"])
    torch.testing.assert_close(got["sum"], expected["sum"])


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (({"a": torch.zeros(3, 3), "b": [torch.zeros(3)]}, 3.0), "argument 1 was fixed at 2.0"),
        (({"a": torch.zeros(3, 4), "b": [torch.zeros(3)]}, 2.0), "argument 0.a was float32"),
        (({"a": torch.zeros(3, 3)}, 2.0), "another structure"),
        (({"a": 1.0, "b": [torch.zeros(3)]}, 2.0), "argument 0.a was float32"),
    ],
)
def test_another_example_is_refused(compiled, arguments, fact):
    with pytest.raises(ExplorableError, match=fact) as caught:
        compiled(*arguments)
    assert caught.value.line.file.endswith("test_compiled.py")


def test_it_shows_every_stage(compiled):
    assert "aten.mul.Tensor" in str(compiled.graph)
    assert "for [" in compiled.program
    assert "void" in compiled.c
    assert compiled.wasm[:4] == b"\0asm"
    assert compiled.sizes["wasm"] == len(compiled.wasm)
    assert compiled.benchmark(0.01) > 0


def test_the_text_names_every_export_and_closes_every_block(compiled):
    text = compiled.wat
    assert text.count("(") == text.count(")")
    assert '(export "run")' in text and '(export "memory")' in text
    opened = len(re.findall(r"^\s+(?:block|loop|if)\b", text, re.MULTILINE))
    assert opened == len(re.findall(r"^\s+end\b", text, re.MULTILINE))
    assert "f32x4.mul" in text or "f32.mul" in text


def test_gradient_through_writes_to_views() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4))

    def one_vector(x: torch.Tensor) -> torch.Tensor:
        return torch.func.grad(lambda y: net(y).square().sum())(x)

    def parts(x: torch.Tensor) -> torch.Tensor:
        x = x.clone().requires_grad_()
        z = x * 2
        z.t()[1:3].mul_(2.0)
        z.view(2, 6)[:, ::2].sin_()
        z[1:].add_(z[0])
        z.square().sum().backward()
        assert x.grad is not None
        return x.grad

    for function, shape in ((one_vector, (4,)), (parts, (3, 4))):
        compiled = ex.compile(function, torch.randn(shape))
        x = torch.randn(shape)
        torch.testing.assert_close(compiled(x), function(x))
