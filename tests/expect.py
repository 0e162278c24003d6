"""Compares what is printed with a file that a person has read; `pytest --update` writes the file anew, to be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Expect:
    """Holds texts against files; where `update`, the files are rewritten instead, and `git diff` shows what changed."""

    update: bool

    def __call__(self, path: Path, text: str) -> None:
        """Compare a text with a file's, character by character."""
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"{path} is missing; `pytest --update` writes it"
        assert text == path.read_bytes().decode(), f"{path} says something else; `pytest --update` rewrites it"
