"""The alarm rings: whatever is changed in a claim of spec/, that claim fails; and published mistakes are refuted.

Changes are made in the text of a spec, found by tomli and by Python's own parser, which share nothing with the parser
and the printer of the package.
"""

from __future__ import annotations

import ast
import datetime
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tomli

from weighbridge.gate import stand
from weighbridge.judge import Options, judge
from weighbridge.spec.read import read_spec
from weighbridge.verdict import Counterexample, Holds, Refuted, Residual, Result

SPEC = Path(__file__).parents[1] / "spec"
#: Specs of the project's own documents; published ones build on architectures and tables: see test_published.py.
SPECS = sorted(SPEC.glob("*.toml"))
TODAY = datetime.date(2026, 1, 1)

#: Claims that no change can refute, and why they stand in a spec all the same. What is qualitative says so itself.
EXCUSED: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it stands in its file: `text` from its header to the next, `head` what the file declares before."""

    head: str
    text: str
    toml: dict[str, Any]

    @property
    def id(self) -> str:
        """The claim's id."""
        return str(self.toml["id"])

    def expressions(self) -> Iterator[tuple[str, bool]]:
        """Yield each expression that the claim rests on, and whether it is a condition."""
        erratum = self.toml.get("erratum", {})
        figure = "printed" in self.toml
        for key, value in (*self.toml.items(), *erratum.items()):
            if key in ("equals", "formula") or (key == "correct" and not figure and "formula" in self.toml):
                yield from ((each, False) for each in ([value] if isinstance(value, str) else value))
            elif key in ("asserts", "correct") and not figure:
                yield value, True

    def figures(self) -> Iterator[str]:
        """Yield each figure that the claim or its erratum prints."""
        erratum = self.toml.get("erratum", {})
        found = (self.toml.get("printed"), erratum.get("printed"), erratum.get("correct"))
        yield from (each for each in found if "printed" in self.toml and each)

    def replaced(self, old: str, new: str) -> Iterator[str]:
        """Yield the text with each of the values or items that are `old` in turn being `new`; quotes stay."""
        for match in re.finditer(rf"(?<=[\"'\n]){re.escape(old)}(?=[\"'])", self.text):
            (key,) = re.findall(r"^(\w+) = ", self.text[: match.start()], re.MULTILINE)[-1:]
            if key != "quote":
                yield self.text[: match.start()] + new + self.text[match.end() :]


def claims(path: Path) -> Iterator[Claim]:
    """Yield the claims of a spec, cut out of its text at the headers of its tables."""
    text = path.read_text("utf-8")
    head, *blocks = re.split(r"^(?=\[\[)", text, flags=re.MULTILINE)
    for block in blocks:
        if block.startswith("[[claim]]"):
            yield Claim(head, block, tomli.loads(block)["claim"][0])


def standings(claim: Claim, texts: Sequence[str]) -> list[set[str]]:
    """Return what the gate makes of each of these texts of a claim, at each of its models.

    They are decided in one spec under ids of their own, each by itself, so that what is declared is read once.
    """
    line = f'id = "{claim.id}"'
    renamed = [text.replace(line, f'id = "teeth-{number}"', 1) for number, text in enumerate(texts)]
    found: list[set[str]] = [set() for _ in texts]
    for result in decided(claim.head + "\n".join(renamed)):
        name = result.id.partition("/")[2].partition("@")[0]
        found[int(name.removeprefix("teeth-"))].add(stand(result, today=TODAY)[0])
    return found


def decided(text: str) -> tuple[Result, ...]:
    """Read a spec and decide it."""
    return judge(read_spec("spec/teeth.toml", text.encode()), {}, Options(engine="algebra", explain=False))


def other_digits(text: str) -> Iterator[str]:
    """Yield a figure with each of its digits replaced by another one, which differs from place to place."""
    for at, digit in enumerate(text):
        if digit.isdigit():
            other = (int(digit) + 1 + at % 9) % 10
            yield f"{text[:at]}{other}{text[at + 1 :]}"


