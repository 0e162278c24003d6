"""Numbers of any size are written in digits, and read."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.formula.digits import decimal, digits_of, read_integer, read_number

LONG = 10_000


def test_a_number_longer_than_python_writes() -> None:
    """10 ** n is 1 and n times 0; one less is n times 9."""
    assert decimal(10**LONG) == "1" + "0" * LONG
    assert decimal(1 - 10**LONG) == "-" + "9" * LONG
    assert decimal(10 ** (3 * LONG), separator=",") == "1" + ",000" * LONG
    assert digits_of(Fraction(-1, 10**LONG)) == "-1/1" + "0" * LONG
    assert read_integer("1" + "0" * LONG) == 10**LONG
    assert read_integer("-" + "9" * LONG) == 1 - 10**LONG
    assert read_number("-7/1" + "0" * LONG) == Fraction(-7, 10**LONG)


@given(st.integers(-(10**50), 10**50), st.integers(1, 10**50))
def test_short_ones_are_as_python_writes_them(above: int, below: int) -> None:
    value = Fraction(above, below)
    assert (decimal(above), decimal(above, separator=",")) == (str(above), f"{above:,}")
    assert digits_of(value) == str(value)
    assert (read_integer(str(above)), read_number(str(value))) == (above, value)


@given(st.integers(2_990, 9_010), st.integers(0, 10**9), st.sampled_from(("", "-")))
def test_what_is_read_is_what_was_written(zeros: int, end: int, sign: str) -> None:
    text = f"{sign}5{'0' * zeros}{end:010}"
    value = (-1 if sign else 1) * (5 * 10 ** (zeros + 10) + end)
    assert read_integer(text) == value
    assert decimal(value) == text


@pytest.mark.parametrize("text", ["", "-", "--1", "+1", "1x", "1_000", "1" * 3_000 + " 1", "²", "٣"])
def test_what_is_no_integer_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="expected an integer, found '"):
        read_integer(text)
