"""The picture of a count has a line for each component, bars that add up to the whole, and no names that could act."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from html_reader import read_html
from weighbridge.cli import main
from weighbridge.count import picture, wording
from weighbridge.count.picture import BAR, COLOURS, MAX_LINES, Picture, picture_of
from weighbridge.count.to_html import to_html
from weighbridge.count.to_svg import to_svg
from weighbridge.count.tree import Component, Count

SVG = "{http://www.w3.org/2000/svg}"


def leaf(name: str, count: int) -> Component:
    return Component(name=name, count=count, tensors=1)


def branch(name: str, *parts: Component) -> Component:
    return Component(
        name=name, count=sum(each.count for each in parts), tensors=sum(each.tensors for each in parts), parts=parts
    )


def counted(*components: Component) -> Count:
    total = sum(each.count for each in components)
    return Count(source="dir/model.safetensors", kind="safetensors", total=total, components=components)


def drawn(*components: Component, depth: int = 2) -> Picture:
    return picture_of(counted(*components), depth=depth)


SMALL = (leaf("embedding", 600), branch("attention", leaf("query", 200), leaf("key", 100)), leaf("head", 100))


def test_each_bar_begins_where_the_one_before_on_its_level_ended() -> None:
    """600, 300 and 100 of 1,000; within the second 200 and 100."""
    lines = [(each.name, each.level, each.left, each.width, each.share) for each in drawn(*SMALL).lines]
    assert lines == [
        ("embedding", 0, 0.0, 0.6 * BAR, "60.0%"),
        ("attention", 0, 0.6 * BAR, 0.3 * BAR, "30.0%"),
        ("query", 1, 0.6 * BAR, 0.2 * BAR, "20.0%"),
        ("key", 1, 0.8 * BAR, 0.1 * BAR, "10.0%"),
        ("head", 0, 0.9 * BAR, 0.1 * BAR, "10.0%"),
    ]


def test_fewer_levels_are_drawn_where_fewer_are_asked_for() -> None:
    assert [each.name for each in drawn(*SMALL, depth=1).lines] == ["embedding", "attention", "head"]


def test_parts_too_small_to_be_seen_are_drawn_together() -> None:
    parts = (leaf("large", 100_000), leaf("one", 2), leaf("two", 3))
    assert [(each.name, each.count) for each in drawn(branch("all", *parts), leaf("rest", 5)).lines] == [
        ("all", "100,005"),
        ("large", "100,000"),
        ("2 others", "5"),
        ("rest", "5"),
    ]


def test_a_single_part_too_small_to_be_seen_keeps_its_name() -> None:
    parts = (leaf("large", 100_000), leaf("one", 2))
    assert [each.name for each in drawn(branch("all", *parts), leaf("rest", 5)).lines] == [
        "all",
        "large",
        "one",
        "rest",
    ]


def test_of_many_components_the_largest_are_drawn_and_the_others_together() -> None:
    lines = drawn(*(leaf(f"c{each}", each) for each in range(1, 201))).lines
    assert len(lines) == MAX_LINES
    assert [each.name for each in lines[:2]] == [f"c{201 - MAX_LINES + 1}", f"c{201 - MAX_LINES + 2}"]
    rest = 201 - MAX_LINES
    assert (lines[-1].name, lines[-1].count) == (f"{rest} others", f"{rest * (rest + 1) // 2:,}")


def test_a_long_name_keeps_its_end_and_is_whole_in_its_title() -> None:
    name = "language_model.model.layers.*.self_attn.q_proj.weight"
    line = drawn(leaf(name, 1), leaf("b", 1)).lines[0]
    assert (line.name, line.whole) == ("language_mo…lf_attn.q_proj.weight", name)


@given(st.lists(st.integers(1, 10**15), min_size=1, max_size=MAX_LINES))
def test_no_bar_is_drawn_outside_the_whole(counts: list[int]) -> None:
    for line in drawn(*(leaf(f"c{place}", each) for place, each in enumerate(counts))).lines:
        assert 0 <= line.left <= line.left + line.width <= BAR + 0.02, "hundredths of a pixel are rounded"


def test_it_is_an_image_with_a_title_and_a_description_and_loads_nothing() -> None:
    text = to_svg(counted(*SMALL))
    root = ET.fromstring(text)
    assert root.attrib["role"] == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == "model.safetensors: 1,000 parameters"
    assert root[1].text == ("1,000 parameters: embedding 600 (60.0%), attention 300 (30.0%), head 100 (10.0%).")
    assert "script" not in text
    assert re.findall(r"https?://[^\"' ]*", text) == ["http://www.w3.org/2000/svg"]
    assert to_svg(counted(*SMALL)) == text


HOSTILE = "</text><script>alert(1)</script>&\x1b[31m\n"


def test_names_from_strangers_are_shown_and_do_nothing() -> None:
    for text in (to_svg(counted(leaf(HOSTILE, 1))), to_html(counted(leaf(HOSTILE, 1)))):
        assert "<script" not in text
        assert "\x1b" not in text
        assert r"\x1b[31m\n" in text
    ET.fromstring(to_svg(counted(leaf(HOSTILE, 1))))


@pytest.mark.parametrize(("ground", "least"), [((255, 255, 255), 3.0), ((13, 17, 23), 3.0)], ids=["white", "black"])
def test_colours_are_told_from_both_grounds(ground: tuple[int, int, int], least: float) -> None:
    """As WCAG 2.1, 1.4.11 asks of graphics."""

    def luminance(colour: tuple[int, ...]) -> float:
        parts = [each / 255 for each in colour]
        linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for colour in COLOURS:
        one, other = sorted([luminance(tuple(bytes.fromhex(colour[1:]))), luminance(ground)])
        assert (other + 0.05) / (one + 0.05) >= least, colour


def test_the_page_has_the_picture_and_all_that_the_text_says(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"model_type": "gpt2"}')
    page = tmp_path / "page.html"
    assert main(["count", str(config), "--format", f"html:{page}"]) == 0
    text = capfd.readouterr().out
    shown = " ".join(read_html(page.read_text()).text().split())
    for line in text.splitlines():
        for figure in re.findall(r"\d[\d,]{3,}", line.partition("config.json")[2] or line):
            assert figure in shown, figure
    assert "with a head of its own" in shown


def test_formats_go_to_files_and_text_here(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"model_type": "gpt2"}')
    arguments = ["count", str(config), "--format", f"json:{tmp_path}/count.json", "--format", f"svg:{tmp_path}/a.svg"]
    assert main(arguments) == 0
    assert capfd.readouterr().out.startswith(f"{config}: GPT2LMHeadModel, 124,439,808 parameters\n")
    assert json.loads((tmp_path / "count.json").read_text())["total"] == "124439808"
    assert (tmp_path / "a.svg").read_text().startswith("<svg ")


@pytest.mark.parametrize(
    ("formats", "message"),
    [
        (
            ("json", "svg"),
            "--format json and --format svg both go to standard output; write one of them to a file: svg:PATH",
        ),
        (("svg:{path}",), "--format: '{path}' is what is weighed here; name another file to write to"),
        (("sgv",), "--format: there is no format 'sgv'; did you mean 'svg'?"),
    ],
    ids=["two here", "over the config", "unknown"],
)
def test_where_a_format_can_not_go_is_one_line(
    formats: tuple[str, ...], message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"model_type": "gpt2"}')
    flags = [word for each in formats for word in ("--format", each.format(path=config))]
    assert main(["count", str(config), *flags]) == 2
    assert capfd.readouterr().err == f"weighbridge: error: {message.format(path=config)}\n"
    assert config.read_text() == '{"model_type": "gpt2"}'


@pytest.mark.parametrize("module", [picture, wording], ids=lambda module: module.__name__)
def test_examples(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert (found.attempted > 0, found.failed) == (True, 0)
