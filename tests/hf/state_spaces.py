"""Random configurations of state space models, as a config.json would state them."""

from __future__ import annotations

import random

from hf.sizes import Keys, grouped, yes


def mamba(r: random.Random) -> Keys:
    return {
        "vocab_size": r.randint(11, 400),
        "hidden_size": r.randint(1, 70),
        "num_hidden_layers": r.randint(1, 5),
        "state_size": r.randint(1, 30),
        "expand": r.randint(1, 4),
        "conv_kernel": r.randint(1, 6),
        "use_bias": yes(r),
        "use_conv_bias": yes(r),
        "time_step_rank": r.choice(["auto", r.randint(1, 20)]),
        "tie_word_embeddings": yes(r),
    }


def mamba2(r: random.Random) -> Keys:
    heads, size, expand = r.randint(1, 9), 2 * r.randint(1, 9), r.choice([1, 2])
    keys = mamba(r)
    return {
        **keys,
        "num_heads": heads,
        "head_dim": size,
        "expand": expand,
        "hidden_size": heads * size // expand,
        "n_groups": grouped(r, heads),
    }
