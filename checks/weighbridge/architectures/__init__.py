"""Which architectures are shipped, and their files: tensor inventories of models that people publish."""

from __future__ import annotations

from importlib.resources import files

SUFFIX = ".toml"


def shipped() -> tuple[str, ...]:
    """Return the names of the shipped architectures, in order."""
    names = (each.name for each in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)))


def source_of(name: str) -> bytes:
    """Return the TOML of a shipped architecture."""
    return files(__name__).joinpath(f"{name}{SUFFIX}").read_bytes()
