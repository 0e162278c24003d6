"""What the gate makes of a document that was edited: one character of a figure is enough, moved paragraphs are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from weighbridge.cli import main
from weighbridge.documents.bind import bind
from weighbridge.documents.read import read_document
from weighbridge.spec.read import read_spec

ROOT = Path(__file__).parents[1]
SPEC = read_spec("spec/gpt3-weights.toml", (ROOT / "spec" / "gpt3-weights.toml").read_bytes())
PATH = "spec/documents/gpt3-weights.md"
TEXT = (ROOT / PATH).read_text("utf-8")

#: Digits that are no figures: names of models, and the numbers of list items.
NAMES = re.compile(r"GPT-?3|^\s*\d+\. ", re.MULTILINE)
DIGITS = [
    match.start()
    for match in re.finditer(r"[0-9]", TEXT)
    if not any(name.start() <= match.start() < name.end() for name in NAMES.finditer(TEXT))
]


def states(text: str, *, encoding: str = "utf-8") -> dict[str, str]:
    """Return the anchor of every claim in an edited document."""
    binding = bind(read_document(PATH, text.encode(encoding)), SPEC)
    assert binding.errors == ()
    return {name: anchor.state for name, anchor in binding.anchors.items()}


FOUND = states(TEXT)


def test_every_quote_is_found_to_begin_with() -> None:
    assert set(FOUND.values()) == {"found"}
    assert len(DIGITS) > 100


@pytest.mark.parametrize("offset", DIGITS)
def test_a_digit_of_any_figure_can_not_be_changed_unnoticed(offset: int) -> None:
    """Some claim is then changed or gone, and the place of what is changed is the place of the edit."""
    other = str((int(TEXT[offset]) + 1) % 10)
    edited = TEXT[:offset] + other + TEXT[offset + 1 :]
    binding = bind(read_document(PATH, edited.encode()), SPEC)
    lost = {name: each for name, each in binding.anchors.items() if each.state in ("changed", "gone")}
    assert lost
    line, column = edited.count("\n", 0, offset) + 1, offset - edited.rfind("\n", 0, offset)
    for anchor in lost.values():
        if anchor.location is not None:
            assert anchor.location.line == line
            assert anchor.location.column <= column


def wrapped(text: str) -> str:
    """Return the text with its plain paragraphs on lines of a word or two; lists end where lines are not indented."""
    blocks = text.split("\n\n")
    plain = [re.sub(r"(?<=[a-z,]) (?=[a-z])", "\n", block) if block[:1].isalpha() else block for block in blocks]
    return "\n\n".join(plain)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace(r"\times", "×"),
        lambda text: text.replace(r"\times", r"\cdot"),
        lambda text: text.replace("96 layers", "96\u00a0layers").replace("175 billion", "175\u202fbillion"),
        wrapped,
        lambda text: text + "\n\nNothing else.\n",
    ],
    ids=["CRLF", "byte-order mark", "multiplication sign", "dot", "no-break spaces", "other lines", "more text"],
)
def test_how_it_is_typed_and_wrapped_changes_nothing(change: Callable[[str], str]) -> None:
    edited = change(TEXT)
    assert edited != TEXT
    assert states(edited) == FOUND


def test_moving_a_section_changes_no_anchor() -> None:
    """The last section goes before the one above it; every quote still stands under its own name."""
    start = TEXT.index("### Purpose")
    above = TEXT.rindex("### ", 0, start)
    moved = TEXT[:above] + TEXT[start:].rstrip("\n") + "\n\n" + TEXT[above:start].rstrip("\n") + "\n"
    assert moved != TEXT
    assert states(moved) == FOUND


def test_the_gate_tells_the_place_and_both_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / "spec" / "gpt3-weights.toml").write_bytes((ROOT / "spec" / "gpt3-weights.toml").read_bytes())
    (tmp_path / PATH).write_text(TEXT.replace("617,558,016", "617,558,017", 1), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--engine", "algebra", "--quiet"]) == 1
    line = capsys.readouterr().out.splitlines()[0]
    place = TEXT[: TEXT.index("617,558,016")]
    assert line.startswith(
        f"{PATH}:{place.count(chr(10)) + 1}:{len(place) - place.rfind(chr(10))}: changed[gpt3-weights/embedding.count] "
    )
    assert "the document now prints '617,558,017', computed 617,558,016; claimed at spec/gpt3-weights.toml:" in line
