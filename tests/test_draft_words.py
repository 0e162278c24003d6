"""The words around a figure of a model card decide what it is, or that nobody can tell."""

from __future__ import annotations

import doctest
import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest

from model_cards import CARDS, LIBRARY, composer
from weighbridge.documents.bind import bind
from weighbridge.documents.read import read_document
from weighbridge.draft.labels import subject_of
from weighbridge.draft.owner import models_in
from weighbridge.spec.read import read_spec

TODO, OTHER, NAME = "left to do", "other", "name"


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        # What is counted, said in many ways.
        ("A 7B-parameter model with a 4096-token context window.", ["total", "n_ctx"]),
        ("32 transformer blocks, 32 attention heads, hidden dimension of 4096.", ["n_layers", "n_heads", "d_model"]),
        ("With 6,738,415,616 weights in total.", ["total"]),
        ("A decoder with 6.74B parameters and 40 layers.", ["total", "refuted n_layers"]),
        ("The decoder has 6.2B parameters.", [TODO]),
        ("Parameters: 6.7B (6.5B non-embedding)", ["total", "non_embedding"]),
        ("d_model=4096, n_layers=32, d_ff=11008", ["d_model", "n_layers", "d_ff"]),
        ("The number of layers is 32.", ["n_layers"]),
        ("Total / non-embedding parameters: 6.74B / 6.48B", ["total", "non_embedding"]),
        ("Total / non-embedding parameters: 6.74B / about 6.48B", ["total", "non_embedding"]),
        ("Total / non-embedding parameters: 6.74B, 7B / 6.48B", [TODO, TODO, TODO]),
        ("Key/value heads: 32", ["n_kv_heads"]),
        ("Token embedding: 4096", ["d_model"]),
        ("Each head has 128 dimensions.", ["d_head"]),
        ("The vocabulary contains 32,000 tokens.", ["n_vocab"]),
        ("The embedding has 131,072,000 parameters.", ["embedding"]),
        ("Thirty-two layers.", ["n_layers == 32"]),
        ("More than 6 billion parameters.", ["total > 6_000_000_000"]),
        ("Supports up to 4096 tokens of context.", ["n_ctx"]),
        ("Trained on 2T tokens, a corpus of 5 TB.", ["n_tokens", TODO]),
        # What is false is claimed all the same.
        ("The number of layers is 40.", ["refuted n_layers"]),
        ("32 layers, 40 heads, 4096 hidden size", ["n_layers", "refuted n_heads", "d_model"]),
        ("Thirty-two layers and forty heads.", ["n_layers == 32", "refuted n_heads == 40"]),
        ("Over 7 billion parameters.", ["refuted total > 7_000_000_000"]),
        ("A vocabulary size of 32,100.", ["refuted n_vocab"]),
        ("A vocabulary size of 31k.", ["refuted n_vocab"]),
        ("KV heads: 8", ["refuted n_kv_heads"]),
        # Bytes and FLOPs, at the number format that is named.
        ("Weights: 13.5 GB (fp16), 27 GB (fp32).", ["checkpoint", "4 * total"]),
        ("In half precision the checkpoint takes 14.5 GB.", [NAME, "refuted checkpoint"]),
        ("Needs about 20 GB of memory in fp16.", [TODO]),
        ("The fp32 weights take 27 billion bytes.", ["4 * total"]),
        ("Quantized to 4 bits it takes 3.9 GB.", [NAME, TODO]),
        ("The 4-bit checkpoint takes 3.9 GB.", [NAME, TODO]),
        ("The KV cache takes 524,288 bytes per token in fp16.", ["kv_cache"]),
        ("The KV cache takes 262,144 bytes per token in fp16.", ["refuted kv_cache"]),
        ("The KV cache of 2048 tokens takes 1 GiB in fp16.", [TODO, "kv_cache * 2048"]),
        ("Trained on 64 GPUs with 80 GB memory for 21 days.", [TODO, TODO, TODO]),
        # Other models, several models, and parts.
        ("Unlike GPT-3, which has 96 layers, this model has 32 layers.", [OTHER, "n_layers"]),
        ("It has fewer layers than GPT-3 (96 layers).", [OTHER]),
        ("DeepThoughtMoE-16B has 28 layers.", [OTHER]),
        ("Llama 2 13B has 40 layers and 13.0B parameters.", [NAME, OTHER, OTHER]),
        ("The family has 7 to 70 billion parameters.", [TODO, TODO]),
        ("It is 10 times smaller than a 70B parameter model.", [TODO, TODO]),
        ("The largest model has 40 layers.", [TODO]),
        ("Layers: 24 to 40", [TODO, TODO]),
        ("The reward model has 3B parameters.", [TODO]),
        ("LoRA adds 4.2M trainable parameters.", [TODO]),
        ("The encoder has 12 layers.", [TODO]),
        ("Each layer has 202,383,360 parameters.", [TODO]),
        # Words decide: these values are those of layers, heads and widths, and mean none of them.
        ("We evaluate on 32 tasks and 128 prompts, with a batch size of 4096.", [TODO, TODO, TODO]),
        ("We froze the last 32 layers.", [TODO]),
        ("A beam width of 4 and a top-k of 50.", [TODO, TODO]),
        ("Layers 12 to 32 are used.", [TODO, TODO]),
        ("A learning rate of 3e-4 and 2000 steps.", [TODO, TODO]),
    ],
)  # fmt: skip
def test_words_decide_what_a_figure_is(sentence: str, figures: list[str]) -> None:
    found = composer(CARDS / "llama2-7b.json", f"# Llama 2 7B\n\n{sentence}\n".encode())
    entries = [entry for entry in found.entries() if entry.item.location.line > 1]
    said: list[str] = []
    for entry in entries:
        guess = entry.guess
        if guess is not None:
            said.append(f"{'refuted ' if guess.refuted else ''}{guess.asserts or guess.equals[0]}")
        else:
            said.append(TODO if not entry.exempt else OTHER if entry.exempt.startswith("TODO") else NAME)
    assert said == figures


