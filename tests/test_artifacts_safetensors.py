"""A checkpoint's header tells how many parameters it holds: weights and packed weights, no buffers, copies once."""

from __future__ import annotations

import contextlib
import json
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.artifacts.held import CheckpointError
from weighbridge.count.read import Asked, count_file
from weighbridge.count.tree import Count
from weighbridge.errors import UsageError

SIZES = {"F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "I32": 4, "I64": 8, "U8": 1, "I8": 1, "BOOL": 1}
Shapes = dict[str, tuple[str, list[int]]]


def write(path: Path, shapes: Shapes, data: dict[str, bytes] | None = None, *, hole: int = 0) -> Path:
    """Write a file whose data are zeros but for those given; `hole` is how many bytes more its last tensor has."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    body = bytearray()
    for name, (dtype, shape) in shapes.items():
        size = SIZES[dtype]
        for each in shape:
            size *= each
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + size]}
        body += (data or {}).get(name, b"").ljust(size, b"\0")
    if hole:
        header["hole"] = {"dtype": "F8_E4M3", "shape": [hole], "data_offsets": [len(body), len(body) + hole]}
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
        if hole:
            file.truncate(8 + len(text) + len(body) + hole)
    return path


def count(path: Path) -> Count:
    return count_file(path, Asked())


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        count(path)
    return str(caught.value).replace(path.as_posix(), path.name)


def test_weights_are_counted_by_what_their_names_say(tmp_path: Path) -> None:
    found = count(
        write(
            tmp_path / "model.safetensors",
            {
                "model.embed.weight": ("BF16", [10, 4]),
                "model.layers.0.up.weight": ("BF16", [8, 4]),
                "model.layers.0.up.bias": ("F32", [8]),
                "model.layers.1.up.weight": ("BF16", [8, 4]),
                "model.layers.1.up.bias": ("F32", [8]),
            },
        )
    )
    assert found.total == 40 + 2 * (32 + 8)
    assert [(each.name, each.count, each.tensors) for each in found.components] == [
        ("embed.weight", 40, 1),
        ("layers.*.up", 80, 4),
    ]
    assert [(each.dtype, each.count, each.bytes) for each in found.stored] == [("BF16", 104, 208), ("F32", 16, 64)]


def test_buffers_are_named_and_not_counted(tmp_path: Path) -> None:
    """The masks of GPT-2's own checkpoint make it look like 137M; a projection's bias has the same name."""
    found = count(
        write(
            tmp_path / "model.safetensors",
            {
                "h.0.attn.bias": ("F32", [1, 1, 6, 6]),
                "h.1.attn.bias": ("F32", [1, 1, 6, 6]),
                "h.0.attn.masked_bias": ("F32", []),
                "h.0.rotary_emb.inv_freq": ("F32", [3]),
                "h.0.attn.c_attn.bias": ("F32", [12]),
                "wte.weight": ("F32", [5, 4]),
            },
        )
    )
    assert found.total == 12 + 20
    assert {(each.name, each.elements, each.tensors, each.why) for each in found.aside} == {
        ("h.*.attn.bias", 72, 2, "buffer"),
        ("h.*.attn.masked_bias", 1, 1, "buffer"),
        ("h.*.rotary_emb.inv_freq", 3, 1, "buffer"),
    }


def test_a_tied_copy_is_counted_once_where_the_config_says_that_it_is_tied(tmp_path: Path) -> None:
    shapes: Shapes = {"model.embed_tokens.weight": ("F32", [7, 4]), "lm_head.weight": ("F32", [7, 4])}
    path = write(tmp_path / "model.safetensors", shapes)
    assert count(path).total == 56
    assert count(path).notes == (
        "without a config.json beside it, a head that is a copy of the embedding can not be told",
    )
    config = {
        "model_type": "llama",
        "hidden_size": 4,
        "vocab_size": 7,
        "num_attention_heads": 1,
        "num_hidden_layers": 1,
    }
    (tmp_path / "config.json").write_text(json.dumps({**config, "intermediate_size": 2, "tie_word_embeddings": True}))
    found = count(path)
    assert found.total == 28
    assert [(each.name, each.why) for each in found.aside] == [("lm_head.weight", "tied copy")]
    # The layer that the checkpoint lacks: 4 * 4 * 4 + 3 * 2 * 4 + 2 * 4, and the last norm's 4.
    assert found.notes == ("the config.json beside it comes to 128 (LlamaForCausalLM): this is 100 less",)


@pytest.mark.parametrize(("bits", "rows"), [(2, 4), (3, 6), (4, 8), (8, 16)])
def test_weights_that_gptq_packs_count_as_they_were(tmp_path: Path, bits: int, rows: int) -> None:
    """64 inputs and 32 outputs in groups of 32 inputs: 32 / bits weights in each integer."""
    shapes: Shapes = {
        "q_proj.qweight": ("I32", [rows, 32]),
        "q_proj.qzeros": ("I32", [2, bits]),
        "q_proj.scales": ("F16", [2, 32]),
        "q_proj.g_idx": ("I32", [64]),
        "q_proj.bias": ("F16", [32]),
    }
    assert 64 * bits == rows * 32
    assert count(write(tmp_path / "model.safetensors", shapes)).total == 64 * 32 + 32


def test_weights_that_awq_packs_count_as_they_were(tmp_path: Path) -> None:
    """64 inputs and 32 outputs: eight outputs in each integer."""
    shapes: Shapes = {"up.qweight": ("I32", [64, 4]), "up.qzeros": ("I32", [2, 4]), "up.scales": ("F16", [2, 32])}
    assert count(write(tmp_path / "model.safetensors", shapes)).total == 64 * 32


def test_weights_that_bitsandbytes_packs_count_as_they_were(tmp_path: Path) -> None:
    """An odd number of weights leaves half a byte over, which the state beside them tells."""
    state = json.dumps({"quant_type": "nf4", "shape": [3, 5]}).encode()
    shapes: Shapes = {
        "up.weight": ("U8", [8, 1]),
        "up.weight.absmax": ("U8", [1]),
        "up.weight.quant_map": ("F32", [16]),
        "up.weight.quant_state.bitsandbytes__nf4": ("U8", [len(state)]),
        "down.weight": ("I8", [5, 3]),
        "down.SCB": ("F32", [5]),
    }
    data = {"up.weight.quant_state.bitsandbytes__nf4": state}
    assert count(write(tmp_path / "model.safetensors", shapes, data)).total == 15 + 15


def test_four_bits_in_blocks_count_twice_a_byte(tmp_path: Path) -> None:
    shapes: Shapes = {"mlp.down_proj_blocks": ("U8", [2, 6, 3, 16]), "mlp.down_proj_scales": ("U8", [2, 6, 3])}
    assert count(write(tmp_path / "model.safetensors", shapes)).total == 2 * 6 * 3 * 32


def test_packed_weights_that_state_their_shape_count_by_it(tmp_path: Path) -> None:
    shapes: Shapes = {
        "up.weight_packed": ("I32", [6, 2]),
        "up.weight_scale": ("BF16", [6, 1]),
        "up.weight_shape": ("I64", [2]),
    }
    data = {"up.weight_shape": struct.pack("<2q", 6, 13)}
    assert count(write(tmp_path / "model.safetensors", shapes, data)).total == 6 * 13


def test_scales_of_weights_in_eight_bits_are_not_parameters(tmp_path: Path) -> None:
    shapes: Shapes = {"up.weight": ("F8_E4M3", [6, 5]), "up.weight_scale_inv": ("F32", [1, 1])}
    found = count(write(tmp_path / "model.safetensors", shapes))
    assert found.total == 30
    assert [(each.name, each.why) for each in found.aside] == [("up.weight_scale_inv", "quantisation")]


def test_integers_that_nothing_explains_are_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "model.safetensors", {"up.weird": ("I32", [6, 2])})
    assert refusal(path) == (
        "model.safetensors: 'up.weird' holds I32 [6, 2], and nothing here knows how many parameters that stands for"
    )


def test_a_checkpoint_of_a_hundred_gigabytes_is_not_read(tmp_path: Path) -> None:
    """The file is a hole: its size is that of its weights, and it takes no room."""
    path = write(tmp_path / "model.safetensors", {"a": ("F32", [2])}, hole=10**11)
    assert count(path).total == 10**11 + 2


WHOLE = json.dumps({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "header too small"),
        (b"abc", "header too small"),
        (struct.pack("<Q", 10**10) + WHOLE, "header too large"),
        (struct.pack("<Q", len(WHOLE)) + WHOLE[:-3], "invalid header length"),
        (struct.pack("<Q", 5) + b"hello", "invalid JSON in header: expected value at line 1 column 1"),
        (struct.pack("<Q", len(WHOLE)) + WHOLE + bytes(3), "incomplete metadata, file not fully covered"),
        (
            struct.pack("<Q", len(WHOLE)) + WHOLE.replace(b"F32", b"Q32") + bytes(8),
            "invalid JSON in header: unknown variant `Q32`",
        ),
    ],
    ids=["empty", "short", "ten gigabytes", "cut off", "no JSON", "too few data", "type"],
)
def test_a_header_that_lies_is_one_line(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(data)
    assert refusal(path) == f"model.safetensors: is no whole safetensors file: {why}"


def test_a_tensor_that_is_listed_twice_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    twice = WHOLE[:-1] + b"," + WHOLE[1:]
    path.write_bytes(struct.pack("<Q", len(twice)) + twice + bytes(8))
    assert refusal(path) == f"model.safetensors: lists '{next(iter(json.loads(WHOLE)))}' twice"


def test_a_header_of_any_length_is_one(tmp_path: Path) -> None:
    """Its length may begin with the byte that is { in JSON: 123 and 379 bytes."""
    for length in (0x7B, 0x17B):
        path = tmp_path / "model.safetensors"
        path.write_bytes(struct.pack("<Q", length) + WHOLE.ljust(length) + bytes(8))
        assert count(path).total == 2


def test_what_is_no_file_or_stands_for_one_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.symlink_to(path)
    with pytest.raises(UsageError) as caught:
        count(path)
    assert str(caught.value) == f"{path}: is a link to something that is not there"
    path.unlink()
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n")
    with pytest.raises(UsageError) as caught:
        count(path)
    assert str(caught.value) == (
        f"{path}: is what Git LFS keeps in place of the file; 'git lfs pull' gets the file itself"
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 70), byte=st.integers(0, 255), cut=st.integers(0, 80))
def test_a_broken_header_is_counted_or_refused(tmp_path: Path, place: int, byte: int, cut: int) -> None:
    """Whatever a byte is changed to and wherever the file ends, there is no other exception."""
    data = bytearray(struct.pack("<Q", len(WHOLE)) + WHOLE + bytes(8))
    data[place % len(data)] = byte
    path = tmp_path / "model.safetensors"
    path.write_bytes(bytes(data[: len(data) - cut]))
    with contextlib.suppress(CheckpointError):
        count(path)


def index(folder: Path, weights: dict[str, str], metadata: dict[str, int]) -> Path:
    path = folder / "model.safetensors.index.json"
    path.write_text(json.dumps({"metadata": metadata, "weight_map": weights}))
    return path


def test_an_index_is_the_sum_of_its_files(tmp_path: Path) -> None:
    write(tmp_path / "one.safetensors", {"a.weight": ("F16", [3, 4])})
    write(tmp_path / "two.safetensors", {"b.weight": ("F32", [5])})
    weights = {"a.weight": "one.safetensors", "b.weight": "two.safetensors"}
    whole = index(tmp_path, weights, {"total_size": 44, "total_parameters": 17})
    assert (count(whole).total, count(whole).notes) == (17, ())
    assert count(tmp_path).total == 17
    wrong = index(tmp_path, weights, {"total_size": 45, "total_parameters": 18})
    assert count(wrong).notes == (
        "the index says total_size 45, the files hold 44",
        "the index says total_parameters 18, the files hold 17",
    )


def test_an_index_that_its_files_contradict_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "one.safetensors", {"a.weight": ("F16", [3, 4])})
    name = "model.safetensors.index.json"
    for weights, message in (
        (
            {"a.weight": "two.safetensors"},
            f"{name}: 'two.safetensors' is not there; the headers of all files are needed",
        ),
        ({"b": "one.safetensors"}, "one.safetensors: holds 'a.weight', which the index has in no file"),
        ({"a.weight": "one.safetensors", "c": "one.safetensors"}, f"{name}: no file holds 'c'; known here: 'a.weight'"),
        (
            {"a.weight": "../one.safetensors"},
            f"{name}: names the file '../one.safetensors', which does not stand beside it",
        ),
        (
            {"a.weight": "x" * 5000},
            f"{name}: names the file '{'x' * 40}...', which does not stand beside it",
        ),
        (
            {"a.weight": "pytorch_model.bin"},
            f"{name}: names the file 'pytorch_model.bin'; pickled checkpoints are not read",
        ),
    ):
        assert refusal(index(tmp_path, weights, {})) == message
