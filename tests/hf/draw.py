"""What draws each family's random configurations, and the classes of transformers that are built from them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from hf.decoders import (
    bloom,
    cohere,
    falcon,
    gemma,
    gemma2,
    gpt2,
    gpt_names,
    gpt_neo,
    gpt_neox,
    gptj,
    llama,
    mistral,
    mpt,
    opt,
    phi,
    plain,
    qwen2,
    qwen3,
    stablelm,
    starcoder2,
    with_biases,
)
from hf.encoders import bart, bert, distilbert, t5, vit
from hf.images import SIGLIP, llama4_text, llava, paligemma, qwen3_vl_text, with_images
from hf.mixtures import deepseek, gpt_oss, mixtral, olmoe, qwen2_moe, qwen3_moe
from hf.sizes import Keys
from hf.state_spaces import mamba, mamba2


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
