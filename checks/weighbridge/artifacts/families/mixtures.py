"""Mixtures of experts: how many layers have experts, how many and how wide they are, and what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families.llama import attention_biases, described, follows_from_width, sizes
from weighbridge.artifacts.families.shared import SEQUENCE, TOKEN, Classes, every, interleaved, windowed
from weighbridge.artifacts.keys import Keys

#: Keys of the router's loss and of its choice.
ROUTING = (
    "norm_topk_prob",
    "output_router_logits",
    "router_aux_loss_coef",
    "router_jitter_noise",
    "aux_loss_alpha",
    "seq_aux",
)


def mixture(keys: Keys, classes: Classes, symbols: Mapping[str, int], **conventions: bool) -> Described:
    """Return a family's model, as a mixture of experts."""
    keys.harmless(*ROUTING)
    return replace(described(keys, classes, symbols, **conventions), architecture="mixture")


def mixtral(keys: Keys) -> Described:
    """Read Mixtral's config."""
    symbols = sizes(keys, n_layers=32, d_model=4096, n_heads=32, n_kv_heads=8, d_ff=14336, n_vocab=32000, n_ctx=131072)
    symbols |= experts(keys, "num_local_experts", 8, 2, "num_experts") | {"d_expert": symbols["d_ff"]}
    n_layers, window = symbols["n_layers"], keys.number("sliding_window", None)
    symbols |= windowed(keys, n_layers, window, every(n_layers, window=window))
    return mixture(keys, Classes("Mixtral"), symbols)


def experts(keys: Keys, key: str, number: int, active: int, *aliases: str) -> dict[str, int]:
    """Return how many experts there are, and how many of them a token is sent to."""
    n_experts = keys.size(key, number, *aliases)
    n_active = keys.size("num_experts_per_tok", active)
    if n_active > n_experts:
        keys.complain("num_experts_per_tok", f"a token is sent to {n_active} experts of {n_experts}")
    return {"n_experts": n_experts, "n_active_experts": n_active}


def sparse_layers(keys: Keys, n_layers: int) -> dict[str, int]:
    """Return how many layers are dense: those listed, and those between the steps of `decoder_sparse_step`."""
    step = keys.size("decoder_sparse_step", 1)
    given = keys.items("mlp_only_layers") or []
    listed = {each for each in given if type(each) is int}
    if len(given) != sum(type(each) is int for each in given):
        keys.complain("mlp_only_layers", "'mlp_only_layers' has an item that is no integer")
    sparse = sum(1 for layer in range(n_layers) if layer not in listed and (layer + 1) % step == 0)
    return {"n_dense_layers": n_layers - sparse}


def qwen2_moe(keys: Keys) -> Described:
    """Read the config of Qwen2's mixtures: a shared expert with a gate of its own beside the routed ones."""
    symbols = sizes(keys, n_layers=24, d_model=2048, n_heads=16, n_kv_heads=16, d_ff=5632, n_vocab=151936, n_ctx=32768)
    n_layers = symbols["n_layers"]
    symbols |= experts(keys, "num_experts", 60, 4) | sparse_layers(keys, n_layers)
    symbols["d_expert"] = keys.size("moe_intermediate_size", 1408)
    symbols["d_shared"] = keys.size("shared_expert_intermediate_size", 5632)
    first = keys.number("max_window_layers", 28, least=0) or 0
    used = keys.flag("use_sliding_window", default=False)
    window = keys.number("sliding_window", 4096, least=0) if used else None
    keys.harmless("sliding_window")
    kinds = ["sliding_attention" if used and i % 2 == 0 and i < first else "full_attention" for i in range(n_layers)]
    symbols |= windowed(keys, n_layers, window, kinds)
    bias = keys.flag("qkv_bias", default=True)
    return mixture(keys, Classes("Qwen2Moe"), symbols, query_biases=bias, shared_expert_gate=True)


