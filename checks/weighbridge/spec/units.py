"""What an expression counts: parameters, bytes, FLOPs, or a plain number."""

from __future__ import annotations

from collections.abc import Container, Mapping

from weighbridge.errors import WeighbridgeError
from weighbridge.formula.printer import to_text
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Expression,
    Logic,
    Name,
    Negative,
    Not,
    Number,
    Product,
    Sum,
    Truth,
    children,
)
from weighbridge.spec.expand import INVENTORY
from weighbridge.spec.model import Quantity

#: What a quantity may declare.
UNITS = ("bytes", "FLOPs")

#: A number of parameters: sums of tensors are, and nothing turns that into bytes but a factor.
PARAMETERS = "parameters"
#: A number that fits every unit: a literal, or a product that somebody may read as bytes or as FLOPs.
ANY = ""


class UnitError(WeighbridgeError):
    """Different units are added, or compared with one another."""


def clash(one: str, other: str) -> bool:
    """Tell whether two units can not be those of one thing."""
    return ANY not in (one, other) and one != other


def unit_of(
    tree: Expression,
    tensors: Container[str],
    quantities: Mapping[str, Quantity],
    *,
    known: dict[str, str] | None = None,
) -> str:
    """Return what an expression counts, ANY where that is open. Raises `UnitError`.

    A condition counts nothing, but what it compares must be of one unit. A product with a plain number is open:
    `2 * total` may be meant as bytes at two bytes a parameter. `known` keeps the units of quantities between calls.
    """
    found = {} if known is None else known

    def of(node: Expression) -> str:
        match node:
            case Name(name):
                if name in quantities and name not in found:
                    found[name] = quantities[name].unit or of(quantities[name].expression)
                if name in quantities:
                    return found[name]
                return PARAMETERS if name in tensors or name == INVENTORY else ANY
            case Negative(operand):
                return of(operand)
            case Sum(operands) | Call("min" | "max" | "sum" | "abs" | "round_up", operands):
                return common(operands, node)
            case Choice(condition, then, otherwise):
                of(condition)
                return common((then, otherwise), node)
            case Comparison(operands):
                common(operands, node)
                return ANY
            case Product(factors):
                units = [unit for unit in map(of, factors) if unit not in (ANY, PARAMETERS)]
                if len(units) > 1:
                    raise UnitError(f"'{to_text(node)}' multiplies {units[0]} by {units[1]}")
                return units[0] if units else ANY
            case Arithmetic("/" | "//" | "%", left, right):
                above, below = of(left), of(right)
                return above if below in (ANY, PARAMETERS) and above != PARAMETERS else ANY
            case Arithmetic() | Call() | Not() | Logic() | Number() | Truth():
                for child in children(node):
                    of(child)
                return ANY

    def common(operands: tuple[Expression, ...], node: Expression) -> str:
        units = [unit for operand in operands if (unit := of(operand)) != ANY and not isinstance(operand, Number)]
        for unit in units:
            if unit != units[0]:
                raise UnitError(f"'{to_text(node)}' puts {units[0]} and {unit} together")
        return units[0] if units else ANY

    return of(tree)
