"""Random configurations of decoders, as a config.json would state them."""

from __future__ import annotations

import random

from hf.sizes import Keys, grouped, head, sizes, width, yes


def gpt_names(r: random.Random) -> Keys:
    heads = r.randint(1, 9)
    return {
        "vocab_size": r.randint(11, 400),
        "n_embd": width(r, heads),
        "n_layer": r.randint(1, 5),
        "n_head": heads,
        "n_positions": r.randint(1, 70),
        "tie_word_embeddings": yes(r),
    }


def gpt2(r: random.Random) -> Keys:
    return {**gpt_names(r), "n_inner": r.choice([None, r.randint(1, 80)])}


def gptj(r: random.Random) -> Keys:
    return {**gpt_names(r), "n_inner": r.choice([None, r.randint(1, 80)]), "rotary_dim": 2}


def gpt_neo(r: random.Random) -> Keys:
    keys = sizes(r, groups=False)
    layers, heads = keys.pop("num_hidden_layers"), keys.pop("num_attention_heads")
    return {
        **keys,
        "num_layers": layers,
        "num_heads": heads,
        "intermediate_size": r.choice([None, r.randint(1, 80)]),
        "attention_types": [[["global"], layers]] if layers % 2 else [[["global", "local"], layers // 2]],
        "window_size": r.randint(1, 20),
    }


def gpt_neox(r: random.Random) -> Keys:
    return {**sizes(r, groups=False), "attention_bias": yes(r), "use_parallel_residual": yes(r)}


def opt(r: random.Random) -> Keys:
    keys = sizes(r, groups=False)
    hidden = keys.pop("intermediate_size")
    return {
        **keys,
        "ffn_dim": hidden,
        "word_embed_proj_dim": r.choice([keys["hidden_size"], r.randint(1, 40)]),
        "do_layer_norm_before": yes(r),
        "enable_bias": yes(r),
        "layer_norm_elementwise_affine": yes(r),
        "_remove_final_layer_norm": yes(r),
    }


def bloom(r: random.Random) -> Keys:
    keys = sizes(r, groups=False)
    return {
        "vocab_size": keys["vocab_size"],
        "hidden_size": keys["hidden_size"],
        "n_layer": keys["num_hidden_layers"],
        "n_head": keys["num_attention_heads"],
        "tie_word_embeddings": keys["tie_word_embeddings"],
    }


def mpt(r: random.Random) -> Keys:
    heads = r.randint(1, 9)
    return {
        "vocab_size": r.randint(11, 400),
        "d_model": width(r, heads),
        "n_heads": heads,
        "n_layers": r.randint(1, 5),
        "max_seq_len": r.randint(1, 60),
        "tie_word_embeddings": yes(r),
    }


def starcoder2(r: random.Random) -> Keys:
    return {**sizes(r), "use_bias": yes(r), "sliding_window": r.choice([None, r.randint(1, 30)])}


def llama(r: random.Random) -> Keys:
    return {**sizes(r), **head(r), "attention_bias": yes(r), "mlp_bias": yes(r)}


def mistral(r: random.Random) -> Keys:
    return {**sizes(r), **head(r), "sliding_window": r.choice([None, r.randint(1, 30)])}


def qwen2(r: random.Random) -> Keys:
    return {
        **sizes(r),
        "use_sliding_window": yes(r),
        "sliding_window": r.randint(1, 30),
        "max_window_layers": r.randint(0, 4),
    }


def qwen3(r: random.Random) -> Keys:
    return {**qwen2(r), "head_dim": 2 * r.randint(1, 11), "attention_bias": yes(r)}


def gemma(r: random.Random) -> Keys:
    return {**sizes(r), "head_dim": 2 * r.randint(1, 11), "attention_bias": yes(r)}


def gemma2(r: random.Random) -> Keys:
    return {**gemma(r), "sliding_window": r.randint(1, 30)}


def phi(r: random.Random) -> Keys:
    keys = sizes(r)
    keys["hidden_size"] = 4 * keys["num_attention_heads"] * r.randint(1, 4)
    return {**keys, "qk_layernorm": yes(r)}


def plain(r: random.Random) -> Keys:
    return sizes(r)


def with_biases(r: random.Random) -> Keys:
    return {**sizes(r), "attention_bias": yes(r)}


def cohere(r: random.Random) -> Keys:
    return {**with_biases(r), "use_qk_norm": yes(r)}


def stablelm(r: random.Random) -> Keys:
    keys = sizes(r)
    keys["hidden_size"] = 8 * keys["num_attention_heads"] * r.randint(1, 4)
    return {**keys, "use_qkv_bias": yes(r), "qk_layernorm": yes(r), "use_parallel_residual": yes(r)}


def falcon(r: random.Random) -> Keys:
    keys = sizes(r, groups=False)
    new = yes(r)
    keys.pop("intermediate_size")
    return {
        **keys,
        "new_decoder_architecture": new,
        "num_kv_heads": grouped(r, keys["num_attention_heads"]) if new else None,
        "multi_query": yes(r),
        "parallel_attn": True if new else yes(r),
        "num_ln_in_parallel_attn": r.choice([None, 1, 2]) if new else None,
        "bias": yes(r),
        "alibi": yes(r),
        "ffn_hidden_size": r.choice([None, r.randint(1, 80)]),
    }
