"""Verification: it passes what is right, fails what is wrong and says where, and knows what float32
can't do."""

import itertools

import pytest
import torch
from torch._higher_order_ops import scan
from torch.nn.functional import one_hot

import explorable as ex
from explorable.errors import ExplorableError
from explorable.figures.build import check
from explorable.figures.group import trace_group
from explorable.figures.page import Page
from explorable.figures.reference import Judge, reference
from explorable.figures.settings import ends, settings
from explorable.parts.accept import first
from explorable.trace import breakable, breaks
from explorable.trace.compare import compare, compare_finite, diverged

ticks = itertools.count()


@ex.figure
def line(
    a=ex.slider(-1, 1),
    b=ex.slider(0.1, 10, scale="log", step=0.1),
    curved=ex.toggle(),
    power=ex.choice([1, 2, 3]),
    n=ex.integer(1, 4),
    heights=ex.tensor([1.0, 0.5, 0.2], 0, 1),
    place=ex.point(0.3, 0.4),
    corner=ex.point(1 + 1j),
    dots=ex.points([(0, 0), (1, 1)], max=5),
):
    """A line."""
    x = torch.linspace(-1, 1, 11)
    y = a * x + b
    if curved:
        y = y * x
    return ex.row(
        ex.plot(ex.curve(x, y * n, name="line"), ex.scatter(place), title=f"a = {a:.2f}, {n}"),
        ex.plot(ex.bars(heights * power), ex.bars(heights), ex.scatter(corner), ex.curve(dots * 2)),
        ex.plot(ex.scatter(dots)),
    )


@ex.simulation(history=8, record_every=2)
def walk(start=ex.slider(-1, 1)):
    return torch.zeros(4) + start


@walk.step
def go(place, speed=ex.slider(0, 1)):
    place = place + speed * 0.1
    return place, ex.record(mean=place.mean())


@ex.figure
def walking(walk=walk):
    """A walk."""
    return ex.plot(
        ex.curve(walk.state),
        ex.curve(walk.history["step"], walk.history["mean"]),
        title=f"step {walk.step}",
    )


@ex.figure
def counting(a=ex.slider(-1, 1)):
    """Its code gives something else each time it runs."""
    return ex.curve(a * torch.ones(3) + next(ticks))


def test_every_control_is_tried_at_both_ends_and_every_entry_is_reached():
    group = trace_group([line])
    tried = settings(group)
    alone = [s.label for s in tried if len(s.plains) == 1]
    for control, name in group.names.items():
        assert sum(label.startswith(f"{name} =") for label in alone) == len(ends(control))
    table = group.drawings[0].run
    reached = {table.variant(lambda c, s=s: s.plains.get(c, first(c))).key for s in tried}
    assert reached == {variant.key for variant in table.variants}
    assert sum(s.label.startswith("draw") for s in tried) == 8
    assert [s.label for s in settings(group)] == [s.label for s in tried]


def test_what_is_right_passes_at_every_setting():
    (checked,) = check([line])
    assert checked.worst < 2e-5
    assert checked.settings > 8
    assert len(checked.outputs) == 8
    assert checked.spec() == {
        "worst": checked.spec()["worst"], "settings": checked.settings, "ill": 0,
        "variants": ["plain"],
    }  # fmt: skip


def test_a_simulation_is_compared_over_its_steps_and_history():
    (checked,) = check([walking])
    assert any("record" in name for name in checked.outputs)
    assert checked.worst < 2e-5


def test_a_function_that_is_not_one_is_told_so():
    with pytest.raises(ExplorableError, match="is another each time python runs it"):
        check([counting])


def test_a_difference_fails_and_says_where():
    @ex.figure
    def faulty(a=ex.slider(-1, 1)):
        """Gives the trace something else than it gives PyTorch."""
        return ex.curve(a * torch.ones(3) + (0 if type(a) is torch.Tensor else 0.01))

    with pytest.raises(ExplorableError) as caught:
        check([faulty])
    message = str(caught.value)
    assert message.startswith("verify: figure 'faulty', output 0 (curve xy) at [0, 1]")
    assert "in the page" in message and "in PyTorch" in message
    assert "default; plain wasm" in message
    assert caught.value.line.file.endswith("test_verify.py")


@pytest.mark.parametrize(("got", "verdict"), [(0.0, "ill"), (0.5, "ill"), (-4.0, "wrong")])
def test_what_any_rounding_moves_as_far_is_nobodys_fault(got: float, verdict: str):
    waves = torch.sin(torch.linspace(0, 9, 300))
    edge = (waves * 0.1).sum() * (1 - 2e-7)

    @ex.figure
    def event(a=ex.slider(-1, 1)):
        """Of its two heights the second hangs on the last bit of a sum, the first on nothing."""
        opens = (torch.sin(torch.linspace(0, 9, 300)) * 0.1).sum() >= edge
        return ex.curve(torch.stack([a * 0, opens.float()]))

    group = trace_group([event])
    (output,) = reference(group, Page()).outputs
    assert output.tensor[1, 1] == 1
    page = output.tensor.clone()
    page[1, 1] = got
    assert Judge(group, {}, 0, 2e-5).judge(0, output, page) == verdict


