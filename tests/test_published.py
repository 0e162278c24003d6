"""spec/published: every printed figure is claimed, counts agree with independent ones, the page is current."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace

from one_of_each import ONE_OF_EACH
from weighbridge import check, exit_code
from weighbridge.report.model import Report, Weighed
from weighbridge.report.to_published import to_published
from weighbridge.verdict import Errored, Holds, Refuted

ROOT = Path(__file__).parents[1]
SPECS = ROOT / "spec" / "published"
PRINTED = ROOT.parent / "shared" / "published"

#: The specs that claim what a file of printed figures lists.
SPECS_OF = {
    "bert_t5_roberta": ("bert", "t5_bart"),
    "formulas": ("formulas",),
    "gpt2": ("gpt2",),
    "gpt3": ("gpt3",),
    "llama_family": ("llama_family",),
    "mistral_mixtral": ("mistral_mixtral",),
    "palm_table1": ("palm",),
    "pythia": ("pythia",),
    "threeblue1brown": ("gpt3_tally",),
    "vit": ("vit",),
}
#: Printed figures that no claim is about, and why.
LEFT_OUT: dict[str, str] = {}
#: Formulas are printed in the letters of many: the claims that decide each row, one for each formula in it.
FORMULAS = {
    "formulas-001": ("kaplan.n", "kaplan.n-approximate", "kaplan.forward"),
    "formulas-002": ("kaplan.c", "kaplan.petaflop-day"),
    "formulas-003": (
        "chinchilla.c",
        "chinchilla.throughput",
        "chinchilla.forward",
        "chinchilla.backward",
        "chinchilla.d",
    ),
    "formulas-004": (
        "memory.int8",
        "memory.half",
        "memory.single",
        "memory.adamw",
        "memory.adamw-8bit",
        "memory.sgd",
        "memory.inference",
    ),
    "formulas-005": ("activations.all", "activations.selective", "activations.recomputed"),
    "formulas-006": ("megatron.p",),
    "formulas-007": ("megatron.f",),
    "formulas-008": ("palm.mfu",),
    "formulas-009": ("bigscience.total",),
    "formulas-010": ("kipply.p", "kipply.kv"),
    "formulas-011": ("cookbook.attention", "cookbook.norms", "cookbook.positions-always", "cookbook.embedding"),
    "formulas-012": ("gguf.estimate",),
    "formulas-013": ("survey.n",),
    "formulas-014": ("untied.n", "untied.gpt3"),
}
SYMBOLS = {
    "n_layers": "n_layers",
    "d_model": "d_model",
    "n_heads": "n_heads",
    "n_kv_heads": "n_kv_heads",
    "d_head": "d_head",
    "d_ff": "d_ff",
    "vocab": "n_vocab",
    "context": "n_ctx",
    "n_experts": "n_experts",
    "experts_per_token": "n_active_experts",
}
#: Hyperparameters of a row that the claim about it does not use, and why.
OTHER: dict[tuple[str, str], str] = {
    (f"bert_t5_roberta-{row:03}", "vocab"): "the paper's own 32,000 tokens; 32,128 are those of the padded checkpoints"
    for row in (13, 15, 17, 19, 21)
}
SCALES = {"": 0, "M": 6, "B": 9, "million": 6, "billion": 9}


@pytest.fixture(name="report", scope="module")
def decided() -> Report:
    return check(SPECS, engine="algebra")


def test_all_is_decided_and_what_does_not_hold_has_a_reason_and_a_correction_that_holds(report: Report) -> None:
    assert exit_code(report) == 0
    for each in report.results:
        if isinstance(each.result.verdict, Refuted):
            assert each.result.excuse is not None, each.result.id
            assert each.result.excuse.kind == "erratum"
            if each.result.excuse.correct:
                assert isinstance(each.result.excuse.correction, Holds), each.result.id


def test_no_reason_is_missing_and_no_correction_but_where_another_text_decides(report: Report) -> None:
    """An assertion that a copy agrees with its original is the one kind that has nothing to put in its place."""
    without = {each.result.id for each in report.results if each.result.excuse and not each.result.excuse.correct}
    assert {each for each in without if not re.search(r"gpt3/(copies|table-2\.1\.heads)", each)} == set()


def test_the_page_is_current(report: Report) -> None:
    """`make report` writes it anew."""
    page = (ROOT / "reports" / "published.md").read_text(encoding="utf-8")
    assert to_published(report) == page, "reports/published.md is out of date; run `make report`"


# What is printed ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A printed figure: what it is, and the hyperparameters printed with it."""

    file: str
    cells: Mapping[str, str]

    @property
    def id(self) -> str:
        """The name of the row in its file."""
        return self.cells["row_id"]

    def hyperparameters(self) -> Iterator[tuple[str, int]]:
        """Yield each that is printed; "6+6" layers are six in either half."""
        for column, symbol in SYMBOLS.items():
            text = self.cells[column]
            if text and (self.id, column) not in OTHER:
                yield symbol, int(text.partition("+")[0])


