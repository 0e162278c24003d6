"""Whether two sides that are no polynomials have one form, so that they are equal for all values.

The larger of a and b is that of b and a, whichever it is. What has a form is told in `formula.same`.
"""

from __future__ import annotations

import itertools

from weighbridge.formula.exact import EvaluationError, numbers_of
from weighbridge.formula.normal import Ring, has_value
from weighbridge.formula.same import same
from weighbridge.formula.tree import Comparison, free_names, size, walk

#: Values of each symbol that are tried, and points times nodes that may be worked out: a tenth of a second.
VALUES, MAX_WORK = 3, 50_000


def by_form(link: Comparison, ring: Ring) -> bool | None:
    """Return whether an equality is shown; None where it is not.

    It is shown by a form that both sides share, each of which has a value for all values of the symbols; and by the
    reference evaluation at a few values of each symbol, where False says that this contradicts the form.
    """
    left, right = link.operands
    names = [name for name in ring.minimums if name in free_names(link)]
    points = VALUES ** len(names)
    if points * (size(left) + size(right)) > MAX_WORK or not all(has_value(node, ring) for node in walk(link)):
        return None
    if not same(left, right):
        return None
    starts = (ring.minimums[name] for name in names)
    rows = itertools.product(*(range(least, least + VALUES) for least in starts))
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if names else {}
    try:
        return list(numbers_of(left, columns, points)) == list(numbers_of(right, columns, points))
    except EvaluationError:
        return None
