"""ex.compile: a PyTorch function as WebAssembly, called from Python. The compiler without the
figure."""

from __future__ import annotations

import gzip
import inspect
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast, final

from .compiler import Entry, Module, compile_module
from .engine import Instance, engine
from .errors import ExplorableError
from .graphs import Graph, Type
from .parts.source import calling_line
from .trace import tensor_bytes, tensor_from_bytes, trace
from .trace.compare import compare, one_thread
from .trace.draws.random import random_numbers
from .trace.forms.arrays import as_tensors
from .trace.tensors import as_dtype, tensor_type
from .trace.tree import copied, flatten, is_tensor, outline

_ENTRY = "run"
Carried = Literal["all", "first"]
"""Whether a step's result is the next state, or a pair that begins with it."""


@final
class Compiled:
    """A function compiled for one set of shapes; made by :func:`compile`.

    ``graph`` is what the trace saw, ``program`` the loop nests, ``c`` the C, ``wasm`` the bytes;
    each prints.
    """

    def __init__(
        self,
        name: str,
        graph: Graph,
        module: Module,
        inputs: dict[str, Any],
        outputs: list[str | None],
        fixed: list[Any],
        rebuild: Callable[[list[Any]], Any],
        function: Callable[..., Any],
        example: tuple[Any, ...],
        state: Carried | None,
    ) -> None:
        self.name = name
        self.graph = graph
        self.module = module
        self._inputs = inputs  # path -> Type, or the fixed value
        self._outputs = outputs  # slot of each leaf of the result; None: `fixed` holds it
        self._fixed = fixed
        self._rebuild = rebuild
        self._function = function
        self._example = example
        self._state = state
        self._instance: Instance | None = None

    @property
    def program(self) -> str:
        """The Program: loop nests over buffers."""
        return self.module.program

    @property
    def c(self) -> str:
        """The C that zig compiled."""
        return self.module.c

    @property
    def wasm(self) -> bytes:
        """The module that runs everywhere."""
        return self.module.wasm

    @property
    def wat(self) -> str:
        """The module as WebAssembly text."""
        from .compiler.text import wasm_text

        return wasm_text(self.module.wasm)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Bytes: wasm as it is and compressed, constants beside it, memory while it runs."""
        import brotli  # pyright: ignore[reportMissingTypeStubs] it has none

        squeeze = cast("Callable[[bytes], bytes]", brotli.compress)  # pyright: ignore[reportUnknownMemberType] no stubs
        return {
            "wasm": len(self.wasm),
            "wasm brotli": len(squeeze(self.wasm)),
            "wasm gzip": len(gzip.compress(self.wasm, 9)),
            "arrays": sum(len(array.data) for array in self.module.arrays),
            "memory": self.module.memory,
        }

    def __call__(self, *arguments: Any) -> Any:
        """The function's result, computed by the wasm in V8: the same pytree, of torch tensors."""
        leaves, _ = flatten(arguments)
        if list(leaves) != list(self._inputs):
            raise self._refused("the arguments have another structure than the example")
        for path, wanted in self._inputs.items():
            given = leaves[path]
            if isinstance(wanted, Type):
                if not is_tensor(given) or tensor_type(given) != wanted:
                    got = tensor_type(given) if is_tensor(given) else repr(given)
                    raise self._refused(f"argument {path} was {wanted}, is {got}")
            elif given is not wanted and given != wanted:
                raise self._refused(f"argument {path} was fixed at {wanted!r}, is {given!r}")
        instance = self._running()
        held = {slot.name for slot in self.module.slots}
        for path, wanted in self._inputs.items():
            if isinstance(wanted, Type) and f"in:{path}" in held:
                kind = self.module.slot(f"in:{path}").type
                instance.write(f"in:{path}", tensor_bytes(as_dtype(leaves[path], kind.dtype))[1])
        instance.run(_ENTRY)
        # float16 and bfloat16 are computed, and stand in memory, as rounded float32.
        types = self.graph.types()
        kinds = {output.name: types[output.value].dtype for output in self.graph.outputs}
        results: list[Any] = []
        for slot, fixed in zip(self._outputs, self._fixed, strict=True):
            if slot is None:
                results.append(fixed)
            else:
                found = tensor_from_bytes(self.module.slot(slot).type, instance.read(slot))
                results.append(as_dtype(found, kinds[slot]))
        return self._rebuild(results)

    def save(self, folder: str | Path, *, name: str | None = None) -> Path:
        """Write the function as an ES module, after comparing it with PyTorch at the example.

        >>> ex.compile(plane, torch.tensor(1.0), torch.zeros(2)).save("plane")
        PosixPath('plane/plane.js')
        >>> # import { load } from "./plane/plane.js";
        >>> # const plane = await load();
        >>> # plane(0.3, [1, 0.5]).data
        >>> ex.compile(torch.func.grad_and_value(loss), w).save("loss")      # gradients too
        >>> ex.compile(train, weights, x, state=True).save("train")
        >>> # const training = await load(); training.state = weights;
        >>> # training.step(x).loss.data; training.state

        folder: for the module, its types (``.d.ts``), wasm and arrays; commit all of it. Several
        functions may share one, and then share the files of large arrays.
        name: of the files; the function's own name if it has one.

        Returns the path of the module. Raises ExplorableError where the wasm and PyTorch differ,
        and for what JavaScript has no form for.
        """
        from .es_module import Signature, es_module

        parameters = tuple(zip(self._parameters(), self._trees(self._example, "in:"), strict=True))
        result, state = self._trees(self._checked(), "out:"), None
        if self._state is not None:
            ((_, state), *parameters) = parameters
            result = result["list"][1] if self._state == "first" else {"fixed": None}
        signature = Signature(
            name or self.name,
            inspect.getdoc(self._function) or "",
            tuple(parameters),
            result,
            state,
        )
        files = es_module(signature, self.module, line=calling_line())
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        # The module comes last: whenever it is there, so is all that it loads.
        for file in sorted(files, key=lambda file: file.endswith(".js")):
            (place / file).write_bytes(files[file])
        # What an earlier version of the function left behind.
        for old in place.glob(f"{signature.name}-*"):
            if old.name not in files and re.fullmatch(r".*-[0-9a-f]{10}\.(wasm|bin)", old.name):
                old.unlink()
        return place / f"{signature.name}.js"

    def _checked(self) -> Any:
        """The function's own result at the example, which the wasm's has been compared with."""
        with one_thread(), random_numbers(0, 0):
            expected = as_tensors(self._function(*copied(self._example)))
        got, _ = flatten(self(*self._example))
        for path, leaf in flatten(expected)[0].items():
            difference = compare(leaf, got[path]) if is_tensor(leaf) else None
            if difference is not None and not difference.agrees:
                raise ExplorableError(
                    "compiled",
                    f"result {path or ''} at {list(difference.place)} is {difference.got}, "
                    f"PyTorch has {difference.expected}",
                    where=f"'{self.name}'",
                    line=calling_line(),
                )
        return expected

    def _parameters(self) -> list[str]:
        """What the function calls its arguments."""
        try:
            known = list(inspect.signature(self._function).parameters.values())
        except (TypeError, ValueError):
            known = []
        names = [p.name for p in known if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        return [*names, *(f"x{k}" for k in range(len(names), len(self._example)))][
            : len(self._example)
        ]

    def _trees(self, given: Any, kind: str) -> Any:
        """A pytree with the slot of each tensor in its place."""
        leaves, _ = flatten(given)

        def tree(part: Any) -> Any:
            if isinstance(part, list):
                return {"list": [tree(inner) for inner in cast("list[Any]", part)]}
            if isinstance(part, dict):
                inner = cast("dict[str, Any]", part)
                return {"dict": {key: tree(value) for key, value in inner.items()}}
            leaf = leaves[part]
            if not is_tensor(leaf):
                return {"fixed": leaf}
            type = tensor_type(leaf)
            tensor = {"slot": kind + part, "dtype": type.dtype, "shape": list(type.shape)}
            return {"tensor": tensor}

        # The arguments are not an array in JavaScript.
        shape = outline(given)
        return [tree(part) for part in shape] if kind == "in:" else tree(shape)

    def benchmark(self, seconds: float = 0.5) -> float:
        """Best seconds per call inside V8, transfers not counted, at the inputs of the last
        call."""
        return self._running().time(_ENTRY, seconds)

    def _running(self) -> Instance:
        if self._instance is None:
            self._instance = engine().load(self.module)
        return self._instance

    def _refused(self, fact: str) -> ExplorableError:
        return ExplorableError(
            "compiled",
            fact,
            where=f"'{self.name}'",
            line=calling_line(),
            fix="compile it again with such an example: shapes, dtypes and Python values are fixed",
        )

    def __repr__(self) -> str:
        return f"<compiled {self.name}: {len(self.wasm):,} bytes of wasm>"


def compile(
    function: Callable[..., Any], *example: Any, state: bool = False, relaxed: bool = False
) -> Compiled:
    """Compile a PyTorch function to WebAssembly for inputs like ``example``.

    >>> f = ex.compile(lambda x: torch.softmax(x, -1), torch.randn(4, 10))
    >>> f(torch.randn(4, 10))                    # runs the wasm in V8, gives a tensor
    >>> print(f.graph); print(f.program); f.sizes; f.benchmark()

    Tensors in the example (any pytree) are inputs; Python numbers, strings and None are fixed, and
    another value at the call is an error. Closed-over tensors and modules are constants. Random
    functions draw the page's numbers: seed 0, unless the function calls ``torch.manual_seed``.
    ``state``: the first argument is a state, and the function gives the next one, or a pair of it
    and more. The module of ``save`` then keeps it in its memory from step to step.
    ``relaxed`` also builds the variant with fused multiply-add (``.module.relaxed``): the module of
    ``save`` takes it where the browser has it. Its last digits may then differ between readers.

    Raises ExplorableError with the op and the author's line for what can't be compiled.
    """
    leaves, rebuild = flatten(example)
    name = getattr(function, "__name__", type(function).__name__)
    inputs = {path: leaf for path, leaf in leaves.items() if is_tensor(leaf)}
    outputs: list[str | None] = []
    fixed: list[Any] = []
    built: list[Callable[[list[Any]], Any]] = []
    carried: list[Carried | None] = []
    if state and not example:
        raise ExplorableError("compiled", "no example of the state", line=calling_line())

    def run(values: dict[str, Any]) -> dict[str, Any]:
        given = [values.get(f"in:{path}", leaf) for path, leaf in leaves.items()]
        with random_numbers(0, 0):
            result = as_tensors(function(*rebuild(given)))
        found, again = flatten(result)
        built.append(again)
        carried.append(_carried(example[0], result, name) if state else None)
        results: dict[str, Any] = {}
        for path, leaf in found.items():
            slot = _slot(path, carried[-1]) if is_tensor(leaf) else None
            outputs.append(slot)
            fixed.append(None if slot else leaf)
            if slot:
                results[slot] = leaf
        return results

    try:
        named = {f"in:{path}": leaf for path, leaf in inputs.items()}
        graph = trace(run, named, where=f"'{name}'", author=function)
    except ExplorableError as error:
        raise error.within(where=f"'{name}'") from error
    module = compile_module([Entry(_ENTRY, graph)], relaxed=relaxed)
    kinds = {p: tensor_type(leaf) if is_tensor(leaf) else leaf for p, leaf in leaves.items()}
    return Compiled(
        name, graph, module, kinds, outputs, fixed, built[-1], function, example, carried[-1]
    )


def _carried(state: Any, result: Any, name: str) -> Carried:
    """Where in a result the next state is."""
    wanted = _kinds(state)
    if _kinds(result) == wanted:
        return "all"
    pair = isinstance(result, (tuple, list)) and len(cast("list[Any]", result)) == 2
    found = _kinds(cast("list[Any]", result)[0] if pair else result)
    if pair and found == wanted:
        return "first"
    path = next(p for p in (wanted | found) if wanted.get(p) != found.get(p))
    was, now = (kinds.get(path, "not there") for kinds in (wanted, found))
    raise ExplorableError(
        "compiled",
        f"the next state is another: '{path or 'state'}' was {was}, is {now}",
        where=f"'{name}'",
        line=calling_line(),
        fix="give the next state in the structure of the first argument, or a pair of it and more",
    )


def _kinds(tree: Any) -> dict[str, Any]:
    leaves = flatten(tree)[0].items()
    return {path: tensor_type(leaf) if is_tensor(leaf) else leaf for path, leaf in leaves}


def _slot(path: str, carried: Carried | None) -> str:
    """The place of a result: that of the state which it replaces, or its own."""
    if carried == "all":
        return f"in:0.{path}" if path else "in:0"
    return f"in:{path}" if carried and path.split(".")[0] == "0" else f"out:{path}"
