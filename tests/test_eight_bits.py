"""Weights in eight bits: the codes themselves, and a network trained on real digits whose reader
paints, sees gradients and trains on from the rounded weights."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

import explorable as ex
from authored import write_page
from explorable.errors import ExplorableError
from explorable.figures.build import build
from explorable.trace import coded
from reader import Reader, serving

SOURCE = """
from pathlib import Path
from torch import nn
from torch.nn import functional as F

here = Path(__file__).parent
X, Y = torch.load(here / "digits.pt")
net = nn.Sequential(nn.Linear(64, 48), nn.Tanh(), nn.Linear(48, 10))
net.load_state_dict(torch.load(here / "net.pt"))

@ex.simulation(rate=20)
def tuning():
    return net, torch.optim.SGD(net.parameters(), momentum=0.9)

@tuning.step
def tune(state, lr=ex.slider(0.01, 0.5, value=0.1)):
    net, opt = state
    opt.param_groups[0]["lr"] = lr
    loss = F.cross_entropy(net(X), Y)
    opt.zero_grad(); loss.backward(); opt.step()
    return ex.record(loss=loss)

@ex.figure(weights="int8")
def reads(tuning=tuning, ink=ex.tensor(X[0].view(8, 8), 0, 1)):
    \"\"\"A network that knows digits learns on.\"\"\"
    now, _ = tuning.state
    first = net(ink.reshape(1, 64))[0]
    slope = torch.func.grad(lambda x: now(x.reshape(1, 64))[0].max())(ink)
    return ex.row(
        ex.plot(ex.heatmap(ink)), ex.plot(ex.bars(first, name="first")),
        ex.plot(ex.bars(now(ink.reshape(1, 64))[0], name="now")),
        ex.plot(ex.heatmap(slope, name="slope")),
    )
"""


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(64, 48), nn.Tanh(), nn.Linear(48, 10))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The network, trained here until it reads nine of ten digits it has not seen; and its page."""
    made = tmp_path_factory.mktemp("digits")
    digits: Any = load_digits()  # Any: scikit-learn says it may be a tuple
    X, Y = torch.tensor(digits.data, dtype=torch.float32) / 16, torch.tensor(digits.target)
    torch.manual_seed(0)
    net = network()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(150):
        optimizer.zero_grad()
        F.cross_entropy(net(X[:1400]), Y[:1400]).backward()
        optimizer.step()
    assert (net(X[1400:]).argmax(1) == Y[1400:]).float().mean() > 0.9
    torch.save(net.state_dict(), made / "net.pt")
    torch.save((X[1400:1600].clone(), Y[1400:1600].clone()), made / "digits.pt")
    write_page(made, SOURCE)
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serving(folder) as url:
        yield url


def spec(folder: Path) -> dict[str, Any]:
    (found,) = folder.glob("reads-*.json")
    return json.loads(found.read_text())


def stored(folder: Path) -> list[torch.Tensor]:
    """The tensors in codes, read out of the published files by code of our own."""
    found: list[torch.Tensor] = []
    for array in spec(folder)["program"]["arrays"]:
        if "along" not in array:
            continue
        shape, along = array["slot"][2], array["along"]
        data = (folder / array["file"]).read_bytes()[array["start"] :]
        scales = torch.frombuffer(bytearray(data[: 4 * shape[along]]), dtype=torch.float32)
        count = int(np.prod(shape))
        codes = torch.frombuffer(
            bytearray(data[4 * shape[along] : 4 * shape[along] + count]), dtype=torch.int8
        )
        spread = [-1 if k == along else 1 for k in range(len(shape))]
        found.append(codes.reshape(shape).float() * scales.reshape(spread))
    return found


def test_codes_lie_within_half_a_scale_and_are_their_own_codes() -> None:
    numbers = torch.randn(40, 30, generator=torch.Generator().manual_seed(1)).numpy()
    numbers *= np.geomspace(1, 1e4, 40, dtype=np.float32)[:, None]

    found = coded(numbers)

    # Rows differ by a factor of ten thousand, columns do not: rows have the scales.
    assert found is not None
    assert found.along == 0
    assert abs(found.codes).max() == 127
    off = abs(found.numbers - numbers).max(axis=1)
    assert (off <= 1.001 * abs(numbers).max(axis=1) / 254).all()
    again = coded(found.numbers)
    assert again is not None
    assert (again.numbers == found.numbers).all()
    turned = coded(np.ascontiguousarray(found.numbers.T))
    assert turned is not None
    assert (turned.numbers == found.numbers.T).all()
    assert (coded(numbers.T).numbers == found.numbers.T).all()  # pyright: ignore[reportOptionalMemberAccess] the same matrix


