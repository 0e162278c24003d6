"""Whether each tensor that counts in a model has sizes, and copies, that are counts: integers of at least 0.

Two negative sizes would multiply to a number of parameters that looks like one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from weighbridge.errors import Collector, Location
from weighbridge.formula.exact import EvaluationError, Value, evaluate, number_of
from weighbridge.formula.printer import thousands, to_text
from weighbridge.formula.tree import (
    Arithmetic,
    Call,
    Choice,
    Expression,
    Name,
    Number,
    Product,
    Sum,
    children,
    free_names,
    product_of,
)
from weighbridge.spec.claim_model import At, Claim
from weighbridge.spec.expand import Names
from weighbridge.spec.model import Model, Tensor
from weighbridge.spec.names import MAX_TOTAL, measure


class Doubtful(Struct, frozen=True):
    """A size (`key` is "shape") or a number of copies ("per") that is not seen to be a count as it is written."""

    tensor: Tensor
    key: str
    tree: Expression


@dataclass(slots=True)
class Sizes:
    """The sizes of a spec's tensors that are worked out at each model, under its settings of all `conventions`.

    The spec must be without a mistake so far. `spent` are the terms that were evaluated.
    """

    names: Names
    conventions: Mapping[str, bool]
    doubtful: tuple[Doubtful, ...] = field(init=False)
    weight: int = field(init=False)
    spent: int = 0
    #: Models, each with the settings under which its sizes were worked out.
    seen: set[tuple[str, frozenset[tuple[str, bool]]]] = field(default_factory=set)
    #: Models, each with what was said to be no count there: a claim that turns a convention round need not repeat it.
    told: set[tuple[str, Doubtful]] = field(default_factory=set)

    def __post_init__(self) -> None:
        plain: dict[str, bool] = {}
        self.doubtful = tuple(
            Doubtful(tensor, key, tree)
            for tensor in self.names.tensors.values()
            for key, trees in (("shape", tensor.shape), ("per", tensor.per))
            for tree in trees
            if not self.is_plain(tree, plain)
        )
        self.weight = sum(measure(tree, {})[0] for tree in self.with_definitions())

    def is_plain(self, tree: Expression, known: dict[str, bool]) -> bool:
        """Tell whether an expression is made of counts alone, so that it is one wherever it has a value."""
        match tree:
            case Name(name):
                if name not in known:
                    known[name] = all(self.is_plain(each, known) for each in self.definitions(name))
                return known[name]
            case Number(value):
                return value >= 0 and value.denominator == 1
            case Sum() | Product() | Call() | Arithmetic("//" | "%"):
                return all(self.is_plain(child, known) for child in children(tree))
            case Choice(_, then, otherwise):
                return self.is_plain(then, known) and self.is_plain(otherwise, known)
            case _:
                return False

    def definitions(self, name: str) -> tuple[Expression, ...]:
        """Return what a name is made of, none for a symbol or convention; `inventory` would lead back to the size."""
        if name in self.names.quantities:
            return (self.names.quantities[name].expression,)
        if name in self.names.tensors:
            return (*self.names.tensors[name].shape, *self.names.tensors[name].per)
        return ()

    def with_definitions(self) -> Iterator[Expression]:
        """Yield what is doubtful, and once each all that it is made of."""
        waiting, met = [each.tree for each in self.doubtful], set[str]()
        while waiting:
            tree = waiting.pop()
            yield tree
            for name in free_names(tree) - met:
                met.add(name)
                waiting += self.definitions(name)

    def check_claims(self, claims: Iterable[Claim], models: Mapping[str, Model], errors: Collector) -> None:
        """Note what is no count in a model that a claim speaks of, under the conventions of the claim."""
        for claim in claims if self.doubtful else ():
            for name in claim.where.models if isinstance(claim.where, At) else ():
                if name in models:
                    say = f"claim '{claim.id}', model '{name}'"
                    self.check(models[name], claim.location, errors, say=say, conventions=claim.conventions)

    def check(
        self,
        model: Model,
        location: Location,
        errors: Collector,
        *,
        say: str,
        conventions: Mapping[str, bool] | None = None,
    ) -> None:
        """Note what is no count in a model; sizes whose symbols it does not give are passed over."""
        settings = {**self.conventions, **model.conventions, **(conventions or {})}
        asked = model.name, frozenset(settings.items())
        if asked in self.seen or self.spent > MAX_TOTAL:
            return
        self.seen.add(asked)
        self.spent += self.weight
        if self.spent > MAX_TOTAL:
            message = f"{say}: from here on the sizes of tensors at all models grow past {MAX_TOTAL:,} terms"
            errors.add(location, message, "split the spec")
            return
        values = Values(self.names, {**model.values, **settings})
        for each in self.doubtful:
            if (model.name, each) in self.told or not values.in_force(each.tensor):
                continue
            try:
                value = number_of(each.tree, values)
            except (EvaluationError, KeyError):
                continue  # what needs it has no value either, and says so
            if value.denominator != 1 or value < 0:
                text, shown = to_text(each.tree), thousands(value)
                found = shown if text == shown else f"{text} = {shown}"
                message = f"tensor '{each.tensor.name}' has {found} in '{each.key}', expected an integer of at least 0"
                errors.add(location, f"{say}: {message}")
                self.told.add((model.name, each))


@dataclass(slots=True)
class Values(Mapping[str, Any]):
    """The value of every name at a model, each worked out once; raises `KeyError` for a symbol that has none."""

    names: Names
    known: dict[str, Value]

    def __getitem__(self, name: str) -> Value:
        if name not in self.known:
            self.known[name] = self.worked_out(name)
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.known

    def __len__(self) -> int:
        return len(self.known)

    def worked_out(self, name: str) -> Value:
        """Return what a tensor or quantity comes to."""
        if name in self.names.quantities:
            return number_of(self.names.quantities[name].expression, self)
        if name in self.names.tensors:
            tensor = self.names.tensors[name]
            return number_of(product_of((*tensor.shape, *tensor.per)), self) if self.in_force(tensor) else 0
        raise KeyError(name)

    def in_force(self, tensor: Tensor) -> bool:
        """Tell whether the conventions count a tensor at all."""
        return tensor.when is None or bool(evaluate(tensor.when, self))
