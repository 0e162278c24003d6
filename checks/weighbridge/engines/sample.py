"""Whether a search finds values for which a condition is false: a counterexample, made as simple as it gets.

The only module that imports hypothesis. The search is random but seeded, so that two runs find the same. That it finds
nothing is no proof; how often it looked is part of the answer.
"""

from __future__ import annotations

import contextlib
import functools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from msgspec import Struct

from weighbridge.formula.exact import COMPARE, EvaluationError, PastLimit, number_of, numbers_of, truth_of
from weighbridge.formula.tree import Comparison, Expression, Logic, Number, walk
from weighbridge.spec.question import Question, Reduced, meets, reduced

#: What hyperparameters are in practice, besides all other integers.
REALISTIC = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 80, 96, 128, 256, 768, 1024, 2048, 4096, 12288, 50257)
#: So many values make an example of Hypothesis, which repeats more of them the more there are.
TOGETHER = 4
#: How many of the smallest values are drawn as often as all others: what is false is often false for one of them.
FEW = 8
#: How many integers beside those in a question are drawn, and for how many of its examples: one in so many.
NEAR, NEAR_SHARE = 60, 4


class Sample(Struct, frozen=True):
    """What a search found: how many examples met the assumptions, and the simplest for which it is not so.

    `unknown` is an example that can not be evaluated, with why.
    """

    examples: int
    seed: int
    counterexample: Mapping[str, int] | None = None
    unknown: Mapping[str, int] | None = None
    message: str = ""


class Found(Exception):  # noqa: N818 - it ends a search, and is what the search is for
    """An example for which the condition is false or has no value."""


@dataclass(slots=True)
class Probe:
    """One question under search: how many examples met its assumptions, and the last that answers it.

    `past` is the first whose values have too many bits, which is passed over, with what was said of it.
    """

    question: Question
    looser: Reduced = field(init=False)
    examples: int = 0
    past: tuple[Mapping[str, int], str] | None = None
    answer: Mapping[str, int] | None = None
    message: str = ""

    def __post_init__(self) -> None:
        self.looser = reduced(self.question)

    @property
    def near(self) -> Sequence[int]:
        """The integers that the question names and those beside them, where something may well change."""
        trees = (self.question.condition, *self.question.assuming)
        named = {int(node.value) for tree in trees for node in walk(tree) if isinstance(node, Number)}
        return sorted({value + beside for value in named for beside in (-1, 0, 1)})[:NEAR]

    @property
    def drawn(self) -> Mapping[str, int]:
        """The symbols whose values are drawn, with their minimums; the others follow from them."""
        return {name: least for name, least in self.question.minimums.items() if name not in self.looser.definitions}

    def fails(self, values: Mapping[str, int]) -> bool:
        """Tell whether the condition is false, or has no value, at a point that meets the assumptions; remember it."""
        point = {name: values[name] for name in self.question.minimums if name in values}
        try:
            for name, tree in self.looser.definitions.items():
                value = self.defined(name, tree, values)
                if value.denominator != 1 or value < self.question.minimums[name]:
                    return False
                point[name] = int(value)
            if not meets(self.question, point):
                return False
            true = truth_of(self.question.condition, point)
            self.examples += 1
            if true:
                return False
            self.message = ""
        except PastLimit as error:
            # There is a value, so that it is no answer: large ones are drawn that nobody asked for.
            self.past = self.past or (point, str(error))
            return False
        except EvaluationError as error:
            self.message = str(error)
        self.answer = {name: point[name] for name in self.question.minimums if name in point}
        return True

    def look(self, columns: Mapping[str, Sequence[int]], count: int) -> None:
        """Look at `count` points until one fails; where nothing is assumed, at all of them at once.

        `columns` has what each symbol that is drawn is at all of them.
        """
        if not self.question.assuming and self.holds_at_all(columns, count):
            self.examples = count
            return
        for row in zip(*columns.values(), strict=True) if columns else [()] * count:
            if self.fails(dict(zip(columns, row, strict=True))):
                return

    def holds_at_all(self, columns: Mapping[str, Sequence[int]], count: int) -> bool:
        """Tell whether a condition that compares numbers holds at all points; False as well where it is another."""
        try:
            return holds_at_all(self.question.condition, columns, count)
        except EvaluationError:
            return False

    def defined(self, name: str, tree: Expression, values: Mapping[str, int]) -> int | Fraction:
        """Return what a symbol follows as; its minimum where that has no value, which the assumptions then have not."""
        try:
            return number_of(tree, values)
        except EvaluationError:
            return self.question.minimums[name]


def sample(questions: Sequence[Question], *, examples: int, seed_value: int) -> list[Sample]:
    """Search all values that the symbols may be, small, realistic and without bound, for counterexamples.

    All questions look at the same values; each that they answer is then searched alone, for its simplest answer.
    """
    found: list[Sample] = []
    for question in questions:
        probe = Probe(question)
        probe.look(*columns_of(probe.drawn, probe.near, examples=examples, seed_value=seed_value))
        found.append(outcome(probe, examples=examples, seed_value=seed_value))
    return found


