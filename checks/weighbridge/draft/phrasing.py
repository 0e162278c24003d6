"""Turns of phrase around a figure of a model card: what joins it to its label, and what leaves a doubt about it."""

from __future__ import annotations

import re


def any_of(words: str) -> str:
    """Return a pattern of any of these words, which may be patterns themselves."""
    return "(?:" + "|".join(words.split()) + ")"


#: Where a noun behind a figure ends at the latest.
STOP = re.compile(
    r"[,;:()\[\]!?|\0]|\.(?:\s|$)|\d|\s[–—-]\s"
    r"|(?<!\S)(?:and|or|with|while|but|which|than|using|as|on|so|where)\b(?! values?\b)"
)
#: Words between a figure and its noun that change nothing: "12 identical decoder layers".
MODIFIER = re.compile(
    any_of(
        "identical stacked hidden total trainable unique separate different independent learned large small causal "
        "self multi parallel full billion million transformer more bidirectional the of standard fine grained"
    ),
    re.IGNORECASE,
)
#: What stands between a label and its figure, and the part of it that says that they belong together.
JOINED = re.compile(
    r"(?:\s|[*_`~≈=:–—-]|\b"
    + any_of(
        "is are was of equals? equal set being has have contains? holds? comprises? comes adds amounts totals just "
        "only full exactly about around roughly approximately nearly almost some up to most at a an the limited "
        r"total\sof"
    )
    + r"\b|\balone\b)*$",
    re.IGNORECASE,
)
BELONGS = re.compile(
    rf"\b{any_of('is are was equals? equal set being of has have contains? holds? comprises? comes adds amounts')}\b"
    r"|[=:≈~]"
)
#: Of what things can be counted only this: "layers: 12", "the number of layers is 12", never "layers of 12".
COUNTS = re.compile(r"\b(?:is|are|was|equals?|equal|set|being)\b|[=:]")
LABEL = re.compile(r"(?:^|[.;,|])\s*(?P<label>[^:;|=]{1,80}?)[\s*_`]*[:=][\s*_`]*(?P<fill>(?:\w+\s){0,3}|[~≈]\s?)$")
#: What may stand around a label and its figure.
MARKUP = " \t\n*_`"
#: Further figures behind one: "46.7B / about 12.9B".
MORE = re.compile(rf"(?:\s*/[\s~≈]*(?:{any_of('about around roughly approximately')}\s+)?\d[\d.,]*\s?\w*)*")
FILL = re.compile(
    rf"(?:\b{any_of('full about around up to approximately roughly a total of exactly')}\b|[~≈\s])*", re.IGNORECASE
)
#: What of a label names nothing.
NAMES_NOTHING = re.compile(rf"\b(?:{any_of('it this which that has have had is are with and thus so then')}|[a-z])\b")
#: The words of a label that say no more than that a model follows: "Architecture: 12 layers".
ABOUT_MODEL = re.compile(
    rf"\b{any_of('model architecture size type configuration config base detail parameter name summary')}\b"
)
#: A part of a model that has parameters of its own: "the embedding has 38 million parameters".
PART_OF = re.compile(
    r"\b(?P<part>(?:(?:token|input|shared|word|lm|attention|self-attention|feed-?forward|output|routed|each|every)[-\s])"
    r"{0,2}(?:embeddings?|attention|feed-?forward(?: networks?| layers?)?|mlps?|ffns?|layers?|blocks?|heads?|experts?"
    r"|adapters?|routers?|(?<=the )encoder|(?<=the )decoder|tower|projector|matrix|matrices|lora|table|norms?"
    r"|layer ?norms?))"
    r"\s+(?:alone\s+)?"
    + any_of("has have holds? contains? uses? takes? adds? accounts?\\sfor makes?\\sup is are with of")
    + r"\b[\w\s~≈]{0,20}$",
    re.IGNORECASE,
)
#: A noun that says no more than that something is so wide, and what it can be of: "8 heads, each of 64 dimensions".
WIDTH = re.compile(r"width(?: each)?|(?:unit|neuron|feature|component)(?: each)?|wide")
WIDE = r"(?P<part>\b(?:heads?|(?:routed |shared )?experts?|mlps?|ffns?|feed-?forward(?: networks?| layers?| blocks?)?))"
WIDTH_OF = re.compile(
    rf"{WIDE}\s*(?:,\s*)?(?:(?:each|all|both|one)\s+(?!of\b)|(?:(?:each|all|both|one)\s+)?(?:\(|\b"
    + any_of("of with having has have is are at uses? using spans? spanning works?\\s(?:on|in) operates?\\s(?:on|in)")
    + r"\s))\s*(?:size\s+|an?\s+)?(?:about |only |just |[~≈])?$",
    re.IGNORECASE,
)
#: What has a width of its own before a label for one: "each expert has a hidden size of".
HAS_WIDTH = re.compile(
    rf"{WIDE}(?:\s+|,\s*(?=each\b)|\b"
    + any_of("has have having with of uses? using is are whose an? the its their own each in")
    + r"\b)*$",
    re.IGNORECASE,
)
EACH_OF = re.compile(rf"{WIDE}\s*[,(:–—-]?\s*$", re.IGNORECASE)
#: Who has so many parameters, by the last word for it, and the words that are the whole model.
HAS_PARAMETERS = re.compile(
    r"(?P<owner>[\w.-]+)\s+(?:alone\s+|together\s+|each\s+)?"
    + any_of("has have holds? contains? takes? takes\\sup adds? uses? makes?\\sup accounts?\\sfor comprises?")
    + r"\s+(?:about |around |roughly |approximately |some |only |just |a total of |over |more than |[~≈]\s?)*$",
    re.IGNORECASE,
)
WHOLE = re.compile(
    any_of(
        "model network transformer decoder it this that which we they architecture version variant checkpoint llm lm "
        "one release system baseline total and but also still now family"
    ),
    re.IGNORECASE,
)
MEASURED = re.compile(r"of (?:an? )?(?:size|dim\w*|width|length)\b", re.IGNORECASE)
#: What a total may be one of.
PARAMETERS = re.compile(r"\b(?:param(?:eter)?s?|weights|activ(?:e|ated))\b", re.IGNORECASE)
#: What a tokenizer has so many of.
ENTRIES = re.compile(
    r"\s*(?:unique |distinct |different )?(?:entries|entry|tokens|pieces|word ?pieces|subwords|types)\b"
)
TOKENIZER = re.compile(
    r"\b(?:tokeni[sz]er|vocabulary|vocab|bpe|wordpiece|sentencepiece|unigram)\s+(?:\w+\s+)?"
    + any_of("has have with of contain\\w* compris\\w+ hold\\w* includ\\w+ consist\\w*\\sof")
    + r"\s+(?:a total of |about |around |roughly |exactly |[~≈])?$",
    re.IGNORECASE,
)
#: A token is computed with so many parameters: "each token sees 13B parameters".
ONE_TOKEN = re.compile(rf"\b{any_of('each every any a one per')}\s+(?:single )?token\b[^.;,\d]*$", re.IGNORECASE)
#: Of a head only a part may be rotated.
ROTATED = re.compile(r"\brot(?:ar|at)\w+|\brope\b", re.IGNORECASE)
#: What narrows parameters behind a figure: "0.8B parameters are in the feed-forward layers".
NARROWED = re.compile(
    r"[\s\w-]{0,20}?\b(?:param(?:eter)?s|weights)\s+(?:\w+\s+){0,2}?(?:in|of|from|per|inside|within)\s+"
    r"(?!total\b|all\b|sum\b|size\b|(?:the |this |our )?(?:whole |entire |full )?(?:model|network|transformer)\b"
    r"|b?f\w*\d+\b"
    r"|half\b|full\b|single\b|text\b)(?:the |its |each |every |all |an? )?(?P<part>[a-z][\w\s-]{0,40})",
    re.IGNORECASE,
)
#: "12.6M in attention", where a sentence counts weights.
IN_PART = re.compile(r"\s+(?:in|inside|within)\s+(?:the |its |all )?(?P<part>[a-z][\w\s-]{0,40})", re.IGNORECASE)
#: "5.5B of which are active".
OF_WHICH_ACTIVE = re.compile(
    r"\s+of\s+(?:which|them|these|those)\s+(?:\w+\s+)?(?:are|is|get)\s+(?:\w+\s+)?(?:activ\w+|used)\b", re.IGNORECASE
)
#: "45B of the 47B parameters are in the experts": the part, and the whole behind it.
OF_WHOLE = re.compile(
    r"\s+of\s+(?:the|its|all|our|these)\s+[\d.,]+\s?(?:[KMBT]|million|billion|trillion)?\s+(?:param(?:eter)?s|weights)\s+"
    r"(?:\w+\s+){0,2}?(?:in|of|inside|within)\s+(?:the |its |all )?(?P<part>[a-z][\w\s-]{0,40})",
    re.IGNORECASE,
)
WHOLE_BEHIND = re.compile(r"\bof\s+(?:the|its|all|our|these)\s*(?:about |some |[~≈])?$", re.IGNORECASE)
#: Tokens of something else than a context.
OTHER_TOKENS = re.compile(
    r"\b"
    + any_of(
        "outputs? generat\\w+ respon\\w+ completions? new answers? summar\\w+ chunks? prompts? batch\\w* documents?"
    )
    + r"\b[^.;,]*$",
    re.IGNORECASE,
)
#: Behind a formula, its noun and nothing that narrows it.
ENDS_THERE = re.compile(
    r"\$*[\s*]*(?:(?:[a-z]+[-\s]){0,2}(?:param(?:eter)?s|weights)(?:\s+(?:in total|in all|altogether|overall))?)?"
    r"\s*(?:[.,;:!?)\0]|$|and\b|which\b|while\b)",
    re.IGNORECASE,
)
#: A stack of layers that is named: "the encoder has 12 layers".
STACK = re.compile(
    r"\b(?P<stack>encoder|decoder)s?\s+(?:has|have|with|of|uses?|is|are|each)\b[^,;]{0,20}$", re.IGNORECASE
)
#: Words that make a figure one of some, whatever it counts: "the last 4 layers".
SOME = re.compile(
    r"\b"
    + any_of("first last top bottom final every other remaining another additional extra next previous groups?\\sof")
    + r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)
