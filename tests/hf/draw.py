"""Random configurations of every family, as a config.json would state them: what the differential tests are about."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

Keys = dict[str, Any]
#: Kinds of vision transformers.
SIGLIP, CLIP = "siglip_vision_model", "clip_vision_model"


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


def classifiers(prefix: str, letters: str) -> tuple[str, ...]:
    """Return the classes of a family that classify sequences, tokens, or where in a text an answer stands."""
    endings = {"s": "ForSequenceClassification", "t": "ForTokenClassification", "q": "ForQuestionAnswering"}
    return tuple(f"{prefix}{endings[letter]}" for letter in letters)


#: What draws a family's configurations, and the classes of transformers that are built from each in turn.
DRAWN: Mapping[str, tuple[Callable[[random.Random], Keys], tuple[str, ...]]] = {
    "openai-gpt": (gpt_names, ("OpenAIGPTLMHeadModel", "OpenAIGPTModel", *classifiers("OpenAIGPT", "s"))),
    "gpt2": (gpt2, ("GPT2LMHeadModel", "GPT2Model", *classifiers("GPT2", "stq"))),
    "gpt_neo": (gpt_neo, ("GPTNeoForCausalLM", "GPTNeoModel", *classifiers("GPTNeo", "stq"))),
    "gptj": (gptj, ("GPTJForCausalLM", "GPTJModel", *classifiers("GPTJ", "sq"))),
    "gpt_neox": (gpt_neox, ("GPTNeoXForCausalLM", "GPTNeoXModel", *classifiers("GPTNeoX", "stq"))),
    "opt": (opt, ("OPTForCausalLM", "OPTModel", *classifiers("OPT", "sq"))),
    "bloom": (bloom, ("BloomForCausalLM", "BloomModel", *classifiers("Bloom", "stq"))),
    "mpt": (mpt, ("MptForCausalLM", "MptModel", *classifiers("Mpt", "stq"))),
    "starcoder2": (starcoder2, ("Starcoder2ForCausalLM", "Starcoder2Model", *classifiers("Starcoder2", "st"))),
    "llama": (llama, ("LlamaForCausalLM", "LlamaModel", *classifiers("Llama", "stq"))),
    "mistral": (mistral, ("MistralForCausalLM", "MistralModel", *classifiers("Mistral", "stq"))),
    "qwen2": (qwen2, ("Qwen2ForCausalLM", "Qwen2Model", *classifiers("Qwen2", "stq"))),
    "qwen3": (qwen3, ("Qwen3ForCausalLM", "Qwen3Model", *classifiers("Qwen3", "stq"))),
    "gemma": (gemma, ("GemmaForCausalLM", "GemmaModel", *classifiers("Gemma", "st"))),
    "gemma2": (gemma2, ("Gemma2ForCausalLM", "Gemma2Model", *classifiers("Gemma2", "st"))),
    "gemma3_text": (gemma2, ("Gemma3ForCausalLM", "Gemma3TextModel", "Gemma3TextForSequenceClassification")),
    "phi": (phi, ("PhiForCausalLM", "PhiModel", *classifiers("Phi", "st"))),
    "phi3": (plain, ("Phi3ForCausalLM", "Phi3Model", *classifiers("Phi3", "st"))),
    "olmo": (with_biases, ("OlmoForCausalLM", "OlmoModel", *classifiers("Olmo", "s"))),
    "olmo2": (with_biases, ("Olmo2ForCausalLM", "Olmo2Model", *classifiers("Olmo2", "s"))),
    "qwen2_vl_text": (qwen2, ("Qwen2VLTextModel",)),
    "qwen2_5_vl_text": (qwen2, ("Qwen2_5_VLTextModel",)),
    "qwen3_vl_text": (qwen3_vl_text, ("Qwen3VLTextModel",)),
    "llama4_text": (llama4_text, ("Llama4ForCausalLM", "Llama4TextModel")),
    "granite": (llama, ("GraniteForCausalLM", "GraniteModel")),
    "cohere": (cohere, ("CohereForCausalLM", "CohereModel")),
    "cohere2": (with_biases, ("Cohere2ForCausalLM", "Cohere2Model")),
    "stablelm": (stablelm, ("StableLmForCausalLM", "StableLmModel", *classifiers("StableLm", "st"))),
    "falcon": (falcon, ("FalconForCausalLM", "FalconModel", *classifiers("Falcon", "stq"))),
    "mixtral": (mixtral, ("MixtralForCausalLM", "MixtralModel", *classifiers("Mixtral", "stq"))),
    "qwen2_moe": (qwen2_moe, ("Qwen2MoeForCausalLM", "Qwen2MoeModel", *classifiers("Qwen2Moe", "stq"))),
    "qwen3_moe": (qwen3_moe, ("Qwen3MoeForCausalLM", "Qwen3MoeModel", *classifiers("Qwen3Moe", "stq"))),
    "olmoe": (olmoe, ("OlmoeForCausalLM", "OlmoeModel")),
    "gpt_oss": (gpt_oss, ("GptOssForCausalLM", "GptOssModel", *classifiers("GptOss", "st"))),
    "deepseek_v2": (deepseek, ("DeepseekV2ForCausalLM", "DeepseekV2Model", *classifiers("DeepseekV2", "s"))),
    "deepseek_v3": (deepseek, ("DeepseekV3ForCausalLM", "DeepseekV3Model", *classifiers("DeepseekV3", "st"))),
    "bert": (
        bert,
        (
            "BertModel",
            "BertForMaskedLM",
            "BertForPreTraining",
            "BertForSequenceClassification",
            "BertForTokenClassification",
            "BertForQuestionAnswering",
            "BertForMultipleChoice",
            "BertForNextSentencePrediction",
            "BertLMHeadModel",
        ),
    ),
    "roberta": (
        bert,
        (
            "RobertaModel",
            "RobertaForMaskedLM",
            "RobertaForSequenceClassification",
            "RobertaForTokenClassification",
            "RobertaForQuestionAnswering",
            "RobertaForMultipleChoice",
            "RobertaForCausalLM",
        ),
    ),
    "distilbert": (
        distilbert,
        (
            "DistilBertModel",
            "DistilBertForMaskedLM",
            "DistilBertForSequenceClassification",
            "DistilBertForTokenClassification",
            "DistilBertForQuestionAnswering",
            "DistilBertForMultipleChoice",
        ),
    ),
    "vit": (vit, ("ViTModel", "ViTForImageClassification")),
    "t5": (t5, ("T5ForConditionalGeneration", "T5Model", "T5EncoderModel", *classifiers("T5", "stq"))),
    "bart": (bart, ("BartForConditionalGeneration", "BartModel", *classifiers("Bart", "sq"))),
    "mamba": (mamba, ("MambaForCausalLM", "MambaModel")),
    "mamba2": (mamba2, ("Mamba2ForCausalLM", "Mamba2Model")),
    "gemma3": (with_images({"gemma3_text": gemma2}, SIGLIP), ("Gemma3ForConditionalGeneration", "Gemma3Model")),
    "paligemma": (paligemma, ("PaliGemmaForConditionalGeneration", "PaliGemmaModel")),
    "llava": (llava, ("LlavaForConditionalGeneration", "LlavaModel")),
    "llava_next": (llava, ("LlavaNextForConditionalGeneration", "LlavaNextModel")),
}

#: Models of images and text whose text model is counted alone: what draws their configurations, and their class.
PARTS: Mapping[str, tuple[Callable[[random.Random], Keys], str]] = {
    "aya_vision": (with_images({"cohere2": with_biases}, SIGLIP), "AyaVisionForConditionalGeneration"),
    "gemma3": (DRAWN["gemma3"][0], "Gemma3ForConditionalGeneration"),
    "idefics2": (with_images({"mistral": mistral}), "Idefics2ForConditionalGeneration"),
    "idefics3": (with_images({"llama": llama}), "Idefics3ForConditionalGeneration"),
    "internvl": (with_images({"qwen2": qwen2, "qwen3": qwen3, "llama": llama}), "InternVLForConditionalGeneration"),
    "llama4": (with_images({"llama4_text": llama4_text}), "Llama4ForConditionalGeneration"),
    "llava": (llava, "LlavaForConditionalGeneration"),
    "llava_next": (llava, "LlavaNextForConditionalGeneration"),
    "llava_onevision": (with_images({"qwen2": qwen2}, SIGLIP), "LlavaOnevisionForConditionalGeneration"),
    "mistral3": (with_images({"mistral": mistral}), "Mistral3ForConditionalGeneration"),
    "paligemma": (paligemma, "PaliGemmaForConditionalGeneration"),
    "qwen2_vl": (with_images({"qwen2_vl_text": qwen2}), "Qwen2VLForConditionalGeneration"),
    "qwen2_5_vl": (with_images({"qwen2_5_vl_text": qwen2}), "Qwen2_5_VLForConditionalGeneration"),
    "qwen3_vl": (with_images({"qwen3_vl_text": qwen3_vl_text}), "Qwen3VLForConditionalGeneration"),
    "smolvlm": (with_images({"llama": llama}), "SmolVLMForConditionalGeneration"),
    "vipllava": (with_images({"llama": llama}), "VipLlavaForConditionalGeneration"),
}
