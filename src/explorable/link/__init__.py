"""Joins the runtime's ES modules into what is published: scripts, a module, a style sheet."""

from .join import LICENSE, RUNTIME, Linked, content_hash, link, strip
from .needs import unneeded
from .style import stylesheet

__all__ = [
    "LICENSE",
    "RUNTIME",
    "Linked",
    "content_hash",
    "link",
    "strip",
    "stylesheet",
    "unneeded",
]
