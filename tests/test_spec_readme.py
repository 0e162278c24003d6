"""What spec/README.md shows reads as it says."""

from __future__ import annotations

import datetime
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from weighbridge.architectures import shipped, source_of
from weighbridge.errors import SpecErrors
from weighbridge.formula import parser
from weighbridge.formula.exact import evaluate
from weighbridge.formula.figures import read_figure
from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.spec.architectures import Library
from weighbridge.spec.ask import claim_questions
from weighbridge.spec.claims import ALL_KEYS, DEFAULTS
from weighbridge.spec.invariants import KEYS as INVARIANT_KEYS
from weighbridge.spec.question import AtPoint
from weighbridge.spec.read import read_spec
from weighbridge.spec.table_claims import CLAIM_KEYS
from weighbridge.spec.tables import KEYS
from weighbridge.verdict import word

PAGE = (Path(__file__).parents[1] / "spec" / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^Error: (?P<error>[^\n]+)\n\n)?^```toml\n(?P<toml>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A block of TOML, and the error that it is said to give."""

    toml: str
    error: str


SHIPPED = Library(shipped(), source_of)
EXAMPLES = [Example(match["toml"], match["error"] or "") for match in BLOCK.finditer(PAGE)]


def whole(example: Example) -> bytes:
    """Return the example as a spec: with the page's first spec behind it, so that its lines count from 1."""
    if re.search(r"^\[document\]", example.toml, re.MULTILINE):
        return example.toml.encode()
    return f"{example.toml}\n{EXAMPLES[0].toml}".encode()


def test_every_toml_block_of_the_page_is_an_example() -> None:
    assert len(EXAMPLES) == PAGE.count("```toml") >= 10
    assert [example.error != "" for example in EXAMPLES].count(True) == PAGE.count("\nError: ")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.toml.splitlines()[0])
def test_an_example_reads_without_errors_or_gives_exactly_the_error_shown(example: Example) -> None:
    if example.error:
        with pytest.raises(SpecErrors) as caught:
            read_spec("spec.toml", whole(example), library=SHIPPED)
        assert str(caught.value) == example.error
    else:
        read_spec("spec.toml", whole(example), library=SHIPPED)


def test_claims_about_models_hold_unless_the_page_says_that_they_are_wrong() -> None:
    asked = 0
    for example in EXAMPLES:
        if example.error:
            continue
        spec = read_spec("spec.toml", whole(example), library=SHIPPED)
        for claim in spec.claims:
            if claim.oracle is not None:  # which needs a file: see below
                continue
            for each in claim_questions(spec, claim):
                if isinstance(each.question.domain, AtPoint):
                    asked += 1
                    holds = evaluate(each.question.condition, each.question.domain.values)
                    assert holds == (claim.waiver is None), claim.id
    assert asked > 10


def test_claims_that_name_an_artifact_hold_beside_that_artifact(tmp_path: Path) -> None:
    (tmp_path / "gpt2").mkdir()
    shutil.copy(Path(__file__).parent / "examples" / "holds" / "gpt2" / "config.json", tmp_path / "gpt2")
    (example,) = (example for example in EXAMPLES if "\noracle = " in example.toml)
    (tmp_path / "spec.toml").write_bytes(whole(example))
    project = open_project(("spec.toml",), root=str(tmp_path), cwd=tmp_path)
    report = weigh(project, Options(engine="algebra"), today=datetime.date(2026, 11, 24))
    assert [(each.result.id, word(each.result.verdict)) for each in report.results] == [
        ("spec/total.count", "holds"),
        ("spec/non-embedding.count", "holds"),
    ]


@pytest.mark.parametrize("key", sorted({*ALL_KEYS, *DEFAULTS, *INVARIANT_KEYS, *KEYS, *CLAIM_KEYS}))
def test_every_key_has_an_example_or_a_sentence(key: str) -> None:
    written = re.search(rf"(?:^|\{{ |, |\[\[?claim\.|\[\[?table\.){key}(?: =|\])", PAGE, re.MULTILINE)
    assert written or f"`{key}" in PAGE


def test_the_grammar_on_the_page_is_the_one_that_is_read() -> None:
    grammar = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert grammar is not None
    rules = [line.strip() for line in (parser.__doc__ or "").splitlines() if " = " in line]
    assert grammar[1].splitlines() == rules
    assert len(rules) == 10


def test_the_intervals_on_the_page_are_those_of_the_rule() -> None:
    assert '`"175B"` is [174.5e9, 175.5e9)' in " ".join(PAGE.split())
    assert read_figure("175B").interval == "[174,500,000,000, 175,500,000,000)"
    assert '`"174B"` is [173.5e9, 174.5e9]' in " ".join(PAGE.split())
    assert read_figure("174B").interval == "[173,500,000,000, 174,500,000,000]"
