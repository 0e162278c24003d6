"""The model cards of the examples with their configs, and what a draft makes of a card: for tests of drafts."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from weighbridge.architectures import shipped, source_of
from weighbridge.documents.read import read_document
from weighbridge.draft.asked import Asked
from weighbridge.draft.compose import Composer, Draft
from weighbridge.drafting import with_config
from weighbridge.spec.architectures import Library

CARDS = Path(__file__).parent / "examples" / "cards"
NAMES = ["gpt2-small", "llama2-7b", "mixtral", "pythia-70m", "gemma-2b"]
LIBRARY = Library(shipped(), source_of)


def composer(config: Path, card: bytes) -> Composer:
    asked = Asked(source=read_document("card.md", card), spec_path="spec/card.toml", document="../card.md")
    return Composer(with_config(asked, config), LIBRARY)


@cache
def drafted(name: str) -> Draft:
    """Return the draft of one of the cards."""
    return composer(CARDS / f"{name}.json", (CARDS / f"{name}.md").read_bytes()).draft()


def project_with(folder: Path, name: str) -> Path:
    """Make a project with a card and its config."""
    (folder / "pyproject.toml").touch()
    (folder / "spec").mkdir()
    shutil.copy(CARDS / f"{name}.md", folder / "card.md")
    shutil.copy(CARDS / f"{name}.json", folder / "config.json")
    return folder
