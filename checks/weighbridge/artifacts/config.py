"""What a Hugging Face config.json describes: which shipped architecture, with which values, under which conventions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families import FAMILIES
from weighbridge.artifacts.keys import read_json
from weighbridge.errors import SpecErrors, did_you_mean

#: What is to be said of families that are near the known ones and still not counted.
NOT_YET = {
    "gemma3": "it has a vision tower; its text model alone is gemma3_text: count its 'text_config'",
    "mt5": "count it as 't5' where its classes are those of T5",
}


def read_config(path: str, data: bytes, *, as_class: str = "", ignored: Iterable[str] = ()) -> Described:
    """Read a config.json; `as_class` is counted in place of its own `architectures`, `ignored` keys change no shape.

    Raises `SpecErrors` with everything that is wrong with it or not understood: there is no count without all of it.
    """
    keys = read_json(path, data)
    family = keys.word("model_type", "")
    if not family or family not in FAMILIES:
        if not family and not keys.errors.errors:
            keys.complain(None, "'model_type' is missing", f"it names the family: {', '.join(sorted(FAMILIES))}")
        elif family:
            near = did_you_mean(family, FAMILIES)
            hint = NOT_YET.get(family, near if near.startswith("did") else f"counted are {', '.join(sorted(FAMILIES))}")
            keys.complain("model_type", f"there is no count of the family '{family}' yet", hint)
        raise SpecErrors(keys.errors.errors)
    if as_class:
        keys = replace(keys, values={**keys.values, "architectures": [as_class]})
    found = FAMILIES[family](keys)
    keys.refuse_unread(ignored)
    keys.errors.raise_if_any()
    return found
