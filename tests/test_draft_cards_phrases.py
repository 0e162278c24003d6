"""Turns of phrase of many hands: each figure is what its words say, false or not, and in doubt it is left to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_cards import CARDS, LIBRARY, composer
from weighbridge.documents.read import read_document
from weighbridge.draft import compose as composing
from weighbridge.draft.asked import Asked
from weighbridge.draft.compose import Composer
from weighbridge.errors import UsageError
from weighbridge.spec.read import read_spec

TODO = "left to do"


def said_of(found: Composer) -> list[str]:
    """Return what a draft makes of each figure and formula below the title."""
    return list(sayings(found))


def sayings(found: Composer) -> Iterator[str]:
    for entry in found.entries():
        guess = entry.guess
        if entry.item.location.line > 1 and guess is None:
            yield TODO
        elif entry.item.location.line > 1 and guess is not None:
            yield f"{'refuted ' if guess.refuted else ''}{guess.asserts or guess.equals[0]}"


def of_card(name: str, sentence: str) -> list[str]:
    return said_of(composer(CARDS / f"{name}.json", f"# Card\n\n{sentence}\n".encode()))


def without_config(text: str, architecture: str = "") -> list[str]:
    asked = Asked(
        source=read_document("card.md", f"# Card\n\n{text}\n".encode()),
        spec_path="spec/card.toml",
        document="../card.md",
        architecture=architecture,
    )
    return said_of(Composer(asked, LIBRARY))


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        # So many dimensions are those of what has them.
        ("It has 32 attention heads of 128 dimensions each.", ["n_heads", "d_head"]),
        ("It has 32 attention heads of 64 dimensions each.", ["n_heads", "refuted d_head"]),
        ("Attention heads: 32 (128 dimensions each)", ["n_heads", "d_head"]),
        ("48 heads, each 64 wide.", ["refuted n_heads", "refuted d_head"]),
        ("32 heads, each with a dimension of 128.", ["n_heads", "d_head"]),
        ("The feed-forward network has a hidden dimension of 11008.", ["d_ff"]),
        ("Each MLP has a hidden size of 11008.", ["d_ff"]),
        ("The hidden size of the model is 4096.", ["d_model"]),
        ("It rotates 64 dimensions of each head.", [TODO]),
        ("We use vectors with a dimension of 300.", [TODO]),
        # A tokenizer's entries, and tokens of something else.
        ("The tokenizer has 32,000 entries.", ["n_vocab"]),
        ("Byte-level BPE with 29,000 tokens.", ["refuted n_vocab"]),
        ("The tokenizer was trained on 32,000 documents.", [TODO]),
        ("We suggest an output length of 4096 tokens.", [TODO]),
        # Bounds.
        ("It is split over 32 heads.", ["n_heads"]),
        ("It has over 32 heads.", ["refuted n_heads > 32"]),
        # Parameters of a part, of a layer, and of the whole.
        ("The total comes to 6.74B parameters.", ["total"]),
        ("Size: 6.7B", ["total"]),
        ("Size: 5.7B", [TODO]),
        ("6.1B parameters without embeddings.", ["refuted non_embedding"]),
        ("In each layer, attention has 67,108,864 parameters.", ["attention / n_layers"]),
        ("In each layer, attention has 67,108,863 parameters.", ["refuted attention / n_layers"]),
        ("Attention has 2.15B parameters, the MLPs have 4.33B parameters.", ["attention", "feedforward"]),
        ("4.33B of the 6.74B parameters are in the feed-forward layers.", ["feedforward", "total"]),
        ("4.33B parameters are in the feed-forward layers, 2.15B in attention.", ["feedforward", "attention"]),
        ("Parameters per layer: 202,383,360", [TODO]),
        ("Size of a layer: 202M parameters.", [TODO]),
        ("The up projections have 1,442,840,576 weights.", [TODO]),
        ("It has 3 channels.", [TODO]),
        # Lists, and figures that only stand beside each other.
        ("Model width 4096, 40 heads.", ["d_model", "refuted n_heads"]),
        ("With 12, 24 and 36 layers.", [TODO, TODO, TODO]),
        # Other models.
        ("It has 32 layers, about as many as OPT.", ["n_layers"]),
        ("A GPT-2 style model with 40 layers.", ["refuted n_layers"]),
        ("A generative transformer (GPT) with 40 layers.", ["refuted n_layers"]),
        ("The teacher was a network of 32 layers.", [TODO]),
        ("Ablations with 24 layers did worse than a baseline with 32 layers.", [TODO, TODO]),
        ("A variant with 12 layers was tried first.", [TODO]),
        ("It outperforms models with 13B parameters.", [TODO]),
        ("We double the width to 8192.", [TODO]),
        ("We also trained a model of width $d = 512$.", [TODO]),
        # Stored, cached, and in small letters.
        ("The weights take 13.5 GB. in single precision they'd take 27 GB.", ["checkpoint", "4 * total"]),
        ("Caching a token costs 512 KiB in fp16.", ["kv_cache"]),
        ("On disk it takes 13.5 GB. In single precision, reckon with 27.0 GB.", ["checkpoint", "4 * total"]),
        ("| Phase | Tokens |\n|---|---|\n| first | 2.6T |\n| second | 0.4T |", [TODO, TODO]),
        # What only the card says is no mistake where it says two things.
        ("Trained on 2T tokens, then trained on 100B tokens.", ["n_tokens", TODO]),
    ],
)  # fmt: skip
def test_words_beside_a_figure_say_what_it_is(sentence: str, figures: list[str]) -> None:
    assert of_card("llama2-7b", sentence) == figures


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("It has 46.7B total parameters but only uses 12.9B parameters per token.", ["total", "active"]),
        ("It has 45.0B total parameters but uses 11.0B parameters per token.", ["refuted total", "refuted active"]),
        ("The total is 46.7B parameters, 12.9B of which are active.", ["total", "active"]),
        ("A MoE (46.7B total, 12.9B active).", ["total", "active"]),
        ("12.9B are active for any token.", ["active"]),
        ("Each token sees 12.9B parameters.", ["active"]),
        ("The router picks the top 2 experts.", ["n_active_experts"]),
        ("Each token is sent to 2 experts, and uses 3 of them.", ["n_active_experts", "refuted n_active_experts"]),
        ("Each expert has a hidden size of 14,336.", ["d_expert"]),
        ("The experts hold 45.1B parameters.", ["experts"]),
        ("8 fine-grained experts in each layer.", ["n_experts"]),
        ("A vocabulary of 32k.", ["n_vocab"]),
    ],
)  # fmt: skip
def test_words_tell_what_is_active_from_the_whole(sentence: str, figures: list[str]) -> None:
    assert of_card("mixtral", sentence) == figures


@pytest.mark.parametrize(
    ("name", "text", "figures"),
    [
        # Letters that words define.
        ("llama2-7b", "The model has $L = 32$ layers and width $d = 4096$.", ["L", "d"]),
        ("llama2-7b", "The model has $L = 40$ layers and width $d = 512$.", ["refuted L", "refuted d"]),
        ("llama2-7b", "Every head has an inner dimension of $d_{kv} = 128$.", ["d_kv"]),
        ("mixtral", "It has $G = 8$ key/value heads.", ["G"]),
        # Formulas that are set equal to a figure, in LaTeX and in plain text.
        (
            "llama2-7b",
            "With $L$ layers, width $d$ and feed-forward width $f$: $L d f = 1{,}442{,}840{,}576$.",
            ["gate", "L * d * f"],
        ),
        (
            "llama2-7b",
            "With $L$ layers of width $d$: $12 L d^2 = 6{,}442{,}450{,}945$.",
            ["refuted 6442450945", "refuted 12 * L * d ** 2"],
        ),
        (
            "llama2-7b",
            "L layers, width d and feed-forward width f: L·d·f = 1,442,840,576 weights.",
            ["gate", "L * d * f"],
        ),
        # What is rounded may have its scale behind the formula.
        ("llama2-7b", "With $L$ layers of width $d$: $12 L d^2 = 6.44$ billion.", [TODO, TODO]),
        ("llama2-7b", "With $L$ layers of width $d$: $12 L d^2 = 6400$ million.", [TODO, TODO]),
        # A training's tokens by a letter.
        (
            "llama2-7b",
            r"Of width $d$, it is trained on $2 \times 10^{12}$ tokens, so $6 N D \approx 8.1 \times 10^{22}$ FLOPs.",
            ["D", "flops_train", "flops_train"],
        ),
        # Formulas that words speak of, and that are false.
        ("llama2-7b", "With $L$ layers of width $d$, the MLPs hold $6 L d^2$ weights.", ["refuted feedforward"]),
        ("llama2-7b", "With $L$ layers of width $d$, it has $N = 20 L d^2$ parameters.", ["refuted N"]),
        # An estimate without the embeddings, one layer alone, and a part of attention.
        ("llama2-7b", "With $L$ layers of width $d$, it has $N = 12 L d^2$ parameters.", [TODO]),
        ("llama2-7b", "With $L$ layers of width $d$, the MLP holds $6 d^2$ weights.", [TODO]),
        ("llama2-7b", "With $L$ layers of width $d$, attention has $9 L d^2$ weights for queries.", [TODO]),
    ],
)  # fmt: skip
def test_letters_and_formulas_say_what_a_figure_is(name: str, text: str, figures: list[str]) -> None:
    assert of_card(name, text) == figures


def test_columns_can_have_letters_for_names() -> None:
    table = "| Model | $L$ | $d$ |\n|---|---|---|\n| Llama 2 7B | 32 | 4096 |\n| Llama 2 13B | 40 | 5120 |"
    found = composer(CARDS / "llama2-7b.json", f"# Llama 2 7B\n\n{table}\n".encode())
    said = [entry.guess.equals[0] for entry in found.entries() if entry.guess is not None]
    assert said == ["L", "d"]


def test_a_wrong_formula_says_what_is_the_case_above_it() -> None:
    text = b"# Card\n\nWith $L$ layers of width $d$, the MLPs hold $6 L d^2$ weights.\n"
    draft = composer(CARDS / "llama2-7b.json", text).draft()
    # 6 * 32 * 4096^2, and a gate, an up and a down projection of 4096 x 11008 in each of 32 layers.
    assert "# does not hold: the formula is 3,221,225,472, and feedforward is 4,328,521,728\n" in draft.text
    assert (draft.claims, draft.refuted, draft.left) == (1, 1, 0)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("16 layers, and 32 attention heads of 128 dimensions each.", ["n_layers", "n_heads", "d_head"]),
        ("48 blocks, model width 6144, 48 heads.", ["n_layers", "d_model", "n_heads"]),
        ("12 layers. We tried 36 layers and a width of 512 first.", ["n_layers", TODO, TODO]),
        # A size is called L, and a symbol is.
        ("| Size | Layers |\n|---|---|\n| S | 12 |\n| M | 24 |\n| L | 32 |", [TODO, TODO, TODO]),
        ("| | S | M | L |\n|---|---|---|---|\n| Layers | 12 | 24 | 32 |", [TODO, TODO, TODO]),
        ("32 layers.\n\n| Size | Layers |\n|---|---|\n| S | 12 |\n| L | 32 |", ["n_layers", TODO, TODO]),
        ("| Symbol | Value |\n|---|---|\n| L | 32 |\n| d | 4096 |", ["n_layers", "d_model"]),
        # The value is that of the width, and the words speak of tokens.
        ("A width of 8192. A prompt may be as long as 8192 tokens.", ["d_model", TODO]),
    ],
)
def test_without_a_config_words_decide_as_well(text: str, figures: list[str]) -> None:
    assert without_config(text) == figures


def test_heads_and_their_width_are_not_mixed_up_by_their_values() -> None:
    assert without_config("It has 12 blocks, 12 heads of 64 dimensions and 768 channels.", "gpt") == [
        "n_layers", "n_heads", "d_head", "d_model",
    ]  # fmt: skip


def config_with(folder: Path, name: str, **keys: object) -> Path:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads((CARDS / f"{name}.json").read_text(encoding="utf-8")) | keys))
    return path


def test_what_a_number_takes_is_what_the_config_says(tmp_path: Path) -> None:
    config = config_with(tmp_path, "gpt2-small", torch_dtype="float32")
    draft = composer(config, b"# GPT-2 small\n\nThe checkpoint takes 498 MB, in fp16 it takes 249 MB.\n").draft()
    # 124,439,808 parameters of 4 bytes, and of 2.
    assert (draft.claims, draft.refuted) == (2, 0)
    assert "bytes_per_value = 4\n" in draft.text
    spec = read_spec("spec/card.toml", draft.text.encode(), library=LIBRARY)
    assert spec.models["card"].values["bytes_per_value"] == 4


def test_where_no_format_is_named_any_will_do_and_none_is_wrong() -> None:
    # The config of GPT-2 small names none.
    assert of_card("gpt2-small", "The weights take 498 MB.") == ["4 * total"]
    assert of_card("gpt2-small", "The weights take 249 MB.") == ["2 * total"]
    assert of_card("gpt2-small", "The weights take 300 MB.") == [TODO]


def test_a_document_whose_spec_would_be_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    found = composer(CARDS / "gpt2-small.json", b"# GPT-2 small\n\nIt has 12 layers and 12 heads.\n")
    size = len(found.draft().text.encode())
    monkeypatch.setattr(composing, "MAX_BYTES", size)
    assert found.draft().claims == 2
    monkeypatch.setattr(composing, "MAX_BYTES", size - 1)
    with pytest.raises(UsageError) as told:
        found.draft()
    assert str(told.value) == (
        f"card.md: has 2 figures and formulas, whose spec would have {size:,} bytes, "
        f"and a spec has at most {size - 1:,}; split the document"
    )
