"""Headers of GGUF files, one or all parts of a split one: every tensor's shape and type, and never its values.

The format is that of github.com/ggml-org/ggml/blob/master/docs/gguf.md. The package `gguf` reads it too, but makes
objects of each of a vocabulary's 128,000 tokens: ten seconds and half a gigabyte for a header of 9 MB.
"""

from __future__ import annotations

import mmap
import re
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path

from weighbridge.artifacts.held import Checkpoint, CheckpointError, Held, Opening, anything

MAGIC = b"GGUF"
VERSIONS = (2, 3)
#: By the number of each type: its name, how many values a block of it has, and how many bytes.
TYPES = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36), 41: ("Q1_0", 128, 18),
}  # fmt: skip
#: By the number of each type of metadata: how many bytes it has. Strings and arrays say how long they are.
SCALARS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
INTEGERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 10: "Q", 11: "q"}
STRING, ARRAY = 8, 9
#: Bytes of the longest header: that of a vocabulary of a million tokens has a third of it.
MAX_HEADER = 64 * 1024 * 1024
MAX_DIMENSIONS = 8
MAX_NESTING = 4
MAX_TENSORS = 1_000_000
#: What the parts of a split file are called.
PART = re.compile(r"(?P<stem>.*)-(?P<part>[0-9]{5})-of-(?P<parts>[0-9]{5})\.gguf")


@dataclass(slots=True)
class Cursor:
    """Reads numbers and strings one after another, and stops where a header ends before it should."""

    data: mmap.mmap | bytes
    name: str
    order: str = "<"
    at: int = 0

    def skip(self, count: int) -> int:
        """Go on by so many bytes, and return where they begin."""
        start, self.at = self.at, self.at + count
        if self.at > len(self.data):
            raise CheckpointError(
                f"{self.name}: the header ends in the middle of something, at byte {len(self.data):,}"
            )
        if self.at > MAX_HEADER:
            raise CheckpointError(f"{self.name}: the header is longer than {MAX_HEADER:,} bytes")
        return start

    def number(self, code: str) -> int:
        """Return the next integer, of a type in struct's letters."""
        start = self.skip(struct.calcsize(f"={code}"))
        value: int = struct.unpack_from(f"{self.order}{code}", self.data, start)[0]
        return value

    def string(self) -> str:
        """Return the next string."""
        length = self.number("Q")
        start = self.skip(length)
        return self.data[start : start + length].decode("utf-8", "backslashreplace")

    def value(self, kind: int, depth: int = 0) -> int | None:
        """Pass over the next value, and return it where it is an integer."""
        if kind in INTEGERS:
            return self.number(INTEGERS[kind])
        if kind in SCALARS:
            self.skip(SCALARS[kind])
        elif kind == STRING:
            self.skip(self.number("Q"))
        elif kind == ARRAY and depth < MAX_NESTING:
            inner, length = self.number("I"), self.number("Q")
            if inner in SCALARS:
                self.skip(length * SCALARS[inner])
            else:
                for _ in range(length):
                    self.value(inner, depth + 1)
        else:
            raise CheckpointError(
                f"{self.name}: metadata of the type {kind}, which is not known here, at byte {self.at:,}"
            )
        return None


def read_gguf(path: Path, name: str, *, opening: Opening = anything) -> Checkpoint:
    """Return what a file holds, and the other parts of a split one beside it. Raises `CheckpointError`."""
    opening(path)
    tensors, parts = read_part(path, name)
    if parts <= 1:
        return Checkpoint(kind="GGUF", tensors=tensors)
    match = PART.fullmatch(path.name)
    if match is None or int(match["parts"]) != parts:
        raise CheckpointError(f"{name}: is one of {parts} parts, and not called NAME-00001-of-{parts:05}.gguf")
    for part in range(1, parts + 1):
        other = path.with_name(f"{match['stem']}-{part:05}-of-{parts:05}.gguf")
        if other.name != path.name:
            if not other.is_file():
                raise CheckpointError(f"{name}: '{other.name}' is not there; the headers of all parts are needed")
            opening(other)
            for key, held in read_part(other, other.name)[0].items():
                if key in tensors:
                    raise CheckpointError(f"{other.name}: holds '{key}', which another part holds too")
                tensors[key] = held
    return Checkpoint(kind="GGUF", tensors=tensors)


def read_part(path: Path, name: str) -> tuple[dict[str, Held], int]:
    """Return the tensors of one file, and how many parts the model has."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size == 0:
                raise CheckpointError(f"{name}: is empty")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return read_header(Cursor(data, name), size)
    except OSError as error:
        raise CheckpointError(f"{name}: can not be read: {(error.strerror or str(error)).lower()}") from None


def read_header(cursor: Cursor, size: int) -> tuple[dict[str, Held], int]:
    """Return the tensors that a header lists, and how many parts the model has."""
    name = cursor.name
    start = cursor.skip(4)
    if cursor.data[start:4] != MAGIC:
        raise CheckpointError(f"{name}: is no GGUF file: it does not begin with GGUF")
    version = cursor.number("I")
    if version & 0xFFFF == 0:  # written by a machine that begins numbers at the other end
        cursor.order = ">"
        cursor.at -= 4
        version = cursor.number("I")
    if version not in VERSIONS:
        raise CheckpointError(f"{name}: is GGUF of version {version}, expected 2 or 3")
    count, entries = cursor.number("Q"), cursor.number("Q")
    if count > MAX_TENSORS:
        raise CheckpointError(f"{name}: says that it has {count:,} tensors, expected at most {MAX_TENSORS:,}")
    metadata: dict[str, int] = {}
    for _ in range(entries):
        key = cursor.string()
        value = cursor.value(cursor.number("I"))
        if value is not None:
            metadata[key] = value
    listed = [listing(cursor) for _ in range(count)]
    alignment = metadata.get("general.alignment", 32)
    if alignment < 1:
        raise CheckpointError(f"{name}: 'general.alignment' is {alignment}")
    begin = -(-cursor.at // alignment) * alignment
    tensors: dict[str, Held] = {}
    for held, offset in listed:
        if held.name in tensors:
            raise CheckpointError(f"{name}: lists '{held.name}' twice")
        if begin + offset + held.bytes > size:
            raise CheckpointError(
                f"{name}: '{held.name}' ends behind the end of the file: it is cut off, or its header lies"
            )
        tensors[held.name] = held
    return tensors, metadata.get("split.count", 1)


def listing(cursor: Cursor) -> tuple[Held, int]:
    """Return the next tensor of the list, and where its data begin."""
    key = cursor.string()
    dimensions = cursor.number("I")
    if not 0 <= dimensions <= MAX_DIMENSIONS:
        raise CheckpointError(f"{cursor.name}: '{key}' has {dimensions:,} dimensions")
    shape = tuple(cursor.number("Q") for _ in range(dimensions))
    kind, offset = cursor.number("I"), cursor.number("Q")
    if kind not in TYPES:
        raise CheckpointError(f"{cursor.name}: '{key}' is of the type {kind}, which is not known here")
    dtype, block, size = TYPES[kind]
    elements = prod(shape)
    if elements % block:
        raise CheckpointError(
            f"{cursor.name}: '{key}' has {elements:,} elements, no whole blocks of {block} of {dtype}"
        )
    # GGUF writes the dimension first that varies fastest.
    return Held(name=key, shape=shape[::-1], dtype=dtype, bytes=elements // block * size), offset
