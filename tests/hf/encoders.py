"""Random configurations of encoders, alone or with decoders, as a config.json would state them."""

from __future__ import annotations

import random

from hf.sizes import Keys, sizes, width, yes


def bert(r: random.Random) -> Keys:
    return {**sizes(r, groups=False), "type_vocab_size": r.randint(1, 4)}


def distilbert(r: random.Random) -> Keys:
    heads = r.randint(1, 9)
    return {
        "vocab_size": r.randint(11, 400),
        "dim": width(r, heads),
        "n_layers": r.randint(1, 5),
        "n_heads": heads,
        "hidden_dim": r.randint(1, 80),
        "max_position_embeddings": r.randint(1, 70),
        "sinusoidal_pos_embds": yes(r),
        "tie_word_embeddings": yes(r),
    }


def vit(r: random.Random) -> Keys:
    heads = r.randint(1, 9)
    patch = r.randint(1, 9)
    return {
        "hidden_size": width(r, heads),
        "num_hidden_layers": r.randint(1, 5),
        "num_attention_heads": heads,
        "intermediate_size": r.randint(1, 80),
        "image_size": patch * r.randint(1, 9) + r.randint(0, patch - 1),
        "patch_size": patch,
        "num_channels": r.randint(1, 4),
        "qkv_bias": yes(r),
        "pooler_output_size": r.choice([None, r.randint(1, 20)]),
    }


def t5(r: random.Random) -> Keys:
    return {
        "vocab_size": r.randint(11, 400),
        "d_model": r.randint(1, 60),
        "d_kv": r.randint(1, 20),
        "d_ff": r.randint(1, 80),
        "num_layers": r.randint(1, 5),
        "num_decoder_layers": r.choice([None, r.randint(1, 5)]),
        "num_heads": r.randint(1, 9),
        "relative_attention_num_buckets": r.randint(2, 40),
        "feed_forward_proj": r.choice(["relu", "gated-gelu", "gated-silu", "gelu"]),
    }


def bart(r: random.Random) -> Keys:
    few, many = r.sample([1, 2, 3, 4, 6], 2)
    return {
        "vocab_size": r.randint(11, 400),
        "d_model": 24 * r.randint(1, 3),
        "encoder_layers": r.randint(1, 4),
        "decoder_layers": r.randint(1, 4),
        "encoder_ffn_dim": r.randint(1, 80),
        "decoder_ffn_dim": r.randint(1, 80),
        "encoder_attention_heads": few,
        "decoder_attention_heads": many,
        "max_position_embeddings": r.randint(1, 70),
        "tie_word_embeddings": True,
    }
