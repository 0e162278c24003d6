"""What `check --fix` makes of a spec whose document was rearranged: only `under` changes, and only where it must."""

from __future__ import annotations

from pathlib import Path

import pytest

from weighbridge.cli import main
from weighbridge.mending import mended
from weighbridge.spec.read import read_spec

DOCUMENT = """# Card

## Size

The model has 12 layers.

## Width

Each is 768 wide.

## More

### Details

- **Heads**: 6 of them.
"""
SPEC = """[document]
title = "Card"
path = "card.md"
[symbols]
n_layers = "layers"
width = "width"
n_heads = "heads"
[models.card]
n_layers = 12
width = 768
n_heads = 6

[[claim]]
id = "layers"   # said under Size
under = "Size"  # where it stands
quote = "12 layers"
printed = "12"
equals = "n_layers"

[[claim]]
id = "width"
under = [
    "Card", "Width",
]
quote = "768 wide"
printed = "768"
equals = "width"

[[claim]]
id = "heads"
under = 'Heads'
quote = "6 of them"
printed = "6"
equals = "n_heads"
"""


@pytest.fixture(name="project")
def a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set up a project whose document and spec agree, and stand in it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "card.md").write_text(DOCUMENT)
    (tmp_path / "spec" / "card.toml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_is_rewritten_where_nothing_has_moved(project: Path) -> None:
    assert main(["check", "--fix", "--engine", "algebra"]) == 0
    assert (project / "spec" / "card.toml").read_text() == SPEC


def test_what_has_moved_is_found_again_and_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Layers go below Width, width below the bold lead; each `under` then names the section it stands in now."""
    text = DOCUMENT.replace("The model has 12 layers.", "A few.").replace("Each is 768 wide.", "It has 12 layers.")
    (project / "spec" / "card.md").write_text(text.replace("6 of them.", "6 of them, each 768 wide."))
    assert main(["check", "--engine", "algebra"]) == 0
    capsys.readouterr()
    assert main(["check", "--fix", "--engine", "algebra"]) == 0
    assert capsys.readouterr().err == (
        'spec/card.toml:13:1: layers: under = "Width"\nspec/card.toml:20:1: width: under = "Heads"\n'
    )
    fixed = SPEC.replace('under = "Size"', 'under = "Width"').replace('[\n    "Card", "Width",\n]', '"Heads"')
    assert (project / "spec" / "card.toml").read_text() == fixed
    assert main(["check", "--fix", "--engine", "algebra"]) == 0
    assert capsys.readouterr().err == ""


def test_a_name_that_stands_twice_is_given_with_what_stands_around_it(project: Path) -> None:
    twice = DOCUMENT.replace("## Width\n", "## Width\n\n### Details\n").replace("The model has 12 layers.", "A few.")
    (project / "spec" / "card.md").write_text(twice.replace("- **Heads**: 6", "It has 12 layers.\n\n- **Heads**: 6"))
    assert main(["check", "--fix", "--engine", "algebra"]) == 0
    assert 'under = ["More", "Details"]' in (project / "spec" / "card.toml").read_text()


def test_a_claim_that_takes_under_from_the_defaults_gets_its_own() -> None:
    text = SPEC.replace('under = "Size"  # where it stands\n', "") + '\n[defaults]\nunder = "Card"\n'
    spec = read_spec("spec/card.toml", text.encode())
    new = mended(text, spec, {"layers": ('Odd "name"', "ünder \\ here")})
    line = 'under = ["Odd \\"name\\"", "ünder \\\\ here"]\nquote = "12 layers"\n'
    assert new.text == text.replace('quote = "12 layers"\n', line)
    assert read_spec("spec/card.toml", new.text.encode()).claims[0].quote != spec.claims[0].quote


def test_line_ends_stay_as_they_are() -> None:
    text = SPEC.replace("\n", "\r\n")
    spec = read_spec("spec/card.toml", text.encode())
    new = mended(text, spec, {"heads": ("Width",)})
    assert new.text == text.replace("'Heads'", '"Width"')
