"""How a new period cuts the ones before it: pure, so that it can be tested over every
overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app.clock import OPEN_END


@dataclass(frozen=True)
class Span:
    """Days `[start, end)` for which `version` holds."""

    version: UUID
    start: date
    end: date
    suspended: bool = False


def default_end(spans: Sequence[Span], start: date) -> date:
    """Return where a span that begins on `start` ends by itself: with the span it cuts,
    else at the next start.

    A suspension for a while and the days after it, when its version holds again, are
    cut as one.
    """
    for span in spans:
        if span.start <= start < span.end:
            again = replace(span, start=span.end, suspended=False)
            ends = (
                suspension.end
                for suspension in spans
                if span.suspended and replace(again, end=suspension.end) == suspension
            )
            return next(ends, span.end)
    return min((span.start for span in spans if span.start > start), default=OPEN_END)


def overlay(spans: Sequence[Span], new: Span) -> tuple[list[Span], list[Span]]:
    """Lay `new` over `spans`; return (spans that no longer hold as they are, spans to
    add, `new` among them).
    """
    replaced = [span for span in spans if span.start < new.end and new.start < span.end]
    return replaced, [
        *(piece for span in replaced for piece in _outside(span, new.start, new.end)),
        new,
    ]


def suspend(spans: Sequence[Span], new: Span) -> tuple[list[Span], list[Span]]:
    """Lay a suspended `new` over `spans` as `overlay` does; from its end on its version
    holds again.
    """
    whole = replace(new, end=max(new.end, default_end(spans, new.start)))
    replaced, added = overlay(spans, whole)
    again = (
        [replace(whole, start=new.end, suspended=False)] if new.end < whole.end else []
    )
    return replaced, [*added[:-1], new, *again]


def close(spans: Sequence[Span], day: date) -> tuple[list[Span], list[Span]]:
    """End everything from `day` on; return (spans that no longer hold as they are,
    spans to add).

    Where nothing would remain, an empty span does, so that the entry is still known, as
    one that has ended.
    """
    replaced = [span for span in spans if span.end > day]
    added = [replace(span, end=day) for span in replaced if span.start < day]
    if replaced and len(replaced) == len(spans) and not added:
        added = [replace(replaced[0], start=day, end=day)]
    return replaced, added


def move_boundary(
    spans: Sequence[Span], old: date, new: date
) -> tuple[list[Span], list[Span]]:
    """Have what begins or ends on `old` do so on `new`; return (spans that no longer
    hold as they are, spans to add).

    Both empty where nothing begins or ends on `old`. ValueError where `new` lies beyond
    what is on either side: that was decided since, or before, by others.
    """
    before = [span for span in spans if span.start < span.end == old]
    after = [span for span in spans if old == span.start < span.end]
    if any(span.start >= new for span in before):
        raise ValueError(new)
    if any(span.end <= new for span in after):
        raise ValueError(new)
    moved = [replace(span, end=new) for span in before]
    moved += [replace(span, start=new) for span in after]
    alone = after and not before
    if alone and new < old and any(new < span.end <= old for span in spans):
        raise ValueError(new)
    return [*before, *after], moved


def _outside(span: Span, start: date, end: date) -> list[Span]:
    before = [replace(span, end=start)] if span.start < start else []
    after = [replace(span, start=end)] if span.end > end else []
    return before + after
