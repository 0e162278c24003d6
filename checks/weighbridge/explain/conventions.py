"""Which settings of the declared conventions make a refuted claim true."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

from weighbridge.engines.evaluate import evaluate_at
from weighbridge.engines.prove import Proof, prove
from weighbridge.formula.exact import EvaluationError, Value, evaluate, number_of, truth_of
from weighbridge.formula.tree import Expression, Name, free_names
from weighbridge.spec.ask import Asked, claim_question, state
from weighbridge.spec.claim_model import Claim, Qualitative
from weighbridge.spec.expand import INVENTORY, Expansions
from weighbridge.spec.model import Spec
from weighbridge.spec.question import AtPoint

#: Conventions of which all settings are tried; of more, those that differ in at most `MAX_FLIPS`.
MAX_WHOLE = 12
MAX_FLIPS = 3
#: Settings under which a claim about many points is tried to prove; each proof takes some milliseconds.
MAX_PROOFS = 32
#: Names whose values are looked up for all settings that are tried, each in about a microsecond.
MAX_NAMES = 200_000
#: Settings that are listed.
MAX_SHOWN = 3

#: What a family of models has, by the conventions of the shipped architectures. A model has it or not, whatever anybody
#: counts: that a figure were true of another family explains nothing.
STRUCTURAL = frozenset(
    (
        *("embedding_norm", "embedding_projection", "attention_norm", "feedforward_norm", "attention_post_norm"),
        *("feedforward_post_norm", "final_norm", "norm_weights", "norm_biases", "head_norms", "wide_norms"),
        *("query_key_norm_biases", "gated", "query_biases", "output_biases", "feedforward_biases", "head_biases"),
        *("classifier_projection", "classifier_biases", "transform", "untied_head_bias", "relative_positions"),
        *("query_latent", "projection_biases", "conv_bias", "router_biases", "expert_biases", "shared_expert_gate"),
        *("sinks", "class_token", "patch_biases", "vision_first_norm", "image_newline"),
        *("projector_norm", "projector_biases", "projector_hidden"),
    )
)

Setting = Mapping[str, bool]


def true_with(spec: Spec, claim: Claim, asked: Asked) -> str:
    """Return under which conventions a claim holds: "true with tied and biases; false as declared"; "" for none.

    Settings that change the fewest conventions are given, each decided by the reference evaluation or proved.
    """
    found = list(itertools.islice(nearest(spec, claim, asked), MAX_SHOWN + 1))
    if not found:
        return ""
    shown = [" and ".join(name if on else f"not {name}" for name, on in setting.items()) for setting in found]
    if len(shown) > MAX_SHOWN:
        shown[MAX_SHOWN:] = ["other such settings"]
    return f"true {', or '.join(f'with {text}' for text in shown)}; false as declared"


def nearest(spec: Spec, claim: Claim, asked: Asked) -> Iterator[Setting]:
    """Yield the changes of conventions that make a claim true, all of those that change the fewest."""
    if isinstance(claim.statement, Qualitative):
        return
    condition = state(claim.statement, lambda tree: tree, claim.counted).condition
    names = involved(spec, condition, *claim.assuming)
    matter = [name for name in spec.conventions if name in names and may_differ(spec, name)]
    domain = asked.question.domain
    budget = MAX_NAMES // max(len(names), 1) if isinstance(domain, AtPoint) else MAX_PROOFS
    counts = Counts(spec, domain.values) if isinstance(domain, AtPoint) else None
    for flips in range(1, (len(matter) if len(matter) <= MAX_WHOLE else MAX_FLIPS) + 1):
        any_found = False
        for flipped in itertools.combinations(matter, flips):
            budget -= 1
            if budget < 0:
                return
            change = {name: not asked.conventions[name] for name in flipped}
            setting = {**asked.conventions, **change}
            if counts is not None and not holds_at(counts, condition, claim.assuming, setting):
                continue
            if confirmed(spec, claim, asked, setting):
                any_found = True
                yield change
        if any_found:
            return


def may_differ(spec: Spec, convention: str) -> bool:
    """Tell whether two people can count one model under either setting of a convention.

    What a spec declares without an architecture, or by one of its project's own, is for its author to say.
    """
    builds_on_shipped = any(not name.endswith(".toml") for name in spec.architectures)
    return convention not in STRUCTURAL or not builds_on_shipped


def involved(spec: Spec, *trees: Expression) -> frozenset[str]:
    """Return every name that expressions lead to, through quantities, tensors and what they depend on."""
    todo = set().union(*map(free_names, trees))
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        seen.add(name)
        leads: set[str] = set()
        if name in spec.quantities:
            leads |= free_names(spec.quantities[name].expression)
        elif name in spec.tensors:
            tensor = spec.tensors[name]
            when = () if tensor.when is None else (tensor.when,)
            leads = leads.union(*map(free_names, (*tensor.shape, *tensor.per, *when)))
        elif name == INVENTORY:
            leads |= set(spec.tensors)
        todo |= leads - seen
    return frozenset(seen)


def confirmed(spec: Spec, claim: Claim, asked: Asked, setting: Setting) -> bool:
    """Tell whether a claim holds under a setting, expanded and decided as any claim is."""
    assert not isinstance(claim.statement, Qualitative), "unreachable because that is never refuted"
    domain = asked.question.domain
    again = claim_question(Expansions(spec), spec, claim, claim.statement, domain=domain, conventions=setting)
    if isinstance(domain, AtPoint):
        found = evaluate_at(again.question, domain.values)
        return found.inside and found.true and not found.error
    return isinstance(prove(again.question), Proof)


def holds_at(counts: Counts, condition: Expression, assuming: tuple[Expression, ...], setting: Setting) -> bool:
    """Tell whether a condition is true of a model under a setting, by its names' values: fast, and confirmed later."""
    scope = Scope(counts, setting)
    try:
        return all(truth_of(each, scope) for each in (*assuming, condition))
    except EvaluationError:
        return False


