"""What of a database held on which days: its owner, the law it rests on, and when it
was confirmed; one lane each.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from app import clock
from app.clock import OPEN_START
from app.register.conditions import Condition
from app.register.own_databases import bases
from app.register.queries import EntryView, Register, VersionView
from app.web.display import pictures, wording
from app.web.display.pictures import Lanes, Span

_AHEAD = 12  # what is drawn after today: this part of what is drawn before


@dataclass(frozen=True)
class _Stretch:
    """Days from one to before another, and what a version says of them."""

    since: date
    until: date
    content: dict[str, Any]


def lanes(
    register: Register, versions: Sequence[VersionView], confirmed: date | None
) -> Lanes | None:
    """Return the lanes, from the first day of the first version to somewhat after
    today; None where that day is unknown or is to come.
    """
    today = clock.today()
    ordered = sorted(versions, key=lambda one: (one.valid_from, one.valid_to))
    if not ordered or ordered[0].valid_from == OPEN_START:
        return None
    start = ordered[0].valid_from
    if start >= today:
        return None
    end = today + max((today - start) / _AHEAD, timedelta(days=30))
    stretches = [
        _Stretch(one.valid_from, min(one.valid_to, end), register.content_of(one))
        for one in ordered
        if one.valid_from < min(one.valid_to, end)
    ]
    rows = [
        (_("Cơ quan chủ quản"), _owners(register, stretches)),
        (_("Căn cứ pháp lý"), _laws(register, stretches)),
        (_("Xác nhận của cơ quan"), _confirmations(confirmed)),
    ]
    return pictures.lanes(rows, start, end, today)


def _owners(register: Register, stretches: Sequence[_Stretch]) -> list[Span]:
    named = register.by_ids(
        UUID(one.content["owner"]) for one in stretches if "owner" in one.content
    )
    spans = []
    for one in stretches:
        owner = (
            named.get(UUID(one.content["owner"])) if "owner" in one.content else None
        )
        look = pictures.HELD if owner else pictures.UNKNOWN
        words = owner.title if owner else _("Chưa xác định")
        spans.append(Span(one.since, one.until, look, words))
    *earlier, last = _joined(spans)
    return [*map(_past, earlier), last]


def _past(span: Span) -> Span:
    """Return how an owner who is it no more is drawn."""
    look = pictures.KEPT if span.look == pictures.HELD else span.look
    return replace(span, look=look)


def _laws(register: Register, stretches: Sequence[_Stretch]) -> list[Span]:
    """Return the days on which some law that was named was in force, and those on
    which none was.
    """
    named = register.by_ids(basis for one in stretches for basis in bases(one.content))
    spans: list[Span] = []
    for one in stretches:
        laws = [named[basis] for basis in bases(one.content) if basis in named]
        spans += _of_stretch(one, sorted(laws, key=lambda law: law.sort_key))
    return _joined(spans)


def _of_stretch(stretch: _Stretch, laws: Sequence[EntryView]) -> Iterator[Span]:
    """Cut a stretch at the days on which one of its laws begins or ends."""
    days = {stretch.since, stretch.until}
    days |= {day for law in laws for day in _days(law)}
    within = sorted(day for day in days if stretch.since <= day <= stretch.until)
    for since, until in pairwise(within):
        look, told = _standing(laws, since)
        yield Span(since, until, look, ", ".join(map(_short, told)))


def _standing(laws: Iterable[EntryView], day: date) -> tuple[str, Sequence[EntryView]]:
    """Return how a day looks, and the laws that make it so: those in force, else those
    of which nobody knows.
    """
    by_condition = defaultdict(list)
    for law in laws:
        by_condition[law.stood(day)].append(law)
    if held := by_condition[Condition.IN_FORCE]:
        return pictures.HELD, held
    if doubted := by_condition[Condition.UNDETERMINED]:
        return pictures.UNKNOWN, doubted
    return pictures.VOID, ()


def _goes_on(last: Span, span: Span) -> bool:
    says = (span.since, span.look, span.words)
    return (last.until, last.look, last.words) == says


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans, those that follow on with the same to say as one."""
    joined: list[Span] = []
    for span in spans:
        if joined and _goes_on(joined[-1], span):
            joined[-1] = replace(span, since=joined[-1].since)
        else:
            joined.append(span)
    return joined


def _days(law: EntryView) -> Iterator[date]:
    """Return the days on which how a law stands may change."""
    yield law.valid_from
    for name in ("issued", "in_force_from", "in_force_to"):
        if law.content.get(name):
            yield date.fromisoformat(law.content[name])


def _short(law: EntryView) -> str:
    return str(law.content.get("number") or law.title)


def _confirmations(confirmed: date | None) -> list[Span]:
    if confirmed is None:
        return []
    return [Span(confirmed, confirmed, pictures.TICK, wording.day(confirmed))]
