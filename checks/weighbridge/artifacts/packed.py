"""What a checkpoint's tensors stand for: weights, packed weights, buffers, copies, or scales of quantised weights.

What is packed counts the parameters that it stands for. A tensor of integers that nothing here explains is an error:
counting its elements would be a wrong number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import prod

from msgspec import Struct

from weighbridge.artifacts.held import Checkpoint, CheckpointError, Held

#: Buffers by how their names end: rotary frequencies, masks, indices of positions, running statistics.
BUFFERS = re.compile(
    r"""(^|.*\.)(
    rotary_emb\.(inv_freq|original_inv_freq|cos_cached|sin_cached|embed_positions) | rotary_pos_emb\.inv_freq
    | maybe_rotary\.inv_freq | masked_bias | position_ids | token_type_ids | final_logits_bias | e_score_correction_bias
    | num_batches_tracked | running_mean | running_var | rope_freqs\.weight | rope_factors_(long|short)\.weight
    )""",
    re.VERBOSE,
)
#: A causal mask among the weights: [1, 1, positions, positions], under the name of a bias.
MASK = re.compile(r"(^|.*\.)(attn|attention)(\.attention)?\.bias")
#: Endings of what stands beside a quantised weight, by the ending of that weight.
BESIDE = {
    ".weight": (
        ".weight_scale", ".weight_scale_inv", ".weight_scale_2", ".input_scale", ".output_scale", ".SCB", ".weight.SCB",
        ".weight_format", ".weight.absmax", ".weight.quant_map", ".weight.nested_absmax", ".weight.nested_quant_map",
        ".weight_zero_point", ".k_scale", ".v_scale", ".activation_scale",
    ),
    ".qweight": (".qzeros", ".scales", ".g_idx"),
    ".weight_packed": (
        ".weight_scale", ".weight_shape", ".weight_zero_point", ".weight_g_idx", ".weight_global_scale",
        ".input_global_scale", ".input_scale",
    ),
    "_blocks": ("_scales",),
}  # fmt: skip
#: Copies of another tensor by the names under which transformers ties them, where a config says that it is tied.
TIED = {
    "lm_head.weight": (
        "embed_tokens.weight", "wte.weight", "embed_in.weight", "word_embeddings.weight", "shared.weight",
        "embeddings.weight", "embedding.weight", "tokens_embed.weight",
    ),
    "embed_out.weight": ("embed_in.weight",),
    "cls.predictions.decoder.weight": ("word_embeddings.weight",),
    "lm_head.decoder.weight": ("word_embeddings.weight",),
    "vocab_projector.weight": ("word_embeddings.weight",),
    "cls.predictions.decoder.bias": ("cls.predictions.bias",),
    "lm_head.decoder.bias": ("lm_head.bias",),
}  # fmt: skip
#: Copies in every encoder-decoder that has one table for both stacks, tied or not.
SHARED = re.compile(r"(^|.*\.)(encoder|decoder)\.embed_tokens\.weight")
#: Types whose values are themselves parameters.
FLOATS = ("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F4", "F6_E2M3", "F6_E3M2")


class Meaning(Struct, frozen=True, kw_only=True):
    """What a tensor stands for: so many `parameters` of a weight called `name`, or none and why."""

    held: Held
    name: str
    parameters: int
    why: str = ""


def meanings(checkpoint: Checkpoint, source: str, *, tied: bool | None) -> Iterator[Meaning]:
    """Yield what each tensor stands for; `tied` says what a config beside it says, None where there is none.

    Raises `CheckpointError` for a tensor that nothing here explains.
    """
    tensors = checkpoint.tensors
    for key, held in tensors.items():
        why = set_aside(key, held, tensors, tied=tied)
        if why:
            yield Meaning(held=held, name=key, parameters=0, why=why)
            continue
        parameters = logical(checkpoint, key, held)
        if parameters is None:
            what = f"{source}: '{key}' holds {held.dtype} {list(held.shape)}"
            raise CheckpointError(f"{what}, and nothing here knows how many parameters that stands for")
        yield Meaning(held=held, name=key, parameters=parameters)


def set_aside(key: str, held: Held, tensors: Mapping[str, Held], *, tied: bool | None) -> str:
    """Return why a tensor is not counted, "" where it is."""
    if BUFFERS.fullmatch(key):
        return "buffer"
    if MASK.fullmatch(key) and len(held.shape) == 4 and held.shape[:2] == (1, 1) and held.shape[2] == held.shape[3]:
        return "buffer"
    if any(
        key.endswith(ending) and key.removesuffix(ending) + weight in tensors
        for weight, ends in BESIDE.items()
        for ending in ends
    ):
        return "quantisation"
    if ".quant_state.bitsandbytes__" in key and key.partition(".quant_state.")[0] in tensors:
        return "quantisation"
    originals = {name for ending, names in TIED.items() if tied and named(key, ending) for name in names}
    if SHARED.fullmatch(key):
        originals.add("shared.weight")
    if any(named(other, name) for name in originals for other in tensors if tensors[other].shape == held.shape):
        return "tied copy"
    return ""


def may_be_tied(checkpoint: Checkpoint) -> bool:
    """Tell whether a checkpoint has a tensor that is a copy of another where weights are tied."""
    return any(named(key, ending) for key in checkpoint.tensors for ending in TIED)


def named(key: str, ending: str) -> bool:
    """Tell whether a dotted name is this, or ends in it."""
    return key == ending or key.endswith(f".{ending}")


def logical(checkpoint: Checkpoint, key: str, held: Held) -> int | None:
    """Return how many parameters a tensor stands for, None where that is not known."""
    tensors = checkpoint.tensors
    if checkpoint.kind == "GGUF":
        return held.elements
    if key in checkpoint.logical:
        return prod(checkpoint.logical[key])
    if key.removesuffix("_packed") in checkpoint.logical:
        return prod(checkpoint.logical[key.removesuffix("_packed")])
    if key.endswith(".qweight"):
        stem = key.removesuffix(".qweight")
        return packed_by_zeros(held, tensors.get(f"{stem}.qzeros"), tensors.get(f"{stem}.scales"))
    if key.endswith("_blocks") and held.dtype == "U8" and f"{key.removesuffix('_blocks')}_scales" in tensors:
        return 2 * held.elements  # MXFP4: two values in a byte
    if held.dtype == "I8" and any(
        f"{key.removesuffix('weight')}{each}" in tensors for each in ("SCB", "weight.SCB", "weight_scale")
    ):
        return held.elements
    return held.elements if held.dtype in FLOATS else None


def packed_by_zeros(held: Held, zeros: Held | None, scales: Held | None) -> int | None:
    """Return how many weights GPTQ and AWQ pack into integers of 32 bits.

    Zero points are packed as weights are, one for each scale: that tells how many bits each has.
    """
    if held.dtype != "I32" or zeros is None or scales is None or len(held.shape) != 2 or len(scales.shape) != 2:
        return None
    bits = 32 * zeros.elements
    if not scales.elements or bits % scales.elements or bits // scales.elements not in (2, 3, 4, 8):
        return None
    weights, rest = divmod(held.elements * 32, bits // scales.elements)
    return None if rest or weights % scales.shape[1] else weights
