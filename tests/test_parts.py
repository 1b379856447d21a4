"""Controls, marks and layouts: what they keep, and what they say at the author's line."""

import math

import numpy
import pytest
import torch

import explorable as ex
from explorable.errors import ExplorableError
from explorable.parts.accept import accept, first
from explorable.parts.controls import CONTROLS
from explorable.parts.marks import MARKS


def test_no_name_is_both_control_and_mark():
    assert not set(CONTROLS) & set(MARKS)
    for name in (*CONTROLS, *MARKS):
        assert callable(getattr(ex, name))


def test_slider_starts_in_the_middle_of_its_scale():
    assert ex.slider(0, 4).value == 2
    assert ex.slider(1e-4, 1, scale="log").value == pytest.approx(1e-2)


def test_first_values_keep_their_dtype():
    assert ex.tensor([1, 0.5]).value.dtype == numpy.float32
    assert ex.tensor([1, 2]).value.dtype == numpy.int64
    assert ex.tensor([True, False]).value.dtype == bool
    assert ex.tensor(torch.zeros(2, dtype=torch.float64)).value.dtype == numpy.float64


def test_a_tensor_control_is_a_copy():
    given = torch.zeros(3)
    control = ex.tensor(given)
    given += 1
    assert control.value.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("make", "fact"),
    [
        (lambda: ex.slider(1, 0), "low < high"),
        (lambda: ex.slider(0, 1, scale="log"), "low > 0"),
        (lambda: ex.slider(0, 1, 2), "outside 0 to 1"),
        (lambda: ex.slider(0, 1, scale="lgo"), "did you mean 'log'"),
        (lambda: ex.slider(0, math.inf), "finite"),
        (lambda: ex.integer(0, 1.5), "whole number"),
        (lambda: ex.integer(0, 3, style="steper"), "did you mean 'stepper'"),
        (lambda: ex.choice(["a"], style="radios"), "did you mean 'radio'"),
        (lambda: ex.range(1, 0), "a range needs low < high"),
        (lambda: ex.range(0, 1, value=0.5), "two numbers (from, to)"),
        (lambda: ex.range(0, 1, value=(0.7, 0.2)), "the lower first, got 0.7 and 0.2"),
        (lambda: ex.points([(0, 0)], max=2, labels=["a"]), "pass classes="),
        (lambda: ex.points([(0, 0)], max=2, classes=[1], labels=["a"]), "class 1 has no label"),
        (lambda: ex.tensor([0, 1], examples={"one": [1]}), "has shape (1,)"),
        (lambda: ex.tensor([0, 1], 0, 1, examples={"up": [0, 2]}), "'up' are not all within"),
        (lambda: ex.tensor([0.0], brush=-1), "radius of 0 to 64 cells"),
        (lambda: ex.seed(-1), "between 0 and"),
        (lambda: ex.toggle(1), "True or False"),
        (lambda: ex.choice(["a", "b"], value="c"), "one of: a, b"),
        (lambda: ex.choice("ab"), "list or a dict"),
        (lambda: ex.point(1), "complex number"),
        (lambda: ex.points([(0, 0), (1, 1)], max=1), "more than max=1"),
        (lambda: ex.points([0, 1], max=4), "(n, 2)"),
        (lambda: ex.tensor([0, 3], 0, 1), "within 0 to 1"),
        (lambda: ex.tensor([[1], [1, 2]]), "nested numbers"),
        (lambda: ex.text("abc", max=2), "more than max=2"),
        (lambda: ex.curve(None), "curve draws tensors, got None"),
        (lambda: ex.heatmap(torch.zeros(2, 2), rows=3), "strings or an ex.text"),
        (lambda: ex.scatter(torch.zeros(2, 2), size=-1), "a radius above 0"),
        (lambda: ex.scatter(torch.zeros(2, 2), low=0), "there is none"),
        (lambda: ex.scatter(torch.zeros(2, 2), classes=["a"]), "name the numbers in labels="),
        (
            lambda: ex.scatter(torch.zeros(2), colour=torch.zeros(2), labels=torch.zeros(2)),
            "not both",
        ),
        (lambda: ex.plot(zoom="z"), 'zoom is True, False, "x" or "y"'),
        (lambda: ex.plot(ex.heatmap(torch.zeros(2, 2)), zoom=True), "no axes to zoom"),
        (lambda: ex.bracket((0, 0), (1, 0), None), "a bracket's text is a string"),
        (lambda: ex.plot(x_label=3), "x_label is a string, got int"),
        (lambda: ex.contour(torch.zeros(2, 2), x=(1, 0), y=(0, 1)), "low < high"),
        (lambda: ex.image(torch.zeros(2, 4, 4), columns=0), "how many pictures"),
        (lambda: ex.image(torch.zeros(2, 4, 4), labels=[1, 2]), "labels of an image are strings"),
        (lambda: ex.plot(torch.zeros(64)), "plot takes marks, got Tensor (64,)"),
        (lambda: ex.plot(aspect="equl"), "positive ratio"),
        (lambda: ex.plot(x=(0, 1), x_scale="log"), "a log axis needs x > 0"),
        (lambda: ex.row(None), "row takes marks or plots, got None"),
        (lambda: ex.record(), "at least one name"),
    ],
)
def test_a_mistake_names_the_fact_and_the_line(make, fact):
    with pytest.raises(ExplorableError) as caught:
        make()
    assert fact in str(caught.value)
    assert caught.value.line is not None
    assert caught.value.line.file.endswith("test_parts.py")


