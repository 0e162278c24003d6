"""Which families of transformers' models are known, and what reads each one's config: names and defaults are theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families import (
    early,
    encoder_decoders,
    encoders,
    images,
    llama,
    mixtures,
    parallel,
    state_spaces,
)
from weighbridge.artifacts.keys import Keys

#: What reads the config of a model of text, by its `model_type`.
TEXTS: Mapping[str, Callable[[Keys], Described]] = {
    **early.FAMILIES,
    **llama.FAMILIES,
    **parallel.FAMILIES,
    **mixtures.FAMILIES,
    **encoders.FAMILIES,
    **encoder_decoders.FAMILIES,
    **state_spaces.FAMILIES,
}
#: What reads a config, by its `model_type`.
FAMILIES: Mapping[str, Callable[[Keys], Described]] = {**TEXTS, **images.families_of(TEXTS)}
