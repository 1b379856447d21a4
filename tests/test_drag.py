"""Inverse drag: a computed place is dragged, and the controls behind it follow the gradient."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.engine import engine
from explorable.figures import load_file
from explorable.figures.build import compile_group
from explorable.figures.group import trace_group
from explorable.figures.machine import Machine
from explorable.figures.page import Page
from explorable.figures.reference import reference
from explorable.figures.verify import verify
from reader import FIGURE, Reader, serving

SOURCE = """
lengths = torch.tensor([1.0, 0.8])

@ex.value
def elbow(a=ex.slider(-3, 3, value=0.4)):
    return torch.polar(lengths[0], a)

@ex.figure
def arm(elbow=elbow, a=ex.slider(0, 1), b=ex.slider(-3, 3, value=0.9), z=ex.point(0.5, -1)):
    \"\"\"An arm with two joints, and something else.\"\"\"
    hand = elbow + torch.polar(lengths[1], elbow.angle() + b)
    return ex.plot(
        ex.curve(torch.stack([0 * elbow, elbow, hand])), ex.scatter(z * (1 + a)),
        ex.scatter(hand[None], name="hand", edit=True),
        ex.arrow(2 * z, name="twice", edit=[z]),
        x=(-2, 2), y=(-2, 2), aspect="equal",
    )
