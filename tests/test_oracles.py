"""Claims that are checked against an artifact beside the spec: what holds, what is refuted, and who is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from beside_artifacts import TINY, TODAY, TOTAL, checkpoint, lines, project_in, put, weighed
from independent_checker import check
from weighbridge.audit.judging import judge_mutants
from weighbridge.count.tree import Component, Count, Measure
from weighbridge.errors import UsageError
from weighbridge.judge import Options
from weighbridge.project import open_project, reader, weigh
from weighbridge.report.from_json import from_json
from weighbridge.report.html.page import to_html
from weighbridge.report.to_json import to_json
from weighbridge.report.to_markdown import to_markdown
from weighbridge.report.wording import describe_result, diagnose
from weighbridge.verdict import Evaluated, Holds, Refuted, Residual
from weighbridge.watching import watched


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project_in(tmp_path)


def test_a_figure_may_be_what_an_artifact_alone_counts(root: Path) -> None:
    (each,) = weighed(root, f'[[claim]]\nid = "c"\nprinted = "{TOTAL:,}"\noracle = {{ config = "config.json" }}')
    assert each.result.verdict == Holds(Evaluated("spec/config.json"))
    assert (each.result.says, each.result.at, each.result.where, each.result.values) == (
        "124,439,808 = total of spec/config.json", "", "", {},
    )  # fmt: skip
    assert describe_result(each.result) == "holds (evaluated at spec/config.json)"


def test_a_figure_that_an_artifact_alone_refutes_names_it(root: Path) -> None:
    assert lines(root, 'printed = "117M"\noracle = { config = "config.json" }') == [
        "spec/card.toml:27:1: refuted[card/c] prints 117M; spec/config.json counts 124,439,808"
    ]


def test_a_figure_that_an_artifact_alone_refutes_is_told_where_conventions_switch_tensors_too(root: Path) -> None:
    """Tensors of the spec are no part of such a claim, which has no conventions that would say whether they count."""
    switched = '[conventions]\ntied = true\n[tensors.head]\nshape = ["d_model"]\nwhen = "not tied"'
    assert lines(root, f'printed = "117M"\noracle = {{ config = "config.json" }}\n{switched}') == [
        "spec/card.toml:27:1: refuted[card/c] prints 117M; spec/config.json counts 124,439,808"
    ]


def test_inventory_artifact_and_figure_must_all_agree(root: Path) -> None:
    oracle = 'oracle = { checkpoint = "tiny.safetensors" }'
    agreed = f'printed = "136"\nequals = ["inventory", "matrix + norm"]\nat = "tiny"\n{oracle}'
    assert lines(root, agreed) == [
        "spec/card.toml:27:1: holds[card/c] evaluated at tiny; spec/tiny.safetensors counts 136"
    ]
    # 2 x 16 x 16 + 16 is 528; the checkpoint is that of the narrower model.
    assert lines(root, f'printed = "528"\nequals = "inventory"\nat = "wide"\n{oracle}')[0] == (
        "spec/card.toml:27:1: refuted[card/c] prints 528, computed 528; spec/tiny.safetensors counts 136"
    )
    assert lines(root, f'printed = "137"\nequals = "inventory"\nat = "tiny"\n{oracle}')[0] == (
        "spec/card.toml:27:1: refuted[card/c] prints 137, computed 136; spec/tiny.safetensors counts 136"
    )
    # Both round to 100, and are not the same: an artifact is compared exactly.
    assert lines(root, f'printed = "0.1k"\nequals = "matrix"\nat = "tiny"\n{oracle}') == [
        "spec/card.toml:27:1: refuted[card/c] prints 0.1k, computed 128; spec/tiny.safetensors counts 136",
        "off by 8 = d_model: norm, not counted here",
    ]


def test_one_expression_of_several_that_is_not_what_the_artifact_counts_is_found(root: Path) -> None:
    (each,) = weighed(
        root,
        '[[claim]]\nid = "c"\nprinted = "0.1k"\nequals = ["inventory", "matrix"]\nat = "tiny"\n'
        'oracle = { checkpoint = "tiny.safetensors" }',
    )
    assert each.result.verdict == Refuted(
        Residual(128, -8, "d_model: norm", "spec/tiny.safetensors"), explanations=("off by 8 = d_model: norm",)
    )


def test_a_formula_must_be_what_an_artifact_counts(root: Path) -> None:
    oracle = 'at = "tiny"\noracle = { checkpoint = "tiny.safetensors" }'
    whole = "n_layers * d_model ** 2 + d_model"
    for equals in ("", 'equals = "inventory"\n'):
        assert lines(root, f'formula = "{whole}"\n{equals}{oracle}') == [
            "spec/card.toml:27:1: holds[card/c] evaluated at tiny; spec/tiny.safetensors counts 136"
        ]
    assert lines(root, f'formula = "n_layers * d_model ** 2"\n{oracle}') == [
        "spec/card.toml:27:1: refuted[card/c] computed 128; spec/tiny.safetensors counts 136",
        "off by 8 = d_model: norm",
    ]
    assert lines(root, f'formula = "n_layers * d_model ** 2"\nequals = "matrix"\n{oracle}') == [
        "spec/card.toml:27:1: refuted[card/c] computed 128; spec/tiny.safetensors counts 136",
        "off by 8 = d_model: norm",
    ]
    assert lines(root, f'formula = "n_layers * d_model ** 2"\nequals = "inventory"\n{oracle}') == [
        "spec/card.toml:27:1: refuted[card/c] computed 128; spec/tiny.safetensors counts 136",
        "off by 8 = d_model: norm",
        "the formula lacks d_model: norm",
    ]


def test_an_estimate_is_close_to_the_artifact_and_what_it_estimates_is_the_artifact(root: Path) -> None:
    close = 'about = "10%"\nbecause = "an estimate"\nat = "tiny"\noracle = { checkpoint = "tiny.safetensors" }'
    assert lines(root, f'formula = "matrix"\nequals = "inventory"\n{close}')[0].startswith(
        "spec/card.toml:27:1: holds[card/c] evaluated at tiny"
    )
    assert lines(root, f'formula = "matrix"\n{close}')[0].startswith("spec/card.toml:27:1: holds[card/c]")
    assert lines(root, f'formula = "matrix / 2"\n{close}')[0].startswith("spec/card.toml:27:1: refuted[card/c]")
    assert lines(root, f'formula = "matrix"\nequals = "matrix"\n{close}')[0] == (
        "spec/card.toml:27:1: refuted[card/c] at tiny: 128 != 136; spec/tiny.safetensors counts 136"
    )


def test_of_names_the_total_a_component_or_another_quantity() -> None:
    inner = (Component(name="weight", count=6, tensors=1), Component(name="bias", count=2, tensors=1))
    tree = (
        Component(name="attention", count=8, tensors=2, parts=inner),
        Component(name="norm", count=3, tensors=2, parts=(Component(name="weight", count=3, tensors=1),)),
    )
    count = Count(
        source="x", kind="config", total=11, components=tree, quantities={"kv_cache": Measure(value=40, unit="bytes")}
    )
    assert [count.measure(name).value for name in ("total", "attention", "bias", "norm.weight", "kv_cache")] == [
        11, 8, 2, 3, 40,
    ]  # fmt: skip
    assert [count.measure(name).unit for name in ("total", "bias", "kv_cache")] == ["parameters", "parameters", "bytes"]
    for name, why in (
        ("weight", "'weight' is the name of 2 components, of 'attention.weight' and of 'norm.weight'"),
        ("atention", "it has no 'atention'; did you mean 'attention'?"),
    ):
        with pytest.raises(UsageError) as caught:
            count.measure(name)
        assert str(caught.value) == why


def test_a_row_of_a_table_can_be_the_model(root: Path) -> None:
    table = (
        '[[table]]\nid = "t"\nsymbols = ["d_model"]\nset = { n_layers = 2 }\n'
        'rows = """\n| Model | d_model | N |\n|---|---|---|\n| row | 8 | 136 |\n"""\nexempt = { N = "claimed below" }\n'
    )
    claim = (
        '[[claim]]\nid = "c"\nprinted = "136"\nequals = "inventory"\nat = "row"\n'
        'oracle = { checkpoint = "tiny.safetensors" }\n'
    )
    (each,) = weighed(root, table + claim)
    assert each.result.verdict == Holds(Evaluated("row"))


def test_defaults_that_speak_of_many_models_are_passed_over(root: Path) -> None:
    alone = '[[claim]]\nid = "c"\nprinted = "136"\noracle = { checkpoint = "tiny.safetensors" }\n'
    for default in ('at = "*"', 'over = "some"', 'at = ["tiny", "wide"]\nassuming = "n_layers > 1"'):
        (each,) = weighed(root, f"[defaults]\n{default}\n{alone}")
        assert each.result.verdict == Holds(Evaluated("spec/tiny.safetensors"))
    (each,) = weighed(root, f'[defaults]\nat = "tiny"\n{alone}')
    assert each.result.verdict == Holds(Evaluated("tiny"))


def test_one_config_is_counted_anew_for_each_way_to_count_it(root: Path) -> None:
    """A vision transformer of one layer that is 4 wide, looking at one patch of 2 x 2, before a model 2,048 wide."""
    vision = {
        "model_type": "siglip_vision_model", "vision_use_head": False, "hidden_size": 4, "num_hidden_layers": 1,
        "num_attention_heads": 1, "intermediate_size": 4, "image_size": 2, "patch_size": 2,
    }  # fmt: skip
    config = {"model_type": "gemma3", "text_config": {"hidden_size": 2_048}, "vision_config": vision}
    (root / "spec" / "config.json").write_text(json.dumps(config))
    claims = "".join(
        f'[[claim]]\nid = "{name}"\nprinted = "1"\noracle = {{ config = "config.json"{part} }}\n'
        for name, part in (("text", ', part = "text"'), ("whole", ""))
    )
    text, whole = (int(diagnose(each).split()[-1].replace(",", "")) for each in weighed(root, claims))
    patch, position, norms = 3 * 2 * 2 * 4 + 4, 4, 2 * 2 * 4 + 2 * 4
    attention, feedforward = 4 * (4 * 4 + 4), 2 * (4 * 4 + 4)
    assert whole - text == patch + position + norms + attention + feedforward + 4 + 4 * 2_048


def test_a_correction_must_be_what_the_artifact_counts_too(root: Path) -> None:
    wrong = 'printed = "130"\nequals = "inventory"\nat = "tiny"\noracle = { checkpoint = "tiny.safetensors" }\n'
    erratum = '[claim.erratum]\nreason = "a slip"\nprinted = "130"\ncorrect = '
    (each,) = weighed(root, f'[[claim]]\nid = "c"\n{wrong}{erratum}"136"')
    assert each.standing == "waived"
    # What the inventory counts is not enough: it is not what the artifact counts.
    other = wrong.replace("inventory", "matrix")
    (each,) = weighed(root, f'[[claim]]\nid = "c"\n{other}{erratum}"128"')
    assert each.standing == "unexpected"


def test_a_config_of_another_model_says_where_it_differs(root: Path) -> None:
    claim = 'printed = "136"\nequals = "inventory"\nat = "tiny"\noracle = { config = "config.json" }'
    assert lines(root, claim) == [
        "spec/card.toml:27:1: refuted[card/c] prints 136, computed 136; spec/config.json counts 124,439,808",
        "spec/config.json has n_layers = 12, d_model = 768; the model tiny has n_layers = 2, d_model = 8",
    ]


CLAIMS = """
[[claim]]
id = "all"
printed = "136"
equals = ["inventory", "matrix + norm"]
at = "tiny"
oracle = { checkpoint = "tiny.safetensors" }
[[claim]]
id = "alone"
printed = "124M"
oracle = { config = "config.json" }
[[claim]]
id = "wrong"
printed = "0.1k"
equals = "matrix"
at = "tiny"
oracle = { checkpoint = "tiny.safetensors" }
[[claim]]
id = "wrong.alone"
printed = "117M"
oracle = { config = "config.json" }
[[claim]]
id = "wrong.formula"
formula = "matrix"
at = "tiny"
oracle = { checkpoint = "tiny.safetensors" }
[[claim]]
id = "close"
formula = "matrix"
equals = "inventory"
about = "10%"
because = "an estimate"
at = "tiny"
oracle = { checkpoint = "tiny.safetensors" }
"""


def test_another_program_confirms_what_came_of_an_artifact(root: Path) -> None:
    put(root, CLAIMS)
    text = to_json(weigh(open_project(cwd=root), Options(engine="algebra"), today=TODAY))
    file = json.loads(text)
    assert check(file) == [
        "card/all: evaluated",
        "card/alone: evaluated",
        "card/wrong: refuted",
        "card/wrong.alone: refuted",
        "card/wrong.formula: refuted",
        "card/close: evaluated",
    ]
    oracles = {each["id"]: each["oracle"] for each in file["results"]}
    assert oracles["card/all"] == {"path": "spec/tiny.safetensors", "sha256": None, "of": "total", "count": "136"}
    assert oracles["card/alone"]["count"] == str(TOTAL)
    assert len(oracles["card/alone"]["sha256"]) == 64
    file["results"][0]["oracle"]["count"] = "137"
    assert check(file)[0] == "card/all: WRONG: an artifact's count is not compared"
    assert to_json(from_json(text.encode())) == text


def test_every_format_shows_what_the_artifact_counts(root: Path) -> None:
    put(root, CLAIMS)
    report = weigh(open_project(cwd=root), Options(engine="algebra"), today=TODAY)
    for render in (to_markdown, to_html):
        assert "spec/tiny.safetensors counts 136" in render(report)


def test_an_audit_counts_an_oracle_as_any_other_claim(root: Path) -> None:
    put(root, CLAIMS)
    project = open_project(cwd=root)
    (loaded,) = project.loaded
    judged = [
        each
        for each in judge_mutants((root / "spec" / "card.toml").read_text(), reader(project, loaded), today=TODAY)
        if each.mutant.kind == "claim" and each.mutant.name in ("all", "alone")
    ]
    # Three digits of each figure; of 117M's neighbour every change is caught, since the artifact counts exactly.
    figures = [(each.mutant.name, each.mutant.what, each.fate) for each in judged if each.mutant.key == "printed"]
    assert figures == [
        ("all", "becomes 236", "caught"),
        ("all", "becomes 146", "caught"),
        ("all", "becomes 137", "caught"),
        ("alone", "becomes 224M", "caught"),
        ("alone", "becomes 134M", "caught"),
        ("alone", "becomes 125M", "caught"),
    ]
    assert {each.fate for each in judged if each.mutant.key == "equals"} <= {"caught", "excused"}


def test_what_an_artifact_is_made_of_is_watched(root: Path) -> None:
    spec = root / "spec"
    index = spec / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": dict.fromkeys(TINY, "tiny.safetensors")}))
    (spec / "config.json").unlink()
    claims = '[[claim]]\nid = "c"\nprinted = "136"\noracle = { checkpoint = "model.safetensors.index.json" }\n'
    put(root, claims)
    assert open_project(cwd=root).files == (spec / "card.toml", index)
    project = watched((str(spec),), root=str(root), options=Options(), today=TODAY, max_bytes=None)
    report = project.update().report
    assert report is not None
    assert [each.standing for each in report.results] == ["pass"]
    assert {index, spec / "tiny.safetensors", spec / "config.json"} <= project.files
    checkpoint(spec / "tiny.safetensors", {**TINY, "norm.weight": [9]})
    report = project.update((spec / "tiny.safetensors",)).report
    assert report is not None
    assert [diagnose(each) for each in report.results] == [
        "spec/card.toml:27:1: refuted[card/c] prints 136; spec/model.safetensors.index.json counts 137"
    ]


def test_a_spec_with_an_oracle_imports_nothing_heavy(root: Path) -> None:
    put(root, f'[[claim]]\nid = "c"\nprinted = "{TOTAL}"\noracle = {{ config = "config.json" }}')
    code = (
        "import sys; from weighbridge.cli import main; code = main(['check', '--quiet', '--engine', 'algebra']); "
        "print(code, sorted({'numba', 'numpy', 'torch', 'transformers', 'hypothesis'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
