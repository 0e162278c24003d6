"""How each claim is decided: which engines are asked, what is replayed, and what is said when they disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.counting import ENGINES, MAX_POINTS, Engine, Grids, Limits, Progress, begin_counts
from weighbridge.engines.evaluate import evaluate_at, is_met_plainly, is_met_somewhere
from weighbridge.engines.prove import Disagreement, Proof, prove
from weighbridge.engines.sweep import Tally
from weighbridge.formula.exact import COMPARE, EvaluationError, Value, number_of, truth_of
from weighbridge.formula.printer import thousands
from weighbridge.formula.tree import Comparison, Expression, Logic
from weighbridge.results import Task, result, tasks
from weighbridge.spec.ask import Asked
from weighbridge.spec.model import Spec
from weighbridge.spec.question import Anywhere, AtPoint, GridPoint, OnGrid, Question, meets
from weighbridge.verdict import (
    Anchor,
    Counterexample,
    Errored,
    Evaluated,
    Exhausted,
    Holds,
    OverBudget,
    Proved,
    Refuted,
    Result,
    Sampled,
    Undecided,
    Vacuous,
    Verdict,
)
from weighbridge.visiting import Here, Visitor

if TYPE_CHECKING:
    from weighbridge.engines.sample import Sample

__all__ = ["ENGINES", "MAX_POINTS", "Engine", "Options", "Progress", "judge", "result_ids"]


class Options(Struct, frozen=True, kw_only=True):
    """How to decide: `threads` 0 means one for each core; `max_points` bounds every grid that is swept.

    `explain` says whether what is refuted is explained, which may take longer than to refute it.
    """

    engine: Engine = "auto"
    examples: int = 100
    seed: int = 0
    max_points: int = MAX_POINTS
    threads: int = 0
    explain: bool = True
    explain_excused: bool = True


def result_ids(spec: Spec) -> tuple[str, ...]:
    """Return the ids of all results of a spec, in their order."""
    return tuple(task.id for task in tasks(spec))


def judge(
    spec: Spec,
    anchors: Mapping[str, Anchor],
    options: Options,
    *,
    wanted: Callable[[str], bool] = lambda _: True,
) -> tuple[Result, ...]:
    """Decide the claims and invariants of a spec whose ids are wanted, in the order of the spec.

    Raises `InternalError` where the counter contradicts itself, `KeyboardInterrupt` when interrupted.
    """
    return begin(spec, anchors, options, wanted=wanted).results()


@dataclass(slots=True)
class Judging:
    """A spec of which all is decided but for the grids that are still being visited."""

    spec: Spec
    anchors: Mapping[str, Anchor]
    options: Options
    chosen: Sequence[Task]
    asked: Sequence[Asked]
    findings: Findings

    def results(self) -> tuple[Result, ...]:
        """Wait for the visits, and return what is decided. Raises as `judge` does."""
        self.findings.finish()
        decided = {id(each): decide(each, self.findings) for each in self.asked}
        results = [result(self.spec, task, decided, self.anchors.get(task.source.id)) for task in self.chosen]
        if self.options.explain:
            pairs = zip(self.chosen, results, strict=True)
            results = [
                told(self.spec, task, found) if task.excuse is None or self.options.explain_excused else found
                for task, found in pairs
            ]
        return tuple(results)


def begin(  # noqa: PLR0913 - what deciding a spec consists of
    spec: Spec,
    anchors: Mapping[str, Anchor],
    options: Options,
    *,
    wanted: Callable[[str], bool],
    visitor: Visitor | None = None,
    progress: Progress | None = None,
) -> Judging:
    """Begin to judge a spec, as `judge` does, whose grids are visited by `visitor`, meanwhile if it can.

    `progress` is told which grid is swept, how many points are done and how many there are.
    """
    chosen = [task for task in tasks(spec) if wanted(task.id)]
    asked = [each for task in chosen for each in (task.asked, task.correction) if each is not None]
    findings = begin_asking(asked, options, visitor=visitor, progress=progress)
    return Judging(spec, anchors, options, chosen, asked, findings)


def told(spec: Spec, task: Task, found: Result) -> Result:
    """Return a result with what explains it, where it is a refutation, and with how far off an estimate is."""
    if task.asked is not None and "about" in found.overrides and isinstance(found.verdict, Holds | Refuted):
        from weighbridge.explain.worst import worst_of  # noqa: PLC0415 - few claims are about right

        found = replace(found, worst=worst_of(task.asked.question))
    if task.asked is None or not isinstance(found.verdict, Refuted):
        return found
    from weighbridge.explain.why import explained  # noqa: PLC0415 - nothing is explained where all is well

    return replace(found, verdict=explained(spec, task.source, task.asked, found.verdict))


@dataclass(slots=True)
class Findings:
    """What the engines say of each question, by its `id`; of grids once the visits are finished."""

    many: Sequence[Asked]
    grids: Grids
    proofs: dict[int, Proof | Disagreement | None] = field(default_factory=dict)
    by_algebra: dict[int, Tally] = field(default_factory=dict)
    visited: dict[int, Tally] = field(default_factory=dict)
    over: dict[int, OverBudget] = field(default_factory=dict)
    samples: dict[int, Sample] = field(default_factory=dict)

    def finish(self) -> None:
        """Wait for the visits and take what they found."""
        self.grids.finish()
        self.by_algebra = {id(self.many[place]): tally for place, tally in self.grids.algebra.items()}
        self.visited = {id(self.many[place]): tally for place, tally in self.grids.visited.items()}
        self.over = {id(self.many[place]): over for place, over in self.grids.over.items()}


def begin_asking(
    asked: Sequence[Asked], options: Options, *, visitor: Visitor | None, progress: Progress | None
) -> Findings:
    """Ask every engine that has something to say: algebra first, then the counter, and the search while it counts."""
    many = [each for each in asked if not isinstance(each.question.domain, AtPoint)]
    limits = Limits(engine=options.engine, max_points=options.max_points, threads=options.threads)
    questions = [each.question for each in many]
    grids = begin_counts(questions, limits, visitor=visitor or Here(), progress=progress)
    findings = Findings(many, grids)
    for each in many:
        findings.proofs[id(each)] = prove(each.question) if options.engine != "sweep" else None
    search(many, options, findings)
    return findings


def ask_engines(asked: Sequence[Asked], options: Options) -> Findings:
    """Return what all engines say, here and now."""
    findings = begin_asking(asked, options, visitor=None, progress=None)
    findings.finish()
    return findings


def search(asked: Sequence[Asked], options: Options, findings: Findings) -> None:
    """Search for counterexamples to what is said of all values, in one go; algebra alone leaves out what it proved."""
    wide = [each for each in asked if isinstance(each.question.domain, Anywhere)]
    if options.engine == "algebra":
        wide = [each for each in wide if findings.proofs[id(each)] is None or not is_met_plainly(each.question)]
    if not wide:
        return
    from weighbridge.engines.sample import sample  # noqa: PLC0415 - hypothesis is imported when something is sampled

    found = sample([each.question for each in wide], examples=options.examples, seed_value=options.seed)
    findings.samples.update(zip(map(id, wide), found, strict=True))


def decide(asked: Asked, findings: Findings) -> Verdict:
    """Return the verdict on one question."""
    question = asked.question
    proof = findings.proofs.get(id(asked))
    if isinstance(proof, Disagreement):
        return Errored(proof.message, bug=True)
    match question.domain:
        case AtPoint(name, values):
            return at_point(asked, name, values)
        case OnGrid():
            return on_grid(asked, proof, findings)
        case Anywhere():
            return anywhere(question, proof, findings.samples.get(id(asked)))


def at_point(asked: Asked, name: str, values: Mapping[str, int]) -> Verdict:
    """Return the verdict on one model."""
    question = asked.question
    found = evaluate_at(question, values)
    point = {symbol: values[symbol] for symbol in question.minimums}
    if found.error:
        return Errored(found.error, point)
    if not found.inside:
        return Undecided(Vacuous())
    if found.true:
        return Holds(Evaluated(name))
    return Refuted(counterexample(question, point))


def on_grid(asked: Asked, proof: Proof | None, findings: Findings) -> Verdict:
    """Return the verdict on a grid, from what algebra shows and counts and from what the visits found."""
    question = asked.question
    counted, visited = findings.by_algebra.get(id(asked)), findings.visited.get(id(asked))
    if beyond := past_limit(question, [each.unknown for each in (counted, visited) if each is not None]):
        return beyond
    if counted is not None and visited is not None and (difference := disagreement(counted, visited)):
        return Errored(difference, bug=True)
    found = visited if counted is None else counted
    if found is None:
        over = findings.over.get(id(asked))
        return Undecided(over if over is not None else OverBudget(points_of(question), 0, "--engine auto"))
    if found.unknown is not None:
        return without_value(question, found.unknown, proof)
    if found.points == 0:
        return Undecided(Vacuous())
    how = "; ".join(dict.fromkeys(each.how for each in (counted, visited) if each is not None))
    if found.violations:
        return replayed(question, replace(found, how=how), proof)
    if proof is not None and not proof.of_grid:
        besides = f"; all {found.points:,} points {visited.how}" if visited is not None else ""
        return Holds(Proved(f"{proof.how}{besides}", proof.normal_form))
    return Holds(Exhausted(found.points, how))


def disagreement(counted: Tally, visited: Tally) -> str:
    """Return how algebra and the counter contradict each other; "" where they agree."""
    if counted.unknown is not None or visited.unknown is not None:
        pairs = {"smallest point without a value": (axes_of(counted.unknown), axes_of(visited.unknown))}
    else:
        pairs = {
            "points": (str(counted.points), str(visited.points)),
            "violations": (str(counted.violations), str(visited.violations)),
            "smallest counterexample": (axes_of(counted.first), axes_of(visited.first)),
        }
    different = {what: pair for what, pair in pairs.items() if pair[0] != pair[1]}
    return "; ".join(f"{what}: {one} by algebra, {other} by the counter" for what, (one, other) in different.items())


def past_limit(question: Question, points: Sequence[Mapping[str, int] | None]) -> Errored | None:
    """Return that one of these points has a value too large to compute: one road may need it where another does not."""
    for point in filter(None, points):
        found = evaluate_at(question, point)
        if found.past_limit:
            return Errored(f"{found.error}, at {shown(point)}", values_at(question, point))
    return None


def axes_of(point: GridPoint | None) -> str:
    """Return the axes' values at a point on one line."""
    return "none" if point is None else shown(point.axes)


