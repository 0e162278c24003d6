"""Whose figure it is that a model card prints: the card's own model's, or that of another that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Literal, TypeAlias

from msgspec import Struct

from weighbridge.documents.source import Span
from weighbridge.draft.surroundings import Place, Surroundings

Whose: TypeAlias = Literal["own", "other", "unclear"]

#: Families of models that cards compare themselves with, as they are written but for case and hyphens.
FAMILIES = (
    *("ALBERT", "Baichuan", "BART", "BERT", "BLOOM", "BLOOMZ", "Cerebras GPT", "Chinchilla", "Claude", "CodeLlama"),
    *("Code Llama", "Command R", "DBRX", "DeBERTa", "DeepSeek", "DeiT", "DistilBERT", "DistilGPT", "ELECTRA", "Falcon"),
    *("FLAN", "Flan T5", "Galactica", "Gemini", "Gemma", "GLM", "Gopher", "GPT", "GPT J", "GPT Neo", "GPT NeoX"),
    *("GPT OSS", "Granite", "Grok", "InternLM", "Jamba", "Llama", "Mamba", "MiniCPM", "Minitron", "Mistral", "Mixtral"),
    *("MobileBERT", "MPT", "Nemotron", "OLMo", "OLMoE", "OPT", "PaLM", "Phi", "Pythia", "Qwen", "RedPajama", "RoBERTa"),
    *("RWKV", "SmolLM", "StableLM", "StarCoder", "T5", "mT5", "TinyLlama", "Vicuna", "ViT", "XLM", "XLM R", "XLNet"),
    *("Yi", "Zephyr"),
)
#: What sizes and versions of a family are called.
VARIANTS = (
    r"small|base|large|medium|tiny|mini|nano|micro|huge|giant|xx?l|uncased|cased|instruct|chat|turbo|"
    r"v?\d+(?:\.\d+)*(?:x\d+(?:\.\d+)?)?[bmk]?(?:-a\d+b)?"
)
#: Any name that ends in a size: "DeepThought-42B".
SIZED = r"[a-z][\w.]*(?:-[a-z][\w.]*)*-\d+(?:\.\d+)?[bm]\b"
#: What makes the next words speak of the card's own model again, whatever was named before.
OWN = re.compile(
    r"\b(?:this|our|the present|the released)(?: \w+)? (?:model|card|checkpoint|repository|one|version|variant)\b"
    r"|\bours\b|\bhere\b|\bthis one\b",
    re.IGNORECASE,
)
#: What says that another model is meant without naming it.
ANOTHER = re.compile(
    r"\b(?:the|its|all) (?:largest|biggest|smallest|larger|bigger|smaller|other|others|previous|predecessors?)\b",
    re.IGNORECASE,
)
#: What stands between a figure and the model that it is of: "the 40 layers of Llama 2 13B".
OF = re.compile(r"[^.,;\0]{0,40}\b(?:of|in|for|from|than|by)(?: the)?\s+")
#: What makes a kind of model of the name before it.
KIND = re.compile(
    r"[-\s](?:v?\d+(?:\.\d+)*\s)?(?:style|like|based|type|inspired|tokeni[sz]er|architecture|recipe)\b", re.IGNORECASE
)
#: Words in a title that name nothing.
FILLING = frozenset({"model", "card", "for", "of", "the", "a", "readme", "pretrained"})


class Named(Struct, frozen=True):
    """A model that a text names, and where."""

    span: Span
    words: frozenset[str]


class Owner(Struct, frozen=True, dict=True):
    """Tells the card's own model, which its title names, from others."""

    around: Surroundings
    title: str

    @cached_property
    def own(self) -> frozenset[str]:
        """The words of the title."""
        return words_of(self.title) - FILLING

    @cached_property
    def named(self) -> tuple[Named, ...]:
        """Every model that the document names."""
        return tuple(models_in(self.around.text))

    def of_name(self, words: frozenset[str]) -> Whose:
        """Tell whose a name is: one that says more than the title may be another's."""
        if words <= self.own:
            return "own"
        if not self.own:
            return "unclear"
        if any(re.fullmatch(r"\d.*", each) for each in self.own):
            return "other"
        return "unclear" if self.own <= words else "other"

    def of_label(self, text: str) -> Whose | None:
        """Tell whose a row, column or section is by its name, None where that names no model."""
        found = [self.of_name(each.words) for each in models_in(text)]
        if found:
            return "own" if "own" in found else found[0]
        # "7B" alone, as the name of a row or column, is a size of the family.
        size = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([BMbm])\s*", text)
        if size is None or not any(re.fullmatch(r"\d.*", each) for each in self.own):
            return None
        return "own" if words_of(text) <= self.own else "other"

    def whose(self, place: Place) -> Whose:
        """Tell whose a figure is, by the names nearest to it: of its row and column, in its sentence, above it."""
        for label in (place.row, place.column):
            if label and (found := self.of_label(label)) is not None:
                return found
        found = self.in_sentence(place)
        if found is not None:
            return found
        for section in place.sections[:1]:
            if (found := self.of_label(section.name)) is not None:
                return found
        return "own"

    def in_sentence(self, place: Place) -> Whose | None:
        """Tell whose a figure is by the last name before it, or by one that it is said to be of."""
        sentence, seen = place.sentence, place.seen
        inside = [each for each in self.named if sentence.start <= each.span.start < sentence.end]
        behind = next((each for each in inside if each.span.start >= seen.end), None)
        if behind is not None and OF.fullmatch(self.around.text, seen.end, behind.span.start):
            return self.of_name(behind.words)
        before = [each for each in inside if each.span.end <= seen.start]
        last = before[-1].span.end if before else sentence.start
        if OWN.search(self.around.text, last, seen.start):
            return "own"
        if before:
            return self.of_name(before[-1].words)
        return "unclear" if ANOTHER.search(self.around.text, sentence.start, seen.start) else None

    def is_name(self, seen: Span) -> bool:
        """Tell whether a figure is no more than a part of a model's name."""
        return any(each.span.start < seen.end and seen.start < each.span.end for each in self.named)


