"""Runs Modules and the linked runtime in V8, in a child process: bytes in, bytes out."""

from .parent import Engine, Instance, engine

__all__ = ["Engine", "Instance", "engine"]
