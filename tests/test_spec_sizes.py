"""A tensor's sizes and copies are counts at each model: two negative ones never pass for a number of parameters."""

from __future__ import annotations

import pytest

from weighbridge.architectures import shipped, source_of
from weighbridge.documents.expand import expand_tables
from weighbridge.errors import SpecErrors
from weighbridge.judge import Options, judge
from weighbridge.spec.architectures import Library
from weighbridge.spec.model import Spec
from weighbridge.spec.names import MAX_TOTAL
from weighbridge.spec.read import read_spec
from weighbridge.verdict import word

HEAD = """[document]
title = "A model"
cite = "a post"
[symbols]
a = "rows"
b = "columns"
[conventions]
odd = false
[models.m]
a = 1
b = 4
"""
EXPECTED = "expected an integer of at least 0"


def read(text: str) -> Spec:
    """Return a spec, its tables expanded. Raises `SpecErrors`."""
    expanded = expand_tables(read_spec("s.toml", text.encode(), library=Library(shipped(), source_of)), None)
    if expanded.errors:
        raise SpecErrors(expanded.errors)
    return expanded.spec


def mistakes(text: str) -> list[str]:
    """Return the lines that are told of a spec with mistakes."""
    with pytest.raises(SpecErrors) as caught:
        read(text)
    return str(caught.value).splitlines()


def verdicts(text: str) -> list[str]:
    """Return what is decided of each claim of a spec without mistakes."""
    return [word(each.verdict) for each in judge(read(text), {}, Options(engine="algebra"))]


def claim(equals: str, printed: str, more: str = "") -> str:
    return f'[[claim]]\nid = "c"\nequals = "{equals}"\nprinted = "{printed}"\n{more}\n'


def test_a_negative_or_fractional_size_is_told_at_its_model_whether_or_not_a_claim_speaks_of_it() -> None:
    """(1 - 3) * (1 - 3) = 4 would be printed as a number of parameters."""
    tensors = """[tensors]
w = { shape = ["a - 3", "a - 3"] }
v = { shape = ["b"], per = ["a / b", "2 - half"] }
fine = { shape = ["a - 1", "b - a", "b / 2"], per = ["ceil_div(a, b)"] }
[quantities]
half = "b / 8"
"""
    expected = [
        f"s.toml:9:1: error: model 'm': tensor 'v' has 2 - half = 1.5 in 'per', {EXPECTED}",
        f"s.toml:9:1: error: model 'm': tensor 'v' has a / b = 0.25 in 'per', {EXPECTED}",
        f"s.toml:9:1: error: model 'm': tensor 'w' has a - 3 = -2 in 'shape', {EXPECTED}",
    ]
    assert mistakes(HEAD + tensors) == expected
    assert mistakes(HEAD + tensors + claim("w", "4")) == expected


def test_every_model_is_told_by_itself_and_only_those_where_it_is_so() -> None:
    models = """[models.n]
like = "m"
a = 2
[models.o]
like = "m"
a = 5
[tensors]
w = { shape = ["a - 3", "a - 3"] }
"""
    assert mistakes(HEAD + models + claim("w", "4", 'at = "*"')) == [
        f"s.toml:9:1: error: model 'm': tensor 'w' has a - 3 = -2 in 'shape', {EXPECTED}",
        f"s.toml:12:1: error: model 'n': tensor 'w' has a - 3 = -1 in 'shape', {EXPECTED}",
    ]


def test_what_the_conventions_leave_out_needs_no_size_until_a_claim_counts_it() -> None:
    tensors = '[tensors]\nw = { shape = ["a - 3", "1"], when = "odd" }\n'
    assert verdicts(HEAD + tensors + claim("w", "0")) == ["holds"]
    assert mistakes(HEAD + tensors + claim("w", "-2", "conventions = { odd = true }").replace('"-2"', '"2"')) == [
        f"s.toml:14:1: error: claim 'c', model 'm': tensor 'w' has a - 3 = -2 in 'shape', {EXPECTED}",
    ]
    assert mistakes(
        HEAD + tensors.replace('when = "odd"', 'when = "not odd"') + claim("b", "4", "conventions = {}")
    ) == [
        f"s.toml:9:1: error: model 'm': tensor 'w' has a - 3 = -2 in 'shape', {EXPECTED}",
    ]


def test_a_claim_repeats_nothing_that_is_told_of_its_model() -> None:
    tensors = '[tensors]\nw = { shape = ["a - 3"] }\nv = { shape = ["a - b"], when = "odd" }\n'
    assert mistakes(HEAD + tensors + claim("b", "4", "conventions = { odd = true }")) == [
        f"s.toml:9:1: error: model 'm': tensor 'w' has a - 3 = -2 in 'shape', {EXPECTED}",
        f"s.toml:15:1: error: claim 'c', model 'm': tensor 'v' has a - b = -3 in 'shape', {EXPECTED}",
    ]


