"""`weighbridge count` tells the total and a tree that adds up to it, as text and as JSON, at once and without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from weighbridge.architectures import shipped
from weighbridge.cli import main

GPT2 = '{"model_type": "gpt2"}'


@pytest.fixture(name="config")
def a_config(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(GPT2)
    return path


def told(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["count", *arguments]) == 0
    return capfd.readouterr().out


def data_of(capfd: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(told(capfd, *arguments, "--format", "json"))


def refused(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["count", *arguments]) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    return captured.err


def test_json_has_the_total_and_components_that_add_up_to_it(config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = data_of(capfd, str(config))
    assert (data["schema"], data["version"], data["total"]) == ("weighbridge/count", 1, "124439808")
    assert data["components"][0] == {"name": "embedding", "count": "38597376", "tensors": 1}
    assert {each["name"]: int(each["count"]) for each in data["components"]} == {
        "embedding": 50_257 * 768,
        "positions": 1024 * 768,
        "attention": 12 * (4 * 768**2 + 4 * 768),
        "feedforward": 12 * (8 * 768**2 + 5 * 768),
        "norm_layers": 25 * 2 * 768,
    }
    assert sum(int(each["count"]) for each in data["components"]) == int(data["total"])
    for each in data["components"][2:]:
        assert sum(int(part["count"]) for part in each["components"]) == int(each["count"])
        assert sum(part["tensors"] for part in each["components"]) == each["tensors"]
    assert data["conventions"]["tied"] is True


def test_totals_under_other_conventions_are_told(config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = data_of(capfd, str(config))
    assert [(each["conventions"], each["total"]) for each in data["alternatives"]] == [
        ({"tied": False}, str(124_439_808 + 50_257 * 768)),
        ({"biases": False}, str(124_439_808 - 12 * 9 * 768)),
        ({"norms": False}, str(124_439_808 - 25 * 2 * 768)),
        ({"learned_positions": False}, str(124_439_808 - 1024 * 768)),
    ]
    untied = data_of(capfd, str(config), "--convention", "tied=false")
    assert untied["total"] == "163037184"


TEXT = """\
{path}: GPT2LMHeadModel, 124,439,808 parameters

  embedding                                   38,597,376   31.0%
  positions                                      786,432    0.6%
  attention                                   28,348,416   22.8%
  feedforward                                 56,669,184   45.5%
  norm_layers                                     38,400   <0.1%
  total                                      124,439,808  100.0%