def points_of(question: Question) -> int:
    """Return how many points a question's grid has."""
    return question.domain.grid.points if isinstance(question.domain, OnGrid) else 0


def without_value(question: Question, point: Mapping[str, int], proof: Proof | None) -> Errored:
    """Return that a point can not be evaluated, replayed by the reference evaluation."""
    found = evaluate_at(question, point)
    if not found.error or (proof is not None and is_asked(question, point)):
        return Errored(f"{shown(point)} was found to have no value", point, bug=True)
    return Errored(f"{found.error}, at {shown(point)}", values_at(question, point))


def is_asked(question: Question, point: Mapping[str, int]) -> bool:
    """Tell whether a point is shown to meet the assumptions: a proof is of the condition, not of what it rests on."""
    try:
        return meets(question, point)
    except EvaluationError:
        return False


def replayed(question: Question, found: Tally, proof: Proof | None) -> Verdict:
    """Return the refutation by a sweep, its counterexample replayed by the reference evaluation."""
    assert found.first is not None, "unreachable because there are violations"  # noqa: S101
    again = evaluate_at(question, found.first)
    if again.past_limit:
        return Errored(f"{again.error}, at {shown(found.first)}", values_at(question, found.first))
    if again.error or not again.inside or again.true or proof is not None:
        what = "was proved, and" if proof is not None else "was"
        return Errored(f"{what} refuted at {shown(found.first)}", dict(found.first), bug=True)
    witness = counterexample(question, values_at(question, found.first))
    return Refuted(witness, found.violations, found.points, found.how)


