"""Compiles C of the library alone and runs it in V8: arrays in, arrays out."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from explorable.compiler.c import c_library
from explorable.compiler.module import Module, Slot
from explorable.engine import engine
from explorable.graphs import Type

BASE = 4 << 20
"""Arrays lie behind what the linker places."""
ZIG = (
    "-target wasm32-freestanding -O2 -msimd128 -nostdlib -g0 -s -Wl,--no-entry "
    "-ffp-contract=off -Werror=implicit-function-declaration -Wl,--initial-memory=67108864"
).split()


def compile_c(text: str, *, relaxed: bool = False) -> bytes:
    """The wasm of a complete C file."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "test.c"), Path(folder, "test.wasm")
        source.write_text(text, "utf-8")
        flags = [*ZIG, *(["-mrelaxed-simd"] if relaxed else [])]
        command = [sys.executable, "-m", "ziglang", "cc", *flags, "-o", str(target), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(done.stderr[:4000])
        return target.read_bytes()


def whole_file(needs: set[str], text: str) -> str:
    """The library's blocks and ``text``."""
    return f"{c_library(needs)}\n{text}\nEXPORT(init) {{}}\n"


def load_c(
    needs: set[str],
    functions: Mapping[str, str],
    arrays: Mapping[str, np.ndarray],
    text: str = "",
    *,
    relaxed: bool = False,
):
    """An engine instance whose entries are ``functions`` (name -> statements); ``arrays`` are
    pointers of those names in them, already written."""
    offset, slots, defines = BASE, [], []
    kinds = {"float32": "float", "float64": "double", "int32": "int", "int64": "long long"}
    kinds |= {"uint8": "unsigned char", "bool": "unsigned char", "uint32": "unsigned"}
    kinds |= {"complex64": "float", "complex128": "double"}
    for name, array in arrays.items():
        kind = "int32" if str(array.dtype) == "uint32" else str(array.dtype)
        slots.append(Slot(name, offset, Type(array.shape, kind)))
        defines.append(f"#define {name} (({kinds[str(array.dtype)]} *){offset})")
        offset += -(-array.nbytes // 64) * 64 + 64
    define = "#define EXPORT(n) __attribute__((export_name(#n))) void entry_##n(void)"
    bodies = [f"EXPORT({name}) {{\n{body}\n}}" for name, body in functions.items()]
    full = whole_file(needs, "\n".join([define, text, *defines, *bodies]))
    wasm = compile_c(full, relaxed=relaxed)
    module = Module(wasm, None, tuple(slots), (), tuple(functions), 64 << 20, "", full)
    instance = engine().load(module)
    for name, array in arrays.items():
        instance.write(name, np.ascontiguousarray(array).tobytes())
    return instance


def read(instance, name: str, like: np.ndarray) -> np.ndarray:
    """One array back."""
    return np.frombuffer(instance.read(name), like.dtype).reshape(like.shape)


def run_c(
    needs: set[str],
    body: str,
    arrays: Mapping[str, np.ndarray],
    text: str = "",
    *,
    relaxed: bool = False,
) -> dict[str, np.ndarray]:
    """Run one function and read every array back."""
    instance = load_c(needs, {"test": body}, arrays, text, relaxed=relaxed)
    instance.run("test")
    return {name: read(instance, name, array) for name, array in arrays.items()}