def rows() -> list[Row]:
    found: list[Row] = []
    for path in sorted(PRINTED.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [Row(path.stem, cells) for cells in csv.DictReader(file, delimiter="\t")]
    return found


def number(text: str) -> tuple[Fraction, int]:
    """Return a figure's digits as a number, and the power of ten of its scale."""
    match = re.fullmatch(r"([\d,]+(?:\.\d+)?)(?:e(\d+))? ?(\w*)", text)
    assert match, text
    return Fraction(match[1].replace(",", "")), int(match[2] or 0) + SCALES[match[3]]


def is_about(weighed: Weighed, row: Row, models: Mapping[str, Mapping[str, int]]) -> bool:
    """Tell whether a claim prints a row's figure, of a model with its hyperparameters, read as it was read."""
    result = weighed.result
    digits, scale = number(row.cells["stated_verbatim"])
    if not result.printed or number(result.printed)[0] != digits:
        return False
    if row.file != "palm_table1" and number(result.printed)[1] != scale:  # "in billions" stands above that column
        return False
    values = {**models.get(result.at, {}), **result.values}
    agree = all(values.get(symbol, value) == value for symbol, value in row.hyperparameters())
    return agree and row.cells["confidence"].split()[0] in result.note


WHERE_PRINTED = pytest.mark.skipif(not PRINTED.exists(), reason="the files of printed figures are not here")


@WHERE_PRINTED
def test_every_file_has_a_spec() -> None:
    assert {path.stem for path in PRINTED.glob("*.tsv")} == SPECS_OF.keys()
    assert {name for names in SPECS_OF.values() for name in names} == {path.stem for path in SPECS.glob("*.toml")}


@WHERE_PRINTED
def test_every_figure_is_claimed_under_its_own_hyperparameters(report: Report) -> None:
    """Each row has a claim of its own, so that a figure printed twice is claimed twice."""
    of = {spec.path.removeprefix("spec/published/").removesuffix(".toml"): spec for spec in report.specs}
    free: dict[str, list[Weighed]] = {}
    for each in report.results:
        free.setdefault(each.result.spec.removeprefix("spec/published/").removesuffix(".toml"), []).append(each)
    missing: list[str] = []
    for row in rows():
        if row.file == "formulas" or row.id in LEFT_OUT:
            continue
        for name in SPECS_OF[row.file]:
            found = next((each for each in free[name] if is_about(each, row, of[name].models)), None)
            if found is not None:
                free[name].remove(found)
                break
        else:
            missing.append(row.id)
    assert missing == []


@WHERE_PRINTED
def test_every_formula_is_claimed(report: Report) -> None:
    ids = {each.result.id.removeprefix("formulas/") for each in report.results}
    assert {row.id for row in rows() if row.file == "formulas"} == FORMULAS.keys()
    assert {name for names in FORMULAS.values() for name in names} <= ids


# Teeth ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.toml")), ids=lambda path: path.stem)
def test_an_exact_figure_with_its_last_digit_changed_is_refuted(path: Path, report: Report, tmp_path: Path) -> None:
    """All exact figures of a spec that hold, each changed where it stands."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    exact = [
        each.result
        for each in report.results
        if each.result.spec == f"spec/published/{path.name}" and isinstance(each.result.verdict, Holds)
        if re.fullmatch(r"[\d,]+", each.result.printed)
    ]
    for result in exact:
        last = result.printed[-1]
        for place in range(result.location.line - 1, len(lines)):
            start = result.location.column - 1 if place == result.location.line - 1 else 0
            at = lines[place].find(result.printed, start)
            if at >= 0:
                end = at + len(result.printed)
                lines[place] = f"{lines[place][: end - 1]}{(int(last) + 1) % 10}{lines[place][end:]}"
                break
    (tmp_path / path.name).write_text("".join(lines), encoding="utf-8")
    changed = {each.result.id: each for each in check(tmp_path / path.name, root=tmp_path, engine="algebra").results}
    assert [each.id for each in exact if not isinstance(changed[each.id].result.verdict, Refuted)] == []


# Independent counts ---------------------------------------------------------------------------------------------------


def linear(inputs: int, outputs: int, *, bias: bool) -> int:
    return sum(inputs for _ in range(outputs)) + (outputs if bias else 0)


def block(d: int, ff: int, *, q: int, kv: int, bias: bool, gated: bool) -> int:  # noqa: PLR0913 - a shape each
    """Return the weights of one layer without norms: attention with q and kv numbers a token, and its network."""
    attention = linear(d, q, bias=bias) + 2 * linear(d, kv, bias=bias) + linear(q, d, bias=bias)
    return attention + (2 if gated else 1) * linear(d, ff, bias=bias) + linear(ff, d, bias=bias)


def gpt(layers: int, d: int, tokens: int, positions: int, *, heads: int = 1, width: int = 0) -> int:  # noqa: PLR0913 - a size each
    """Return a GPT's parameters: `heads` tables of tokens, attention as wide as the model or of another width."""
    total = tokens * d * heads + positions * d
    for _ in range(layers):
        total += block(d, 4 * d, q=width or d, kv=width or d, bias=True, gated=False) + 2 * (d + d)
    return total + d + d


def llama(layers: int, d: int, ff: int, tokens: int, kv: int, *, tied: bool = False) -> int:  # noqa: PLR0913 - a size each
    total = tokens * d * (1 if tied else 2)
    for _ in range(layers):
        total += block(d, ff, q=d, kv=kv, bias=False, gated=True) + d + d
    return total + d


def mixtral(*, experts: int, layers: int = 32, d: int = 4_096, ff: int = 14_336, tokens: int = 32_000) -> int:
    total = 2 * tokens * d
    for _ in range(layers):
        total += 2 * d * d + 2 * d * 1_024 + 8 * d + 2 * d
        for _ in range(experts):
            total += 3 * d * ff
    return total + d


def palm(layers: int, d: int, heads: int, *, norms: bool = False) -> int:
    total = 256_000 * d + (d if norms else 0)
    for _ in range(layers):
        total += d * heads * 256 + 2 * d * 256 + heads * 256 * d + 3 * d * 4 * d + (d if norms else 0)
    return total


def pretrained_bert(layers: int, d: int) -> int:
    """Return BERT with its heads of pre-training: a dense layer, a norm and a bias for each token; two classes."""
    return bert(layers, d) + linear(d, d, bias=True) + 2 * d + 30_522 + linear(d, 2, bias=True)


def bert(layers: int, d: int, *, types: int = 2, pooler: bool = True) -> int:
    total = (30_522 + 512 + types) * d + 2 * d
    for _ in range(layers):
        total += block(d, 4 * d, q=d, kv=d, bias=True, gated=False) + 4 * d
    return total + (linear(d, d, bias=True) if pooler else 0)


def vit(layers: int, d: int, patch: int, *, classes: int = 0, hidden: bool = False) -> int:
    tokens = (224 // patch) ** 2 + 1
    total = linear(3 * patch * patch, d, bias=True) + d + tokens * d
    for _ in range(layers):
        total += block(d, 4 * d, q=d, kv=d, bias=True, gated=False) + 4 * d
    return (
        total + 2 * d + (linear(d, classes, bias=True) if classes else 0) + (linear(d, d, bias=True) if hidden else 0)
    )


def t5(layers: int, d: int, ff: int, heads: int, width: int, *, tokens: int = 32_128) -> int:  # noqa: PLR0913 - a size each
    inner = heads * width
    total = tokens * d + 2 * 32 * heads + 2 * d
    for _ in range(layers):
        total += block(d, ff, q=inner, kv=inner, bias=False, gated=False) + 2 * d
        total += block(d, ff, q=inner, kv=inner, bias=False, gated=False) + 4 * d * inner + 3 * d
    return total


def bart(layers: int, d: int) -> int:
    total = 50_265 * d + 2 * (1_026 * d + 2 * d)
    for _ in range(layers):
        total += 2 * block(d, 4 * d, q=d, kv=d, bias=True, gated=False) + 4 * d + 6 * d
        total += 4 * linear(d, d, bias=True)
    return total


COUNTS = {
    "gpt2/checkpoints.total@small": gpt(12, 768, 50_257, 1_024),
    "gpt2/checkpoints.total@xl": gpt(48, 1_600, 50_257, 1_024),
    "gpt3/table-2.1.n_params@gpt3-175b": gpt(96, 12_288, 50_257, 2_048),
    "gpt3/table-2.1.n_params@gpt-3-13b": gpt(40, 5_140, 50_257, 2_048),
    "pythia/models.total@pythia-12b": gpt(36, 5_120, 50_688, 0, heads=2),
    "llama/table-2.params@llama-65.2b": llama(80, 8_192, 22_016, 32_000, 8_192),
    "llama/checkpoints.parameters@llama-3.1-405b": llama(126, 16_384, 53_248, 128_256, 1_024),
    "llama/checkpoints.parameters@llama-3.2-1b": llama(16, 2_048, 8_192, 128_256, 512, tied=True),
    "llama/table-2-4.size@llama-2-70b": llama(80, 8_192, 22_016, 32_000, 1_024),
    "mistral-mixtral/mixtral.total": mixtral(experts=8),
    "mistral-mixtral/mixtral.active": mixtral(experts=2),
    "palm/table-1.parameters@palm-540b": palm(118, 18_432, 48),
    "bert/checkpoints.parameters@bert-large-uncased": bert(24, 1_024),
    "bert/checkpoints.parameters@distilbert": bert(6, 768, types=0, pooler=False),
    "vit/table-1.params@vit-large": vit(24, 1_024, 32, hidden=True),
    "vit/table-1.large-16": vit(24, 1_024, 16, hidden=True),
    "vit/lucid.huge": vit(32, 1_280, 16, classes=1_000),
    "t5-bart/t5.counted@t5-11b": t5(24, 1_024, 65_536, 128, 128),
    "t5-bart/bart.large": bart(12, 1_024),
}
#: What rounded figures stand for.
EXACT = {
    "bert/exact.exactly@bert-base-pretrained": pretrained_bert(12, 768),
    "bert/exact.exactly@bert-large-pretrained": pretrained_bert(24, 1_024),
    "gpt3/exact.exactly@gpt-3-small": gpt(12, 768, 50_257, 2_048),
    "gpt3/exact.exactly@gpt-3-medium": gpt(24, 1_024, 50_257, 2_048),
    "gpt3/exact.exactly@gpt-3-large": gpt(24, 1_536, 50_257, 2_048),
    "gpt3/exact.exactly@gpt-3-xl": gpt(24, 2_048, 50_257, 2_048),
    "gpt3/exact.exactly@gpt-3-2.7b": gpt(32, 2_560, 50_257, 2_048),
    "gpt3/exact.exactly@gpt-3-6.7b": gpt(32, 4_096, 50_257, 2_048),
    "gpt3/exact.exactly@gpt-3-13b": gpt(40, 5_140, 50_257, 2_048),
    "gpt3/exact.exactly@gpt3-175b": gpt(96, 12_288, 50_257, 2_048),
    "gpt3/exact.exactly@gpt-3-large-a-copy": gpt(24, 1_536, 50_257, 2_048),
    "gpt3/exact.exactly@gpt-3-xl-a-copy": gpt(24, 2_048, 50_257, 2_048),
    "gpt3/exact.exactly@gpt-3-13b-a-copy": gpt(40, 5_120, 50_257, 2_048),
    "gpt3/exact-of-heads.exactly@gpt-3-xl": gpt(24, 2_048, 50_257, 2_048, width=24 * 128),
    "gpt3/exact-of-heads.exactly@gpt-3-13b": gpt(40, 5_140, 50_257, 2_048, width=40 * 128),
    "gpt3/exact.flops": 6 * 300_000_000_000 * gpt(96, 12_288, 50_257, 2_048),
    "llama/exact.exactly@llama-6.7b": llama(32, 4_096, 11_008, 32_000, 4_096),
    "llama/exact.exactly@llama-13.0b": llama(40, 5_120, 13_824, 32_000, 5_120),
    "llama/exact.exactly@llama-32.5b": llama(60, 6_656, 17_920, 32_000, 6_656),
    "llama/exact.exactly@llama-65.2b": llama(80, 8_192, 22_016, 32_000, 8_192),
    "llama/exact.exactly@llama-3.2-1b": llama(16, 2_048, 8_192, 128_256, 512, tied=True),
    "llama/exact.exactly@llama-3.2-3b": llama(28, 3_072, 8_192, 128_256, 1_024, tied=True),
    "llama/exact.exactly@llama-2-7b": llama(32, 4_096, 11_008, 32_000, 4_096),
    "llama/exact.exactly@llama-2-13b": llama(40, 5_120, 13_824, 32_000, 5_120),
    "llama/exact.exactly@llama-2-70b": llama(80, 8_192, 22_016, 32_000, 1_024),
    "llama/exact.exactly@llama-2-70b-published": llama(80, 8_192, 28_672, 32_000, 1_024),
    "llama/exact.exactly@llama-3-7b": llama(32, 4_096, 14_336, 128_256, 1_024),
    "llama/exact.exactly@llama-3-70b": llama(80, 8_192, 28_672, 128_256, 1_024),
    "llama/exact.exactly@llama-3-405b": llama(126, 16_384, 53_248, 128_256, 1_024),
    "mistral-mixtral/exact.8x22b": mixtral(experts=8, layers=56, d=6_144, ff=16_384, tokens=32_768),
    "palm/exact.exactly@palm-8b": palm(32, 4_096, 16),
    "palm/exact.exactly@palm-62b": palm(64, 8_192, 32),
    "palm/exact.exactly@palm-540b": palm(118, 18_432, 48),
    "palm/exact.norms-counted": palm(118, 18_432, 48, norms=True),
    "pythia/exact.exactly@pythia-14m": gpt(6, 128, 50_304, 0, heads=2),
    "pythia/exact.exactly@pythia-31m": gpt(6, 256, 50_304, 0, heads=2),
    "pythia/exact.exactly@pythia-31m-padded": gpt(6, 256, 50_432, 0, heads=2),
    "t5-bart/exact.exactly@t5-small-paper": t5(6, 512, 2_048, 8, 64, tokens=32_000),
    "t5-bart/exact.exactly@t5-base-paper": t5(12, 768, 3_072, 12, 64, tokens=32_000),
    "t5-bart/exact.exactly@t5-large-paper": t5(24, 1_024, 4_096, 16, 64, tokens=32_000),
    "t5-bart/exact.exactly@t5-3b-paper": t5(24, 1_024, 16_384, 32, 128, tokens=32_000),
    "t5-bart/exact.exactly@t5-11b-paper": t5(24, 1_024, 65_536, 128, 128, tokens=32_000),
    "vit/exact.exactly@vit-base": vit(12, 768, 16, hidden=True),
    "vit/exact.exactly@vit-large": vit(24, 1_024, 32, hidden=True),
    "vit/exact.exactly@vit-huge": vit(32, 1_280, 14, hidden=True),
    "vit/exact.exactly@vit-large-16": vit(24, 1_024, 16, hidden=True),
}


@pytest.mark.parametrize(("claim", "count"), COUNTS.items(), ids=COUNTS)
def test_a_count_is_what_adding_up_a_layer_at_a_time_gives(claim: str, count: int, report: Report) -> None:
    (computed,) = {each.result.computed for each in report.results if each.result.id == claim}
    assert Fraction(computed) == count


def test_each_exact_count_behind_a_rounded_figure_is_printed_in_its_spec(report: Report) -> None:
    found = {each.result.id: each.result for each in report.results if "/exact" in each.result.id}
    assert {name: int(result.printed.replace(",", "")) for name, result in found.items()} == EXACT
    assert all(isinstance(result.verdict, Holds) for result in found.values())


@pytest.mark.parametrize(
    ("layers", "d", "printed"), [(12, 768, 117), (24, 1_024, 345), (36, 1_280, 762), (48, 1_600, 1_542)]
)
def test_the_retracted_sizes_of_gpt2_are_those_with_the_vocabulary_of_gpt1(layers: int, d: int, printed: int) -> None:
    assert math.floor(Fraction(gpt(layers, d, 40_478, 1_024), 10**6) + Fraction(1, 2)) == printed


@pytest.mark.parametrize("medium", [350, 175_000])
def test_no_conventions_make_up_for_the_two_sizes_of_gpt3_that_do_not_hold(medium: int) -> None:
    """Positions, biases and norms counted or not, one table of tokens or two."""
    layers, d, unit = (24, 1_024, 1) if medium == 350 else (96, 12_288, 100)
    for switches in range(16):
        positions, biases, norms, untied = (switches >> bit & 1 for bit in range(4))
        total = 50_257 * d * (1 + untied) + 2_048 * d * positions
        total += layers * (12 * d * d + 9 * d * biases + 4 * d * norms) + 2 * d * norms
        assert abs(Fraction(total, 10**6) - medium) > Fraction(unit, 2)


# The page -------------------------------------------------------------------------------------------------------------


def test_a_page_shows_every_result_once_in_its_document_and_counts_them() -> None:
    """Whatever became of a claim: also what the gate would stop."""
    page = to_published(ONE_OF_EACH)
    names = [each.result.id.partition("/")[2] for each in ONE_OF_EACH.results]
    tables = page[page.index("\n## The documents\n") :]
    for name in names:
        assert sum(f"`{name}`](" in line for line in tables.splitlines()) == names.count(name), name
    assert page.startswith(f"# Published counts, weighed\n\n{len(names)} claims: ")


def test_a_page_begins_with_what_does_not_hold_and_nothing_else() -> None:
    page = to_published(ONE_OF_EACH)
    head = page[: page.index("\n## The documents\n")]
    wrong = {
        each.result.id.partition("/")[2]
        for each in ONE_OF_EACH.results
        if isinstance(each.result.verdict, Refuted | Errored)
    }
    assert set(re.findall(r"^- \[`([^`]+)`\]\(", head, re.MULTILINE)) == wrong
    assert head.count("\n- ") == sum(each.result.id.partition("/")[2] in wrong for each in ONE_OF_EACH.results)


@pytest.mark.parametrize(
    "line",
    [
        # The reason begins with the count, which is not told twice.
        (
            "- [`sizes.parameters@small`](/spec/published/gpt2.toml#L46) says `117M = total`: 124,439,808; "
            "printed is what the 40,478 tokens of GPT-1 would give"
        ),
        # The reason does not name the count.
        (
            "- [`base.in-bart-notes`](/spec/published/bert.toml#L131) says `108,770,304 = total`: computed 109,482,240"
            "; 711,936 short: true without biases, norms and pooler"
        ),
        # One of two readings, and a formula, whose counterexample stands in the document's own table.
        (
            "- [`megatron.p-whole`](/spec/published/formulas.toml#L159) says `12 * n_layers * d_model ** 2 + 13 * "
            "n_layers * d_model + (n_vocab + n_ctx) * d_model = total`: 2 \\* d\\_model short: weight and bias of the "
            "last norm (the other reading: all parameters)"
        ),
    ],
)
def test_an_item_says_what_is_claimed_and_why_that_is_not_so(report: Report, line: str) -> None:
    assert re.sub("#L[0-9]+", "", line) in re.sub("#L[0-9]+", "", to_published(report)).splitlines()


def test_a_page_of_what_holds_lists_no_errors() -> None:
    holding = [each for each in ONE_OF_EACH.results if isinstance(each.result.verdict, Holds)]
    page = to_published(replace(ONE_OF_EACH, results=tuple(holding)))
    assert "## What does not hold" not in page
    assert page.count("Does not hold") == 0


def test_a_page_counts_no_claim_that_the_document_does_not_make_unless_it_fails() -> None:
    holds, fails = (
        next(each for each in ONE_OF_EACH.results if isinstance(each.result.verdict, kind)) for kind in (Holds, Refuted)
    )
    marked = [replace(each, result=replace(each.result, note="besides: counted here")) for each in (holds, fails)]
    page = to_published(replace(ONE_OF_EACH, results=tuple(marked)))
    assert page.startswith("# Published counts, weighed\n\n1 claim: 0 hold, 1 does not, in ")
    head, _, besides = page.partition("### Besides")
    assert "### Holds" not in head
    assert [line.endswith("| counted here |") for line in besides.splitlines() if line.startswith("| [")] == [True]


@pytest.mark.parametrize(
    ("cite", "shown"),
    [
        ("arXiv:2005.14165v4", "[arXiv:2005.14165v4](https://arxiv.org/abs/2005.14165v4); "),
        ("a book, https://example.org/a-b", "a book, <https://example.org/a-b>; "),
        ("https://example.org/<script>", "https:\u200b//example.org/\\<script\\>; "),
    ],
)
def test_a_citation_leads_to_its_addresses_and_nowhere_else(cite: str, shown: str) -> None:
    spec = replace(ONE_OF_EACH.specs[0], cite=cite)
    assert f"\n{shown}claims in " in to_published(replace(ONE_OF_EACH, specs=(spec,)))
