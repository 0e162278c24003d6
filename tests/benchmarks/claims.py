"""The claims and grids that everyone decides: one spec, and the questions that it asks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from weighbridge.spec.ask import claim_questions
from weighbridge.spec.ask_invariant import invariant_question
from weighbridge.spec.model import Grid, Spec
from weighbridge.spec.question import AtPoint, OnGrid, Question
from weighbridge.spec.read import read_spec

ROOT = Path(__file__).parents[2]

#: The inventory of the GPT-3 document, and what there is to say of its total.
TEXT = """
[document]
id = "benchmark"
title = "The seven-symbol total"
cite = "tests/benchmarks"

[symbols]
n_layers = "layers"
d_embed = "width"
n_vocab = "tokens"
n_heads = "heads"
d_query = "width of keys and queries"
d_value = "width of values"
n_neurons = "width of the hidden layer"
n_tokens = { text = "tokens of training", min = 0 }

[tensors]
embedding = { shape = ["d_embed", "n_vocab"] }
key = { shape = ["d_query", "d_embed"], per = ["n_heads", "n_layers"] }
query = { shape = ["d_query", "d_embed"], per = ["n_heads", "n_layers"] }
value = { shape = ["d_value", "d_embed"], per = ["n_heads", "n_layers"] }
output = { shape = ["d_embed", "d_value"], per = ["n_heads", "n_layers"] }
up = { shape = ["n_neurons", "d_embed"], per = ["n_layers"] }
down = { shape = ["d_embed", "n_neurons"], per = ["n_layers"] }
unembedding = { shape = ["n_vocab", "d_embed"] }

[quantities]
attention = "key + query + value + output"
feedforward = "up + down"
total = "embedding + attention + feedforward + unembedding"

[grids.total]
n_layers = "1..LAYERS"
d_embed = "64..12288 step 64"
n_vocab = [256, 32_000, 50_257, 128_256]
n_heads = "1..96"
d_query = "32..256 step 32"
d_value = "32..256 step 32"
n_neurons = "1024..49152 step 1024"

# More than 10^18 points.
[grids.huge]
n_layers = "1..512"
d_embed = "64..32768 step 64"
n_vocab = "1000..300000 step 1000"
n_heads = "1..512"
d_query = "1..512"
d_value = "1..512"
n_neurons = "256..131072 step 256"

# More than 10^15 points.
[grids.large]
n_layers = "1..96"
d_embed = "64..16384 step 64"
n_vocab = "1000..100000 step 1000"
n_heads = "1..128"
d_query = "8..1024 step 8"
d_value = "8..1024 step 8"
n_neurons = "256..65536 step 256"

[grids.flops]
n_layers = "1..LAYERS"
d_embed = "64..12288 step 64"
n_vocab = [256, 50_257]
n_heads = [1, 12, 96]
d_query = "32..128 times 2"
d_value = [64, 128]
n_neurons = "1024..49152 step 1024"
n_tokens = "300000000000..15000000000000 step 300000000000"

[[claim]]
id = "total"
formula = "2*d_embed*n_vocab + 2*(d_query + d_value)*d_embed*n_heads*n_layers + 2*n_neurons*d_embed*n_layers"
equals = "total"
over = "total"

[[claim]]
id = "total.wrong"
formula = "2*d_embed*n_vocab + 4*d_query*d_embed*n_heads*n_layers + 2*n_neurons*d_embed*n_layers"
equals = "total"
over = "total"

[[claim]]
id = "total.rule"
formula = "2*d_embed*n_vocab + 12*n_layers*d_embed*d_embed"
equals = "total"
over = "total"

[[claim]]
id = "total.ordering"
asserts = "feedforward > attention and feedforward > embedding + unembedding"
over = "total"

[[claim]]
id = "huge"
formula = "2*d_embed*n_vocab + 2*(d_query + d_value)*d_embed*n_heads*n_layers + 2*n_neurons*d_embed*n_layers"
equals = "total"
over = "huge"

[[claim]]
id = "large.when"
asserts = "feedforward > attention"
assuming = "n_neurons > n_heads * (d_query + d_value)"
over = "large"

[[claim]]
id = "large.attention"
asserts = "feedforward > attention"
over = "large"

[[claim]]
id = "large.both"
asserts = "feedforward > attention and feedforward > embedding + unembedding"
over = "large"

[[claim]]
id = "flops"
formula = "6*total*n_tokens"
equals = "2*total*n_tokens + 4*n_tokens*(2*d_embed*n_vocab + attention + 2*n_neurons*d_embed*n_layers)"
over = "flops"

[[claim]]
id = "flops.bound"
asserts = "6*total*n_tokens < 10_000_000_000_000_000_000_000"
over = "flops"
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """One claim on one grid."""

    name: str
    question: Question
    grid: Grid


def benchmark_spec(*, layers: int) -> Spec:
    """Return the spec; `layers` is the length of the first axis of what is visited point by point."""
    return read_spec("benchmark.toml", TEXT.replace("LAYERS", str(layers)).encode())


def subject(spec: Spec, name: str) -> Subject:
    """Return a claim that ranges over a grid."""
    claim = next(each for each in spec.claims if each.id == name)
    (asked,) = claim_questions(spec, claim)
    assert isinstance(asked.question.domain, OnGrid)
    return Subject(name, asked.question, asked.question.domain.grid)


def own_spec() -> Spec:
    """Return the spec of the reference document."""
    path = ROOT / "spec" / "gpt3-weights.toml"
    return read_spec("spec/gpt3-weights.toml", path.read_bytes())


def identities(spec: Spec) -> dict[str, Question]:
    """Return what a spec asks of all values or of a grid, each with its id."""
    found = {each.id: asked.question for each in spec.claims for asked in claim_questions(spec, each)}
    found |= {each.id: invariant_question(spec, each).question for each in spec.invariants}
    return {name: question for name, question in found.items() if not isinstance(question.domain, AtPoint)}
