"""Decoders after GPT-2 with LayerNorm and two projections in the feedforward network: names and defaults of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families.shared import MASKS, ROTARY, SEQUENCE, SPAN, TOKEN, Classes, decoder, head_size
from weighbridge.artifacts.keys import MAX_LAYERS, Keys

#: What all of these have in common.
LAYER_NORM = {"norm_biases": True, "gated": False}
#: All projections have biases: in most of these always, in some where a key says so.
BIASES = {"query_biases": True, "output_biases": True, "feedforward_biases": True}
SUMMARY = (
    "summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj",
    "n_special", "predict_special_tokens",
)  # fmt: skip


def shared_width(keys: Keys, d_model: int, n_heads: int) -> dict[str, int]:
    """Return the width of a model whose heads share it evenly, with how many heads there are and how wide each is."""
    return {
        "d_model": d_model,
        "n_heads": n_heads,
        "d_head": head_size(keys, d_model, n_heads, key="", divides=True),
    }


def gpt_sizes(keys: Keys, **defaults: int) -> dict[str, int]:
    """Return the sizes of GPT, GPT-2 and GPT-J under the names that all three use."""
    keys.harmless(*SUMMARY, "attn_pdrop", "n_ctx")
    d_model = keys.size("n_embd", defaults["d_model"], "hidden_size")
    return {
        "n_layers": keys.size("n_layer", defaults["n_layers"], "num_hidden_layers"),
        **shared_width(keys, d_model, keys.size("n_head", defaults["n_heads"], "num_attention_heads")),
        "n_vocab": keys.size("vocab_size", defaults["n_vocab"]),
        "n_ctx": keys.size("n_positions", defaults["n_ctx"], "max_position_embeddings"),
        "d_ff": 4 * d_model,
    }


def gpt2(keys: Keys) -> Described:
    """Read GPT-2's config."""
    keys.harmless(
        "activation_function", "reorder_and_upcast_attn", "scale_attn_weights", "scale_attn_by_inverse_layer_idx",
    )  # fmt: skip
    symbols = gpt_sizes(keys, n_layers=12, d_model=768, n_heads=12, n_vocab=50257, n_ctx=1024)
    symbols["d_ff"] = keys.number("n_inner", None) or symbols["d_ff"]
    return decoder(
        keys,
        Classes("GPT2", causal="LMHeadModel", buffers=MASKS),
        symbols,
        tie=True,
        **LAYER_NORM,
        **BIASES,
        learned_positions=True,
    )


def gpt(keys: Keys) -> Described:
    """Read the config of the first GPT: norms behind each block, and none at the end."""
    keys.harmless("afn")
    symbols = gpt_sizes(keys, n_layers=12, d_model=768, n_heads=12, n_vocab=40478, n_ctx=512)
    return decoder(
        keys,
        Classes("OpenAIGPT", causal="LMHeadModel", tops=(SEQUENCE,), buffers=(*MASKS, "position_ids")),
        symbols,
        tie=True,
        **LAYER_NORM,
        **BIASES,
        learned_positions=True,
        attention_norm=False,
        feedforward_norm=False,
        attention_post_norm=True,
        feedforward_post_norm=True,
        final_norm=False,
    )


def gpt_j(keys: Keys) -> Described:
    """Read GPT-J's config: one norm for attention and feedforward network, and a head with a bias."""
    keys.harmless("activation_function", "rotary", "rotary_dim", "scale_attn_weights")
    symbols = gpt_sizes(keys, n_layers=28, d_model=4096, n_heads=16, n_vocab=50400, n_ctx=2048)
    symbols["d_ff"] = keys.number("n_inner", None) or symbols["d_ff"]
    return decoder(
        keys,
        Classes("GPTJ", tops=(SEQUENCE, SPAN), buffers=(*MASKS, "rotary_emb.embed_positions")),
        symbols,
        tie=False,
        **LAYER_NORM,
        feedforward_norm=False,
        feedforward_biases=True,
        head_biases=True,
    )


