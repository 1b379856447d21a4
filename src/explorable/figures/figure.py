"""Figure: a function from controls (and state) to marks. Calling it draws in plain PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, final, overload

from ..errors import ExplorableError
from ..parts import FigureOptions, Layout
from ..parts.colours import checked_colours, coloured
from ..parts.controls import Text
from ..parts.layout import as_layout
from ..parts.options import names, size_in_bytes
from ..parts.source import definition_line, mistake
from ..trace.draws.random import random_numbers
from .still import Still
from .wires import Function, Wires, page_names, read_wires


@final
class Figure:
    """A function of wires to marks; made by ``@ex.figure``, still callable."""

    def __init__(self, function: Function, options: FigureOptions) -> None:
        self.wires: Wires = read_wires(function)
        self.options = options
        self.name = function.__name__
        self.line = definition_line(function)
        self.__doc__ = function.__doc__
        self.__wrapped__ = function

    def __call__(self, **overrides: Any) -> Still:
        """The still at the first values of the controls, or at ``overrides`` in the reader's terms.

        >>> plane(theta=0.3)
        >>> warped(training=training.run(100))
        """
        from .page import page_for

        page, constants = page_for(self, overrides)
        arguments = page.arguments(self.wires) | constants
        controls = {name: control for control, name in page_names([self]).items()}
        typed = {
            n: page.plain(control) for n, control in controls.items() if isinstance(control, Text)
        }
        layout = self.layout(arguments)
        return Still(
            self.name, self.alt, self.options.width, layout, controls, typed, self.options.lang
        )

    def save(self, path: str | Path) -> None:
        """Build the live figure and write it as one file that needs nothing beside it.

        >>> plane.save("plane.html")         # a page
        >>> plane.save("plane.js")           # a module for hosts of anywidget: MyST, marimo

        Traced, compiled and verified as in ``explorable build``; raises ExplorableError likewise.
        """
        from .afm import afm
        from .build import build
        from .single import single_file

        place = Path(path)
        if place.suffix not in (".html", ".js"):
            fact = f"a figure is saved as .html or .js, not as '{place.name}'"
            raise mistake(fact, fix="a picture: plane().save('plane.svg')", floor="figure")
        (bundle,) = build([self])
        form = single_file if place.suffix == ".html" else afm
        place.write_text(form(bundle, bundle.figures[0]), encoding="utf-8")

    def layout(self, arguments: dict[str, Any]) -> Layout:
        """What the author's function returns for these arguments, checked."""
        from .simulation import shown

        with shown(arguments) as seen, random_numbers(0, 0):
            result = self.wires.function(**seen)
        try:
            return coloured(as_layout(result, "a figure"), self.options.colours)
        except ExplorableError as error:
            raise ExplorableError(
                "figure", error.fact, where=f"figure '{self.name}'", line=self.line, fix=error.fix
            ) from None

    @property
    def alt(self) -> str:
        """The text alternative: the docstring's first paragraph."""
        first = (self.__doc__ or "").strip().split("\n\n")[0]
        return " ".join(first.split())

    def widget(self) -> Any:
        """The live figure as a widget whose traits are its controls; needs a notebook's kernel.

        >>> w = plane.widget()
        >>> w                               # as a cell's last expression: drag it
        >>> w.theta                         # where the reader left it
        >>> w.set(theta=0.3, z=1j)          # and the page follows
        >>> w.observe(lambda change: print(change.new), "theta")

        Needs ``pip install "explorable[jupyter]"``. Raises ExplorableError as ``explorable build``
        does.
        """
        from .widget import widget

        return widget(self)

    def _repr_mimebundle_(  # pyright: ignore[reportUnusedFunction] notebooks call it
        self, **_: Any
    ) -> dict[str, Any]:
        from .display import mime_bundle

        return mime_bundle(self)

    def __repr__(self) -> str:
        return f"<figure {self.name}{self.wires}>"


@overload
def figure(function: Function, /) -> Figure: ...
@overload
def figure(
    *,
    width: int = 640,
    controls: Sequence[str] | None = None,
    weights: str = "float32",
    fast: bool = False,
    tolerance: float | None = None,
    budget: str | int | None = None,
    colours: Mapping[str, int] | None = None,
    lang: str | None = None,
) -> Callable[[Function], Figure]: ...
def figure(
    function: Function | None = None,
    /,
    *,
    width: int = 640,
    controls: Sequence[str] | None = None,
    weights: str = "float32",
    fast: bool = False,
    tolerance: float | None = None,
    budget: str | int | None = None,
    colours: Mapping[str, int] | None = None,
    lang: str | None = None,
) -> Any:
    """A live figure: from controls, values and runs to marks.

    >>> @ex.figure
    ... def plane(theta=ex.slider(0, 2 * torch.pi, value=1.0, label="θ"), z=ex.point(1 + 0.5j)):
    ...     \"\"\"A complex number, dragged, and the same number turned by e^{iθ}.\"\"\"
    ...     arc = z * torch.exp(1j * theta * torch.linspace(0, 1, 64))
    ...     return ex.plot(ex.curve(arc), ex.arrow(z), ex.arrow(arc[-1]), aspect="equal")

    width: CSS pixels. controls: names of those shown, in order; () hides all. weights: "float16"
    rounds closed-over float32 tensors of 256 numbers and more, and halves their bytes; "int8" keeps
    of matrices (not of vectors, nor of what holds infinities) eight bits a number and a scale for
    each row or column, and quarters them. The page is then compared with PyTorch at the rounded
    weights, and the build tells what they move beside the author's own. It holds for all figures
    wired to this one.
    fast: let the page run the relaxed variant. tolerance: relative error accepted where float32
    itself is ill-conditioned. budget: how much the figure may be over the wire, "40 kB"; a larger
    one does not build, and says where its bytes are. colours: numbers of the palette, 0 to 7, by
    the names of marks: ``{"speed": 1, "force": 2}``; given to several figures, a meaning has one
    colour in all of them and in the text. lang: the language of the figure's own words ("en",
    "ta"); else that of the page where it comes to life.
    """
    options = FigureOptions(
        width,
        names(controls),
        weights,
        fast,
        tolerance,
        None if budget is None else size_in_bytes(budget),
        checked_colours(colours or {}),
        lang,
    )
    if function is not None:
        return Figure(function, options)

    def decorate(inner: Function) -> Figure:
        return Figure(inner, options)

    return decorate
