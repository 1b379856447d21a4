"""Group and Module -> the spec of a bundle, as runtime/spec.d.ts says."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from ..compiler.module import Module, Slot
from ..parts.accept import first
from ..parts.controls import (
    Button,
    Choice,
    Control,
    Integer,
    Point,
    Points,
    Seed,
    Slider,
    Tensor,
    Text,
    Toggle,
)
from ..parts.span import Range
from ..parts.tokenizers import spec_of
from ..parts.uploads import Rows, Upload, has_length
from .arguments import place
from .drag import with_drags
from .entries import Table, control_slot
from .extents import length_slot, shape_spec
from .group import Group, TracedFigure, TracedSimulation
from .machine import to_json
from .pictured import with_fields
from .value import Value
from .wires import Wires, parameter_names, upstream

Json = Any  # the shapes of spec.d.ts


def program(group: Group, module: Module, files: Mapping[str, str]) -> Json:
    """``Program``: ``files`` names the published file of "plain", "relaxed" and of each array."""
    fast = any(figure.options.fast for figure in group.figures) and not group.simulations
    slots = {slot.name for slot in module.slots}
    wasm = {name: files[name] for name in ("plain", "relaxed") if name in files}
    return {
        "wasm": wasm,
        **({"heavy": True} if group.fields else {}),
        **({"fast": True} if fast else {}),
        "memory": module.memory,
        "slots": {slot.name: slot_spec(slot) for slot in module.slots},
        "arrays": [],
        "controls": {
            name: control_spec(control, group, slots) for control, name in group.names.items()
        },
        "nodes": list(_nodes(group, slots)),
    }


def slot_spec(slot: Slot) -> Json:
    """``Slot``: offset, dtype, shape."""
    return [slot.offset, slot.type.dtype, shape_spec(slot.name, slot.type)]


def control_spec(control: Control, group: Group, slots: set[str]) -> Json:
    """``Control``: what the page shows and clamps."""
    value: Any = first(control)
    spec: dict[str, Any] = {"kind": control.kind, "label": group.labels[control]}
    match control:
        case Slider() | Range():
            spec |= {
                "low": control.low,
                "high": control.high,
                "value": list(value) if isinstance(control, Range) else value,
                "scale": control.scale,
            }
            for name in ("step", "unit", "play", "style"):
                if (given := getattr(control, name, None)) is not None:
                    spec[name] = given
        case Integer():
            spec |= {"low": control.low, "high": control.high, "value": value}
            spec |= {"style": control.style} if control.style else {}
        case Seed() | Toggle():
            spec |= {"value": value}
        case Choice():
            spec |= {"options": list(control.options), "value": value}
            spec |= {"style": control.style} if control.style else {}
        case Point():
            spec |= {"value": list(control.value), **({"complex": True} if control.complex else {})}
        case Points():
            spec |= {"value": control.value.tolist(), "max": control.max}
            spec |= {"min": control.min} if control.min else {}
            classes = f"{control_slot(control, group.names)}.classes"
            if control.classes is not None:
                rows = zip(control.value.tolist(), control.classes.tolist(), strict=True)
                spec |= {"value": [[*xy, k] for xy, k in rows], "classes": control.classes.tolist()}
                spec |= {"labels": list(control.labels)} if control.labels else {}
                spec |= {"classSlot": classes} if classes in slots else {}
        case Tensor():
            spec |= {
                "kind": "tensor",
                "value": to_json(control, control.value),
                "shape": list(control.value.shape),
                "dtype": control.value.dtype.name,
            }
            bounds = {"low": control.low, "high": control.high, "brush": control.brush}
            spec |= {name: given for name, given in bounds.items() if given is not None}
            if control.examples:
                spec["examples"] = {k: to_json(control, v) for k, v in control.examples.items()}
            if isinstance(control, Upload):
                spec["upload"] = _upload(control)
        case Text():
            spec |= {"value": value, "max": control.max, "tokenizer": spec_of(control.tokenizer)}
            spec |= {"min": control.min} if control.min else {}
            spec |= {"examples": dict(control.examples)} if control.examples else {}
        case Button():
            spec |= {"value": 0}
        case _:
            raise TypeError(type(control))
    slot = control_slot(control, group.names)
    if slot in slots:
        spec["slot"] = slot
    if has_length(control) and length_slot(slot) in slots:
        spec["lengthSlot"] = length_slot(slot)
    if "." not in group.names[control]:
        spec["shared"] = True
    return spec


def _upload(control: Upload) -> Json:
    rate = {"rate": control.rate} if control.rate else {}
    if not isinstance(control, Rows):
        return {"form": control.form, **rate}
    columns = {"columns": list(control.columns)} if control.columns else {}
    return {"form": "table", "rows": [control.min, control.max], **columns}


def _needs(group: Group, wires: Wires, tables: list[Table]) -> list[str]:
    """Controls and nodes that a function really reads, in the order of its signature."""
    read = {slot for table in tables for slot in table.inputs()}
    static = {control for table in tables for control in table.statics}
    found: list[str] = []
    for source in (*wires.controls.values(), *wires.nodes.values()):
        if isinstance(source, Control):
            slot = control_slot(source, group.names)
            if source in static or slot in read or length_slot(slot) in read:
                found.append(group.names[source])
            continue
        if isinstance(source, Value):
            whole = place("value", source.name, "")
            used = any(slot == whole or slot.startswith(whole + ".") for slot in read)
        else:
            name = source.name
            places = (f"state:{name}", f"step:{name}", f"history:{name}")
            used = any(
                slot in places or slot.startswith(tuple(p + "." for p in places)) for slot in read
            )
        if used:
            found.append(source.name)
    return list(dict.fromkeys(found))


def _nodes(group: Group, slots: set[str]) -> Any:
    for node in group.order:
        if isinstance(node, Value):
            traced = group.values[id(node)]
            yield {
                "kind": "value",
                "name": node.name,
                "needs": _needs(group, node.wires, [traced.run]),
                "run": traced.run.spec(group.names),
                "outputs": {path: place("value", node.name, path) for path in traced.types},
            }
        else:
            yield _simulation(group, group.simulations[id(node)], slots)
    for drawing in group.drawings:
        yield {
            "kind": "figure",
            "name": drawing.figure.name,
            "needs": _needs(group, drawing.figure.wires, [drawing.run]),
            "run": drawing.run.spec(group.names),
        }


def _simulation(group: Group, traced: TracedSimulation, slots: set[str]) -> Json:
    simulation = traced.simulation
    name, options = simulation.name, simulation.options
    steps = [traced.step] if traced.record is None else [traced.step, traced.record]
    records: dict[str, Json] = {}
    for record in traced.records:
        history = f"history:{name}.{record}"
        kept = {"history": history} if history in slots else {}
        records[record] = {"slot": f"record:{name}.{record}", **kept}
    optional: dict[str, Json] = {}
    if traced.record is not None:
        optional["record"] = traced.record.spec(group.names)
    if traced.first is not None:
        optional["first"] = traced.first.spec(group.names)
        steps.append(traced.first)
    if f"history:{name}.step" in slots:
        optional["historyStep"] = f"history:{name}.step"
    return {
        "kind": "simulation",
        "name": name,
        "restart": _needs(group, simulation.wires, [traced.init]),
        "needs": _needs(group, simulation.step_wires, steps),
        "init": traced.init.spec(group.names),
        "step": traced.step.spec(group.names),
        "recordEvery": options.record_every,
        "rate": options.rate,
        "steps": options.steps,
        "play": options.play,
        "state": [place("state", name, path) for path in traced.state | traced.late],
        "stepSlot": f"step:{name}",
        "history": options.history,
        "records": records,
        **optional,
    }


def figure_spec(group: Group, drawing: TracedFigure) -> Json:
    """``FigureSpec``: how one figure of the bundle is shown."""
    figure = drawing.figure
    own = figure.name + "."
    words = parameter_names(figure, group.names).items()
    names = {word: name for word, name in words if name not in (word, own + word)}
    wired = figure.wires.nodes.items()
    nodes = {word: node.name for word, node in wired if node.name != word}
    layouts = with_drags([layout for layout, _ in drawing.layouts], figure, group)
    fields = [field.spec(group) for field in group.fields if field.figure is figure]
    return {
        "alt": figure.alt,
        "width": figure.options.width,
        "controls": shown_controls(group, drawing),
        **({"names": names} if names else {}),
        **({"nodes": nodes} if nodes else {}),
        "layout": drawing.layout_of,
        "layouts": with_fields(layouts, fields) if fields else layouts,
        "outputs": [outputs for _, outputs in drawing.layouts],
    }


def shown_controls(group: Group, drawing: TracedFigure) -> list[str]:
    """Names of the controls under a figure: those asked for, else its own, then those upstream."""
    figure = drawing.figure
    own: dict[str, str] = {}
    for parameter, control in figure.wires.controls.items():
        own[parameter] = group.names[control]
    for parameter, node in figure.wires.nodes.items():
        if not isinstance(node, Value):
            own[parameter] = node.name
    further: dict[str, str] = {}
    for node in upstream(figure):
        wires = [node.wires] if isinstance(node, Value) else [node.wires, node.step_wires]
        if not isinstance(node, Value):
            further[node.name] = node.name
        for inner in wires:
            for parameter, control in inner.controls.items():
                further.setdefault(parameter, group.names[control])
                further[group.names[control]] = group.names[control]
    known = further | own | {name: name for name in own.values()}
    if figure.options.controls is not None:
        from ..errors import ExplorableError
        from ..parts.source import one_of

        for name in figure.options.controls:
            if name not in known:
                fact = one_of("control", name, sorted(set(known)))
                where = f"figure '{figure.name}'"
                raise ExplorableError("figure", fact, where=where, line=figure.line)
        return list(dict.fromkeys(known[name] for name in figure.options.controls))
    ordered = _signature_order(figure.wires, group)
    return list(dict.fromkeys([*ordered, *further.values()]))


def _signature_order(wires: Wires, group: Group) -> list[str]:
    import inspect

    found: list[str] = []
    for parameter in inspect.signature(wires.function).parameters:
        if parameter in wires.controls:
            found.append(group.names[wires.controls[parameter]])
        elif parameter in wires.nodes and not isinstance(wires.nodes[parameter], Value):
            found.append(wires.nodes[parameter].name)
    return found


def package_version() -> str:
    """The version of Explorable that writes a bundle."""
    return version("explorable")
