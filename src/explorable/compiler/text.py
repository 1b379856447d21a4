"""WebAssembly text of a module, for reading: what `ex.compile(...).wat` prints. Reads the parts of
the format that our own modules use; nothing runs through it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import ExplorableError

_TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128", 0x70: "funcref"}
_PLAIN: dict[int, str] = {
    0x00: "unreachable", 0x01: "nop", 0x0F: "return", 0x1A: "drop", 0x1B: "select",
}  # fmt: skip
_INDEXED = {
    0x0C: "br", 0x0D: "br_if", 0x10: "call", 0x20: "local.get", 0x21: "local.set",
    0x22: "local.tee", 0x23: "global.get", 0x24: "global.set",
}  # fmt: skip
_MEMORY = (
    "i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u "
    "i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u "
    "i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 "
    "i64.store32"
).split()
_WHOLE = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split()
_REAL = "eq ne lt gt le ge".split()
_BITS = "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr"
_FLOAT = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign"
_CONVERSIONS = (
    "i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u "
    "i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s "
    "i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u "
    "f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u "
    "f64.promote_f32 i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 "
    "f64.reinterpret_i64 i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s"
).split()
_NUMERIC = [
    "i32.eqz", *(f"i32.{n}" for n in _WHOLE), "i64.eqz", *(f"i64.{n}" for n in _WHOLE),
    *(f"f32.{n}" for n in _REAL), *(f"f64.{n}" for n in _REAL),
    *(f"i32.{n}" for n in _BITS.split()), *(f"i64.{n}" for n in _BITS.split()),
    *(f"f32.{n}" for n in _FLOAT.split()), *(f"f64.{n}" for n in _FLOAT.split()), *_CONVERSIONS,
]  # fmt: skip
"""Opcodes 0x45 onwards, in order."""

_SATURATING = [
    f"{i}.trunc_sat_{f}_{s}" for i in ("i32", "i64") for f in ("f32", "f64") for s in "su"
]

_VECTOR_LOADS = (
    "load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u load8_splat "
    "load16_splat load32_splat load64_splat store"
).split()
_LANE_MEMORY = (
    "load8_lane load16_lane load32_lane load64_lane store8_lane store16_lane store32_lane "
    "store64_lane load32_zero load64_zero"
).split()
_LANES = (
    "i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane i16x8.extract_lane_s "
    "i16x8.extract_lane_u i16x8.replace_lane i32x4.extract_lane i32x4.replace_lane "
    "i64x2.extract_lane i64x2.replace_lane f32x4.extract_lane f32x4.replace_lane "
    "f64x2.extract_lane f64x2.replace_lane"
).split()
_SHAPES = {"a": "i8x16", "b": "i16x8", "c": "i32x4", "d": "i64x2", "f": "f32x4", "g": "f64x2"}
# From 0x60 on; a letter before the dot is a shape of _SHAPES, "-" an opcode that is not used.
_VECTORS = (
    "a.abs a.neg a.popcnt a.all_true a.bitmask a.narrow_i16x8_s a.narrow_i16x8_u f.ceil f.floor "
    "f.trunc f.nearest a.shl a.shr_s a.shr_u a.add a.add_sat_s a.add_sat_u a.sub a.sub_sat_s "
    "a.sub_sat_u g.ceil g.floor a.min_s a.min_u a.max_s a.max_u g.trunc a.avgr_u "
    "b.extadd_pairwise_i8x16_s b.extadd_pairwise_i8x16_u c.extadd_pairwise_i16x8_s "
    "c.extadd_pairwise_i16x8_u b.abs b.neg b.q15mulr_sat_s b.all_true b.bitmask b.narrow_i32x4_s "
    "b.narrow_i32x4_u b.extend_low_i8x16_s b.extend_high_i8x16_s b.extend_low_i8x16_u "
    "b.extend_high_i8x16_u b.shl b.shr_s b.shr_u b.add b.add_sat_s b.add_sat_u b.sub b.sub_sat_s "
    "b.sub_sat_u g.nearest b.mul b.min_s b.min_u b.max_s b.max_u - b.avgr_u b.extmul_low_i8x16_s "
    "b.extmul_high_i8x16_s b.extmul_low_i8x16_u b.extmul_high_i8x16_u c.abs c.neg - c.all_true "
    "c.bitmask - - c.extend_low_i16x8_s c.extend_high_i16x8_s c.extend_low_i16x8_u "
    "c.extend_high_i16x8_u c.shl c.shr_s c.shr_u c.add - - c.sub - - - c.mul c.min_s c.min_u "
    "c.max_s c.max_u c.dot_i16x8_s - c.extmul_low_i16x8_s c.extmul_high_i16x8_s "
    "c.extmul_low_i16x8_u c.extmul_high_i16x8_u d.abs d.neg - d.all_true d.bitmask - - "
    "d.extend_low_i32x4_s d.extend_high_i32x4_s d.extend_low_i32x4_u d.extend_high_i32x4_u d.shl "
    "d.shr_s d.shr_u d.add - - d.sub - - - d.mul d.eq d.ne d.lt_s d.gt_s d.le_s d.ge_s "
    "d.extmul_low_i32x4_s d.extmul_high_i32x4_s d.extmul_low_i32x4_u d.extmul_high_i32x4_u f.abs "
    "f.neg - f.sqrt f.add f.sub f.mul f.div f.min f.max f.pmin f.pmax g.abs g.neg - g.sqrt g.add "
    "g.sub g.mul g.div g.min g.max g.pmin g.pmax c.trunc_sat_f32x4_s c.trunc_sat_f32x4_u "
    "f.convert_i32x4_s f.convert_i32x4_u c.trunc_sat_f64x2_s_zero c.trunc_sat_f64x2_u_zero "
    "g.convert_low_i32x4_s g.convert_low_i32x4_u a.relaxed_swizzle c.relaxed_trunc_f32x4_s "
    "c.relaxed_trunc_f32x4_u c.relaxed_trunc_f64x2_s_zero c.relaxed_trunc_f64x2_u_zero "
    "f.relaxed_madd f.relaxed_nmadd g.relaxed_madd g.relaxed_nmadd"
).split()


def _vector_names() -> dict[int, str]:
    names = {0x0E: "i8x16.swizzle"}
    names |= {0x0F + k: f"{shape}.splat" for k, shape in enumerate(_SHAPES.values())}
    for start, shape in ((0x23, "i8x16"), (0x2D, "i16x8"), (0x37, "i32x4")):
        names |= {start + k: f"{shape}.{name}" for k, name in enumerate(_WHOLE)}
    for start, shape in ((0x41, "f32x4"), (0x47, "f64x2")):
        names |= {start + k: f"{shape}.{name}" for k, name in enumerate(_REAL)}
    logic = "not and andnot or xor bitselect any_true".split()
    names |= {0x4D + k: f"v128.{name}" for k, name in enumerate(logic)}
    names |= {0x5E: "f32x4.demote_f64x2_zero", 0x5F: "f64x2.promote_low_f32x4"}
    for k, name in enumerate(_VECTORS):
        if name != "-":
            names[0x60 + k] = f"{_SHAPES[name[0]]}{name[1:]}"
    return names


_VECTOR = _vector_names()


@dataclass
class _Reader:
    data: bytes
    at: int = 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << shift) if byte & 0x40 else value

    def name(self) -> str:
        return self.take(self.unsigned()).decode()


def wasm_text(wasm: bytes) -> str:
    """A module as WebAssembly text: functions with their exports, one instruction a line, indented
    by block.

    >>> print(wasm_text(module.wasm)[:19])
    (module
      (type (;0;)
    """
    reader = _Reader(wasm, 8)
    sections: dict[int, bytes] = {}
    while reader.at < len(wasm):
        number = reader.byte()
        sections[number] = reader.take(reader.unsigned())
    types = list(_types(_Reader(sections.get(1, b"\0"))))
    lines = ["(module"]
    lines += [f"  (type (;{k};) (func{text}))" for k, text in enumerate(types)]
    functions = _Reader(sections.get(3, b"\0"))
    kinds = [functions.unsigned() for _ in range(functions.unsigned())]
    exports = _Reader(sections.get(7, b"\0"))
    exported: dict[tuple[int, int], str] = {}
    for _ in range(exports.unsigned()):
        name = exports.name()
        exported[exports.byte(), exports.unsigned()] = name
    memory = _Reader(sections.get(5, b"\0"))
    for k in range(memory.unsigned()):
        most = memory.byte() & 1
        limits = [str(memory.unsigned()) for _ in range(1 + most)]
        lines.append(f"  (memory{_export(exported, 2, k)} {' '.join(limits)})")
    lines += _globals(_Reader(sections.get(6, b"\0")))
    code = _Reader(sections.get(10, b"\0"))
    for k in range(code.unsigned()):
        body = _Reader(code.take(code.unsigned()))
        lines.append(f"  (func (;{k};){_export(exported, 0, k)}{types[kinds[k]]}")
        lines += _body(body)
        lines[-1] += ")"
    data = _Reader(sections.get(11, b"\0"))
    for _ in range(data.unsigned()):
        if data.unsigned() != 1:
            data.byte()
            place = data.signed()
            data.byte()
            size = data.unsigned()
            data.take(size)
            lines.append(f"  (data (i32.const {place}) (;{size} bytes;))")
    return "\n".join(lines) + ")\n"


def _export(exported: dict[tuple[int, int], str], kind: int, index: int) -> str:
    name = exported.get((kind, index))
    return f' (export "{name}")' if name is not None else ""


def _types(reader: _Reader) -> Iterator[str]:
    for _ in range(reader.unsigned()):
        reader.byte()
        text = ""
        for role in ("param", "result"):
            given = [_TYPES[reader.byte()] for _ in range(reader.unsigned())]
            text += f" ({role} {' '.join(given)})" if given else ""
        yield text


def _globals(reader: _Reader) -> list[str]:
    lines: list[str] = []
    for k in range(reader.unsigned()):
        kind = _TYPES[reader.byte()]
        shown = f"(mut {kind})" if reader.byte() else kind
        initial = "; ".join(text for text, _ in _instructions(reader))
        lines.append(f"  (global (;{k};) {shown} ({initial}))")
    return lines


def _body(reader: _Reader) -> list[str]:
    lines: list[str] = []
    for _ in range(reader.unsigned()):
        count = reader.unsigned()
        lines.append(f"    (local {' '.join([_TYPES[reader.byte()]] * count)})")
    for text, depth in _instructions(reader):
        lines.append("  " * (depth + 2) + text)
    if reader.at != len(reader.data):
        raise ExplorableError("compiler", "a function of the module has bytes after its end")
    return lines


def _instructions(reader: _Reader) -> Iterator[tuple[str, int]]:
    """Instructions to the end of an expression, with their depth."""
    depth = 0
    while True:
        opcode = reader.byte()
        if opcode == 0x0B:
            if depth == 0:
                return
            depth -= 1
            yield "end", depth
        elif opcode == 0x05:
            yield "else", depth - 1
        elif opcode in (0x02, 0x03, 0x04):
            kind = reader.byte()
            result = "" if kind == 0x40 else f" (result {_TYPES[kind]})"
            yield {2: "block", 3: "loop", 4: "if"}[opcode] + result, depth
            depth += 1
        else:
            yield _instruction(opcode, reader), depth


def _instruction(opcode: int, reader: _Reader) -> str:
    if opcode in _PLAIN:
        return _PLAIN[opcode]
    if opcode in _INDEXED:
        return f"{_INDEXED[opcode]} {reader.unsigned()}"
    if 0x28 <= opcode <= 0x3E:
        return _MEMORY[opcode - 0x28] + _address(reader)
    if 0x45 <= opcode < 0x45 + len(_NUMERIC):
        return _NUMERIC[opcode - 0x45]
    match opcode:
        case 0x0E:
            labels = [reader.unsigned() for _ in range(reader.unsigned() + 1)]
            return f"br_table {' '.join(map(str, labels))}"
        case 0x11:
            kind = reader.unsigned()
            return f"call_indirect {reader.unsigned()} (type {kind})"
        case 0x1C:
            given = [_TYPES[reader.byte()] for _ in range(reader.unsigned())]
            return f"select (result {' '.join(given)})"
        case 0x3F | 0x40:
            reader.byte()
            return "memory.size" if opcode == 0x3F else "memory.grow"
        case 0x41 | 0x42:
            return f"{'i32' if opcode == 0x41 else 'i64'}.const {reader.signed()}"
        case 0x43:
            return f"f32.const {struct.unpack('<f', reader.take(4))[0]!r}"
        case 0x44:
            return f"f64.const {struct.unpack('<d', reader.take(8))[0]!r}"
        case 0xFC:
            return _bulk(reader.unsigned(), reader)
        case 0xFD:
            return _vector(reader.unsigned(), reader)
        case _:
            raise ExplorableError("compiler", f"no text for the wasm opcode {opcode:#x}")


def _address(reader: _Reader) -> str:
    align, offset = reader.unsigned(), reader.unsigned()
    return (f" offset={offset}" if offset else "") + f" align={1 << align}"


def _bulk(code: int, reader: _Reader) -> str:
    if code < len(_SATURATING):
        return _SATURATING[code]
    if code in (10, 11):
        reader.take(2 if code == 10 else 1)
        return "memory.copy" if code == 10 else "memory.fill"
    raise ExplorableError("compiler", f"no text for the wasm opcode 0xfc {code:#x}")


def _vector(code: int, reader: _Reader) -> str:
    if code < len(_VECTOR_LOADS):
        return f"v128.{_VECTOR_LOADS[code]}{_address(reader)}"
    if code == 0x0C:
        words = struct.unpack("<4I", reader.take(16))
        return "v128.const i32x4 " + " ".join(f"{word:#010x}" for word in words)
    if code == 0x0D:
        return "i8x16.shuffle " + " ".join(map(str, reader.take(16)))
    if 0x15 <= code <= 0x22:
        return f"{_LANES[code - 0x15]} {reader.byte()}"
    if 0x54 <= code <= 0x5D:
        name = _LANE_MEMORY[code - 0x54]
        address = _address(reader)
        lane = f" {reader.byte()}" if name.endswith("lane") else ""
        return f"v128.{name}{address}{lane}"
    if code in _VECTOR:
        return _VECTOR[code]
    raise ExplorableError("compiler", f"no text for the wasm opcode 0xfd {code:#x}")
