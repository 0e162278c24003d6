"""A count as text, for people: the tree with shares, then what else is known, each with its definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from weighbridge.count.tree import Component, Count

#: Quantities that are told, and what they are.
TOLD = {
    "non_embedding": "without vectors of tokens and positions, and without the head",
    "active": "active parameters of a token: all but the routed experts that it is not sent to",
    "active_without_embedding": "... and without the table of token embeddings, unless the head is tied to it",
    "flops_forward": "FLOPs of a forward pass for one token at the full context: 2 for each weight, and attention",
    "flops_attention": "... of which attention: scores and sums of values",
    "flops_train_per_token": "FLOPs of training on one token: three times a forward pass",
    "flops_6n": "... by the estimate 6N, with N the active parameters",
    "flops_6n_non_embedding": "... by the estimate 6N, with N without embeddings",
    "kv_cache": "bytes of keys and values for one token",
    "cross_kv_cache": "bytes of keys and values for one token that is read",
    "state": "bytes of one sequence's states",
}
#: Bytes of a parameter in each type.
DTYPES = (("fp32", Fraction(4)), ("bf16", Fraction(2)), ("fp8", Fraction(1)), ("4-bit", Fraction(1, 2)))
#: What a convention of what is counted says, as it is and the other way round.
SAID = {
    ("tied", True): "with the head tied to the token embedding, and counted once",
    ("tied", False): "with a head of its own",
    ("head", True): "with the head",
    ("head", False): "without the head",
    ("biases", True): "with biases",
    ("biases", False): "without biases",
    ("norms", True): "with norms",
    ("norms", False): "without norms",
    ("learned_positions", True): "with learned positions",
    ("learned_positions", False): "without learned positions",
}
WIDTH = 34


def to_text(count: Count, *, depth: int = 2) -> str:
    """Return a count as text, components down to this depth."""
    what = count.described_as or count.architecture or count.kind
    lines = [f"{count.source}: {what}, {count.total:,} parameters", ""]
    lines.extend(tree(count.components, count.total, depth, 1))
    lines.append(row("total", count.total, count.total, 1))
    lines.extend(conventions(count))
    lines.extend(quantities(count))
    lines.extend(bytes_of(count))
    lines.extend(not_counted(count))
    lines.extend(f"note: {each}" for each in count.notes)
    return "\n".join(lines) + "\n"


def tree(components: Iterable[Component], total: int, depth: int, level: int) -> Iterator[str]:
    """Yield a line for each component, and below it its parts."""
    for each in components:
        yield row(each.name, each.count, total, level)
        if level < depth and len(each.parts) > 1:
            yield from tree(each.parts, total, depth, level + 1)


def row(name: str, count: int, total: int, level: int) -> str:
    """Return a component's line: its name, its count, and its share in hundredths of a percent, rounded to tenths."""
    tenths = (2000 * count + total) // (2 * total) if total else 0
    indent = "  " * level
    return f"{indent}{name:<{WIDTH - len(indent)}}{count:>22,}  {tenths // 10:>3}.{tenths % 10}%"


def conventions(count: Count) -> Iterator[str]:
    """Yield how it was counted, and what the total is otherwise."""
    if not count.conventions:
        return
    yield ""
    said = [SAID[each.convention, not each.setting] for each in count.alternatives]
    yield f"counted {', '.join(said)}; otherwise:" if said else "no convention changes the total"
    for each in count.alternatives:
        yield f"  {each.total:>{WIDTH + 20},}  {SAID[each.convention, each.setting]}"


def quantities(count: Count) -> Iterator[str]:
    """Yield other quantities, each with its definition."""
    told = [name for name in TOLD if name in count.quantities]
    if told:
        yield ""
    for name in told:
        value = Fraction(count.quantities[name].value)
        shown = f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}"
        yield f"  {name:<{WIDTH - 2}}{shown:>22}  {TOLD[name]}"
    if any(name.startswith("flops") or name in ("kv_cache", "state") for name in told):
        size = count.symbols.get("bytes_per_value")
        context = f"context {count.symbols['n_ctx']:,}, " if "n_ctx" in count.symbols else ""
        half = ", the causal half of attention" if count.conventions.get("causal_half") else ", no causal half taken"
        yield f"  ({context}{size} bytes a value{half if 'flops_attention' in count.quantities else ''})"


def bytes_of(count: Count) -> Iterator[str]:
    """Yield how many bytes the parameters take: as they are stored, or by type."""
    yield ""
    if count.stored:
        for each in count.stored:
            yield f"  {each.dtype:<{WIDTH - 2}}{each.count:>22,}  parameters in {each.bytes:,} bytes"
        return
    sizes = ", ".join(f"{-(-count.total * size // 1):,} in {dtype}" for dtype, size in DTYPES)
    yield f"bytes of a checkpoint: {sizes}"


def not_counted(count: Count) -> Iterator[str]:
    """Yield what was set aside."""
    if count.aside:
        yield ""
        yield "not counted:"
    for each in count.aside:
        times = f" in {each.tensors:,} tensors" if each.tensors > 1 else ""
        yield f"  {each.name}: {each.elements:,} elements{times} ({each.why})"
    if count.buffers:
        yield f"buffers that a checkpoint may hold, not counted: {', '.join(count.buffers)}"
