"""A GGUF header tells how many parameters a file holds, whatever their type; a header that lies is one line."""

from __future__ import annotations

import contextlib
import struct
from math import prod
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.artifacts.gguf import TYPES, read_gguf
from weighbridge.artifacts.held import CheckpointError
from weighbridge.count.read import Asked, count_file
from weighbridge.count.tree import Count

F32, F16, Q4_0, Q4_K = 0, 1, 2, 12
Tensor = tuple[str, tuple[int, ...], int]
UINT16, UINT32, STRING, ARRAY = 2, 4, 8, 9


def string(text: str, order: str = "<") -> bytes:
    return struct.pack(f"{order}Q", len(text)) + text.encode()


def header(
    tensors: tuple[Tensor, ...], metadata: tuple[bytes, ...] = (), *, order: str = "<", version: int = 3
) -> bytes:
    """Return a header as the format's specification has it; data are aligned to 32 bytes."""
    data = b"GGUF" + struct.pack(f"{order}IQQ", version, len(tensors), len(metadata)) + b"".join(metadata)
    offset = 0
    for name, shape, kind in tensors:
        _, block, size = TYPES[kind]
        data += string(name, order) + struct.pack(f"{order}I{len(shape)}Q", len(shape), *shape)
        data += struct.pack(f"{order}IQ", kind, offset)
        offset += -(-prod(shape) // block * size // 32) * 32
    return data.ljust(-(-len(data) // 32) * 32, b"\0") + bytes(offset)


def entry(name: str, kind: int, value: bytes) -> bytes:
    return string(name) + struct.pack("<I", kind) + value


def count(path: Path) -> Count:
    return count_file(path, Asked())


def count_of(folder: Path, data: bytes, name: str = "model.gguf") -> Count:
    path = folder / name
    path.write_bytes(data)
    return count(path)


WEIGHTS: tuple[Tensor, ...] = (
    ("token_embd.weight", (64, 10), F16),
    ("blk.0.attn_q.weight", (64, 64), Q4_0),
    ("blk.1.attn_q.weight", (64, 64), Q4_0),
    ("output_norm.weight", (64,), F32),
    ("rope_freqs.weight", (16,), F32),
)


def test_elements_are_counted_whatever_their_type(tmp_path: Path) -> None:
    found = count_of(tmp_path, header(WEIGHTS))
    assert found.total == 64 * 10 + 2 * 64 * 64 + 64
    assert [(each.name, each.count) for each in found.components] == [
        ("token_embd.weight", 640),
        ("blk.*.attn_q.weight", 8192),
        ("output_norm.weight", 64),
    ]
    assert [(each.dtype, each.count, each.bytes) for each in found.stored] == [
        ("Q4_0", 8192, 8192 // 32 * 18),
        ("F16", 640, 1280),
        ("F32", 64, 256),
    ]
    assert [(each.name, each.elements, each.why) for each in found.aside] == [("rope_freqs.weight", 16, "buffer")]


def test_metadata_of_all_types_is_passed_over(tmp_path: Path) -> None:
    tokens = struct.pack("<IQ", STRING, 3) + string("a") + string("") + string("long token")
    nested = struct.pack("<IQ", ARRAY, 2) + 2 * (struct.pack("<IQ", UINT16, 3) + bytes(6))
    metadata = (
        entry("general.architecture", STRING, string("llama")),
        entry("general.alignment", UINT32, struct.pack("<I", 32)),
        entry("tokens", ARRAY, tokens),
        entry("nested", ARRAY, nested),
        entry("types", ARRAY, struct.pack("<IQ", 5, 4) + bytes(16)),
        entry("flag", 7, b"\1"),
        entry("scale", 12, bytes(8)),
    )
    assert count_of(tmp_path, header(WEIGHTS, metadata)).total == 8896


def test_a_file_that_begins_numbers_at_the_other_end_is_the_same(tmp_path: Path) -> None:
    assert count_of(tmp_path, header(WEIGHTS, order=">")).total == 8896


def test_parts_of_a_split_file_are_counted_together(tmp_path: Path) -> None:
    split = (entry("split.count", UINT16, struct.pack("<H", 2)),)
    (tmp_path / "m-00002-of-00002.gguf").write_bytes(header(WEIGHTS[1:], split))
    assert count_of(tmp_path, header(WEIGHTS[:1], split), "m-00001-of-00002.gguf").total == 8896


def test_no_part_is_opened_before_it_may_be(tmp_path: Path) -> None:
    split = (entry("split.count", UINT16, struct.pack("<H", 2)),)
    first, second = tmp_path / "m-00001-of-00002.gguf", tmp_path / "m-00002-of-00002.gguf"
    first.write_bytes(header(WEIGHTS[:1], split))
    second.write_bytes(b"no header at all")
    told: list[Path] = []
    with pytest.raises(CheckpointError):
        read_gguf(first, "m", opening=told.append)
    assert told == [first, second]
    (tmp_path / "m-00002-of-00002.gguf").unlink()
    with pytest.raises(CheckpointError) as caught:
        count(tmp_path / "m-00001-of-00002.gguf")
    assert str(caught.value).endswith(
        "m-00001-of-00002.gguf: 'm-00002-of-00002.gguf' is not there; the headers of all parts are needed"
    )


LIES = struct.pack("<IQQ", 3, 1, 0)
MANY = 2**60


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"GGUF", "the header ends in the middle of something, at byte 4"),
        (b"GGML" + bytes(64), "is no GGUF file: it does not begin with GGUF"),
        (b"GGUF" + struct.pack("<IQQ", 9, 0, 0), "is GGUF of version 9, expected 2 or 3"),
        (
            header(WEIGHTS)[:-64],
            "'rope_freqs.weight' ends behind the end of the file: it is cut off, or its header lies",
        ),
        (header(WEIGHTS)[:90], "the header ends in the middle of something, at byte 90"),
        (b"GGUF" + LIES + struct.pack("<Q", MANY), "the header ends in the middle of something, at byte 32"),
        (
            b"GGUF" + struct.pack("<IQQ", 3, MANY, 0),
            f"says that it has {MANY:,} tensors, expected at most 1,000,000",
        ),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + entry("a", ARRAY, struct.pack("<IQ", STRING, MANY)),
            "the header ends in the middle of something, at byte 49",
        ),
        (b"GGUF" + LIES + string("a") + struct.pack("<I", 10**9), "'a' has 1,000,000,000 dimensions"),
        (
            b"GGUF" + LIES + string("a") + struct.pack("<IQIQ", 1, 32, 99, 0),
            "'a' is of the type 99, which is not known here",
        ),
        (
            b"GGUF" + LIES + string("a") + struct.pack("<IQIQ", 1, 33, Q4_0, 0),
            "'a' has 33 elements, no whole blocks of 32 of Q4_0",
        ),
        (header((WEIGHTS[0], WEIGHTS[0])), "lists 'token_embd.weight' twice"),
    ],
    ids=[
        "empty", "magic alone", "other magic", "version", "cut off", "header cut off", "long name", "many tensors",
        "many strings", "many dimensions", "type", "blocks", "twice",
    ],
)  # fmt: skip
def test_a_header_that_lies_is_one_line(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(CheckpointError) as caught:
        count_of(tmp_path, data)
    assert str(caught.value) == f"{(tmp_path / 'model.gguf').as_posix()}: {why}"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 330), byte=st.integers(0, 255), cut=st.integers(0, 400))
def test_a_broken_header_is_counted_or_refused(tmp_path: Path, place: int, byte: int, cut: int) -> None:
    """Whatever a byte is changed to and wherever the file ends, there is no other exception."""
    data = bytearray(header(WEIGHTS, (entry("a", ARRAY, struct.pack("<IQ", STRING, 1) + string("x")),)))
    data[place] = byte
    with contextlib.suppress(CheckpointError):
        count_of(tmp_path, bytes(data[: len(data) - cut]))


def test_arrays_that_nest_without_end_are_refused(tmp_path: Path) -> None:
    nested = struct.pack("<IQ", ARRAY, 1) * 6
    data = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + entry("a", ARRAY, nested)
    with pytest.raises(CheckpointError, match="metadata of the type 9, which is not known here, at byte"):
        count_of(tmp_path, data)
