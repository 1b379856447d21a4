"""Closed-over tensors in float16: half the bytes, PyTorch at the rounded numbers as the oracle."""

import json

import pytest
import torch

import explorable as ex
from explorable.errors import ExplorableError
from explorable.figures.build import build, compile_group
from explorable.figures.figure import Figure
from explorable.trace import as_rounded, smaller_weights

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
    # What the rounding itself costs, against the author's own weights, is said beside it.
    assert 1e-5 < float(str(half.verified["rounding"])) < 1e-2
    assert "rounding" not in full.verified


def test_the_cost_of_float16_is_that_of_the_rounded_weights_and_has_an_end() -> None:
    step = 2.0**-12  # lost beside 1 in float16
    near_one = 1 + step * (torch.arange(300) % 2)

    def difference(scale: float) -> Figure:
        @ex.figure(weights="float16")
        def digits(shift=ex.slider(0, 1, value=0.5)):
            """What stands behind the point."""
            return ex.curve((near_one - 1 + scale) * (1 + shift))

        return digits

    (bundle,) = build([difference(1.0)])
    assert float(str(bundle.verified["rounding"])) == pytest.approx(step, rel=0.05)
    with pytest.raises(ExplorableError, match=r"moves .* by 79 % of its size; 1 % are allowed"):
        build([difference(0.0)])


def test_the_reference_reads_rounded_weights_and_the_author_s_stay() -> None:
    before = [p.detach().clone() for p in net.parameters()]
    with smaller_weights("float16") as rounded:
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