def columns_of(
    drawn: Mapping[str, int], near: Sequence[int], *, examples: int, seed_value: int
) -> tuple[dict[str, list[int]], int]:
    """Return what each of these symbols is at the points of a search, and how many there are; 1 without symbols.

    Values that were drawn once for all, and those of `near` for a share of the points, are combined anew for each
    symbol by its place, so that what a question looks at depends on itself alone, not on what else is asked.
    """
    columns: dict[str, list[int]] = {}
    for place, (name, least) in enumerate(drawn.items()):
        shuffle = random.Random(f"{seed_value} {place}")  # noqa: S311 - nothing is kept secret by it
        close = [value for value in near if value >= least]
        share = examples // NEAR_SHARE if close else 0
        column = shuffle.sample(values_for(least, examples, seed_value), examples - share)
        if share:
            column += shuffle.choices(close, k=share)
            shuffle.shuffle(column)
        columns[name] = column
    return columns, examples if columns else 1


@functools.lru_cache(maxsize=32)
def values_for(least: int, examples: int, seed_value: int) -> Sequence[int]:
    """Return values of at least `least`, no fewer than examples: those that are drawn for all, where they suffice."""
    found = [value for value in draw(0, examples, seed_value) if value >= least] if least >= 0 else []
    return found if len(found) >= examples else draw(least, examples, seed_value)


@functools.lru_cache(maxsize=32)
def draw(least: int, examples: int, seed_value: int) -> tuple[int, ...]:
    """Return `TOGETHER` times as many values of at least this as there are examples."""
    points: list[Mapping[str, int]] = []
    names = [str(place) for place in range(TOGETHER)]
    search(dict.fromkeys(names, least), points.append, examples=examples, seed_value=seed_value)
    return tuple(value for point in points for value in point.values())


def holds_at_all(condition: Expression, columns: Mapping[str, Sequence[int]], count: int) -> bool:
    """Tell whether comparisons, and what joins them by `and`, hold at `count` points at once; False for the rest.

    `columns` has what each symbol is at all of them. Raises `EvaluationError` where an operand has no value somewhere.
    """
    match condition:
        case Logic("and", operands):
            return all(holds_at_all(operand, columns, count) for operand in operands)
        case Comparison(operands, operators):
            values = [numbers_of(operand, columns, count) for operand in operands]
            links = zip(operators, values[:-1], values[1:], strict=True)
            return all(all(map(COMPARE[operator], left, right)) for operator, left, right in links)
        case _:
            return False


def outcome(probe: Probe, *, examples: int, seed_value: int) -> Sample:
    """Return what was found for one question, made as simple as it gets."""
    if probe.answer is None:
        if probe.past is not None and probe.examples == 0:
            return Sample(0, seed_value, unknown=probe.past[0], message=probe.past[1])
        return Sample(probe.examples, seed_value)
    alone = Probe(probe.question)

    def look(values: Mapping[str, int]) -> None:
        if alone.fails(values):
            raise Found

    # What is simplest is sooner found among fewer; what fails for the question's own integers alone needs those.
    with contextlib.suppress(Found):
        for near in ((), alone.near):
            search(alone.drawn, look, near=near, examples=examples, seed_value=seed_value)
    if alone.answer is None:
        make_simpler(alone, {name: probe.answer[name] for name in alone.drawn})
    simplest = probe if alone.answer is None else alone
    if simplest.message:
        return Sample(probe.examples, seed_value, unknown=simplest.answer, message=simplest.message)
    return Sample(probe.examples, seed_value, counterexample=simplest.answer)


def make_simpler(probe: Probe, values: Mapping[str, int]) -> None:
    """Look at one of the first few values of each symbol in turn, from an answer that is too rare to be drawn again."""
    for name, least in probe.drawn.items():
        for value in range(least, min(values[name], least + FEW)):
            if probe.fails({**values, name: value}):
                values = {**values, name: value}
                break


def search(
    drawn: Mapping[str, int],
    look: Callable[[Mapping[str, int]], None],
    *,
    near: Sequence[int] = (),
    examples: int,
    seed_value: int,
) -> None:
    """Look at examples of these symbols until `look` raises; the last that it then sees is the simplest."""

    @seed(seed_value)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=tuple(HealthCheck),
    )
    @given(st.fixed_dictionaries({name: values_from(least, near) for name, least in drawn.items()}))
    def run(values: Mapping[str, int]) -> None:
        look(values)

    with strangers_constants_left_out():
        run()


@contextlib.contextmanager
def strangers_constants_left_out() -> Iterator[None]:
    """Draw no numbers from the source of the modules that happen to be loaded, as Hypothesis does for tests of theirs.

    A search would find one thing from the command line and another in a test run. There is no setting for it; a
    version that keeps them elsewhere draws them again, and a test notices.
    """
    kept = getattr(providers, "_get_local_constants", None)
    if kept is None:
        yield
        return
    providers.CONSTANTS_CACHE.cache.clear()
    providers._get_local_constants = Constants  # noqa: SLF001
    try:
        yield
    finally:
        providers._get_local_constants = kept  # noqa: SLF001
        providers.CONSTANTS_CACHE.cache.clear()


def values_from(least: int, near: Sequence[int]) -> st.SearchStrategy[int]:
    """Return integers of at least this: any, the first few, realistic ones and those near; a simpler one is sought."""
    chosen = [[value for value in values if value >= least] for values in (REALISTIC, near)]
    any_value = st.integers(least) | st.integers(least, least + FEW - 1)
    return any_value | st.one_of([st.sampled_from(values) for values in chosen if values])
