"""The command line: `explorable new | serve | build | check`."""

from __future__ import annotations

from .main import main as main
