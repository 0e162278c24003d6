"""Models of images and text: the text model by its own family, the vision transformer, and the projector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families.encoders import cut
from weighbridge.artifacts.families.shared import head_size, purpose
from weighbridge.artifacts.keys import Keys, kind
from weighbridge.errors import SpecErrors, did_you_mean

Family = Callable[[Keys], Described]
#: Keys of tokens and of how images are cut, which change no shape.
TOKENS = (
    "boi_token_id", "boi_token_index", "eoi_token_id", "eoi_token_index", "image_grid_pinpoints", "image_seq_length",
    "image_token_id", "image_token_index", "mm_tokens_per_image", "projector_hidden_act", "use_image_newline_parameter",
    "vision_feature_select_strategy", "ignore_index", "num_image_tokens",
)  # fmt: skip
#: Keys that stand beside those of a text model that has no object of its own.
BESIDE = frozenset(
    """
    architectures image_token_id model_type text_config video_token_id vision_config vision_end_token_id
    vision_start_token_id vision_token_id
    """.split()  # noqa: SIM905 - names are read more easily without quotes
)
#: Which vision transformer a config has that does not say.
TOWERS = {
    "gemma3": "siglip_vision_model", "paligemma": "siglip_vision_model", "llava": "clip_vision_model",
    "llava_next": "clip_vision_model",
}  # fmt: skip


class Wrapper(Struct, frozen=True, kw_only=True):
    """How a config has its text model: of which family where it does not say, and whether its head is tied by default.

    `forwards` says that a head that the text model's own config ties is tied in any case; `flat` that the keys of the
    text model may stand beside the others.
    """

    text: str
    tied: bool
    forwards: bool = False
    flat: bool = False


WRAPPERS: Mapping[str, Wrapper] = {
    "aya_vision": Wrapper(text="cohere2", tied=True),
    "gemma3": Wrapper(text="gemma3_text", tied=True),
    "idefics2": Wrapper(text="mistral", tied=False),
    "idefics3": Wrapper(text="llama", tied=False),
    "internvl": Wrapper(text="qwen2", tied=True),
    "llama4": Wrapper(text="llama4_text", tied=False),
    "llava": Wrapper(text="llama", tied=False, forwards=True),
    "llava_next": Wrapper(text="llama", tied=False),
    "llava_onevision": Wrapper(text="qwen2", tied=False, forwards=True),
    "mistral3": Wrapper(text="mistral", tied=True),
    "paligemma": Wrapper(text="gemma", tied=True),
    "qwen2_vl": Wrapper(text="qwen2_vl_text", tied=False, forwards=True, flat=True),
    "qwen2_5_vl": Wrapper(text="qwen2_5_vl_text", tied=False, forwards=True, flat=True),
    "qwen3_vl": Wrapper(text="qwen3_vl_text", tied=False),
    "smolvlm": Wrapper(text="llama", tied=False),
    "vipllava": Wrapper(text="llama", tied=False),
}


def text_part(keys: Keys, families: Mapping[str, Family]) -> Described:
    """Return the text model of a config, with its head."""
    wrapper = WRAPPERS[keys.word("model_type", "")]
    text = object_at(keys, "text_config")
    if text is None and wrapper.flat and "hidden_size" in keys.values:
        text = {key: value for key, value in keys.values.items() if key not in BESIDE}
    elif text is None:
        keys.complain(None, "'text_config' is missing", "it has the text model's keys")
        raise SpecErrors(keys.errors.errors)
    # Which class the text model is by itself does not matter here: the whole has a head or has none.
    inner = keys.within("text_config", {key: value for key, value in text.items() if key != "architectures"})
    inner.harmless("num_image_tokens")
    name = inner.word("model_type", wrapper.text)
    if name not in families:
        near = did_you_mean(name, families)
        keys.complain("text_config", f"there is no count of the family '{name}' in 'text_config' yet", near)
        raise SpecErrors(keys.errors.errors)
    inner.values = {**inner.values, "tie_word_embeddings": tie_of(keys, inner, families[name])}
    found = families[name](inner)
    inner.refuse_unread()
    if found.architecture not in ("decoder", "mixture", "latent") or found.conventions.get("head_biases"):
        keys.complain("text_config", f"a model of the family '{name}' is not counted as a part of another")
    return found


def tie_of(keys: Keys, inner: Keys, family: Family) -> bool:
    """Return whether the head is tied, as the whole config and the text model's say; they must not contradict another.

    Versions of transformers do not agree on which of the two decides.
    """
    wrapper = WRAPPERS[keys.word("model_type", "")]
    alone = inner.apart({key: value for key, value in inner.values.items() if key != "tie_word_embeddings"})
    own = inner.flag("tie_word_embeddings", default=family(alone).conventions["tied"])
    whole = keys.flag("tie_word_embeddings", default=wrapper.tied)
    if own != whole and "tied" not in keys.settled and not (wrapper.forwards and own):
        said, also = (str(each).lower() for each in (whole, own))
        keys.complain(
            "tie_word_embeddings" if "tie_word_embeddings" in keys.values else "text_config",
            f"'tie_word_embeddings' is {said} for the whole and {also} in 'text_config', written there or by default",
            keys.hint("tied", "{} says which"),
        )
    return own


def object_at(keys: Keys, key: str) -> dict[str, Any] | None:
    """Return an object, None where there is none."""
    _, value = keys.find(key)
    if value is None or isinstance(value, dict):
        return value
    keys.complain(key, f"'{key}' is {kind(value)}, expected an object")
    return {}


def vision_part(keys: Keys) -> tuple[dict[str, int], dict[str, bool]]:
    """Return the symbols and conventions of a vision transformer: SigLIP's, or CLIP's."""
    inner = keys.within("vision_config", object_at(keys, "vision_config") or {})
    if keys.values.get("vision_config") is None:
        keys.complain(None, "'vision_config' is missing", "it has the vision transformer's keys")
    clip = inner.word("model_type", TOWERS[keys.word("model_type", "")]) == "clip_vision_model"
    inner.only(
        "model_type", ("siglip_vision_model", "clip_vision_model"), why="its vision transformer is not known here"
    )
    if not clip:
        inner.flag("vision_use_head", default=True)
        inner.only("vision_use_head", (False,), why="a pooling head has weights of its own")
        if "vision_use_head" not in inner.values:
            keys.complain("vision_config", "'vision_use_head' is missing: a pooling head has weights of its own")
    inner.harmless("initializer_factor", "num_image_tokens", "projection_dim", "projector_hidden_act", "vocab_size")
    width, n_heads = inner.size("hidden_size", 768), inner.size("num_attention_heads", 12)
    image = cut(inner, 32 if clip else 16)
    symbols = {
        "n_vision_layers": inner.size("num_hidden_layers", 12),
        "d_vision": width,
        "n_vision_heads": n_heads,
        "d_vision_head": head_size(inner, width, n_heads, key="", divides=True),
        "d_vision_ff": inner.size("intermediate_size", 3072),
        **image,
    }
    inner.refuse_unread()
    return symbols, {"class_token": clip, "patch_biases": not clip, "vision_first_norm": clip}


def whole(keys: Keys, families: Mapping[str, Family], name: str, **projector: bool) -> Described:
    """Return a model with its text part, its vision transformer and its projector."""
    keys.harmless(*TOKENS)
    classes = {f"{name}ForConditionalGeneration": "lm", f"{name}Model": "base"}
    described_as, use = purpose(keys, classes, f"{name}ForConditionalGeneration")
    text = text_part(keys, families)
    vision, tower = vision_part(keys)
    if text.architecture != "decoder":
        keys.complain("text_config", "a mixture of experts beside a vision transformer is not counted yet")
    return Described(
        architecture="image-text",
        symbols={**text.symbols, **vision},
        conventions={**text.conventions, **tower, **projector, "head": use == "lm"},
        described_as=described_as,
        notes=text.notes,
        buffers=(*text.buffers, "position_ids"),
    )


def gemma3(keys: Keys, families: Mapping[str, Family]) -> Described:
    """Read Gemma 3's config: a norm and one projection without bias."""
    return whole(keys, families, "Gemma3", projector_norm=True, projector_biases=False)


