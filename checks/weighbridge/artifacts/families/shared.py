"""What families have in common: which class is counted, which layers see a window, how wide heads are."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from weighbridge.artifacts.described import Described
from weighbridge.artifacts.keys import Keys
from weighbridge.errors import quoted

#: Buffers by the names that they have in checkpoints.
ROTARY = ("rotary_emb.inv_freq",)
MASKS = ("attn.bias", "attn.masked_bias")
#: What classifiers classify: whole sequences, each token, or where in a text an answer begins and ends.
SEQUENCE, TOKEN, SPAN = "sequence", "token", "span"
#: What their classes end in.
CLASSIFIERS = {
    SEQUENCE: "ForSequenceClassification",
    TOKEN: "ForTokenClassification",
    SPAN: "ForQuestionAnswering",
}


def purpose(keys: Keys, classes: Mapping[str, str], default: str) -> tuple[str, str]:
    """Return the class that is counted and what it is for; `default` where the config does not say.

    Classes that are not listed have weights that nothing here counts.
    """
    names = keys.items("architectures")
    if not names:
        return default, classes[default]
    if len(names) == 1 and isinstance(names[0], str) and names[0] in classes:
        return names[0], classes[names[0]]
    shown = ", ".join(f"'{each}'" for each in names[:3]) if all(isinstance(each, str) for each in names) else "no names"
    keys.complain(
        "architectures",
        f"'architectures' is {shown}, whose weights are not all known here",
        f"{keys.says['as'].format('CLASS')} counts one of {quoted(classes)}",
    )
    return default, classes[default]


class Classes(Struct, frozen=True):
    """What a family's classes are called: a prefix, and what each is for.

    Those are the language model (`causal`), the base alone, and the classifiers that the family has (`tops`); classes
    in `also` are called otherwise. `formerly` is the prefix under which older configs name them; `buffers` are what
    checkpoints of the family may hold besides weights.
    """

    prefix: str
    causal: str = "ForCausalLM"
    tops: tuple[str, ...] = tuple(CLASSIFIERS)
    also: Mapping[str, str] = {}
    formerly: str = ""
    buffers: tuple[str, ...] = ROTARY

    @property
    def uses(self) -> dict[str, str]:
        """What each class is for, by its name."""
        endings = {self.causal: "lm", "Model": "base"} | {CLASSIFIERS[use]: use for use in self.tops}
        prefixes = [each for each in (self.prefix, self.formerly) if each]
        return {f"{prefix}{ending}": use for prefix in prefixes for ending, use in endings.items()} | dict(self.also)


def decoder(keys: Keys, classes: Classes, symbols: Mapping[str, int], *, tie: bool, **conventions: bool) -> Described:
    """Return a decoder with the head or classifier of its class, and no weights beyond its own.

    `tie` says whether the head is tied by default.
    """
    decoder_only(keys)
    described_as, use = purpose(keys, classes.uses, f"{classes.prefix}{classes.causal}")
    classified = use in CLASSIFIERS
    return Described(
        architecture="decoder",
        symbols={**symbols, "n_labels": 2 if use == SPAN else labels(keys)} if classified else symbols,
        conventions={
            **conventions,
            "head": use == "lm",
            "classifier": classified,
            "classifier_biases": use != SEQUENCE,
            "tied": tied(keys, default=tie),
        },
        described_as=described_as,
        buffers=classes.buffers,
    )


def labels(keys: Keys, *, default: int = 2) -> int:
    """Return how many classes a classifier has: `id2label` has a name for each."""
    _, named = keys.find("id2label")
    number = keys.number("num_labels", None)
    if named is None:
        return default if number is None else number
    if not isinstance(named, dict) or not named:
        keys.complain("id2label", "'id2label' has no classes", "expected an object with a name for each class")
    elif number is not None and number != len(named):
        keys.complain("num_labels", f"'num_labels' is {number}, and 'id2label' names {len(named)} classes")
    return len(named) if isinstance(named, dict) and named else default


def language_model(keys: Keys, *prefixes: str, causal: str = "ForCausalLM") -> tuple[str, bool]:
    """Return the class that is counted, and whether it has a head: PREFIXForCausalLM, or PREFIXModel alone."""
    classes = {f"{prefix}{ending}": use for prefix in prefixes for ending, use in ((causal, "lm"), ("Model", "base"))}
    described, use = purpose(keys, classes, f"{prefixes[0]}{causal}")
    return described, use == "lm"


def tied(keys: Keys, *, default: bool) -> bool:
    """Return whether the head is the token embedding."""
    keys.only("torchscript", (False,), why="it unties the head from the embeddings")
    return keys.flag("tie_word_embeddings", default=default)


def decoder_only(keys: Keys) -> None:
    """Refuse what would give a decoder weights beyond its own, or take some away."""
    keys.only("add_cross_attention", (False,), why="cross attention has weights of its own")
    keys.only("cross_attention_hidden_size", (), why="cross attention has weights of its own")
    keys.only("is_decoder", (False, True), why="expected true or false")
    keys.only("pruned_heads", ({},), why="heads are missing from some layers")
    keys.only("tie_encoder_decoder", (False,), why="weights are shared between encoder and decoder")


def head_size(  # noqa: PLR0913 - what may be given, and what follows otherwise
    keys: Keys,
    d_model: int,
    n_heads: int,
    *,
    key: str = "head_dim",
    divides: bool = False,
    default: int | None = None,
) -> int:
    """Return the width of a head, given or following; `divides` says that heads must share the width evenly."""
    given = keys.number(key, default) if key else None
    if keys.errors.errors:  # what follows from a wrong width is no further mistake
        return 1
    if divides and d_model % n_heads:
        keys.complain(None, f"{n_heads} heads do not share a width of {d_model} evenly", "heads are of one size")
    if given is None and d_model < n_heads:
        keys.complain(None, f"{n_heads} heads in a width of {d_model} have no width at all")
        return 1
    return d_model // n_heads if given is None else given


def windowed(keys: Keys, n_layers: int, window: int | None, kinds: list[str]) -> dict[str, int]:
    """Return the symbols of layers that see a window; `kinds` are the layers' types where the config gives none."""
    given = keys.items("layer_types")
    found = kinds if given is None else given
    wrong = [each for each in found if each not in ("full_attention", "sliding_attention")]
    if wrong:
        keys.complain("layer_types", f"'layer_types' has '{wrong[0]}'", "known: full_attention, sliding_attention")
    elif given is not None and len(given) != n_layers:
        keys.complain("layer_types", f"'layer_types' has {len(given)} layers, expected {n_layers}")
    count = sum(each == "sliding_attention" for each in found)
    return {"n_windowed_layers": count, "window": window} if count and window else {}


def interleaved(n_layers: int, period: int) -> list[str]:
    """Return the types of layers of which one in each period, the last, sees everything and the others a window."""
    return ["sliding_attention" if (i + 1) % period else "full_attention" for i in range(n_layers)]


def every(n_layers: int, *, window: int | None) -> list[str]:
    """Return the types of layers that are all alike."""
    return ["sliding_attention" if window else "full_attention"] * n_layers
