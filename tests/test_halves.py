"""float16 and bfloat16: rounded after every operation, as torch does on a CPU."""

import pytest
import torch
from torch.nn import functional as F

import explorable as ex
from explorable.errors import ExplorableError
from explorable.figures.build import build, compile_group

DTYPES = [torch.float16, torch.bfloat16]


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_rounding_is_that_of_torch(dtype):
    """All exponents, ties, the largest numbers, denormals, infinities and NaN, bit for bit."""
    generator = torch.Generator().manual_seed(0)
    bits = torch.randint(-(2**31), 2**31, (200_000,), generator=generator, dtype=torch.int64)
    ties = torch.arange(0, 2**31, 0x1000) & 0x7FFFF000
    bits = torch.cat([bits, ties, ties + 1, ties - 1, -ties]).to(torch.int32)
    numbers = bits.view(torch.float32)
    numbers = torch.cat([numbers, torch.tensor([65504.0, 65519.99, 65520.0, 3.4e38, 0.0, -0.0])])
    compiled = ex.compile(lambda x: x.to(dtype).float(), numbers)
    got, expected = compiled(numbers), numbers.to(dtype).float()
    assert torch.equal(got.isnan(), expected.isnan())
    here = ~expected.isnan()
    assert torch.equal(got[here].view(torch.int32), expected[here].view(torch.int32))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "function",
    [
        lambda a, b: a * b + a / (b.abs() + 1) - b,
        lambda a, b: torch.exp(a) * torch.sin(b) + 0.1,
        lambda a, b: (a.sum(), b.mean(0), a.amax(1), a[1:3, ::2], torch.cat([a, b])),
        lambda a, b: torch.where(a > b, a, b).to(torch.float32) * a.float(),
        lambda a, b: (a > 0.1, a.argmax(1), a * 3, a + torch.ones(6), a.float() + b),
    ],
)
def test_pointwise_is_equal_bit_for_bit(dtype, function):
    compiled = ex.compile(function, torch.randn(4, 6).to(dtype), torch.randn(4, 6).to(dtype))
    a, b = torch.randn(4, 6).to(dtype), torch.randn(4, 6).to(dtype)
    torch.testing.assert_close(compiled(a, b), function(a, b), rtol=0, atol=0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_products_and_gradients_are_within_a_rounding(dtype):
    net = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.GELU(), torch.nn.Linear(16, 3))
    net = net.to(dtype)

    def slope(x, target):
        x = x.clone().requires_grad_()
        loss = F.cross_entropy(net(x), target)
        return loss, torch.autograd.grad(loss, x)[0], net(x).softmax(-1)

    target = torch.tensor([0, 2, 1, 1])
    compiled = ex.compile(slope, torch.randn(4, 8).to(dtype), target)
    x = torch.randn(4, 8).to(dtype)
    for got, expected in zip(compiled(x, target), slope(x, target), strict=True):
        assert got.dtype == dtype
        step = 2 * torch.finfo(dtype).eps * float(expected.detach().abs().max())
        torch.testing.assert_close(got, expected, rtol=0, atol=step)


def test_a_figure_trains_in_bfloat16():
    xs = torch.linspace(-1, 1, 32)[:, None]

    @ex.simulation(history=8)
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        net = torch.nn.Linear(1, 1).bfloat16()
        return net, torch.optim.SGD(net.parameters(), lr=0.1)

    @training.step
    def once(state):
        net, opt = state
        loss = (net(xs.bfloat16()) - 2 * xs.bfloat16()).float().square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        return ex.record(loss=loss)

    @ex.figure
    def fit(training=training):
        """A line in few digits."""
        return ex.plot(ex.curve(training.state[0](xs.bfloat16())[:, 0]))

    build([fit])
    slots = compile_group([fit], lambda _: None).program["slots"]
    assert slots["state:training.0.weight"][1] == "float32"


def test_reading_bits_is_an_error_with_the_line():
    with pytest.raises(ExplorableError, match=r"reads the bits of float16") as caught:
        ex.compile(lambda x: torch.nextafter(x.half(), x.half()), torch.randn(3))
    assert caught.value.line is not None
