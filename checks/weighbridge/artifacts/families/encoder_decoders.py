"""Encoder-decoders: T5 and BART, with what is trained on top; and T5's encoder alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families.encoders import classes
from weighbridge.artifacts.families.shared import CLASSIFIERS, SEQUENCE, SPAN, TOKEN, head_size, labels, purpose, tied
from weighbridge.artifacts.keys import Keys


def t5(keys: Keys) -> Described:
    """Read T5's config: no biases, relative positions in the first layer of each stack, a gate since version 1.1."""
    keys.only("pruned_heads", ({},), why="heads are missing from some layers")
    keys.only("tie_encoder_decoder", (False,), why="weights are shared between encoder and decoder")
    keys.harmless(
        "dense_act_fn", "dropout_rate", "relative_attention_max_distance", "scale_decoder_outputs",
    )  # fmt: skip
    keys.harmless("is_decoder")
    n_ctx = keys.number("n_positions", None)
    n_layers = keys.size("num_layers", 6)
    keys.only("num_hidden_layers", (n_layers,), why="it differs from 'num_layers'")
    activation = keys.word("feed_forward_proj", "relu")
    gated = activation.split("-")[0] == "gated"
    if "-" in activation and not gated:
        keys.complain("feed_forward_proj", f"'feed_forward_proj' is '{activation}', expected 'relu' or 'gated-gelu'")
    keys.only("is_gated_act", (gated,), why="it contradicts 'feed_forward_proj'")
    uses = {
        "T5ForConditionalGeneration": "lm", "T5Model": "base", "T5WithLMHeadModel": "lm", "T5EncoderModel": "encoder",
        **{f"T5{ending}": use for use, ending in CLASSIFIERS.items()},
    }  # fmt: skip
    described_as, use = purpose(keys, uses, "T5ForConditionalGeneration")
    n_decoder_layers = keys.number("num_decoder_layers", None) or n_layers
    is_tied = tied(keys, default=True)
    symbols = {
        "d_model": keys.size("d_model", 512, "hidden_size"),
        "n_heads": keys.size("num_heads", 8, "num_attention_heads"),
        "d_head": keys.size("d_kv", 64, "head_dim"),
        "d_ff": keys.size("d_ff", 2048),
        "n_vocab": keys.size("vocab_size", 32128),
        "n_buckets": keys.size("relative_attention_num_buckets", 32),
        **({"n_ctx": n_ctx} if n_ctx else {}),
        **classes(keys, use),
    }
    conventions = {
        "gated": gated,
        "relative_positions": True,
        "classifier": use in CLASSIFIERS,
        "classifier_projection": use == SEQUENCE,
        "classifier_biases": True,
    }
    if use in ("encoder", TOKEN):
        keys.only("is_decoder", (False,), why="cross attention has weights of its own")
        return Described(
            architecture="t5-encoder",
            symbols={"n_layers": n_layers, **symbols},
            conventions=conventions,
            described_as=described_as,
        )
    note = "tie_word_embeddings is false: the head is counted by itself, as checkpoints have it; transformers 5 ties it"
    return Described(
        architecture="encoder-decoder",
        symbols={"n_layers": n_decoder_layers, "n_encoder_layers": n_layers, **symbols},
        conventions={**conventions, "head": use == "lm", "tied": is_tied},
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
        "save_step", "scale_embedding",
    )  # fmt: skip
    d_model = keys.size("d_model", 1024, "hidden_size")
    heads, encoder_heads = keys.size("decoder_attention_heads", 16), keys.size("encoder_attention_heads", 16)
    keys.only("num_attention_heads", (encoder_heads,), why="it contradicts 'encoder_attention_heads'")
    n_encoder_layers = keys.size("encoder_layers", 12)
    keys.only("num_hidden_layers", (n_encoder_layers,), why="it differs from 'encoder_layers'")
    n_ctx = keys.size("max_position_embeddings", 1024)
    uses = {
        "BartForConditionalGeneration": "lm", "BartModel": "base", "BartForSequenceClassification": SEQUENCE,
        "BartForQuestionAnswering": SPAN,
    }  # fmt: skip
    described_as, use = purpose(keys, uses, "BartForConditionalGeneration")
    classified = {SEQUENCE: {"n_labels": labels(keys, default=3)}, SPAN: {"n_labels": 2}}
    norms = {
        "embedding_norm": True, "attention_norm": False, "feedforward_norm": False, "attention_post_norm": True,
        "feedforward_post_norm": True, "final_norm": False, "norm_biases": True,
    }  # fmt: skip
    return Described(
        architecture="encoder-decoder",
        symbols={
            "n_layers": keys.size("decoder_layers", 12),
            "n_encoder_layers": n_encoder_layers,
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
            **classified.get(use, {}),
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
            "classifier": use in classified,
            "classifier_projection": use == SEQUENCE,
            "classifier_biases": True,
        },
        described_as=described_as,
        buffers=("final_logits_bias",),
    )


FAMILIES: Mapping[str, Callable[[Keys], Described]] = {"t5": t5, "bart": bart}
