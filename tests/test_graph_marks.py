"""Graphs, trees, diagrams and networks: where nodes and edges lie, and nodes that are dragged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy
import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.parts import Mark
from reader import FIGURE, Reader, serving
from scenes import Scenes, plot, shapes, texts

SOURCE = """
@ex.figure
def net(at=ex.tensor([[0., 0.], [1., 0.], [0., 1.]], -1, 2), gain=ex.slider(0, 2, value=1.0)):
    \"\"\"Three nodes that are dragged.\"\"\"
    edges = torch.tensor([[0, 1], [1, 2], [2, 0]])
    length = (at[edges[:, 0]] - at[edges[:, 1]]).norm(dim=1)
    return ex.row(ex.graph(edges, at=at, weights=gain * length, labels=["a", "b", "c"], name="g"),
                  ex.graph([(0, 1), (1, 1)], values=at[:2, 0], name="values"))
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("graph")
    write_page(folder, SOURCE)
    with serving(folder) as address:
        yield address


@pytest.fixture(scope="module")
def scenes() -> Iterator[Scenes]:
    with Engine() as engine:
        yield Scenes(engine)


def places(reader: Reader) -> list[float]:
    reader.settle()
    return reader.page.evaluate(f"() => {FIGURE}.controls.at.value")


def lengths(at: list[float]) -> list[float]:
    a = torch.tensor(at).view(3, 2)
    return (a - a.roll(-1, 0)).norm(dim=1).tolist()


@pytest.mark.parametrize("touch", [False, True])
def test_a_node_is_dragged_and_its_edges_follow(chromium: Browser, url: str, touch: bool) -> None:
    reader = Reader(chromium, touch=touch).open(f"{url}index.html")
    knob = reader.page.locator(".explorable-handle-point").nth(1)
    box = knob.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if touch:
        client = reader.context.new_cdp_session(reader.page)
        for kind, dx in (("touchStart", 0), ("touchMove", -20), ("touchMove", -40)):
            point = {"x": x + dx, "y": y - dx}
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        reader.page.mouse.move(x, y)
        reader.page.mouse.down()
        reader.page.mouse.move(x - 40, y + 40, steps=4)
        reader.page.mouse.up()
    now = places(reader)
    assert now[:2] == [0, 0]
    assert now[2] < 0.9
    assert now[3] < -0.1
    shown = [float(x) for x in reader.outputs()["g"]["data"]]
    assert shown == pytest.approx(lengths(now), abs=1e-5)
    assert reader.said == []
    reader.context.close()


def test_a_node_is_moved_by_keys_and_stays_in_its_bounds(chromium: Browser, url: str) -> None:
    reader = Reader(chromium).open(f"{url}index.html")
    reader.page.locator(".explorable-handle-point").nth(2).focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp"):
        reader.page.keyboard.press(key)
        reader.settle()
    now = places(reader)
    assert now[4] > 0
    assert now[5] > 1
    for _ in range(12):
        reader.page.keyboard.press("Shift+ArrowUp")
        reader.settle()
    assert places(reader)[5] == 2
    reader.context.close()


def draw(scenes: Scenes, width: int = 400, **given: Any) -> Any:
    """The panel of one graph: arrays become slots."""
    mark: dict[str, Any] = {"kind": "graph"}
    slots = {key: value for key, value in given.items() if isinstance(value, numpy.ndarray)}
    mark |= {key: key if key in slots else value for key, value in given.items()}
    return scenes.draw(plot(mark), slots, width)["panels"][0]


TRIANGLE = numpy.array([[0, 0], [4, 0], [2, 3]], dtype=numpy.float32)


def test_edges_run_from_rim_to_rim(scenes: Scenes) -> None:
    labels = [["a"], ["b"], ["c"]]
    edges = numpy.array([[0, 1], [1, 2]])
    panel = draw(scenes, xy=TRIANGLE, edges=edges, labels=labels)
    (rings, discs) = shapes(panel, "dots")
    centres = numpy.reshape(discs["points"], (3, 2))
    (lines,) = shapes(panel, "path", "soft")
    ends = numpy.reshape(lines["points"], (2, 2, 2))
    for (a, b), (start, end) in zip(edges, ends, strict=True):
        assert numpy.linalg.norm(start - centres[a]) == pytest.approx(discs["radius"] + 1, abs=0.1)
        assert numpy.linalg.norm(end - centres[b]) == pytest.approx(discs["radius"] + 1, abs=0.1)
    assert texts(panel) == ["a", "b", "c"]
    assert rings["paint"] == "soft"


@pytest.mark.parametrize("width", [320, 720])
def test_loops_and_arrows_both_ways_stay_inside_and_apart(scenes: Scenes, width: int) -> None:
    edges = numpy.array([[0, 1], [1, 0], [0, 0], [1, 1], [2, 2]])
    panel = draw(scenes, width, xy=TRIANGLE, edges=edges, directed=True, ratio=1.35)
    (lines, heads) = shapes(panel, "path", "soft")
    points = numpy.reshape(lines["points"], (-1, 2))
    assert 0 <= points[:, 0].min() and points[:, 0].max() <= width
    assert panel["y"] <= points[:, 1].min()
    assert points[:, 1].max() <= panel["y"] + panel["height"]
    assert len(heads["starts"]) == 5
    there, back = numpy.split(points, lines["starts"][1:])[:2]
    assert abs(there[6, 1] - back[6, 1]) > 10, "one bends up, the other down"


