"""Conformance: PyTorch's own data bases of operations and modules (OpInfo, ModuleInfo) against
what the compiler makes of them. Compiled on one draw of a sample, compared on another.

    python -m conformance --help
"""
