"""Which files a draft reads, and where it is written: to a new file, or to standard output."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from weighbridge.architectures import shipped
from weighbridge.artifacts.config import read_config
from weighbridge.configuration import find_root
from weighbridge.count.inventory import read_architecture, values_of
from weighbridge.count.read import beginning, whole
from weighbridge.documents.read import MAX_BYTES as MAX_DOCUMENT
from weighbridge.documents.read import read_document
from weighbridge.draft.asked import Asked
from weighbridge.draft.compose import Draft, compose
from weighbridge.errors import Unreadable, UsageError, did_you_mean
from weighbridge.project import DEFAULT, Reading
from weighbridge.spec.architectures import Library
from weighbridge.spec.read import MAX_BYTES

#: symbol=value, the value with separators as people write them.
SETTING = re.compile(r"(?P<symbol>[^\W\d]\w*)=(?P<value>[0-9][0-9_,]*)")


def draft_of(  # noqa: PLR0913 - what a command line says
    document: str,
    *,
    architecture: str = "",
    settings: Sequence[str] = (),
    config: str = "",
    out: str | None = None,
    root: str | None = None,
) -> tuple[Draft, Path | None]:
    """Return a draft for a document, and the file that it belongs into (None: standard output).

    `settings` are symbol=value, or the name of a model that the architecture brings; a `config` says all that itself.
    Raises `UsageError`, and `SpecErrors` for an architecture or a config with mistakes.
    """
    if config and (architecture or settings):
        flag = "--architecture" if architecture else "--model"
        raise UsageError(f"{flag} and --config answer one question: the config says what the model is; leave out one")
    if not document:
        example = f"weighbridge draft --config {config} MODEL_CARD.md" if config else "weighbridge draft README.md"
        raise UsageError(f"draft: expected the document that a spec is for: {example}")
    here = Path.cwd()
    top = Path(root).resolve() if root else find_root(here / document, here)
    if not top.is_dir():
        raise UsageError(f"--root: there is no directory '{root}'")
    reading = Reading(top, MAX_BYTES)
    path = Path(os.path.normpath(here / document))
    spec = Path(os.path.normpath(here / out)) if out else top / DEFAULT / f"{path.stem}.toml"
    if out:
        check_out(spec, out, top)
    try:
        source = read_document(reading.name(path), reading.read(path, MAX_DOCUMENT))
    except Unreadable as why:
        raise UsageError(f"{document}: {why}") from None
    like, given = read_settings(settings)
    asked = Asked(
        source=source,
        spec_path=reading.name(spec),
        document=relative(reading.inside(path), spec),
        architecture=named(architecture, here, spec),
        like=like,
        given=given,
    )
    if config:
        asked = with_config(asked, Path(config))
    return compose(asked, Library(shipped(), reading.architecture)), spec if out else None


def with_config(asked: Asked, path: Path) -> Asked:
    """Return what is asked for with what a config.json says. Raises `UsageError`, `SpecErrors`."""
    name = path.as_posix()
    beginning(path, name)
    data = whole(path, name)
    described, per_value = read_config(name, data), bytes_of(data)
    stored = {"bytes_per_value": per_value} if per_value else {}
    return replace(
        asked,
        architecture=described.architecture,
        described=described,
        values=values_of(read_architecture(described.architecture), {**described.symbols, **stored}),
        config=path.name if path.is_absolute() else name,
        per_value=per_value,
    )


def bytes_of(data: bytes) -> int:
    """Return the bytes of a number in the format that a config says its weights have, 0 where it says none."""
    keys = json.loads(data)
    named = str(keys.get("torch_dtype") or keys.get("dtype") or "").removeprefix("torch.")
    return {"float32": 4, "float16": 2, "bfloat16": 2}.get(named, 0)


def check_out(spec: Path, out: str, top: Path) -> None:
    """Refuse a place where a spec can not stand, or where something stands already."""
    if spec.exists():
        raise UsageError(f"--out: '{out}' is there already, and a draft never overwrites; name a file that is not")
    if spec.suffix != ".toml":
        raise UsageError(f"--out: '{out}' is no spec; expected a name that ends in .toml")
    if not spec.parent.is_dir():
        raise UsageError(f"--out: there is no directory '{Path(out).parent}'")
    if not spec.parent.resolve().is_relative_to(top):
        raise UsageError(f"--out: '{out}' is outside the project; --root DIR sets another")


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there. Raises `UsageError` where it is, or can not be written."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"--out: '{path.name}' is there already, and a draft never overwrites") from None
    except OSError as error:
        raise UsageError(f"--out: can not be written: {(error.strerror or str(error)).lower()}") from None


def read_settings(settings: Sequence[str]) -> tuple[str, dict[str, int]]:
    """Return the model that is named, "" for none, and the values that are given to symbols."""
    like, given = "", dict[str, int]()
    for setting in settings:
        match = SETTING.fullmatch(setting)
        if match is None and "=" in setting:
            raise UsageError(f"--model: '{setting}' is no symbol=value with a positive integer, such as n_layers=12")
        if match is None:
            if like:
                raise UsageError(f"--model: names two models, '{like}' and '{setting}'")
            like = setting
            continue
        value = int(re.sub(r"\D", "", match["value"])[:40])
        if value < 1:
            raise UsageError(f"--model: '{setting}': a symbol is at least 1")
        if match["symbol"] in given:
            raise UsageError(f"--model: gives '{match['symbol']}' twice")
        given[match["symbol"]] = value
    return like, given


def named(architecture: str, here: Path, spec: Path) -> str:
    """Return an architecture as the spec names it: a path is relative to the spec, not to where the command runs."""
    if "/" in architecture or architecture.endswith(".toml"):
        return relative(here / architecture, spec)
    if architecture and architecture not in shipped():
        raise UsageError(f"--architecture: there is no '{architecture}'; {did_you_mean(architecture, shipped())}")
    return architecture


def relative(path: Path, spec: Path) -> str:
    """Return a path relative to where a spec stands, with / between its parts."""
    return Path(os.path.relpath(path.resolve(), spec.parent.resolve())).as_posix()