def test_a_context_of_128k_is_128_times_1024(tmp_path: Path) -> None:
    config = json.loads((CARDS / "llama2-7b.json").read_text(encoding="utf-8")) | {"max_position_embeddings": 131_072}
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    (entry,) = composer(path, b"A context length of 128K.\n").entries()
    assert entry.guess is not None
    assert (entry.guess.equals, entry.guess.refuted) == (("n_ctx * 1_000 / 1_024",), False)
    (entry,) = composer(path, b"A context length of 64K.\n").entries()
    assert entry.guess is not None
    assert (entry.guess.equals, entry.guess.refuted) == (("n_ctx",), True)


def test_a_vocabulary_that_was_padded_is_no_mistake(tmp_path: Path) -> None:
    config = json.loads((CARDS / "llama2-7b.json").read_text(encoding="utf-8")) | {"vocab_size": 151_936}
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    (entry,) = composer(path, b"A vocabulary of 151,646 tokens.\n").entries()
    assert entry.guess is not None
    assert (entry.guess.asserts, entry.guess.refuted) == ("151_646 <= n_vocab", False)
    # The 50,257 rows of GPT-2 were never padded.
    (entry,) = composer(CARDS / "gpt2-small.json", b"A vocabulary of 50,000 tokens.\n").entries()
    assert entry.guess is not None
    assert (entry.guess.equals, entry.guess.refuted) == (("n_vocab",), True)
    # More than there are rows, or so many fewer that nobody pads as much.
    for tokens in (b"152,000", b"100,000"):
        (entry,) = composer(path, b"A vocabulary of %s tokens.\n" % tokens).entries()
        assert entry.guess is not None
        assert (entry.guess.equals, entry.guess.refuted) == (("n_vocab",), True)


def test_the_unit_behind_a_figure_is_a_part_of_it() -> None:
    (entry,) = composer(CARDS / "llama2-7b.json", b"Full-precision weights: 27 billion bytes.\n").entries()
    assert entry.guess is not None
    assert (entry.guess.printed, entry.guess.equals) == ("27 billion bytes", ("4 * total",))


def test_a_column_in_millions_is_read_in_millions() -> None:
    card = b"# GPT-2 small\n\n| Model | Params (M) | Layers |\n|---|---|---|\n| S | 124 | 12 |\n| M | 355 | 24 |\n"
    draft = composer(CARDS / "gpt2-small.json", card).draft()
    assert (
        'printed = "124"\nequals = "total / 1_000_000"\nprecision = "1"\n'
        'because = "its column has a scale, so that it is rounded"\n'
    ) in draft.text
    assert (draft.claims, draft.refuted) == (2, 0)
    wrong = composer(CARDS / "gpt2-small.json", card.replace(b"124", b"117")).draft()
    assert wrong.refuted == 0, "no row is the model's where only one of its cells is true"
    spec = read_spec("spec/card.toml", draft.text.encode(), library=LIBRARY)
    assert bind(read_document("card.md", card), spec).errors == ()


@pytest.mark.parametrize(
    ("label", "subject"),
    [
        ("Number of Attention Heads (GQA)", "heads"), ("num_key_value_heads", "kv-heads"), ("Vocab size", "vocabulary"),
        ("max_position_embeddings", "context"), ("#params", "total"), ("Non-Embedding Params", "non-embedding"),
        ("Feed-forward dimension (per expert)", "expert-width"), ("window_size", "window"), ("n_embd", "width"),
        ("Batch size", ""), ("Learning rate", ""), ("Epochs", ""), ("Layer norm epsilon", ""), ("Training steps", ""),
    ],
)  # fmt: skip
def test_a_label_speaks_of_one_subject_or_of_none(label: str, subject: str) -> None:
    found = subject_of(label)
    assert (found.subject if found else "") == subject


def test_a_name_that_says_more_than_the_title_may_be_that_of_another_model() -> None:
    said = [
        entry.guess and entry.guess.equals
        for entry in composer(CARDS / "gemma-2b.json", b"# Gemma\n\nGemma 2B has 18 layers and 9 heads.\n").entries()
        if entry.item.text in ("18", "9")
    ]
    assert said == [("n_layers",), None], "what is true is claimed, and what is false may be true of the other"


@pytest.mark.parametrize("phrase", ["a ", "12 layers, ", "is ", "a/", "1/   ", "Llama 2 ", "46.7B / ", "of the ", "a-"])
def test_the_words_around_a_figure_are_read_in_time_however_many_there_are(phrase: str) -> None:
    body = phrase * (1_500 // len(phrase))
    card = f"# Llama 2 7B\n\nTotal / active: {body};{body}: {body} 12 heads.\n"
    asked = composer(CARDS / "llama2-7b.json", card.encode())
    assert asked.found.card is not None
    assert asked.found.card.readings[max(asked.found.card.readings)].text == "12"


def test_models_are_found_by_their_families() -> None:
    text = "Mistral 7B beats Llama-2-13b; OPT 12 layers deep, Qwen2 72 billion, GPT-2 XL, not optimal."
    assert [text[each.span.start : each.span.end] for each in models_in(text)] == [
        "Mistral 7B", "Llama-2-13b", "OPT", "Qwen2", "GPT-2 XL",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["labels", "owner", "printed", "words"])
def test_examples_in_docstrings_are_true(name: str) -> None:
    module: ModuleType = importlib.import_module(f"weighbridge.draft.{name}")
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0