#: Words of a sentence that may be about several models, or about one that is not.
SEVERAL = re.compile(
    r"\b"
    + any_of(
        r"famil(?:y|ies) suites? series collection ranging sizes versions from\s\d[\d.]*\s?[a-z]*\sto\s\d\S* instead "
        r"rather compared? versus vs unlike than(?!\s+(?:about\s|roughly\s|some\s)?\d) would could if lora adapters? "
        r"fine-?tun\w* quanti[sz]\w* prun\w+ vision speech audio we\salso also\strain\w* variants smaller larger "
        r"bigger deeper shallower smallest largest another tried twice half\s(?:the|of|as) remov\w+ dropp\w+ "
        r"froze\w* stages? extend\w* originally previously models\s(?:with|of|that|at) outperform\w* surpass\w* "
        r"comparable rivals? beats doubl\w+ increas\w+ reduc\w+ grow\w*"
    )
    + r"\b",
    re.IGNORECASE,
)
#: Before a figure, a model that the card's own one was made from, by or beside.
BESIDE_IT = re.compile(
    r"\b" + any_of(r"teachers? students? reward judge draft baselines? ablat\w+") + r"\b", re.IGNORECASE
)
#: A sentence that goes on about what the one before it speaks of.
GOES_ON = re.compile(r"\s*(?:it|its|they|these|all|their)\b", re.IGNORECASE)
RANGE_BEFORE = re.compile(
    r"(?P<figure>\d[\d.,]*)\s*(?:[KMBT]|thousand|million|billion|trillion)?\s*(?P<joint>to|and|or|,|/|–|-)\s*$"
)
RANGE_BEHIND = re.compile(r"\s*(?P<joint>to|and|or|,|/|–)\s*(?:and\s+|or\s+)?(?P<figure>\d[\d.,]*\w*)")
#: What a noun in the singular can stand before and still be counted: "a 32-layer transformer".
MODEL = re.compile(
    any_of(
        "model transformer decoder encoder network version variant architecture language llm causal checkpoint base "
        "dense moe foundation text generative autoregressive context window sequence attention neural gpt bert"
    ),
    re.IGNORECASE,
)
LINK = re.compile(
    any_of(
        "for per in of to is are was each at has have from by into if because since when that wide long deep it we this"
    ),
    re.IGNORECASE,
)
#: What a label can follow. "The width of each expert is 8" says nothing of how many experts there are.
LEADING = re.compile(
    r"^$|(?<!of )\b"
    + any_of(
        "an? the its our with and has have having uses? using whose where to by in on for into each is are total "
        "model's? model over from at means maximum overall plus both or their shares? keeps? that"
    )
    + "$"
)
