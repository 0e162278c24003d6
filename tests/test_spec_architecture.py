"""A spec that starts from an architecture has what is in it, under its own names, and its own words instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from weighbridge.architectures import shipped, source_of
from weighbridge.errors import SpecErrors
from weighbridge.formula.exact import evaluate
from weighbridge.formula.parser import parse
from weighbridge.project import open_project
from weighbridge.spec.architectures import MAX_DEPTH, Library, Unavailable
from weighbridge.spec.ask import claim_questions
from weighbridge.spec.claim_model import At
from weighbridge.spec.expand import expand
from weighbridge.spec.model import Spec
from weighbridge.spec.question import AtPoint
from weighbridge.spec.read import read_spec

DOCUMENT = '[document]\ntitle = "A model"\ncite = "a post"\n'
BLOCKS = """
[symbols]
n = "blocks"
d = { text = "width", latex = "D" }
h = { text = "hidden width", default = "4 * d" }
c = "context"
[conventions]
positions = true
[tensors]
table = { shape = ["d", 10] }
place = { shape = ["d", "c"], when = "positions" }
mix = { shape = ["d", "h"], per = ["n"] }
[quantities]
blocks = "mix"
total = "table + place + blocks"
[models.small]
n = 2
d = 3
c = 5
"""


def library_of(**files: str) -> Library:
    """Return a library with these shipped architectures; a name with a double underscore is a path."""
    texts = {name.replace("__", "/") + (".toml" if "__" in name else ""): text for name, text in files.items()}

    def read(source: str) -> bytes:
        if source not in texts:
            raise Unavailable(f"'{source}': there is no such file")
        return texts[source].encode()

    return Library(tuple(name for name in texts if not name.endswith(".toml")), read)


BLOCKS_ONLY = library_of(blocks=BLOCKS)


def spec_of(text: str, library: Library = BLOCKS_ONLY, start: str = 'architecture = "blocks"\n') -> Spec:
    return read_spec("spec/x.toml", (start + text + DOCUMENT).encode(), library=library)


def errors_of(text: str, library: Library = BLOCKS_ONLY, start: str = 'architecture = "blocks"\n') -> str:
    with pytest.raises(SpecErrors) as caught:
        spec_of(text, library, start)
    return str(caught.value)


def value_of(spec: Spec, text: str, values: dict[str, int], **conventions: bool) -> object:
    return evaluate(expand(parse(text), spec, {**spec.conventions, **conventions}), values)


def test_an_architecture_that_several_specs_are_built_on_is_read_once() -> None:
    read: list[str] = []

    def reading(source: str) -> bytes:
        read.append(source)
        return BLOCKS.partition("[models.small]")[0].encode()

    library = Library(("blocks",), reading)
    first, second = (spec_of(f"[models.mine]\nn = 2\nd = {d}\nc = 5\n", library) for d in (3, 4))
    assert read == ["blocks"]
    assert [value_of(each, "inventory", dict(each.models["mine"].values)) for each in (first, second)] == [
        value_of(spec_of(MINE), "inventory", {"n": 2, "d": d, "h": 4 * d, "c": 5}) for d in (3, 4)
    ]


MINE = "[models.mine]\nn = 2\nd = 3\nc = 5\n"


def test_a_spec_has_what_is_in_its_architecture() -> None:
    spec = spec_of(MINE)
    assert list(spec.symbols) == ["n", "d", "h", "c"]
    assert spec.conventions == {"positions": True}
    assert list(spec.tensors) == ["table", "place", "mix"]
    assert spec.models["mine"].values == {"n": 2, "d": 3, "h": 12, "c": 5}
    assert spec.architectures == ("blocks",)
    assert value_of(spec, "total", {"n": 2, "d": 3, "h": 12, "c": 5}) == 3 * 10 + 3 * 5 + 2 * 3 * 12
    assert value_of(spec, "inventory", {"n": 2, "d": 3, "h": 12, "c": 5}, positions=False) == 3 * 10 + 2 * 3 * 12


def test_a_default_is_shown_as_an_assumption_unless_the_model_says_otherwise() -> None:
    spec = spec_of(
        MINE + '[models.wider]\nlike = "mine"\nd = 6\n[models.said]\nlike = "mine"\nh = 7\n'
        '[models.why]\nlike = "mine"\nassumed = { h = "as usual" }\n'
    )
    assert spec.models["mine"].assumed == {"h": "by default, 4 * d"}
    assert (spec.models["wider"].values["h"], spec.models["wider"].assumed) == (24, {"h": "by default, 4 * d"})
    assert (spec.models["said"].values["h"], spec.models["said"].assumed) == (7, {})
    assert spec.models["why"].assumed == {"h": "as usual"}


def test_a_default_that_follows_from_nothing_is_shown_without_its_number_once_more() -> None:
    """A report shows the value beside it: n_tokens = 2,000 (by default)."""
    spec = spec_of(MINE + '[symbols.t]\ntext = "tokens"\ndefault = 2_000\n')
    assert spec.models["mine"].assumed == {"h": "by default, 4 * d", "t": "by default"}


def test_what_the_spec_says_replaces_what_the_architecture_says() -> None:
    spec = spec_of(
        MINE + '[conventions]\npositions = false\n[tensors]\nmix = { shape = ["d", "d"] }\nextra = { shape = ["d"] }\n'
        '[quantities]\ntotal = "2 * blocks"\n[symbols]\nd = "how wide"\nz = { text = "another", default = 1 }\n'
        'c = { latex = "C" }\n'
    )
    values = dict(spec.models["mine"].values)
    assert list(spec.symbols) == ["n", "d", "h", "c", "z"]
    assert (spec.symbols["d"].text, spec.symbols["d"].latex) == ("how wide", "D")
    assert (spec.symbols["c"].text, spec.symbols["c"].latex) == ("context", "C")
    assert value_of(spec, "blocks", values) == 3 * 3
    assert value_of(spec, "total", values) == 2 * 3 * 3
    assert value_of(spec, "inventory", values) == 3 * 10 + 3 * 3 + 3


def test_a_removed_tensor_counts_nothing_in_the_architectures_quantities() -> None:
    spec = spec_of(MINE + "[tensors]\nplace = false\n")
    assert list(spec.tensors) == ["table", "mix"]
    assert value_of(spec, "total - inventory", dict(spec.models["mine"].values)) == 0
    assert errors_of(MINE + '[tensors]\nplace = false\n[[claim]]\nid = "c"\nasserts = "place > 0"\n') == (
        "spec/x.toml:10:12: error: claim 'c': unknown name 'place'; "
        "known here: 'blocks', 'c', 'd', 'h', 'inventory', 'mix', 'n', 'positions', 'table', 'total'"
    )


def test_names_of_the_architecture_can_be_the_documents_own() -> None:
    spec = spec_of(
        "[models.mine]\nL = 2\nwidth = 3\nc = 5\n",
        start='architecture = "blocks"\nrename = { L = "n", width = "d", everything = "total", rows = "table" }\n',
    )
    assert list(spec.symbols) == ["L", "width", "h", "c"]
    # "D" is how the architecture writes d in formulas, and not how this document writes its width.
    assert (spec.symbols["width"].text, spec.symbols["width"].latex) == ("width", "")
    assert spec.models["mine"].values == {"L": 2, "width": 3, "h": 12, "c": 5}
    assert spec.models["mine"].assumed == {"h": "by default, 4 * width"}
    assert value_of(spec, "everything - rows", dict(spec.models["mine"].values)) == 3 * 5 + 2 * 3 * 12


def test_two_names_can_change_places() -> None:
    spec = spec_of(
        "[models.mine]\nd = 2\nn = 3\nc = 5\n", start='architecture = "blocks"\nrename = { n = "d", d = "n" }\n'
    )
    assert spec.models["mine"].values == {"d": 2, "n": 3, "h": 12, "c": 5}
    assert value_of(spec, "mix", dict(spec.models["mine"].values)) == 2 * 3 * 12


def test_models_of_the_architecture_are_named_or_started_from_but_are_not_all_models() -> None:
    spec = spec_of(
        '[models.deep]\nlike = "small"\nL = 7\n'
        '[[claim]]\nid = "left.out"\nasserts = "L == 7"\n[[claim]]\nid = "all"\nasserts = "L == 7"\nat = "*"\n'
        '[[claim]]\nid = "theirs"\nasserts = "L == 2"\nat = "small"\n',
        start='architecture = "blocks"\nrename = { L = "n" }\n',
    )
    assert [claim.where for claim in spec.claims] == [At(("deep",)), At(("deep",), listed=True), At(("small",))]
    assert {name: model.values["L"] for name, model in spec.models.items()} == {"deep": 7, "small": 2}
    assert spec.models["deep"].values == {"L": 7, "d": 3, "h": 12, "c": 5}
    assert list(spec_of(MINE).models) == ["mine"]


def test_a_model_starts_from_what_another_says_and_not_from_what_that_comes_to() -> None:
    library = library_of(blocks=BLOCKS.replace("d = 3\n", 'd = "n + 1"\n'))
    spec = spec_of('[models.deep]\nlike = "small"\nn = 7\n', library)
    assert spec.models["deep"].values == {"n": 7, "d": 8, "h": 32, "c": 5}


def test_a_model_may_leave_out_what_no_claim_needs() -> None:
    spec = spec_of(
        '[models.mine]\nn = 2\nd = 3\n[[claim]]\nid = "a"\nasserts = "mix == 72"\n'
        '[[claim]]\nid = "b"\nasserts = "total == 102"\nconventions = { positions = false }\n'
    )
    assert spec.models["mine"].values == {"n": 2, "d": 3, "h": 12}
    for claim in spec.claims:
        (asked,) = claim_questions(spec, claim)
        assert isinstance(asked.question.domain, AtPoint)
        assert evaluate(asked.question.condition, asked.question.domain.values) is True


def test_a_claim_that_needs_what_its_model_leaves_out_is_told() -> None:
    claim = '[[claim]]\nid = "a"\nasserts = "total == 117"\nat = ["mine"]\n'
    assert errors_of("[models.mine]\nn = 2\nd = 3\n" + claim) == (
        "spec/x.toml:5:1: error: claim 'a': needs 'c', which the model 'mine' does not give; add it to [models.mine]"
    )
    library = library_of(blocks=BLOCKS.replace("c = 5\n", ""))
    assert errors_of(claim.replace('"mine"', '"small"'), library) == (
        "spec/x.toml:2:1: error: claim 'a': needs 'c', which the model 'small' does not give; "
        'add a model like = "small" with it'
    )


def test_a_symbol_that_the_spec_itself_declares_is_given_by_every_model() -> None:
    assert errors_of(MINE + '[symbols]\nz = "another"\n') == (
        "spec/x.toml:2:1: error: model 'mine': gives no value for the symbol 'z'; a model assigns all symbols"
    )


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("n = 2\nd = 0\n", "4:1: error: model 'mine': 'd' is 0, expected a positive integer"),
        (
            'n = 2\nd = "c + 1"\n',
            "4:1: error: model 'mine': the value of 'd' needs 'c', which this model does not give",
        ),
        ('n = 2\nd = "h"\n', "4:1: error: model 'mine': the value of 'd' goes in a circle: it needs 'h'"),
    ],
)
def test_a_value_that_can_not_be_worked_out_is_told(model: str, message: str) -> None:
    assert errors_of(f"[models.mine]\n{model}") == f"spec/x.toml:{message}"


def test_a_default_that_can_not_be_a_value_is_told_with_what_it_is() -> None:
    library = library_of(blocks=BLOCKS.replace("4 * d", "d // 8").partition("[models")[0])
    assert errors_of(MINE, library) == (
        "spec/x.toml:2:1: error: model 'mine': 'h' is 0 by default (d // 8), expected a positive integer"
    )


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ('architecture = "blcks"', "1:1: error: spec: there is no architecture 'blcks'; did you mean 'blocks'?"),
        (
            'architecture = "moe"',
            "1:1: error: spec: there is no architecture 'moe'; "  # noqa: ISC004 - one message
            "known here: 'blocks'; or write a path such as 'architectures/moe.toml'",
        ),
        ("architecture = 3", "1:16: error: spec: 'architecture' is an integer, expected a string"),
        ('architecture = " "', "1:1: error: spec: 'architecture' is empty"),
        (
            'architecture = "../../x.toml"',
            "1:1: error: spec: '../../x.toml' is outside the project; architectures stand inside it",
        ),
        ('architecture = "x.toml"', "1:1: error: spec: 'spec/x.toml': there is no such file"),
        ('rename = { a = "n" }', "1:1: error: spec: 'rename' has nothing to rename; it goes with 'architecture'"),
    ],
)
def test_an_architecture_that_is_not_there_is_told_at_its_key(start: str, message: str) -> None:
    assert errors_of("", start=f"{start}\n") == f"spec/x.toml:{message}"


@pytest.mark.parametrize(
    ("rename", "message"),
    [
        ('N = "tabel"', "the architecture has no symbol, tensor or quantity 'tabel'; did you mean 'table'?"),
        (
            'N = "positions"',
            "the architecture has no symbol, tensor or quantity 'positions'; "  # noqa: ISC004 - one message
            "known here: 'blocks', 'c', 'd', 'h', 'mix', 'n', 'place', 'table', 'total'",
        ),
        ("N = 1", "'N' is an integer, expected the architecture's name in a string"),
        ('"N x" = "n"', "'N x' is no name; a name has letters, digits and _, and begins with no digit"),
        ('min = "n"', "'min' is a word of the language and can not be declared"),
        ('like = "n"', "'like' is a word of the language and can not be declared"),
        ('d = "n"', "'d' is a symbol of the architecture already; rename that as well, or 'n'"),
        ('N = "n", M = "n"', "'n' is renamed twice: 'N' and 'M'"),
    ],
)  # fmt: skip
def test_a_new_name_that_can_not_be_is_told(rename: str, message: str) -> None:
    column = 12 if "M" not in rename else 21
    text = errors_of("", start=f'architecture = "blocks"\nrename = {{ {rename} }}\n')
    assert text == f"spec/x.toml:2:{column}: error: [rename]: {message}"


def test_a_name_is_one_thing_also_across_the_architecture() -> None:
    assert errors_of('[symbols]\ntable = "x"\n') == (
        "spec/x.toml:3:1: error: [symbols]: 'table' is declared twice: as a tensor and as a symbol"
    )


def test_mistakes_in_an_architecture_are_told_where_they_stand_and_end_the_reading() -> None:
    text = '[symbols]\nn = "blocks"\n[tensor]\n[quantities]\ntotal = "m"\n'
    library = library_of(blocks=text, spec__mine=f"document = 1\n{text}")
    assert errors_of("[models.x]\nq = 1\n", library) == (
        "architectures/blocks.toml:3:1: error: architecture: unknown key 'tensor'; did you mean 'tensors'?\n"
        "architectures/blocks.toml:5:10: error: quantity 'total': unknown name 'm'; "
        "known here: 'inventory', 'n', 'total'"
    )
    assert errors_of("", library, start='architecture = "mine.toml"\nsymbol = 1\n') == (
        "spec/mine.toml:1:1: error: architecture: unknown key 'document'; known here: 'architecture', 'conventions', "
        "'models', 'quantities', 'rename', 'symbols', 'tensors', 'title'\n"
        "spec/mine.toml:4:1: error: architecture: unknown key 'tensor'; did you mean 'tensors'?\n"
        "spec/mine.toml:6:10: error: quantity 'total': unknown name 'm'; known here: 'inventory', 'n', 'total'\n"
        "spec/x.toml:2:1: error: spec: unknown key 'symbol'; did you mean 'symbols'?"
    )
    assert errors_of("", library_of(blocks=" ")) == (
        "architectures/blocks.toml:1:1: error: architecture: is empty; begin with [symbols] and [tensors]"
    )


def test_what_a_spec_breaks_in_its_architecture_is_told_in_the_spec() -> None:
    library = library_of(blocks=f'{BLOCKS}\n[quantities.memory]\nequals = "2 * c + stored"\nunit = "bytes"\n'
                         '[quantities.stored]\nequals = "total * 2"\nunit = "bytes"\n')  # fmt: skip
    assert errors_of('[quantities]\nblocks = "total - 1"\nplain = "1"\n') == (
        "spec/x.toml:3:1: error: quantity 'blocks': defined by itself: blocks -> total -> blocks; break the circle"
    )
    assert errors_of('[quantities]\nstored = { equals = "c", unit = "FLOPs" }\n', library) == (
        "spec/x.toml:1:1: error: spec: with what is declared here, its quantity 'memory': "
        "declared in bytes, but '2 * c + stored' is in FLOPs"
    )


def test_an_architecture_builds_on_another_under_its_own_names() -> None:
    library = library_of(
        blocks=BLOCKS,
        mixed='architecture = "blocks"\nrename = { L = "n" }\n[tensors]\nplace = false\n'
        'gate = { shape = ["d", "h"], per = ["L"] }\n[quantities]\nblocks = "mix + gate"\n'
        '[models.large]\nlike = "small"\nL = 9\n',
    )
    spec = spec_of(
        '[models.mine]\nlike = "large"\nwidth = 4\n[[claim]]\nid = "a"\nasserts = "depth == 2"\nat = "small"\n',
        library,
        start='architecture = "mixed"\nrename = { depth = "L", width = "d" }\n',
    )
    assert list(spec.symbols) == ["depth", "width", "h", "c"]
    assert spec.architectures == ("mixed", "blocks")
    values = dict(spec.models["mine"].values)
    assert values == {"depth": 9, "width": 4, "h": 16, "c": 5}
    assert value_of(spec, "total", values) == 4 * 10 + 2 * 9 * 4 * 16


def test_an_architecture_is_not_built_on_itself_nor_without_end() -> None:
    library = library_of(a='architecture = "b"\n', b='architecture = "c"\n', c='architecture = "b"\n')
    assert errors_of("", library, start='architecture = "a"\n') == (
        "architectures/c.toml:1:1: error: architecture: is built on itself: b -> c -> b; break the circle"
    )
    steps = {f"a{number}": f'architecture = "a{number + 1}"\n' for number in range(MAX_DEPTH + 1)}
    deep = library_of(**{**steps, f"a{MAX_DEPTH}": BLOCKS})
    assert errors_of("", deep, start='architecture = "a0"\n') == (
        f"architectures/a{MAX_DEPTH - 1}.toml:1:1: error: architecture: "
        f"is built on others more than {MAX_DEPTH} deep; build on fewer"
    )
    assert list(spec_of(MINE, deep, start='architecture = "a1"\n').models) == ["mine"]


def test_a_path_is_relative_to_the_spec_and_read_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "x.toml").write_text(f'architecture = "../blocks.toml"\n{MINE}{DOCUMENT}', encoding="utf-8")
    (tmp_path / "blocks.toml").write_text(BLOCKS, encoding="utf-8")
    (loaded,) = open_project(cwd=tmp_path).loaded
    assert loaded.spec.models["mine"].values["h"] == 12
    assert loaded.spec.architectures == ("blocks.toml",)
    (tmp_path / "blocks.toml").rename(tmp_path / "block.toml")
    with pytest.raises(SpecErrors) as caught:
        open_project(cwd=tmp_path)
    assert str(caught.value) == (
        "spec/x.toml:1:1: error: spec: 'blocks.toml': there is no such file; did you mean 'block.toml'?"
    )
    (tmp_path / "blocks.toml").symlink_to("/etc/hosts")
    with pytest.raises(SpecErrors) as caught:
        open_project(cwd=tmp_path)
    assert str(caught.value) == (
        "spec/x.toml:1:1: error: spec: 'blocks.toml': leads out of the project's root; --root DIR sets another"
    )


# --- What is shipped ------------------------------------------------------------------------------------------

SHIPPED = Library(shipped(), source_of)
SIZES = {"gpt2": (12, 768, 12), "gpt2-medium": (24, 1024, 16), "gpt2-large": (36, 1280, 20), "gpt2-xl": (48, 1600, 25)}


def shapes(layers: int, width: int, heads: int, *, context: int, head: int) -> Iterator[tuple[int, ...]]:
    """Yield the shape of every array in a checkpoint of GPT-2: attention's three projections are one array there."""
    hidden = 4 * width
    yield 50_257, width  # wte
    yield context, width  # wpe
    for _ in range(layers):
        yield from [(width,), (width,)]  # ln_1
        yield from [(width, 3 * heads * head), (3 * heads * head,), (heads * head, width), (width,)]  # attn
        yield from [(width,), (width,)]  # ln_2
        yield from [(width, hidden), (hidden,), (hidden, width), (width,)]  # mlp
    yield from [(width,), (width,)]  # ln_f


