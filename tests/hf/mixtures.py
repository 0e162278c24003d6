"""Random configurations of mixtures of experts, as a config.json would state them."""

from __future__ import annotations

import random

from hf.sizes import Keys, head, sizes, yes


def experts(r: random.Random, key: str) -> Keys:
    number = r.randint(1, 9)
    return {key: number, "num_experts_per_tok": r.randint(1, number)}


def mixtral(r: random.Random) -> Keys:
    return {**sizes(r), **head(r), **experts(r, "num_local_experts")}


def sparse(r: random.Random) -> Keys:
    return {
        "decoder_sparse_step": r.randint(1, 3),
        "mlp_only_layers": r.choice([[], [0], [0, 2]]),
        "moe_intermediate_size": r.randint(1, 40),
    }


def qwen2_moe(r: random.Random) -> Keys:
    shared = {"shared_expert_intermediate_size": r.randint(1, 40), "qkv_bias": yes(r)}
    return {**sizes(r), **experts(r, "num_experts"), **sparse(r), **shared}


def qwen3_moe(r: random.Random) -> Keys:
    return {**sizes(r), **experts(r, "num_experts"), **sparse(r), **head(r), "attention_bias": yes(r)}


def olmoe(r: random.Random) -> Keys:
    return {**sizes(r), **experts(r, "num_experts"), "attention_bias": yes(r)}


def gpt_oss(r: random.Random) -> Keys:
    return {
        **sizes(r),
        **experts(r, "num_local_experts"),
        "head_dim": 2 * r.randint(1, 11),
        "sliding_window": r.randint(1, 30),
    }


def deepseek(r: random.Random) -> Keys:
    keys = {**sizes(r), **experts(r, "n_routed_experts")}
    keys["num_key_value_heads"] = keys["num_attention_heads"]
    return {
        **keys,
        "n_group": 1,
        "topk_group": 1,
        "q_lora_rank": r.choice([None, r.randint(1, 30)]),
        "kv_lora_rank": r.randint(1, 30),
        "qk_rope_head_dim": 2 * r.randint(1, 8),
        "qk_nope_head_dim": r.randint(1, 20),
        "v_head_dim": r.randint(1, 20),
        "first_k_dense_replace": r.randint(0, 3),
        "moe_intermediate_size": r.randint(1, 40),
        "n_shared_experts": r.randint(1, 3),
        "attention_bias": yes(r),
    }
