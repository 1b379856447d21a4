"""The Sphinx extension: `extensions = ["explorable.sphinx"]` makes figures of MyST pages live."""

from __future__ import annotations

from .extension import setup as setup