def paligemma(keys: Keys, families: Mapping[str, Family]) -> Described:
    """Read PaliGemma's config: one projection."""
    keys.harmless("hidden_size", "vocab_size")
    width = keys.size("projection_dim", 2048)
    found = whole(keys, families, "PaliGemma")
    if width != found.symbols["d_model"]:
        keys.complain("projection_dim", f"images come {width:,} wide to a model of {found.symbols['d_model']:,}")
    return found


def llava(keys: Keys, families: Mapping[str, Family], name: str = "Llava") -> Described:
    """Read LLaVA's config: two projections, of what one layer of the vision transformer gives."""
    keys.harmless("vocab_size")
    _, layer = keys.find("vision_feature_layer")
    if layer is not None and type(layer) is not int:
        keys.complain("vision_feature_layer", "'vision_feature_layer' has several layers, whose widths would add up")
    biases = keys.flag("multimodal_projector_bias", default=True)
    newline = name == "LlavaNext"
    return whole(keys, families, name, projector_hidden=True, projector_biases=biases, image_newline=newline)


def families_of(families: Mapping[str, Family]) -> Mapping[str, Family]:
    """Return what reads each config of a model of images and text, its text model being one of these families."""
    return {
        "gemma3": lambda keys: gemma3(keys, families),
        "paligemma": lambda keys: paligemma(keys, families),
        "llava": lambda keys: llava(keys, families),
        "llava_next": lambda keys: llava(keys, families, "LlavaNext"),
    }
