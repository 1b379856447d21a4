"""Hosts: the places a bundle is put into. `folder` is a static site: pages and an index."""

from __future__ import annotations

from .folder import Place as Place
from .folder import downloads as downloads
from .folder import site as site
from .folder import size as size
from .folder import write_site as write_site
