"""Decoders after LLaMA: RMSNorm, a gated feedforward network, grouped keys and values; what each family adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families.shared import (
    SEQUENCE,
    TOKEN,
    Classes,
    decoder,
    every,
    head_size,
    interleaved,
    windowed,
)
from weighbridge.artifacts.keys import Keys

#: A norm behind each block as well as before it.
FOUR_NORMS = {"attention_post_norm": True, "feedforward_post_norm": True}


def sizes(  # noqa: PLR0913 - the defaults that differ
    keys: Keys,
    *,
    n_layers: int,
    d_model: int,
    n_heads: int,
    d_ff: int,
    n_vocab: int,
    n_ctx: int,
    n_kv_heads: int | None = None,
    d_head: int | None = None,
    divides: bool = False,
) -> dict[str, int]:
    """Return the sizes of a decoder under the names that LLaMA gave them, with a family's defaults."""
    width = keys.size("hidden_size", d_model)
    heads = keys.size("num_attention_heads", n_heads)
    head = head_size(keys, width, heads, divides=divides, default=d_head)
    return {
        "n_layers": keys.size("num_hidden_layers", n_layers),
        "d_model": width,
        "n_heads": heads,
        "n_kv_heads": keys.number("num_key_value_heads", n_kv_heads) or heads,
        "d_head": head,
        "d_ff": keys.size("intermediate_size", d_ff),
        "n_vocab": keys.size("vocab_size", n_vocab),
        "n_ctx": keys.size("max_position_embeddings", n_ctx),
    }


def follows_from_width(keys: Keys, symbols: dict[str, int], *, why: str = "heads share the width") -> None:
    """Refuse a size of heads that is not the width's share: the family's modules leave it out of account."""
    share = symbols["d_model"] // symbols["n_heads"]
    keys.only("head_dim", (share,), why=why)
    symbols["d_head"] = share


def described(
    keys: Keys, classes: Classes, symbols: Mapping[str, int], *, tie: bool = False, **conventions: bool
) -> Described:
    """Return a family's model, as `decoder` does; biases that nothing has asked for are none of the family's."""
    for key in {"attention_bias", "mlp_bias", "lm_head_bias"} - keys.read:
        keys.only(key, (False,), why="the family has no such biases")
    return decoder(keys, classes, symbols, tie=tie, **conventions)


def attention_biases(keys: Keys) -> dict[str, bool]:
    """Return the biases that `attention_bias` speaks of: of all four projections."""
    return dict.fromkeys(("query_biases", "output_biases"), keys.flag("attention_bias", default=False))


def llama(keys: Keys) -> Described:
    """Read the config of LLaMA 1, 2 and 3."""
    symbols = sizes(
        keys, n_layers=32, d_model=4096, n_heads=32, d_ff=11008, n_vocab=32000, n_ctx=2048, divides=True
    )  # fmt: skip
    keys.harmless("rope_interleaved", "max_sequence_length")
    biases = attention_biases(keys)
    return described(keys, Classes("Llama"), symbols, **biases, feedforward_biases=keys.flag("mlp_bias", default=False))


def granite(keys: Keys) -> Described:
    """Read Granite's config."""
    symbols = sizes(keys, n_layers=32, d_model=4096, n_heads=32, d_ff=11008, n_vocab=32000, n_ctx=2048)
    keys.harmless("attention_multiplier", "embedding_multiplier", "logits_scaling", "residual_multiplier")
    biases = attention_biases(keys)
    feedforward = keys.flag("mlp_bias", default=False)
    return described(keys, Classes("Granite", tops=()), symbols, **biases, feedforward_biases=feedforward)


def mistral(keys: Keys) -> Described:
    """Read Mistral's config."""
    symbols = sizes(
        keys, n_layers=32, d_model=4096, n_heads=32, n_kv_heads=8, d_ff=14336, n_vocab=32000, n_ctx=131072
    )  # fmt: skip
    window = keys.number("sliding_window", 4096)
    keys.only("layer_types", (), why="layers of several types are those of another family")
    symbols |= windowed(keys, symbols["n_layers"], window, every(symbols["n_layers"], window=window))
    return described(keys, Classes("Mistral"), symbols)


