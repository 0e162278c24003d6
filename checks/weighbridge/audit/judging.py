"""What becomes of each mutant: caught by a claim, the same as before by algebra, excused, or a survivor."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.audit.claim_mutants import PINS, claim_mutants
from weighbridge.audit.declaration_mutants import declaration_mutants
from weighbridge.audit.mutants import Mutant
from weighbridge.audit.places import Places
from weighbridge.audit.probes import Probes
from weighbridge.audit.sameness import Form, Forms, moved
from weighbridge.audit.uses import used_by
from weighbridge.audit.value_mutants import Reader, value_mutants
from weighbridge.engines.evaluate import evaluate_at
from weighbridge.engines.prove import equalities
from weighbridge.formula.exact import EvaluationError, number_of
from weighbridge.formula.printer import thousands, to_text
from weighbridge.formula.tree import Expression, free_names
from weighbridge.gate import stand
from weighbridge.judge import Options, judge
from weighbridge.results import Task, same_text, tasks
from weighbridge.spec.ask import Asked
from weighbridge.spec.claim_model import At, Claim, Invariant
from weighbridge.spec.model import Spec
from weighbridge.spec.question import AtPoint, OnGrid, Question
from weighbridge.verdict import Holds, OverBudget, Result, Undecided, Verdict

#: caught: something fails; equivalent: proved to be the same; excused: the one model can not tell, a grid claim can.
Fate: TypeAlias = Literal["caught", "equivalent", "excused", "survivor"]

#: Why no change of a claim is noticed that fails before it.
AS_IT_STANDS = "the claim fails as it stands"

OPTIONS = Options(engine="algebra", examples=25, explain=False)


class Judged(Struct, frozen=True, kw_only=True):
    """A mutant and what became of it; `why` names what caught or excuses it, or why nothing did."""

    mutant: Mutant
    fate: Fate
    why: str = ""


def judge_mutants(text: str, read: Reader, *, today: datetime.date) -> Iterator[Judged]:
    """Yield every mutant of a spec with what becomes of it, by algebra and evaluation alone.

    `text` is that of a spec without a mistake, and `read` makes a spec of it, its tables expanded. `today` (UTC) is
    what waivers expire by.
    """
    spec = read(text)
    bench = Bench(spec, today)
    yield from map(bench.judge, every_mutant(spec, Places(spec.path, text), read))


def every_mutant(spec: Spec, places: Places, read: Reader) -> Iterator[Mutant]:
    """Yield a spec with each change by itself."""
    yield from claim_mutants(spec, places)
    yield from declaration_mutants(spec, places)
    yield from value_mutants(spec, places, read)


@dataclass(slots=True)
class Bench:
    """A spec as it stands: what passes, what each claim rests on, and which expressions its grid claims fix."""

    spec: Spec
    today: datetime.date
    sources: dict[str, Claim | Invariant] = field(default_factory=dict)
    tasks: dict[str, list[Task]] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    rests: dict[str, frozenset[str]] = field(default_factory=dict)
    pinned: dict[Form, str] = field(default_factory=dict)
    probes: Probes = field(default_factory=Probes)
    forms: Forms = field(init=False)

    def __post_init__(self) -> None:
        self.forms = Forms(self.spec)
        everything: tuple[Claim | Invariant, ...] = (*self.spec.claims, *self.spec.invariants)
        self.sources = {each.id: each for each in everything}
        self.rests = {each.id: used_by(self.spec, each) for each in everything}
        decided = {each.id: each for each in judge(self.spec, {}, OPTIONS)}
        for task in tasks(self.spec):
            self.tasks.setdefault(task.source.id, []).append(task)
            if self.fails(decided[task.id]):
                self.failing.add(task.id)
            elif holds(decided[task.id]):
                self.pin(task)

    def fails(self, result: Result) -> bool:
        """Tell whether a result fails the gate for any other reason than that algebra alone does not decide it."""
        correction = result.excuse.correction if result.excuse else None
        if is_open(result.verdict) or is_open(correction):
            return False
        return stand(result, today=self.today)[0] in ("fail", "unexpected")

    def pin(self, task: Task) -> None:
        """Note what a claim says of a whole grid, or of all values, without assuming anything."""
        asked = task.correction or task.asked
        if asked is None or isinstance(asked.question.domain, AtPoint) or asked.question.assuming:
            return
        if isinstance(task.source, Claim):
            for side in (side for link in equalities(asked.question.condition) for side in link.operands):
                self.pinned.setdefault(self.forms.of(side), task.source.id)

    def judge(self, mutant: Mutant) -> Judged:
        """Return what becomes of a mutant; one that needs a symbol to which its model gives no value is never read."""
        if mutant.unread:
            return Judged(mutant=mutant, fate="caught", why=f"not read: {mutant.unread}")
        try:
            return self.judge_readable(mutant)
        except KeyError as missing:
            name = str(missing.args[0])
            if name not in self.spec.symbols:
                raise
            return Judged(mutant=mutant, fate="caught", why=f"no value is given for '{name}'")

    def judge_readable(self, mutant: Mutant) -> Judged:
        """Return what becomes of a mutant that can be read."""
        affected = self.affected(mutant)
        # From the quick to the slow: what one point shows, what a normal form shows, and all that algebra shows.
        caught = next((each for each in affected if self.notices_at_once(mutant.spec, each)), None)
        if caught is None and self.is_same(mutant):
            same = "every model has the same values" if mutant.kind == "value" else "the normal form is the same"
            return Judged(mutant=mutant, fate="equivalent", why=same)
        caught = caught or next((each for each in affected if self.notices(mutant.spec, each)), None)
        if caught is not None:
            return Judged(mutant=mutant, fate="caught", why=caught.id)
        if mutant.kind == "claim":
            why, excused = self.coincidence(mutant)
            return Judged(mutant=mutant, fate="excused" if excused else "survivor", why=why)
        return Judged(mutant=mutant, fate="survivor", why=self.why_unnoticed(mutant))

    def affected(self, mutant: Mutant) -> list[Claim | Invariant]:
        """Return what a mutant can make fail, changed where the mutant changes it, the most special first."""
        name = mutant.name
        match mutant.kind:
            case "claim":
                return [each for each in mutant.spec.claims if each.id in mutant.claims]
            case "value":
                found = [each for each in mutant.spec.claims if self.is_about(each, mutant.spec)]
                return sorted(found, key=lambda each: len(self.rests[each.id]))
            case "tensor" | "quantity" | "convention":
                using = [each for each in self.sources.values() if name in self.rests[each.id]]
                return sorted(using, key=lambda each: (isinstance(each, Invariant), len(self.rests[each.id])))

    def is_about(self, claim: Claim, changed: Spec) -> bool:
        """Tell whether a claim speaks of a model that has other values or conventions in a changed spec."""
        if not isinstance(claim.where, At):
            return False
        before = self.sources[claim.id]
        if claim.conventions != before.conventions:
            return True
        pairs = [(self.spec.models[name], changed.models[name]) for name in claim.where.models]
        return any(old.values != new.values or old.conventions != new.conventions for old, new in pairs)

    def notices_at_once(self, spec: Spec, source: Claim | Invariant) -> bool:
        """Tell whether a claim or invariant that stands now fails in this spec by its pin, or at a point that is tried.

        That is what the gate says of it, known without deciding the rest.
        """
        return any(self.fails_at_once(spec, task) for task in tasks(only(spec, source)) if task.id not in self.failing)

    def fails_at_once(self, spec: Spec, task: Task) -> bool:
        """Tell whether a task's pin no longer matches, it can not be asked, or a point refutes what must hold."""
        asked = task.asked
        if task.excuse is not None and isinstance(task.source, Claim):
            if not same_text(task.excuse.pin, task.source.text):
                return True
            asked = task.correction
        return asked is not None and (not can_be_asked(spec, asked) or self.refuted_by_probe(asked.question))

    def refuted_by_probe(self, question: Question) -> bool:
        """Tell whether a question is false at one of the points that are tried."""
        found = (evaluate_at(question, point) for point in self.probes.of(question))
        return any(each.inside and not each.true and not each.error for each in found)

    def notices(self, spec: Spec, source: Claim | Invariant) -> bool:
        """Tell whether a claim or invariant that stands now fails in this spec."""
        decided = judge(only(spec, source), {}, OPTIONS, wanted=lambda name: name not in self.failing)
        return any(map(self.fails, decided))

    def is_same(self, mutant: Mutant) -> bool:
        """Tell whether a mutant is proved to say what the spec said before."""
        match mutant.kind:
            case "claim":
                # A pin is no part of a question: one that changes leaves all questions as they were.
                return mutant.key not in PINS and all(
                    self.forms.same(before.question, after.question) for before, after in self.pairs(mutant)
                )
            case "tensor" | "quantity":
                return self.forms.same_name(mutant.spec, mutant.name, self.settings())
            case "value":
                return not self.affected(mutant) and values_of(mutant.spec) == values_of(self.spec)
            case "convention":
                return False

    def pairs(self, mutant: Mutant) -> Iterator[tuple[Asked, Asked]]:
        """Yield each question that must hold for the claims that change, before and after the change."""
        for changed in self.affected(mutant):
            for old, new in zip(self.tasks[changed.id], tasks(only(mutant.spec, changed)), strict=True):
                for one, other in ((old.asked, new.asked), (old.correction, new.correction)):
                    if one is not None and other is not None:
                        yield one, other

    def tasks_of(self, mutant: Mutant) -> list[Task]:
        """Return what there is to decide of the claims that a mutant changes."""
        return [task for name in mutant.claims for task in self.tasks[name]]

    def settings(self) -> list[Mapping[str, bool]]:
        """Return the settings of the conventions that the spec declares, and all under which something is asked."""
        found = [asked.conventions for each in self.tasks.values() for task in each if (asked := task.asked)]
        found.append(self.spec.conventions)
        return list({tuple(sorted(each.items())): each for each in found}.values())

    def coincidence(self, mutant: Mutant) -> tuple[str, bool]:
        """Return why a claim does not notice its own change, and whether a grid claim does so for it."""
        if any(task.id in self.failing for task in self.tasks_of(mutant)):
            return AS_IT_STANDS, False
        reasons: list[str] = []
        fixed = True
        for before, after in self.pairs(mutant):
            if before.question == after.question:
                continue
            sides = moved(before.question, after.question)
            if sides is None:
                return self.why_unnoticed(mutant), False
            for old, new in sides:
                form = self.forms.of(old)
                if (reason := alike(old, new, before.question)) is None:
                    return self.why_unnoticed(mutant), False
                by = self.pinned.get(form)
                fixed = fixed and by is not None
                fixes = f"{by} fixes it over a grid" if by else f"no claim over a grid fixes {readable(form)}"
                reasons.append(f"{reason}, and {fixes}")
        return "; ".join(dict.fromkeys(reasons)), fixed

    def why_unnoticed(self, mutant: Mutant) -> str:
        """Return why nothing notices a change, as far as that is known."""
        if not mutant.scored:
            return "what is rounded, or no equality, is true all the same"
        if mutant.kind == "claim":
            if any(task.excuse and task.correction is None for task in self.tasks_of(mutant)):
                return "the claim is excused, and its excuse says nothing that is decided instead"
            return "the claim holds all the same"
        found = self.affected(mutant)
        if not found:
            return f"no claim rests on {mutant.name}"
        names = ", ".join(each.id for each in found[:3])
        # A claim about a model speaks of some of its values only.
        who = "no claim about its model notices" if mutant.kind == "value" else "what rests on it does not notice"
        return f"{who}: {names}{', ...' if len(found) > 3 else ''}"


