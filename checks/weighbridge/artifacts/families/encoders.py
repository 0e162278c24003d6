"""Encoders: BERT and its kin, and vision transformers, with what is trained on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families.shared import (
    CLASSIFIERS,
    SEQUENCE,
    SPAN,
    decoder_only,
    head_size,
    labels,
    purpose,
    tied,
)
from weighbridge.artifacts.keys import Keys

EMBEDDED = ("position_ids", "token_type_ids")


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
    keys.only("position_embedding_type", ("absolute",), why="relative positions have weights of their own")
    keys.only("embedding_size", (keys.values.get("hidden_size", 768),), why="embeddings are as wide as the model")
    keys.harmless(
        "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers",
        "pooler_size_per_head", "pooler_type",
    )  # fmt: skip
    symbols = bert_sizes(keys, n_vocab=n_vocab)
    described_as, use = purpose(keys, {f"{name}{ending}": each for ending, each in uses.items()}, default)
    pooled = use in ("base", "pretraining", "next sentence", CHOICE) or (use == SEQUENCE and name == "Bert")
    return Described(
        architecture="encoder",
        symbols={**symbols, **classes(keys, use)},
        conventions={
            "head": use in ("masked", "pretraining"),
            "tied": tied(keys, default=True),
            "untied_head_bias": True,
            "pooler": pooled,
            "next_sentence": use in ("pretraining", "next sentence"),
            "classifier": use in (*CLASSIFIERS, CHOICE),
            "classifier_projection": use == SEQUENCE and name == "Roberta",
        },
        described_as=described_as,
        buffers=EMBEDDED,
    )


#: What a class is for that chooses one of several texts: each has a number of its own.
CHOICE = "choice"
#: Classes of encoders that are called alike in all families.
ENDINGS = {
    "Model": "base",
    "ForMaskedLM": "masked",
    **{ending: use for use, ending in CLASSIFIERS.items()},
    "ForMultipleChoice": CHOICE,
}


def classes(keys: Keys, use: str) -> dict[str, int]:
    """Return how many classes a classifier has, where a class is one."""
    if use == CHOICE:
        return {"n_labels": 1}
    return {"n_labels": labels(keys)} if use in CLASSIFIERS else {}


def bert(keys: Keys) -> Described:
    """Read BERT's config; without a class, the model that was pretrained to fill in masked tokens."""
    uses = {
        **ENDINGS,
        "LMHeadModel": "masked",
        "ForPreTraining": "pretraining",
        "ForNextSentencePrediction": "next sentence",
    }
    return bert_like(keys, "Bert", uses, "BertForMaskedLM", n_vocab=30522)


def roberta(keys: Keys) -> Described:
    """Read RoBERTa's config."""
    uses = {**ENDINGS, "ForCausalLM": "masked"}
    return bert_like(keys, "Roberta", uses, "RobertaForMaskedLM", n_vocab=50265)


def distilbert(keys: Keys) -> Described:
    """Read DistilBERT's config: BERT without token types and pooler."""
    decoder_only(keys)
    keys.harmless("activation", "dropout", "qa_dropout", "seq_classif_dropout", "sinusoidal_pos_embds", "tie_weights_")
    d_model = keys.size("dim", 768, "hidden_size")
    n_heads = keys.size("n_heads", 12, "num_attention_heads")
    uses = {f"DistilBert{ending}": use for ending, use in ENDINGS.items()}
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
    symbols |= classes(keys, use)
    if use == SPAN and symbols["n_labels"] != 2:
        keys.complain("id2label", "a model that answers questions has 2 labels: where the answer starts and ends")
    return Described(
        architecture="encoder",
        symbols=symbols,
        conventions={
            "head": use == "masked",
            "tied": tied(keys, default=True),
            "classifier": use in (*CLASSIFIERS, CHOICE),
            "classifier_projection": use in (SEQUENCE, CHOICE),
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


def cut(keys: Keys, patch: int) -> dict[str, int]:
    """Return the symbols of an image and of the patches that it is cut into, of this size where the config has none."""
    (height, width), (high, wide) = pair(keys, "image_size", 224), pair(keys, "patch_size", patch)
    if high > height or wide > width:
        keys.complain("patch_size", "a patch is larger than the image")
        high, wide = height, width
    return {
        "image_height": height,
        "image_width": width,
        "patch_height": high,
        "patch_width": wide,
        "n_channels": keys.size("num_channels", 3),
    }


def vit(keys: Keys) -> Described:
    """Read ViT's config."""
    decoder_only(keys)
    keys.harmless("attention_probs_dropout_prob", "hidden_dropout_prob", "encoder_stride", "pooler_act")
    d_model = keys.size("hidden_size", 768)
    n_heads = keys.size("num_attention_heads", 12)
    image = cut(keys, 16)
    described_as, use = purpose(
        keys, {"ViTModel": "base", "ViTForImageClassification": "image"}, "ViTForImageClassification"
    )
    symbols = {
        "n_layers": keys.size("num_hidden_layers", 12),
        "d_model": d_model,
        "n_heads": n_heads,
        "d_head": head_size(keys, d_model, n_heads, key="", divides=True),
        "d_ff": keys.size("intermediate_size", 3072),
        **image,
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


FAMILIES: Mapping[str, Callable[[Keys], Described]] = {
    "bert": bert,
    "roberta": roberta,
    "distilbert": distilbert,
    "vit": vit,
}
