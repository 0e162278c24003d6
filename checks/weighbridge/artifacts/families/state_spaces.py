"""State space models: Mamba and Mamba 2."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families.shared import language_model, tied
from weighbridge.artifacts.keys import Keys

STEPS = (
    "rescale_prenorm_residual", "residual_in_fp32", "time_step_floor", "time_step_init_scheme", "time_step_limit",
    "time_step_max", "time_step_min", "time_step_scale", "use_associative_scan", "use_mambapy", "chunk_size",
)  # fmt: skip


def rank(keys: Keys, d_model: int) -> int:
    """Return the width that step sizes are projected from; "auto" is a sixteenth of the model's."""
    if keys.values.get("time_step_rank") in (None, "auto"):
        keys.harmless("time_step_rank")
        return math.ceil(d_model / 16)
    return keys.size("time_step_rank", None)


def expansion(keys: Keys, d_model: int) -> int:
    """Return how many channels a layer's state space has: `expand` times the model's, which may be a fraction."""
    _, value = keys.find("expand")
    if value is None:
        value = 2
    if type(value) not in (int, float) or not 0 < value < 1024:
        keys.complain("expand", "'expand' is not a number that a width can be multiplied by")
        return d_model
    return int(value * d_model)


def biases(keys: Keys) -> dict[str, bool]:
    """Return which biases a layer has."""
    return {
        "projection_biases": keys.flag("use_bias", default=False),
        "conv_bias": keys.flag("use_conv_bias", default=True),
    }


def mamba(keys: Keys) -> Described:
    """Read the config of Mamba as transformers has it."""
    keys.harmless(*STEPS)
    d_model = keys.size("hidden_size", 768)
    d_inner = expansion(keys, d_model)
    keys.only("intermediate_size", (d_inner,), why="it is 'expand' times 'hidden_size'")
    # Keys of the first converted checkpoints, which say the same under the original names.
    keys.only("d_inner", (d_inner,), why="it is 'expand' times 'hidden_size'")
    keys.only("d_model", (d_model,), why="it differs from 'hidden_size'")
    keys.harmless("fused_add_norm", "rms_norm", "ssm_cfg", "pad_vocab_size_multiple")
    n_layers = keys.size("num_hidden_layers", 32)
    keys.only("n_layer", (n_layers,), why="it differs from 'num_hidden_layers'")
    name, head = language_model(keys, "Mamba")
    return Described(
        architecture="mamba",
        symbols={
            "n_layers": n_layers,
            "d_model": d_model,
            "d_inner": d_inner,
            "d_state": keys.size("state_size", 16),
            "d_conv": keys.size("conv_kernel", 4),
            "dt_rank": rank(keys, d_model),
            "n_vocab": keys.size("vocab_size", 50280),
        },
        conventions={**biases(keys), "head": head, "tied": tied(keys, default=True)},
        described_as=name,
    )


def mamba2(keys: Keys) -> Described:
    """Read the config of Mamba 2."""
    keys.harmless(*STEPS, "time_step_rank", "rms_norm", "norm_before_gate")
    d_model = keys.size("hidden_size", 4096)
    d_inner = expansion(keys, d_model)
    n_heads, d_head = keys.size("num_heads", 128), keys.size("head_dim", 64)
    if n_heads * d_head != d_inner:
        keys.complain(
            "num_heads", f"{n_heads} heads of {d_head} are {n_heads * d_head:,} channels, expected {d_inner:,}"
        )
    keys.only("intermediate_size", (d_inner,), why="it is 'expand' times 'hidden_size'")
    name, head = language_model(keys, "Mamba2")
    return Described(
        architecture="mamba2",
        symbols={
            "n_layers": keys.size("num_hidden_layers", 64),
            "d_model": d_model,
            "d_inner": d_inner,
            "n_heads": n_heads,
            "n_groups": keys.size("n_groups", 8),
            "d_state": keys.size("state_size", 128),
            "d_conv": keys.size("conv_kernel", 4),
            "n_vocab": keys.size("vocab_size", 32768),
        },
        conventions={**biases(keys), "head": head, "tied": tied(keys, default=False)},
        described_as=name,
    )


FAMILIES: Mapping[str, Callable[[Keys], Described]] = {"mamba": mamba, "mamba2": mamba2}