@pytest.mark.parametrize(
    "exact",
    [
        np.arange(-127, 129, 2).reshape(8, 16) / 1024,
        np.random.default_rng(0).integers(0, 17, (300, 64)) / 16,
        np.tril(np.ones((32, 32))),
        np.zeros((20, 20)),
    ],
)
def test_pictures_masks_and_counts_lose_nothing(exact: np.ndarray) -> None:
    numbers = exact.astype(np.float32)

    found = coded(numbers)

    assert found is not None
    assert (found.numbers == numbers).all()


@pytest.mark.parametrize(
    "kept",
    [
        np.ones(500),
        np.full((20, 20), -np.inf),
        np.full((20, 20), np.nan),
        np.ones((0, 40)),
        np.ones((15, 8)),
    ],
)
def test_what_has_no_codes(kept: np.ndarray) -> None:
    assert coded(kept.astype(np.float32)) is None


def test_the_bundle_has_a_byte_a_weight_and_tells_the_cost(folder: Path) -> None:
    arrays = spec(folder)["program"]["arrays"]
    verified = spec(folder)["verified"]
    pictures, first, second = stored(folder)
    own = torch.load(folder / "net.pt")

    assert {len(a["slot"][2]) for a in arrays if a["stored"] == "int8"} == {2}
    assert torch.equal(pictures, torch.load(folder / "digits.pt")[0])
    for rounded, weight in ((first, own["0.weight"]), (second, own["2.weight"])):
        assert 0 < (rounded - weight).abs().max() <= 1.001 * weight.abs().max() / 254
    assert verified["weights"] == "int8"
    assert verified["worst"] < 2e-5
    assert 1e-4 < verified["rounding"] < 1e-2


def test_the_page_computes_with_the_rounded_weights(
    folder: Path, address: str, chromium: Browser
) -> None:
    X, Y = torch.load(folder / "digits.pt")
    _, first, second = stored(folder)
    own, net, kept = network(), network(), torch.load(folder / "net.pt")
    own.load_state_dict(kept)
    net.load_state_dict(kept | {"0.weight": first, "2.weight": second})
    reader = Reader(chromium).open(address)

    ink = X[17].view(8, 8)
    reader.set({"ink": ink.tolist(), "lr": 0.3})
    reader.step(4)
    shown = {
        name: torch.tensor([float(x) for x in output["data"]])
        for name, output in reader.outputs().items()
        if output["data"]
    }
    reader.context.close()

    before = net(ink.reshape(1, 64))[0].detach()
    torch.testing.assert_close(shown["first"], before, rtol=1e-5, atol=1e-5)
    # The author's own weights give other numbers, by more than float32 would explain.
    assert (own(ink.reshape(1, 64))[0] - before).abs().max() > 1e-3
    optimizer = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.9)
    for _ in range(4):
        optimizer.zero_grad()
        F.cross_entropy(net(X), Y).backward()
        optimizer.step()
    after = net(ink.reshape(1, 64))[0].detach()
    torch.testing.assert_close(shown["now"], after, rtol=1e-4, atol=1e-4)
    assert (after - before).abs().max() > 1e-2
    wanted = ink.clone().requires_grad_()
    net(wanted.reshape(1, 64))[0].max().backward()
    assert wanted.grad is not None
    torch.testing.assert_close(shown["slope"], wanted.grad.reshape(-1), rtol=1e-4, atol=1e-4)


def test_wired_figures_ask_for_one_dtype() -> None:
    weights = torch.randn(30, 30)

    @ex.value
    def answer(shift=ex.slider(-1, 1)):
        return torch.tanh(weights @ (torch.ones(30) * shift))

    @ex.figure(weights="int8")
    def one(answer=answer):
        """One."""
        return ex.bars(answer)

    @ex.figure(weights="float16")
    def other(answer=answer):
        """Another."""
        return ex.curve(answer)

    with pytest.raises(ExplorableError, match="'one' asks for int8, 'other' for float16") as told:
        build([one, other])
    assert "test_eight_bits.py" in str(told.value)


def test_codes_that_move_a_figure_too_far_are_refused() -> None:
    # Differences of numbers that eight bits cannot tell apart.
    near = 1 + torch.arange(400.0).reshape(20, 20) / 1e4

    @ex.figure(weights="int8")
    def small(shift=ex.slider(0, 1, value=0.5)):
        """What stands behind the point."""
        return ex.curve((near - 1).sum(0) * (1 + shift))

    with pytest.raises(ExplorableError, match=r'weights="int8" moves .* 2 % are allowed') as told:
        build([small])
    assert 'take weights="float16"' in str(told.value)


def test_a_word_that_is_no_dtype_names_the_nearest() -> None:
    with pytest.raises(ExplorableError, match=r"unknown weights 'int4'.*int8"):
        ex.figure(weights="int4")(lambda: None)
