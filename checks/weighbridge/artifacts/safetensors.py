"""Headers of .safetensors files, one or all that an index names: every tensor's shape, and never its values.

safetensors' own reader checks that a header is not too large, and agrees with the size of the file. It maps the file
and reads no more of it than the header; the few bytes in which some packed weights state their shapes are read too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any

from weighbridge.artifacts.held import Checkpoint, CheckpointError, Held, Opening, anything
from weighbridge.artifacts.keys import read_json
from weighbridge.errors import did_you_mean

#: Bits of one element of each type.
BITS = {
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}  # fmt: skip
#: Endings of tensors that say what shape a packed weight has: of bitsandbytes, and of compressed-tensors.
STATE, SHAPE = ".quant_state.bitsandbytes__", "weight_shape"
#: Bytes of the largest of those that is read.
MAX_NOTE = 4096
#: Letters of the longest name that a file can have.
MAX_NAME = 255
#: Files that an index may name; the largest published checkpoints have a few hundred.
MAX_SHARDS = 10_000


def read_safetensors(path: Path, name: str, *, opening: Opening = anything) -> Checkpoint:
    """Return what one file holds; `name` is what messages call it. Raises `CheckpointError`."""
    opening(path)
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - numpy comes with it

    tensors: dict[str, Held] = {}
    logical: dict[str, tuple[int, ...]] = {}
    try:
        with safe_open(path, framework="np") as file:
            for key in file.keys():  # noqa: SIM118 - the file is no mapping
                part = file.get_slice(key)
                shape, dtype = tuple(part.get_shape()), part.get_dtype()
                if dtype not in BITS:
                    raise CheckpointError(f"{name}: '{key}' is of the type {dtype}, which is not known here")
                size = -(-prod(shape) * BITS[dtype] // 8)
                tensors[key] = Held(name=key, shape=shape, dtype=dtype, bytes=size)
                if (STATE in key or key.endswith(SHAPE)) and size <= MAX_NOTE:
                    logical |= noted(key, file.get_tensor, name)
        refuse_twice(path, name, len(tensors))
    except SafetensorError as error:
        text = str(error).removeprefix("Error while deserializing header: ").partition(", expected one of")[0]
        raise CheckpointError(f"{name}: is no whole safetensors file: {text}") from None
    except OSError as error:
        raise CheckpointError(f"{name}: can not be read: {(error.strerror or str(error)).lower()}") from None
    return Checkpoint(kind="safetensors", tensors=tensors, logical=logical)


def refuse_twice(path: Path, name: str, listed: int) -> None:
    """Refuse a header that lists a tensor twice, of which safetensors' own reader takes the last."""
    with path.open("rb") as file:
        header = file.read(int.from_bytes(file.read(8), "little"))
    # Every tensor of the header has this key once; names and notes may have it too.
    if header.count(b'"data_offsets"') <= listed:
        return
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(sorted(key for key, times in Counter(key for key, _ in pairs).items() if times > 1))
        return dict(pairs)

    json.loads(header, object_pairs_hook=once)
    if twice:
        raise CheckpointError(f"{name}: lists '{twice[0]}' twice")


def noted(key: str, tensor: Callable[[str], Any], name: str) -> dict[str, tuple[int, ...]]:
    """Return the shape that a tensor states for the packed weight that it stands beside, by that weight's name."""
    values = tensor(key)
    try:
        if STATE in key:
            weight, found = key.partition(".quant_state.")[0], json.loads(values.tobytes())["shape"]
        else:
            weight, found = key.removesuffix("_shape"), values.tolist()
        shape = tuple(found)
        if shape and all(type(each) is int and each > 0 for each in shape):
            return {weight: shape}
    except (ValueError, KeyError, TypeError):
        pass
    raise CheckpointError(f"{name}: '{key}' does not say what shape its weight has")


def read_index(path: Path, name: str, data: bytes, *, opening: Opening = anything) -> Checkpoint:
    """Return what all files of an index hold together. Raises `CheckpointError`, and `SpecErrors` for what is no JSON.

    What the index says of the files must be what they hold: the same tensors, each in its file.
    """
    keys = read_json(name, data, noun="index")
    weights = keys.values.get("weight_map")
    if not isinstance(weights, dict) or not weights or not all(isinstance(each, str) for each in weights.values()):
        raise CheckpointError(f"{name}: 'weight_map' is missing or no object of file names")
    files = sorted(set(weights.values()))
    if len(files) > MAX_SHARDS:
        raise CheckpointError(f"{name}: names {len(files):,} files, expected at most {MAX_SHARDS:,}")
    for file in files:
        if Path(file).name != file or file in ("", ".", "..") or len(file) > MAX_NAME:
            shown = file if len(file) <= MAX_NAME else f"{file[:40]}..."
            raise CheckpointError(f"{name}: names the file '{shown}', which does not stand beside it")
        if not file.endswith(".safetensors"):
            raise CheckpointError(f"{name}: names the file '{file}'; pickled checkpoints are not read")
    absent = [file for file in files if not (path.parent / file).is_file()]
    if absent:
        more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        raise CheckpointError(f"{name}: '{absent[0]}'{more} is not there; the headers of all files are needed")
    tensors: dict[str, Held] = {}
    logical: dict[str, tuple[int, ...]] = {}
    for file in files:
        part = read_safetensors(path.parent / file, file, opening=opening)
        logical |= part.logical
        for key, held in part.tensors.items():
            if weights.get(key) != file:
                where = f"'{weights[key]}'" if key in weights else "no file"
                raise CheckpointError(f"{file}: holds '{key}', which the index has in {where}")
            tensors[key] = held
    lacking = [key for key in weights if key not in tensors]
    if lacking:
        raise CheckpointError(f"{name}: no file holds '{lacking[0]}'; {did_you_mean(lacking[0], tensors)}")
    return Checkpoint(
        kind="safetensors index", tensors=tensors, logical=logical, notes=tuple(disagreements(keys.values, tensors))
    )


def disagreements(values: Any, tensors: dict[str, Held]) -> list[str]:
    """Return where the index's own totals are not those of the files."""
    metadata = values.get("metadata")
    found: list[str] = []
    if isinstance(metadata, dict):
        held = {
            "total_size": sum(each.bytes for each in tensors.values()),
            "total_parameters": sum(each.elements for each in tensors.values()),
        }
        for key, number in held.items():
            said = metadata.get(key)
            if isinstance(said, int | float) and said != number:
                found.append(f"the index says {key} {said:,.0f}, the files hold {number:,}")
    return found
