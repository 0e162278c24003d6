"""What is counted: a file by what it is, or an architecture with values from the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from weighbridge.artifacts.config import read_config
from weighbridge.artifacts.described import Described
from weighbridge.artifacts.gguf import MAGIC, read_gguf
from weighbridge.artifacts.held import Opening, anything
from weighbridge.artifacts.keys import FLAGS, MAX_SIZE
from weighbridge.artifacts.packed import may_be_tied
from weighbridge.artifacts.safetensors import read_index, read_safetensors
from weighbridge.count.inventory import count_described, read_architecture
from weighbridge.count.stored import count_stored
from weighbridge.count.tree import Count
from weighbridge.errors import UsageError, WeighbridgeError, did_you_mean

CONFIG = "config.json"
#: What stands in a model's directory, the most telling first.
TOLD_BY = ("model.safetensors.index.json", "model.safetensors", CONFIG)
#: What an index of checkpoints has, and a config has not.
INDEX = b'"weight_map"'
#: How a file begins that stands for one that has not been downloaded.
LFS = b"version https://git-lfs"
#: An index of 200,000 tensors has a quarter of this.
MAX_INDEX = 64 * 1024 * 1024
INTEGER = re.compile(r"[0-9][0-9_,]{0,30}")


class Asked(Struct, frozen=True, kw_only=True):
    """How a file is to be counted: as which class, without which keys, which part, and under which conventions.

    `says` has the words in which hints speak of these.
    """

    as_class: str = ""
    ignored: tuple[str, ...] = ()
    part: str = ""
    conventions: Mapping[str, bool] | None = None
    says: Mapping[str, str] = field(default_factory=lambda: FLAGS)


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
    if is_json(path, head) and INDEX not in (data := whole(path, name)):
        return count_config(name, data, asked)
    return refuse_settings(asked, count_checkpoint(path, name))


def count_checkpoint(path: Path, name: str, *, opening: Opening = anything) -> Count:
    """Return the count of a checkpoint, or of all that an index names; `name` is what messages call it.

    Raises `UsageError` for what can not be counted, and whatever `opening` raises for a file that may not be opened.
    """
    head = beginning(path, name)
    if head.startswith(MAGIC) or path.suffix == ".gguf":
        return count_stored(read_gguf(path, name, opening=opening), source=name)
    if path.suffix == ".safetensors":
        checkpoint = read_safetensors(path, name, opening=opening)
    elif is_json(path, head):
        data = whole(path, name)
        if INDEX not in data:
            raise UsageError(f"{name}: is no index of a checkpoint: it has no 'weight_map'")
        checkpoint = read_index(path, name, data, opening=opening)
    else:
        raise UsageError(f"{name}: is no config.json, .safetensors or .gguf file; pickled checkpoints are not read")
    copies = may_be_tied(checkpoint)
    described, note = config_beside(path, opening) if copies or (path.parent / CONFIG).is_file() else (None, ())
    tied = None if described is None else described.conventions.get("tied", False)
    counted = count_stored(checkpoint, source=name, tied=tied)
    notes = (*counted.notes, *note, *compared(described, counted))
    return replace(counted, notes=notes, doubts=note if copies else ())


def is_json(path: Path, head: bytes) -> bool:
    """Tell whether a file is meant as JSON: by its name, or by how it begins.

    A checkpoint may begin with any byte: that is a part of how long its header is.
    """
    if path.suffix in (".safetensors", ".gguf"):
        return False
    return path.suffix == ".json" or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def refuse_settings(asked: Asked, count: Count) -> Count:
    """Return a checkpoint's count, which nothing but the file decides."""
    settings = {
        "--as": asked.as_class, "--convention": asked.conventions, "--ignore": asked.ignored, "--part": asked.part,
    }  # fmt: skip
    for flag, given in settings.items():
        if given:
            raise UsageError(f"{flag} is for configs: a checkpoint holds what it holds")
    return count


def count_config(name: str, data: bytes, asked: Asked) -> Count:
    """Return the count of a config.json."""
    described = read_config(
        name,
        data,
        as_class=asked.as_class,
        ignored=asked.ignored,
        part=asked.part,
        settled=asked.conventions or (),
        says=asked.says,
    )
    if asked.conventions:
        described = replace(described, conventions={**described.conventions, **asked.conventions})
    return count_described(described, source=name, kind="config")


def beginning(path: Path, name: str) -> bytes:
    """Return the first bytes of a file. Raises `UsageError` for what is none."""
    try:
        if path.is_symlink() and not path.exists():
            raise UsageError(f"{name}: is a link to something that is not there")
        if not path.exists():
            near = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
            hint = did_you_mean(path.name, near)
            raise UsageError(f"{name}: there is no such file" + (f"; {hint}" if hint.startswith("did") else ""))
        if not path.is_file():
            raise UsageError(f"{name}: is no regular file")
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise UsageError(f"{name}: can not be read: {(error.strerror or str(error)).lower()}") from None
    if head.startswith(LFS):
        raise UsageError(f"{name}: is what Git LFS keeps in place of the file; 'git lfs pull' gets the file itself")
    return head


def whole(path: Path, name: str) -> bytes:
    """Return a JSON file's bytes, as far as it is not too large to be one of ours."""
    size = path.stat().st_size
    if size > MAX_INDEX:
        raise UsageError(f"{name}: has {size:,} bytes, expected at most {MAX_INDEX:,}")
    return path.read_bytes()


def config_beside(path: Path, opening: Opening) -> tuple[Described | None, tuple[str, ...]]:
    """Return what the config.json beside a checkpoint describes, and what is to be said where it is not understood."""
    config = path.parent / CONFIG
    if not config.is_file():
        return None, (f"without a {CONFIG} beside it, a head that is a copy of the embedding can not be told",)
    opening(config)
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
