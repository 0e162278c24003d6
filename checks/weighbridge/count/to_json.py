"""A count as JSON, for machines. Integers that may exceed 2^53 are strings."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec

from weighbridge.count.tree import Component, Count
from weighbridge.spec.ask import plain


def to_json(count: Count) -> str:
    """Return a count as JSON text with a newline at the end; the same count gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(to_data(count)), indent=2).decode() + "\n"


def to_data(count: Count) -> dict[str, Any]:
    """Return a count in the shape of the file."""
    return {
        "schema": "weighbridge/count",
        "version": 1,
        "source": count.source,
        "kind": count.kind,
        "architecture": count.architecture or None,
        "class": count.described_as or None,
        "total": str(count.total),
        "conventions": dict(count.conventions),
        "components": [component_to_data(each) for each in count.components],
        "symbols": {name: str(value) for name, value in count.symbols.items()},
        "quantities": {
            name: {"value": plain(Fraction(each.value)), "unit": each.unit} for name, each in count.quantities.items()
        },
        "alternatives": [
            {"conventions": {each.convention: each.setting}, "total": str(each.total)} for each in count.alternatives
        ],
        "stored": [{"dtype": each.dtype, "count": str(each.count), "bytes": str(each.bytes)} for each in count.stored],
        "not_counted": [
            {"name": each.name, "elements": str(each.elements), "tensors": each.tensors, "why": each.why}
            for each in count.aside
        ],
        "buffers": list(count.buffers),
        "notes": list(count.notes),
    }


def component_to_data(component: Component) -> dict[str, Any]:
    """Return a component with its parts, which add up to it."""
    data: dict[str, Any] = {
        "name": component.name,
        "count": str(component.count),
        "tensors": component.tensors,
    }
    if component.parts:
        data["components"] = [component_to_data(each) for each in component.parts]
    return data
