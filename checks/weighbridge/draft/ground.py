"""What a draft stands on: an architecture under the document's names, its conventions, and the models to try."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from msgspec import Struct

from weighbridge.errors import Collector
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.parser import parse
from weighbridge.formula.printer import to_text
from weighbridge.formula.same import form
from weighbridge.formula.tree import Expression, Name, free_names, substitute
from weighbridge.spec.architectures import Library, read_declarations
from weighbridge.spec.declare import Declarations
from weighbridge.spec.expand import expand
from weighbridge.spec.model import Model
from weighbridge.spec.names import Namespace
from weighbridge.spec.text import Text, root_of

#: Conventions that are tried in all their settings; with more, those that come later stay as they are.
MAX_TRIED = 6
BIASES = "+ query_bias + key_bias + value_bias"
#: The tensors of attention that have a part for each head.
MATRICES = ("query", "key", "value", "attention_output")


class Candidate(Struct, frozen=True, kw_only=True):
    """An expression that something in a document may be equal to.

    `subjects` are what it speaks of, in the architecture's names, all of them where it is `joint`; `level` is how
    far-fetched it is, 0 for a name.
    """

    text: str
    tree: Expression
    subjects: tuple[str, ...]
    level: float
    joint: bool = False

    def strength(self, support: Mapping[str, float]) -> float:
        """Return how much surroundings speak of what this speaks of."""
        spoken = [support.get(name, 0.0) for name in self.subjects]
        return (min if self.joint else max)(spoken, default=0.0)


class Trial(Struct, frozen=True, kw_only=True):
    """A model at which candidates are tried: its name in the spec, and the values of its symbols."""

    name: str
    values: Mapping[str, int]


@dataclass(slots=True)
class Ground:
    """An architecture's declarations under a document's names; `called` gives the document's name of each of its own.

    `aliases` are further symbols of the document, each with the one that it equals in all models here.
    """

    declared: Declarations
    called: Mapping[str, str]
    aliases: Mapping[str, str]
    sources: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    values: dict[tuple[str, frozenset[str]], dict[str, Fraction]] = field(default_factory=dict)
    forms: dict[tuple[str, tuple[str, ...], tuple[str, ...]], str] = field(default_factory=dict)

    @property
    def space(self) -> Namespace:
        """The names that are declared."""
        return self.declared.namespace

    @property
    def conventions(self) -> dict[str, bool]:
        """The architecture's own settings."""
        return dict(self.space.conventions)

    def settings(self) -> list[dict[str, bool]]:
        """Return all settings of the conventions that tensors depend on, those with fewer changes first."""
        tested = {name for tensor in self.space.tensors.values() if tensor.when for name in free_names(tensor.when)}
        names = [name for name in self.space.conventions if name in tested][:MAX_TRIED]
        return [
            self.conventions | {name: not self.space.conventions[name] for name in changed}
            for count in range(len(names) + 1)
            for changed in combinations(names, count)
        ]

    def values_at(self, trial: Trial, conventions: Mapping[str, bool]) -> Mapping[str, Fraction]:
        """Return what each candidate comes to, by its text; one that can not be evaluated is left out.

        So is one of a quantity that is a fraction here: documents print counts and shares of counts.
        """
        key = (trial.name, frozenset(name for name, on in conventions.items() if on))
        if key not in self.values:
            known = dict(trial.values)
            for name in (*self.space.tensors, *self.space.quantities):
                value = value_at(expand(Name(name), self.space, conventions), trial.values)
                if value is not None and value.denominator == 1:
                    known[name] = int(value)
            found = {each.text: value_at(each.tree, known) for each in self.candidates}
            self.values[key] = {text: value for text, value in found.items() if value is not None}
        return self.values[key]

    def form(self, tree: Expression, text: str, conventions: Mapping[str, bool], assuming: Sequence[str]) -> str:
        """Return what tells an expression from others that say something else, equalities put in."""
        key = (text, tuple(name for name, on in conventions.items() if on), tuple(assuming))
        if key not in self.forms:
            plain = expand(tree, self.space, conventions)
            for each in assuming:
                left, _, right = each.partition(" == ")
                plain = substitute(plain, {left: parse(right)})
            self.forms[key] = form(plain)
        return self.forms[key]

    def subject(self, name: str) -> str:
        """Return the architecture's own name of one of the document's."""
        return next((own for own, new in self.called.items() if new == name), name)


