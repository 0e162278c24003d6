"""Random configurations of models of images and text, as a config.json would state them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from hf.decoders import gemma, gemma2, llama, mistral, plain, qwen2
from hf.mixtures import experts
from hf.sizes import Keys, sizes, width, yes

#: Kinds of vision transformers.
SIGLIP, CLIP = "siglip_vision_model", "clip_vision_model"


def qwen3_vl_text(r: random.Random) -> Keys:
    return {**sizes(r), "head_dim": 2 * r.randint(1, 9), "attention_bias": yes(r)}


def llama4_text(r: random.Random) -> Keys:
    return {
        **qwen3_vl_text(r),
        **experts(r, "num_local_experts"),
        "intermediate_size_mlp": r.randint(1, 50),
        "interleave_moe_layer_step": r.randint(1, 3),
    }


def tower(r: random.Random, kind: str) -> Keys:
    """Return a vision transformer, of SigLIP or CLIP."""
    heads, patch = r.randint(1, 6), r.randint(1, 6)
    pooled = {"vision_use_head": False} if kind == "siglip_vision_model" else {}
    return {
        "model_type": kind,
        "hidden_size": width(r, heads),
        "num_attention_heads": heads,
        "num_hidden_layers": r.randint(1, 4),
        "intermediate_size": r.randint(1, 50),
        "image_size": patch * r.randint(1, 6) + r.randint(0, patch - 1),
        "patch_size": patch,
        "num_channels": r.randint(1, 4),
        **pooled,
    }


def with_images(texts: Mapping[str, Callable[[random.Random], Keys]], *kinds: str) -> Callable[[random.Random], Keys]:
    """Return what draws a model of images and text: a text model of these, and a vision transformer of these kinds.

    Whether the head is tied is said alike for the text model and for the whole: otherwise it is not counted.
    """

    def draw(r: random.Random) -> Keys:
        kind = r.choice(sorted(texts))
        text = {"model_type": kind, **texts[kind](r), "pad_token_id": 0}
        keys: Keys = {"text_config": text, "tie_word_embeddings": text["tie_word_embeddings"]}
        return {**keys, "vision_config": tower(r, r.choice(kinds))} if kinds else keys

    return draw


def paligemma(r: random.Random) -> Keys:
    keys = with_images({"gemma": gemma, "gemma2": gemma2}, SIGLIP)(r)
    return {**keys, "projection_dim": keys["text_config"]["hidden_size"]}


def llava(r: random.Random) -> Keys:
    texts = {"llama": llama, "mistral": mistral, "qwen2": qwen2, "phi3": plain}
    return {**with_images(texts, SIGLIP, CLIP)(r), "multimodal_projector_bias": yes(r)}
