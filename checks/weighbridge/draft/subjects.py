"""What figures of a model card can be about: each subject with its expressions, and the labels that speak of it."""

from __future__ import annotations

from collections.abc import Mapping

WIDTH = r"(?:size|width)"
WITHOUT = "(?:parameter )?(?:without|excluding|excl|not counting|outside|besides)"
FOR_EACH = r"(?:per|for each|for every|for any|for one|for a|at each)"
FFN = r"(?:ffn|ffn network|ffn layer|intermediate|inner|ffn intermediate|ffn inner|ffn hidden|hidden layer)"

#: What each subject may be equal to in the names of shipped architectures, the likeliest first, and its labels as
#: patterns of plain words; a value decides between several. Names that an architecture does not have are passed over.
SUBJECTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "layers": (
        ("n_layers", "n_encoder_layers", "n_layers + n_encoder_layers"),
        (
            "(?:transformer |hidden |attention |decoder only |transformer decoder )?layer", "depth", "n layer",
        ),
    ),
    "decoder-layers": (("n_layers",), ("decoder (?:transformer )?layer", "layer in the decoder")),
    "encoder-layers": (
        ("n_encoder_layers", "n_layers"),
        (
            "(?:transformer )?encoder (?:transformer )?layer", "layer in the encoder",
        ),
    ),
    "dense-layers": (("n_dense_layers",), ("dense layer", "first k dense replace")),
    "moe-layers": (("n_moe_layers",), ("(?:moe|expert) layer",)),
    "width": (
        ("d_model",),
        (
            "hidden size", "d model", "d embedding", "embedding", f"embedding {WIDTH}", "model width",
            f"hidden state {WIDTH}", "hidden", f"residual stream {WIDTH}",
            f"{WIDTH} of the (?:model|residual stream|hidden state|embedding)", "hidden width",
            f"(?:embedding|hidden state|hidden representation|token embedding|layer|residual stream) of {WIDTH}",
            "width (?:embedding|hidden state|hidden representation|token embedding|residual stream|vector)", "width",
            f"(?:token|word) embedding {WIDTH}", f"{WIDTH} of (?:the )?(?:token )?embedding",
        ),
    ),
    "heads": (("n_heads",), ("(?:attention |self attention )?head", "attn head")),
    "query-heads": (("n_heads",), ("(?:attention )?query (?:attention )?head", "for query")),
    "kv-heads": (
        ("n_kv_heads",),
        (
            "(?:attention )?(?:kv|key|key and value) (?:attention )?head", "(?:gqa|kv|query) group", "(?:for )?kv",
        ),
    ),
    "heads-per-kv": (("n_heads / n_kv_heads",), ("query head (?:per|for each|to a|share each) kv head",)),
    "head-width": (
        ("d_head", "d_value", "d_nope"),
        (
            f"(?:attention )?head {WIDTH}", "d head", "d kv", "d k",
            f"{WIDTH} (?:per|of each|of a|of an attention) head", "width head", f"(?:attention )?head of {WIDTH}",
            f"{WIDTH} of (?:the |each )?(?:attention )?head", "kv channel", f"key and value {WIDTH}", f"kv {WIDTH}",
            f"qk head {WIDTH}", f"per head {WIDTH}",
        ),
    ),
    "ffn-width": (
        ("d_ff", "d_expert"),
        (
            "d ffn", f"{FFN} {WIDTH}", f"{FFN} hidden {WIDTH}", "ffn hidden unit",
            f"inner ffn {WIDTH}", f"{WIDTH} of the {FFN}",
            f"{FFN} (?:network )?of {WIDTH}", "n inner", "ffn unit", f"ffn layer {WIDTH}", "ffn",
        ),
    ),
    "expert-width": (
        ("d_expert",),
        (
            "(?:d |moe )expert", f"moe (?:intermediate|{FFN}) {WIDTH}",
            f"(?:each )?expert (?:{FFN} )?(?:hidden )?{WIDTH}",
            f"{FFN} (?:hidden )?{WIDTH} (?:of|per|in) (?:each |an |every |routed )?expert",
        ),
    ),
    "shared-width": (("d_shared",), (f"shared expert (?:{FFN} )?{WIDTH}",)),
    "vocabulary": (
        ("n_vocab",),
        (
            "(?:padded )?vocabulary(?: size)?", "size of the vocabulary", "(?:tokenizer )?vocabulary of size",
            "(?:token|entry|word ?piece|sentencepiece piece|piece|subword|type) (?:in|of) (?:the|its|a) vocabulary",
            "(?:tokenizer|vocabulary) (?:entry|token|entrie|piece|word ?piece|type)",
            "(?:bpe |token |tokenizer )?vocabulary(?: of)?(?: token)?", "token vocabulary", "token type",
        ),
    ),
    "context": (
        ("n_ctx", "n_positions"),
        (
            "(?:max |full )?context(?: length| window| size)?", "max (?:sequence|input|token|context) ?length",
            "max position embedding", "content length", "context window (?:of|size)", "max (?:position|token)",
            "n context", "token context(?: window| length)?", "token (?:long )?context", "token window",
            "model max length",
        ),
    ),
    "window": (
        ("window",),
        (
            "(?:attention )?(?:sliding|local) (?:attention )?window(?: size| attention)?", "window size",
            "attention window",
        ),
    ),
    "experts": (
        ("n_experts",),
        (
            "(?:routed |local |total |sparse )?expert", "expert (?:per layer|in total)", "moe expert",
        ),
    ),
    "active-experts": (
        ("n_active_experts",),
        (
            "active (?:routed |local )?expert",
            "(?:active |routed )?expert (?:per|for each|for every) (?:tok|token)",
            "expert (?:(?:is|are) )?active(?: (?:per|for each|for every) token)?", "top k",
            "active expert per token",
        ),
    ),
    "total": (
        ("total",),
        (
            "(?:trainable |model )?parameter(?: model| in total)?", "parameter size", "parameter (?:in )?all",
            "size in parameter",
        ),
    ),
    "active": (
        ("active", "active_without_embedding"),
        (
            f"active(?: parameter)?(?: {FOR_EACH} (?:token|step|forward pass))?",
            f"parameter (?:are |is )?(?:active )?{FOR_EACH} (?:token|forward pass)",
            f"(?:parameter )?(?:are |is )?active (?:{FOR_EACH}|at inference|at a time).*",
            "parameter (?:that )?(?:are |is )?active",
        ),
    ),
    "non-embedding": (
        ("non_embedding", "total - embedding"),
        (
            "(?:are )?non embedding(?: parameter)?", "parameter non embedding", "nonembedding(?: parameter)?",
            f"{WITHOUT} (?:the |its |all )?embedding(?: layer| table| parameter)?",
        ),
    ),
    "embedding": (
        ("embedding", "embedding + lm_head", "embedding + positions", "embedding + positions + token_types"),
        (
            "(?:are )?(?:token |input |shared |word )?embedding (?:layer |matrix |table )?parameter",
            "parameter (?:in|of) the (?:token |input |shared |word )?embedding", "are embedding",
            "(?:are |sit |lie )?in the (?:token |shared |input )?embedding", "embedding table",
            "(?:token|input|shared|word) embedding(?: matrix| layer| table)?", "wte(?: matrix| table)?",
        ),
    ),
    "cross-attention": (("cross_attention",), ("(?:decoder )?cross attention(?: layer)? parameter",)),
    "encoder-attention": (("encoder_attention",), ("encoder (?:self )?attention(?: layer)? parameter",)),
    "encoder-feedforward": (("encoder_feedforward",), ("encoder ffn (?:network |layer )?parameter",)),
    "positions": (
        ("positions",),
        (
            "(?:learned )?(?:position|positional) (?:embedding|encoding)(?: matrix| layer| table)?(?: parameter)?",
        ),
    ),
    "experts-total": (
        ("experts", "feedforward + routers + experts + shared_experts"),
        (
            "(?:routed )?expert parameter", "parameter (?:in|of) (?:the )?(?:routed )?expert",
        ),
    ),
    "attention": (
        ("attention",),
        (
            "(?:decoder )?(?:self )?attention (?:layer )?parameter", "parameter (?:in|of) (?:the )?attention",
        ),
    ),
    "feedforward": (
        ("feedforward", "feedforward + routers + experts + shared_experts", "experts"),
        (
            "ffn (?:network |layer )?parameter", "parameter (?:in|of) the ffn(?: network| layer)?",
        ),
    ),
    "lm-head": (
        ("lm_head", "head_layer"),
        (
            "(?:lm |language model |output )head parameter", "unembedding parameter",
        ),
    ),
    "norms": (("norm_layers",), ("(?:layer)?norm parameter", "layer norm parameter")),
    "token-types": (
        ("n_token_types",),
        (
            "(?:token )?type vocabulary size", "segment(?: type)?", "token type vocabulary",
        ),
    ),
    "buckets": (("n_buckets",), ("(?:relative (?:position|attention) |relative attention num )?bucket",)),
    "state": (("d_state",), (f"(?:ssm )?state {WIDTH}", "d state", f"state space {WIDTH}")),
    "inner": (("d_inner",), ("d inner", f"expanded {WIDTH}")),
    "convolution": (("d_conv",), ("d conv", "conv(?:olution)? (?:kernel|size|width)", "convolution kernel size")),
    "query-latent": (("d_query_latent",), ("query lora rank", f"query (?:latent|compression) {WIDTH}")),
    "kv-latent": (("d_kv_latent",), ("kv lora rank", f"kv (?:latent|compression) {WIDTH}")),
    "rope-width": (("d_rope",), (f"(?:qk )?rope head {WIDTH}", f"rotary {WIDTH}")),
    "classes": (("n_labels",), ("(?:output |image |imagenet )?classe", "(?:output )?label")),
    "patches": (("n_patches",), ("(?:image )?patche",)),
    "patch-size": (("patch_height",), (f"patch {WIDTH}",)),
    "image-size": (("image_height",), ("(?:input )?image size", "input resolution")),
    "tokens": (
        ("n_tokens",),
        (
            "(?:training|pretraining|train|pre training) (?:token|data|corpus)(?: size)?", "token seen", "data size",
            "token (?:of|for|in) (?:pretraining|training|text|data)", "token during (?:pre)?training",
            "training set size",
        ),
    ),
}  # fmt: skip

#: Labels that may speak of one of several things: a figure that is none of them is no mistake.
MAYBE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "context": (
        ("n_ctx", "window"),
        (
            "(?:training |input )?sequence length", "sequence of", "token (?:of|in) context", "token sequence",
            "position", "token long", "token", "input token", "sequence", "input length", "window",
        ),
    ),
    "width": (
        ("d_model", "d_ff", "d_head", "d_expert"),
        (
            "wide", "hidden unit", "unit", "neuron", "size", "component",
        ),
    ),
    "channels": (("d_model", "n_channels"), ("channel",)),
    "active": (("active", "active_without_embedding"), ("per (?:input )?token",)),
    "total": (
        ("total",),
        (
            "(?:base |pretrained |instruct |chat )*(?:model|version|variant|checkpoint)", "model size", "size",
            "(?:in )?total", "sum",
        ),
    ),
    "active-experts": (("n_active_experts",), ("top", "expert", "of which active")),
}  # fmt: skip

#: Labels that are used for the one and the other: here the value decides, and there is a mistake where it is neither.
EITHER: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ffn-width": (("d_model", "d_ff", "d_expert"), ("hidden width", "width hidden")),
}  # fmt: skip