def models_in(text: str) -> Iterator[Named]:
    """Yield the models that a text names, each with the words of its name.

    "GPT-2 style" and "a vision transformer (ViT)" are kinds of model, and name none.

    >>> [sorted(each.words) for each in models_in("Mistral 7B beats Llama-2-13b and has 32 layers")]
    [['7b', 'mistral'], ['13b', '2', 'llama']]
    """
    for match in pattern().finditer(text):
        alone = match[0].isalpha() and text[match.start() - 1 : match.end() + 1] == f"({match[0]})"
        if not alone and KIND.match(text, match.end()) is None:
            yield Named(Span(*match.span()), words_of(match[0]))


def words_of(text: str) -> frozenset[str]:
    """Return the words of a name, versions and sizes by themselves."""
    return frozenset(re.findall(r"\d+(?:\.\d+)*(?:x\d+)?[bmk]?(?![a-z])|[a-z]+", text.casefold()))


@cache
def pattern() -> re.Pattern[str]:
    """Return what finds names of models: a family with the sizes and versions behind it."""
    names = "|".join(re.escape(each).replace(r"\ ", r"[-\s]?") for each in sorted(FAMILIES, key=len, reverse=True))
    # "OPT 12 layers" is no model of size 12.
    counted = "layer|head|expert|param|token|hidden|attention|transformer|encoder|decoder|million|billion"
    joined = rf"(?:[-_](?:{VARIANTS})\b|\s(?:{VARIANTS})(?!\w|[,.]\d|[-\s](?:{counted}))|\d+(?:\.\d+)*)"
    return re.compile(rf"(?<![\w-])(?:(?:{names})(?:MoE|Coder|Math|VL)?(?:{joined})*(?![a-z])|{SIZED})", re.IGNORECASE)
