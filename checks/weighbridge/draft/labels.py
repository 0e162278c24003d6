"""What a label of a model card speaks of: "Number of Layers", `n_kv_heads` and "KV heads" each by one subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from weighbridge.draft.subjects import EITHER, MAYBE, SUBJECTS

#: Words that say the same, by the one that stands for them in what follows. A plural is its singular by then.
SAME: Mapping[str, str] = {
    **dict.fromkeys(("param", "paramater", "weight"), "parameter"),
    **dict.fromkeys(("dim", "dimension", "dimensionality", "dimensional"), "width"),
    **dict.fromkeys(("vocab", "vocabularie"), "vocabulary"),
    **dict.fromkeys(("ff", "mlp", "feedforward"), "ffn"),
    **dict.fromkeys(("max", "maximum", "maximal"), "max"),
    **dict.fromkeys(("block",), "layer"),
    **dict.fromkeys(("len",), "length"),
    **dict.fromkeys(("q", "querie", "queries"), "query"),
    **dict.fromkeys(("seq",), "sequence"),
    **dict.fromkeys(("ctx",), "context"),
    **dict.fromkeys(("pos",), "position"),
    **dict.fromkeys(("embed", "embd", "emb"), "embedding"),
    **dict.fromkeys(("activated", "used", "selected", "chosen", "activate"), "active"),
}
#: What the sizes of a family are called, where rows or columns are named so: its L is large and no number of layers.
SIZES = frozenset(
    {
        *("xxs", "xs", "s", "m", "b", "l", "xl", "xxl", "xxxl", "h", "g", "ti"),
        *("tiny", "mini", "small", "base", "medium", "large", "huge", "giant"),
    }
)
#: What stands before a label and says no more than that something is counted, or is the model's.
BEFORE = re.compile(
    r"^(?:(?:the|a|an|its|our|has|have|with|uses?|model|architecture|about|exact|total|overall) )*"
    r"(?:(?:number|no|num|n|count|#) (?:of )?)?(?:the |total )?"
)
BEHIND = re.compile(
    r" (?:count|number|in total|in all|altogether|each|per layer|in each layer|in every layer"
    r"|of (?:the |our |this |its )?(?:model|network|transformer|decoder|backbone))$"
)


class Spoken(Struct, frozen=True):
    """What a figure may be equal to, by words alone: expressions in an architecture's names, the likeliest first.

    Where it is `sure`, a figure that is none of them is wrong. `label` are the plain words that say so, if any do.
    """

    subject: str
    expressions: tuple[str, ...]
    sure: bool = True
    label: str = ""

    @property
    def countable(self) -> bool:
        """Whether it is a number of things: "layers of 768" are not 768 layers."""
        return self.subject.endswith(("layers", "heads", "experts")) or self.subject == "kv-heads"


def subject_of(label: str) -> Spoken | None:
    """Return what a label speaks of, None where it is none that is known whole.

    >>> subject_of("Number of Attention Heads").subject, subject_of("num_key_value_heads").expressions
    ('heads', ('n_kv_heads',))
    >>> subject_of("Batch size")
    """
    found = (
        replace(spoken, label=plain)
        for plain in readings(label)
        for labels, spoken in known()
        if labels.fullmatch(plain)
    )
    return next(found, None)


def subject_named(name: str) -> str:
    """Return the subject that a symbol or quantity of an architecture stands for first, itself where there is none."""
    return next((subject for subject, (expressions, _) in SUBJECTS.items() if expressions[0] == name), name)


def are_sizes(names: Iterable[str]) -> bool:
    """Tell whether names of rows or columns are those of sizes, two or more of them.

    >>> are_sizes(["S", "M", "L"]), are_sizes(["L", "d", "V"]), are_sizes(["L"])
    (True, False, False)
    """
    found = [name.strip() for name in names if name.strip()]
    return len(found) > 1 and all(name[:1].isupper() and name.casefold() in SIZES for name in found)


def readings(label: str) -> tuple[str, ...]:
    """Return a label in plain words, whole, without what says little, and without what stands in brackets."""
    found: dict[str, None] = {}
    bare = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", label)
    for text in (label, bare):
        words = plain_words(text)
        short = BEHIND.sub("", BEFORE.sub("", words))
        found |= dict.fromkeys(each for each in (words, short) if each)
    return tuple(found)


def plain_words(text: str) -> str:
    """Return a text in small letters, in the singular, and each word by the one that stands for it.

    >>> plain_words("Feed-Forward dims"), plain_words("n_kv_heads"), plain_words("key/value heads")
    ('ffn width', 'n kv head', 'kv head')
    """
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])|_", " ", text).casefold()
    text = re.sub(r"feed[- ]?forward|fully[- ]connected", "ffn", text)
    text = re.sub(r"\b(?:keys?[-/ ]values?|k/v|keys? and values?)\b", "kv", text)
    words = re.findall(r"#|[^\W\d_]+|\d+", text)
    single = [re.sub(r"(?<=[^s])s$", "", word) if len(word) > 3 else word for word in words]
    return " ".join(SAME.get(word, word) for word in single)


@cache
def known() -> tuple[tuple[re.Pattern[str], Spoken], ...]:
    """Return what matches the labels of each subject, and what they speak of; labels that leave no doubt come first."""
    tables = ((EITHER, True), (SUBJECTS, True), (MAYBE, False))
    return tuple(
        (re.compile("|".join(labels)), Spoken(subject, expressions, sure))
        for table, sure in tables
        for subject, (expressions, labels) in table.items()
    )
