"""A coincidence is no explanation: what random figures and slips of the pen are told, and how it is weighed.

The counts in the first half are by hand; the second half changes 124,439,808, the size of GPT-2 small, at random.
"""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from gpt2_small import spec_with, why
from weighbridge.explain.chance import Odds, roundness, unlikely_within
from weighbridge.explain.slips import slip
from weighbridge.judge import Options, judge
from weighbridge.verdict import Refuted

TOTAL = 124_439_808


def test_one_number_in_a_hundred_may_be_met_by_chance() -> None:
    """From 384 to 1,536 there are 1,153 numbers: eleven of them may have been tried."""
    assert Odds(768).met((value, value) for value in range(768, 779)) == [768]
    assert Odds(768).met((value, value) for value in range(768, 780)) == []
    assert Odds(-768).met((-value, value) for value in range(768, 779)) == [768]


def test_only_numbers_of_a_size_and_a_sign_are_held_against_it() -> None:
    far = [*range(1, 384), *range(1_537, 3_000), *range(-900, 0)]
    assert Odds(768).met((value, value) for value in (*far, 768)) == [768]


def test_what_was_tried_before_counts() -> None:
    odds = Odds(768)
    assert odds.met((value, value) for value in range(1_000, 1_011)) == []
    assert odds.met([(768, "the twelfth")]) == []


def test_a_number_that_is_tried_twice_counts_once() -> None:
    assert Odds(768).met((768, text) for text in "abcdefghijklmnop") == list("abcdefghijklmnop")


def test_a_round_difference_is_held_against_round_numbers() -> None:
    """Of 2,000 only 1,000, 2,000, 3,000 and 4,000 are as round: a digit that slips gives one of them."""
    assert Odds(2_000).met([(2_000, "norm")]) == []
    assert Odds(2_000).met([(2_000, "norm")], plain=True) == ["norm"]
    assert (roundness(2_000), roundness(2_048), roundness(175_181_291_520)) == (1_000, 1, 10)


def test_a_fraction_is_weighed_by_its_own_unit() -> None:
    """7.5 is 15 halves: from 8 to 30 there are 23; 750.5 is 1,501 halves, one of some two thousand."""
    assert Odds(Fraction(15, 2)).met([(Fraction(15, 2), "half")]) == []
    assert Odds(Fraction(1_501, 2)).met([(Fraction(1_501, 2), "half"), (750, "whole")]) == ["half"]


def test_an_artifact_has_no_slip_of_the_pen() -> None:
    """Of 13 numbers from 4 to 16 one was tried: more than one in a hundred, but nothing but a tensor gives it."""
    assert Odds(8).met([(8, "norm")], plain=True) == []
    assert Odds(8, one_in=1).met([(8, "norm")], plain=True) == ["norm"]


def test_a_rounded_figure_is_weighed_by_how_much_room_it_has() -> None:
    """From 15 to 60 millions a room of one million is 1/45; two values of that size find it at 1/22, three at 1/15."""
    assert unlikely_within(30_000_000, 1_000_000, [30_100_000, 20_000_000])
    assert not unlikely_within(30_000_000, 1_000_000, [30_100_000, 20_000_000, 40_000_000])
    assert unlikely_within(30_000_000, 1_000_000, [30_100_000, 20_000_000, 61_000_000, 14_000_000])


def told(figures: list[int]) -> list[tuple[str, ...]]:
    """Return what is said of each of these figures, printed for the size of GPT-2 small."""
    claims = (
        f'[[claim]]\nid = "c{place}"\nprinted = "{each}"\nequals = "total"\n' for place, each in enumerate(figures)
    )
    verdicts = [each.verdict for each in judge(spec_with("\n".join(claims)), {}, Options(engine="algebra"))]
    assert all(isinstance(verdict, Refuted) for verdict in verdicts)
    return [verdict.explanations for verdict in verdicts if isinstance(verdict, Refuted)]


def test_every_digit_that_slips_is_told_as_that_and_as_nothing_else() -> None:
    text = str(TOTAL)
    for place, right in enumerate(text):
        wrong = [digit for digit in "123456789" if digit != right]
        figures = [int(text[:place] + digit + text[place + 1 :]) for digit in wrong]
        assert told(figures) == [(f"one digit differs: {digit} in place of {right}",) for digit in wrong]


def test_a_random_figure_is_hardly_ever_given_a_reason() -> None:
    """One difference in a hundred may be explained at each size; of three hundred that would be three."""
    chance = random.Random(20)  # noqa: S311 - no secret, only the same figures in every run
    sizes = [10 ** chance.uniform(2, 7.5) for _ in range(300)]
    figures = [TOTAL + chance.choice((-1, 1)) * int(size) for size in sizes]
    reasons = [line for lines in told(figures) for line in lines if "digit" not in line]
    assert len(reasons) <= 3, reasons


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (124_439_818, "one digit differs: 1 in place of 0"),
        (124_493_808, "two digits are swapped: 93 in place of 39"),
        (184_439_802, "two digits are swapped: 2 and 8"),
        (12_443_980, "one digit is missing: 8"),
        (24_439_808, "one digit is missing: 1"),
        (12_439_808, "one digit is missing: 4"),
        (1_244_439_808, "one digit is too many: 4"),
        (1_244_398_080, "one digit is too many: 0"),
        (7_124_439_808, "one digit is too many: 7"),
        (124_439_919, ""),
        (124_493_880, ""),
        (1_244_439, ""),
        (TOTAL, ""),
    ],
)
def test_a_slip_of_the_pen_is_one_digit_or_two_that_are_swapped(printed: int, expected: str) -> None:
    assert slip(printed, TOTAL) == expected


def test_of_three_digits_too_many_numbers_are_a_slip_away() -> None:
    """27 of the 900 numbers of three digits differ from 768 in one digit, of four digits 36 of 9,000."""
    assert slip(758, 768) == ""
    assert slip(4_097, 4_096) == "one digit differs: 7 in place of 6"
    assert slip(-4_097, -4_096) == ""


def test_a_zero_too_few_is_a_slip_and_no_ratio() -> None:
    """38,400 are the norms; 3,840 has lost a 0."""
    assert why('printed = "3,840"\nequals = "layer_norms"') == ("one digit is missing: 0",)


def test_a_tensor_of_a_round_size_is_told_beside_the_slip_that_it_may_be() -> None:
    more = '\n[tensors.labels]\nshape = ["1_000"]'
    assert why(f'printed = "124,438,808"\nequals = "total - labels"{more}') == (
        "off by 1,000 = 1000: labels",
        "one digit differs: 8 in place of 9",
    )
