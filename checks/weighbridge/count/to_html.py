"""A count as a page that stands alone: the picture, and behind it everything that the text says."""

from __future__ import annotations

from markupsafe import Markup

from weighbridge.count import wording
from weighbridge.count.picture import titled
from weighbridge.count.to_svg import environment, to_svg
from weighbridge.count.tree import Count
from weighbridge.errors import one_line


def to_html(count: Count, *, depth: int = 2) -> str:
    """Return the page; the picture has components down to this depth, the table has all."""
    return (
        environment()
        .get_template("count.html.jinja")
        .render(
            count=count,
            source=one_line(count.source),
            title=f"{titled(count)}: {count.total:,} parameters",
            picture=Markup(to_svg(count, depth=depth)),  # noqa: S704 - everything in it is escaped
            share=wording.share_of,
            name=one_line,
            counted_as=wording.counted_as(count),
            otherwise=[(wording.SAID[each.convention, each.setting], each.total) for each in count.alternatives],
            measures=list(wording.measures(count)),
            measured=wording.measured_at(count),
            sizes=wording.sizes(count),
            notes=[*wording.not_counted(count), *map(one_line, count.notes)],
        )
    )