"""


def test_text_shows_a_tree_with_shares(config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = told(capfd, str(config), "--depth", "1")
    assert text.startswith(TEXT.format(path=config.as_posix()))
    assert "buffers that a checkpoint may hold, not counted: attn.bias, attn.masked_bias\n" in text


def test_an_architecture_is_counted_with_values_of_its_symbols(capfd: pytest.CaptureFixture[str]) -> None:
    data = data_of(
        capfd, "--architecture", "decoder", "n_layers=2", "d_model=12", "n_heads=3", "n_vocab=1_000", "tied=false"
    )
    assert int(data["total"]) == 2 * 1000 * 12 + 2 * (4 * 12 * 12 + 3 * 12 * 48 + 2 * 12) + 12


def test_a_model_of_an_architecture_is_counted_by_its_name(capfd: pytest.CaptureFixture[str]) -> None:
    assert data_of(capfd, "--architecture", "gpt", "gpt3")["total"] == "174604259328"
    assert data_of(capfd, "--architecture", "gpt", "gpt2-xl", "n_layers=1")["symbols"]["d_model"] == "1600"


def test_a_model_of_one_layer_and_one_head_is_counted(capfd: pytest.CaptureFixture[str]) -> None:
    words = ("n_layers=1", "d_model=1", "n_heads=1", "n_vocab=1", "d_ff=1")
    assert data_of(capfd, "--architecture", "decoder", *words)["total"] == str(1 + 4 + 3 + 3)


@pytest.mark.parametrize("name", sorted(shipped()))
def test_what_is_told_to_lack_is_enough(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Each symbol that is told is needed; with values for all of them there is a count, or another error than that."""
    assert main(["count", "--architecture", name]) == 2
    words = [word.replace("VALUE", "64") for word in capfd.readouterr().err.split() if word.endswith("=VALUE")]
    assert len(words) > 1
    main(["count", "--architecture", name, *words])
    assert " no value" not in capfd.readouterr().err
    for word in words:
        main(["count", "--architecture", name, *(each for each in words if each != word)])
        assert f"'{word.partition('=')[0]}' has no value" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "expected one file or --architecture NAME, found 0 files"),
        (("nothing.json",), "nothing.json: there is no such file"),
        (("--architecture", "gtp"), "there is no architecture 'gtp'; did you mean 'gpt'?"),
        (
            ("--architecture", "gpt", "n_vocab=9", "d_model=8", "n_layers=2", "learned_positions=false"),
            "'n_heads' has no value: attention heads in a layer; write n_heads=VALUE",
        ),
        (
            ("--architecture", "gpt", "n_vocab=9", "d_head=3", "n_heads=1", "n_layers=2"),
            (
                "these have no value: 'd_model' (width of the residual stream), "
                "'n_ctx' (positions in the context window); write d_model=VALUE n_ctx=VALUE"
            ),
        ),
        (
            ("--architecture", "gpt", "biases=false"),
            (
                "these have no value: 'n_layers' (transformer layers), 'd_model' (width of the residual stream), "
                "'n_heads' (attention heads in a layer), 'n_vocab' (tokens in the vocabulary), "
                "'n_ctx' (positions in the context window); "
                "write n_layers=VALUE d_model=VALUE n_heads=VALUE n_vocab=VALUE n_ctx=VALUE"
            ),
        ),
        (("--architecture", "gpt", "layers=3"), "there is no symbol or convention 'layers'; did you mean 'n_layers'?"),
        (
            ("--architecture", "gpt", "n_layers=-3"),
            "n_layers: expected a whole number up to 1,000,000,000,000, found '-3'",
        ),
        (("--architecture", "gpt", "n_layers=0"), "'n_layers' is 0, expected at least 1"),
        (("--architecture", "gpt", "tied=yes"), "tied: expected true or false, found 'yes'"),
        (
            ("--architecture", "gpt", "gpt5"),
            "the architecture 'gpt' has no model 'gpt5'; did you mean 'gpt3'?",
        ),
        (
            ("--architecture", "gpt", "--as", "X"),
            "--as, --part and --ignore are for configs; leave them out with --architecture",
        ),
    ],
)
def test_what_can_not_be_counted_is_one_line(
    arguments: tuple[str, ...], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert refused(capfd, *arguments) == f"weighbridge: error: {message}\n"


def test_a_config_that_is_not_understood_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"model_type": "gpt2",\n "n_layerz": 2}')
    assert refused(capfd, str(path)) == (
        f"{path}:2:2: error: config: 'n_layerz' is not understood, and may change shapes; did you mean 'n_layer'? "
        "--ignore n_layerz says that it does not\n"
    )


def test_a_pickle_is_never_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pytorch_model.bin"
    path.write_bytes(b"PK\x03\x04")
    assert refused(capfd, str(path)) == (
        f"weighbridge: error: {path}: is no config.json, .safetensors or .gguf file; pickled checkpoints are not read\n"
    )


def test_nothing_heavy_is_imported(config: Path) -> None:
    script = (
        "import sys; from weighbridge.cli import main; code = main(['count', sys.argv[1], '--format', 'json']); "
        "heavy = {'torch', 'transformers', 'numba', 'numpy', 'hypothesis', 'flint', 'lark', 'safetensors', 'gguf'}; "
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(config)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "[]\n")