def without_factors(text: str, *, is_condition: bool) -> Iterator[str]:
    """Yield an expression without each of the factors and divisors that an equality of it rests on, but for 1."""
    flat = " ".join(text.split())
    tree = ast.parse(flat, mode="eval").body
    for side in equal_sides(tree) if is_condition else [tree]:
        for node in ast.walk(side):
            if not (isinstance(node, ast.BinOp) and is_product(node)):
                continue
            before, behind = flat[: node.col_offset], flat[node.end_col_offset or len(flat) :]
            kept = [(node.left, node.right)] + ([(node.right, node.left)] if isinstance(node.op, ast.Mult) else [])
            for stays, goes in kept:
                if not (is_product(goes) or (isinstance(goes, ast.Constant) and goes.value == 1)):
                    yield f"{before}({ast.get_source_segment(flat, stays)}){behind}"


def is_product(node: ast.expr) -> bool:
    """Tell whether a node has factors of its own: of a * b * c, the factors are a, b and c."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)


def equal_sides(tree: ast.expr) -> Iterator[ast.expr]:
    """Yield both sides of every equality that a condition demands."""
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for value in tree.values:
            yield from equal_sides(value)
    elif isinstance(tree, ast.Compare):
        operands = [tree.left, *tree.comparators]
        sides = [each for place, op in enumerate(tree.ops) if isinstance(op, ast.Eq) for each in operands[place:][:2]]
        yield from dict.fromkeys(sides)


def turned_round(text: str) -> Iterator[str]:
    """Yield a condition with each of its comparisons turned into its opposite."""
    opposite = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "==": "!=", "!=": "=="}
    for match in re.finditer("[<>]=?|[=!]=", text):
        yield text[: match.start()] + opposite[match[0]] + text[match.end() :]


def longer_numbers(text: str) -> Iterator[str]:
    """Yield an expression with a digit changed in each of its figures: numbers of four digits or more."""
    for match in re.finditer(r"(?<![A-Za-z_])[0-9][0-9_]{3,}", text):
        for number in other_digits(match[0]):
            if number[0] != "0":
                yield text[: match.start()] + number + text[match.end() :]


def mutants(claim: Claim) -> Iterator[str]:
    """Yield the text of a claim with each change that it must not survive."""
    for figure in dict.fromkeys(claim.figures()):
        exact = re.fullmatch("[0-9,]+", figure)
        # A rounded figure may allow some changes of its last digits, but not of its first.
        for other in itertools.islice(other_digits(figure), None if exact else 1):
            yield from claim.replaced(figure, other)
    for expression, is_condition in dict.fromkeys(claim.expressions()):
        changed = [*without_factors(expression, is_condition=is_condition)]
        if not is_condition or "==" in expression:
            changed += longer_numbers(expression)
        if is_condition:
            changed += turned_round(expression)
        for other in changed:
            yield from claim.replaced(expression, other)


ALL = [pytest.param(claim, id=f"{path.stem}/{claim.id}") for path in SPECS for claim in claims(path)]


@pytest.mark.parametrize("claim", ALL)
def test_a_claim_fails_whatever_is_changed_in_it(claim: Claim) -> None:
    """Every digit of its exact figures, every factor of its equalities, one at a time; errata are pinned."""
    unchanged, *changed = texts = [claim.text, *mutants(claim)]
    assert unchanged not in changed
    standing, *found = standings(claim, texts)
    assert standing <= {"pass", "waived"}
    assert [text for text, each in zip(changed, found, strict=True) if each.isdisjoint({"fail", "unexpected"})] == []
    can_fail = bool(changed)
    assert can_fail != bool(claim.toml.get("qualitative") or EXCUSED.get(claim.id)), "no change can refute this claim"


def test_there_is_a_change_for_every_digit_and_factor_that_a_reader_sees() -> None:
    """Counted by hand in two claims of the GPT-3 spec, so that the changes above are those that are meant."""
    known = {claim.id: claim for claim in claims(SPEC / "gpt3-weights.toml")}
    # 11 digits are printed; pinned and corrected are 11 and 9 more; four quotients have a divisor; 128 * 12_288 * 96
    # has three factors and a number of 5 digits.
    assert len(list(mutants(known["attention.repeated"]))) == 11 + 11 + 9 + 4 + 3 + 5
    # The formula has four factors, and so have its pin, which has to say the same, and the correction.
    assert len(list(mutants(known["value.formula"]))) == 4 + 4 + 4


# --- Mistakes that were published -----------------------------------------------------------------------------

DECODER = """
[document]
title = "A decoder with tied embeddings"
cite = "{cite}"

[symbols]
n_layers = "layers"
width = "width of a layer"
n_vocab = "tokens"