def test_numbers_on_edges_and_nodes(scenes: Scenes) -> None:
    panel = draw(
        scenes, xy=TRIANGLE, edges=numpy.array([[0, 1], [1, 2], [2, 0]]), format=".1f",
        values=numpy.array([1.0, -2.0, 0.0]), weights=numpy.array([1.0, -0.25, 0.5]),
        slopes=numpy.array([-1.0, 4.0, 0.0]), errors=numpy.array([0.5, -1.0, 0.0]),
    )  # fmt: skip
    assert texts(panel) == ["1.0", "−2.0", "0.0"]
    widths = {shape["paint"]: shape["width"] for shape in shapes(panel, "path")}
    assert widths["c1"] > widths["c0"], "the negative weight is the smallest"
    dots = [shape for shape in shapes(panel, "dots") if "paints" in shape]
    assert [dots[0]["paints"], dots[0]["radii"].index(max(dots[0]["radii"]))] == [[0, 1, 1], 1]
    (tinted,) = (shape for shape in shapes(panel, "dots") if "rgba" in shape)
    assert tinted["rgba"][7] > tinted["rgba"][3] > tinted["rgba"][11] < 5


def test_words_of_edges_stay_in_the_drawing(scenes: Scenes) -> None:
    corners = numpy.array([[0, 0], [1, 0], [0, -1], [1, -1]], dtype=numpy.float32)
    edges = numpy.array([[0, 1], [0, 2], [1, 3], [2, 3]])
    given = [["a long word"]] * 4
    panel = draw(
        scenes, 320, xy=corners, edges=edges, edgeLabels=given, labels=[["A"]] * 4, bare=True,
        directed=True, ratio=1.5,
    )  # fmt: skip
    for shape in shapes(panel, "text"):
        half = scenes.script(f"textModule.widthOf('{shape['text']}', {shape['size']})") / 2
        assert 0 <= shape["x"] - half and shape["x"] + half <= 320


def channel(mark: Mark, slot: str) -> numpy.ndarray[Any, Any]:
    return numpy.asarray(next(c for c in mark.channels if c.slot == slot).given[0])


def test_a_graph_is_always_placed_alike_and_its_nodes_lie_apart() -> None:
    ring = [(k, (k + 1) % 12) for k in range(12)]
    one, other = (channel(ex.graph(ring), "xy") for _ in range(2))
    assert (one == other).all()
    apart = numpy.linalg.norm(one[:, None] - one, axis=2) + 9 * numpy.eye(12)
    assert apart.min() > 0.15
    round_about = channel(ex.graph(torch.tensor(ring), layout="circle"), "xy")
    assert numpy.linalg.norm(round_about, axis=1) == pytest.approx(1)


def test_a_tree_has_its_parents_over_their_children() -> None:
    nested = ex.tree(("S", ("NP", "the", "cat"), ("VP", "sat")))
    assert nested.options["labels"] == ("S", "NP", "the", "cat", "VP", "sat")
    assert channel(nested, "edges").tolist() == [[0, 1], [1, 2], [1, 3], [0, 4], [4, 5]]
    at = channel(nested, "xy")
    assert at[:, 1].tolist() == [0, -1, -2, -2, -1, -2]
    assert at[1, 0] == (at[2, 0] + at[3, 0]) / 2
    same = ex.tree([-1, 0, 1, 1, 0, 4])
    assert (channel(same, "xy") == at).all()


def test_a_network_joins_every_two_neighbours() -> None:
    mark = ex.network([torch.ones(3, 2), torch.ones(1, 3)], activations=[[1, 2], [0, 0, 0], [1]])
    at, edges = channel(mark, "xy"), channel(mark, "edges")
    assert len(at) == 6
    assert len(edges) == 9
    assert edges[:2].tolist() == [[0, 2], [1, 2]], "row by row, as the weights lie"
    assert {at[b, 0] - at[a, 0] for a, b in edges} == {1.0}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ex.graph([(0, 1, 2)]), "pairs of whole numbers"),
        (lambda: ex.graph([]), "needs an edge"),
        (lambda: ex.graph([(0, 1)], layout=cast("Any", "sprig")), "did you mean 'spring'"),
        (lambda: ex.graph([(0, 1)], labels="ab"), "labels is a list of strings"),
        (lambda: ex.tree([0, 0]), "one root, whose parent is -1"),
        (lambda: ex.tree([-1, 2, 1]), "do not hang on its root"),
        (lambda: ex.tree(("S", 3)), "a leaf a string"),
        (lambda: ex.diagram([["A", "B"]], [("A", "C", "f")]), "unknown object 'C'; one of: A, B"),
        (lambda: ex.diagram([["A", "A"]], [("A", "A")]), r"say which: \(row, column\)"),
        (lambda: ex.network([torch.ones(2)]), r"matrices \(out, in\)"),
        (lambda: ex.network([torch.ones(2, 3), torch.ones(2, 3)]), "its in is the out before"),
    ],
)
def test_mistakes(call: Any, message: str) -> None:
    with pytest.raises(ExplorableError, match=message):
        call()


def test_numbers_that_do_not_fit_the_graph() -> None:
    @ex.figure
    def wrong(k: Any = ex.slider(0, 1)) -> Any:
        """Two weights for one edge."""
        return ex.graph([(0, 1)], weights=k * torch.ones(2))

    with pytest.raises(ExplorableError, match="weights is one number for each of 1 edges"):
        _ = wrong().outputs
