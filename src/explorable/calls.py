"""A call of ours that Python refuses, told with what the function takes. Imports errors alone."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from types import FunctionType, ModuleType

from .errors import ExplorableError, Line

_REFUSED = re.compile(
    r"^(\w+)\(\) (got an unexpected keyword argument '(\w+)'|got multiple values for argument"
    r"|missing \d+ required|takes .+ positional argument)"
)
_ABSENT = re.compile(r"^module 'explorable' has no attribute '(\w+)'")
_OF_TEXT = re.compile(r"^'_?Typed(?:ByReader)?' object has no attribute '(\w+)'")
_MEANT = {
    "colour": "color c values hue fill cmap",
    "colours": "colors colormap cmap palette",
    "width": "linewidth lw thickness stroke stroke_width",
    "dash": "linestyle ls dashed dashes style",
    "size": "s radius r sizes markersize",
    "low": "min vmin minimum start lo",
    "high": "max vmax maximum stop end hi",
    "value": "default initial init start first",
    "first": "default initial init value text",
    "max": "length max_length maxlen size n",
    "name": "label legend title",
    "label": "name title text",
    "x": "xlim x_range xrange",
    "y": "ylim y_range yrange",
    "x_label": "xlabel",
    "y_label": "ylabel",
    "title": "label name caption",
    "scale": "log",
    "edit": "draggable editable drag",
    "labels": "c classes columns names categories ticks xticks tick_label words",
    "options": "choices values",
    "alt": "description caption",
}
"""By parameter: what other libraries call it."""
_OTHERS = {
    "curve": "line lines path polyline vector",
    "scatter": "points_mark dots point_cloud",
    "plot": "axes figure_plot chart panel axis",
    "bars": "bar barplot hist bar_chart",
    "histogram": "hist",
    "readout": "number show value_of print metric",
    "toggle": "checkbox switch boolean bool",
    "choice": "select dropdown radio menu options",
    "slider": "float number knob",
    "integer": "int int_slider stepper",
    "text": "textbox input string",
    "heatmap": "imshow",
    "image": "picture img",
    "label": "annotate annotation",
    "segments": "lines",
    "field": "shader function",
    "sound": "audio",
    "arrows": "quiver vectors",
    "band": "fill_between ribbon",
    "area": "fill polygon",
    "column": "vstack vbox stack",
    "row": "hstack hbox",
    "grid": "subplots",
    "errorbars": "errorbar",
    "streamlines": "streamplot stream",
    "value": "computed derived cache",
    "simulation": "animation animate train loop",
    "sprite": "icon",
    "upload": "file",
    "space": "plot3d axes3d scene",
    "surface": "plot_surface",
}
"""By name of ours: what other libraries call it."""
_LONGEST = 24
_ALIKE = 0.75


def wrong_call(floor: str, error: BaseException, line: Line | None) -> ExplorableError | None:
    """The error for a call of a function of ours with arguments it does not take, or for a name
    that we have not; None if ``error`` is another.

    >>> print(wrong_call("trace", error, line))
    trace: ex.curve takes no 'color'
      in waves.py:9
         ex.curve(t, x, color="red")
      'colour' is its name here: ex.curve(x, y=None, *, closed=False, width=None, ...)
    """
    ours = sys.modules["explorable"]
    if isinstance(error, AttributeError):
        if asked := _OF_TEXT.match(str(error)):
            fact = f"a text has no '{asked[1]}'"
            return ExplorableError(floor, fact, line=line, fix="its tokens are .ids, int64 (n,)")
        absent = _ABSENT.match(str(error))
        return absent and _unknown(floor, ours, absent[1], line)
    found = _REFUSED.match(str(error)) if isinstance(error, TypeError) else None
    function = getattr(ours, found[1], None) if found and _calls_us(error, ours, found[1]) else None
    if found is None or not callable(function):
        return None
    name, wrong = found[1], found[3]
    taken = signature(name, function)
    if wrong is None:
        return ExplorableError(floor, f"ex.{error!s}", line=line, fix=f"it is {taken}")
    meant = nearest(wrong, inspect.signature(function).parameters, _MEANT)
    fix = f"'{meant}' is its name here: {taken}" if meant else f"it is {taken}"
    return ExplorableError(floor, f"ex.{name} takes no '{wrong}'", line=line, fix=fix)


def _unknown(floor: str, ours: ModuleType, name: str, line: Line | None) -> ExplorableError:
    known = public(ours)
    meant = nearest(name, known, _OTHERS)
    fix = f"nearest: ex.{meant}" if meant else f"there are: {', '.join(known)}"
    return ExplorableError(floor, f"explorable has no '{name}'", line=line, fix=fix)


def public(ours: ModuleType) -> list[str]:
    """The functions an author calls, sorted."""
    return sorted(
        name
        for name in dir(ours)
        if name[0].islower()
        and callable(given := getattr(ours, name))
        and given.__module__.startswith("explorable.")
    )


def nearest(wrong: str, known: Iterable[str], others: dict[str, str]) -> str | None:
    """Which of the names ``known`` is meant by ``wrong``: what other libraries call so, or else
    what is spelled alike."""
    names = list(known)
    for name in names:
        if wrong in others.get(name, "").split():
            return name
    return next(iter(get_close_matches(wrong, names, 1, _ALIKE)), None)


def signature(name: str, function: object) -> str:
    """``ex.slider(low, high, *, value=None)``: what is ours by its name, other long defaults as
    ``...``, no types."""
    assert callable(function)
    shown, ours = list[inspect.Parameter](), vars(sys.modules["explorable"])
    for parameter in inspect.signature(function).parameters.values():
        default = parameter.default
        if default is not parameter.empty and len(repr(default)) > _LONGEST:
            named = next((f"ex.{key}" for key, value in ours.items() if value is default), "...")
            default = _Shown(named)
        shown.append(parameter.replace(annotation=parameter.empty, default=default))
    return f"ex.{name}{inspect.Signature(shown)}"


class _Shown(str):
    __slots__ = ()
    __repr__ = str.__str__


def _calls_us(error: BaseException, ours: ModuleType, name: str) -> bool:
    # Python refuses arguments in the caller's frame: the last one is the author's.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return False
    seen = trace.tb_frame.f_globals
    theirs = seen.get(name)  # a tensor of this name is not what was called
    if isinstance(theirs, FunctionType):
        return theirs is getattr(ours, name, None)
    return ours in seen.values()