def qwen_window(keys: Keys, n_layers: int, *, default: int = 28) -> dict[str, int]:
    """Return the layers that see a window: those from `max_window_layers` on, where windows are used at all."""
    first = keys.number("max_window_layers", default, least=0)
    used = keys.flag("use_sliding_window", default=False)
    window = keys.number("sliding_window", 4096, least=0) if used else None
    keys.harmless("sliding_window")
    kinds = [
        "full_attention" if not window or first is None or i < first else "sliding_attention" for i in range(n_layers)
    ]
    return windowed(keys, n_layers, window, kinds)


def qwen2(keys: Keys) -> Described:
    """Read Qwen2's config: queries, keys and values have biases."""
    symbols = sizes(keys, n_layers=32, d_model=4096, n_heads=32, n_kv_heads=32, d_ff=22016, n_vocab=151936, n_ctx=32768)
    keys.harmless("use_mrope")
    symbols |= qwen_window(keys, symbols["n_layers"])
    return described(keys, Classes("Qwen2"), symbols, query_biases=True)


def qwen3(keys: Keys) -> Described:
    """Read Qwen3's config: a norm of queries and one of keys, shared by the heads."""
    symbols = sizes(
        keys, n_layers=32, d_model=4096, n_heads=32, n_kv_heads=32, d_ff=22016, n_vocab=151936, n_ctx=32768, d_head=128
    )  # fmt: skip
    symbols |= qwen_window(keys, symbols["n_layers"])
    return described(keys, Classes("Qwen3"), symbols, **attention_biases(keys), head_norms=True)


def qwen2_vl(keys: Keys, name: str = "Qwen2VL") -> Described:
    """Read the config of the text model of Qwen2-VL and Qwen2.5-VL: Qwen2 with other defaults."""
    symbols = sizes(keys, n_layers=80, d_model=8192, n_heads=64, n_kv_heads=8, d_ff=29568, n_vocab=152064, n_ctx=32768)
    follows_from_width(keys, symbols)
    keys.harmless("use_mrope")
    symbols |= qwen_window(keys, symbols["n_layers"], default=80)
    return described(keys, of_images(name), symbols, query_biases=True)


def qwen3_vl(keys: Keys) -> Described:
    """Read the config of Qwen3-VL's text model: Qwen3 without windows."""
    symbols = sizes(
        keys, n_layers=32, d_model=4096, n_heads=32, n_kv_heads=32, d_ff=22016, n_vocab=151936, n_ctx=128000, d_head=128
    )  # fmt: skip
    return described(keys, of_images("Qwen3VL"), symbols, **attention_biases(keys), head_norms=True)


def of_images(name: str) -> Classes:
    """Return the classes of a text model that is always a part of another, and has its head there."""
    return Classes(name, causal="ForConditionalGeneration", tops=(), also={f"{name}TextModel": "base"})


def gemma(keys: Keys) -> Described:
    """Read the first Gemma's config."""
    symbols = sizes(
        keys, n_layers=28, d_model=3072, n_heads=16, n_kv_heads=16, d_ff=24576, n_vocab=256000, n_ctx=8192, d_head=256,
    )  # fmt: skip
    keys.harmless("hidden_activation", "use_bidirectional_attention")
    return described(keys, Classes("Gemma", tops=(SEQUENCE, TOKEN)), symbols, tie=True, **attention_biases(keys))


