"""Encoders and encoder-decoders: BERT and its kin, vision transformers, T5 and BART, with what is trained on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families.shared import decoder_only, head_size, purpose, tied
from weighbridge.artifacts.keys import Keys

EMBEDDED = ("position_ids", "token_type_ids")


def labels(keys: Keys) -> int:
    """Return how many classes a classifier has: `id2label` has a name for each."""
    _, named = keys.find("id2label")
    number = keys.number("num_labels", None)
    if number is not None:
        return number
    if named is None:
        return 2
    if not isinstance(named, dict) or not named:
        keys.complain("id2label", "'id2label' has no classes", "expected an object with a name for each class")
        return 2
    return len(named)


def bert_sizes(keys: Keys, *, n_vocab: int) -> dict[str, int]:
    """Return the sizes of BERT and RoBERTa."""
    d_model = keys.size("hidden_size", 768)
    n_heads = keys.size("num_attention_heads", 12)
    return {
        "n_layers": keys.size("num_hidden_layers", 12),
        "d_model": d_model,
        "n_heads": n_heads,
        "d_head": head_size(keys, d_model, n_heads, key="", divides=True),
        "d_ff": keys.size("intermediate_size", 3072),
        "n_vocab": keys.size("vocab_size", n_vocab),
        "n_ctx": keys.size("max_position_embeddings", 512),
        "n_token_types": keys.size("type_vocab_size", 2, least=0),
    }


def bert_like(keys: Keys, name: str, uses: Mapping[str, str], default: str, *, n_vocab: int) -> Described:
    """Return BERT or RoBERTa, with the head or classifier of its class."""
    decoder_only(keys)
    keys.harmless("attention_probs_dropout_prob", "hidden_dropout_prob", "position_embedding_type")
    keys.only("position_embedding_type", ("absolute",), why="relative positions have weights of their own")
    keys.only("embedding_size", (keys.values.get("hidden_size", 768),), why="embeddings are as wide as the model")
    keys.harmless(
        "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers",
        "pooler_size_per_head", "pooler_type",
    )  # fmt: skip
    symbols = bert_sizes(keys, n_vocab=n_vocab)
    described_as, use = purpose(keys, {f"{name}{ending}": each for ending, each in uses.items()}, default)
    has_head = use in ("masked", "pretraining")
    classifier = use in ("sequence", "token")
    if classifier:
        symbols["n_labels"] = labels(keys)
    if use == "span":
        symbols["n_labels"] = labels(keys)
    return Described(
        architecture="encoder",
        symbols=symbols,
        conventions={
            "head": has_head,
            "tied": tied(keys, default=True),
            "untied_head_bias": True,
            "pooler": use in ("base", "pretraining") or (use == "sequence" and name == "Bert"),
            "next_sentence": use == "pretraining",
            "classifier": classifier or use == "span",
            "classifier_projection": use == "sequence" and name == "Roberta",
        },
        described_as=described_as,
        buffers=EMBEDDED,
    )


CLASSIFIERS = {
    "ForSequenceClassification": "sequence",
    "ForTokenClassification": "token",
    "ForQuestionAnswering": "span",
}


def bert(keys: Keys) -> Described:
    """Read BERT's config; without a class, the model that was pretrained to fill in masked tokens."""
    uses = {"Model": "base", "ForMaskedLM": "masked", "ForPreTraining": "pretraining", **CLASSIFIERS}
    return bert_like(keys, "Bert", uses, "BertForMaskedLM", n_vocab=30522)


def roberta(keys: Keys) -> Described:
    """Read RoBERTa's config."""
    uses = {"Model": "base", "ForMaskedLM": "masked", **CLASSIFIERS}
    return bert_like(keys, "Roberta", uses, "RobertaForMaskedLM", n_vocab=50265)