def gpt_neo(keys: Keys) -> Described:
    """Read GPT-Neo's config: layers in turn see everything and a window."""
    keys.harmless("activation_function", "embed_dropout", "resid_dropout", *SUMMARY)
    d_model = keys.size("hidden_size", 2048)
    n_layers = keys.size("num_layers", 24, "num_hidden_layers")
    symbols = {
        "n_layers": n_layers,
        **shared_width(keys, d_model, keys.size("num_heads", 16, "num_attention_heads")),
        "d_ff": keys.number("intermediate_size", None) or 4 * d_model,
        "n_vocab": keys.size("vocab_size", 50257),
        "n_ctx": keys.size("max_position_embeddings", 2048),
        "n_windowed_layers": neo_layers(keys, n_layers).count("local"),
        "window": keys.size("window_size", 256),
    }
    return decoder(
        keys,
        Classes("GPTNeo", buffers=("attention.bias", "attention.masked_bias")),
        symbols,
        tie=True,
        **LAYER_NORM,
        learned_positions=True,
        output_biases=True,
        feedforward_biases=True,
    )


def neo_layers(keys: Keys, n_layers: int) -> list[Any]:
    """Return whether each layer is global or local: [[["global", "local"], 12]] says it for 24."""
    types = keys.items("attention_types")
    keys.items("attention_layers")  # what follows from attention_types
    layers: list[Any] = []
    for each in [[["global", "local"], 12]] if types is None else types:
        match each:
            case [list(kinds), int(times)] if set(map(str, kinds)) <= {"global", "local"} and times <= MAX_LAYERS:
                layers.extend(kinds * times)
            case _:
                keys.complain(
                    "attention_types", "'attention_types' is not understood", 'expected [[["global", "local"], 12]]'
                )
                return layers
    if len(layers) != n_layers:
        keys.complain("attention_types", f"'attention_types' is for {len(layers)} layers, expected {n_layers}")
    return layers


def gpt_neox(keys: Keys) -> Described:
    """Read the config of GPT-NeoX and Pythia."""
    keys.harmless("use_parallel_residual")
    symbols = {
        "n_layers": keys.size("num_hidden_layers", 44),
        **shared_width(keys, keys.size("hidden_size", 6144), keys.size("num_attention_heads", 64)),
        "d_ff": keys.size("intermediate_size", 24576),
        "n_vocab": keys.size("vocab_size", 50432),
        "n_ctx": keys.size("max_position_embeddings", 2048),
    }
    attention = keys.flag("attention_bias", default=True)
    return decoder(
        keys,
        Classes("GPTNeoX", buffers=(*ROTARY, "attention.bias", "attention.masked_bias")),
        symbols,
        tie=False,
        **LAYER_NORM,
        query_biases=attention,
        output_biases=attention,
        feedforward_biases=True,
    )


def opt(keys: Keys) -> Described:
    """Read OPT's config: two positions are kept for padding; the embedding may be narrower than the model."""
    keys.harmless("activation_dropout", "activation_function", "dropout", "init_std", "layerdrop")
    d_model = keys.size("hidden_size", 768)
    n_ctx = keys.size("max_position_embeddings", 2048)
    d_embed = keys.number("word_embed_proj_dim", 768 if "hidden_size" not in keys.values else None) or d_model
    symbols = {
        "n_layers": keys.size("num_hidden_layers", 12),
        **shared_width(keys, d_model, keys.size("num_attention_heads", 12)),
        "d_ff": keys.size("ffn_dim", 3072),
        "n_vocab": keys.size("vocab_size", 50272),
        "d_embed": d_embed,
        "n_ctx": n_ctx,
        "n_positions": n_ctx + 2,
    }
    before = keys.flag("do_layer_norm_before", default=True)
    bare = keys.flag("_remove_final_layer_norm", default=False)
    affine = keys.flag("layer_norm_elementwise_affine", default=True)
    return decoder(
        keys,
        Classes("OPT", tops=(SEQUENCE, SPAN), buffers=()),
        symbols,
        tie=True,
        gated=False,
        learned_positions=True,
        embedding_projection=d_embed != d_model,
        attention_norm=before,
        feedforward_norm=before,
        attention_post_norm=not before,
        feedforward_post_norm=not before,
        final_norm=before and not bare,
        norm_weights=affine,
        norm_biases=affine,
        **dict.fromkeys(BIASES, keys.flag("enable_bias", default=True)),
    )


