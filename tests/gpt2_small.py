"""GPT-2 small as a spec, to which a test adds one wrong claim and reads why it is wrong.

By hand: 50,257 x 768 = 38,597,376 token vectors; 1,024 x 768 = 786,432 positions; in each of 12 layers 4 x 768 x 768 of
attention (28,311,552 in all) and 8 x 768 x 768 of feedforward (56,623,104), 9 x 768 biases (82,944) and 4 x 768 norms,
with 2 x 768 at the end (38,400). Together 124,439,808, as published.
"""

from __future__ import annotations

from weighbridge.judge import Options, judge
from weighbridge.spec.model import Spec
from weighbridge.spec.read import read_spec
from weighbridge.verdict import Refuted

DECLARED = """
[document]
title = "GPT-2 small"
cite = "Radford et al. 2019"

[symbols]
n_layers = "layers"
d_model = "width"
n_vocab = "tokens"
n_ctx = "positions"
n_heads = "heads"
d_head = "width of a head"
d_ff = "width of the hidden layer"

[models.small]
n_layers = 12
d_model = 768
n_vocab = 50_257
n_ctx = 1_024
n_heads = 12
d_head = 64
d_ff = 3_072

[conventions]
tied = true
biases = true
norms = true
positions = true

[tensors]
token_embedding = { shape = ["n_vocab", "d_model"] }
position_embedding = { shape = ["n_ctx", "d_model"], when = "positions" }
key = { shape = ["n_heads", "d_head", "d_model"], per = ["n_layers"] }
query = { shape = ["n_heads", "d_head", "d_model"], per = ["n_layers"] }
value = { shape = ["n_heads", "d_head", "d_model"], per = ["n_layers"] }
output = { shape = ["d_model", "n_heads", "d_head"], per = ["n_layers"] }
up = { shape = ["d_ff", "d_model"], per = ["n_layers"] }
down = { shape = ["d_model", "d_ff"], per = ["n_layers"] }
qkv_bias = { shape = ["3 * n_heads * d_head"], per = ["n_layers"], when = "biases" }
output_bias = { shape = ["d_model"], per = ["n_layers"], when = "biases" }
up_bias = { shape = ["d_ff"], per = ["n_layers"], when = "biases" }
down_bias = { shape = ["d_model"], per = ["n_layers"], when = "biases" }
norm_1 = { shape = ["2", "d_model"], per = ["n_layers"], when = "norms" }
norm_2 = { shape = ["2", "d_model"], per = ["n_layers"], when = "norms" }
norm_final = { shape = ["2", "d_model"], when = "norms" }
unembedding = { shape = ["n_vocab", "d_model"], when = "not tied" }

[quantities]
attention = "key + query + value + output"
feedforward = "up + down"
layer_norms = "norm_1 + norm_2 + norm_final"
bias_vectors = "qkv_bias + output_bias + up_bias + down_bias"
total = "inventory"

[grids.wide]
n_layers = "1..48"
d_model = "64..1600 step 64"
n_vocab = [256, 50_257]
n_ctx = [1_024, 2_048]
n_heads = "1..24"
d_head = [32, 64, 128]
d_ff = "256..6400 step 256"

[defaults]
at = "small"
"""


def spec_with(text: str, declared: str = DECLARED) -> Spec:
    """Return the spec of GPT-2 small, or another one, with more at its end."""
    return read_spec("gpt2.toml", f"{declared}{text}".encode())


def why(text: str, declared: str = DECLARED) -> tuple[str, ...]:
    """Return what is said of one claim or invariant (the keys of its table), which must be refuted."""
    kind = "invariant" if "kind = " in text else "claim"
    verdict = refutation(f'[[{kind}]]\nid = "wrong"\n{text}', declared)
    return verdict.explanations


def refutation(text: str, declared: str = DECLARED) -> Refuted:
    """Return the verdict on the one claim that is added to the spec."""
    (result,) = judge(spec_with(text, declared), {}, Options(engine="algebra"))
    assert isinstance(result.verdict, Refuted), result
    return result.verdict