"""


def author(source: str) -> dict[str, Any]:
    space: dict[str, Any] = {"ex": ex, "torch": torch}
    exec(source, space)
    return space


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return author(SOURCE)


def test_eager_calls_draw_it(figures: dict[str, Any]) -> None:
    still = figures["arm"](b=0.0)
    hand = 1.8 * torch.polar(torch.ones(1), torch.tensor([0.4]))
    assert torch.allclose(still.outputs["hand"], torch.view_as_real(hand))
    assert "<svg" in still.svg()


def test_the_slope_is_torchs_own(figures: dict[str, Any]) -> None:
    compiled = compile_group([figures["arm"]], lambda stage: None)
    hand, twice = compiled.group.drags
    names = [compiled.group.names[control] for control in hand.controls]
    assert names == ["arm.b", "elbow.a"]
    assert [compiled.group.names[control] for control in twice.controls] == ["arm.z"]
    machine = Machine(engine(), compiled.program, compiled.files)
    machine.set({"arm.b": -1.3, "elbow.a": 2.2})
    machine.settle()

    machine.slope(hand.spec(compiled.group), 0)

    def place(b: torch.Tensor, a: torch.Tensor) -> torch.Tensor:
        return torch.stack([torch.cos(a) + 0.8 * torch.cos(a + b), a.sin() + 0.8 * (a + b).sin()])

    at = (torch.tensor(-1.3), torch.tensor(2.2))
    columns = torch.autograd.functional.jacobian(place, at)
    assert torch.allclose(machine.tensor(hand.slots["place"]), place(*at), atol=1e-6)
    slope = machine.tensor(hand.slots["slope"])
    assert torch.allclose(slope, torch.stack(columns, -1), atol=1e-6)
    machine.slope(twice.spec(compiled.group), 0)
    assert torch.equal(machine.tensor(twice.slots["slope"]), 2 * torch.eye(2))
    machine.close()


def test_verification_compares_the_slope(figures: dict[str, Any]) -> None:
    compiled = compile_group([figures["arm"]], lambda stage: None)

    checked = verify(compiled.group, compiled.program, compiled.files, engine())

    slopes = [name for name in checked.outputs if "slope of the dragged" in name]
    assert slopes == [
        "figure 'arm', slope of the dragged scatter 0",
        "figure 'arm', slope of the dragged arrow 0",
    ]
    assert checked.ill == 0


def test_a_wrong_slope_fails_verification(figures: dict[str, Any]) -> None:
    compiled = compile_group([figures["arm"]], lambda stage: None)
    page = Page({})
    expected = [o for o in reference(compiled.group, page).outputs if o.drag]
    assert expected
    slots = compiled.program["slots"]
    hand = compiled.group.drags[0].slots
    # The place is read where the slope lies: other numbers than PyTorch's.
    slots[hand["place"]] = [slots[hand["slope"]][0], "float32", [2]]
    with pytest.raises(ex.ExplorableError, match="place of the dragged scatter 0"):
        verify(compiled.group, compiled.program, compiled.files, engine())


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("ex.scatter(torch.ones(3, 2), edit=True)", "that no slider and no point moves"),
        ("ex.scatter((a * torch.ones(3, 2)).detach(), edit=True)", "no slider and no point moves"),
        ("ex.scatter(a * torch.ones(3, 2), edit=[b])", "which does not move it"),
        ("ex.scatter(a * torch.ones(3, 2), edit=[n])", "no slider and no point of this figure"),
        ("ex.heatmap(a * torch.ones(3, 2), edit=True)", "only a place can be dragged"),
    ],
)
def test_what_cannot_be_dragged_is_refused(body: str, fact: str, tmp_path: Path) -> None:
    source = tmp_path / "figures.py"
    source.write_text(
        "import torch\nimport explorable as ex\n"
        "@ex.figure\ndef figure(a=ex.slider(0, 1), b=ex.slider(0, 1), n=ex.integer(1, 3)):\n"
        f"    return {body}\n"
    )
    with pytest.raises(ex.ExplorableError, match=fact) as caught:
        trace_group(load_file(source))
    assert caught.value.line is not None
    assert caught.value.line.number == 5
    assert caught.value.fix


@pytest.fixture(scope="module", params=[False, True], ids=["page", "worker"])
def reader(
    request: pytest.FixtureRequest, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("drag")
    write_page(folder, SOURCE)
    if request.param:
        (spec,) = folder.glob("arm-*.json")
        spec.write_text(spec.read_text().replace('"memory":', '"heavy":true,"memory":', 1))
    with serving(folder) as url:
        opened = Reader(chromium).open(url)
        yield opened
        opened.context.close()


def centre(reader: Reader, label: str) -> tuple[float, float]:
    box = reader.page.locator(f".explorable-handle[aria-label={label}]").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def angles(reader: Reader) -> tuple[float, float]:
    controls = reader.controls()
    return controls["elbow.a"]["value"], controls["arm.b"]["value"]


def test_both_angles_follow_the_hand(reader: Reader) -> None:
    page = reader.page
    reader.set({"elbow.a": 0.4, "arm.b": 1.6})
    other = reader.controls()["arm.a"]["value"]
    x, y = centre(reader, "hand")
    page.mouse.move(x + 2, y + 1)
    page.mouse.down()
    for to in ((30, 20), (30, 110), (-60, 60), (-120, 20)):
        page.mouse.move(x + 2 + to[0], y + 1 + to[1], steps=6)
        page.wait_for_timeout(100)
        now = centre(reader, "hand")
        assert math.dist(now, (x + to[0], y + to[1])) < 2, to
    page.mouse.up()
    a, b = angles(reader)
    assert abs(a - 0.4) > 0.1
    assert abs(b - 1.6) > 0.1
    shown = reader.page.locator("[data-control='arm.b'] input").input_value()
    assert float(shown) == pytest.approx(b)
    # The page's numbers are what torch draws at these angles.
    data = [float(x) for x in reader.outputs()["hand"]["data"]]
    hand = torch.polar(torch.ones(()), torch.tensor(a)) + 0.8 * torch.polar(
        torch.ones(()), torch.tensor(a + b)
    )
    assert data == pytest.approx([hand.real.item(), hand.imag.item()], abs=1e-5)
    assert reader.controls()["arm.a"]["value"] == other
    assert reader.said == []


def test_out_of_reach_the_arm_points_there(reader: Reader) -> None:
    page = reader.page
    reader.set({"elbow.a": 0.0, "arm.b": 0.9})
    x, y = centre(reader, "hand")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 300, y, steps=10)
    page.wait_for_timeout(150)
    page.mouse.up()
    a, b = angles(reader)
    assert abs(b) < 0.25
    assert -3 <= a <= 3
    data = [float(x) for x in reader.outputs()["hand"]["data"]]
    assert math.hypot(*data) == pytest.approx(1.8, abs=0.02)


def test_a_straight_arm_pulled_along_its_own_line_bends(reader: Reader) -> None:
    page = reader.page
    reader.set({"elbow.a": 0.0, "arm.b": 0.0})
    page.locator(".explorable-handle[aria-label=hand]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(60)
    data = [float(x) for x in reader.outputs()["hand"]["data"]]
    assert data == pytest.approx([1.8 - 3 * 0.04, 0], abs=2e-3)
    assert abs(angles(reader)[1]) > 0.1


def test_bounds_hold_and_the_other_angle_makes_up(reader: Reader) -> None:
    reader.set({"elbow.a": 2.9, "arm.b": 0.5})
    page = reader.page
    x, y = centre(reader, "hand")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 40, steps=8)
    page.wait_for_timeout(100)
    now = centre(reader, "hand")
    page.mouse.up()
    a, b = angles(reader)
    assert a <= 3
    assert b <= 3
    assert math.dist(now, (x + 40, y + 40)) < math.dist((x, y), (x + 40, y + 40))


def test_arrows_move_the_hand_and_a_point_follows(reader: Reader) -> None:
    page = reader.page
    reader.set({"elbow.a": 0.4, "arm.b": 0.9, "z": [0.5, -0.5]})
    before = [float(x) for x in reader.outputs()["hand"]["data"]]
    page.locator(".explorable-handle[aria-label=hand]").focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(80)
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(80)
    after = [float(x) for x in reader.outputs()["hand"]["data"]]
    # A hundredth of the plot, four units wide and high.
    assert after == pytest.approx([before[0] + 0.04, before[1] + 0.04], abs=2e-3)
    page.locator(".explorable-handle[aria-label=twice]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(80)
    assert reader.controls()["arm.z"]["value"] == pytest.approx([0.48, -0.5], abs=1e-3)
    text = page.locator(".explorable-handle[aria-label=twice]").get_attribute("aria-valuetext")
    assert "0.96" in text
    assert page.evaluate(f"{FIGURE}.controls.z.value")[0] == pytest.approx(0.48, abs=1e-3)
    assert reader.said == []


VARIANTS = """
@ex.simulation
def walk(seed=ex.seed(0), speed=ex.slider(0, 1, value=0.5)):
    torch.manual_seed(seed)
    return torch.randn(2) * speed