def value_at(tree: Expression, values: Mapping[str, int]) -> Fraction | None:
    """Return an expression's value, None where there is none."""
    if isinstance(tree, Name):
        return Fraction(values[tree.name]) if tree.name in values else None
    if not free_names(tree) <= values.keys():
        return None
    try:
        return Fraction(number_of(tree, values))
    except EvaluationError:
        return None


def stand_on(  # noqa: PLR0913 - what a spec begins with
    architecture: str,
    rename: Mapping[str, str],
    aliases: Mapping[str, str],
    *,
    symbols: Iterable[str] = (),
    library: Library,
    path: str,
) -> Ground:
    """Read an architecture under new names (new = old) and work out the candidates.

    Without an architecture there are `symbols` and no more. Raises `SpecErrors` where there is no such architecture or
    it has mistakes.
    """
    errors = Collector()
    back = {old: new for new, old in rename.items()}
    lines = [f"architecture = {json.dumps(architecture)}"] if architecture else ["# none"]
    if rename and architecture:
        lines.append("rename = { " + ", ".join(f"{new} = {json.dumps(old)}" for new, old in rename.items()) + " }")
    lines.append("[symbols]")
    lines += [f'{back.get(name, name)} = ""' for name in symbols if not architecture]
    lines += [f"{alias} = {{ default = {json.dumps(of)} }}" for alias, of in aliases.items()]
    text = Text(path=path, noun="draft", max_bytes=10**6, begins="an architecture")
    declared = read_declarations(root_of(text, "\n".join(lines).encode(), errors), library)
    errors.raise_if_any()
    space = declared.namespace
    # Before it was renamed, a name was the one that nothing else is renamed to.
    own = {name: name for name in (*space.symbols, *space.tensors, *space.quantities) if name not in rename}
    ground = Ground(declared, own | back, aliases, sources=declared.sources)
    ground.candidates = tuple(candidates(ground))
    return ground


def trials(models: Iterable[Model]) -> list[Trial]:
    """Return models as trials."""
    return [Trial(name=model.name, values=model.values) for model in models]


def candidates(ground: Ground) -> Iterable[Candidate]:
    """Yield expressions to try, in the architecture's order: names first, then small products, sums and shares."""
    space, called = ground.space, ground.called
    for name in (*space.symbols, *space.tensors, *space.quantities):
        if name not in ground.aliases:
            yield Candidate(text=name, tree=Name(name), subjects=(ground.subject(name),), level=0)
    for text, subjects, level in patterns(ground):
        tree = parse(text)
        if all(space.kind(name) is not None for name in free_names(tree)):
            yield Candidate(text=to_text(tree), tree=tree, subjects=subjects, level=level)
    symbols = [name for name in space.symbols if name not in ground.aliases]
    for one, other in combinations(symbols, 2):
        text, subjects = f"{one} * {other}", (ground.subject(one), ground.subject(other))
        yield Candidate(text=text, tree=parse(text), subjects=subjects, level=1.3, joint=True)
    layers = called.get("n_layers", "")
    parts = [*space.tensors, *space.quantities]
    for name in parts:
        if layers in free_names(expand(Name(name), space, space.conventions)):
            yield Candidate(
                text=f"{name} / {layers}",
                tree=parse(f"{name} / {layers}"),
                subjects=(ground.subject(name),),
                level=1,
            )
    for name in space.tensors:
        if f"{name}_bias" in space.tensors:
            both = f"{name} + {name}_bias"
            yield Candidate(text=both, tree=parse(both), subjects=(ground.subject(name),), level=1)
            one = f"({both}) / {layers}"
            yield Candidate(text=one, tree=parse(one), subjects=(ground.subject(name),), level=1.2)
    total = called.get("total", "")
    for name in parts if total in space.quantities else ():
        if name != total and space.quantities.get(name, space.tensors.get(name)) is not None:
            yield Candidate(
                text=f"{name} / {total}", tree=parse(f"{name} / {total}"), subjects=(ground.subject(name),), level=1
            )


