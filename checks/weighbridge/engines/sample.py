"""Whether a search finds values for which a condition is false: a counterexample, made as simple as it gets.

The only module that imports hypothesis. The search is random but seeded, so that two runs find the same. That it finds
nothing is no proof; how often it looked is part of the answer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from weighbridge.formula.exact import EvaluationError, number_of, truth_of
from weighbridge.formula.tree import Expression
from weighbridge.spec.question import Question, Reduced, meets, reduced

#: What hyperparameters are in practice, besides all other integers.
REALISTIC = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 80, 96, 128, 256, 768, 1024, 2048, 4096, 12288, 50257)


@dataclass(frozen=True, slots=True)
class Sample:
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
    """One question under search: how many examples met its assumptions, and the last that answers it."""

    question: Question
    looser: Reduced = field(init=False)
    examples: int = 0
    answer: Mapping[str, int] | None = None
    message: str = ""

    def __post_init__(self) -> None:
        self.looser = reduced(self.question)

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
            self.examples += 1
            if truth_of(self.question.condition, point):
                return False
            self.message = ""
        except EvaluationError as error:
            self.message = str(error)
        self.answer = {name: point[name] for name in self.question.minimums if name in point}
        return True

    def defined(self, name: str, tree: Expression, values: Mapping[str, int]) -> int | Fraction:
        """Return what a symbol follows as; its minimum where that has no value, which the assumptions then have not."""
        try:
            return number_of(tree, values)
        except EvaluationError:
            return self.question.minimums[name]


def sample(questions: Sequence[Question], *, examples: int, seed_value: int) -> list[Sample]:
    """Search all values that the symbols may be, small, realistic and without bound, for counterexamples.

    One search looks at all questions at once; each that it answers is then searched alone, for its simplest answer.
    """
    probes = [Probe(question) for question in questions]
    together: dict[str, int] = {}
    for probe in probes:
        together.update(probe.drawn)

    def look(values: Mapping[str, int]) -> None:
        for probe in probes:
            if probe.answer is None:
                probe.fails(values)

    search(together, look, examples=examples, seed_value=seed_value)
    return [outcome(probe, examples=examples, seed_value=seed_value) for probe in probes]


def outcome(probe: Probe, *, examples: int, seed_value: int) -> Sample:
    """Return what was found for one question, made as simple as it gets."""
    if probe.answer is None:
        return Sample(probe.examples, seed_value)
    alone = Probe(probe.question)

    def look(values: Mapping[str, int]) -> None:
        if alone.fails(values):
            raise Found

    with contextlib.suppress(Found):
        search(alone.drawn, look, examples=examples, seed_value=seed_value)
    simplest = probe if alone.answer is None else alone
    if simplest.message:
        return Sample(probe.examples, seed_value, unknown=simplest.answer, message=simplest.message)
    return Sample(probe.examples, seed_value, counterexample=simplest.answer)


def search(
    drawn: Mapping[str, int], look: Callable[[Mapping[str, int]], None], *, examples: int, seed_value: int
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
    @given(st.fixed_dictionaries({name: values_from(least) for name, least in drawn.items()}))
    def run(values: Mapping[str, int]) -> None:
        look(values)

    run()


def values_from(least: int) -> st.SearchStrategy[int]:
    """Return integers of at least this, any and realistic ones; a simpler answer is sought among all of them."""
    return st.integers(min_value=least) | st.sampled_from([value for value in REALISTIC if value >= least])
