"""Small specs, every change to them, and what an audit says of each: for tests of audits."""

from __future__ import annotations

import datetime

from weighbridge.audit import judging
from weighbridge.audit.judging import Judged, judge_mutants
from weighbridge.audit.listing import to_text
from weighbridge.audit.mutants import Mutant
from weighbridge.audit.places import Places
from weighbridge.documents.expand import expand_tables
from weighbridge.errors import SpecErrors
from weighbridge.spec.model import Spec
from weighbridge.spec.read import read_spec

TODAY = datetime.date(2026, 11, 24)

#: Two tensors that a convention and a grid tell apart, and a claim of each kind.
SMALL = """
[document]
title = "T"
cite = "C"

[symbols]
depth = ""
width = ""

[models.tiny]
depth = 2
width = 3

[tensors]
up = { shape = ["width", "width"], per = ["depth"] }
bias = { shape = ["width"], when = "biases" }

[conventions]
biases = false

[grids.few]
depth = [1, 2]
width = [1, 3]

[[claim]]
id = "count"
printed = "18"
equals = "inventory"

[[claim]]
id = "formula"
formula = "depth * width * width"
equals = "up"
over = "few"

[[claim]]
id = "biased"
asserts = "inventory == up + width"
conventions = { biases = true }
over = "few"
"""


def read(text: str) -> Spec:
    """Read a spec, with its tables."""
    expanded = expand_tables(read_spec("spec/small.toml", text.encode()), None)
    if expanded.errors:
        raise SpecErrors(expanded.errors)
    return expanded.spec


def audit(text: str) -> list[Judged]:
    """Judge every mutant of a spec."""
    return list(judge_mutants(text, read, today=TODAY))


def every_mutant(text: str) -> list[Mutant]:
    """Return every mutant of a spec."""
    spec = read(text)
    return list(judging.every_mutant(spec, Places(spec.path, text), read))


def lines(text: str) -> list[str]:
    """Return the lines of an audit without the path."""
    return [line.removeprefix("spec/small.toml:") for line in to_text(audit(text)).splitlines()]


def edited(*changes: tuple[str, str]) -> str:
    """Return the small spec with texts in it replaced, each of which stands there once."""
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def shown(mutant: Mutant) -> str:
    """Return a mutant on one line."""
    return f"{mutant.location.line}:{mutant.location.column} {mutant.subject}: {mutant.what}"


#: Both symbols are 2, and a claim of the one model names one of them.
ALIKE = (
    edited(("width = 3", "width = 2"), ('printed = "18"', 'printed = "8"'))
    + """
[[claim]]
id = "named"
printed = "2"
equals = "depth"
"""
)


ROUNDED = """
[[claim]]
id = "rounded"
printed = "18.0"
equals = "up"
about = "10%"
because = "as printed"

[[claim]]
id = "small"
asserts = "up < 20"
"""


WRONG = """
[[claim]]
id = "wrong"
printed = "20"
equals = ["up", "18"]
[claim.erratum]
reason = "r"
printed = "20"
correct = "18"

[[claim]]
id = "waived"
formula = "depth * width"
equals = "up"
over = "few"
[claim.waive]
reason = "r"
expires = 2026-11-24
formula = "depth * width"
"""


#: A model that another is like, a table whose column two claims are about, and a default.
TABLED = """
[document]
title = "T"
cite = "C"

[symbols]
depth = ""
width = ""
heads = { default = "width - 1" }

[tensors]
up = { shape = ["width", "width"], per = ["depth"] }
bias = { shape = ["width"], when = "biases" }

[conventions]
biases = false

[models.base]
depth = 3
width = "4 * heads"
heads = 1

[models.wider]
like = "base"
heads = 2
conventions = { biases = true }

[[table]]
id = "sizes"
symbols = ["width"]
conventions = { biases = "Biased" }
set = { depth = 2 }
rows = '''
| Name  | width | Biased | Size |
|-------|-------|--------|------|
| first | 3     | no     | 18   |
| other | 9     | yes    | 171  |
'''
[[table.claims]]
column = "Size"
equals = "inventory"
[[table.claims]]
id = "twice"
column = "Size"
equals = "up + bias"
[[table.claims]]
id = "even"
asserts = "up / width / width == 2"

[[claim]]
id = "heads"
printed = "8"
equals = "heads"
at = "other"

[[claim]]
id = "wider"
printed = "200"
equals = "inventory"
at = "wider"
"""


#: What is said of all values, under an equality and under what is none.
EVERYWHERE = """
[[claim]]
id = "cube"
formula = "16 * depth ** 3"
equals = "up"
over = "everywhere"
assuming = "width == 4 * depth"

[[claim]]
id = "even"
asserts = "up % 2 == 0"
over = "everywhere"
assuming = "depth % 2 == 0"
"""
