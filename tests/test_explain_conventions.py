"""Which conventions make a claim true: all settings are tried, the nearest are told, and each of them holds."""

from __future__ import annotations

import itertools
import tomllib

import pytest

from gpt2_small import DECLARED, spec_with, why
from weighbridge.architectures import shipped, source_of
from weighbridge.explain.conventions import STRUCTURAL, nearest
from weighbridge.formula.figures import read_figure
from weighbridge.judge import Options, judge
from weighbridge.spec.architectures import Library
from weighbridge.spec.ask import claim_questions
from weighbridge.spec.read import read_spec
from weighbridge.verdict import Holds, Refuted

#: What each convention adds to GPT-2 small, by hand (see `gpt2_small`); `tied` takes away.
BARE = 38_597_376 + 28_311_552 + 56_623_104
ADDS = {"biases": 82_944, "norms": 38_400, "positions": 786_432}
CONVENTIONS = ("tied", "biases", "norms", "positions")


def count(setting: tuple[bool, ...]) -> int:
    """Return the size of GPT-2 small under a setting of all conventions."""
    on = dict(zip(CONVENTIONS, setting, strict=True))
    return BARE + (0 if on["tied"] else 38_597_376) + sum(size for name, size in ADDS.items() if on[name])


@pytest.mark.parametrize("setting", list(itertools.product((True, False), repeat=4))[1:])
def test_every_setting_is_found_by_the_figure_that_it_gives(setting: tuple[bool, ...]) -> None:
    off = [f"not {name}" for name, on in zip(CONVENTIONS, setting, strict=True) if not on]
    expected = f"true with {' and '.join(off)}; false as declared"
    assert expected in why(f'printed = "{count(setting):,}"\nequals = "total"')


def test_a_setting_is_told_by_what_it_changes_of_the_claims_own() -> None:
    bare = "conventions = { tied = false, biases = false }"
    assert "true with tied and biases; false as declared" in why(f'printed = "124,439,808"\nequals = "total"\n{bare}')


def test_all_of_the_nearest_settings_are_told() -> None:
    """124.4M is from 124.35 to 124.45 million: so it is without biases, and without norms, but not without both."""
    assert count((True, False, False, True)) not in read_figure("124.4M")
    spec = spec_with(
        '[[claim]]\nid = "wrong"\nprinted = "124.4M"\nequals = "total"\nconventions = { biases = false, norms = false }'
    )
    (claim,) = spec.claims
    (asked,) = claim_questions(spec, claim)
    assert list(nearest(spec, claim, asked)) == [{"biases": True}, {"norms": True}]
    (result,) = judge(spec, {}, Options(engine="algebra"))
    assert "true with biases, or with norms; false as declared" in getattr(result.verdict, "explanations", ())


def test_conventions_that_the_claim_does_not_rest_on_are_left_alone() -> None:
    assert why('printed = "7,080,000"\nequals = "key"') == ()


def test_where_no_setting_helps_nothing_is_said_of_conventions() -> None:
    assert not any("declared" in line for line in why('printed = "1"\nequals = "total"'))


def test_a_formula_over_a_grid_is_true_under_a_setting_that_is_proved() -> None:
    text = 'formula = "token_embedding + attention + feedforward"\nequals = "total"\nover = "wide"\n'
    assert "true with not positions; false as declared" in why(
        f"{text}conventions = {{ biases = false, norms = false }}"
    )


def test_an_assertion_at_a_model_is_tried_under_every_setting() -> None:
    assert why('asserts = "total > 150_000_000"') == ("true with not tied; false as declared",)


def test_quantities_that_test_conventions_are_followed() -> None:
    declared = DECLARED.replace('total = "inventory"', 'total = "attention if norms else 2 * attention"')
    assert "true with not norms; false as declared" in why('printed = "56,623,104"\nequals = "total"', declared)


DECODER = """
architecture = "decoder"
[document]
title = "A decoder without a gate"
cite = "none"
[conventions]
gated = false
tied = false
[models.one]
n_layers = 2
d_model = 8
d_embed = 8
n_heads = 2
n_kv_heads = 2
d_head = 4
d_ff = 32
n_vocab = 100
[[claim]]
id = "wrong"
printed = "{figure:,}"
equals = "total"
"""
#: Embedding and head, then attention, the network without a gate and two norms a layer, and the last norm.
UNGATED = 2 * 800 + 2 * (4 * 64 + 2 * 256 + 2 * 8) + 8


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (UNGATED - 800, ("true with tied, or with not head; false as declared",)),
        (UNGATED - 5 * 8, ("true with not norms; false as declared",)),
        (UNGATED + 2 * 256, ()),  # as many as a gate would have
        (UNGATED - 8, ()),  # the final norm
    ],
)
def test_what_a_family_has_is_no_way_of_counting(figure: int, said: tuple[str, ...]) -> None:
    spec = read_spec("decoder.toml", DECODER.format(figure=figure).encode(), library=Library(shipped(), source_of))
    (result,) = judge(spec, {}, Options(engine="algebra"))
    assert isinstance(result.verdict, Refuted)
    assert tuple(line for line in result.verdict.explanations if "declared" in line) == said


def test_every_convention_of_a_shipped_architecture_is_either_a_way_of_counting_or_what_a_family_has() -> None:
    counted = {"tied", "head", "biases", "norms", "learned_positions", "causal_half"}
    behind_the_body = {"pooler", "next_sentence", "classifier"}
    conventions = {
        name for each in shipped() for name in tomllib.loads(source_of(each).decode()).get("conventions", {})
    }
    assert conventions == STRUCTURAL | counted | behind_the_body
    assert not STRUCTURAL & (counted | behind_the_body)


def test_a_spec_may_declare_for_itself_what_it_is_not_sure_of() -> None:
    declared = DECLARED.replace("[conventions]", "[conventions]\ngated = false").replace(
        "[tensors]", '[tensors]\ngate = { shape = ["d_model"], when = "gated" }'
    )
    figure = count((True,) * 4) + 768
    assert "true with gated; false as declared" in why(f'printed = "{figure:,}"\nequals = "total"', declared)


def test_more_conventions_than_can_be_tried_end_in_time_and_what_is_told_holds() -> None:
    """Fourteen switches of one tensor each: settings that change up to three are tried."""
    names = [f"c{place}" for place in range(14)]
    declared = "\n".join(
        (
            '[document]\ntitle = "Many"\ncite = "none"\n[symbols]\nd = "width"\n[models.one]\nd = 1\n[conventions]',
            *(f"{name} = false" for name in names),
            "[tensors]",
            *(f'{name}_t = {{ shape = ["{2**place}", "d"], when = "{name}" }}' for place, name in enumerate(names)),
            "",
        )
    )
    for chosen, told in (((1, 4, 11), True), ((1, 2, 4, 11), False)):
        figure = sum(2**place for place in chosen)
        text = f'[[claim]]\nid = "wrong"\nprinted = "{figure:,}"\nequals = "inventory"\n'
        lines = getattr(judge(spec_with(text, declared), {}, Options())[0].verdict, "explanations", ())
        setting = " and ".join(f"c{place}" for place in chosen)
        assert (f"true with {setting}; false as declared" in lines) is told
    switched = "conventions = { c1 = true, c4 = true, c11 = true }"
    again = spec_with(f'[[claim]]\nid = "right"\nprinted = "2,066"\nequals = "inventory"\n{switched}', declared)
    assert isinstance(judge(again, {}, Options())[0].verdict, Holds)