def only(spec: Spec, source: Claim | Invariant) -> Spec:
    """Return a spec with one claim or invariant."""
    if isinstance(source, Claim):
        return replace(spec, claims=(source,), invariants=())
    return replace(spec, claims=(), invariants=(source,))


def values_of(spec: Spec) -> dict[str, tuple[Mapping[str, int], Mapping[str, bool]]]:
    """Return the values and conventions of every model."""
    return {name: (model.values, model.conventions) for name, model in spec.models.items()}


def is_open(verdict: Verdict | None) -> bool:
    """Tell whether algebra alone leaves a verdict open."""
    return isinstance(verdict, Undecided) and isinstance(verdict.reason, OverBudget)


def holds(result: Result) -> bool:
    """Tell whether what a claim says, or its correction, holds."""
    return isinstance(result.excuse.correction if result.excuse else result.verdict, Holds)


def can_be_asked(spec: Spec, asked: Asked) -> bool:
    """Tell whether a grid has every symbol that a question needs; a spec where one lacks is not read at all."""
    domain = asked.question.domain
    if not isinstance(domain, OnGrid):
        return True
    given = {*(axis.symbol for axis in domain.grid.axes), *domain.grid.derived}
    needed: Iterable[str] = (
        name for tree in (asked.question.condition, *asked.question.assuming) for name in free_names(tree)
    )
    return all(name in given for name in needed if name in spec.symbols)


def readable(form: Form) -> str:
    """Return a form as a person would write it."""
    return form.replace("*", " * ").replace("^", " ** ") if isinstance(form, str) else to_text(form)


def alike(old: Expression, new: Expression, question: Question) -> str | None:
    """Return that two sides have one value at a model, None where they do not, or where it is not about one model."""
    if not isinstance(question.domain, AtPoint):
        return None
    values = question.domain.values
    try:
        value = number_of(old, values)
        if value != number_of(new, values):
            return None
    except EvaluationError:
        return None
    return f"both sides are {thousands(value)} in {question.domain.name}"