@dataclass(slots=True)
class Counts:
    """The values of a spec's names at one model, each worked out once for the conventions that it depends on."""

    spec: Spec
    symbols: Mapping[str, int]
    depends: dict[str, tuple[str, ...]] = field(default_factory=dict)
    known: dict[tuple[str, tuple[bool, ...]], Value] = field(default_factory=dict)

    def on(self, name: str) -> tuple[str, ...]:
        """Return the conventions on which a name's value depends."""
        if name not in self.depends:
            names = involved(self.spec, Name(name))
            self.depends[name] = tuple(each for each in self.spec.conventions if each in names)
        return self.depends[name]


@dataclass(frozen=True, slots=True)
class Scope(Mapping[str, int]):
    """The value of every name of a spec at one model under one setting."""

    counts: Counts
    setting: Setting

    def __getitem__(self, name: str) -> int:
        """Return a value. Raises `EvaluationError` where there is none."""
        counts = self.counts
        if name in counts.symbols:
            return counts.symbols[name]
        key = (name, tuple(self.setting[each] for each in counts.on(name)))
        if key not in counts.known:
            counts.known[key] = self.work_out(name)
        # The evaluation works with whatever numbers names have; its type speaks of symbols, which are integers.
        return cast("int", counts.known[key])

    def work_out(self, name: str) -> Value:
        """Return the value of a convention, tensor or quantity."""
        spec = self.counts.spec
        if name in self.setting:
            return self.setting[name]
        if name in spec.quantities:
            return evaluate(spec.quantities[name].expression, self)
        if name == INVENTORY:
            return sum((self[tensor] for tensor in spec.tensors), start=0)
        if name not in spec.tensors:  # a model may leave out symbols that only another setting needs
            message = f"{name} has no value"
            raise EvaluationError(message)
        tensor = spec.tensors[name]
        if tensor.when is not None and not truth_of(tensor.when, self):
            return 0
        size: int | Fraction = 1
        for factor in (*tensor.shape, *tensor.per):
            size *= number_of(factor, self)
        return size

    def __iter__(self) -> Iterator[str]:
        yield from self.counts.symbols

    def __len__(self) -> int:
        return len(self.counts.symbols)