def test_a_size_of_zero_is_a_count() -> None:
    """(4 - 4 * 1) * 4 = 0."""
    assert verdicts(HEAD + '[tensors]\nw = { shape = ["b - 4 * a", "b"] }\n' + claim("w", "0")) == ["holds"]


def test_a_fraction_that_is_written_as_a_size_is_none() -> None:
    """1.5 * 4 = 6 would be a number of parameters."""
    assert mistakes(HEAD + '[tensors]\nw = { shape = ["1.5", "b"] }\n' + claim("w", "6")) == [
        f"s.toml:9:1: error: model 'm': tensor 'w' has 1.5 in 'shape', {EXPECTED}",
    ]


def test_sizes_without_a_value_are_left_to_the_claims_that_need_them() -> None:
    tensors = '[tensors]\nw = { shape = ["b / (a - 1)"] }\nv = { shape = ["2 ** (20000 * a)"] }\n'
    more = claim("b", "4") + claim("w", "4").replace('"c"', '"w"') + claim("v", "4").replace('"c"', '"v"')
    assert verdicts(HEAD + tensors + more) == ["holds", "errored", "errored"]


def test_the_rows_of_a_table_are_told_at_their_names() -> None:
    table = """[tensors]
w = { shape = ["a - 1", "a - 1"], per = ["b - 4 if odd else 1"] }
[[table]]
id = "t"
symbols = ["a"]
set = { b = 2 }
conventions = { odd = "odd" }
rows = '''
| name  | a | odd | w |
|-------|---|-----|---|
| One   | 1 | no  | 0 |
| Two   | 4 | yes | 9 |
'''
[[table.claims]]
column = "w"
equals = "w"
[[table.claims]]
id = "other"
asserts = "w == 0"
conventions = { odd = true }
"""
    size = "b - 4 if odd else 1"
    assert mistakes(HEAD + table) == [
        f"s.toml:22:3: error: claim 't.other@one', model 'one': tensor 'w' has {size} = -2 in 'per', {EXPECTED}",
        f"s.toml:23:3: error: table 't', row 'Two': tensor 'w' has {size} = -2 in 'per', {EXPECTED}",
    ]


def test_an_architecture_may_leave_symbols_without_a_value_and_bring_models() -> None:
    """What a model does not give makes no size; a model of the architecture is told where a claim speaks of it."""
    text = """architecture = "gpt"
[document]
title = "A model"
cite = "a post"
[models.few]
n_layers = 2
[tensors]
w = { shape = ["n_layers - 40", "d_model"] }
v = { shape = ["d_model - 1"] }
"""
    assert mistakes(text + claim("n_layers", "2", 'at = ["few", "gpt2"]')) == [
        f"s.toml:5:1: error: model 'few': tensor 'w' has n_layers - 40 = -38 in 'shape', {EXPECTED}",
        f"s.toml:10:1: error: claim 'c', model 'gpt2': tensor 'w' has n_layers - 40 = -28 in 'shape', {EXPECTED}",
    ]


def test_a_size_may_rest_on_quantities_of_other_tensors() -> None:
    """4 parameters, less 9, are -5; where they do not count, they are 0, less 9."""
    tensors = '[tensors]\nw = { shape = ["b"], when = "not odd" }\nv = { shape = ["rest"] }\n'
    rest = '[quantities]\nrest = "w - less"\nless = "9 * a"\n'
    assert mistakes(HEAD + tensors + rest) == [
        f"s.toml:9:1: error: model 'm': tensor 'v' has rest = -5 in 'shape', {EXPECTED}",
    ]
    assert mistakes(HEAD.replace("odd = false", "odd = true") + tensors + rest) == [
        f"s.toml:9:1: error: model 'm': tensor 'v' has rest = -9 in 'shape', {EXPECTED}",
    ]


def test_sizes_at_many_models_are_worked_out_up_to_a_limit() -> None:
    """900 names, their sum, 1, what is taken from it, and the difference are 904 terms a model."""
    size = f"({' + '.join(['a'] * 900)}) - 1"
    models = "".join(f'[models.m{number}]\nlike = "m"\n' for number in range(1_200))
    (told,) = mistakes(HEAD + models + f'[tensors]\nw = {{ shape = ["{size}"] }}\n')
    grows = f"from here on the sizes of tensors at all models grow past {MAX_TOTAL:,} terms; split the spec"
    assert told.endswith(f": error: model 'm{MAX_TOTAL // 904 - 1}': {grows}")
