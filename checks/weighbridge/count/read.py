"""What is counted: a file by what it is, or an architecture with values from the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from weighbridge.artifacts.config import read_config
from weighbridge.artifacts.described import Described
from weighbridge.artifacts.gguf import MAGIC, read_gguf
from weighbridge.artifacts.keys import MAX_SIZE
from weighbridge.artifacts.packed import may_be_tied
from weighbridge.artifacts.safetensors import read_index, read_safetensors
from weighbridge.count.inventory import count_described, read_architecture
from weighbridge.count.stored import count_stored
from weighbridge.count.tree import Count
from weighbridge.errors import UsageError, WeighbridgeError, did_you_mean

CONFIG = "config.json"
#: What stands in a model's directory, the most telling first.
TOLD_BY = ("model.safetensors.index.json", "model.safetensors", CONFIG)
#: An index of 200,000 tensors has a quarter of this.
MAX_INDEX = 64 * 1024 * 1024
INTEGER = re.compile(r"[0-9][0-9_,]{0,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a file is to be counted: as which class, without which keys, and under which conventions."""

    as_class: str = ""
    ignored: tuple[str, ...] = ()
    conventions: Mapping[str, bool] | None = None


def count_file(path: Path, asked: Asked) -> Count:
    """Return the count of a config.json, a checkpoint, an index of checkpoints, or a directory that has one.

    Raises `SpecErrors` for what is wrong in a config, `UsageError` for anything else that can not be counted.
    """
    if path.is_dir():
        found = next((path / name for name in TOLD_BY if (path / name).is_file()), None)
        if found is None:
            raise UsageError(f"{path}: is a directory without {', '.join(TOLD_BY[:-1])} or {CONFIG}")
        path = found
    name = path.as_posix()
    head = beginning(path, name)
    if head.startswith(MAGIC) or path.suffix == ".gguf":
        return refuse_settings(asked, count_stored(read_gguf(path, name), source=name))
    if path.suffix == ".safetensors":
        checkpoint = read_safetensors(path, name)
    elif path.suffix == ".json" or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        data = whole(path, name)
        if b'"weight_map"' not in data:
            return count_config(name, data, asked)
        checkpoint = read_index(path, name, data)
    else:
        raise UsageError(f"{name}: is no config.json, .safetensors or .gguf file; pickled checkpoints are not read")
    described, note = config_beside(path) if may_be_tied(checkpoint) or (path.parent / CONFIG).is_file() else (None, ())
    tied = None if described is None else described.conventions.get("tied", False)
    counted = count_stored(checkpoint, source=name, tied=tied)
    notes = (*counted.notes, *note, *compared(described, counted))
    return refuse_settings(asked, replace(counted, notes=notes))


def refuse_settings(asked: Asked, count: Count) -> Count:
    """Return a checkpoint's count, which nothing but the file decides."""
    for flag, given in (("--as", asked.as_class), ("--convention", asked.conventions), ("--ignore", asked.ignored)):
        if given:
            raise UsageError(f"{flag} is for configs: a checkpoint holds what it holds")
    return count


def count_config(name: str, data: bytes, asked: Asked) -> Count:
    """Return the count of a config.json."""
    described = read_config(name, data, as_class=asked.as_class, ignored=asked.ignored)
    if asked.conventions:
        described = replace(described, conventions={**described.conventions, **asked.conventions})
    return count_described(described, source=name, kind="config")


def beginning(path: Path, name: str) -> bytes:
    """Return the first bytes of a file. Raises `UsageError` for what is none."""
    try:
        if not path.exists():
            near = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
            hint = did_you_mean(path.name, near)
            raise UsageError(f"{name}: there is no such file" + (f"; {hint}" if hint.startswith("did") else ""))
        if not path.is_file():
            raise UsageError(f"{name}: is no regular file")
        with path.open("rb") as file:
            return file.read(64)
    except OSError as error:
        raise UsageError(f"{name}: can not be read: {(error.strerror or str(error)).lower()}") from None


def whole(path: Path, name: str) -> bytes:
    """Return a JSON file's bytes, as far as it is not too large to be one of ours."""
    size = path.stat().st_size
    if size > MAX_INDEX:
        raise UsageError(f"{name}: has {size:,} bytes, expected at most {MAX_INDEX:,}")
    return path.read_bytes()


def config_beside(path: Path) -> tuple[Described | None, tuple[str, ...]]:
    """Return what the config.json beside a checkpoint describes, and what is to be said where it is not understood."""
    config = path.parent / CONFIG
    if not config.is_file():
        return None, (f"without a {CONFIG} beside it, a head that is a copy of the embedding can not be told",)
    try:
        return read_config(CONFIG, whole(config, CONFIG)), ()
    except WeighbridgeError as error:
        first = str(error).splitlines()[0]
        return None, (f"the config beside it is not understood, so that tied copies can not be told: {first}",)


def compared(described: Described | None, counted: Count) -> tuple[str, ...]:
    """Return how a checkpoint compares with the config beside it."""
    if described is None:
        return ()
    try:
        expected = count_described(described, source=CONFIG, kind="config").total
    except UsageError:
        return ()
    if expected == counted.total:
        return (f"the {CONFIG} beside it comes to the same",)
    difference = counted.total - expected
    word = "more" if difference > 0 else "less"
    return (
        f"the {CONFIG} beside it comes to {expected:,} ({described.described_as}): this is {abs(difference):,} {word}",
    )


def count_architecture(name: str, words: Iterable[str], conventions: Mapping[str, bool] | None = None) -> Count:
    """Return the count of a shipped architecture with values: SYMBOL=VALUE, CONVENTION=true|false, a model's name."""
    declared = read_architecture(name)
    space = declared.namespace
    values: dict[str, int] = {}
    settings: dict[str, bool] = {}
    models = {**declared.brought, **declared.models}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            if key not in models:
                raise UsageError(f"the architecture '{name}' has no model '{key}'; {did_you_mean(key, models)}")
            values |= models[key].values
            settings |= models[key].conventions
        elif key in space.symbols:
            if not INTEGER.fullmatch(text) or int(text.replace("_", "").replace(",", "")) > MAX_SIZE:
                raise UsageError(f"{key}: expected a whole number up to {MAX_SIZE:,}, found '{text}'")
            values[key] = int(text.replace("_", "").replace(",", ""))
        elif key in space.conventions:
            settings[key] = truth(key, text)
        else:
            known = (*space.symbols, *space.conventions)
            raise UsageError(f"there is no symbol or convention '{key}'; {did_you_mean(key, known)}")
    described = Described(architecture=name, symbols=values, conventions={**settings, **(conventions or {})})
    return count_described(described, source=f"--architecture {name}", kind="architecture")


def truth(key: str, text: str) -> bool:
    """Return what true and false say. Raises `UsageError` for another word."""
    if text not in ("true", "false"):
        raise UsageError(f"{key}: expected true or false, found '{text}'")
    return text == "true"
