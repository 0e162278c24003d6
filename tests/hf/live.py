"""The same comparison with what is installed now: transformers on the meta device, and GGUF's own package."""

from __future__ import annotations

import json
import struct
from math import prod
from pathlib import Path

import gguf
import numpy as np
import pytest

from hf.draw import DRAWN, PARTS
from hf.oracle import EACH, changes, draws, parts, states
from hf.sizes import Keys
from weighbridge.artifacts.config import read_config
from weighbridge.artifacts.gguf import TYPES
from weighbridge.count.inventory import count_described
from weighbridge.count.read import Asked, count_file
from weighbridge.errors import SpecErrors


def count(config: Keys, *, part: str = "") -> int:
    described = read_config("config.json", json.dumps(config).encode(), part=part)
    return count_described(described, source="config.json", kind="config").total


@pytest.mark.parametrize("family", DRAWN)
def test_random_configs_are_counted_as_transformers_builds_them(family: str) -> None:
    """And so is the first of them with each key changed, unless that is refused."""
    first: Keys = {}
    for config, found in draws(family, EACH):
        first = first or config
        assert count(config) == found["total"], config
    for key, value, found in changes(family, first):
        changed = {**first, key: value}
        expected = found["total"]
        if family == "t5" and key == "tie_word_embeddings":
            # transformers 5 ties what T5 1.1 and its checkpoints have apart.
            expected += changed["vocab_size"] * changed["d_model"]
        try:
            assert count(changed) == expected, changed
        except SpecErrors:
            continue


@pytest.mark.parametrize("family", PARTS)
def test_text_models_are_counted_as_transformers_builds_them_with_a_head(family: str) -> None:
    for config, found in parts(family, EACH):
        assert count(config, part="text") == found["total"], config


@pytest.mark.parametrize("family", DRAWN)
def test_checkpoints_with_tied_copies_and_buffers_are_counted_as_transformers_counts_parameters(
    family: str, tmp_path: Path
) -> None:
    """A state dict has every name of a tied tensor, and buffers that are saved: the most that a file can hold."""
    for config, expected, state in states(family, 6):
        header: dict[str, object] = {}
        end = 0
        for name, shape in state.items():
            size = 4 * prod(shape)
            header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [end, end + size]}
            end += size
        text = json.dumps(header).encode()
        path = tmp_path / "model.safetensors"
        with path.open("wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            file.truncate(8 + len(text) + end)
        (tmp_path / "config.json").write_text(json.dumps(config))
        assert count_file(path, Asked()).total == expected, (config, sorted(state))


def test_types_of_gguf_are_those_of_its_own_package() -> None:
    theirs = {kind.value: (kind.name, *gguf.GGML_QUANT_SIZES[kind]) for kind in gguf.GGMLQuantizationType}
    assert theirs == TYPES


def test_a_file_that_ggufs_own_package_writes_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_token_list([f"token {each}" for each in range(1000)])
    writer.add_token_types([1] * 1000)
    writer.add_float32("scale", 0.5)
    writer.add_tensor("token_embd.weight", np.zeros((10, 64), dtype=np.float16))
    quantised = gguf.quantize(np.zeros((6, 64), dtype=np.float32), gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("blk.0.attn_q.weight", quantised, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    reader = gguf.GGUFReader(path)
    found = count_file(path, Asked())
    assert found.total == sum(int(each.n_elements) for each in reader.tensors) == 640 + 384
    assert sum(each.bytes for each in found.stored) == sum(int(each.n_bytes) for each in reader.tensors)
