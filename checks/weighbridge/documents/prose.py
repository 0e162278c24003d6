"""Which figures and formulas a piece of prose holds, and which of its digits are none.

One pattern reads from left to right; at each place the first of its alternatives that fits decides. Where nothing says
otherwise a digit is a figure: a rule that errs sets too little aside, so that nothing goes unseen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from weighbridge.documents.notation import (
    PARTS,
    SCALES,
    WORDS,
    Rule,
    Token,
    power_value,
    spelled_value,
    values_of,
)
from weighbridge.formula.alphabet import key

PIECES = "½¼¾⅓⅔⅛⅜⅝⅞"
SPACE = "[ \u00a0\u2009\u202f\n]"
NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)|\d{1,3}(?:_\d{3})+(?!\d)"
    r"|\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d+)(?:\.\d+)?"
)
POWER = r"(?:(?:\^|\*\*)(?:[-+−]?\d+|\{[-+−]?\d+\})|[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
SCALE = "(?:thousand|million|billion|trillion)"
UNIT = r"(?:[kKMGTPE]i?B|[KMBT]|(?:[kKMGTPEZ])?(?:FLOPs?|FLOPS|FLOP/s))"
FIGURE = (
    rf"(?:{NUMBER}(?:[eE][-+−]?\d+(?!\w)|{POWER}|[{PIECES}])?|[{PIECES}])"
    rf"(?:[x×](?=[A-Z])|{SPACE}?(?:\\?%|percent\b|per{SPACE}cent\b)|(?:{SPACE}|-){SCALE}s?\b|[^\W\d_]{{1,8}}(?!\w)|{SPACE}{UNIT}(?!\w))?"
)

#: An operand of a formula in plain text: a number, a letter or a word with an underscore, perhaps with a power.
SYMBOL = r"(?<!\w)(?:[^\W\d_]+_\w+|[^\W\d_]|[^\W\d_]{1,12}(?=\s?[×·⋅]))(?![\w’'])"
LAST = r"(?:(?<=[×·⋅])[^\W\d_]{1,12}|(?<=[×·⋅] )[^\W\d_]{1,12})(?!\w)"
OPERAND = (
    rf"[(\[]{{0,3}}(?:{NUMBER}(?:\s[b-zB-HJ-Z](?![\w’']))?|{SYMBOL}|{LAST})(?:{POWER}|\^\w+|\^\{{\w+\}})?[)\]]{{0,3}}"
)
OPERATOR = r"(?:\s?[×·⋅*÷]\s?|\s?√\s?|(?<=\d)\s?x\s?(?=\d)|\s[+−/]\s|(?<=[\w)])[+−](?=[\w(])|(?<=\d)/(?=\d))"
FORMULA = rf"{OPERAND}(?:{OPERATOR}{OPERAND})+|{SYMBOL}(?:{POWER}|\^\w+)"
#: A power of ten as one reads it, which is a figure though it multiplies.
SCIENTIFIC = rf"{NUMBER}{SPACE}?[×x·*]{SPACE}?10{POWER}(?!\s?[×·⋅*÷])"

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
#: A year that can be one: with these before it, and nothing behind it that it could count.
YEAR = r"(?:19[5-9]|20[0-3])\d(?!\d)(?![.,]\d)"
ENDS = (
    r"(?=\s*(?:[.,;:!?)\]\"”]|\Z)|\s(?:the|a|an|and|it|we|they|that|which|was|were|is|had|with|when|but|by|to|for)\b)"
)
YEARS = (
    rf"(?:\b(?i:in|since|until|during|early|late|circa|copyright|year)\s|©\s?|\bal\.,?\s\(?|\b[A-Z][^\W\d_]+,?\s\()"
    rf"(?P<year>{YEAR}(?:[-–/](?:{YEAR}|\d\d(?!\d)))?){ENDS}"
)
VENUE = r"(?:NeurIPS|NIPS|ICML|ICLR|N?E?ACL|EMNLP|CVPR|ICCV|ECCV|AAAI|IJCAI|KDD|MLSys|JMLR|TMLR)"
DATE = (
    r"\d{4}-\d{2}-\d{2}(?!\d)(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[-+]\d{2}:?\d{2}(?!\d))?(?!\d))?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{MONTH}(?!\w)(?:,?\s\d{{4}}(?!\d))?"
    rf"|\b{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:\s?[-–]\s?\d{{1,2}})?(?![\d.,]*\d|\w)(?:,?\s\d{{4}}(?!\d))?"
    rf"|\b{MONTH},?\s\d{{4}}(?![\d.,]*\d)"
    r"|\d{1,2}/\d{1,2}/\d{4}(?!\d)|\d{1,2}\.\d{1,2}\.(?:19|20)\d{2}(?!\d)"
    r"|\d{1,2}:\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?|UTC|GMT|CET)(?!\w)"
    rf"|\b{VENUE}\s?['’]?\d{{2,4}}(?!\d)"
)

#: What counts something: "Section 12 billion" speaks of no section.
COUNTED = rf"(?!(?:{SPACE}|-){SCALE}|{SPACE}?(?:%|percent\b|per{SPACE}cent\b)|{SPACE}{UNIT}(?!\w))"
PLACE = rf"[A-Z]?\d+(?:\.\d+)*[a-z]?(?![\w%]|[.,]\d){COUNTED}"
CAPITAL = (
    "Section|Sect?\\.|Chapter|Chap\\.|Appendix|Figure|Fig\\.|Table|Tab\\.|Equation|Eqn?\\.|Theorem|Lemma|Algorithm"
    "|Listing|Definition|Proposition|Corollary|Exercise|Lecture|Page|Footnote|Part|Step|Problem|Question|Example"
    "|Volume|Vol\\.|No\\.|Lesson"
)
SMALL = "section|chapter|appendix|figure|fig\\.|table|equation|eqn?\\.|page|footnote|lecture|pp?\\."
REFERENCE = (
    rf"\b(?:{CAPITAL}|{SMALL})[\s~\u00a0]?\(?{PLACE}(?:\s?[-–]\s?{PLACE})?\)?"
    rf"|\b(?:(?:{CAPITAL}|{SMALL})s|Figs\.|Eqs\.|Secs\.|pp\.)[\s~\u00a0]?{PLACE}"
    rf"(?:\s?(?:,|-|–|and|or|to|&|, and)\s?{PLACE})*"
    rf"|§§?\s?{PLACE}|(?<!\w)#\d+(?!\w)|\[\^[^\s\]]+\]|(?<=[^\W\d_])\s?\[\d{{1,3}}\](?!\()"
)

STANDARD = (
    r"\b(?:ISO|IEC|IEEE|RFC|ANSI|DIN|ECMA|PEP|UTF|ISBN|ISSN|DOI|doi|arXiv|CVE|SHA|Unicode)(?:/IEC)?"
    r"(?:[ :-]|: )?\d(?:[\w./:-]*\w)?"
)
PROGRAMS = "Python|CUDA|cuDNN|PyTorch|TensorFlow|JAX|NumPy|Node|Java|Rust|Ubuntu|Debian|Windows|macOS|Linux|HTML|HTTP"
VERSION = (
    r"(?<![\w.])v\.?\s?\d+(?:\.\d+)*(?:[-.]?(?:alpha|beta|rc|dev|post|a|b)\d*)?(?!\w)"
    r"|\b[Vv]ersions?\s\d+(?:\.\d+)*(?!\w)"
    r"|(?<![\w.])(?!\d{1,3}(?:\.\d{3}){2,}(?![\w.]))\d+\.\d+\.\d+(?:[.-]?\w+)*"
    rf"|\b(?:{PROGRAMS})\s?(?:[<>=~]=?\s?)?\d+(?:\.\d+)*(?![\w%]|,\d)"
)
MODELS = (
    "Llama|LLaMA|Gemma|Phi|Claude|GPT|Mistral|Qwen|Falcon|PaLM|Gemini|Grok|OLMo|StarCoder|Whisper|Mamba|Imagen|DALL·E"
)
NAME = (
    rf"\b(?:{MODELS})\s\d(?:\.\d)?(?![\w%]|[.,]\d|{SPACE}?{SCALE})"
    r"|(?<![\w.])\d+(?!x[A-Z\d])(?![eE]\d+(?!\w))[^\W\d_]+\d\w*"
    r"|(?<!\w)[123]-?[dD](?!\w)"
    rf"|(?:(?<!\w)|(?<=\dx))(?![{PIECES}])[^\W\d_](?:\w|[-.](?=\w))*|_\w+"
)

DIGIT = "(?:" + "|".join(word for word in WORDS if WORDS[word] < 20) + ")"
TEN = "(?:" + "|".join(word for word in WORDS if WORDS[word] >= 20) + ")"
BELOW_HUNDRED = rf"(?:{TEN}(?:[-\s]{DIGIT}(?!\w))?|{DIGIT})"
ANY_SCALE = "(?:" + "|".join(SCALES) + ")"
PART = "(?:halves|" + "|".join(f"{word}s" for word in PARTS if word not in ("half", "halves")) + ")"
ONE_PART = "(?:half|" + "|".join(word for word in PARTS if word not in ("half", "halves")) + ")"
OF = r"(?=\s(?:of|as|that|more|less|smaller|larger|fewer)\b|\s*(?:[.,;:!?)]|\Z))"
SPELLED = (
    rf"(?<![\w-])(?i:{BELOW_HUNDRED}[-\s]{PART}|(?:one|a)[-\s]{ONE_PART}{OF}|one-{ONE_PART}|half"
    rf"|(?:{BELOW_HUNDRED}|a)\s{ANY_SCALE}(?:\s(?:and\s)?{BELOW_HUNDRED}(?!\w))?(?:\s{ANY_SCALE})*"
    rf"|{BELOW_HUNDRED}(?:[\s-](?:percent|per\scent))?|twice|thrice)(?!\w)"
)
#: Words that say of "one" that it stands for a thing, before it and behind it.
PRONOUN = (
    r"\b(?i:(?:any|the|this|that|each|every|no|which|another|last|next|other|new|smaller|larger|bigger)\s(?P<before>one)"
    r"(?=\s*(?:[.,;:!?)\]”]|\Z)|\s(?:of|is|was|has|that|which|who|in|with|for|by|to|and|or|but|can|may|must|will|at|on"
    r"|as|from|does|comes|takes|gives|holds)\b)"
    r"|(?P<behind>one)(?=['’]s\b|\s(?:of|can|could|may|might|must|should|would|another|behind|after|by\sone|has|needs"
    r"|gets|is|sees|does|wants)\b)|(?<=by\s)(?P<row>one)\b|(?P<jargon>one-(?:hot|shot|off|to-one)|zero-shot|non-zero))"
)
LINK = r"(?:https?|ftp)://[^\s<>]+|(?<!\w)www\.[^\s<>]+|(?<![\w.+-])[\w.+-]+@[\w-]+\.\w[\w.]*"

PATTERN = re.compile(
    "|".join(
        f"(?P<{group}>{pattern})"
        for group, pattern in (
            ("link", LINK),
            ("date", DATE),
            ("years", YEARS),
            ("standard", STANDARD),
            ("reference", REFERENCE),
            ("version", VERSION),
            ("ordinal", r"(?<!\w)\d+(?:st|nd|rd|th)(?!\w)"),
            ("pronoun", PRONOUN),
            ("spelled", SPELLED),
            ("scientific", rf"(?<![\w]){SCIENTIFIC}"),
            ("formula", FORMULA),
            ("name", NAME),
            ("figure", FIGURE),
        )
    )
)
#: Groups that are rules of the same name.
SET_ASIDE: dict[str, Rule] = {
    "link": "link",
    "date": "date",
    "standard": "standard",
    "reference": "reference",
    "version": "version",
    "ordinal": "ordinal",
}
HEADING_NUMBER = re.compile(r"(?:(?:[A-Z]\.)?\d+(?:\.\d+)+\.?|\d+[.):]|\d+(?=\s[A-Z]))(?=\s)")


def read_prose(text: str, *, heading: bool = False) -> Iterator[Token]:
    """Yield the figures and formulas of a piece of prose, and what its rules set aside, in their order."""
    start = 0
    if heading and (match := HEADING_NUMBER.match(text)):
        yield Token(start=0, end=match.end(), rule="heading number")
        start = match.end()
    for match in PATTERN.finditer(text, start):
        token = token_of(match)
        if token is not None:
            yield token


def token_of(match: re.Match[str]) -> Token | None:
    """Return what a match stands for; None for a word without digits."""
    group = next(name for name in match.re.groupindex if match[name] is not None and name not in INNER)
    start, end = match.span()
    text = match[0]
    if group in SET_ASIDE:
        if not has_digit(text):
            return None
        return Token(start=start, end=end, rule=SET_ASIDE[group])
    match group:
        case "years":
            return Token(start=match.start("year"), end=match.end("year"), rule="date")
        case "pronoun":
            inner = next(name for name in ("before", "behind", "row", "jargon") if match[name] is not None)
            rule: Rule = "name" if inner == "jargon" else "pronoun"
            return Token(start=match.start(inner), end=match.end(inner), rule=rule)
        case "spelled":
            value = spelled_value(text)
            return Token(start=start, end=end, values=frozenset() if value is None else frozenset({value}))
        case "formula":
            return plain_formula(text, start)
        case "name":
            return Token(start=start, end=end, rule="name") if has_digit(text) else None
        case _:
            return Token(start=start, end=end, values=figure_values(text))


def plain_formula(text: str, start: int) -> Token:
    """Return a formula in plain text, without brackets that have no partner in it."""
    end = start + len(text)
    while text[0] in "([" and text.count(text[0]) > text.count(")" if text[0] == "(" else "]"):
        text, start = text[1:], start + 1
    while text[-1] in ")]" and text.count(text[-1]) > text.count("(" if text[-1] == ")" else "["):
        text, end = text[:-1], end - 1
    if power := re.fullmatch(rf"({NUMBER})({POWER})", text):
        return Token(start=start, end=end, values=power_value(power[1], power[2].lstrip("^*")))
    if ratio := re.fullmatch(rf"({NUMBER})/({NUMBER})", text):
        over = [value for value in values_of(ratio[2]) if value]
        return Token(start=start, end=end, values=frozenset(x / y for x in values_of(ratio[1]) for y in over))
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda match: "^" + unicodedata.normalize("NFKC", match[0]), text)
    numbers = [match[0] for match in re.finditer(rf"(?<!\w){NUMBER}|(?<=\^){NUMBER}", text)]
    values: frozenset[Fraction] = frozenset().union(*map(values_of, numbers))
    symbols = frozenset(key(match[0]) for match in re.finditer(r"[^\W\d_]\w*", text)) - {"x"}
    return Token(start=start, end=end, kind="formula", values=values, symbols=symbols)


def figure_values(text: str) -> frozenset[Fraction]:
    """Return the value of a figure in digits, with a fraction's sign or a power."""
    if text[-1:] in PIECES and text:
        whole = sum(values_of(text[:-1])) if len(text) > 1 else Fraction(0)
        return frozenset({whole + Fraction(unicodedata.numeric(text[-1])).limit_denominator(8)})
    if power := re.fullmatch(rf"({NUMBER})({POWER})", text):
        return power_value(power[1], power[2].lstrip("^*"))
    return values_of(text)


def has_digit(text: str) -> bool:
    """Tell whether a text holds a decimal digit."""
    return any(char.isdecimal() for char in text)


#: Groups within others.
INNER = frozenset({"year", "before", "behind", "row", "jargon"})