def distilbert(keys: Keys) -> Described:
    """Read DistilBERT's config: BERT without token types and pooler."""
    decoder_only(keys)
    keys.harmless("activation", "dropout", "qa_dropout", "seq_classif_dropout", "sinusoidal_pos_embds", "tie_weights_")
    d_model = keys.size("dim", 768, "hidden_size")
    n_heads = keys.size("n_heads", 12, "num_attention_heads")
    uses = {
        f"DistilBert{ending}": use for ending, use in {"Model": "base", "ForMaskedLM": "masked", **CLASSIFIERS}.items()
    }
    described_as, use = purpose(keys, uses, "DistilBertForMaskedLM")
    symbols = {
        "n_layers": keys.size("n_layers", 6, "num_hidden_layers"),
        "d_model": d_model,
        "n_heads": n_heads,
        "d_head": head_size(keys, d_model, n_heads, key="", divides=True),
        "d_ff": keys.size("hidden_dim", 3072),
        "n_vocab": keys.size("vocab_size", 30522),
        "n_ctx": keys.size("max_position_embeddings", 512),
        "n_token_types": 0,
    }
    if use in ("sequence", "token", "span"):
        symbols["n_labels"] = labels(keys)
    if use == "span" and symbols["n_labels"] != 2:
        keys.complain("id2label", "a model that answers questions has 2 labels: where the answer starts and ends")
    return Described(
        architecture="encoder",
        symbols=symbols,
        conventions={
            "head": use == "masked",
            "tied": tied(keys, default=True),
            "classifier": use in ("sequence", "token", "span"),
            "classifier_projection": use == "sequence",
        },
        described_as=described_as,
        buffers=EMBEDDED,
    )


def pair(keys: Keys, key: str, default: int) -> tuple[int, int]:
    """Return a height and a width, given as one number for both or as two."""
    _, value = keys.find(key)
    if isinstance(value, list) and len(value) == 2 and all(type(each) is int and each > 0 for each in value):
        return value[0], value[1]
    size = keys.size(key, default)
    return size, size


def vit(keys: Keys) -> Described:
    """Read ViT's config."""
    decoder_only(keys)
    keys.harmless("attention_probs_dropout_prob", "hidden_dropout_prob", "encoder_stride", "pooler_act")
    d_model = keys.size("hidden_size", 768)
    n_heads = keys.size("num_attention_heads", 12)
    (image_height, image_width), (height, width) = pair(keys, "image_size", 224), pair(keys, "patch_size", 16)
    if height > image_height or width > image_width:
        keys.complain("patch_size", "a patch is larger than the image")
        height, width = image_height, image_width
    described_as, use = purpose(
        keys, {"ViTModel": "base", "ViTForImageClassification": "image"}, "ViTForImageClassification"
    )
    symbols = {
        "n_layers": keys.size("num_hidden_layers", 12),
        "d_model": d_model,
        "n_heads": n_heads,
        "d_head": head_size(keys, d_model, n_heads, key="", divides=True),
        "d_ff": keys.size("intermediate_size", 3072),
        "image_height": image_height,
        "image_width": image_width,
        "patch_height": height,
        "patch_width": width,
        "n_channels": keys.size("num_channels", 3),
        "d_pooler": keys.number("pooler_output_size", None) or d_model,
    }
    classes = labels(keys)
    if use == "image":
        symbols["n_labels"] = classes
    return Described(
        architecture="vit",
        symbols=symbols,
        conventions={
            "query_biases": keys.flag("qkv_bias", default=True),
            "pooler": use == "base",
            "classifier": use == "image",
        },
        described_as=described_as,
    )


def t5(keys: Keys) -> Described:
    """Read T5's config: no biases, relative positions in the first layer of each stack, a gate since version 1.1."""
    keys.only("pruned_heads", ({},), why="heads are missing from some layers")
    keys.only("tie_encoder_decoder", (False,), why="weights are shared between encoder and decoder")
    keys.harmless(
        "dense_act_fn", "dropout_rate", "is_decoder", "relative_attention_max_distance", "scale_decoder_outputs",
    )  # fmt: skip
    n_ctx = keys.number("n_positions", None)
    n_layers = keys.size("num_layers", 6, "num_hidden_layers")
    activation = keys.word("feed_forward_proj", "relu")
    gated = activation.split("-")[0] == "gated"
    if "-" in activation and not gated:
        keys.complain("feed_forward_proj", f"'feed_forward_proj' is '{activation}', expected 'relu' or 'gated-gelu'")
    keys.only("is_gated_act", (gated,), why="it contradicts 'feed_forward_proj'")
    described_as, use = purpose(
        keys,
        {"T5ForConditionalGeneration": "lm", "T5Model": "base", "T5WithLMHeadModel": "lm"},
        "T5ForConditionalGeneration",
    )
    is_tied = tied(keys, default=True)
    note = "tie_word_embeddings is false: the head is counted by itself, as checkpoints have it; transformers 5 ties it"
    n_heads = keys.size("num_heads", 8, "num_attention_heads")
    return Described(
        architecture="encoder-decoder",
        symbols={
            "n_layers": keys.number("num_decoder_layers", None) or n_layers,
            "n_encoder_layers": n_layers,
            "d_model": keys.size("d_model", 512, "hidden_size"),
            "n_heads": n_heads,
            "d_head": keys.size("d_kv", 64, "head_dim"),
            "d_ff": keys.size("d_ff", 2048),
            "n_vocab": keys.size("vocab_size", 32128),
            "n_buckets": keys.size("relative_attention_num_buckets", 32),
            **({"n_ctx": n_ctx} if n_ctx else {}),
        },
        conventions={"gated": gated, "relative_positions": True, "head": use == "lm", "tied": is_tied},
        described_as=described_as,
        notes=() if is_tied or use != "lm" else (note,),
    )


