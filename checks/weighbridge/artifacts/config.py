"""What a Hugging Face config.json describes: which shipped architecture, with which values, under which conventions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.families import FAMILIES, TEXTS
from weighbridge.artifacts.families.images import WRAPPERS, text_part
from weighbridge.artifacts.keys import FLAGS, Keys, read_json
from weighbridge.errors import SpecErrors, did_you_mean

#: What is to be said of families that are near the known ones and still not counted.
NOT_YET = {
    "mt5": "count it as 't5' where its classes are those of T5",
}


def read_config(  # noqa: PLR0913 - what may be said besides
    path: str,
    data: bytes,
    *,
    as_class: str = "",
    ignored: Iterable[str] = (),
    part: str = "",
    settled: Iterable[str] = (),
    says: Mapping[str, str] = FLAGS,
) -> Described:
    """Read a config.json; `as_class` is counted in place of its own `architectures`, `ignored` keys change no shape.

    `part` is "text" for the text model of a config of several; `settled` are conventions that whoever asks decides,
    whatever the config says. `says` has the words in which hints speak of all this.

    Raises `SpecErrors` with everything that is wrong with it or not understood: there is no count without all of it.
    """
    keys = read_json(path, data)
    keys.says, keys.ignored, keys.settled = says, tuple(ignored), tuple(settled)
    family = keys.word("model_type", "")
    if part:
        return read_part(keys, family)
    if family in WRAPPERS and family not in FAMILIES:
        hint = keys.hint("part", "{} counts its text model alone", "text")
        keys.complain("model_type", f"'{family}' has parts beside its text model that are not all known here", hint)
        raise SpecErrors(keys.errors.errors)
    if not family or family not in FAMILIES:
        if not family and not keys.errors.errors:
            keys.complain(None, "'model_type' is missing", f"it names the family: {', '.join(sorted(FAMILIES))}")
        elif family:
            near = did_you_mean(family, FAMILIES)
            hint = NOT_YET.get(family, near if near.startswith("did") else f"counted are {', '.join(sorted(FAMILIES))}")
            keys.complain("model_type", f"there is no count of the family '{family}' yet", hint)
        raise SpecErrors(keys.errors.errors)
    if as_class:
        keys.values = {**keys.values, "architectures": [as_class]}
    found = FAMILIES[family](keys)
    keys.refuse_unread()
    keys.errors.raise_if_any()
    return found


def read_part(keys: Keys, family: str) -> Described:
    """Return the text model of a config of several; what the config says of the other parts is not looked at."""
    if family not in WRAPPERS:
        what = f"'{family}' has no parts that are counted apart" if family else "'model_type' is missing"
        keys.complain("model_type", what, f"text models are a part of {', '.join(sorted(WRAPPERS))}")
        raise SpecErrors(keys.errors.errors)
    found = text_part(keys, TEXTS)
    names = keys.items("architectures") or [""]
    keys.errors.raise_if_any()
    note = f"the text model of '{family}' alone, with its head: its other parts are not counted"
    if len(names) == 1 and str(names[0]).endswith("Model"):
        note = f"the text model of '{family}' alone: its other parts are not counted"
        found = replace(found, conventions={**found.conventions, "head": False}, described_as=f"{names[0]}")
    return replace(found, notes=(note, *found.notes))