def anywhere(question: Question, proof: Proof | None, found: Sample | None) -> Verdict:
    """Return the verdict on all values: proved, or refuted by an example, or searched without finding one."""
    if found is None:
        assert proof is not None, "unreachable because what is not proved is sampled"  # noqa: S101
        return Holds(Proved(proof.how, proof.normal_form))
    if found.unknown is not None:
        again = evaluate_at(question, found.unknown)
        return Errored(f"{found.message}, at {shown(found.unknown)}", found.unknown, bug=not again.error)
    if found.counterexample is not None:
        again = evaluate_at(question, found.counterexample)
        if again.error or not again.inside or again.true or proof is not None:
            return Errored(
                f"refuted at {shown(found.counterexample)}, and not",
                found.counterexample,
                bug=True,
            )
        return Refuted(counterexample(question, found.counterexample))
    if found.examples == 0 and (proof is None or not is_met_somewhere(question)):
        return Undecided(Vacuous())
    if proof is not None:
        searched = f"no counterexample in {found.examples:,} samples, seed {found.seed}"
        return Holds(Proved(f"{proof.how}; {searched}", proof.normal_form))
    return Undecided(Sampled(found.examples, found.seed))


def values_at(question: Question, point: Mapping[str, int]) -> Mapping[str, int]:
    """Return the symbols of a question, or all of its grid, at a point, without those that have no value there."""
    found: dict[str, int] = {}
    for name in question.minimums:
        try:
            found[name] = point[name]
        except EvaluationError:
            continue
    return found


def shown(point: Mapping[str, int]) -> str:
    """Return a point on one line: d = 1, e = 2."""
    parts: list[str] = []
    for name in point:
        try:
            parts.append(f"{name} = {thousands(point[name])}")
        except EvaluationError:
            parts.append(f"{name} has no value")
    return ", ".join(parts)


def counterexample(question: Question, point: Mapping[str, int]) -> Counterexample:
    """Return a point with both sides of the first comparison that fails there."""
    left, right = failing(question.condition, point)
    return Counterexample(point, left, right)


def failing(condition: Expression, point: Mapping[str, int]) -> tuple[Value, Value]:
    """Return both sides of the first comparison of a conjunction that fails; false and true for another condition."""
    match condition:
        case Logic("and", operands):
            return failing(next(each for each in operands if not truth_of(each, point)), point)
        case Comparison(operands, operators):
            for operator, one, other in zip(operators, operands[:-1], operands[1:], strict=True):
                left, right = number_of(one, point), number_of(other, point)
                if not COMPARE[operator](left, right):
                    return left, right
        case _:
            pass
    return False, True
