"""What is to be solved: which claims speak for the document, which symbols are open, and what they may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from weighbridge.errors import Location, UsageError, did_you_mean
from weighbridge.formula.tree import Expression, Logic, Not, conjunction, free_names, number, substitute
from weighbridge.results import Task, tasks
from weighbridge.solve.values import Values
from weighbridge.spec.ask import Asked
from weighbridge.spec.claim_model import At, Claim, Erratum, PrintedFigure, Waiver
from weighbridge.spec.grids import AxisError, read_range
from weighbridge.spec.model import Grid, Model, Spec

#: The largest value of an open symbol that no flag gives a range: past every width, depth and vocabulary in use.
HIGHEST = 2**20


class Request(Struct, frozen=True, kw_only=True):
    """What the command line asks for; `ranges` are texts such as "d_query=1..4096"."""

    model: str = ""
    open: tuple[str, ...] = ()
    grid: str = ""
    ranges: tuple[str, ...] = ()
    unquoted: bool = False


class Word(Struct, frozen=True):
    """What a claim demands, a condition over all symbols, and what it says in the spec."""

    claim: str
    location: Location
    text: str
    condition: Expression
    corrected: bool = False


class LeftOut(Struct, frozen=True):
    """A claim that speaks of the model and is not counted, and why not."""

    claim: str
    why: str


class Problem(Struct, frozen=True, kw_only=True):
    """The document's words on one model, the values of its open symbols, and the values that the others keep."""

    spec: Spec
    model: Model
    words: tuple[Word, ...]
    left_out: tuple[LeftOut, ...]
    ranges: Mapping[str, Values]
    kept: Mapping[str, int] = field(default_factory=dict)

    def condition(self, word: Word) -> Expression:
        """Return what a claim demands of the open symbols alone."""
        return substitute(word.condition, {name: number(value) for name, value in self.kept.items()})

    def speaking_of(self, name: str) -> tuple[str, ...]:
        """Return the claims in which a symbol occurs."""
        return tuple(word.claim for word in self.words if name in free_names(word.condition))


def pose(spec: Spec, request: Request) -> Problem:
    """Return what a request means for a spec. Raises `UsageError` for what is not there."""
    model = choose_model(spec, request.model)
    names = choose_open(spec, model, request.open)
    grid = choose_grid(spec, names, request.grid)
    words: list[Word] = []
    left_out: list[LeftOut] = []
    for task in tasks(spec):
        each = said(task, model, unquoted=request.unquoted)
        if isinstance(each, Word):
            words.append(each)
        elif each is not None:
            left_out.append(each)
    return Problem(
        spec=spec,
        model=model,
        words=tuple(words),
        left_out=tuple(left_out),
        ranges=choose_ranges(spec, names, grid, request.ranges),
        kept={name: value for name, value in model.values.items() if name not in names},
    )


def choose_model(spec: Spec, name: str) -> Model:
    """Return the model of this name, else that of most claims."""
    if name and name not in spec.models:
        raise UsageError(f"--model: there is no model '{name}'; {did_you_mean(name, spec.models)}")
    if not spec.models:
        raise UsageError(f"{spec.path}: there is no model to solve for; declare one, and what it has 'assumed'")
    named = [each for claim in spec.claims if isinstance(claim.where, At) for each in claim.where.models]
    return spec.models[name or max(spec.models, key=named.count)]


def choose_open(spec: Spec, model: Model, names: Sequence[str]) -> tuple[str, ...]:
    """Return the open symbols in the order of the spec: those that are named, else those whose values are assumed."""
    for name in names:
        if name not in spec.symbols:
            raise UsageError(f"--open: there is no symbol '{name}'; {did_you_mean(name, spec.symbols)}")
    if not names and not model.assumed:
        raise UsageError(
            f"the model '{model.name}' assumes nothing, so that no symbol is open; name those that are: --open SYMBOL"
        )
    chosen = names or model.assumed
    return tuple(name for name in spec.symbols if name in chosen)


def choose_grid(spec: Spec, names: Sequence[str], name: str) -> Grid | None:
    """Return the grid of this name, of which open symbols are axes or take no part."""
    if not name:
        return None
    if name not in spec.grids:
        raise UsageError(f"--grid: there is no grid '{name}'; {did_you_mean(name, spec.grids)}")
    derived = next((each for each in names if each in spec.grids[name].derived), None)
    if derived is not None:
        raise UsageError(
            f"--grid: '{derived}' follows from the others in the grid '{name}'; an open symbol needs an axis of its own"
        )
    return spec.grids[name]


def choose_ranges(spec: Spec, names: Sequence[str], grid: Grid | None, texts: Sequence[str]) -> dict[str, Values]:
    """Return the values that each open symbol may have: as a flag says, else as the grid does, else up to 2^20."""
    ranges: dict[str, Values] = {name: range(spec.symbols[name].minimum, HIGHEST + 1) for name in names}
    if grid is not None:
        ranges.update((axis.symbol, axis.values) for axis in grid.axes if axis.symbol in ranges)
    for text in texts:
        name, equals, written = (part.strip() for part in text.partition("="))
        if not equals:
            raise UsageError(f"--range: '{text}' is no range; write it as {names[0]}=1..4096")
        if name not in ranges:
            why = f"'{name}' is not open" if name in spec.symbols else f"there is no symbol '{name}'"
            raise UsageError(f"--range: {why}; {did_you_mean(name, names)}")
        try:
            ranges[name] = read_range(written, minimum=spec.symbols[name].minimum)
        except AxisError as error:
            raise UsageError(f"--range: {name}: {error}") from None
    return ranges


def said(task: Task, model: Model, *, unquoted: bool) -> Word | LeftOut | None:
    """Return what a claim says of a model, or why that is not counted; None where it speaks of something else."""
    claim = task.source
    if not isinstance(claim, Claim) or task.asked is None or task.asked.model is not model:
        return None
    # A figure is what the document prints, with or without its words; all else that quotes nothing is our arithmetic.
    if not unquoted and claim.quote is None and not isinstance(claim.statement, PrintedFigure):
        return LeftOut(claim.id, "quotes nothing; --unquoted counts it")
    match task.excuse:
        case Waiver():
            return LeftOut(claim.id, "waived")
        case Erratum():
            if task.correction is None:
                return LeftOut(claim.id, "an erratum without a correction")
            return Word(claim.id, claim.location, task.excuse.correct_text, demand(task.correction), corrected=True)
        case None:
            return Word(claim.id, claim.location, claim.text, demand(task.asked))


def demand(asked: Asked) -> Expression:
    """Return a question as a condition: where its assumptions are met, what it asks."""
    question = asked.question
    if not question.assuming:
        return question.condition
    return Logic("or", (Not(conjunction(question.assuming)), question.condition))


def shown_ranges(ranges: Mapping[str, Values]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each range as text, with the symbols that have it, in their order."""
    by_text: dict[str, list[str]] = {}
    for name, values in ranges.items():
        by_text.setdefault(shown_values(values), []).append(name)
    yield from by_text.items()


def shown_values(values: Values) -> str:
    """Return values as a spec writes an axis, thousands separated."""
    if isinstance(values, range):
        step = f" step {values.step:,}" if values.step > 1 else ""
        return f"{values[0]:,}..{values[-1]:,}{step}"
    shown = ", ".join(f"{value:,}" for value in values[:4])
    return f"[{shown}{f', ... {values[-1]:,}' if len(values) > 4 else ''}]"
