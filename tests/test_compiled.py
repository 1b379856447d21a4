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