@pytest.mark.parametrize(
    ("control", "given", "taken"),
    [
        (ex.slider(0, 2 * math.pi), 2 * math.pi, 2 * math.pi),
        (ex.slider(0, 1), torch.tensor(0.25), 0.25),
        (ex.integer(1, 9), 3, 3),
        (ex.range(0, 9), (2, 3.5), (2.0, 3.5)),
        (ex.range(0, 9), torch.tensor([1.0, 1.0]), (1.0, 1.0)),
        (ex.toggle(), True, True),
        (ex.choice({"bowl": math.sin, "saddle": math.cos}), "saddle", "saddle"),
        (ex.choice({"bowl": math.sin, "saddle": math.cos}), math.cos, "saddle"),
        (ex.point(1 + 1j), 2 - 1j, 2 - 1j),
        (ex.point(1, 1), (2, 3), (2.0, 3.0)),
        (ex.text("a", max=3), "abc", "abc"),
    ],
)
def test_a_control_accepts_the_readers_terms(control, given, taken):
    assert accept(control, "c", given) == taken


@pytest.mark.parametrize(
    ("control", "given"),
    [
        (ex.slider(0, 1), 1.01),
        (ex.slider(0, 1), "a"),
        (ex.integer(1, 9), 10),
        (ex.range(0, 9), (3, 2)),
        (ex.range(0, 9), (3, 10)),
        (ex.range(0, 9), 3),
        (ex.integer(1, 9), 2.5),
        (ex.toggle(), 2),
        (ex.choice(["a", "b"]), "c"),
        (ex.point(1, 1), (1, 2, 3)),
        (ex.tensor([0.0, 1.0], 0, 1), [0.0, 2.0]),
        (ex.tensor([0.0, 1.0]), [0.0]),
        (ex.text("a", max=3), "abcd"),
    ],
)
def test_a_control_refuses_what_the_page_would(control, given):
    with pytest.raises(ExplorableError):
        accept(control, "c", given)


def test_every_control_has_a_first_value_that_it_accepts():
    controls = [
        ex.slider(0, 1), ex.integer(0, 3), ex.seed(4), ex.toggle(), ex.choice(["a", "b"]),
        ex.point(1, 2), ex.point(1 + 2j), ex.points([(0, 1)], max=3), ex.tensor([1.0, 2.0]),
        ex.text("ab", max=4), ex.button("again"),
    ]  # fmt: skip
    for control in controls:
        accept(control, "c", first(control))
