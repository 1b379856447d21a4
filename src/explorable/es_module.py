"""A compiled function as files that JavaScript imports: a module, its types, wasm and arrays."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from .compiler import Module
from .compiler.module import Array
from .errors import ExplorableError, Line
from .link import LICENSE, content_hash, link
from .link.licences import LICENCES, licences
from .link.needs import ARRAYS, CODES, HALVES, PACKING, RELAXED, SIZES

Tree = Any  # the Tree of runtime/module/trees.js
_ALIGNED = 16
_OWN_FILE = 32_768
"""Bytes from which an array has a file of its own, so that all that compute with one model share
the download."""
ATTRIBUTES = b"*.wasm -text\n*.bin -text\n"
# Node takes a .js file for a script of the old kind, unless it is told.
PACKAGE = b'{ "type": "module" }\n'
_INLINE = 8192
"""Bytes up to which wasm, or all small arrays, stand in the module: a request costs more."""
DATA = {
    "float32": "Float32Array",
    "float64": "Float64Array",
    "int8": "Int8Array",
    "int16": "Int16Array",
    "int32": "Int32Array",
    "int64": "Float64Array",
    "uint8": "Uint8Array",
    "bool": "Uint8Array",
    "complex64": "Float32Array",
    "complex128": "Float64Array",
}
"""What holds the numbers of each dtype in JavaScript; complex ones stand as re, im, re, im..."""


@dataclass(frozen=True)
class Signature:
    """What JavaScript must know of a function beside its Module."""

    name: str
    doc: str
    parameters: tuple[tuple[str, Tree], ...]
    result: Tree
    """Of a function with state, what it gives beside the next one."""
    state: Tree | None = None


def es_module(signature: Signature, module: Module, *, line: Line | None) -> dict[str, bytes]:
    """The files of a function's module by name: ``plane.js``, ``plane.d.ts``, wasm, arrays.

    Raises ExplorableError, at ``line``, for what JavaScript has no form for.
    """
    _refuse(signature, line)
    name = signature.name
    wasm = f"{name}-{content_hash(module.wasm)}.wasm"
    files = {wasm: module.wasm}
    fused = {}
    if module.relaxed is not None:
        fused = {"relaxed": f"{name}-{content_hash(module.relaxed)}.wasm"}
        files[fused["relaxed"]] = module.relaxed
    made = {
        "name": name,
        "parameters": [{"name": p, "tree": tree} for p, tree in signature.parameters],
        "result": signature.result,
        "wasm": wasm,
        **fused,
        "program": {
            "memory": module.memory,
            "slots": {s.name: [s.offset, s.type.dtype, list(s.type.shape)] for s in module.slots},
            "arrays": array_files(module, name, files),
        },
    }
    if signature.state is not None:
        made["state"] = signature.state
    small = [file for file, data in files.items() if len(data) <= _INLINE]
    made["inline"] = {file: base64.b64encode(files.pop(file)).decode() for file in small}
    # Bundlers find the files by this very form.
    urls = ",".join(f'"{file}":new URL("./{file}",import.meta.url)' for file in files)
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    given = f'{text[:-1]},"files":{{{urls}}}}}'
    # Sizes stand still, and arrays stand there as they are.
    without = (*SIZES, *HALVES, *CODES, *PACKING, *(() if module.arrays else ARRAYS))
    without += () if fused else RELAXED
    entry = "module/load.js" if signature.state is None else "module/keep.js"
    code = link(entry, form="module", name="load", without=without, given=given).text
    files[f"{name}.js"] = code.encode()
    files[f"{name}.d.ts"] = "\n".join(_types(signature)).encode()
    files |= {".gitattributes": ATTRIBUTES, "package.json": PACKAGE, LICENCES: licences()}
    return files


def _refuse(signature: Signature, line: Line | None) -> None:
    def refused(fact: str, fix: str) -> ExplorableError:
        return ExplorableError("es_module", fact, where=f"'{signature.name}'", line=line, fix=fix)

    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", signature.name):
        fix = 'give it one: .save("folder", name="plane")'
        raise refused(f"'{signature.name}' is no name for a file of JavaScript", fix)
    for where, leaf in (
        *_leaves(signature.parameters),
        *_leaves(signature.result),
        *_leaves(signature.state or {"list": []}, "the state"),
    ):
        if "tensor" in leaf and leaf["tensor"]["dtype"] not in DATA:
            dtype = leaf["tensor"]["dtype"]
            fix = "convert it inside the function: x.to(torch.float32)"
            raise refused(f"{where} is {dtype}, which JavaScript has no array for", fix)
        value = leaf.get("fixed")
        known = value is None or isinstance(value, (bool, int, float, str))
        if not known or (isinstance(value, float) and not math.isfinite(value)):
            fix = "return tensors, numbers, strings and None; close over everything else"
            raise refused(f"{where} is {value!r}, which JavaScript cannot hold", fix)


def _leaves(part: Any, where: str = "the result") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, tuple):
        for name, tree in cast("tuple[tuple[str, Tree], ...]", part):
            yield from _leaves(tree, f"argument '{name}'")
    elif "list" in part or "dict" in part:
        inner = part["list"] if "list" in part else part["dict"].values()
        for tree in inner:
            yield from _leaves(tree, where)
    else:
        yield where, part


@dataclass(frozen=True)
class Stored:
    """An array in its file."""

    dtype: str
    data: bytes
    along: int | None = None
    """Of codes: the dimension that has a scale for each index; the scales stand before them."""
    apart: int = 0
    """Words, as whole numbers of their width, are differences from those so far before."""
    planes: bool = False
    """All first bytes of the words stand before all second ones."""


def as_they_are(array: Array) -> Stored:
    """Its own dtype and bytes."""
    return Stored(array.type.dtype, array.data)


def array_files(
    module: Module,
    stem: str,
    files: dict[str, bytes],
    stored: Callable[[Array], Stored] = as_they_are,
) -> list[Any]:
    """``Program.arrays`` of spec.d.ts, and into ``files`` what they name; small arrays stand
    together in one file. ``stored`` says how an array stands there."""
    contents = [stored(array) for array in module.arrays]
    joined, starts = bytearray(), list[int]()
    for content in contents:
        small = len(content.data) < _OWN_FILE
        joined += bytes(-len(joined) % _ALIGNED if small else 0)
        starts.append(len(joined) if small else 0)
        joined += content.data if small else b""
    together = f"{stem}-{content_hash(bytes(joined))}.bin"
    if joined:
        files[together] = bytes(joined)
    listed: list[Any] = []
    for array, content, start in zip(module.arrays, contents, starts, strict=True):
        file = together
        if len(content.data) >= _OWN_FILE:
            file = f"array-{content_hash(content.data)}.bin"
            files[file] = content.data
        slot = [array.offset, array.type.dtype, list(array.type.shape)]
        listed.append({"slot": slot, "file": file, "stored": content.dtype, "start": start})
        if content.along is not None:
            listed[-1]["along"] = content.along
        if content.apart:
            listed[-1]["apart"] = content.apart
        if content.planes:
            listed[-1]["planes"] = True
    return listed


def _types(signature: Signature) -> Iterator[str]:
    """The lines of the ``.d.ts``."""
    yield LICENSE
    yield "type Numbers = Float32Array | Float64Array | Int8Array | Uint8Array | Uint8ClampedArray"
    yield "  | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array;"
    yield "/** A result: a copy of the numbers, row by row; complex ones as re, im, re, im. */"
    yield "export interface Tensor<Data, Dtype extends string, Shape extends number[]> {"
    yield "  data: Data; shape: Shape; dtype: Dtype;"
    yield "}"
    parameters = ", ".join(_parameter(signature, k) for k in range(len(signature.parameters)))
    plain = _result(signature.result, "Float64Array")
    exact = _result(signature.result, "BigInt64Array")
    first = signature.doc.strip().split("\n\n")[0]
    said = " ".join(first.split()).replace("*/", "* /") or f"{signature.name}, as PyTorch has it."
    told = f"/** {said} Throws TypeError for what has another shape or dtype than it takes. */"
    yield f"export type Result = {plain};"
    yield "/** Fetches wasm and arrays from beside this module; each call has memory of its own. */"
    if signature.state is None:
        yield from _loads("Compute<Result>", f"Compute<{exact}>")
        yield told
        yield f"export type Compute<Result> = ({parameters}) => Result;"
    else:
        state, kept = (_result(signature.state, ints) for ints in ("Float64Array", "BigInt64Array"))
        yield from _loads("Steps<Result, State>", f"Steps<{exact}, {kept}>")
        yield f"export type State = {state};"
        yield "export interface Steps<Result, State> {"
        yield f"  {told}"
        yield f"  step({parameters}): Result;"
        yield "  /** A copy of what the last step left; set it before the first. */"
        yield f"  get state(): State; set state(given: {_input(signature.state)});"
        yield "}"
    yield ""


def _loads(plain: str, exact: str) -> Iterator[str]:
    if exact.replace("BigInt64Array", "") != exact:
        yield f'export function load(options: {{ int64: "bigint" }}): Promise<{exact}>;'
    yield f'export function load(options?: {{ int64?: "number" }}): Promise<{plain}>;'


def _parameter(signature: Signature, k: int) -> str:
    name, tree = signature.parameters[k]
    left_out = all("fixed" in t for _, t in signature.parameters[k:])
    safe = name if name not in _RESERVED else f"{name}_"
    return f"{safe}{'?' if left_out else ''}: {_input(tree)}"


_RESERVED = frozenset(
    "arguments await case catch const debugger default delete do enum eval export extends "
    "function implements interface instanceof let new null package private protected public "
    "static super switch this throw true false typeof var void".split()
)
"""Words that Python lets a parameter be called and JavaScript does not."""


def _input(tree: Tree) -> str:
    if "list" in tree:
        return f"readonly [{', '.join(_input(inner) for inner in tree['list'])}]"
    if "dict" in tree:
        inner = [f"{json.dumps(key)}{_may_lack(t)}: {_input(t)}" for key, t in tree["dict"].items()]
        return f"{{ {'; '.join(inner)} }}"
    if "fixed" in tree:
        return f"{json.dumps(tree['fixed'])} | undefined"
    dtype, shape = tree["tensor"]["dtype"], tree["tensor"]["shape"]
    number = {"bool": "boolean | 0 | 1", "int64": "number | bigint"}.get(dtype, "number")
    if dtype.startswith("complex"):
        number = "number | readonly [re: number, im: number] | { re: number; im: number }"
    nested = number
    for _ in shape:
        nested = f"ReadonlyArray<{nested}>"
    return f"{nested} | Numbers | {_tensor(tree['tensor'], DATA[dtype])}"


def _may_lack(tree: Tree) -> str:
    return "?" if "fixed" in tree else ""


def _result(tree: Tree, int64: str) -> str:
    if "list" in tree:
        return f"[{', '.join(_result(inner, int64) for inner in tree['list'])}]"
    if "dict" in tree:
        inner = [f"{json.dumps(key)}: {_result(t, int64)}" for key, t in tree["dict"].items()]
        return f"{{ {'; '.join(inner)} }}"
    if "fixed" in tree:
        return json.dumps(tree["fixed"])
    tensor = tree["tensor"]
    return _tensor(tensor, int64 if tensor["dtype"] == "int64" else DATA[tensor["dtype"]])


def _tensor(tensor: Any, data: str) -> str:
    shape = ", ".join(map(str, tensor["shape"]))
    return f'Tensor<{data}, "{tensor["dtype"]}", [{shape}]>'
