"""Which words, letters and configuration keys speak of which part of a model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from msgspec import Struct

#: Phrases, and what each may speak of, in the names that shipped architectures have; the first is the likeliest.
#: A plural is read as well, a hyphen or underscore as a space or as nothing, and of two phrases the longer counts.
PHRASES: Mapping[str, tuple[str, ...]] = {
    "n_layers": (
        "layer", "transformer layer", "decoder layer", "block", "transformer block", "decoder block", "depth",
        "number of layers", "n_layer", "num_layers", "num_hidden_layers",
    ),
    "n_layers attention": ("attention layer",),
    "d_model": (
        "width", "model width", "hidden size", "hidden dimension", "hidden width", "model dimension", "model size",
        "embedding dimension", "embedding size", "embedding width", "dimension of embedding space", "dimensional",
        "dimension", "component", "residual stream", "width of the model", "width of the residual stream",
        "dimension of the model", "n_embd", "hidden_size", "d_model", "embed_dim", "embedding dim", "channel",
    ),
    "n_heads": ("number of heads", "number of attention heads", "n_head", "num_attention_heads", "num_heads"),
    "n_heads attention": ("attention head",),
    "n_heads d_head": ("head",),
    "d_head": (
        "head dimension", "head size", "head width", "head dim", "dimension per head", "width of a head", "per head",
        "dimension of a head", "dimension of each head", "size of each head", "head_dim", "d_head",
    ),
    "d_ff": (
        "feed-forward dimension", "feed-forward size", "feed-forward width", "ffn dimension", "ffn size", "ffn width",
        "intermediate size", "intermediate dimension", "mlp width", "mlp dimension", "mlp size", "neuron",
        "inner dimension", "inner width", "hidden layer", "hidden unit", "n_inner", "intermediate_size", "d_ff",
        "feed-forward hidden size", "hidden size of the feed-forward network", "feed-forward inner size",
    ),
    "n_vocab": (
        "vocabulary size", "size of the vocabulary", "vocabulary", "vocab size", "vocab", "vocab_size", "bpe token",
        "token in the vocabulary", "token type", "n_vocab",
    ),
    "n_ctx": (
        "context length", "context window", "context size", "sequence length", "maximum sequence length", "context",
        "maximum position", "position", "n_positions", "n_ctx", "block_size", "max_position_embeddings",
        "token of context", "context token", "length of the context",
    ),
    "n_tokens": ("training token", "token of training", "token of text", "training data"),
    "n_ctx n_tokens n_vocab": ("token",),
    "d_model d_ff d_head": ("wide",),
    "bytes_per_value": ("bytes per parameter", "bytes per value", "bytes per weight"),
    "token_embedding embedding": (
        "embedding", "embedding layer", "embedding matrix", "token matrix", "input embedding", "word embedding",
        "embedding table", "vocabulary embedding", "wte", "w_e",
    ),
    "token_embedding": ("token embedding", "token embedding matrix", "token embedding table"),
    "position_embedding": (
        "position embedding", "positional embedding", "position vector", "learned position", "positional encoding",
        "position table", "position matrix", "wpe", "w_p",
    ),
    "embedding": ("embedding parameter", "all embeddings", "both embeddings"),
    "query": ("query", "querie", "query matrix", "query projection", "w_q", "q_proj"),
    "key": ("key", "key matrix", "key projection", "w_k", "k_proj"),
    "value": ("value", "value matrix", "value projection", "w_v", "v_proj"),
    "attention_output": (
        "output", "output matrix", "output projection", "attention output", "w_o", "o_proj", "out projection",
    ),
    "attention": ("attention", "self-attention", "attention block", "multi-head attention", "attention mechanism"),
    "feedforward": (
        "feed-forward", "feed-forward network", "feed-forward layer", "feed-forward block", "mlp", "ffn", "mlp block",
        "multilayer perceptron", "perceptron",
    ),
    "up": ("up-projection", "up", "first linear layer", "first projection", "expansion", "c_fc", "w_1", "w_in"),
    "down": ("down-projection", "down", "second linear layer", "second projection", "contraction", "w_2", "w_out"),
    "layer_norms": (
        "layernorm", "layer norm", "layer normalization", "layer normalisation", "normalization", "normalisation",
        "norm",
    ),
    "lm_head": (
        "unembedding", "unembedding layer", "unembedding matrix", "output head", "lm head", "language model head",
        "output layer", "output embedding", "lm_head", "w_u",
    ),
    "total": (
        "total", "in all", "in total", "altogether", "overall", "whole model", "model has", "sum", "parameter count",
        "size of the model", "total number of parameters", "total parameters", "number of parameters",
    ),
    "non_embedding": (
        "non-embedding", "non-embedding parameter", "without embedding", "excluding embedding", "without the embedding",
        "excluding the embedding", "not counting embedding", "not counting the embedding",
    ),
    "kv_cache": ("kv cache", "key-value cache", "cache"),
    "checkpoint": (
        "checkpoint", "memory", "disk", "half precision", "single precision", "fp16", "bf16", "fp32", "float16",
        "bfloat16", "float32", "storage", "file",
        "16-bit", "32-bit", "precision",
    ),
    "flops_train flops_train_non_embedding": (
        "training compute", "training flops", "training", "train", "training run", "compute",
    ),
    "flops_forward": ("forward pass", "inference", "forward"),
}  # fmt: skip

#: Words that say no more of a figure than that it counts something: the whole model, where nothing else is spoken of.
WEAK: Mapping[str, tuple[str, ...]] = {"total": ("parameter", "param", "weight", "trainable parameter", "size")}

#: How formulas and configuration files write a symbol besides its own name; single letters as textbooks use them.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "n_layers": ("L", "n_layer", "n_l", "N_layers", "num_layers", "n_{blocks}", "n_blocks", "l", "n_L", "N_L"),
    "d_model": (
        "d", "d_embed", "d_embedding", "d_emb", "n_embd", "d_m", "D_model", "C", "d_hidden", "hidden_size", "d_e", "E",
        "H", "h_model", "d_resid", "D",
    ),
    "n_heads": ("n_head", "h", "n_h", "H", "A", "num_heads", "N_heads", "a"),
    "d_head": (
        "d_h", "d_k", "d_v", "d_query", "d_key", "d_value", "d_q", "d_qk", "d_attn_head", "head_dim", "H_d", "d_{head}",
    ),
    "d_ff": ("d_mlp", "d_ffn", "n_neurons", "n_ff", "d_hidden", "d_inner", "F", "f", "d_f", "n_inner", "d_neurons"),
    "n_vocab": ("V", "v", "d_vocab", "vocab_size", "N_vocab", "n_v", "n_tokens_vocab"),
    "n_ctx": ("T", "n", "S", "s", "n_seq", "L_ctx", "n_context", "block_size", "l_max", "n_pos", "n_positions", "n_c"),
    "n_tokens": ("D", "n_train", "N_tokens", "T_train"),
    "total": ("N", "P", "n_params", "N_params", "n_parameters", "N_total"),
}  # fmt: skip

#: What a symbol can be at least and at most; a figure that is not is something else.
RANGES: Mapping[str, tuple[int, int]] = {
    "n_layers": (1, 2_000),
    "d_model": (2, 1_000_000),
    "n_heads": (1, 10_000),
    "d_head": (1, 100_000),
    "d_ff": (2, 10_000_000),
    "n_vocab": (2, 10_000_000),
    "n_ctx": (2, 100_000_000),
    "n_tokens": (1_000_000, 10**15),
    "bytes_per_value": (1, 16),
}

#: A dimension that is one of heads: "96 heads of dimension 128".
OF_HEADS = re.compile(r"\bheads?\s+(?:of|with|that are|is|are)\s+(?:an?\s+)?$")


class Mention(Struct, frozen=True):
    """A phrase in a text, and the names of what it may speak of, the likeliest first."""

    names: tuple[str, ...]
    start: int
    end: int
    weak: bool = False


def mentions(text: str) -> Iterator[Mention]:
    """Yield the phrases of a text, the longest where several begin.

    >>> [mention.names[0] for mention in mentions("96 decoder layers, an embedding layer, 12 heads")]
    ['n_layers', 'token_embedding', 'n_heads']
    """
    for match in pattern().finditer(text):
        names, weak = phrases()[plain(match["phrase"])]
        if names[0] == "d_model" and OF_HEADS.search(text, 0, match.start()):
            names = ("d_head",)
        yield Mention(names, *match.span("phrase"), weak=weak)


def likely(symbol: str, value: int) -> bool:
    """Tell whether a symbol can have a value."""
    low, high = RANGES.get(symbol, (1, 10**15))
    return low <= value <= high


@cache
def phrases() -> Mapping[str, tuple[tuple[str, ...], bool]]:
    """Return what each phrase speaks of, and whether that is little."""
    found: dict[str, tuple[tuple[str, ...], bool]] = {}
    for table, weak in ((WEAK, True), (PHRASES, False)):
        for names, spoken in table.items():
            found.update({plain(phrase): (tuple(names.split()), weak) for phrase in spoken})
    return found


@cache
def pattern() -> re.Pattern[str]:
    """Return what finds phrases."""
    spoken = [phrase for table in (WEAK, PHRASES) for group in table.values() for phrase in group]
    spoken.sort(key=len, reverse=True)
    return re.compile(rf"(?<![\w]){alternatives(spoken)}(?!\w)", re.IGNORECASE)


def alternatives(spoken: Iterable[str]) -> str:
    """Return a pattern of phrases: plurals and hyphens as authors like."""
    each = (
        re.sub(r"[ _-]", r"[-_\\s]?", re.escape(phrase).replace("\\ ", " ").replace("\\-", "-")) for phrase in spoken
    )
    return f"(?P<phrase>{'|'.join(f'{phrase}(?:s|es)?' for phrase in each)})"


def plain(phrase: str) -> str:
    """Return what tells a phrase from others: no plural, no hyphens or spaces, no capitals."""
    letters = re.sub(r"[-_\s]", "", phrase.casefold())
    known = re.sub(r"s$", "", letters)
    return re.sub(r"ie$", "y", known)


def spelled(key: str, known: Iterable[str]) -> str:
    """Return which of the known names a document's symbol is by its spelling alone, "" where it is none.

    >>> spelled("d_embed", ["d_model", "d_ff"]), spelled("x", ["d_model"])
    ('d_model', '')
    """
    names = tuple(known)
    if key in names:
        return key
    alike = [name for name in names if name.casefold().rstrip("s") == key.casefold().rstrip("s")]
    candidates = alike or [name for name in names if key in SPELLINGS.get(name, ())]
    return candidates[0] if candidates else ""