def qwen3_moe(keys: Keys) -> Described:
    """Read the config of Qwen3's mixtures."""
    symbols = sizes(
        keys, n_layers=24, d_model=2048, n_heads=32, n_kv_heads=4, d_ff=6144, n_vocab=151936, n_ctx=32768
    )  # fmt: skip
    n_layers = symbols["n_layers"]
    symbols |= experts(keys, "num_local_experts", 128, 8, "num_experts") | sparse_layers(keys, n_layers)
    symbols["d_expert"] = keys.size("moe_intermediate_size", 768)
    keys.harmless("max_window_layers")
    used = keys.flag("use_sliding_window", default=False)
    window = keys.number("sliding_window", None, least=0) if used else None
    keys.harmless("sliding_window")
    symbols |= windowed(keys, n_layers, window, every(n_layers, window=window))
    return mixture(keys, Classes("Qwen3Moe"), symbols, **attention_biases(keys), head_norms=True)


def olmoe(keys: Keys) -> Described:
    """Read OLMoE's config: norms of all queries and all keys of a layer."""
    symbols = sizes(
        keys, n_layers=16, d_model=2048, n_heads=16, d_ff=2048, n_vocab=50304, n_ctx=4096, divides=True
    )  # fmt: skip
    follows_from_width(keys, symbols, why="norms of queries and keys are as wide as heads that share the width")
    symbols |= experts(keys, "num_experts", 64, 8, "num_local_experts") | {"d_expert": symbols["d_ff"]}
    keys.harmless("clip_qkv")
    return mixture(keys, Classes("Olmoe", tops=()), symbols, **attention_biases(keys), wide_norms=True)


def gpt_oss(keys: Keys) -> Described:
    """Read the config of gpt-oss: biases everywhere, attention sinks, and every other layer sees a window."""
    symbols = sizes(
        keys, n_layers=36, d_model=2880, n_heads=64, n_kv_heads=8, d_ff=2880, n_vocab=201088, n_ctx=131072, d_head=64
    )  # fmt: skip
    symbols |= experts(keys, "num_local_experts", 128, 4, "num_experts") | {"d_expert": symbols["d_ff"]}
    keys.only("experts_per_token", (symbols["n_active_experts"],), why="it differs from 'num_experts_per_tok'")
    keys.harmless("initial_context_length", "swiglu_alpha", "swiglu_limit")
    n_layers = symbols["n_layers"]
    symbols |= windowed(keys, n_layers, keys.number("sliding_window", 128), interleaved(n_layers, 2))
    attention = keys.flag("attention_bias", default=True)
    return mixture(
        keys,
        Classes("GptOss", tops=(SEQUENCE, TOKEN)),
        symbols,
        query_biases=attention,
        output_biases=attention,
        router_biases=True,
        expert_biases=True,
        sinks=True,
    )


def llama4(keys: Keys) -> Described:
    """Read the config of Llama 4's text model: every layer, or every other, has experts and a shared one as wide."""
    symbols = sizes(
        keys, n_layers=48, d_model=5120, n_heads=40, n_kv_heads=8, d_ff=8192, n_vocab=202048, n_ctx=131072, d_head=128
    )  # fmt: skip
    n_layers, width = symbols["n_layers"], symbols["d_ff"]
    symbols |= experts(keys, "num_local_experts", 16, 1, "num_experts") | {"d_expert": width, "d_shared": width}
    symbols["d_ff"] = keys.size("intermediate_size_mlp", 16384)
    step = keys.size("interleave_moe_layer_step", 1)
    given = keys.items("moe_layers")
    listed = range(step - 1, n_layers, step) if given is None else given
    if any(type(each) is not int for each in listed):
        keys.complain("moe_layers", "'moe_layers' has an item that is no integer")
    symbols["n_dense_layers"] = n_layers - len(set(range(n_layers)) & {each for each in listed if type(each) is int})
    keys.harmless(
        "attention_chunk_size", "attn_scale", "attn_temperature_tuning", "cache_implementation", "floor_scale",
        "for_llm_compressor", "no_rope_layer_interval", "no_rope_layers", "use_qk_norm",
    )  # fmt: skip
    kinds = keys.items("layer_types")
    if kinds is not None and not set(map(str, kinds)) <= {"chunked_attention", "full_attention"}:
        keys.complain("layer_types", "'layer_types' has other layers than chunked_attention and full_attention")
    return mixture(
        keys, Classes("Llama4", tops=(), also={"Llama4TextModel": "base"}), symbols, **attention_biases(keys)
    )