def gemma2(keys: Keys) -> Described:
    """Read Gemma 2's config: norms behind blocks too, and every other layer sees a window."""
    symbols = sizes(
        keys, n_layers=26, d_model=2304, n_heads=8, n_kv_heads=4, d_ff=9216, n_vocab=256000, n_ctx=8192, d_head=256,
        divides=True,
    )  # fmt: skip
    keys.harmless(
        "attn_logit_softcapping", "cache_implementation", "final_logit_softcapping", "hidden_activation",
        "query_pre_attn_scalar", "sliding_window_size", "use_bidirectional_attention",
    )  # fmt: skip
    n_layers = symbols["n_layers"]
    symbols |= windowed(keys, n_layers, keys.number("sliding_window", 4096), interleaved(n_layers, 2))
    return described(
        keys, Classes("Gemma2", tops=(SEQUENCE, TOKEN)), symbols, tie=True, **attention_biases(keys), **FOUR_NORMS
    )


def gemma3(keys: Keys) -> Described:
    """Read the config of Gemma 3's text model: as Gemma 2, with norms of queries and keys, and five windows of six."""
    symbols = sizes(
        keys, n_layers=26, d_model=2304, n_heads=8, n_kv_heads=4, d_ff=9216, n_vocab=262208, n_ctx=131072, d_head=256,
        divides=True,
    )  # fmt: skip
    keys.harmless(
        "attn_logit_softcapping", "cache_implementation", "final_logit_softcapping", "hidden_activation",
        "query_pre_attn_scalar", "rope_local_base_freq", "use_bidirectional_attention",
    )  # fmt: skip
    n_layers = symbols["n_layers"]
    period = keys.size("sliding_window_pattern", 6, "_sliding_window_pattern")
    symbols |= windowed(keys, n_layers, keys.number("sliding_window", 4096), interleaved(n_layers, period))
    also = {"Gemma3TextModel": "base", "Gemma3TextForSequenceClassification": "sequence"}
    biases = attention_biases(keys)
    return described(
        keys, Classes("Gemma3", tops=(), also=also), symbols, tie=True, **biases, **FOUR_NORMS, head_norms=True
    )


def phi3(keys: Keys) -> Described:
    """Read Phi-3's config."""
    symbols = sizes(keys, n_layers=32, d_model=3072, n_heads=32, d_ff=8192, n_vocab=32064, n_ctx=4096)
    keys.harmless("full_attn_mod", "interpolate_factor", "original_max_position_embeddings")
    n_layers, window = symbols["n_layers"], keys.number("sliding_window", None)
    symbols |= windowed(keys, n_layers, window, every(n_layers, window=window))
    return described(keys, Classes("Phi3", tops=(SEQUENCE, TOKEN)), symbols)


def olmo(keys: Keys) -> Described:
    """Read OLMo's config: norms without any weights."""
    symbols = sizes(keys, n_layers=32, d_model=4096, n_heads=32, d_ff=11008, n_vocab=50304, n_ctx=2048)
    keys.harmless("clip_qkv")
    return described(keys, Classes("Olmo", tops=(SEQUENCE,)), symbols, **attention_biases(keys), norm_weights=False)


def olmo2(keys: Keys) -> Described:
    """Read OLMo 2's config: norms behind blocks alone, and norms of all queries and all keys of a layer."""
    symbols = sizes(keys, n_layers=32, d_model=4096, n_heads=32, d_ff=11008, n_vocab=50304, n_ctx=2048)
    return described(
        keys,
        Classes("Olmo2", tops=(SEQUENCE,)),
        symbols,
        **attention_biases(keys),
        **FOUR_NORMS,
        attention_norm=False,
        feedforward_norm=False,
        wide_norms=True,
    )


FAMILIES: Mapping[str, Callable[[Keys], Described]] = {
    "llama": llama,
    "mistral": mistral,
    "qwen2": qwen2,
    "qwen3": qwen3,
    "gemma": gemma,
    "gemma2": gemma2,
    "gemma3_text": gemma3,
    "phi3": phi3,
    "olmo": olmo,
    "olmo2": olmo2,
    "granite": granite,
    "qwen2_vl_text": qwen2_vl,
    "qwen2_5_vl_text": partial(qwen2_vl, name="Qwen2_5_VL"),
    "qwen3_vl_text": qwen3_vl,
}
