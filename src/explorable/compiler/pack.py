"""Pack: right operands of products that are multiplied from panels get their panels, once per
content; those that never change get them in init."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from .emit_matmul import matmul_plan
from .program import Branch, Buffer, Function, Kernel, Matmul, Pack, Program, Repeat

Key: TypeAlias = tuple[object, ...]


def pack_operands(program: Program) -> Program:
    """The program with a Pack before every product that needs one."""
    init: dict[Key, Pack] = {}
    functions: list[Function] = []
    for function in program.functions:
        packer = _Packer(init, f"{function.name}.pack")
        functions.append(replace(function, kernels=packer.kernels(function.kernels)))
    return replace(program, functions=tuple(functions), init=(*program.init, *init.values()))


class _Packer:
    def __init__(self, init: dict[Key, Pack], prefix: str) -> None:
        self.init, self.prefix, self.count = init, prefix, 0

    def kernels(self, kernels: tuple[Kernel, ...]) -> tuple[Kernel, ...]:
        """One list; inside loops and branches nothing packed before is taken for current."""
        current: dict[Key, Pack] = {}
        done: list[Kernel] = []
        for kernel in kernels:
            if isinstance(kernel, Repeat):
                kernel = replace(
                    kernel, test=self.kernels(kernel.test), body=self.kernels(kernel.body)
                )
            elif isinstance(kernel, Branch):
                kernel = replace(kernel, yes=self.kernels(kernel.yes), no=self.kernels(kernel.no))
            elif isinstance(kernel, Matmul):
                kernel = self._product(kernel, current, done)
            written = kernel.writes()
            for key in [k for k, p in current.items() if p.right.buffer in written]:
                del current[key]
            done.append(kernel)
        return tuple(done)

    def _product(self, kernel: Matmul, current: dict[Key, Pack], done: list[Kernel]) -> Matmul:
        plan = matmul_plan(kernel)
        if not plan.packed:
            return kernel
        batch, _, columns = (d.extent for d in kernel.dims)
        copies = batch if kernel.right.batch else 1
        key = (kernel.right, copies, columns, kernel.depth)
        constant = kernel.right.buffer.kind in ("array", "static")
        known = self.init if constant else current
        pack = known.get(key)
        if pack is None:
            self.count += 1
            kind = "kept" if constant else "temp"
            target = Buffer(
                f"{self.prefix}{self.count}", "f32", plan.packed, kind, line=kernel.line
            )
            pack = known[key] = Pack(kernel.right, target, plan, line=kernel.line)
            if not constant:
                done.append(pack)
        return replace(kernel, packed=pack.target)
