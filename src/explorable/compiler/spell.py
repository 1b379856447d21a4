"""How each operation of an expression is spelled in C, for one element and for four lanes."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ExplorableError
from .expr import COMPARISONS, FLOATS, Expr, Number

SCALAR = {
    "f32": "float", "f64": "double", "i32": "int", "i64": "long long", "u8": "int", "i8": "int",
    "i16": "int", "bool": "int",
}  # fmt: skip
VECTOR = {
    "f32": "f4", "f64": "d4", "i32": "i4", "i64": "l4", "u8": "i4", "i8": "i4", "i16": "i4",
    "bool": "i4",
}  # fmt: skip
MEMORY = {
    "f32": "float", "f64": "double", "i32": "int", "i64": "long long", "u8": "unsigned char",
    "i8": "signed char", "i16": "short", "bool": "unsigned char",
}  # fmt: skip
_UNALIGNED = {
    "f32": "f4u", "f64": "d4u", "i32": "i4u", "i64": "l4u", "u8": "u8x4", "i8": "s8x4",
    "i16": "s16x4", "bool": "u8x4",
}  # fmt: skip
_INFIX = {"add": "+", "sub": "-", "mul": "*", "and": "&", "or": "|", "xor": "^"} | {
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=",
}  # fmt: skip
_BUILTIN = {"sqrt", "floor", "ceil", "trunc", "abs", "copysign"}
_NARROW = ("u8", "i8", "i16")
_GUARDED = ("truncdiv", "floordiv", "remainder", "fmod", "pow", "shl", "shr", "gcd")


@dataclass(frozen=True)
class Spelling:
    """The C of one operation, and the library functions it calls."""

    text: str
    needs: tuple[str, ...] = ()


def literal(value: Number, dtype: str) -> str:
    """A number as C: exact, with its type."""
    if dtype in FLOATS:
        number = float(value)
        if number != number:
            return '__builtin_nanf("")' if dtype == "f32" else '__builtin_nan("")'
        if number in (float("inf"), float("-inf")):
            shown = "__builtin_inff()" if dtype == "f32" else "__builtin_inf()"
            return shown if number > 0 else f"(-{shown})"
        shown = number.hex() if number != int(number) or abs(number) > 1e6 else repr(number)
        shown += "f" if dtype == "f32" else ""
        return f"({shown})" if shown.startswith("-") else shown
    number = int(value)
    if dtype == "i64":
        return "(-9223372036854775807LL - 1)" if number == -(2**63) else f"{number}LL"
    return "(-2147483647 - 1)" if number == -(2**31) else str(number)


def splat(text: str, dtype: str) -> str:
    """One value in all four lanes; a scalar bool becomes a mask."""
    if dtype == "bool":
        return f"splat_i4(-({text}))"
    return f"splat_{VECTOR[dtype]}({text})"


def load(pointer: str, dtype: str, vector: bool) -> str:
    """What lies at ``pointer``."""
    if not vector:
        return f"*({pointer})"
    raw = f"*(const {_UNALIGNED[dtype]}*)({pointer})"
    if dtype == "bool":
        return f"TO({raw}, i4) != 0"
    return f"TO({raw}, i4)" if dtype in _NARROW else raw


def store(pointer: str, dtype: str, value: str, vector: bool) -> str:
    """The statement that writes ``value`` at ``pointer``."""
    if not vector:
        return f"*({pointer}) = {value};"
    kind = _UNALIGNED[dtype]
    if dtype == "bool":
        value = f"TO(-({value}), {kind})"
    elif dtype in _NARROW:
        value = f"TO({value}, {kind})"
    return f"*({kind}*)({pointer}) = {value};"


def lane(value: str, dtype: str, number: int) -> str:
    """Lane ``number`` as a scalar."""
    return f"-{value}[{number}]" if dtype == "bool" else f"{value}[{number}]"


def gather(dtype: str, items: list[str]) -> str:
    """Four scalars as lanes."""
    if dtype == "bool":
        return "(i4){" + ", ".join(f"-({i})" for i in items) + "}"
    return f"({VECTOR[dtype]})" + "{" + ", ".join(items) + "}"


def spell(e: Expr, args: list[str], vector: bool) -> Spelling:
    """The C expression of ``e`` given those of its arguments (all scalar or all vector)."""
    op, dtype = e.op, e.dtype
    source = e.args[0].dtype if e.args else dtype
    if op == "cast":
        return Spelling(_cast(args[0], source, dtype, vector))
    if op == "select":
        if vector:
            return Spelling(f"select_{VECTOR[dtype]}({', '.join(args)})")
        return Spelling(f"{args[0]} ? {args[1]} : {args[2]}")
    if op == "not":
        return Spelling(f"~{args[0]}" if vector else f"!{args[0]}")
    if op == "bitnot":
        return Spelling(_narrowed(f"~{args[0]}", dtype, vector))
    if op == "neg":
        return Spelling(_narrowed(f"-{args[0]}", dtype, vector))
    if op == "round":
        return Spelling(f"__builtin_elementwise_roundeven({args[0]})")
    if op == "div" and dtype in FLOATS:
        return Spelling(f"{args[0]} / {args[1]}")
    if op in COMPARISONS:
        shown = f"{args[0]} {_INFIX[op]} {args[1]}"
        wide = vector and source in ("f64", "i64")
        return Spelling(f"TO({shown}, i4)" if wide else shown)
    if op in _INFIX:
        return Spelling(_narrowed(f"{args[0]} {_INFIX[op]} {args[1]}", dtype, vector))
    if op in _BUILTIN:
        return Spelling(f"__builtin_elementwise_{op}({', '.join(args)})")
    if op in ("max", "min"):
        if vector and dtype == "f32" and _known(e.args[1]):
            # One instruction of a processor instead of eight: NaN and -0 pass as torch lets them.
            return Spelling(f"__builtin_wasm_p{op}_f32x4({', '.join(args)})")
        name = f"__builtin_elementwise_{op}" + ("imum" if dtype in FLOATS else "")
        return Spelling(f"{name}({', '.join(args)})")
    if op in ("fmax", "fmin"):
        return _ignoring_nan(op, dtype, args, vector)
    if dtype in FLOATS:
        return _library(op, dtype, args, vector)
    if op in _GUARDED:
        return _guarded(op, dtype, args, vector)
    raise ExplorableError("compiler", f"no '{op}' of '{dtype}'")


def _ignoring_nan(op: str, dtype: str, args: list[str], vector: bool) -> Spelling:
    name = f"__builtin_elementwise_{op[1:]}" + ("imum" if dtype in FLOATS else "")
    both = f"{name}({args[0]}, {args[1]})"
    if dtype not in FLOATS:
        return Spelling(both)
    a, b = args
    if not vector:
        return Spelling(f"{a} != {a} ? {b} : {b} != {b} ? {a} : {both}")
    kind = VECTOR[dtype]
    tests = [f"{x} != {x}" if dtype == "f32" else f"TO({x} != {x}, i4)" for x in (a, b)]
    inner = f"select_{kind}({tests[1]}, {a}, {both})"
    return Spelling(f"select_{kind}({tests[0]}, {b}, {inner})")


def _library(op: str, dtype: str, args: list[str], vector: bool) -> Spelling:
    shown = ", ".join(args)
    if dtype == "f32":
        name = f"{op}_f4" if vector else f"{op}_f"
        return Spelling(f"{name}({shown})", (name,))
    name = f"{op}_d"
    if not vector:
        return Spelling(f"{name}({shown})", (name,))
    macro = "LANES" if len(args) == 1 else f"LANES{len(args)}"
    return Spelling(f"(d4){macro}({name}, {shown})", (name,))


def _guarded(op: str, dtype: str, args: list[str], vector: bool) -> Spelling:
    name = f"{op}_{'l' if dtype == 'i64' else 'i'}"
    if not vector:
        return Spelling(_narrowed(f"{name}({', '.join(args)})", dtype, vector))
    shown = f"({VECTOR[dtype]})LANES2({name}, {args[0]}, {args[1]})"
    return Spelling(_narrowed(shown, dtype, vector))


def _narrowed(text: str, dtype: str, vector: bool) -> str:
    """Arithmetic of short integers is done in 32 bits; bring the result back."""
    if dtype == "u8":
        return f"({text}) & 255"
    if dtype in ("i8", "i16"):
        bits = 24 if dtype == "i8" else 16
        return f"(({text}) << {bits}) >> {bits}"
    return text


def _cast(arg: str, source: str, target: str, vector: bool) -> str:
    if target == "bool":
        zero = "0"
        shown = f"{arg} != {zero}"
        return f"TO({shown}, i4)" if vector and source in ("f64", "i64") else shown
    if source == "bool" and vector:
        arg, source = f"(-{arg})", "i32"
    floating = source in FLOATS
    if floating and target not in FLOATS:
        wide = "i64" if target == "i64" else "i32"
        if vector:
            name = f"{VECTOR[source]}_to_{VECTOR[wide]}"
        else:
            name = f"{'f' if source == 'f32' else 'd'}_to_{wide}"
        return _narrowed(f"{name}({arg})", target, vector)
    if vector:
        same = VECTOR[source] == VECTOR[target]
        shown = arg if same else f"TO({arg}, {VECTOR[target]})"
    else:
        shown = f"({SCALAR[target]}){arg}"
    return _narrowed(shown, target, vector) if target in _NARROW else shown


def _known(e: Expr) -> bool:
    """A number that is not NaN."""
    return e.op == "const" and isinstance(e.attr, (int, float)) and e.attr == e.attr


def combine(op: str, dtype: str, a: str, b: str) -> str:
    """One step of a reduction; the same for scalars and lanes."""
    if op in ("sum", "prod"):
        return _narrowed(f"{a} {'+' if op == 'sum' else '*'} {b}", dtype, False)
    if op in ("and", "or"):
        return f"{a} {'&' if op == 'and' else '|'} {b}"
    name = f"__builtin_elementwise_{op}" + ("imum" if dtype in FLOATS else "")
    return f"{name}({a}, {b})"


def across(op: str, dtype: str, value: str) -> str:
    """A reduction of the four lanes to one scalar."""
    if op in ("max", "min"):
        name = f"__builtin_elementwise_{op}" + ("imum" if dtype in FLOATS else "")
        return f"max_lanes({name}, {value})"
    return f"{op}_lanes({value})"
