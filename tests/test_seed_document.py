"""Our GPT-3 document says what the reference document says, in other words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli

from weighbridge.project import open_project

ROOT = Path(__file__).parents[1]
OURS = ROOT / "spec" / "documents" / "gpt3-weights.md"
SPEC = ROOT / "spec" / "gpt3-weights.toml"
REFERENCE = ROOT.parent / "shared" / "documents" / "gpt3-weights.md"

HEADING = re.compile(r"^#+ (.+?):?$", re.MULTILINE)
LEAD = re.compile(r"^ *(?:\d+\. |- )?\*\*([^*]+)\*\*:", re.MULTILINE)
BOLD = re.compile(r"\*\*[^*]+\*\*")
FORMULA = re.compile(r"\$.+?\$|\\\(.+?\\\)")
#: Figures that are not part of a name such as GPT-3; "175 billion" is one figure.
FIGURE = re.compile(r"(?<![\w-])\d[\d,]*\d(?: billion)?")
#: As many words in a row as two texts do not share by accident.
RUN = 5


@pytest.fixture(name="reference", scope="module")
def reference_text() -> str:
    if not REFERENCE.is_file():
        pytest.skip(f"the reference document is not here: {REFERENCE}")
    return REFERENCE.read_text(encoding="utf-8")


@pytest.fixture(name="ours", scope="module")
def our_text() -> str:
    return OURS.read_text(encoding="utf-8")


def runs_of_words(text: str) -> set[tuple[str, ...]]:
    """Return every run of RUN words within a line; headings, names in bold, formulas and figures are no prose."""
    prose = text
    for pattern in (HEADING, BOLD, FORMULA, FIGURE):
        prose = pattern.sub("\n", prose)
    lines = [re.findall(r"[a-z]+", line.lower()) for line in prose.splitlines()]
    return {tuple(words[start : start + RUN]) for words in lines for start in range(len(words) - RUN + 1)}


@pytest.mark.parametrize("pattern", [HEADING, LEAD, FORMULA, FIGURE], ids=["headings", "leads", "formulas", "figures"])
def test_both_documents_have_the_same_in_the_same_order(pattern: re.Pattern[str], ours: str, reference: str) -> None:
    found = pattern.findall(ours)
    assert found
    assert found == pattern.findall(reference)


def test_no_sentence_is_copied(ours: str, reference: str) -> None:
    assert runs_of_words(ours) & runs_of_words(reference) == set()


def test_our_document_has_the_figures_that_are_known() -> None:
    """The figures in order, as they stand in the reference document, so that this can be checked without it."""
    assert FIGURE.findall(OURS.read_text(encoding="utf-8")) == [
        "175,181,291,520",
        "617,558,016", "12,288", "50,257",
        "14,495,514,624", "96",
        "57,982,058,496",
        "617,558,016",
        "175,181,291,520",
        "12,288", "175 billion",
        "12,288", "12,288",
        "50,257",
        "12,288", "50,257", "617,558,016", "12,288",
    ]  # fmt: skip


def quotes() -> Iterator[tuple[str, str]]:
    spec = tomli.loads(SPEC.read_text(encoding="utf-8"))
    for claim in spec["claim"]:
        if "quote" in claim:
            yield claim["id"], claim["quote"]


@pytest.mark.parametrize(("claim", "quote"), list(quotes()))
def test_a_quote_is_a_figure_a_formula_or_a_name_and_stands_in_both_documents(
    claim: str, quote: str, ours: str, reference: str
) -> None:
    """No quote is a sentence, so the spec fits both documents."""
    assert quote in ours, claim
    assert quote in reference, claim
    assert "\\" in quote or len(quote.split()) <= 6, claim


@pytest.mark.parametrize("document", [OURS, REFERENCE], ids=["ours", "reference"])
def test_every_quote_of_the_spec_is_found_in_both_documents(document: Path, tmp_path: Path) -> None:
    """One spec fits both: each quote stands in the section, item or paragraph that `under` names."""
    if not document.is_file():
        pytest.skip(f"the reference document is not here: {document}")
    (tmp_path / "documents").mkdir()
    shutil.copy(document, tmp_path / "documents" / OURS.name)
    spec = shutil.copy(SPEC, tmp_path)
    (loaded,) = open_project([str(spec)], root=str(tmp_path)).loaded
    states = {claim: anchor.state for claim, anchor in loaded.binding.anchors.items()}
    assert states == {claim: "found" for claim, _ in quotes()}