def size(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count


def spec_at(model: str, conventions: str = "") -> Spec:
    """Return a spec of a shipped model, with one claim so that it is among the spec's models."""
    claim = f'[[claim]]\nid = "a"\nasserts = "n_layers > 1"\nat = "{model}"\n'
    return read_spec("x.toml", f'architecture = "gpt"\n{conventions}\n{claim}{DOCUMENT}'.encode(), library=SHIPPED)


@pytest.mark.parametrize(
    ("model", "published"),
    [("gpt2", 124_439_808), ("gpt2-medium", 354_823_168), ("gpt2-large", 774_030_080), ("gpt2-xl", 1_557_611_200)],
)
def test_gpt_counts_what_gpt_2_has(model: str, published: int) -> None:
    layers, width, heads = SIZES[model]
    arrays = sum(map(size, shapes(layers, width, heads, context=1024, head=64)))
    spec = spec_at(model)
    assert published == arrays
    assert value_of(spec, "total", dict(spec.models[model].values)) == published
    assert value_of(spec, "inventory", dict(spec.models[model].values)) == published


def test_gpt_counts_what_gpt_3_has() -> None:
    spec = spec_at("gpt3")
    values = dict(spec.models["gpt3"].values)
    arrays = sum(map(size, shapes(96, 12_288, 96, context=2048, head=128)))
    assert arrays == 174_604_259_328
    assert value_of(spec, "total", values) == arrays
    bare = {"biases": False, "norms": False, "learned_positions": False, "tied": False}
    assert value_of(spec, "inventory", values, **bare) == 175_181_291_520
    assert value_of(spec, "total", values, **bare) == 175_181_291_520


def test_gpt_says_what_a_model_costs() -> None:
    spec = spec_at("gpt2")
    values = {**spec.models["gpt2"].values, "n_tokens": 10**9}
    # A token is multiplied by every matrix, and attends to 1,024 positions twice: scores and sums.
    layer = 4 * 768 * 768 + 2 * 768 * 3072
    forward = 2 * (12 * layer + 768 * 50_257) + 12 * 2 * (2 * 1024 * 768)
    assert value_of(spec, "flops_forward", values) == forward
    assert value_of(spec, "flops_forward", values, causal_half=True) == forward - 12 * 2 * 1024 * 768
    # The head's multiplications do not depend on whether its weights are its own.
    assert value_of(spec, "flops_forward", values, tied=False) == forward
    assert value_of(spec, "flops_train", values) == 6 * 124_439_808 * 10**9
    assert value_of(spec, "non_embedding", values) == 124_439_808 - 768 * (50_257 + 1024)
    assert value_of(spec, "non_embedding", values, tied=False) == 124_439_808 - 768 * (50_257 + 1024)
    assert value_of(spec, "kv_cache", values) == 2 * 2 * 12 * 768
    assert value_of(spec, "checkpoint", values) == 2 * 124_439_808


def test_gpt_partitions_its_inventory() -> None:
    """No tensor is in two components or in none, whatever the conventions."""
    text = """
architecture = "gpt"
[[invariant]]
id = "additive"
kind = "additive"
of = "inventory"
parts = ["embedding", "attention", "feedforward", "layer_norms", "lm_head"]
"""
    spec = read_spec("x.toml", f"{text}{DOCUMENT}".encode(), library=SHIPPED)
    assert [invariant.id for invariant in spec.invariants] == ["additive"]
