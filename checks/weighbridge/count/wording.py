"""A count as text, for people: the tree with shares, then what else is known, each with its definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from weighbridge.count.tree import Component, Count
from weighbridge.errors import one_line

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
    lines = [f"{one_line(count.source)}: {what_is_counted(count)}, {count.total:,} parameters", ""]
    lines.extend(tree(count.components, count.total, depth, 1))
    lines.append(row("total", count.total, count.total, 1))
    lines.extend(conventions(count))
    lines.extend(quantities(count))
    lines.extend(["", *sizes(count)])
    left_out = list(not_counted(count))
    lines.extend(["", *left_out] if count.aside else left_out)
    lines.extend(f"note: {one_line(each)}" for each in count.notes)
    return "\n".join(lines) + "\n"


def what_is_counted(count: Count) -> str:
    """Return what a count is of, in a word: its class, its architecture, or the kind of its file."""
    return count.described_as or count.architecture or count.kind


def tree(components: Iterable[Component], total: int, depth: int, level: int) -> Iterator[str]:
    """Yield a line for each component, and below it its parts."""
    for each in components:
        yield row(one_line(each.name), each.count, total, level)
        if level < depth and len(each.parts) > 1:
            yield from tree(each.parts, total, depth, level + 1)


def row(name: str, count: int, total: int, level: int) -> str:
    """Return a component's line: its name, its count, and its share."""
    indent = "  " * level
    return f"{indent}{name:<{WIDTH - len(indent)}}{count:>22,}  {share_of(count, total):>6}"


def share_of(count: int, total: int) -> str:
    """Return a share in percent, rounded to tenths; what is there and has no tenth is less than one.

    >>> share_of(1, 8), share_of(1, 10_000)
    ('12.5%', '<0.1%')
    """
    tenths = (2000 * count + total) // (2 * total) if total else 0
    return f"{tenths // 10}.{tenths % 10}%" if tenths or not count else "<0.1%"


def conventions(count: Count) -> Iterator[str]:
    """Yield how it was counted, and what the total is otherwise."""
    said = counted_as(count)
    if said:
        yield ""
        yield f"{said}; otherwise:" if count.alternatives else said
    for each in count.alternatives:
        yield f"  {each.total:>{WIDTH + 20},}  {SAID[each.convention, each.setting]}"


def counted_as(count: Count) -> str:
    """Return under which conventions a count is made, as far as they change it; "" for a checkpoint, which has none."""
    if not count.conventions:
        return ""
    said = [SAID[each.convention, not each.setting] for each in count.alternatives]
    return f"counted {', '.join(said)}" if said else "no convention changes the total"


def quantities(count: Count) -> Iterator[str]:
    """Yield other quantities, each with its definition."""
    told = list(measures(count))
    if told:
        yield ""
    for name, shown, meaning in told:
        yield f"  {name:<{WIDTH - 2}}{shown:>22}  {meaning}"
    if at := measured_at(count):
        yield f"  ({at})"


def measures(count: Count) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the value and the definition of each other quantity that is told."""
    for name, meaning in TOLD.items():
        if name in count.quantities:
            value = Fraction(count.quantities[name].value)
            yield name, f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}", meaning


def measured_at(count: Count) -> str:
    """Return what those quantities rest on that is not the model's own; "" where none does."""
    told = [name for name in TOLD if name in count.quantities]
    if not any(name.startswith("flops") or name in ("kv_cache", "state") for name in told):
        return ""
    context = f"context {count.symbols['n_ctx']:,}, " if "n_ctx" in count.symbols else ""
    half = ", the causal half of attention" if count.conventions.get("causal_half") else ", no causal half taken"
    size = count.symbols.get("bytes_per_value")
    return f"{context}{size} bytes a value{half if 'flops_attention' in count.quantities else ''}"


def sizes(count: Count) -> Iterator[str]:
    """Yield how many bytes the parameters take: as they are stored, or by type."""
    for each in count.stored:
        yield f"  {each.dtype:<{WIDTH - 2}}{each.count:>22,}  parameters in {each.bytes:,} bytes"
    if not count.stored:
        shown = ", ".join(f"{-(-count.total * size // 1):,} in {dtype}" for dtype, size in DTYPES)
        yield f"bytes of a checkpoint: {shown}"


def not_counted(count: Count) -> Iterator[str]:
    """Yield what was set aside."""
    if count.aside:
        yield "not counted:"
    for each in count.aside:
        times = f" in {each.tensors:,} tensors" if each.tensors > 1 else ""
        yield f"  {one_line(each.name)}: {each.elements:,} elements{times} ({each.why})"
    if count.buffers:
        yield f"buffers that a checkpoint may hold, not counted: {', '.join(count.buffers)}"
