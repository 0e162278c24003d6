"""A config.json counts what transformers builds from it, exactly, or is an error that says what is not understood."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from published_models import PUBLISHED, Keys
from weighbridge.artifacts.config import read_config
from weighbridge.artifacts.families import FAMILIES
from weighbridge.artifacts.families.images import WRAPPERS
from weighbridge.artifacts.families.shared import CLASSIFIERS
from weighbridge.count.inventory import count_described
from weighbridge.count.tree import Count
from weighbridge.errors import SpecErrors, UsageError

FIXTURE = Path(__file__).parent / "hf" / "fixture.json.gz"


def count(config: Keys, *, as_class: str = "", ignored: tuple[str, ...] = (), part: str = "") -> Count:
    described = read_config("config.json", json.dumps(config).encode(), as_class=as_class, ignored=ignored, part=part)
    return count_described(described, source="config.json", kind="config")


def refusal(config: Keys | str) -> str:
    with pytest.raises(SpecErrors) as caught:
        read_config("config.json", (config if isinstance(config, str) else json.dumps(config, indent=1)).encode())
    return str(caught.value)


@cache
def rows() -> list[dict[str, Any]]:
    """Return what transformers counted, as tests/hf/oracle.py recorded it."""
    found: list[dict[str, Any]] = json.loads(gzip.decompress(FIXTURE.read_bytes()))["rows"]
    return found


def without(count: Count, convention: str) -> int:
    """Return how many parameters a convention accounts for."""
    return next((count.total - each.total for each in count.alternatives if each.convention == convention), 0)


@cache
def drawn() -> list[tuple[Count, dict[str, int], Keys]]:
    """Return the count of each random config, and what transformers counted."""
    return [
        (count(row["config"]), row["counted"], row["config"])
        for row in rows()
        if "key" not in row and "part" not in row
    ]


def test_random_configs_of_every_family_are_counted_as_transformers_builds_them() -> None:
    agreed: Counter[str] = Counter()
    for found, expected, config in drawn():
        assert found.total == expected["total"], config
        agreed[config["model_type"]] += 1
    assert agreed.keys() == FAMILIES.keys()
    assert min(agreed.values()) >= 20


def test_text_models_of_configs_of_images_and_text_are_counted_as_transformers_builds_them() -> None:
    agreed: Counter[str] = Counter()
    for row in rows():
        if "part" in row:
            assert count(row["config"], part=row["part"]).total == row["counted"]["total"], row["config"]
            agreed[row["config"]["model_type"]] += 1
    assert agreed.keys() == WRAPPERS.keys()
    assert min(agreed.values()) >= 20


def test_every_class_that_is_known_of_a_family_is_among_them() -> None:
    """But for classes under their old names, and those of text models that never stand alone."""
    built = {row["config"]["architectures"][0] for row in rows()}
    known: set[str] = set()
    for family in FAMILIES:
        config = next(row["config"] for row in rows() if row["config"]["model_type"] == family)
        known |= set(
            re.findall(r"'([^']+)'", refusal({**config, "architectures": ["X"]}).partition("counts one of")[2])
        )
    old = {"T5WithLMHeadModel", "MPTForCausalLM", "MPTModel"}
    assert known - built == old | {f"MPT{ending}" for ending in CLASSIFIERS.values()} | {"Llama4Model"} | {
        f"Qwen{each}Model" for each in ("2VL", "2_5_VL", "3VL")
    }


def test_their_norms_biases_and_embeddings_are_told_apart_as_its_modules_are() -> None:
    """The parts are counted by the names and classes of modules there, by conventions and tensors here."""
    for found, expected, config in drawn():
        assert without(found, "norms") == expected["norms"], config
        assert without(found, "biases") == expected["biases"], config
        if expected["embedding"]:  # a vision transformer has none
            assert found.measure("embedding").value == expected["embedding"], config


def test_a_config_with_one_key_changed_is_counted_exactly_or_refused() -> None:
    """Keys that are said to change no shape are among those that are changed."""
    agreed = refused = 0
    for row in rows():
        if "key" not in row:
            continue
        changed = {**row["config"], row["key"]: row["value"]}
        expected = row["counted"]["total"]
        if changed["model_type"] == "t5" and row["key"] == "tie_word_embeddings":
            # transformers 5 ties what T5 1.1 and its checkpoints have apart.
            expected += changed["vocab_size"] * changed["d_model"]
        try:
            found = count(changed).total
        except SpecErrors:
            refused += 1
            continue
        assert found == expected, changed
        agreed += 1
    assert agreed > 20 * refused > 0


@pytest.mark.parametrize(("config", "total"), [each[1:] for each in PUBLISHED], ids=[each[0] for each in PUBLISHED])
def test_published_models_have_as_many_parameters_as_their_files(config: Keys, total: int) -> None:
    assert count(config).total == total


def test_every_family_has_a_published_model_or_one_that_differs_in_little() -> None:
    named = {config["model_type"] for _, config, _ in PUBLISHED}
    parts = {"qwen2_vl_text", "qwen2_5_vl_text", "qwen3_vl_text", "llama4_text"}
    assert FAMILIES.keys() - named == {"granite", "cohere2", "mamba2", *parts}


def test_other_quantities_are_those_of_the_mixtral_paper_and_tables_about_it() -> None:
    found = count({"model_type": "mixtral"}).quantities
    assert found["active"].value == 12_879_925_248  # both embeddings counted
    assert found["active_without_embedding"].value == 12_748_853_248  # one embedding counted
    assert found["matrices"].value == 12_748_587_008
    assert found["kv_cache"].value == 131_072


def test_qwen3_caches_and_activates_what_its_card_says() -> None:
    found = count({"model_type": "qwen3_moe", "num_hidden_layers": 48, "head_dim": 128}).quantities
    assert found["kv_cache"].value == 98_304
    assert found["active"].value == 3_353_032_704


def test_a_latent_cache_holds_one_vector_for_all_heads() -> None:
    found = count({"model_type": "deepseek_v3"}).quantities
    assert found["kv_cache"].value == 61 * (512 + 64) * 2


def test_attention_of_a_windowed_layer_ends_at_the_window() -> None:
    """Two layers of 5 heads of 4: one sees 64 positions, one 16 of them."""
    config = {
        "model_type": "gemma2",
        "num_hidden_layers": 2,
        "hidden_size": 20,
        "num_attention_heads": 5,
        "num_key_value_heads": 1,
        "head_dim": 4,
        "max_position_embeddings": 64,
        "sliding_window": 16,
    }
    assert count(config).quantities["flops_attention"].value == 4 * (64 + 16) * 5 * 4


def test_flops_of_a_forward_pass_are_two_for_each_weight_and_attention() -> None:
    """GPT-2: 12 layers of 12 * 768^2 weights, a head of 50,257 * 768, and 4 * 12 * 1,024 * 768 for attention."""
    expected = 2 * (12 * 12 * 768**2 + 50_257 * 768) + 4 * 12 * 1024 * 768
    assert count({"model_type": "gpt2"}).quantities["flops_forward"].value == expected


def test_a_family_that_is_not_known_is_an_error() -> None:
    assert refusal({"model_type": "lama"}) == (
        "config.json:2:2: error: config: there is no count of the family 'lama' yet; did you mean 'llama'?"
    )


def test_a_model_of_images_and_text_is_not_counted_by_its_text_model_unless_that_is_asked_for() -> None:
    config = {"model_type": "idefics3", "text_config": {"model_type": "llama"}, "vision_config": {"depth": 3}}
    assert refusal(config) == (
        "config.json:2:2: error: config: 'idefics3' has parts beside its text model that are not all known here; "
        "--part text counts its text model alone"
    )
    found = count(config, part="text")
    assert (found.total, found.described_as) == (6_738_415_616, "LlamaForCausalLM")
    assert found.notes == ("the text model of 'idefics3' alone, with its head: its other parts are not counted",)


def test_a_head_that_is_tied_for_the_whole_and_not_for_the_text_model_is_an_error() -> None:
    config = {"model_type": "mistral3", "text_config": {"model_type": "mistral"}}
    with pytest.raises(SpecErrors) as caught:
        count(config, part="text")
    assert str(caught.value) == (
        "config.json:1:28: error: config: 'tie_word_embeddings' is true for the whole and false in 'text_config', "
        "written there or by default; --convention tied=true or tied=false says which"
    )
    assert count({**config, "tie_word_embeddings": False}, part="text").total == 7_241_732_096


def test_a_head_that_the_text_model_ties_is_tied_where_the_whole_has_no_word_in_it() -> None:
    """LLaVA hands its head to its text model: Llama 7B without a head of 32,000 rows of 4,096."""
    config = {"model_type": "llava", "text_config": {"model_type": "llama", "tie_word_embeddings": True}}
    assert count(config, part="text").total == 6_738_415_616 - 32_000 * 4_096


def test_a_vision_transformer_with_a_pooling_head_is_an_error() -> None:
    config = {"model_type": "gemma3", "text_config": {}, "vision_config": {"model_type": "siglip_vision_model"}}
    assert refusal(config) == (
        "config.json:4:2: error: config: 'vision_use_head' is missing: a pooling head has weights of its own"
    )


def test_a_mistake_within_the_text_model_is_placed_there() -> None:
    config = {"model_type": "gemma3", "vision_config": {"hidden_size": 2}, "text_config": {"hidden_size": "x"}}
    with pytest.raises(SpecErrors) as caught:
        count(config, part="text")
    assert str(caught.value) == "config.json:1:79: error: config: 'hidden_size' is a string, expected an integer"


def test_a_part_that_a_model_does_not_have_is_an_error() -> None:
    with pytest.raises(SpecErrors) as caught:
        count({"model_type": "gpt2"}, part="text")
    assert str(caught.value) == (
        "config.json:1:2: error: config: 'gpt2' has no parts that are counted apart; text models are a part of "
        + ", ".join(sorted(WRAPPERS))
    )


def test_a_key_that_is_not_understood_is_an_error_until_it_is_said_not_to_matter() -> None:
    config = {"model_type": "gpt2", "n_layerz": 3}
    assert refusal(config) == (
        "config.json:3:2: error: config: 'n_layerz' is not understood, and may change shapes; "
        "did you mean 'n_layer'? --ignore n_layerz says that it does not"
    )
    assert count(config, ignored=("n_layerz",)).total == 124_439_808


def test_all_mistakes_are_told_at_once() -> None:
    text = refusal({"model_type": "llama", "hidden_size": 0, "num_hidden_layers": "2", "vocab_size": True})
    assert text.splitlines() == [
        "config.json:3:2: error: config: 'hidden_size' is 0, expected 1 to 1,000,000,000,000",
        "config.json:4:2: error: config: 'num_hidden_layers' is a string, expected an integer",
        "config.json:5:2: error: config: 'vocab_size' is true or false, expected an integer",
    ]


def test_two_names_of_one_thing_must_agree() -> None:
    assert refusal({"model_type": "gpt2", "n_layer": 2, "num_hidden_layers": 3}) == (
        "config.json:4:2: error: config: 'num_hidden_layers' and 'n_layer' are two names of one thing and differ"
    )


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("pruned_heads", {"0": [1]}, "heads are missing from some layers"),
        ("add_cross_attention", True, "cross attention has weights of its own"),
        ("torchscript", True, "it unties the head from the embeddings"),
    ],
)
def test_a_key_that_changes_shapes_in_a_way_that_is_not_counted_is_an_error(key: str, value: object, why: str) -> None:
    shown = json.dumps(value)
    assert refusal({"model_type": "gpt2", key: value}) == (
        f"config.json:3:2: error: config: '{key}' is {shown}, which is not counted: {why}"
    )


def test_a_class_with_weights_that_are_not_known_is_an_error() -> None:
    config = {"model_type": "gpt2", "architectures": ["GPT2DoubleHeadsModel"]}
    assert refusal(config) == (
        "config.json:3:2: error: config: 'architectures' is 'GPT2DoubleHeadsModel', whose weights are not all known "
        "here; --as CLASS counts one of 'GPT2LMHeadModel', 'GPT2Model', 'GPT2ForSequenceClassification', "
        "'GPT2ForTokenClassification', 'GPT2ForQuestionAnswering'"
    )
    assert count(config, as_class="GPT2Model").total == 124_439_808


def test_a_classifier_has_as_many_rows_as_there_are_classes_and_an_answer_two_ends() -> None:
    """Rows of 768 beside GPT-2 without a head: scores of sequences have no biases, the others have."""
    named = {"model_type": "gpt2", "id2label": {str(each): f"class {each}" for each in range(5)}}
    base = 124_439_808
    for ending, more in (("Sequence", 5 * 768), ("Token", 5 * 768 + 5), ("Question", 2 * 768 + 2)):
        name = f"GPT2For{ending}{'Answering' if ending == 'Question' else 'Classification'}"
        found = count({**named, "architectures": [name]})
        assert (found.total, found.measure("classification").value) == (base + more, more), name


def test_a_classifier_of_bart_has_three_classes_where_none_are_named() -> None:
    """Three is the default of BART alone: entailed, contradicted, neither."""
    assert count({"model_type": "bart", "architectures": ["BartForSequenceClassification"]}).total == 407_344_131


def test_a_head_of_its_own_that_checkpoints_have_is_counted_and_said() -> None:
    found = count({"model_type": "t5", "tie_word_embeddings": False})
    assert found.total == 60_506_624 + 32_128 * 512
    assert found.notes == (
        "tie_word_embeddings is false: the head is counted by itself, as checkpoints have it; transformers 5 ties it",
    )


UNREADABLE = "is no JSON that can be read: it nests too deeply, or has a number of thousands of digits"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: error: config: is no JSON: expecting value"),
        ('{"model_type": ', "1:16: error: config: is no JSON: expecting value"),
        ("[]", "1:1: error: config: is an array, expected an object"),
        ('{"a": 1, "a": 2}', "1:1: error: config: has keys that stand twice: 'a'"),
        (
            "[" * 100_000,
            f"1:1: error: config: {UNREADABLE}",
        ),
        (
            '{"a": ' + "9" * 5000 + "}",
            f"1:1: error: config: {UNREADABLE}",
        ),
    ],
    ids=["empty", "cut off", "array", "twice", "deep", "long"],
)
def test_what_is_no_json_object_is_one_line(text: str, message: str) -> None:
    assert refusal(text) == f"config.json:{message}"


def test_infinity_is_a_value_as_python_writes_it() -> None:
    """Configs of Mamba 2 have it in `time_step_limit`."""
    text = b'{"model_type": "mamba2", "time_step_limit": [0.0, Infinity]}'
    assert read_config("config.json", text).architecture == "mamba2"


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 2, 10**9, 10**15, 0.5, "auto", "x", [], {}, [1], [[["global"], 10**9]], {"alibi": 1}]),
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_config_with_any_value_in_a_key_is_counted_or_refused(data: st.DataObject) -> None:
    """Whatever stands there, there is no other exception, and no time or memory without bounds."""
    row = data.draw(st.sampled_from(rows()))
    config = changed = json.loads(json.dumps(row["config"]))
    inner = [key for key in ("text_config", "vision_config") if isinstance(config.get(key), dict)]
    within = data.draw(st.booleans())
    if inner and within:
        changed = config[data.draw(st.sampled_from(inner))]
    changed[data.draw(st.sampled_from(sorted(changed)))] = data.draw(VALUES)
    with contextlib.suppress(SpecErrors, UsageError):
        count(config, part=row.get("part", ""))


NORMS_OF_HEADS = "norms of queries and keys are as wide as heads that share the width"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_type": "gpt2", "tie_word_embeddings": None}, "'tie_word_embeddings' is null, expected true or false"),
        (
            {"model_type": "stablelm", "head_dim": 4},
            "'head_dim' is 4, which is not counted: heads share the width",
        ),
        (
            {"model_type": "qwen2_vl_text", "head_dim": 4},
            "'head_dim' is 4, which is not counted: heads share the width",
        ),
        (
            {"model_type": "phi", "head_dim": 4, "qk_layernorm": True},
            f"'head_dim' is 4, which is not counted: {NORMS_OF_HEADS}",
        ),
        (
            {"model_type": "bart", "num_hidden_layers": 3},
            "'num_hidden_layers' is 3, which is not counted: it differs from 'encoder_layers'",
        ),
        (
            {"model_type": "t5", "num_hidden_layers": 3},
            "'num_hidden_layers' is 3, which is not counted: it differs from 'num_layers'",
        ),
        (
            {"model_type": "bert", "num_labels": 4, "id2label": {"0": "a", "1": "b"}},
            "'num_labels' is 4, and 'id2label' names 2 classes",
        ),
    ],
    ids=["null", "stablelm", "qwen2_vl", "phi", "bart", "t5", "labels"],
)
def test_a_key_that_the_library_reads_in_another_way_than_it_says_is_an_error(config: Keys, message: str) -> None:
    classified = {"architectures": ["BertForTokenClassification"]} if "num_labels" in config else {}
    assert refusal({**config, **classified}).partition("error: config: ")[2] == message


def test_layers_are_bounded() -> None:
    assert refusal({"model_type": "gpt2", "n_layer": 10**9}) == (
        "config.json:3:2: error: config: 'n_layer' is 1,000,000,000, expected 1 to 10,000"
    )


HUB: tuple[tuple[str, int], ...] = (
    (
        """{"_name_or_path": "", "_num_labels": 1, "activation_function": "gelu_new",
        "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 50256, "embd_pdrop": 0.1,
        "eos_token_id": 50256, "id2label": {"0": "LABEL_0"}, "initializer_range": 0.02, "label2id": {"LABEL_0": 0},
        "layer_norm_epsilon": 1e-05, "model_type": "gpt2",
        "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 6, "n_positions": 1024, "resid_pdrop": 0.1,
        "summary_activation": null, "summary_first_dropout": 0.1, "summary_proj_to_labels": true,
        "summary_type": "cls_index", "summary_use_proj": true, "task_specific_params": {}, "vocab_size": 50257}""",
        81_912_576,
    ),
    (
        """{"alibi": false, "apply_residual_connection_post_layernorm": false, "architectures": ["FalconForCausalLM"],
        "attention_dropout": 0.0, "auto_map": {"AutoConfig": "configuration_falcon.FalconConfig"}, "bias": false,
        "bos_token_id": 11, "eos_token_id": 11, "hidden_dropout": 0.0, "hidden_size": 4544, "initializer_range": 0.02,
        "layer_norm_epsilon": 1e-05, "model_type": "falcon", "multi_query": true, "new_decoder_architecture": false,
        "num_attention_heads": 71, "num_hidden_layers": 32, "parallel_attn": true, "torch_dtype": "bfloat16",
        "transformers_version": "4.27.4", "use_cache": true, "vocab_size": 65024}""",
        6_921_720_704,
    ),
    (
        """{"architectures": ["MambaForCausalLM"], "bos_token_id": 0, "conv_kernel": 4, "d_inner": 1536, "d_model": 768,
        "eos_token_id": 0, "expand": 2, "fused_add_norm": true, "hidden_act": "silu", "hidden_size": 768,
        "initializer_range": 0.1, "intermediate_size": 1536, "layer_norm_epsilon": 1e-05, "model_type": "mamba",
        "n_layer": 24, "num_hidden_layers": 24, "pad_token_id": 0, "pad_vocab_size_multiple": 8,
        "rescale_prenorm_residual": false, "residual_in_fp32": true, "rms_norm": true, "ssm_cfg": {}, "state_size": 16,
        "time_step_floor": 0.0001, "time_step_init_scheme": "random", "time_step_max": 0.1, "time_step_min": 0.001,
        "time_step_rank": 48, "time_step_scale": 1.0, "use_bias": false, "use_cache": true, "use_conv_bias": true,
        "vocab_size": 50280}""",
        129_135_360,
    ),
    (
        """{"_num_labels": 3, "activation_dropout": 0.1, "activation_function": "gelu", "add_bias_logits": false,
        "add_final_layer_norm": false, "architectures": ["BartModel"], "attention_dropout": 0.1, "bos_token_id": 0,
        "classif_dropout": 0.1, "classifier_dropout": 0.0, "d_model": 1024, "decoder_attention_heads": 16,
        "decoder_ffn_dim": 4096, "decoder_layerdrop": 0.0, "decoder_layers": 12, "decoder_start_token_id": 2,
        "dropout": 0.1, "early_stopping": true, "encoder_attention_heads": 16, "encoder_ffn_dim": 4096,
        "encoder_layerdrop": 0.0, "encoder_layers": 12, "eos_token_id": 2, "forced_bos_token_id": 0,
        "gradient_checkpointing": false, "init_std": 0.02, "is_encoder_decoder": true, "max_position_embeddings": 1024,
        "model_type": "bart", "no_repeat_ngram_size": 3, "normalize_before": false, "num_beams": 4,
        "num_hidden_layers": 12, "pad_token_id": 1, "scale_embedding": false, "use_cache": true,
        "vocab_size": 50265}""",
        406_291_456,
    ),
    (
        """{"architectures": ["GPTNeoXForCausalLM"], "attention_probs_dropout_prob": 0, "bos_token_id": 0,
        "eos_token_id": 0, "hidden_act": "gelu_fast", "hidden_dropout_prob": 0, "hidden_size": 6144,
        "initializer_range": 0.02, "intermediate_size": 24576, "layer_norm_eps": 1e-05, "max_position_embeddings": 2048,
        "model_type": "gpt_neox", "num_attention_heads": 64, "num_hidden_layers": 44, "rotary_emb_base": 10000,
        "rotary_pct": 0.25, "tie_word_embeddings": false, "torch_dtype": "float16", "use_cache": true,
        "vocab_size": 50432}""",
        20_554_567_680,
    ),
)


@pytest.mark.parametrize(("text", "total"), HUB, ids=["DistilGPT-2", "Falcon 7B", "Mamba 130M", "BART", "GPT-NeoX"])
def test_configs_with_the_keys_of_their_time_are_understood(text: str, total: int) -> None:
    assert count(json.loads(text)).total == total
