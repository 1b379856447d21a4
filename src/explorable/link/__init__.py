"""Joins the runtime's ES modules into what is published: scripts, a module, a style sheet."""

from .join import LICENSE, Linked, content_hash, link
from .needs import unneeded
from .parts import parts_of, split
from .sources import RUNTIME, strip
from .style import stylesheet

__all__ = [
    "LICENSE",
    "RUNTIME",
    "Linked",
    "content_hash",
    "link",
    "parts_of",
    "split",
    "strip",
    "stylesheet",
    "unneeded",
]
