"""Every shipped architecture is sound: its total is the sum of its tensors, under all of its conventions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.architectures import shipped
from weighbridge.artifacts.described import Described
from weighbridge.count.inventory import count_described, read_architecture, values_of
from weighbridge.formula.exact import evaluate
from weighbridge.formula.tree import Name
from weighbridge.spec.expand import expand

#: Sizes that are given where an architecture has no default, none of them like another.
GIVEN = {
    "n_layers": 3,
    "d_model": 24,
    "n_heads": 4,
    "n_vocab": 101,
    "n_ctx": 17,
    "image_height": 33,
    "patch_height": 5,
    "n_labels": 7,
}


@pytest.mark.parametrize("name", shipped())
def test_its_total_is_its_inventory_under_all_conventions(name: str) -> None:
    """The count's own evaluation and the reference's, which expands everything to symbols first, agree as well."""
    declared = read_architecture(name)
    space = declared.namespace
    symbols = {key: value for key, value in GIVEN.items() if key in space.symbols}
    values = values_of(declared, symbols)

    @settings(max_examples=15, deadline=None)
    @given(st.fixed_dictionaries(dict.fromkeys(space.conventions, st.booleans())))
    def agree(conventions: dict[str, bool]) -> None:
        described = Described(architecture=name, symbols=symbols, conventions=conventions)
        total = count_described(described, source=name, kind="architecture").total
        for quantity in ("inventory", "total"):
            assert evaluate(expand(Name(quantity), space, conventions), values) == total

    agree()


@pytest.mark.parametrize("name", shipped())
def test_everything_in_it_has_a_meaning(name: str) -> None:
    space = read_architecture(name).namespace
    assert all(symbol.text for symbol in space.symbols.values())
    for quantity, declared in space.quantities.items():
        bytes_or_flops = quantity.startswith(("flops", "kv_cache", "cross_kv", "state", "checkpoint"))
        assert bool(declared.unit) == (bytes_or_flops and quantity != "state_space"), quantity


@settings(max_examples=25, deadline=None)
@given(
    n_layers=st.integers(1, 5),
    d_head=st.integers(1, 9),
    n_heads=st.integers(1, 5),
    d_ff=st.integers(1, 50),
    n_vocab=st.integers(1, 99),
    n_ctx=st.integers(1, 99),
    tied=st.booleans(),
    biases=st.booleans(),
    norms=st.booleans(),
    learned_positions=st.booleans(),
)
def test_a_decoder_with_the_conventions_of_gpt_is_gpt(**given: int) -> None:
    """Two inventories that were written by themselves count the same."""
    conventions = {key: bool(given.pop(key)) for key in ("tied", "biases", "norms", "learned_positions")}
    symbols = {**given, "d_model": given["d_head"] * given["n_heads"]}
    gpt = Described(architecture="gpt", symbols=symbols, conventions=conventions)
    of_gpt = dict.fromkeys(("norm_biases", "query_biases", "output_biases", "feedforward_biases"), True)
    decoder = Described(architecture="decoder", symbols=symbols, conventions={**of_gpt, "gated": False, **conventions})
    one, other = (count_described(each, source="", kind="") for each in (gpt, decoder))
    assert one.total == other.total
    for quantity in ("flops_forward", "kv_cache", "checkpoint"):
        if conventions["tied"]:
            assert one.quantities[quantity] == other.quantities[quantity]
