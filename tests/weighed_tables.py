"""A small spec that tables are added to, and what comes of it beside a document: for tests of tables."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from weighbridge.errors import SpecErrors
from weighbridge.judge import Options
from weighbridge.project import open_project, weigh
from weighbridge.report.model import Report, Weighed
from weighbridge.verdict import word

TODAY = datetime.date(2026, 11, 24)

#: All but the tables, of a spec whose document is given as it names it.
HEAD = """[document]
id = "d"
title = "T"
{document}
[symbols]
n = "layers"
w = "width"
[conventions]
tied = true
[tensors]
body = {{ shape = ["w", "w"], per = ["n"] }}
head = {{ shape = ["w"], when = "not tied" }}
[quantities]
size = {{ equals = "2 * inventory", unit = "bytes" }}
"""
LOCAL = HEAD.format(document='path = "doc.md"')
CITED = HEAD.format(document='cite = "a paper"')


def weighed(root: Path, spec: str, document: str = "") -> Report:
    """Return what comes of a spec and its document."""
    (root / "pyproject.toml").touch()
    (root / "s.toml").write_text(spec, encoding="utf-8")
    if document:
        (root / "doc.md").write_text(document, encoding="utf-8")
    return weigh(open_project(["s.toml"], cwd=root), Options(engine="algebra"), today=TODAY)


def mistakes(root: Path, spec: str, document: str = "") -> list[str]:
    """Return the errors that a spec and its document are refused with."""
    with pytest.raises(SpecErrors) as caught:
        weighed(root, spec, document)
    return str(caught.value).splitlines()


def verdicts(report: Report) -> dict[str, str]:
    """Return each result's verdict by its id within the document."""
    return {each.result.id.partition("/")[2]: word(each.result.verdict) for each in report.results}


def result_of(report: Report, name: str) -> Weighed:
    """Return one result by its id within the document."""
    (found,) = [each for each in report.results if each.result.id.partition("/")[2] == name]
    return found


def line_of(text: str, words: str) -> int:
    """Return the number of the only line that has these words."""
    (number,) = [number for number, line in enumerate(text.splitlines(), start=1) if words in line]
    return number


#: Two tables that name one model, and a claim of the spec itself about it.
TWICE = """[[table]]
id = "one"
symbols = ["n", "w"]
names = { "A or B" = "x" }
rows = '''
| Name   | n | w |
|--------|---|---|
| A or B | 2 | 3 |
'''
[[table]]
id = "two"
symbols = ["w"]
rows = '''
| Name | w | All |
|------|---|-----|
| x    | 3 | 18  |
'''
[[table.claims]]
column = "All"
equals = "inventory"
[[claim]]
id = "own"
asserts = "w == 3"
at = "x"
"""


#: A table with a column, a row and a cell that are exempt.
SIMPLE = """[[table]]
id = "t"
symbols = ["n", "w"]
rows = '''
| Name  | n | w  | All (K) | Odd |
|-------|---|----|---------|-----|
| Good  | 1 | 20 | 0.4     | 1   |
| Bad   | 2 | 20 | unknown | 2   |
| Total | 3 |    |         | 3   |
'''
exempt = { Odd = "no claim", Total = "no model", "All (K)" = { at = ["Bad"], reason = "not published" } }
[[table.claims]]
column = "All (K)"
equals = "inventory"
"""