@walk.step
def go(place):
    return place + 0.1

@ex.value
def scaled(walk=walk, gain=ex.slider(0.1, 10, value=1.0, scale="log")):
    return walk.state * gain

@ex.figure
def figure(scaled=scaled, flip=ex.toggle(), n=ex.integer(1, 3), lift=ex.slider(0, 4, step=0.5)):
    \"\"\"Places that depend on a run, a toggle and a count.\"\"\"
    places = scaled + lift * torch.arange(n)[:, None]
    if flip:
        return ex.scatter(-places, edit=True)
    return ex.plot(ex.scatter(places, edit=True), ex.arrow(places[-1], edit=True))
"""


def test_runs_toggles_and_counts_are_facts() -> None:
    figure = author(VARIANTS)["figure"]
    compiled = compile_group([figure], lambda stage: None)
    group = compiled.group

    names = [[group.names[control] for control in drag.controls] for drag in group.drags]

    # Not the speed: it is read by the run. The second mark is there in one half of the variants.
    assert [sorted(found) for found in names] == [["figure.lift", "scaled.gain"]] * 2
    checked = verify(group, compiled.program, compiled.files, engine())
    assert "figure 'figure', slope of the dragged scatter 2" in checked.outputs
    assert "figure 'figure', slope of the dragged arrow 0" in checked.outputs


THROUGH = """
a = ex.slider(-3, 3, value=0.4)

@ex.value
def far(a=a):
    return {"path": torch.stack([torch.sin(a * torch.arange(5.0)), torch.arange(5.0)], -1)}

@ex.value
def which(a=a):
    return (a.abs() * 1.4).long()

@ex.value
def lever(a=a):
    return a * a

@ex.figure
def figure(far=far, which=which, lever=lever, a=a):
    \"\"\"One knows nothing of the values, one takes an index of them, one their gradient.\"\"\"
    alone = torch.stack([a.cos(), a.sin()])
    picked = alone + torch.eye(5)[which, :2]
    return ex.plot(
        ex.curve(far["path"]), ex.scatter(alone, edit=True), ex.scatter(picked, edit=True),
        ex.scatter(alone * BY, edit=True),
    )
"""


@pytest.mark.parametrize(
    ("by", "apart"),
    [("2", [["far", "which", "lever"], ["far", "lever"], ["far", "which", "lever"]]),
     ("lever", [["far", "which"], ["far"], ["far", "which"]])],
)  # fmt: skip
def test_values_that_a_place_does_not_depend_on_are_left_out(by: str, apart: list[Any]) -> None:
    figure = author(THROUGH.replace("BY", by))["figure"]
    compiled = compile_group([figure], lambda stage: None)
    group = compiled.group

    assert [[value.name for value in drag.apart] for drag in group.drags] == apart
    checked = verify(group, compiled.program, compiled.files, engine())
    assert "figure 'figure', slope of the dragged scatter 0" in checked.outputs
    machine = Machine(engine(), compiled.program, compiled.files)
    machine.set({"a": -1.7})
    machine.settle()
    for drag, place in zip(group.drags, (_alone, _picked, _by[by]), strict=True):
        machine.slope(drag.spec(group), 0)
        at = torch.tensor(-1.7)
        assert torch.allclose(machine.tensor(drag.slots["place"]), place(at), atol=1e-6)
        moves = torch.autograd.functional.jacobian(place, at)
        assert torch.allclose(machine.tensor(drag.slots["slope"])[:, 0], moves, atol=1e-5)
    machine.close()


def _alone(a: torch.Tensor) -> torch.Tensor:
    return torch.stack([a.cos(), a.sin()])


def _picked(a: torch.Tensor) -> torch.Tensor:
    return _alone(a) + torch.eye(5)[(a.abs() * 1.4).long(), :2]


_by = {"2": lambda a: 2 * _alone(a), "lever": lambda a: _alone(a) * a * a}
