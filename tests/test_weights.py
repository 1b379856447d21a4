"""Closed-over tensors in float16: half the bytes, PyTorch at the rounded numbers as the oracle."""

import json

import pytest
import torch

import explorable as ex
from explorable.errors import ExplorableError
from explorable.figures.build import build, compile_group
from explorable.figures.figure import Figure
from explorable.trace import as_rounded, float16_weights

torch.manual_seed(4)
net = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 64))
bias = torch.randn(64)
huge = torch.full((300,), 1e6)


def _figure(weights: str) -> Figure:
    @ex.figure(weights=weights)
    def answer(shift=ex.slider(-1, 1, value=0.3)):
        """A network's answer."""
        x = torch.linspace(-1, 1, 64) + shift
        slope = torch.func.grad(lambda y: net(y).square().sum())(x)
        return ex.plot(ex.curve(net(x) + bias), ex.curve(slope))

    return answer


def test_float16_halves_the_stored_weights_and_is_verified_at_the_rounded_ones() -> None:
    (full,), (half,) = build([_figure("float32")]), build([_figure("float16")])
    sizes = []
    for bundle in (full, half):
        arrays = json.loads(bundle.files[bundle.spec])["program"]["arrays"]
        sizes.append({a["stored"]: 0 for a in arrays})
        for array in arrays:
            count = 1
            for n in array["slot"][2]:
                count *= n
            sizes[-1][array["stored"]] += count
    assert sizes[0]["float32"] >= 2 * 64 * 64
    assert sizes[1]["float16"] == 2 * 64 * 64
    # Biases hold fewer than 256 numbers each, and stay as they are.
    assert sizes[1].get("float32", 0) == sizes[0]["float32"] - sizes[1]["float16"]
    assert float(str(half.verified["worst"])) < 1e-4


def test_the_reference_reads_rounded_weights_and_the_author_s_stay() -> None:
    before = [p.detach().clone() for p in net.parameters()]
    with float16_weights() as rounded:
        compile_group([_figure("float16")], lambda stage: None)
        x = torch.randn(5, 64)
        exact = net(x)
        with as_rounded(rounded):
            near = net(x)
    copy = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 64))
    copy.load_state_dict(net.state_dict())
    for parameter in copy.parameters():
        if parameter.ndim == 2:
            parameter.data = parameter.data.half().float()
    torch.testing.assert_close(near, copy(x), rtol=0, atol=0)
    assert not torch.equal(near, exact)
    assert all(map(torch.equal, before, net.parameters()))


def test_a_number_beyond_float16_is_an_error_that_names_it() -> None:
    @ex.figure(weights="float16")
    def tall(shift=ex.slider(0, 1)):
        """Too tall."""
        return ex.curve(huge * shift)

    with pytest.raises(ExplorableError, match=r"'huge' holds 1e\+06, float16 ends at 65504"):
        build([tall])


def test_an_unknown_dtype_names_the_known_ones() -> None:
    with pytest.raises(ExplorableError, match="float32"):
        ex.figure(weights="int3")(lambda: None)
