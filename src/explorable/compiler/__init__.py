"""Graph -> Module: lower, fuse, plan, emit C, build with zig. Knows no torch."""

from .module import Array, Entry, Module, Slot
from .passes import check_lowering, compile_module
from .read import lies_apart

__all__ = ["Array", "Entry", "Module", "Slot", "check_lowering", "compile_module", "lies_apart"]
