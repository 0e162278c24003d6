"""What is wrong in an oracle, or in the artifact that it names, is an error at its place and no number."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from beside_artifacts import CONFIG, TINY, TOTAL, checkpoint, lines, mistakes, project_in, put
from weighbridge.errors import SpecErrors
from weighbridge.project import open_project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_in(tmp_path)


@pytest.mark.parametrize(
    ("keys", "errors"),
    [
        (
            'printed = "1"\noracle = { config = "config.json", checkpoint = "x" }',
            ["30:36: error: claim 'c', oracle: has 'config' and 'checkpoint', expected one of 'config', 'checkpoint'"],
        ),
        (
            'printed = "1"\noracle = {}',
            ["30:1: error: claim 'c', oracle: names no artifact, expected one of 'config', 'checkpoint'"],
        ),
        ('printed = "1"\noracle = "config.json"', ["30:10: error: claim 'c': 'oracle' is a string, expected a table"]),
        (
            'printed = "1"\noracle = { conf = "config.json" }',
            [
                "30:1: error: claim 'c', oracle: names no artifact, expected one of 'config', 'checkpoint'",
                "30:12: error: claim 'c', oracle: unknown key 'conf'; did you mean 'config'?",
            ],
        ),
        (
            'printed = "1"\noracle = { checkpoint = "x", as = "GPT2Model" }',
            ["30:30: error: claim 'c', oracle: 'as' goes with 'config'; a checkpoint holds what it holds"],
        ),
        (
            'printed = "1"\noracle = { config = "../../x.json" }',
            [
                "30:12: error: claim 'c', oracle: '../../x.json' is outside the project; artifacts stand inside it",
            ],
        ),
        (
            'printed = "1"\nequals = "norm"\nover = "some"\noracle = { config = "config.json" }',
            ["31:1: error: claim 'c': 'over' does not go with 'oracle'; an artifact is one model: say at = NAME"],
        ),
        (
            'printed = "1"\nequals = "norm"\nat = ["tiny", "wide"]\noracle = { config = "config.json" }',
            ["31:1: error: claim 'c': 'at' is no model's name, and an artifact is one model; make a claim for each"],
        ),
        (
            'printed = "1"\nat = "*"\noracle = { config = "config.json" }',
            ["30:1: error: claim 'c': 'at' is no model's name, and an artifact is one model; make a claim for each"],
        ),
        (
            'printed = "1"\nequals = "norm"\noracle = { config = "config.json" }',
            ["27:1: error: claim 'c': expected 'at' or 'over'; models here: 'tiny', 'wide'"],
        ),
        (
            'printed = "1"\nassuming = "norm > 1"\noracle = { config = "config.json" }',
            ["30:1: error: claim 'c': 'assuming' needs a model that it speaks of; say at = NAME, or leave it out"],
        ),
        (
            'asserts = "norm > 1"\nat = "tiny"\noracle = { config = "config.json" }',
            ["31:1: error: claim 'c': 'oracle' does not go with 'asserts'"],
        ),
    ],
)
def test_what_is_wrong_in_an_oracle_is_told_at_its_place(root: Path, keys: str, errors: list[str]) -> None:
    assert mistakes(root, keys) == errors


def test_a_table_has_no_oracle(root: Path) -> None:
    put(
        root,
        '[[table]]\nid = "t"\nsymbols = ["d_model"]\nset = { n_layers = 2 }\n'
        'rows = """\n| Model | d_model | N |\n|---|---|---|\n| tiny | 8 | 136 |\n"""\n'
        '[[table.claims]]\ncolumn = "N"\nequals = "inventory"\noracle = { checkpoint = "tiny.safetensors" }\n',
    )
    with pytest.raises(SpecErrors) as caught:
        open_project(cwd=root)
    assert str(caught.value) == (
        "spec/card.toml:39:1: error: table 't', claim 1: 'oracle' does not go with a table: an artifact is one model; "
        "make it a claim"
    )


ALONE = 'printed = "1"\noracle = '
IGNORING = 'ignore = ["moe_every"] says that it does not'


def test_an_artifact_that_is_not_there_or_no_file_is_an_error_at_its_key(root: Path) -> None:
    spec = root / "spec"
    (spec / "folder").mkdir()
    os.mkfifo(spec / "pipe.json")
    for kind in ("config", "checkpoint"):
        for name, why in (
            ("confg.json", "there is no such file; did you mean 'config.json'?"),
            ("folder", "is a directory; expected a file"),
            ("pipe.json", "is no regular file"),
        ):
            assert mistakes(root, f'{ALONE}{{ {kind} = "{name}" }}') == [f"30:12: error: claim 'c': spec/{name}: {why}"]


def test_no_artifact_is_read_outside_of_the_root(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "config.json").write_text(json.dumps(CONFIG))
    checkpoint(outside / "tiny.safetensors", TINY)
    spec = root / "spec"
    (spec / "out.json").symlink_to(outside / "config.json")
    (spec / "out.safetensors").symlink_to(outside / "tiny.safetensors")
    (spec / "index.json").write_text(json.dumps({"weight_map": dict.fromkeys(TINY, "out.safetensors")}))
    leads = "leads out of the project's root; --root DIR sets another"
    assert mistakes(root, f'{ALONE}{{ config = "out.json" }}') == [f"30:12: error: claim 'c': spec/out.json: {leads}"]
    assert mistakes(root, f'{ALONE}{{ checkpoint = "out.safetensors" }}') == [
        f"30:12: error: claim 'c': spec/out.safetensors: {leads}"
    ]
    assert mistakes(root, f'{ALONE}{{ checkpoint = "index.json" }}') == [
        f"30:12: error: claim 'c': spec/index.json: 'out.safetensors' beside it {leads}"
    ]
    (spec / "config.json").unlink()
    (spec / "config.json").symlink_to(outside / "config.json")
    assert mistakes(root, f'{ALONE}{{ checkpoint = "tiny.safetensors" }}') == [
        f"30:12: error: claim 'c': spec/tiny.safetensors: 'config.json' beside it {leads}"
    ]


def test_a_config_that_can_not_be_counted_is_an_error_in_its_own_words(root: Path) -> None:
    strange = {**CONFIG, "n_inner": "wide", "moe_every": 2}
    (root / "spec" / "config.json").write_text(json.dumps(strange, indent=1))
    own = "30:12: error: claim 'c': spec/config.json"
    assert mistakes(root, f'{ALONE}{{ config = "config.json" }}') == [
        f"{own}:8:2: config: 'n_inner' is a string, expected an integer",
        f"{own}:9:2: config: 'moe_every' is not understood, and may change shapes; {IGNORING}",
    ]
    (root / "spec" / "config.json").write_text("{" + " " * 17_000_000 + "}")
    assert mistakes(root, f'{ALONE}{{ config = "config.json" }}') == [
        "30:12: error: claim 'c': spec/config.json: has 17,000,002 bytes, expected at most 16,777,216"
    ]


def test_an_oracle_can_say_how_a_config_is_counted(root: Path) -> None:
    (root / "spec" / "config.json").write_text(
        json.dumps({**CONFIG, "architectures": ["GPT2ForSomething"], "remark": 1})
    )
    column = len(json.dumps(CONFIG)) + 2
    (error,) = mistakes(root, f'{ALONE}{{ config = "config.json", ignore = "remark" }}')
    assert error.startswith(
        f"30:12: error: claim 'c': spec/config.json:1:{column}: config: 'architectures' is 'GPT2ForSomething', whose "
        "weights are not all known here; as = \"CLASS\" counts one of 'GPT2LMHeadModel', 'GPT2Model'"
    )
    # With a head of its own there are 50,257 x 768 more.
    untied = 'as = "GPT2LMHeadModel", conventions = { tied = false }'
    claim = f'printed = "{TOTAL + 50_257 * 768}"\noracle = {{ config = "config.json", ignore = "remark", {untied} }}'
    assert lines(root, claim) == [
        "spec/card.toml:27:1: holds[card/c] evaluated at spec/config.json; spec/config.json counts 163,037,184"
    ]
    assert mistakes(root, claim.replace("tied", "tyed")) == [
        "30:12: error: claim 'c': spec/config.json: there is no convention 'tyed'; did you mean 'tied'?"
    ]
    claim = f'printed = "{TOTAL}"\noracle = {{ config = "config.json", ignore = ["remark"], as = "GPT2Model" }}'
    assert lines(root, claim) == [
        "spec/card.toml:27:1: holds[card/c] evaluated at spec/config.json; spec/config.json counts 124,439,808"
    ]


def test_what_a_checkpoint_leaves_open_is_an_error_and_no_number(root: Path) -> None:
    (root / "spec" / "config.json").unlink()
    # Whether the head is the embedding again, which is to be counted once, only a config tells.
    checkpoint(root / "spec" / "tied.safetensors", {"wte.weight": [10, 4], "lm_head.weight": [10, 4]})
    open_end = "without a config.json beside it, a head that is a copy of the embedding can not be told"
    assert mistakes(root, f'{ALONE}{{ checkpoint = "tied.safetensors" }}') == [
        f"30:12: error: claim 'c': spec/tied.safetensors: {open_end}"
    ]
    (root / "spec" / "config.json").write_text(json.dumps(CONFIG))
    assert lines(root, 'printed = "40"\noracle = { checkpoint = "tied.safetensors" }') == [
        "spec/card.toml:27:1: holds[card/c] evaluated at spec/tied.safetensors; spec/tied.safetensors counts 40"
    ]


def test_a_config_is_no_checkpoint_nor_a_checkpoint_a_config(root: Path) -> None:
    assert mistakes(root, f'{ALONE}{{ checkpoint = "config.json" }}') == [
        "30:12: error: claim 'c': spec/config.json: is no index of a checkpoint: it has no 'weight_map'"
    ]
    length = len((root / "spec" / "tiny.safetensors").read_bytes()) - 4 * 136 - 8  # of its header
    assert length < 256
    byte = f"byte 0x{length:02x} at 0 is not UTF-8"
    assert mistakes(root, f'{ALONE}{{ config = "tiny.safetensors" }}') == [
        f"30:12: error: claim 'c': spec/tiny.safetensors:1:1: config: {byte}"
    ]


def test_an_artifact_counts_what_it_counts_in_units(root: Path) -> None:
    hint = "compare it with a quantity of the same unit"
    assert mistakes(root, 'printed = "1 GB"\noracle = { config = "config.json" }') == [
        f"30:12: error: claim 'c': '1 GB' is in bytes, 'total' of spec/config.json counts parameters; {hint}"
    ]
    kv_cache = 'oracle = { config = "config.json", of = "kv_cache" }'
    assert mistakes(root, f'printed = "136"\nequals = "inventory"\nat = "tiny"\n{kv_cache}') == [
        f"32:12: error: claim 'c': 'inventory' counts parameters, 'kv_cache' of spec/config.json counts bytes; {hint}"
    ]
    # Keys and values of 12 layers, 768 wide, in two bytes each.
    assert lines(root, f'printed = "{2 * 12 * 768 * 2:,} bytes"\n{kv_cache}')[0].startswith(
        "spec/card.toml:27:1: holds[card/c]"
    )
    assert mistakes(root, 'printed = "1"\noracle = { config = "config.json", of = "nom_embedding" }') == [
        "30:12: error: claim 'c': spec/config.json: it has no 'nom_embedding'; did you mean 'non_embedding'?"
    ]