def test_a_run_in_python_can_be_broken_off_between_two_operations(monkeypatch):
    """Within a function that runs long, too."""
    monkeypatch.setattr(breaks, "SECONDS", 0.0)
    steps = []

    def add(carry, x):
        steps.append(x)
        return carry + x, carry

    @ex.figure
    def sums(a=ex.slider(0, 1)):
        """A long loop."""
        return ex.curve(scan(add, torch.zeros(()), a * torch.ones(1000))[1])

    class EnoughError(Exception):
        pass

    def told():
        if len(steps) == 40:
            raise EnoughError

    group = trace_group([sums])
    steps.clear()
    with pytest.raises(EnoughError), breakable(told):
        reference(group, Page())
    assert len(steps) == 40
    # Nothing is left behind: the next run is whole, and nobody is asked.
    steps.clear()
    assert len(reference(group, Page()).outputs[0].tensor) == 1000


held: dict[str, torch.Tensor] = {}
FIXED = "; it does not follow 'a': a value was fixed while the function was traced"


def seen(kind: type) -> bool:
    """What a library does that tells its own tensors from others."""
    return kind is torch.Tensor


@pytest.mark.parametrize(
    ("fixes", "why", "fix", "where"),
    [
        (0.0, FIXED, "from moves: by the type of a tensor", "a = -1"),
        (0.5, FIXED, "from moves: by the type of a tensor", "default"),
        (None, "; it follows 'a' in the page, but in PyTorch it stays", "no cache", "a = -1"),
    ],
)
def test_a_value_that_does_not_follow_its_control_is_told_so(fixes, why, fix, where):
    middle = torch.tensor(fixes or 0.0)

    @ex.figure
    def stays(a=ex.slider(-1, 1)):
        """Holds a value that should move, in the page or in PyTorch."""
        moves = held.setdefault("a", a) if fixes is None else a if seen(type(a)) else middle
        return ex.curve(moves * torch.ones(3))

    with pytest.raises(ExplorableError) as caught:
        check([stays])
    held.clear()
    assert why in caught.value.fact
    assert fix in caught.value.fix
    assert where in caught.value.where


def test_what_python_raises_at_a_setting_has_its_line():
    @ex.figure
    def counted(a=ex.slider(-1, 1)):
        """A class that only some settings have."""
        return ex.curve(one_hot((a * 4).long().abs(), 4) * a)

    with pytest.raises(ExplorableError) as caught:
        check([counted])
    assert "Class values must be smaller than num_classes" in caught.value.fact
    assert caught.value.where.startswith("run in Python, ")
    assert "one_hot" in caught.value.line.text


def test_fast_ships_and_verifies_both_variants():
    @ex.figure(fast=True)
    def fast(a=ex.slider(-1, 1)):
        """Both."""
        return ex.curve(a * torch.linspace(0, 1, 9) + 1)

    (checked,) = check([fast])
    assert checked.variants == ("plain", "relaxed")


@pytest.mark.parametrize(
    ("expected", "got", "agrees"),
    [
        ([1.0, 2.0], [1.0, 2.0 + 3e-5], True),
        ([1.0, 2.0], [1.0, 2.0 + 9e-5], False),
        ([0.0, 0.0], [0.0, 9e-7], True),
        ([0.0, 0.0], [0.0, 2e-6], False),
        ([torch.nan, 1.0], [torch.nan, 1.0], True),
        ([torch.nan, 1.0], [0.0, 1.0], False),
        ([torch.inf, 1.0], [torch.inf, 1.0], True),
        ([torch.inf, 1.0], [-torch.inf, 1.0], False),
        ([1.0], [torch.nan], False),
    ],
)
def test_the_tolerance_is_a_share_of_the_outputs_size(expected, got, agrees):
    assert compare(torch.tensor(expected), torch.tensor(got)).agrees is agrees


def test_places_that_are_not_finite_have_no_distance():
    expected, got = torch.tensor([4.0, -torch.inf, 1.0]), torch.tensor([4.0, -16.0, 1.5])

    assert compare(expected, got).error == torch.inf
    assert compare_finite(expected, got).error == pytest.approx(0.5 / 4.05)
    assert compare_finite(expected[:1], got).error == torch.inf


def test_comparison_names_the_worst_place():
    found = compare(torch.zeros(2, 3), torch.tensor([[0.0, 0, 0], [0, 5, 1]]))
    assert found.place == (1, 1)
    assert (found.expected, found.got) == ("0", "5")


def test_a_state_diverges_when_it_leaves_the_numbers():
    assert not diverged({"a": torch.tensor([1e11]), "b": torch.tensor([1 << 60])})
    assert diverged({"a": torch.tensor([1e13])})
    assert diverged({"a": torch.tensor([torch.nan])})
