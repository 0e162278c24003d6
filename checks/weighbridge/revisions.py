"""What a document was at an earlier revision of the project, as far as git knows."""

from __future__ import annotations

import subprocess
from pathlib import Path

from weighbridge.documents.coverage import Accounted, DocumentCoverage, changed
from weighbridge.documents.inventory import inventory
from weighbridge.documents.read import read_document
from weighbridge.errors import SpecErrors, UsageError, one_line


def changed_since(root: Path, parts: tuple[DocumentCoverage, ...], revision: str) -> tuple[Accounted, ...]:
    """Return the figures and formulas that were added or edited since a revision; in a new document that is all.

    Raises `UsageError` where git has no such revision, or the document was not readable then.
    """
    commit = commit_of(root, revision)
    found: list[Accounted] = []
    for part in parts:
        data = document_at(root, part.document, commit)
        try:
            before = inventory(read_document(part.document, data)) if data is not None else ()
        except SpecErrors as error:
            raise UsageError(f"--diff {revision}: {error.errors[0]}") from None
        found.extend(changed(part, before))
    return tuple(found)


def commit_of(root: Path, revision: str) -> str:
    """Return the commit that a revision names. Raises `UsageError`."""
    if git(root, "rev-parse", "--git-dir") is None:
        raise UsageError("--diff: the project is not in a git repository that can be read; leave out --diff")
    # A revision that begins with a dash would be taken for an option.
    commit = (
        None if revision.startswith("-") else git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    )
    if commit is None:
        raise UsageError(f"--diff: git knows no revision '{one_line(revision)}'; name a branch, tag or commit")
    return commit.decode().strip()


def document_at(root: Path, path: str, commit: str) -> bytes | None:
    """Return a document's bytes at a commit, None where it was not there; links are followed as they are now."""
    here = (root / path).resolve().relative_to(root.resolve()).as_posix()
    name = f"{commit}:./{here}"
    if git(root, "cat-file", "-e", name) is None:
        return None
    return git(root, "show", name)


def git(root: Path, *arguments: str) -> bytes | None:
    """Return what git prints, None where it fails. Raises `UsageError` where there is no git."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands; what a user names is never the first word
            ["git", "-C", str(root), *arguments],  # noqa: S607 - the git that the user would call
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, ValueError) as error:
        raise UsageError(f"--diff: git can not be run: {one_line(str(error)).lower()}") from None
    return done.stdout if done.returncode == 0 else None
