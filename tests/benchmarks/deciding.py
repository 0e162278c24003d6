"""How long the engines that do not visit every point take: the default engine, and proofs beside sympy and z3."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from benchmarks import provers, rivals
from benchmarks.book import Book, Sizes
from benchmarks.claims import Subject, benchmark_spec, identities, own_spec, subject
from benchmarks.measure import Ratio, Timing, figure, joined, seconds, timed
from weighbridge.counting import MAX_POINTS, Limits, count_grids
from weighbridge.engines.prove import Proof, prove
from weighbridge.judge import Options, judge
from weighbridge.spec.model import Spec
from weighbridge.spec.question import Question

OURS, FORM = "weighbridge", "weighbridge, the normal form alone"
SYMPY, Z3 = "sympy, expand", "z3"
DECIDING = "Deciding by all that the default engine asks; then the whole verdict"


def decided(subject: Subject) -> tuple[rivals.Count, Timing, str]:
    """Decide as the default engine does, by proof and by counting, and return by what."""
    limits = Limits(engine="auto", max_points=MAX_POINTS, threads=0)
    (proof, grids), timing = timed(lambda: (prove(subject.question), count_grids([subject.question], limits)))
    tally = grids.algebra[0] if 0 in grids.algebra else grids.visited[0]
    count = rivals.Count(tally.violations, rivals.number_of(subject, tally.first))
    return count, timing, "proved" if isinstance(proof, Proof) else tally.how


def judged(spec: Spec, subject: Subject) -> Timing:
    """Return how long the verdict takes, with the replay of a witness and what explains it."""
    return timed(lambda: judge(spec, {}, Options(), wanted=lambda name: name == f"{spec.id}/{subject.name}"))[1]


def large(book: Book, sizes: Sizes) -> None:
    """Measure what no one can visit: an identity over 10^18 points, orderings over 10^15."""
    spec = benchmark_spec(layers=1)
    rows, longest = [], {"huge": 0.0, "large": 0.0}
    for name in ("huge", "large.when", "large.attention", "large.both"):
        each = subject(spec, name)
        decided(each)
        timings, verdicts = [], []
        for _ in range(sizes.repetitions):
            count, taken, how = decided(each)
            timings.append(taken)
            verdicts.append(judged(spec, each))
        timing, whole = joined(timings), joined(verdicts)
        kind = name.partition(".")[0]
        longest[kind] = max(longest[kind], timing.median)
        rows.append((name, f"{each.grid.points:.3g}", f"{count.violations:.6g}", str(timing), str(whole), how))
    book.table(
        "Grids that no one visits",
        f"{DECIDING}, in a process that has started and has decided it before.",
        ("claim", "points", "violations", "decided in", "with replay and explanation", "how"),
        rows,
    )
    book.must("identity over 10^18 points: under 50 ms", seconds(longest["huge"]), reached=longest["huge"] < 0.05)
    book.must("orderings over 10^15 points: under 1 s", seconds(longest["large"]), reached=longest["large"] < 1)


def algebra(book: Book, sizes: Sizes) -> None:
    """Measure proofs of the seed's identities beside sympy and z3."""
    found: dict[str, dict[str, Timing]] = {}
    unproved: dict[str, list[str]] = {}
    left_out = []
    for name, question in identities(own_spec()).items():
        try:
            asks = askers(question)
        except provers.Unsuited:
            left_out.append(name)
            continue
        if not asks[OURS]():
            continue
        for who, ask in asks.items():
            proved, found.setdefault(who, {})[name] = timed(ask, 2 * sizes.repetitions)
            unproved.setdefault(who, []).extend([] if proved else [name])
    ours, rows, together = found[OURS], [], {}
    for who, theirs in found.items():
        each = [theirs[name].median / ours[name].median for name in ours]
        middle = Ratio(statistics.median(each), min(each), max(each))
        total = sum(timing.median for timing in theirs.values())
        together[who] = total / sum(timing.median for timing in ours.values())
        proved_all = f"all but {len(unproved[who])}" if unproved[who] else "all"
        rows.append((who, seconds(total), figure(together[who]), str(middle), proved_all))
    book.table(
        "Identities of the seed document",
        f"{len(ours)} identities that all can be asked; {len(left_out)} claims with remainders, quotients of symbols "
        "or orderings are left out. All begin with our tree of the expression. sympy's cache is empty each time; z3 "
        f"looks for integers that make a difference, for {provers.Z3_TIMEOUT // 1000} s at most. Ours is the normal "
        "form and, as a second proof, values by the reference evaluation on a grid that is large enough for the "
        "degrees.",
        ("by", "together", "times as long", "each: median (least to most)", "proved"),
        rows,
    )
    for who in (SYMPY, Z3):
        book.must(
            f"at least 10 times faster than {who} on the seed's identities",
            f"{figure(together[who])}; the normal form alone {figure(together[who] / together[FORM])}",
            reached=together[who] >= 10,
        )


def askers(question: Question) -> dict[str, Callable[[], bool]]:
    """Return what asks each whether an identity is true. Raises `Unsuited`."""
    return {
        OURS: lambda: isinstance(prove(question), Proof),
        FORM: provers.normal_form_prover(question),
        SYMPY: provers.sympy_prover(question, "expand"),
        "sympy, simplify": provers.sympy_prover(question, "simplify"),
        Z3: provers.z3_prover(question),
    }