def patterns(ground: Ground) -> Iterable[tuple[str, tuple[str, ...], float]]:
    """Yield expressions in the document's names, what they speak of, and how far-fetched they are."""
    called = dict(ground.called)

    def put(text: str) -> str:
        return " ".join(called.get(word, word) for word in text.split())

    layer = "( query + key + value + attention_output + up + down )"
    yield from (
        (put("query + key + value + attention_output"), ("attention",), 1),
        (put("( query + key + value + attention_output ) / n_layers"), ("attention",), 1.5),
        (put("query + key + value + output"), ("attention",), 1),
        (put("query + key + value"), ("query", "attention"), 1),
        (put("( query + key + value ) / n_layers"), ("query", "attention"), 1.3),
        (put(f"query + key + value {BIASES}"), ("query", "attention"), 1.1),
        (put(f"( query + key + value {BIASES} ) / n_layers"), ("query", "attention"), 1.3),
        (put("non_embedding / total"), ("n_layers",), 1),
        (put("up + down"), ("feedforward",), 1),
        (put("( up + down ) / n_layers"), ("feedforward",), 1.5),
        (put(layer), ("non_embedding", "n_layers"), 1),
        (put(f"{layer} / n_layers"), ("n_layers",), 1.5),
        (put("attention + feedforward"), ("n_layers",), 1),
        (put("( attention + feedforward ) / n_layers"), ("n_layers",), 1.2),
        (put("( attention + feedforward + layer_norms ) / n_layers"), ("n_layers",), 1.5),
        (
            put("( attention + feedforward + layer_norms - ln_f_weight - ln_f_bias ) / n_layers"),
            ("n_layers",),
            1.2,
        ),
        (put("( layer_norms - ln_f_weight - ln_f_bias ) / n_layers"), ("layer_norms",), 1.2),
        (put("( ln_1_weight + ln_1_bias ) / n_layers"), ("layer_norms",), 1.3),
        (put("ln_f_weight + ln_f_bias"), ("layer_norms",), 1.2),
        (put("total - position_embedding"), ("total", "position_embedding"), 1),
        (put("total - token_embedding"), ("non_embedding", "total"), 1.4),
        (put("total - embedding"), ("non_embedding", "total"), 1),
        (put("embedding + lm_head"), ("embedding",), 1),
        (put("token_embedding + lm_head"), ("token_embedding", "embedding"), 1),
        *((put(f"{name} / ( n_layers * n_heads )"), (name,), 1.3) for name in MATRICES),
        (
            put("( query + key + value + attention_output ) / ( n_layers * n_heads )"),
            ("n_heads", "attention"),
            1.3,
        ),
        (put("kv_cache / bytes_per_value"), ("kv_cache",), 1),
        (put("2 * non_embedding"), ("checkpoint",), 1.3),
        (put("4 * non_embedding"), ("checkpoint",), 1.3),
        (put("n_heads * d_head"), ("d_model", "n_heads"), 1),
        (put("d_ff / d_model"), ("d_ff",), 1),
        (put("n_layers * n_heads"), ("n_heads",), 1),
        (put("d_head ** 2"), ("d_head",), 1.5),
        (put("1 * total"), ("checkpoint",), 1.2),
        (put("2 * total"), ("checkpoint",), 1),
        (put("4 * total"), ("checkpoint",), 1),
        (put("8 * total"), ("checkpoint",), 1.2),
        (put("16 * total"), ("checkpoint",), 1.2),
        (put("kv_cache * n_ctx"), ("kv_cache",), 1),
        (put("4 * n_layers * d_model"), ("kv_cache",), 1.2),
        (put("4 * n_layers * n_heads * d_head"), ("kv_cache",), 1),
        (put("4 * n_layers * n_heads * d_head * n_ctx"), ("kv_cache",), 1.2),
        (put("2 * total"), ("flops_forward",), 1),
        (put("6 * total"), ("flops_train",), 1),
        (put("3 * flops_forward"), ("flops_train",), 1),
        (put("6 * non_embedding"), ("flops_train",), 1),
        (put("2 * non_embedding"), ("flops_forward",), 1),
    )
    symbols = [name for name in ground.space.symbols if name not in ground.aliases]
    for name in symbols:
        for factor in (2, 3, 4, 8):
            yield f"{factor} * {name}", (ground.subject(name),), 1.3
