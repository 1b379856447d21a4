"""A figure as a notebook's widget: its controls are traits, and page and Python follow each other.

The front end is the figure's own module (afm.py); anywidget carries the values.
"""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

from ..errors import ExplorableError
from ..parts.accept import accept, first
from ..parts.controls import Button, Control
from ..parts.source import calling_line, one_of
from .afm import afm
from .display import outputs
from .machine import from_json, to_json
from .stale import stale
from .wires import page_names, upstream

if TYPE_CHECKING:
    from .bundle import Bundle
    from .figure import Figure


def widget(figure: Figure) -> Any:  # anywidget's AnyWidget, which carries no types
    """The live figure, with a trait for each of its controls; see ``Figure.widget``.

    >>> w = widget(plane)
    >>> w.set(theta=0.3)
    >>> w.theta
    0.3

    Raises ExplorableError where anywidget is not installed, and as ``build`` does.
    """
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise ExplorableError(
            "figure",
            f"'{figure.name}.widget()' needs anywidget",
            line=calling_line(),
            fix='pip install "explorable[jupyter]"',
        ) from None
    from .build import build

    for sentence in stale([figure]):
        warnings.warn(sentence, stacklevel=3)
    (bundle,) = build([figure])
    controls = control_words(figure, bundle)
    taken = [word for word in controls if hasattr(anywidget.AnyWidget, word) or word == "set"]
    if taken:
        raise ExplorableError(
            "figure",
            f"a widget has a '{taken[0]}' of its own",
            line=controls[taken[0]].line,
            fix="rename the parameter",
        )

    class Setting(traitlets.TraitType[Any, Any]):
        """The value of one control, in the reader's terms."""

        def __init__(self, word: str, control: Control) -> None:
            super().__init__(first(control))
            self.word, self.control = word, control

            def spelled(value: Any, _: object) -> Any:
                return to_json(control, value)

            def read(value: Any, _: object) -> Any:
                return from_json(control, value)

            self.tag(sync=True, to_json=spelled, from_json=read)

        def validate(self, obj: object, value: Any) -> Any:
            try:
                return accept(self.control, self.word, value)
            except ExplorableError as error:
                raise traitlets.TraitError(error.fact) from None

    def change(self: Any, **settings: Any) -> None:
        """Set controls, all at once or, where one does not fit, none.

        >>> w.set(theta=0.3, z=1j)
        """
        unknown = [word for word in settings if word not in controls]
        if unknown:
            fact = one_of(f"control of '{figure.name}'", unknown[0], list(controls))
            raise ExplorableError("figure", fact, line=calling_line())
        accepted = {word: accept(controls[word], word, settings[word]) for word in settings}
        with self.hold_sync():
            for word, value in accepted.items():
                setattr(self, word, value)

    def mime_bundle(self: Any, **options: Any) -> Any:
        """The view of a kernel's page; for pages without one, what the figure itself shows."""
        ordinary: Any = anywidget.AnyWidget
        view: Any = ordinary._repr_mimebundle_(self, **options) or ({}, {})
        return outputs(figure, bundle) | view[0] | {"text/plain": repr(self)}, view[1]

    def shown(self: Any) -> str:
        return f"<widget {figure.name}{figure.wires}>"

    members: dict[str, Any] = {
        "__doc__": figure.__doc__,
        "_esm": afm(bundle, bundle.figures[0]),
        "set": change,
        "_repr_mimebundle_": mime_bundle,
        "__repr__": shown,
        **{word: Setting(word, control) for word, control in controls.items()},
    }
    return type(f"{figure.name}_widget", (anywidget.AnyWidget,), members)()


def control_words(figure: Figure, bundle: Bundle) -> dict[str, Control]:
    """What the page's module (afm.js) calls the controls: by the figure's word where it has one,
    else ``function.parameter``; buttons hold no value.

    >>> list(control_words(warped, bundle))
    ['seed', 'lr']
    """
    spec = json.loads(bundle.files[bundle.spec])
    known = page_names([*upstream(figure), figure]).items()
    by_name = {name: control for control, name in known if not isinstance(control, Button)}
    own = f"{figure.name}."
    words = {name: name.removeprefix(own) for name in by_name if name.startswith(own)}
    named: dict[str, str] = spec["figures"][figure.name].get("names", {})
    for word, name in named.items():
        words.setdefault(name, word)
    order: list[str] = [name for name in spec["program"]["controls"] if name in by_name]
    return {words.get(name, name): by_name[name] for name in order}
