"""A printed figure stands for exactly the values that rounding would have printed like it."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from strategies import PrintedFigure, figures_as_printed
from weighbridge.formula.figures import Figure, FigureError, Rounding, read_figure

BILLION = 10**9


@pytest.mark.parametrize(
    ("text", "interval", "unit"),
    [
        ("617,558,016", "[617,558,016, 617,558,016]", ""),
        ("12,288", "[12,288, 12,288]", ""),
        ("12_288", "[12,288, 12,288]", ""),
        ("12288", "[12,288, 12,288]", ""),
        ("12 288", "[12,288, 12,288]", ""),
        ("12\u00a0288", "[12,288, 12,288]", ""),
        ("12\u2009288", "[12,288, 12,288]", ""),
        ("12\u202f288", "[12,288, 12,288]", ""),
        ("12{,}288", "[12,288, 12,288]", ""),
        (r"12\,288", "[12,288, 12,288]", ""),
        (" 96 ", "[96, 96]", ""),
        ("-5", "[-5, -5]", ""),
        ("−5", "[-5, -5]", ""),
        ("0", "[0, 0]", ""),
        ("175B", "[174,500,000,000, 175,500,000,000)", ""),
        ("175 billion", "[174,500,000,000, 175,500,000,000)", ""),
        ("175\u00a0Billion", "[174,500,000,000, 175,500,000,000)", ""),
        ("174B", "[173,500,000,000, 174,500,000,000]", ""),
        ("-175B", "(-175,500,000,000, -174,500,000,000]", ""),
        ("175.0bn", "[174,950,000,000, 175,050,000,000]", ""),
        ("1.3B", "[1,250,000,000, 1,350,000,000)", ""),
        ("125M", "[124,500,000, 125,500,000)", ""),
        ("1,542M", "[1,541,500,000, 1,542,500,000]", ""),
        ("0.5M", "[450,000, 550,000)", ""),
        ("50k", "[49,500, 50,500]", ""),
        ("50K", "[49,500, 50,500]", ""),
        ("4Ki", "[3,584, 4,608]", ""),
        ("1.5 trillion", "[1,450,000,000,000, 1,550,000,000,000)", ""),
        ("3 thousand", "[2,500, 3,500)", ""),
        ("7.0 million", "[6,950,000, 7,050,000]", ""),
        ("33.1%", "[0.3305, 0.3315)", ""),
        (r"33.1\%", "[0.3305, 0.3315)", ""),
        ("33.1 percent", "[0.3305, 0.3315)", ""),
        ("50 %", "[0.495, 0.505]", ""),
        ("1.0", "[0.95, 1.05]", ""),
        ("0.0", "[-0.05, 0.05]", ""),
        ("3.14e23", "[313,500,000,000,000,000,000,000, 314,500,000,000,000,000,000,000]", ""),
        ("3.14E+23", "[313,500,000,000,000,000,000,000, 314,500,000,000,000,000,000,000]", ""),
        ("3.14 × 10^23", "[313,500,000,000,000,000,000,000, 314,500,000,000,000,000,000,000]", ""),
        ("3.14 x 10**23", "[313,500,000,000,000,000,000,000, 314,500,000,000,000,000,000,000]", ""),
        ("3.14×10²³", "[313,500,000,000,000,000,000,000, 314,500,000,000,000,000,000,000]", ""),
        (r"3.14\times 10^{23}", "[313,500,000,000,000,000,000,000, 314,500,000,000,000,000,000,000]", ""),
        (r"3.14 \cdot 10^{23}", "[313,500,000,000,000,000,000,000, 314,500,000,000,000,000,000,000]", ""),
        ("6 × 10⁻⁴", "[0.00055, 0.00065]", ""),
        ("350 GB", "[349,500,000,000, 350,500,000,000]", "bytes"),
        ("350~GB", "[349,500,000,000, 350,500,000,000]", "bytes"),
        ("350 GiB", "[375,272,767,488, 376,346,509,312]", "bytes"),
        ("350 billion bytes", "[349,500,000,000, 350,500,000,000]", "bytes"),
        ("1,024 bytes", "[1,024, 1,024]", "bytes"),
        ("1 byte", "[1, 1]", "bytes"),
        ("2.5 TFLOPs", "[2,450,000,000,000, 2,550,000,000,000)", "FLOPs"),
        ("1.5 PFLOPs", "[1,450,000,000,000,000, 1,550,000,000,000,000)", "FLOPs"),
        ("8.64e19 FLOPs", "[86,350,000,000,000,000,000, 86,450,000,000,000,000,000]", "FLOPs"),
        ("2 FLOPs", "[2, 2]", "FLOPs"),
    ],
)
def test_what_each_form_of_a_figure_stands_for(text: str, interval: str, unit: str) -> None:
    figure = read_figure(text)
    assert (figure.interval, figure.unit, figure.text) == (interval, unit, text)


FORMS = "digits with a scale or unit, such as '617,558,016', '175B', '1.3 billion', '33.1%', '3.14e23' or '350 GB'"
COMMAS = "commas between groups of three digits, and decimals behind a point"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"'' is not a figure; expected {FORMS}"),
        ("three-quarters", f"'three-quarters' is not a figure; expected {FORMS}"),
        ("B", f"'B' is not a figure; expected {FORMS}"),
        ("1.", f"'1.' is not a figure; expected {FORMS}"),
        (".5", f"'.5' is not a figure; expected {FORMS}"),
        ("1.2.3", f"'1.2.3' is not a figure; expected {FORMS}"),
        ("- 5", f"'- 5' is not a figure; expected {FORMS}"),
        ("~5", f"'~5' is not a figure; expected {FORMS}"),
        ("12 28", f"'12 28' is not a figure; expected {FORMS}"),
        ("12\n288", f"'12\n288' is not a figure; expected {FORMS}"),
        ("١٢", f"'١٢' is not a figure; expected {FORMS}"),
        ("12٣", f"'12٣' is not a figure; expected {FORMS}"),
        ("3 × 10^{23", f"'3 × 10^{{23' is not a figure; expected {FORMS}"),
        ("175BB%", f"'175BB%' is not a figure; expected {FORMS}"),
        ("1,23", f"'1,23' is not a figure; expected {COMMAS}"),
        ("12,2888", f"'12,2888' is not a figure; expected {COMMAS}"),
        ("1234,567", f"'1234,567' is not a figure; expected {COMMAS}"),
        ("1,234 567", f"'1,234 567' is not a figure; expected {COMMAS}"),
        ("3.14 × 1023", "'3.14 × 1023' is not a figure; expected a power of ten as 10^23"),
        ("2 x 1024", "'2 x 1024' is not a figure; expected a power of ten as 10^23"),
        ("7b", "unknown scale or unit 'b' in '7b'; did you mean 'B'?"),
        ("350 gb", "unknown scale or unit 'gb' in '350 gb'; did you mean 'GB'?"),
        ("3 milion", "unknown scale or unit 'milion' in '3 milion'; did you mean 'million'?"),
        ("3 milion bytes", "unknown scale or unit 'milion bytes' in '3 milion bytes'; did you mean 'million'?"),
        ("1 billion GB", "two scales in '1 billion GB': 'billion' and 'GB'"),
        ("1e61", "'1e61' is past 10^60"),
        ("1 × 10^-61", "'1 × 10^-61' is past 10^60"),
        ("9" * 101, "a figure has at most 100 characters"),
    ],
)
def test_what_is_no_figure_says_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(FigureError) as caught:
        read_figure(text)
    assert str(caught.value) == message


@settings(max_examples=300)
@given(figures_as_printed())
def test_a_figure_stands_for_half_a_unit_of_its_last_digit_to_either_side(printed: PrintedFigure) -> None:
    figure = read_figure(printed.text)
    half = 0 if printed.plain else printed.step / 2
    value = printed.digits * printed.step
    assert (figure.value, figure.low, figure.high, figure.unit) == (value, value - half, value + half, printed.unit)
    assert figure.exact == printed.plain
    assert value in figure


#: How a value may have been rounded to `places` decimals of a scale, and what stands for the scale.
SCALES = st.sampled_from((("", 1), ("k", 10**3), ("M", 10**6), ("B", 10**9), ("e12", 10**12)))


@settings(max_examples=300)
@given(st.integers(-(10**15), 10**15), st.integers(1, 4), SCALES)
@example(174_500_000_000, 1, ("B", BILLION))
@example(1_250_000_000, 1, ("B", BILLION))
@example(1_350_000_000, 1, ("B", BILLION))
@example(-1_350_000_000, 1, ("B", BILLION))
@example(-450_000, 1, ("M", 10**6))
def test_whatever_rounds_to_a_figure_is_in_it_and_nothing_else(value: int, places: int, scale: tuple[str, int]) -> None:
    """Decimal rounds, to the nearest with halves up (away from zero) and with halves to even."""
    suffix, factor = scale
    step = Decimal(1).scaleb(-places)
    with localcontext(prec=60):
        exact = Decimal(value) / factor
        both = {exact.quantize(step, rounding) for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN)}
        for rounded in both:
            assert value in read_figure(f"{rounded:,f}{suffix}")
        for other in {each + offset for each in both for offset in (step, -step)} - both:
            assert value not in read_figure(f"{other:,f}{suffix}")


def test_the_longest_and_the_largest_figure_are_read() -> None:
    assert read_figure("9" * 100).value == 10**100 - 1
    assert read_figure("1e60").value == 10**60
    assert read_figure("1e-60").value == Fraction(1, 10**60)


def bounds_of(figure: Figure) -> tuple[Fraction, Fraction, bool, bool]:
    return figure.low, figure.high, figure.includes_low, figure.includes_high


@pytest.mark.parametrize(
    ("text", "precision", "rounding", "about", "interval"),
    [
        ("125M", "10M", None, "", "[120,000,000, 130,000,000)"),
        ("120M", "10M", None, "", "[115,000,000, 125,000,000]"),
        ("130M", "10M", None, "", "[125,000,000, 135,000,000)"),
        ("-120M", "10M", None, "", "[-125,000,000, -115,000,000]"),
        ("-130M", "10M", "nearest", "", "(-135,000,000, -125,000,000]"),
        ("12,288", "1k", None, "", "[11,788, 12,788)"),
        ("12,000", "1k", None, "", "[11,500, 12,500]"),
        ("175B", "1", None, "", "[174,999,999,999.5, 175,000,000,000.5]"),
        ("350 GB", "10 GB", None, "", "[345,000,000,000, 355,000,000,000)"),
        ("350 GB", "10 billion", None, "", "[345,000,000,000, 355,000,000,000)"),
        ("33%", "0.1%", None, "", "[0.3295, 0.3305]"),
        ("175B", "", "down", "", "[175,000,000,000, 176,000,000,000)"),
        ("175B", "", "up", "", "(174,000,000,000, 175,000,000,000]"),
        ("175B", "", "nearest", "", "[174,500,000,000, 175,500,000,000)"),
        ("-175B", "", "down", "", "(-176,000,000,000, -175,000,000,000]"),
        ("-175B", "", "up", "", "[-175,000,000,000, -174,000,000,000)"),
        ("175", "", "down", "", "[175, 176)"),
        ("175", "", "up", "", "(174, 175]"),
        ("175", "", "nearest", "", "[174.5, 175.5)"),
        ("174", "", "nearest", "", "[173.5, 174.5]"),
        ("-175", "", "nearest", "", "(-175.5, -174.5]"),
        ("125M", "10M", "down", "", "[125,000,000, 135,000,000)"),
        ("125M", "10M", "up", "", "(115,000,000, 125,000,000]"),
        ("200", "", None, "5%", "[190, 210]"),
        ("-200", "", None, "5%", "[-210, -190]"),
        ("175B", "", None, "0.1 percent", "[174,825,000,000, 175,175,000,000]"),
        ("0", "", None, "5%", "[0, 0]"),
    ],
)
def test_overrides_of_a_figure_s_precision(
    text: str, precision: str, rounding: Rounding | None, about: str, interval: str
) -> None:
    assert read_figure(text, precision=precision, rounding=rounding, about=about).interval == interval


@pytest.mark.parametrize(
    ("text", "precision", "rounding", "about", "message"),
    [
        ("175B", "0", None, "", "a precision is positive, '0' is not"),
        ("175B", "-1B", None, "", "a precision is positive, '-1B' is not"),
        ("175B", "ten", None, "", f"'ten' is not a figure; expected {FORMS}"),
        ("175B", "1 GB", None, "", "a precision in bytes does not fit a figure in plain numbers"),
        ("350 GB", "1 GFLOPs", None, "", "a precision in FLOPs does not fit a figure in bytes"),
        ("175B", "1%", None, "", "'1%' as a precision is 0.01; a share of the value is an 'about'"),
        ("175B", "", None, "0%", "expected a percentage between 0% and 100%, such as '5%', found '0%'"),
        ("175B", "", None, "100%", "expected a percentage between 0% and 100%, such as '5%', found '100%'"),
        ("175B", "", None, "-5%", "expected a percentage between 0% and 100%, such as '5%', found '-5%'"),
        ("175B", "", None, "0.05", "expected a percentage between 0% and 100%, such as '5%', found '0.05'"),
        ("175B", "1B", None, "5%", "'about' stands alone: it replaces 'precision' and 'rounding'"),
        ("175B", "", "down", "5%", "'about' stands alone: it replaces 'precision' and 'rounding'"),
    ],
)
def test_overrides_that_do_not_fit(
    text: str, precision: str, rounding: Rounding | None, about: str, message: str
) -> None:
    with pytest.raises(FigureError) as caught:
        read_figure(text, precision=precision, rounding=rounding, about=about)
    assert str(caught.value) == message


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.sampled_from(("down", "up", "nearest")))
def test_a_precision_makes_multiples_cover_every_value_as_often_as_rounding_could_print_it(
    value: int, step: int, rounding: Rounding
) -> None:
    """Integer arithmetic rounds; halfway between two multiples, the larger or the even one may have been printed."""
    count, rest = divmod(value, step)
    could_print = {
        "down": {count},
        "up": {count + (rest > 0)},
        "nearest": {count + (2 * rest >= step), count + (2 * rest > step or (2 * rest == step and count % 2 == 1))},
    }[rounding]
    for multiple in range(max(count - 2, 0), count + 4):
        figure = read_figure(f"{multiple * step}", precision=f"{step}", rounding=rounding)
        assert (value in figure) == (multiple in could_print), (multiple, figure.interval)


def test_both_ends_are_as_the_interval_says() -> None:
    figure = Figure("", Fraction(1), Fraction(0), Fraction(2), includes_low=False, includes_high=False)
    assert [each in figure for each in (-1, 0, Fraction(1, 9), 2, 3)] == [False, False, True, False, False]
    assert figure.interval == "(0, 2)"
    assert bounds_of(read_figure("174B")) == (Fraction(1735 * 10**8), Fraction(1745 * 10**8), True, True)
