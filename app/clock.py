"""The only source of "now" and "today": instants in UTC, civil days in
Asia/Ho_Chi_Minh.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone

# no daylight saving since 1975; needs no zone database
VIETNAM = timezone(timedelta(hours=7), "+07:00")

OPEN_START = date.min  # a start that is unknown or has none
OPEN_END = date.max  # an end (exclusive) that is unknown or has none

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """Return the present instant, in UTC, to the microsecond."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Return the civil day in Viet Nam."""
    return local(now()).date()


def midnight(day: date) -> datetime:
    """Return the instant at which a civil day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def local(instant: datetime) -> datetime:
    """Return `instant` at +07:00."""
    return instant.astimezone(VIETNAM)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Let `now()` answer `instant` (aware) within the block; for tests and reproducible
    loads.
    """
    token = _frozen.set(instant)
    try:
        yield
    finally:
        _frozen.reset(token)