def bart(keys: Keys) -> Described:
    """Read BART's config: learned positions and a norm of the embeddings in both stacks, norms behind each block."""
    keys.only("pruned_heads", ({},), why="heads are missing from some layers")
    keys.only("tie_encoder_decoder", (False,), why="weights are shared between encoder and decoder")
    for key, value in {"add_final_layer_norm": False, "normalize_before": False, "normalize_embedding": True}.items():
        keys.only(key, (value,), why="transformers leaves it out of account, the model itself does not")
    keys.only("tie_word_embeddings", (True,), why="transformers then keeps a table of embeddings for each stack")
    keys.only("static_position_embeddings", (False,), why="positions are learned")
    keys.only("extra_pos_embeddings", (2,), why="two positions are kept for padding")
    keys.harmless(
        "activation_dropout", "activation_function", "add_bias_logits", "classif_dropout", "decoder_layerdrop",
        "dropout", "encoder_layerdrop", "force_bos_token_to_be_generated", "init_std", "is_decoder",
        "num_hidden_layers", "save_step", "scale_embedding",
    )  # fmt: skip
    d_model = keys.size("d_model", 1024, "hidden_size")
    heads, encoder_heads = keys.size("decoder_attention_heads", 16), keys.size("encoder_attention_heads", 16)
    keys.only("num_attention_heads", (encoder_heads,), why="it contradicts 'encoder_attention_heads'")
    n_ctx = keys.size("max_position_embeddings", 1024)
    described_as, use = purpose(
        keys, {"BartForConditionalGeneration": "lm", "BartModel": "base"}, "BartForConditionalGeneration"
    )
    norms: dict[str, Any] = {
        "embedding_norm": True, "attention_norm": False, "feedforward_norm": False, "attention_post_norm": True,
        "feedforward_post_norm": True, "final_norm": False, "norm_biases": True,
    }  # fmt: skip
    return Described(
        architecture="encoder-decoder",
        symbols={
            "n_layers": keys.size("decoder_layers", 12),
            "n_encoder_layers": keys.size("encoder_layers", 12),
            "d_model": d_model,
            "n_heads": heads,
            "n_encoder_heads": encoder_heads,
            "d_head": head_size(keys, d_model, heads, key="", divides=True),
            "d_encoder_head": head_size(keys, d_model, encoder_heads, key="", divides=True),
            "d_ff": keys.size("decoder_ffn_dim", 4096),
            "d_encoder_ff": keys.size("encoder_ffn_dim", 4096),
            "n_vocab": keys.size("vocab_size", 50265),
            "n_ctx": n_ctx,
            "n_positions": n_ctx + 2,
        },
        conventions={
            **norms,
            "gated": False,
            "learned_positions": True,
            "query_biases": True,
            "output_biases": True,
            "feedforward_biases": True,
            "head": use == "lm",
            "tied": tied(keys, default=True),
        },
        described_as=described_as,
        buffers=("final_logits_bias",),
    )


FAMILIES: Mapping[str, Callable[[Keys], Described]] = {
    "bert": bert,
    "roberta": roberta,
    "distilbert": distilbert,
    "vit": vit,
    "t5": t5,
    "bart": bart,
}
