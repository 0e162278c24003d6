"""README's example works as it is printed: its files are written, its commands are run, their output is compared."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WEIGHBRIDGE = Path(sys.executable).with_name("weighbridge")
SPEC = tomli.loads((ROOT / "spec" / "gpt3-weights.toml").read_text(encoding="utf-8"))

BLOCK = re.compile(r"^```(\w+) ?(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, what stands behind that on the fence, and its text."""

    language: str
    argument: str
    text: str


def blocks(text: str) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(text)]


BEFORE, _, STEPS = README.partition("## Add a claim")


def run(command: str, directory: Path) -> str:
    """Return what a command prints, and its exit code where that is not 0."""
    name, *arguments = command.split()
    assert name == "weighbridge"
    done = subprocess.run(
        [WEIGHBRIDGE, *arguments], cwd=directory, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    return done.stdout + done.stderr + (f"exit code {done.returncode}\n" if done.returncode else "")