def latent(keys: Keys, classes: Classes, symbols: dict[str, int], n_dense: int, **conventions: bool) -> Described:
    """Return a DeepSeek model: attention through latent vectors, the first layers dense, a shared expert."""
    query = keys.number("q_lora_rank", 1536)
    n_layers = symbols["n_layers"]
    symbols |= {
        "d_kv_latent": keys.size("kv_lora_rank", 512),
        "d_rope": keys.size("qk_rope_head_dim", 64),
        "d_nope": keys.size("qk_nope_head_dim", 128),
        "d_value": keys.size("v_head_dim", 128),
        "n_dense_layers": min(keys.size("first_k_dense_replace", n_dense, least=0), n_layers),
    }
    symbols["d_head"] = symbols["d_nope"] + symbols["d_rope"]
    keys.only("qk_head_dim", (symbols["d_head"],), why="it is the sum of 'qk_nope_head_dim' and 'qk_rope_head_dim'")
    keys.only("moe_layer_freq", (1,), why="every layer after the first dense ones has experts")
    keys.harmless(
        "ep_size", "head_dim", "n_group", "num_nextn_predict_layers", "num_mtp_layers", "rope_interleave",
        "routed_scaling_factor", "scoring_func", "topk_group", "topk_method",
    )  # fmt: skip
    if query is not None:
        symbols["d_query_latent"] = query
    biases = attention_biases(keys)
    found = mixture(keys, classes, symbols, **biases, query_latent=query is not None, **conventions)
    return replace(found, architecture="latent")


def shared(keys: Keys, n_shared: int, d_expert: int) -> dict[str, int]:
    """Return the width of routed experts, and of the shared ones together."""
    width = keys.size("moe_intermediate_size", d_expert)
    return {"d_expert": width, "d_shared": width * keys.size("n_shared_experts", n_shared, least=0)}


def deepseek_v2(keys: Keys) -> Described:
    """Read DeepSeek-V2's config."""
    symbols = sizes(keys, n_layers=32, d_model=4096, n_heads=32, d_ff=11008, n_vocab=102400, n_ctx=2048)
    symbols |= {"n_experts": keys.size("n_routed_experts", 64, "num_experts")} | shared(keys, 2, 1407)
    active = keys.number("num_experts_per_tok", None)
    symbols["n_active_experts"] = active or 0
    bias = keys.flag("mlp_bias", default=False)
    keys.only("mlp_bias", (False,), why="it is for dense and shared feedforward networks, but not for experts")
    found = latent(keys, Classes("DeepseekV2", tops=(SEQUENCE,)), symbols, 0, feedforward_biases=bias)
    if active is None:
        found = replace(found, notes=("num_experts_per_tok is null: no routed expert is counted as active",))
    return found


def deepseek_v3(keys: Keys) -> Described:
    """Read DeepSeek-V3's config; the layers that predict a token further ahead are not built by transformers."""
    symbols = sizes(keys, n_layers=61, d_model=7168, n_heads=128, d_ff=18432, n_vocab=129280, n_ctx=4096)
    symbols |= experts(keys, "n_routed_experts", 256, 8, "num_local_experts") | shared(keys, 1, 2048)
    found = latent(keys, Classes("DeepseekV3", tops=(SEQUENCE, TOKEN)), symbols, 3)
    ahead = keys.number("num_nextn_predict_layers", 1, "num_mtp_layers", least=0)
    notes = (
        (f"{ahead} layer that predicts a token further ahead is in checkpoints and not counted",) if ahead == 1 else ()
    )
    return replace(found, notes=notes, buffers=(*found.buffers, "e_score_correction_bias"))


FAMILIES: Mapping[str, Callable[[Keys], Described]] = {
    "mixtral": mixtral,
    "qwen2_moe": qwen2_moe,
    "qwen3_moe": qwen3_moe,
    "olmoe": olmoe,
    "gpt_oss": gpt_oss,
    "llama4_text": llama4,
    "deepseek_v2": deepseek_v2,
    "deepseek_v3": deepseek_v3,
}
