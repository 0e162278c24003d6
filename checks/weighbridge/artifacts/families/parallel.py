"""Decoders whose attention and feedforward network may stand side by side, behind one norm."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families.llama import attention_biases, described, follows_from_width, sizes
from weighbridge.artifacts.families.shared import SEQUENCE, TOKEN, Classes, decoder, head_size, interleaved, windowed
from weighbridge.artifacts.keys import Keys

#: Attention and feedforward network read what one norm gives.
ONE_NORM = {"feedforward_norm": False}


def phi(keys: Keys) -> Described:
    """Read the config of Phi-1, 1.5 and 2."""
    symbols = sizes(keys, n_layers=24, d_model=2048, n_heads=32, d_ff=8192, n_vocab=51200, n_ctx=2048)
    normed = keys.flag("qk_layernorm", default=False)
    if normed:
        follows_from_width(keys, symbols, why="norms of queries and keys are as wide as heads that share the width")
    return described(
        keys,
        Classes("Phi", tops=(SEQUENCE, TOKEN)),
        symbols,
        **ONE_NORM,
        norm_biases=True,
        gated=False,
        query_biases=True,
        output_biases=True,
        feedforward_biases=True,
        head_biases=True,
        head_norms=normed,
        query_key_norm_biases=True,
    )


def falcon(keys: Keys) -> Described:
    """Read the config of Falcon, in its first form and in the new one with groups of keys and values."""
    keys.harmless("activation", "alibi", "apply_residual_connection_post_layernorm", "ff_factor")
    d_model = keys.size("hidden_size", 4544)
    n_heads = keys.size("num_attention_heads", 71)
    new = keys.flag("new_decoder_architecture", default=False)
    multi_query = keys.flag("multi_query", default=True)
    groups = keys.number("num_kv_heads", None) or n_heads
    bias = keys.flag("bias", default=False)
    parallel = keys.flag("parallel_attn", default=True)
    norms = keys.number("num_ln_in_parallel_attn", None) or (2 if new else 1)
    if norms not in (1, 2) or (norms == 2 and not new and parallel):
        keys.complain("num_ln_in_parallel_attn", f"'num_ln_in_parallel_attn' is {norms}, which is not counted here")
    if not parallel and norms == 2 and new:
        keys.complain(
            "parallel_attn", "'parallel_attn' is false beside two norms of parallel blocks, which is not counted"
        )
    return decoder(
        keys,
        Classes("Falcon", buffers=("rotary_emb.inv_freq", "maybe_rotary.inv_freq")),
        {
            "n_layers": keys.size("num_hidden_layers", 32),
            "d_model": d_model,
            "n_heads": n_heads,
            "n_kv_heads": groups if new else 1 if multi_query else n_heads,
            "d_head": head_size(keys, d_model, n_heads, key="", divides=True),
            "d_ff": keys.number("ffn_hidden_size", None) or 4 * d_model,
            "n_vocab": keys.size("vocab_size", 65024),
            "n_ctx": keys.size("max_position_embeddings", 2048),
        },
        tie=True,
        norm_biases=True,
        gated=False,
        feedforward_norm=not parallel or norms == 2,
        query_biases=bias,
        output_biases=bias,
        feedforward_biases=bias,
    )


def cohere(keys: Keys) -> Described:
    """Read the config of Command R: LayerNorm without bias, and norms of each head's queries and keys."""
    symbols = sizes(keys, n_layers=40, d_model=8192, n_heads=64, d_ff=22528, n_vocab=256000, n_ctx=8192)
    keys.harmless(
        "logit_scale", "model_max_length", "use_embedding_sharing", "use_parallel_embedding", "embedding_sharing"
    )
    wide = keys.flag("use_qk_norm", default=False)
    return described(
        keys, Classes("Cohere", tops=()), symbols, **ONE_NORM, tie=True, **attention_biases(keys), wide_norms=wide
    )


def cohere2(keys: Keys) -> Described:
    """Read the config of Command R7B: as Command R, with windows in three layers of four."""
    symbols = sizes(keys, n_layers=40, d_model=8192, n_heads=64, d_ff=22528, n_vocab=256000, n_ctx=8192)
    follows_from_width(keys, symbols)
    keys.harmless(
        "cache_implementation", "logit_scale", "model_max_length", "order_of_interleaved_layers",
        "position_embedding_type", "use_embedding_sharing", "use_gated_activation", "use_parallel_block",
        "use_parallel_embedding",
    )  # fmt: skip
    n_layers = symbols["n_layers"]
    period = keys.size("sliding_window_pattern", 4, "_sliding_window_pattern")
    symbols |= windowed(keys, n_layers, keys.number("sliding_window", 4096), interleaved(n_layers, period))
    return described(keys, Classes("Cohere2", tops=()), symbols, **ONE_NORM, tie=True, **attention_biases(keys))


def stablelm(keys: Keys) -> Described:
    """Read StableLM's config."""
    symbols = sizes(
        keys, n_layers=32, d_model=2560, n_heads=32, n_kv_heads=32, d_ff=6912, n_vocab=50304, n_ctx=4096,
        divides=True,
    )  # fmt: skip
    follows_from_width(keys, symbols)
    return described(
        keys,
        Classes("StableLm", tops=(SEQUENCE, TOKEN)),
        symbols,
        norm_biases=True,
        query_biases=keys.flag("use_qkv_bias", default=False),
        feedforward_norm=not keys.flag("use_parallel_residual", default=False),
        wide_norms=keys.flag("qk_layernorm", default=False),
    )


FAMILIES: Mapping[str, Callable[[Keys], Described]] = {
    "phi": phi,
    "falcon": falcon,
    "cohere": cohere,
    "cohere2": cohere2,
    "stablelm": stablelm,
}