[models.opt]
n_layers = 96
width = 12_288
n_vocab = 50_272

[tensors]
embedding = {{ shape = ["n_vocab", "width"] }}
attention = {{ shape = ["width", "width"], per = [4, "n_layers"] }}
up = {{ shape = ["4 * width", "width"], per = ["n_layers"] }}
down = {{ shape = ["width", "4 * width"], per = ["n_layers"] }}
attention_bias = {{ shape = ["width"], per = [4, "n_layers"], when = "vectors" }}
up_bias = {{ shape = ["4 * width"], per = ["n_layers"], when = "vectors" }}
down_bias = {{ shape = ["width"], per = ["n_layers"], when = "vectors" }}
norm_weight = {{ shape = ["width"], per = [2, "n_layers"], when = "vectors" }}
norm_bias = {{ shape = ["width"], per = [2, "n_layers"], when = "vectors" }}
final_norm_weight = {{ shape = ["width"], when = "final" }}
final_norm_bias = {{ shape = ["width"], when = "final" }}

[conventions]
vectors = true
final = true

[quantities]
norms = "norm_weight + norm_bias + final_norm_weight + final_norm_bias"

[grids.small]
n_layers = "1..4"
width = "1..4"
n_vocab = "1..4"

[[claim]]
id = "said"
{claim}
"""


def verdict_on(cite: str, claim: str) -> object:
    """Return what is decided of a claim about this decoder."""
    (result,) = decided(DECODER.format(cite=cite, claim=claim))
    return result.verdict


def test_layer_norms_that_are_counted_twice_are_refuted() -> None:
    """EleutherAI's calculator has 8Lh + 2h, "a mystery"; each of two norms a layer has a weight and a bias: 4Lh + 2h.

    With one layer of width 1 that is 10 against 6; no point is smaller.
    """
    cite = "github.com/EleutherAI/cookbook, calc/calc_transformer_params.py"
    said = verdict_on(cite, 'formula = "8 * n_layers * width + 2 * width"\nequals = "norms"\nover = "small"')
    assert isinstance(said, Refuted)
    assert said.witness == Counterexample({"n_layers": 1, "width": 1, "n_vocab": 1}, 10, 6)
    assert (said.violations, said.points) == (64, 64)
    right = 'formula = "4 * n_layers * width + 2 * width"\nequals = "norms"\nover = "small"'
    assert isinstance(verdict_on(cite, right), Holds)


def test_a_giga_that_is_a_gibi_is_refuted() -> None:
    """llm-analysis prints OPT-175B's matrices as "162.58 G": 174,563,917,824 in units of 2^30.

    96 layers of 12 matrices of 12,288 x 12,288 are 173,946,175,488, and 50,272 tokens of 12,288 are 617,742,336.
    """
    cite = "github.com/cli99/llm-analysis, tests/test_training.py"
    rest = 'equals = "inventory"\nconventions = { vectors = false, final = false }'
    said = verdict_on(cite, f'printed = "162.58 G"\n{rest}')
    assert isinstance(said, Refuted)
    assert said.witness == Residual(174_563_917_824, 174_563_917_824 - 162_580_000_000)
    assert isinstance(verdict_on(cite, f'printed = "162.58 Gi"\n{rest}'), Holds)


def test_a_vocabulary_inside_the_layers_bracket_is_refuted() -> None:
    """Megatron-LM's 12lh^2 (1 + 13/12h + V/12lh) without the l below V counts the vocabulary in every layer.

    With one layer that makes no difference; two layers of width 1 and one token are 2 * (12 + 13 + 1) = 52 against
    2 * 25 + 1 = 51. Three values of n_layers in four fail.
    """
    cite = "arXiv:2104.04473, section 2.2"
    rest = 'equals = "inventory"\nconventions = { final = false }\nover = "small"'
    said = verdict_on(cite, f'formula = "n_layers * width * (12 * width + 13 + n_vocab)"\n{rest}')
    assert isinstance(said, Refuted)
    assert said.witness == Counterexample({"n_layers": 2, "width": 1, "n_vocab": 1}, 52, 51)
    assert (said.violations, said.points) == (48, 64)
    as_published = "12 * n_layers * width ** 2 * (1 + 13 / (12 * width) + n_vocab / (12 * n_layers * width))"
    assert isinstance(verdict_on(cite, f'formula = "{as_published}"\n{rest}'), Holds)
