"""Random sizes that go together, under the names that most configurations use."""

from __future__ import annotations

import random
from typing import Any

Keys = dict[str, Any]


def yes(r: random.Random) -> bool:
    return r.random() < 0.5


def width(r: random.Random, heads: int) -> int:
    """Return a width that the heads share evenly, with heads of an even size."""
    return heads * 2 * r.randint(1, 9)


def grouped(r: random.Random, heads: int) -> int:
    """Return a number of heads that divides the heads."""
    return r.choice([each for each in range(1, heads + 1) if heads % each == 0])


def sizes(r: random.Random, *, groups: bool = True) -> Keys:
    """Return what most decoders have, under the names that most of them use."""
    heads = r.randint(1, 12)
    keys: Keys = {
        "vocab_size": r.randint(11, 400),
        "hidden_size": width(r, heads),
        "num_hidden_layers": r.randint(1, 5),
        "num_attention_heads": heads,
        "intermediate_size": r.randint(1, 90),
        "max_position_embeddings": r.randint(1, 70),
        "tie_word_embeddings": yes(r),
    }
    if groups and r.random() < 0.8:
        keys["num_key_value_heads"] = grouped(r, heads)
    elif groups:
        keys["num_key_value_heads"] = heads
    return keys


def head(r: random.Random) -> Keys:
    """Return a size of heads that the width has nothing to do with, or none."""
    return {"head_dim": 2 * r.randint(1, 11)} if yes(r) else {}
