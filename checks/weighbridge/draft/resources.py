"""What bytes and FLOPs of a model card are of: a checkpoint or cache at a number format, a forward pass, a training."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from weighbridge.draft.labels import Spoken
from weighbridge.draft.surroundings import Place, Surroundings

#: Bytes of a number, by the names of its format.
FORMATS: Mapping[str, int] = {
    r"fp32|float32|full[- ]precision|single[- ]precision|32[- ]bits?|f32": 4,
    r"fp16|bf16|float16|bfloat16|half[- ]precision|16[- ]bits?|f16": 2,
    r"fp8|int8|8[- ]bits?|f8|q8_0": 1,
}
FORMAT = re.compile("|".join(f"(?P<b{size}>\\b(?:{names})\\b)" for names, size in FORMATS.items()), re.IGNORECASE)
#: Right behind a figure: "13.5 GB in fp16", "27 GB (float32)".
RIGHT_BEHIND = re.compile(r"\s*(?:\(|(?:in|at|with|as|using|for)\s+(?:the\s+)?)*\s*$")
#: Where another clause begins, and a figure that it may have.
CLAUSE, BYTES = re.compile(r"[,;:]\s"), re.compile(r"\d\s?(?:[KMGT]i?B|bytes)\b")
#: Fewer bits than a byte a weight have scales and zero points beside them, and files of their own.
PACKED = re.compile(r"\b(?:4[- ]bits?|int4|nf4|fp4|mxfp4|gguf|gptq|awq|q[2-6]_\w+|quanti[sz]\w*)\b", re.IGNORECASE)

CACHE = re.compile(r"\b(?:kv|k/v)[- ]?cache\b|\bkeys?[- /]?(?:and[- ])?values?\b|\bcach(?:e[sd]?|ing)\b", re.IGNORECASE)
PER_TOKEN = re.compile(r"\b(?:per|for (?:each|every|one)|a|each|every|one) (?:\w+ )?token\b|/\s?token\b", re.IGNORECASE)
STORED = re.compile(
    r"\b(?:checkpoints?|weights?|files?|disk|downloads?|safetensors|stored?|size on|shards?|tensor type)\b",
    re.IGNORECASE,
)
#: Words for the place that something takes, whatever it is.
PLACE = re.compile(r"\b(?:takes?|takes? up|size|needs?)\b", re.IGNORECASE)
#: What takes more than the weights alone; a figure that fits is the weights', one that does not is no mistake.
LOADED = re.compile(r"\b(?:memory|v?ram|gpus?|load(?:ed|ing)?|runs?|running|inference|footprint)\b", re.IGNORECASE)
#: Bytes of something else.
ELSE = re.compile(
    r"\b(?:dataset|corpus|corpora|text|texts|data|optimizer|optimiser|gradients?|activations?|training|train(?:ed)?"
    r"|a100|h100|v100|gpus? with|compressed|tokenizer)\b",
    re.IGNORECASE,
)
TRAINED = re.compile(r"\b(?:pre-?)?train(?:ing|ed)?\b|\bcompute\b", re.IGNORECASE)
FORWARD = re.compile(r"\bforward\b|\binference\b|\bgenerat\w+\b", re.IGNORECASE)
SIX_N_D = re.compile(r"\b6\s?[·*×]?\s?N\s?[·*×]?\s?D\b|\b6ND\b")
#: Where a clause ends: at another figure, but for the bits of a number format.
ENDS = re.compile(r"\d[\d,.]*(?![\d,.]|[- ]?bits?\b)|;|,\s+(?:which|while|so|but|where)\b")
CONTEXT = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{3,7})(?=[-\s]+tokens?\b)")


class Resources(Struct, frozen=True):
    """Reads the words around bytes and FLOPs; `per_value` is the bytes of a stored number, 0 where it is not known."""

    around: Surroundings
    per_value: int

    def spoken(self, place: Place, unit: str) -> Spoken | None:
        """Return what a figure of bytes or FLOPs may be equal to, None where the words do not say of what it is."""
        return self.of_bytes(place) if unit == "bytes" else self.of_flops(place)

    def of_bytes(self, place: Place) -> Spoken | None:
        """Return whether bytes are those of a cache or of a checkpoint, at a number format."""
        clause, around = self.clause(place), self.sentence(place)
        size = self.format_of(place)
        if PACKED.search(clause):
            return None
        if CACHE.search(clause) or (CACHE.search(around) and not STORED.search(clause)):
            scale = "" if size in (0, self.per_value) else f" * {size} / bytes_per_value"
            token, whole = f"kv_cache{scale}", f"kv_cache * n_ctx{scale}"
            lengths = tuple(f"kv_cache * {length.replace(',', '_')}{scale}" for length in CONTEXT.findall(around))
            one = PER_TOKEN.search(clause) is not None
            return Spoken("kv_cache", (token, whole) if one else (*lengths, whole, token), bool(size) and one)
        size = size or self.per_value
        if ELSE.search(clause):
            return None
        if not any(each.search(around) for each in (STORED, LOADED, PLACE)):
            # "In single precision, reckon with 27 GB", where the sentence before is about files.
            told = size and FORMAT.search(around) and STORED.search(self.around.text, *self.paragraph(place))
            return Spoken("checkpoint", (f"{size} * total",), sure=False) if told else None
        if not size:
            # Nobody says how a number is stored, so that nothing is wrong.
            return Spoken("checkpoint", ("2 * total", "4 * total"), sure=False)
        expression = "checkpoint" if size == self.per_value else f"{size} * total"
        return Spoken("checkpoint", (expression,), bool(STORED.search(around)) and not LOADED.search(around))

    def paragraph(self, place: Place) -> tuple[int, int]:
        """Return where the paragraph of a figure begins and ends."""
        return place.block.start, place.block.end

    def of_flops(self, place: Place) -> Spoken | None:
        """Return whether FLOPs are those of a training or of a forward pass."""
        around = self.sentence(place)
        if PER_TOKEN.search(self.clause(place)):
            if TRAINED.search(around):
                return Spoken("flops_train_per_token", ("flops_6n", "flops_train_per_token"), sure=False)
            return Spoken(
                "flops_forward", ("flops_forward", "2 * total", "2 * non_embedding", "2 * active"), sure=False
            )
        if FORWARD.search(around) and not TRAINED.search(around):
            return Spoken("flops_forward", ("flops_forward", "flops_forward * n_ctx"), sure=False)
        if not TRAINED.search(around):
            return None
        block = self.around.text[place.block.start : place.block.end]
        kinds = ("flops_train", "flops_6n_non_embedding * n_tokens", "flops_train_per_token * n_tokens")
        return Spoken("flops_train", kinds, SIX_N_D.search(block) is not None)

    def format_of(self, place: Place) -> int:
        """Return the bytes of a number in the format that is named nearest to a figure, 0 where none is named."""
        text, sentence, seen = self.around.text, place.sentence, place.seen
        behind = FORMAT.search(text, seen.end, sentence.end)
        if behind is not None and RIGHT_BEHIND.fullmatch(text[seen.end : behind.start()]):
            return bytes_in(behind)
        if behind is not None and CLAUSE.search(text, seen.end, behind.start()):
            # "It takes 27 GB, in fp16 it takes 13.5 GB": the format is that of the figure behind it.
            behind = None if BYTES.search(text, behind.end(), sentence.end) else behind
        before = list(FORMAT.finditer(text, sentence.start, seen.start))
        labels = [each for label in (place.column, place.row) for each in FORMAT.finditer(label)]
        above = [each for section in place.sections[:1] for each in FORMAT.finditer(section.name)]
        block = list(FORMAT.finditer(text, place.block.start, sentence.start))
        found = [*before[-1:], *([behind] if behind else []), *labels, *block[-1:], *above]
        return bytes_in(found[0]) if found else 0

    def sentence(self, place: Place) -> str:
        """Return all that is said of a figure: its sentence, and the names of its row and column."""
        text = self.around.text[place.sentence.start : place.sentence.end]
        return f"{text} {place.row} {place.column}"

    def clause(self, place: Place) -> str:
        """Return the part of the sentence around a figure, up to other figures, and the names of its row and column."""
        before = re.split(ENDS, self.around.text[place.sentence.start : place.seen.start])[-1]
        behind = re.split(ENDS, self.around.text[place.seen.end : place.sentence.end])[0]
        return f"{before} # {behind} {place.row} {place.column}"


def bytes_in(match: re.Match[str]) -> int:
    """Return the bytes of the number format that was found."""
    return next(int(name[1:]) for name, text in match.groupdict().items() if text)