def bloom(keys: Keys) -> Described:
    """Read BLOOM's config: no positions at all, and a norm of the embeddings."""
    keys.harmless(
        "apply_residual_connection_post_layernorm", "attention_softmax_in_fp32", "bias_dropout_fusion",
        "masked_softmax_fusion", "offset_alibi", "skip_bias_add", "skip_bias_add_qkv", "slow_but_exact",
    )  # fmt: skip
    n_ctx = keys.number("seq_length", None)
    d_model = keys.size("n_embed", None, "hidden_size") if keys.has("n_embed") else keys.size("hidden_size", 64)
    keys.only("n_inner", (4 * d_model,), why="the hidden layer is four times as wide as the model")
    symbols = {
        "n_layers": keys.size("n_layer", 2, "num_hidden_layers"),
        **shared_width(keys, d_model, keys.size("n_head", 8, "num_attention_heads")),
        "d_ff": 4 * d_model,
        "n_vocab": keys.size("vocab_size", 250880),
        **({"n_ctx": n_ctx} if n_ctx else {}),
    }
    return decoder(keys, Classes("Bloom", buffers=()), symbols, tie=True, **LAYER_NORM, **BIASES, embedding_norm=True)


def mpt(keys: Keys) -> Described:
    """Read MPT's config, as far as transformers builds it: no bias anywhere, and no learned positions."""
    keys.harmless(
        "attn_pdrop", "emb_pdrop", "embedding_fraction", "init_config", "init_device", "learned_pos_emb", "logit_scale",
        "norm_type", "param_init_fn", "tokenizer_name", "verbose", "fan_mode", "init_div_is_residual", "init_gain",
        "init_nonlinearity", "init_std", "emb_init_std", "emb_init_uniform_lim",
    )  # fmt: skip
    keys.only("no_bias", (True,), why="transformers leaves the biases out, the model itself has them")
    _, attention = keys.find("attn_config")
    if attention is not None and not isinstance(attention, dict):
        keys.complain("attn_config", "'attn_config' is no object")
        attention = None
    inner = keys.within("attn_config", attention or {})
    inner.only("alibi", (True,), why="transformers leaves learned positions out, the model itself has them")
    inner.only("qk_ln", (False,), why="transformers leaves norms of queries and keys out, the model itself has them")
    inner.only("attn_type", ("multihead_attention",), why="heads share keys and values")
    inner.harmless(
        "alibi_bias_max", "architectures", "attn_impl", "attn_pdrop", "attn_uses_sequence_id", "clip_qkv", "prefix_lm",
        "softmax_scale",
    )  # fmt: skip
    inner.refuse_unread()
    d_model = keys.size("d_model", 2048, "hidden_size")
    ratio = keys.size("expansion_ratio", 4)
    if ratio != 4:
        # transformers 5 reads the key and builds four times the width all the same.
        keys.complain("expansion_ratio", f"'expansion_ratio' is {ratio}, which is not counted: transformers builds 4")
    symbols = {
        "n_layers": keys.size("n_layers", 24, "num_hidden_layers"),
        **shared_width(keys, d_model, keys.size("n_heads", 16, "num_attention_heads")),
        "d_ff": 4 * d_model,
        "n_vocab": keys.size("vocab_size", 50368),
        "n_ctx": keys.size("max_seq_len", 2048),
    }
    return decoder(keys, Classes("Mpt", formerly="MPT", buffers=()), symbols, tie=True, gated=False, norm_biases=False)


def starcoder2(keys: Keys) -> Described:
    """Read StarCoder2's config."""
    keys.harmless(
        "embedding_dropout", "mlp_type", "norm_epsilon", "norm_type", "residual_dropout", "layer_norm_epsilon",
    )  # fmt: skip
    d_model = keys.size("hidden_size", 3072)
    n_heads = keys.size("num_attention_heads", 24)
    n_layers = keys.size("num_hidden_layers", 30)
    window = keys.number("sliding_window", None)
    symbols = {
        "n_layers": n_layers,
        "d_model": d_model,
        "n_heads": n_heads,
        "n_kv_heads": keys.number("num_key_value_heads", 2) or n_heads,
        "d_head": head_size(keys, d_model, n_heads),
        "d_ff": keys.size("intermediate_size", 12288),
        "n_vocab": keys.size("vocab_size", 49152),
        "n_ctx": keys.size("max_position_embeddings", 4096),
        **({"n_windowed_layers": n_layers, "window": window} if window else {}),
    }
    conventions = {**LAYER_NORM, **dict.fromkeys(BIASES, keys.flag("use_bias", default=True))}
    return decoder(keys, Classes("Starcoder2", tops=(SEQUENCE, TOKEN)), symbols, tie=True, **conventions)


FAMILIES: Mapping[str, Callable[[Keys], Described]] = {
    "openai-gpt": gpt,
    "gpt2": gpt2,
    "gpt_neo": gpt_neo,
    "gptj": gpt_j,
    "gpt_neox": gpt_neox,
    "opt": opt,
    "bloom": bloom,
    "mpt": mpt,
    "starcoder2": starcoder2,
}
